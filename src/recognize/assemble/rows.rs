//! The rows of a template with what was read for them.
//!
//! In: readings from [`super::assemble`] for rows of the chain, and from [`super::adopt`] for rows beyond it. Out: the
//! reading of a row, if there is one. Called by the other files of [`super`].

use crate::recognize::reading::RowReading;
use crate::template::{Row, Template};
use crate::text::label::Closeness;

/// Table and row in the template.
pub(super) type Place = (usize, usize);

/// A row of the template and what was read for it.
pub(super) struct Filled {
    pub(super) reading: RowReading,
    pub(super) closeness: Closeness,
}

/// What was read for the rows of a template.
pub(super) struct Rows {
    /// The number of rows before each table.
    before: Vec<usize>,
    /// The readings, by number of the row.
    filled: Vec<Option<Filled>>,
}

impl Rows {
    pub(super) fn new(template: &Template) -> Self {
        let mut count = 0;
        let before = template.tables().iter().map(|table| {
            count += table.rows.len();
            count - table.rows.len()
        });
        let before = before.collect();
        Self { before, filled: std::iter::repeat_with(|| None).take(count).collect() }
    }

    fn number(&self, (table, row): Place) -> usize {
        self.before[table] + row
    }

    pub(super) fn has(&self, place: Place) -> bool {
        self.get(place).is_some()
    }

    pub(super) fn get(&self, place: Place) -> Option<&Filled> {
        self.filled[self.number(place)].as_ref()
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Filled> {
        let number = self.number(place);
        self.filled[number].as_mut()
    }

    pub(super) fn insert(&mut self, place: Place, filled: Filled) {
        let number = self.number(place);
        self.filled[number] = Some(filled);
    }
}

pub(super) fn rows_of(template: &Template) -> impl Iterator<Item = ((usize, usize), &Row)> {
    let tables = template.tables().iter().enumerate();
    tables.flat_map(|(t, table)| table.rows.iter().enumerate().map(move |(r, row)| ((t, r), row)))
}
