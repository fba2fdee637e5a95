//! A report that a JSON file stores, completed.
//!
//! In: a stored [`Report`] and its template. Out: the same report with an entry for each indicator. Called
//! when stored reports are read back.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::rows::rows_of;
use crate::finding::Finding;
use crate::report::{CellValue, Report, Value};
use crate::template::Template;
use crate::text::label;

/// Adds a missing value for each indicator that the report has no entry for, in the form's order, and one finding that names
/// them. An optional row without any entry is not there.
pub fn complete(report: &mut Report, template: &Template) {
    let columns: Vec<Option<String>> = report.columns().into_iter().map(|name| name.map(str::to_owned)).collect();
    let columns = if template.is_matrix() { vec![None] } else { columns };
    let known: BTreeSet<(&str, Option<&str>)> = report
        .values
        .iter()
        .filter_map(|value| {
            let column = value.column.as_deref().filter(|_| !template.is_matrix());
            Some((value.id.as_deref()?, column))
        })
        .collect();
    let has = |id: &str, column: Option<&str>| known.contains(&(id, column));
    let mut missing: Vec<Value> = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    for ((t, _), row) in rows_of(template) {
        let table = &template.tables()[t];
        let own: Vec<_> = table.own_columns().iter().map(|own| (own, table.indicator_id(row, own))).collect();
        let is_indicator = |id: &str| template.number(id).is_some();
        let own: Vec<_> = own.into_iter().filter(|(_, id)| is_indicator(id)).collect();
        let absent: Vec<_> = columns
            .iter()
            .flat_map(|column| own.iter().map(move |(own, id)| (column, own, id)))
            .filter(|(column, _, id)| !has(id, column.as_deref()))
            .collect();
        if absent.is_empty() || (row.optional && absent.len() == own.len() * columns.len()) {
            continue;
        }
        labels.push(match row.label.as_str() {
            "" => table.heading.clone().unwrap_or_default(),
            text => label::without_ordinal(text).to_owned(),
        });
        missing.extend(absent.into_iter().map(|(column, own, id)| Value {
            id: Some(id.as_str().into()),
            path: template.path_of(table, row, own).into(),
            column: column.clone(),
            unit: table.unit_of(row, own).map(str::to_owned),
            cell: CellValue::Missing,
            source_text: String::new(),
            at: None,
            after: None,
            label: None,
            correction: None,
        }));
    }
    if missing.is_empty() {
        return;
    }
    let mut finding = Finding::new("XG304").with("count", labels.len()).with("labels", labels.join("；"));
    finding.ids = missing.iter().filter_map(|value| value.id.clone()).collect::<Vec<Arc<str>>>();
    report.values.extend(missing);
    let order = |value: &Value| {
        let column = columns.iter().position(|own| *own == value.column).unwrap_or(0);
        (value.id.as_deref().and_then(|id| template.number(id)), column)
    };
    report.values.sort_by_key(order);
    report.findings.push(finding);
}
