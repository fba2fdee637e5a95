//! What the form says of a row of a matrix.
//!
//! In: a template and a place in it. Out: a [`FormRow`]. Called by the other files of [`super`].

use crate::recognize::reading::{CellReading, RowReading};
use crate::recognize::split::RowSum;
use crate::recognize::value::ParsedValue;
use crate::template::{ResolvedRule, Row, Table, Template, ValueKind};

/// What the form says of a row: the kinds of its columns and its sums.
pub(super) struct FormRow<'t> {
    pub(super) table: &'t Table,
    pub(super) row: &'t Row,
    pub(super) kinds: Vec<ValueKind>,
    pub(super) sums: Vec<RowSum>,
}

impl<'t> FormRow<'t> {
    pub(super) fn new(template: &'t Template, place: (usize, usize), sums: &[&ResolvedRule]) -> Self {
        let table = &template.tables()[place.0];
        let row = &table.rows[place.1];
        let position = |number: &usize| {
            let own = &template.indicators()[*number];
            (own.row() == place).then_some(own.place.2)
        };
        let own = sums.iter().filter_map(|sum| {
            let total = sum.total.iter().map(position).collect::<Option<Vec<_>>>()?;
            Some(RowSum { total, parts: sum.parts.iter().map(position).collect::<Option<Vec<_>>>()? })
        });
        let kinds = table.columns.iter().map(|column| table.kind(row, column)).collect();
        Self { table, row, kinds, sums: own.collect() }
    }

    pub(super) fn count(&self) -> usize {
        self.kinds.len()
    }
}

/// Marks a row as unreadable and returns an unreadable value for each column.
pub(super) fn unreadable_row(form: &FormRow<'_>, row: &mut RowReading) -> Vec<CellReading> {
    row.is_unreadable = true;
    let parsed = ParsedValue::UNREADABLE;
    vec![CellReading { text: String::new(), parsed, at: row.at.clone() }; form.count()]
}
