//! The figures that a form asks for, with all that is the same in every report of it.
//!
//! In: a [`Template`]. Out: its rows with figures, made once for many documents and used by [`super::assemble`].

use std::sync::Arc;

use super::label;
use crate::template::{Column, Kind, Row, Table, Template, in_table};

/// A row with figures.
#[derive(Debug)]
pub struct AskedRow {
    /// Table and row in the template.
    pub place: (usize, usize),
    /// Its figures, one for each column that figures of one row differ in.
    pub figures: Vec<Asked>,
}

impl AskedRow {
    /// The indicators of the row.
    pub fn ids(&self) -> Vec<Arc<str>> {
        self.figures.iter().map(|asked| Arc::clone(&asked.id)).collect()
    }
}

/// A figure that the form asks for.
#[derive(Debug)]
pub struct Asked {
    /// The indicator.
    pub id: Arc<str>,
    /// Official labels from the section down.
    pub path: Arc<[String]>,
    /// The official unit.
    pub unit: Option<String>,
    /// What the figure is.
    pub kind: Kind,
    /// The label for messages: of the row, and in a matrix of the column as well.
    pub label: String,
}

/// The rows with figures in the form's order.
pub fn rows(template: &Template) -> Vec<AskedRow> {
    let tables = template.tables.iter().enumerate();
    let all = tables.flat_map(|(t, table)| table.rows.iter().enumerate().map(move |(r, row)| ((t, r), table, row)));
    let asked = |table: &Table, row: &Row, column: &Column| Asked {
        id: table.indicator_id(row, column).into(),
        path: template.path_of(table, row, column).into(),
        unit: table.unit_of(row, column).map(str::to_owned),
        kind: table.kind(row, column),
        label: in_table(label::without_ordinal(&row.label), table, row, column),
    };
    all.filter(|(_, _, row)| row.kind != Kind::Heading)
        .map(|(place, table, row)| AskedRow {
            place,
            figures: table.own_columns().iter().map(|column| asked(table, row, column)).collect(),
        })
        .collect()
}
