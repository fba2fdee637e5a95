//! The columns of the tables of a form.
//!
//! In: a template and the number of value columns. Out: which tables share columns, and how wide the columns are. Called by
//! `form_key`, `builder` and `table`.

use std::ops::Range;

use super::paper::{page, stretch, type_width};
use crate::layout::LayoutOptions;
use crate::template::{Page, Table, Template};

/// The columns of a table or of several joined ones: merged labels, label, unit, values.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub(super) stubs: usize,
    pub(super) label: usize,
    pub(super) unit: usize,
    pub(super) values: usize,
}

impl Columns {
    pub(super) fn new(table: &Table, value_columns: usize) -> Self {
        let (label, unit) = (usize::from(table.label.is_some()), usize::from(table.unit.is_some()));
        Self { stubs: table.stubs.len(), label, unit, values: table.own_columns().len() * value_columns }
    }

    /// The number of columns before the values.
    pub(super) fn headers(&self) -> usize {
        self.stubs + self.label + self.unit
    }

    pub(super) fn count(&self) -> usize {
        self.headers() + self.values
    }

    /// Whether a table fits these columns. Its last value column takes the rest.
    pub(super) fn hold(&self, other: &Self) -> bool {
        (self.stubs, self.label, self.unit) == (other.stubs, other.label, other.unit) && other.values <= self.values
    }

    /// The first column and the span of one of `count` value columns.
    pub(super) fn value(&self, index: usize, count: usize) -> (usize, usize) {
        let span = if index + 1 == count { self.values - index } else { 1 };
        (self.headers() + index, span)
    }
}

/// Groups of tables that look like one: a table and those joined to it that fit its columns.
pub(super) fn groups(template: &Template, value_columns: usize) -> Vec<Range<usize>> {
    let tables = template.tables();
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        let columns = |table| Columns::new(table, value_columns);
        match groups.last_mut() {
            Some(group) if table.joined && columns(&tables[group.start]).hold(&columns(table)) => group.end += 1,
            _ => groups.push(index..index + 1),
        }
    }
    groups
}

/// The widths of all columns, in mm. Several value columns share the space that the label can spare.
pub(super) fn widths(template: &Template, table: &Table, value_columns: usize, page: &Page) -> Vec<f64> {
    let (stretch, room) = (stretch(template, page), type_width(page));
    let count = value_columns * table.own_columns().len();
    let stubs: Vec<f64> = table.stubs.iter().map(|stub| stub.width * stretch).collect();
    let unit: Vec<f64> = table.unit.iter().map(|unit| unit.width * stretch).collect();
    let mut label: Vec<f64> = table.label.iter().map(|label| label.width * stretch).collect();
    let mut values: Vec<f64> = table.own_columns().iter().map(|column| column.width * stretch).collect();
    if value_columns > 1 {
        let room = room - unit.iter().sum::<f64>() - stubs.iter().sum::<f64>();
        let value = values.iter().sum::<f64>().min(room * 0.55 / count as f64);
        values = vec![value; count];
        label.iter_mut().for_each(|label| *label = room - value * count as f64);
    }
    let mut widths: Vec<f64> = stubs.into_iter().chain(label).chain(unit).chain(values).collect();
    // Columns without a width share the rest.
    let open = widths.iter().filter(|width| **width <= 0.0).count();
    let left = (room - widths.iter().sum::<f64>()).max(0.0);
    widths.iter_mut().filter(|width| **width <= 0.0).for_each(|width| *width = left / open as f64);
    widths
}

/// The text width of the narrowest value column of each table, in mm.
pub(super) fn rooms(template: &Template, value_columns: usize, options: LayoutOptions) -> Vec<f64> {
    let page = page(template, options.landscape);
    let mut rooms = Vec::with_capacity(template.tables().len());
    for group in groups(template, value_columns) {
        let table = &template.tables()[group.start];
        let widths = widths(template, table, value_columns, &page);
        let values = &widths[Columns::new(table, value_columns).headers()..];
        let narrowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        rooms.extend(group.map(|_| narrowest - 2.0 * page.padding));
    }
    rooms
}
