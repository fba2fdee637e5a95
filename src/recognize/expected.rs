//! The figures that a form asks for, with all that is the same in every report of it.
//!
//! In: a [`Template`]. Out: its rows with figures, made once for many documents and used by [`super::assemble`].

use std::sync::Arc;

use crate::template::{Indicator, Template, ValueKind, in_table};
use crate::text::label;

/// A row with figures.
#[derive(Debug)]
pub struct AskedRow {
    /// Table and row in the template.
    pub place: (usize, usize),
    /// Its figures, one for each column that figures of one row differ in.
    pub figures: Vec<ExpectedValue>,
}

impl AskedRow {
    /// The indicators of the row.
    pub fn ids(&self) -> Vec<Arc<str>> {
        self.figures.iter().map(|expected| Arc::clone(&expected.id)).collect()
    }
}

/// A figure that the form asks for.
#[derive(Debug)]
pub struct ExpectedValue {
    /// The indicator.
    pub id: Arc<str>,
    /// Official labels from the section down.
    pub path: Arc<[String]>,
    /// The official unit.
    pub unit: Option<Arc<str>>,
    /// What the figure is.
    pub kind: ValueKind,
    /// The label for messages: of the row, and in a matrix of the column as well.
    pub label: String,
}

/// The rows with figures in the form's order.
pub fn rows(template: &Template) -> Vec<AskedRow> {
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
    rows.map(|row| AskedRow { place: row[0].row(), figures: row.iter().map(expected).collect() }).collect()
}
