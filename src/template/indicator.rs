//! The values that a form asks for, each with what it is called.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::table::{Column, Row, Table, ValueKind};
use crate::text::label;

/// One value that a form asks for: a row in a value column.
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// let indicator = template.indicator("requests.new.total").expect("an indicator of the form");
/// println!("{} in {:?}", indicator.label, indicator.unit);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Row id, with the column's id where it has one.
    pub id: Arc<str>,
    /// Table, row and value column in the template, from 0.
    pub place: (usize, usize, usize),
    /// What it is called, without ordinal and remarks: of its row, and in a matrix of its column as well.
    pub label: Arc<str>,
    /// What the value is.
    pub kind: ValueKind,
    /// The form's unit.
    pub unit: Option<Arc<str>>,
}

impl Indicator {
    /// Table and row in the template.
    pub fn row(&self) -> (usize, usize) {
        (self.place.0, self.place.1)
    }
}

/// The indicators of a form, in order and by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Indicators {
    in_order: Vec<Indicator>,
    /// The number of each id. The ids are the template's own, so that nobody can choose some that hash alike.
    numbers: HashMap<Arc<str>, usize, FxBuildHasher>,
}

impl Indicators {
    /// Those of some tables.
    pub(super) fn new(tables: &[Table]) -> Self {
        let tables = tables.iter().enumerate();
        let rows = tables.flat_map(|(t, table)| table.rows.iter().enumerate().map(move |(r, row)| (t, r, table, row)));
        let in_order: Vec<Indicator> = rows
            .filter(|(_, _, _, row)| row.kind != ValueKind::Heading)
            .flat_map(|(t, r, table, row)| {
                let of_row = without_remarks(label::without_ordinal(&row.label));
                table.own_columns().iter().enumerate().map(move |(c, column)| Indicator {
                    id: table.indicator_id(row, column).into(),
                    place: (t, r, c),
                    label: in_table(&of_row, table, row, column).into(),
                    kind: table.kind(row, column),
                    unit: table.unit_of(row, column).map(Arc::from),
                })
            })
            .collect();
        let numbers = in_order.iter().enumerate().map(|(number, own)| (Arc::clone(&own.id), number)).collect();
        Self { in_order, numbers }
    }

    /// All of them.
    pub(super) fn in_order(&self) -> &[Indicator] {
        &self.in_order
    }

    /// The number of an id among [all](Self::in_order), from 0.
    pub(super) fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }
}

/// The label of a value from that of its row, here `own`: in a matrix with the header of its column, and where the row has no
/// label, with the headers above that.
pub(crate) fn in_table(own: &str, table: &Table, row: &Row, column: &Column) -> String {
    if !table.is_matrix() {
        return own.to_owned();
    }
    let groups = column.groups.iter().filter(|_| row.label.is_empty()).map(String::as_str);
    let labels = std::iter::once(own).chain(groups).chain([column.header.as_str()]);
    labels.filter(|label| !label.is_empty()).collect::<Vec<_>>().join("・")
}

/// A label without what stands in brackets, which says how to count and makes messages long.
pub(crate) fn without_remarks(label: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::with_capacity(label.len());
    for character in label.chars() {
        match character {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(character),
            _ => {}
        }
    }
    if out.trim().is_empty() { label.to_owned() } else { out }
}
