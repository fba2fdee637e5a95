//! The indicators of texts that a reader left out, such as hidden rows of a web page.
//!
//! In: a finding of a reader and the report of its file. Out: the finding with the indicators that it is about. Called by
//! [`super::super::Recognizer`].

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::report::{CellValue, Report};
use crate::template::Template;
use crate::text::fold::fold;
use crate::text::label;

/// The finding with the indicators whose labels are among its texts and whose values the report lacks.
pub fn with_ids(finding: &Finding, report: &Report, template: Option<&Template>) -> Finding {
    let mut finding = finding.clone();
    let texts = std::mem::take(&mut finding.texts);
    let Some(template) = template.filter(|_| !texts.is_empty()) else { return finding };
    let words = |text: &str| label::without_ordinal(&fold(text)).to_owned();
    let labels: BTreeSet<String> = texts.iter().map(|text| words(text)).collect();
    let read = report.values.iter().filter(|value| value.cell != CellValue::Missing);
    let read: BTreeSet<&str> = read.filter_map(|value| value.id.as_deref()).collect();
    let tables = template.tables().iter();
    let rows = tables.flat_map(|table| table.rows.iter().map(move |row| (table, row)));
    for (table, row) in rows.filter(|(_, row)| labels.contains(&words(&row.label))) {
        let ids = table.own_columns().iter().map(|column| table.indicator_id(row, column));
        finding.ids.extend(ids.filter(|id| !read.contains(id.as_str())).map(Into::into));
    }
    finding
}
