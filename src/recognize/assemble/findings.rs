//! Findings about rows and values of the template: other wording, unit or notation, unreadable or missing.
//!
//! In: what the form expects and what was read. Out: findings. Called by [`super::assemble`].

use std::sync::Arc;

use super::rows::{Filled, Place, Rows, rows_of};
use crate::finding::Finding;
use crate::recognize::dictionary::RowWordings;
use crate::recognize::expected::{ExpectedRow, ExpectedValue};
use crate::recognize::reading::{CellReading, RowReading};
use crate::template::{Row, Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label::{self, Closeness};
use crate::text::words::words;

pub(super) fn label_findings<'w>(
    own: &Filled,
    row: &Row,
    wordings: impl FnOnce() -> Option<&'w RowWordings>,
    findings: &mut Vec<Finding>,
) {
    if own.reading.label.trim() == row.label {
        return;
    }
    let found = fold(label::without_ordinal(&fold(&own.reading.label)));
    // A label without its bracket is the usual short form.
    if row.label.is_empty() || wordings().is_some_and(|row| row.label.is_called(&found)) {
        return;
    }
    let code = if own.closeness == Closeness::Similar { "XG318" } else { "XG303" };
    let finding = Finding::new(code).with("found", own.reading.label.trim()).with("official", row.label.trim());
    findings.push(finding.about(&*row.id).at(own.reading.at.clone()));
}

/// A finding if the label read is the opposite of the form's, as 非行政许可 is of 行政许可: its values are those of no row.
pub(super) fn opposite(own: &Filled, expected: &ExpectedRow, row: &Row) -> Option<Finding> {
    let printed = own.reading.label.trim();
    if printed == row.label || !words().negations.iter().any(|word| printed.contains(word.as_str())) {
        return None;
    }
    let found = fold(label::without_ordinal(&fold(printed)));
    let official = fold(label::without_ordinal(&fold(&row.label)));
    let (before, _) = found.split_once(official.as_str()).filter(|_| !official.is_empty())?;
    words().negations.iter().find(|word| before.ends_with(word.as_str()))?;
    let finding = Finding::new("XG352").with("found", own.reading.label.trim()).with("official", row.label.trim());
    Some(Finding { ids: expected.ids(), ..finding.at(own.reading.at.clone()) })
}

pub(super) fn value_findings(
    expected: &ExpectedValue,
    row: &RowReading,
    value: &CellReading,
    findings: &mut Vec<Finding>,
) {
    let unit = expected.unit.as_deref();
    let mut push = |finding: Finding| {
        findings.push(finding.with("label", &expected.label).about(Arc::clone(&expected.id)).at(value.at.clone()))
    };
    let read = &value.parsed;
    if read.cell.is_unreadable() && row.is_unreadable {
        return;
    }
    if read.cell.is_unreadable() {
        let text = if row.surplus.is_empty() {
            words().without_mark(&value.text).unwrap_or(&value.text).to_owned()
        } else {
            format!("{} {}", value.text, row.surplus.join(" "))
        };
        push(Finding::new("XG306").with("text", text));
        return;
    }
    let number = || read.cell.number().map(|number| number.to_string()).unwrap_or_default();
    if read.in_words {
        push(Finding::new("XG307").with("text", &value.text).with("value", number()));
    }
    if let Some(found) = read.unit.as_deref().filter(|found| unit.is_some_and(|unit| fold(unit) != *found)) {
        push(Finding::new("XG308").with("found", found).with("official", unit.unwrap_or("")).with("text", &value.text));
    }
    if let Some(remark) = &read.remark {
        push(Finding::new("XG316").with("remark", remark).with("value", number()));
    }
}

pub(super) fn row_findings(
    expected: &ExpectedRow,
    label: &str,
    row: &RowReading,
    behind: Vec<Arc<str>>,
    findings: &mut Vec<Finding>,
) {
    if !row.is_unreadable && !row.is_detached && !row.is_split && row.remarks.is_empty() {
        return;
    }
    let label = label::without_ordinal(label);
    let about = |finding: Finding| Finding { ids: expected.ids(), ..finding.with("label", label) };
    if row.is_unreadable {
        let text = row.values.first().map_or("", |value| value.text.as_str());
        let at = row.values.first().and_then(|value| value.at.clone());
        let finding = Finding::new(if row.candidates.is_empty() { "XG341" } else { "XG342" });
        findings.push(about(finding).with("text", text).with("candidates", row.candidates.join("；")).at(at));
    }
    if row.is_split {
        let values: Vec<_> = row.values.iter().map(|value| value.text.as_str()).collect();
        let at = row.values.first().and_then(|value| value.at.clone());
        findings.push(about(Finding::new("XG349")).with("figures", values.join("、")).at(at));
    }
    if row.is_detached {
        let values: Vec<_> = row.values.iter().map(|value| value.text.as_str()).collect();
        let mut finding = about(Finding::new("XG333")).with("figures", values.join("、"));
        finding.ids.extend(behind);
        findings.push(finding.at(row.values.first().and_then(|value| value.at.clone())));
    }
    for (text, at) in &row.remarks {
        findings.push(about(Finding::new("XG320")).with("text", text).at(at.clone()));
    }
}

/// The values of a row.
fn ids_of(template: &Template, (t, r): Place) -> impl Iterator<Item = Arc<str>> {
    let table = &template.tables()[t];
    table.own_columns().iter().map(move |column| table.indicator_id(&table.rows[r], column).into())
}

pub(super) fn missing_rows(template: &Template, filled: &Rows, findings: &mut Vec<Finding>) {
    let missing =
        rows_of(template).filter(|(place, row)| row.kind != ValueKind::Heading && !row.optional && !filled.has(*place));
    // One row in place of several, as 其他处理 was before 2021.
    let instead = |row: &Row| {
        let parent = row.parent.as_deref().filter(|parent| template.row(parent).is_some_and(|parent| parent.optional));
        parent.is_some_and(|parent| rows_of(template).any(|(place, row)| row.id == parent && filled.has(place)))
    };
    let missing: Vec<((usize, usize), &Row)> = missing.filter(|(_, row)| !instead(row)).collect();
    if !missing.is_empty() {
        let name = |(place, row): &(Place, &Row)| match row.label.as_str() {
            "" => template.tables()[place.0].heading.clone().unwrap_or_default(),
            label => label::without_ordinal(label).to_owned(),
        };
        let labels: Vec<_> = missing.iter().map(name).collect();
        let mut finding = Finding::new("XG304").with("count", labels.len()).with("labels", labels.join("；"));
        finding.ids = missing.iter().flat_map(|(place, _)| ids_of(template, *place)).collect();
        findings.push(finding);
    }
}
