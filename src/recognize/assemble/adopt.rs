//! Assigns rows beyond the chain to rows of the template that were not found.
//!
//! In: the extra rows of a [`crate::recognize::reading::Reading`]. Out: rows added to [`Rows`], and the rows that stay extra
//! ([`Adopted`]). Called by [`super::assemble`].

use std::collections::BTreeSet;
use std::sync::Arc;

use super::rows::{Filled, Place, Rows};
use crate::finding::Finding;
use crate::recognize::align::Chain;
use crate::recognize::dictionary::{Dictionary, RowWordings};
use crate::recognize::reading::{CellReading, ExtraReading, RowReading};
use crate::recognize::value::ParsedValue;
use crate::template::{Template, ValueKind, local};
use crate::text::fold::fold;
use crate::text::label::{self, Closeness};

/// The least similarity of a damaged label to the official one, and its least lead over the next best.
const SIMILAR: f64 = 0.6;
const SIMILAR_LEAD: f64 = 0.15;

/// Labels with fewer characters are not searched for within longer ones.
const MIN_CONTAINED_LABEL: usize = 4;

/// With more extra rows, hardly any is a row of the form, and comparing all labels would take too long.
const MAX_FUZZY_EXTRAS: usize = 500;

/// The result of assigning the rows beyond the chain.
pub(super) struct Adopted {
    /// The rows that stay extra, each with the rows of the form that it may be.
    pub(super) extras: Vec<(ExtraReading, Vec<Arc<str>>)>,
    /// For each row found out of place, the match that it follows; none before the first.
    pub(super) misplaced: Vec<Option<usize>>,
}

/// The label of an extra row.
struct ExtraLabel {
    folded: String,
    /// Folded, without its ordinal.
    words: String,
    /// Without the brackets as well.
    short: String,
}

impl ExtraLabel {
    fn new(label: &str) -> Self {
        let folded = fold(label);
        let words = folded[label::ordinal_length(&folded)..].to_owned();
        let short = label::without_brackets(&words);
        Self { folded, words, short }
    }
}

/// The rows of a template that an extra row may be.
struct Candidates<'a> {
    chain: &'a Chain,
    template: &'a Template,
    rows: Vec<&'a RowWordings>,
    /// Whether extra rows are few enough to compare their labels with those of all rows.
    is_fuzzy: bool,
}

impl<'a> Candidates<'a> {
    /// The rows with exactly this label.
    fn named(&self, label: &ExtraLabel) -> Vec<&'a RowWordings> {
        let same =
            |row: &&RowWordings| row.label.wordings.iter().any(|w| w.words == label.words || w.words == label.short);
        self.rows.iter().copied().filter(same).collect()
    }

    /// Whether a row has values and was not found.
    fn is_open(&self, place: Place, filled: &Rows) -> bool {
        !filled.has(place) && self.template.tables()[place.0].rows[place.1].kind != ValueKind::Heading
    }

    /// The row whose label is most like a damaged one; none where no label is like it, two are, or the most similar one is
    /// that of a row that was found or is elsewhere.
    fn most_similar(&self, label: &ExtraLabel, after: Option<usize>, filled: &Rows) -> Option<Place> {
        let neighbors = Neighbors::new(self.chain, after);
        let similarity = |row: &RowWordings| {
            let score = |words: &str| {
                let score = label::similarity(&label::without_brackets(words), &label.short, SIMILAR - SIMILAR_LEAD);
                if score > 0.0 && label::contradict(&label::without_brackets(words), &label.short) {
                    0.0
                } else {
                    score
                }
            };
            row.label.wordings.iter().map(|wording| score(&wording.words)).fold(0.0, f64::max)
        };
        let all: Vec<(f64, &RowWordings)> = self.rows.iter().map(|row| (similarity(row), *row)).collect();
        let is_own = |row: &RowWordings| neighbors.hold(row.place) && self.is_open(row.place, filled);
        let own = all.iter().filter(|(_, row)| is_own(row));
        let (best, row) = own.max_by(|a, b| a.0.total_cmp(&b.0))?;
        // Rows with the same label in other sections are told apart by their place.
        let others = all.iter().filter(|(_, other)| {
            other.place != row.place && (is_own(other) || other.label.official != row.label.official)
        });
        let next = others.map(|(score, _)| *score).fold(0.0, f64::max);
        (*best >= SIMILAR && best - next >= SIMILAR_LEAD).then_some(row.place)
    }

    /// The rows that a row that stays extra may be: those missing around it and those with its label.
    ///
    /// A row that may be missing has no finding of its own, so it is named where an extra row may be it. The same holds
    /// for the rows beside it, which may have taken its place.
    fn possible(
        &self,
        label: &ExtraLabel,
        named: Vec<&RowWordings>,
        after: Option<usize>,
        filled: &Rows,
    ) -> Vec<Arc<str>> {
        let neighbors = Neighbors::new(self.chain, after);
        let missing = self.rows.iter().map(|row| row.place).filter(|place| self.is_open(*place, filled));
        let missing = missing.filter(|place| neighbors.hold(*place));
        let is_like = |row: &RowWordings| {
            row.label.wordings.iter().any(|wording| {
                let words = wording.words.as_str();
                (words.chars().count() >= MIN_CONTAINED_LABEL && label.folded.contains(words))
                    || (self.is_fuzzy
                        && label::similarity(&label::without_brackets(words), &label.short, SIMILAR) >= SIMILAR)
            })
        };
        let may_be = |row: &&RowWordings| {
            let is_missing = row.optional && self.is_open(row.place, filled);
            let is_beside = neighbors.before == Some(row.place) || neighbors.behind == Some(row.place);
            (is_missing && label.words.is_empty()) || ((is_missing || is_beside) && is_like(row))
        };
        let alike = named.into_iter().chain(self.rows.iter().copied().filter(may_be)).map(|row| row.place);
        let places: BTreeSet<Place> = missing.chain(alike).collect();
        places.into_iter().map(|place| self.template.tables()[place.0].rows[place.1].id.as_str().into()).collect()
    }
}

/// Assigns rows beyond the chain to rows of the template that were not found: by the same label in another place, or by
/// a damaged label where only one row fits.
pub(super) fn adopt(
    chain: &Chain,
    extras: Vec<ExtraReading>,
    dictionary: &Dictionary,
    template: &Template,
    filled: &mut Rows,
    findings: &mut Vec<Finding>,
) -> Adopted {
    let rows = dictionary.rows(chain.template).iter().filter(|row| !row.is_text).collect();
    // The labels of a table of no known form are those that it has.
    let is_local = template.id().starts_with(local::ID);
    let is_fuzzy = extras.len() <= MAX_FUZZY_EXTRAS && !is_local;
    let candidates = Candidates { chain, template, rows, is_fuzzy };
    let mut adopted = Adopted { extras: Vec::new(), misplaced: Vec::new() };
    for extra in extras {
        let label = ExtraLabel::new(&extra.row.label);
        let named = candidates.named(&label);
        if let [only] = named.as_slice() {
            let place = only.place;
            let is_open = candidates.is_open(place, filled);
            let table = &template.tables()[place.0];
            let row = &table.rows[place.1];
            let values: Vec<_> = extra.row.values.iter().map(|value| value.text.as_str()).collect();
            let finding = Finding::new(if is_open { "XG314" } else { "XG326" });
            let finding = finding.with("label", label::without_ordinal(&row.label)).with("figures", values.join("、"));
            let ids = table.columns.iter().map(|column| table.indicator_id(row, column).into()).collect();
            findings.push(Finding { ids, ..finding.at(extra.row.at.clone()) });
            if is_open {
                let reading = with_values_of(template, place, extra.row);
                filled.insert(place, Filled { reading, closeness: Closeness::Exact });
                adopted.misplaced.push(extra.after);
                continue;
            }
        } else if named.is_empty()
            && !is_local
            && label.short.chars().count() >= 3
            && let Some(place) = candidates.most_similar(&label, extra.after, filled)
        {
            let reading = with_values_of(template, place, extra.row);
            filled.insert(place, Filled { reading, closeness: Closeness::Similar });
            continue;
        }
        let possible = candidates.possible(&label, named, extra.after, filled);
        adopted.extras.push((extra, possible));
    }
    adopted
}

/// A row of one table of a matrix as a row of another: if it has more or fewer values than that has columns, none of them
/// is certain.
fn with_values_of(template: &Template, place: Place, row: RowReading) -> RowReading {
    let count = template.tables()[place.0].columns.len();
    if !template.is_matrix() || row.values.len() == count {
        return row;
    }
    let texts: Vec<&str> = row.values.iter().map(|value| value.text.as_str()).collect();
    let parsed = ParsedValue::UNREADABLE;
    let mut values = vec![CellReading { text: String::new(), parsed, at: row.at.clone() }; count];
    if let Some(first) = values.first_mut() {
        first.text = texts.join(" ");
    }
    RowReading { values, is_unreadable: true, ..row }
}

/// The rows of the template that were found before and behind an extra row.
struct Neighbors {
    before: Option<Place>,
    behind: Option<Place>,
    /// Whether the match before is a heading, and so above its row.
    is_below_heading: bool,
}

impl Neighbors {
    fn new(chain: &Chain, after: Option<usize>) -> Self {
        let found = after.and_then(|index| chain.matches.get(index));
        let rest = &chain.matches[after.map_or(0, |index| index + 1).min(chain.matches.len())..];
        let behind = rest.iter().find(|found| !found.is_text).map(|found| found.row);
        Self {
            before: found.map(|found| found.row),
            behind,
            is_below_heading: found.is_some_and(|found| found.is_text),
        }
    }

    /// Whether a place is between them.
    fn hold(&self, place: Place) -> bool {
        let is_behind = |before: Place| place > before || (self.is_below_heading && place == before);
        self.before.is_none_or(is_behind) && self.behind.is_none_or(|behind| place < behind)
    }
}
