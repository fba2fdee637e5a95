//! What the form says of a row of a matrix.
//!
//! In: a template, a place in it and the order of the headers. Out: a [`FormRow`]. Called by [`super::matrix`] and
//! [`super::matrix_text`].

use super::header_order::HeaderOrder;
use super::reading::{CellReading, RowReading};
use super::split::RowSum;
use super::value::ParsedValue;
use crate::template::{ResolvedRule, Row, Table, Template, ValueKind};

/// What the form says of a row: the kinds of its columns and its sums, in the order of the printed columns.
pub struct FormRow<'t> {
    pub table: &'t Table,
    pub row: &'t Row,
    pub kinds: Vec<ValueKind>,
    pub sums: Vec<RowSum>,
    /// For each printed column, the column of the form; none where no order is certain.
    order: Option<Vec<usize>>,
}

impl<'t> FormRow<'t> {
    pub fn new(template: &'t Template, place: (usize, usize), sums: &[&ResolvedRule], order: &HeaderOrder) -> Self {
        let table = &template.tables()[place.0];
        let row = &table.rows[place.1];
        let order = match order {
            HeaderOrder::Official | HeaderOrder::NoHeaders => Some((0..table.columns.len()).collect()),
            HeaderOrder::Changed(order) => Some(order.clone()),
            HeaderOrder::Unclear => None,
        };
        let printed = |own: usize| match &order {
            Some(order) => order.iter().position(|column| *column == own),
            None => Some(own),
        };
        let position = |number: &usize| {
            let own = &template.indicators()[*number];
            if own.row() == place { printed(own.place.2) } else { None }
        };
        let own = sums.iter().filter_map(|sum| {
            let total = sum.total.iter().map(position).collect::<Option<Vec<_>>>()?;
            Some(RowSum { total, parts: sum.parts.iter().map(position).collect::<Option<Vec<_>>>()? })
        });
        let sums = own.collect();
        let kind = |column: usize| table.kind(row, &table.columns[column]);
        let kinds = (0..table.columns.len()).map(|at| kind(order.as_ref().map_or(at, |order| order[at]))).collect();
        Self { table, row, kinds, sums, order }
    }

    pub fn count(&self) -> usize {
        self.kinds.len()
    }

    /// Whether the order of the columns is certain.
    pub fn has_order(&self) -> bool {
        self.order.is_some()
    }

    /// Values in the order of the printed columns, in that of the form.
    pub fn in_form_order(&self, values: Vec<CellReading>) -> Vec<CellReading> {
        let Some(order) = self.order.as_ref().filter(|order| order.len() == values.len()) else { return values };
        let mut ordered: Vec<(usize, CellReading)> = order.iter().copied().zip(values).collect();
        ordered.sort_by_key(|(column, _)| *column);
        ordered.into_iter().map(|(_, value)| value).collect()
    }
}

/// Marks a row as unreadable and returns as many unreadable values.
pub fn unreadable_row(count: usize, row: &mut RowReading) -> Vec<CellReading> {
    row.is_unreadable = true;
    let parsed = ParsedValue::UNREADABLE;
    vec![CellReading { text: String::new(), parsed, at: row.at.clone() }; count]
}
