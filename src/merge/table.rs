//! The rows and columns of the organization-by-organization table: indicators down, organizations across.
//!
//! In: a template, its value columns and the number of extra rows. Out: the [`TableRow`]s in order. Used by `total` for
//! the locations of totals, and by [`crate::write::xlsx`] to draw the worksheet.
//!
//! The table starts with a title, a line of remarks and a header row. Then follows one row for each row of the form and
//! each extra row. The columns are label, 计量单位, total, the number of organizations with a number, and the
//! organizations.

use crate::document::CellRef;
use crate::template::{Template, ValueKind};

/// The worksheet's name.
pub(crate) const SHEET: &str = "分单位";

/// The header row.
pub(crate) const HEAD_ROW: u32 = 2;
/// The column of labels.
pub(crate) const LABEL: u32 = 0;
/// The column of totals (合计).
pub(crate) const TOTAL: u32 = 2;
/// The column with the number of organizations that have a number.
pub(crate) const COUNT: u32 = 3;
/// The column of the first organization.
pub(crate) const FIRST: u32 = 4;

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TableRow {
    /// A heading of the form: its label and its depth.
    Heading(String, usize),
    /// A total: its index in [`Merged::totals`](super::Merged::totals), its label and its depth.
    Total(usize, String, usize),
    /// An extra row: its index in [`Merged::extra`](super::Merged::extra).
    Extra(usize),
}

/// The rows of the table for a form, for all value columns one after another, then `extra` extra rows.
pub(crate) fn rows(template: &Template, value_columns: &[Option<String>], extra: usize) -> Vec<TableRow> {
    let indicators = template.indicators();
    let mut rows = Vec::new();
    for (number, value_column) in value_columns.iter().enumerate() {
        if let Some(header) = value_column.as_ref().filter(|_| value_columns.len() > 1) {
            rows.push(TableRow::Heading(header.clone(), 0));
        }
        let mut next = 0;
        for (t, table) in template.tables().iter().enumerate() {
            let heading = table.heading.iter().chain(&table.band);
            rows.extend(heading.map(|text| TableRow::Heading(text.clone(), 0)));
            let mut stubs: &[String] = &[];
            for (r, row) in table.rows.iter().enumerate() {
                if row.kind == ValueKind::Heading {
                    rows.push(TableRow::Heading(row.label.clone(), row.level));
                    continue;
                }
                if row.stubs != stubs {
                    let same = row.stubs.iter().zip(stubs).take_while(|(one, other)| one == other).count();
                    let new = row.stubs.iter().enumerate().skip(same);
                    rows.extend(new.map(|(depth, text)| TableRow::Heading(text.clone(), depth)));
                    stubs = &row.stubs;
                }
                while let Some(own) = indicators.get(next).filter(|own| (own.place.0, own.place.1) == (t, r)) {
                    let label = if table.is_matrix() { own.label.to_string() } else { row.label.clone() };
                    let depth = if table.is_matrix() { row.stubs.len() + 1 } else { row.level };
                    rows.push(TableRow::Total(number * indicators.len() + next, label, depth));
                    next += 1;
                }
            }
        }
    }
    if extra > 0 {
        rows.push(TableRow::Heading("表外行".to_owned(), 0));
        rows.extend((0..extra).map(TableRow::Extra));
    }
    rows
}

/// The cell of the total in a row of the table, counted from 0 below the header row.
pub(crate) fn total_cell(row: usize) -> CellRef {
    CellRef::new(HEAD_ROW + 1 + row as u32, TOTAL)
}
