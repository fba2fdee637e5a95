//! The values that a form has, with everything that is the same in all of its reports.
//!
//! In: a [`Template`]. Out: its rows with values. Made once by [`super::dictionary`], used by [`super::assemble`].

use std::sync::Arc;

use crate::template::{Indicator, Template, ValueKind, in_table};
use crate::text::label;

/// A row with values.
#[derive(Debug)]
pub struct ExpectedRow {
    /// Table and row in the template.
    pub place: (usize, usize),
    /// Its values, one for each value column of the table.
    pub values: Vec<ExpectedValue>,
}

impl ExpectedRow {
    /// The indicators of the row.
    pub fn ids(&self) -> Vec<Arc<str>> {
        self.values.iter().map(|expected| Arc::clone(&expected.id)).collect()
    }
}

/// A value that the form has.
#[derive(Debug)]
pub struct ExpectedValue {
    /// The indicator.
    pub id: Arc<str>,
    /// The official labels from the section down to the row.
    pub path: Arc<[String]>,
    /// The official unit.
    pub unit: Option<Arc<str>>,
    /// The kind of the value.
    pub kind: ValueKind,
    /// The label for messages: that of the row, in a matrix with that of the column.
    pub label: String,
}

/// The rows with values, in the form's order.
pub fn rows(template: &Template) -> Vec<ExpectedRow> {
    let expected = |own: &Indicator| {
        let (table, row, column) = own.place;
        let table = &template.tables()[table];
        let (row, column) = (&table.rows[row], &table.columns[column]);
        ExpectedValue {
            id: Arc::clone(&own.id),
            path: template.path_of(table, row, column).into(),
            unit: own.unit.clone(),
            kind: own.kind,
            label: in_table(label::without_ordinal(&row.label), table, row, column),
        }
    };
    let rows = template.indicators().chunk_by(|one, other| one.row() == other.row());
    rows.map(|row| ExpectedRow { place: row[0].row(), values: row.iter().map(expected).collect() }).collect()
}
