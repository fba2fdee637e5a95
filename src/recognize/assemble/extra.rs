//! The values of rows that the template does not have.
//!
//! In: the rows that [`super::adopt`] did not assign. Out: the extra values of the report, with findings. Called by
//! [`super::assemble`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rows::Rows;
use crate::document::Location;
use crate::finding::Finding;
use crate::recognize::align::Chain;
use crate::recognize::reading::{CellReading, ExtraReading};
use crate::report::{Report, Value};
use crate::template::{Template, ValueKind};
use crate::text::label;

/// Adds the values of an extra row, one for each column. `missing` are the rows of the form that it may be.
pub(super) fn extra_values(
    extra: &ExtraReading,
    mut missing: Vec<Arc<str>>,
    chain: &Chain,
    template: &Template,
    columns: &[Option<String>],
    report: &mut Report,
) {
    let after =
        extra.after.map(|index| &template.tables()[chain.matches[index].row.0].rows[chain.matches[index].row.1]);
    let label = extra.row.label.trim();
    let mut path = after.map(|row| template.path(row)).unwrap_or_default();
    if after.is_some_and(|row| row.kind != ValueKind::Heading) {
        path.pop();
    }
    path.push(label::without_ordinal(label).to_owned());
    let path: Arc<[String]> = path.into();
    let surplus = extra.row.surplus.iter().map(String::as_str);
    let values: Vec<_> = extra.row.values.iter().map(|value| value.text.as_str()).chain(surplus).collect();
    let code = if label.is_empty() { "XG310" } else { "XG305" };
    // Values without a label may belong to the row they follow.
    missing.extend(
        after.filter(|row| label.is_empty() && row.kind != ValueKind::Heading).map(|row| row.id.as_str().into()),
    );
    let finding = Finding::new(code).with("label", label).with("figures", values.join("、"));
    report.findings.push(Finding { ids: missing, ..finding.at(extra.row.at.clone()) });
    let table = Some(&template.tables()[extra.table]).filter(|table| table.is_matrix());
    let headers: Vec<(Option<String>, Option<String>)> = match table {
        Some(table) => table.columns.iter().map(|column| (Some(column.header.clone()), column.unit.clone())).collect(),
        None => columns.iter().map(|column| (column.clone(), None)).collect(),
    };
    for ((column, unit), value) in headers.into_iter().zip(&extra.row.values) {
        push(report, label, Arc::clone(&path), after.map(|row| row.id.clone()), value, |value| {
            value.column = column;
            value.unit = extra.row.unit.clone().or_else(|| value.unit.take()).or(unit);
        });
    }
}

/// Adds an extra value, with a finding if it is unreadable. `more` sets its column and unit.
fn push(
    report: &mut Report,
    label: &str,
    path: Arc<[String]>,
    after: Option<String>,
    value: &CellReading,
    more: impl FnOnce(&mut Value),
) {
    if value.parsed.cell.is_unreadable() {
        let at: Option<Location> = value.at.clone();
        report.findings.push(Finding::new("XG306").with("label", label).with("text", &value.text).at(at));
    }
    let mut text = value.text.clone();
    let cell = value.parsed.cell.with_text(|| std::mem::take(&mut text));
    let mut own = Value {
        path,
        unit: value.parsed.unit.clone(),
        cell,
        source_text: text,
        at: value.at.clone(),
        after,
        label: Some(label.to_owned()),
        ..Value::default()
    };
    more(&mut own);
    report.extra.push(own);
}

/// Adds the values in columns that the form does not have, with a finding for each such column.
pub(super) fn beside_values(chain: &Chain, template: &Template, filled: &mut Rows, report: &mut Report) {
    let mut counts: BTreeMap<(usize, String), (usize, Option<Location>)> = BTreeMap::new();
    for found in chain.matches.iter().filter(|found| !found.is_text) {
        let Some(own) = filled.get_mut(found.row) else { continue };
        let row = &template.tables()[found.row.0].rows[found.row.1];
        for beside in std::mem::take(&mut own.reading.beside) {
            let path: Arc<[String]> = template.path(row).into();
            let header = beside.header.clone();
            let count = counts.entry((found.row.0, header.clone())).or_insert((0, beside.value.at.clone()));
            count.0 += 1;
            push(report, &row.label, path, Some(row.id.clone()), &beside.value, |value| value.column = Some(header));
        }
    }
    for ((_, header), (count, at)) in counts {
        report.findings.push(Finding::new("XG346").with("header", header).with("count", count).at(at));
    }
}
