//! Finds the rows whose label is in several sections of the form and whose section is not certain.
//!
//! In: the chain and the matches that misplaced rows follow. Out: the places of these rows, and a finding for each.
//! Called by [`super::assemble`], which makes their values unreadable.

use std::collections::BTreeSet;

use super::rows::Place;
use crate::finding::Finding;
use crate::recognize::align::{Chain, Match};
use crate::recognize::dictionary::{Dictionary, RowWordings};
use crate::template::Template;
use crate::text::label;

/// Rows whose label is in several sections and whose section is unknown, since rows around them are missing.
///
/// Between two rows with unique labels, a repeated label is certain if the document has it as often as the form. It is not
/// if the label occurs twice in a row, which may be one row given twice. If a misplaced row is between them too, the order
/// proves nothing, and only a label directly below its own section is certain. `misplaced` are the matches that such rows
/// follow.
pub(super) fn unclear_rows(
    chain: &Chain,
    misplaced: &[Option<usize>],
    dictionary: &Dictionary,
    findings: &mut Vec<Finding>,
    template: &Template,
) -> BTreeSet<(usize, usize)> {
    let rows = dictionary.rows(chain.template);
    // Both are in the form's order.
    let mut rest = rows.iter().filter(|row| !row.is_text);
    let mut worded = |found: &Match| rest.find(|row| row.place == found.row);
    let found = chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text);
    let (numbers, matches): (Vec<usize>, Vec<(&Match, &RowWordings)>) =
        found.filter_map(|(number, found)| Some((number, (found, worded(found)?)))).unzip();
    let mut unclear = BTreeSet::new();
    for index in (0..matches.len()).filter(|index| !matches[*index].1.is_unique) {
        let before = (0..index).rev().find(|other| matches[*other].1.is_unique);
        let behind = (index..matches.len()).find(|other| matches[*other].1.is_unique);
        let own = matches[index].1.first_with_label;
        let from = before.map_or(0, |anchor| rows.partition_point(|row| row.place <= matches[anchor].0.row));
        let to = behind.map_or(rows.len(), |anchor| rows.partition_point(|row| row.place < matches[anchor].0.row));
        let in_form: Vec<_> = rows[from..to].iter().filter(|row| !row.is_text && row.first_with_label == own).collect();
        let stretch = before.map_or(0, |anchor| anchor + 1)..behind.unwrap_or(matches.len());
        let in_document = stretch.filter(|other| matches[*other].1.first_with_label == own).count();
        let is_next = |other: usize| {
            matches
                .get(other)
                .is_some_and(|(found, row)| row.first_with_label == own && found.row != matches[index].0.row)
        };
        let place = matches[index].0.row;
        let row = &template.tables()[place.0].rows[place.1];
        let (start, end) = (before.map(|anchor| numbers[anchor]), behind.map(|anchor| numbers[anchor]));
        let is_between =
            |after: &Option<usize>| *after >= start && (after.is_none() || end.is_none_or(|end| *after < Some(end)));
        let section = before.map(|anchor| matches[anchor].0.row).map(|(t, r)| template.tables()[t].rows[r].id.as_str());
        let is_disturbed = misplaced.iter().any(is_between) && (section.is_none() || section != row.parent.as_deref());
        let is_repeated = is_next(index + 1) || index.checked_sub(1).is_some_and(is_next);
        if in_form.len() > in_document || is_repeated || is_disturbed {
            unclear.insert(place);
            let mut finding = Finding::new("XG319").with("label", label::without_ordinal(&row.label));
            let all = rows.iter().filter(|row| !row.is_text && row.first_with_label == own);
            let places: Vec<Place> = match is_disturbed {
                true => all.map(|row| row.place).collect(),
                false => in_form.iter().map(|row| row.place).collect(),
            };
            finding.ids = places.iter().map(|(t, r)| template.tables()[*t].rows[*r].id.as_str().into()).collect();
            findings.push(finding);
        }
    }
    unclear
}
