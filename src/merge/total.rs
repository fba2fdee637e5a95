//! Exact totals and the findings about them.
//!
//! In: the organizations that count, and their value columns. Out: [`Added`]: totals with their addends, the values of
//! the merged report, and extra rows. Called by [`super::merge`].

use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::organization::{Cell, Extra, Organization};
use super::table::{self, TableRow};
use crate::document::Location;
use crate::report::{CellValue, Value};
use crate::template::Template;
use crate::text::{fold::fold, label};

/// One total with its addends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total {
    /// The sum. Without any number: `/` if all wrote `/`, missing if no organization has the row, else blank. Unreadable if a
    /// value cannot be added.
    pub cell: CellValue<()>,
    /// Each organization's cell, in the order of the organizations that count.
    pub cells: Vec<Cell>,
}

impl Total {
    /// Adds up cells. `is_open_unit` says that the form does not name a unit.
    fn new(cells: Vec<Cell>, is_open_unit: bool) -> Self {
        // If the form does not name a unit, all organizations must use the same one.
        let plain = cells.iter().any(|cell| cell.number().is_some_and(|number| !number.is_zero()));
        let mut foreign = cells.iter().filter_map(|cell| match cell {
            Cell::Foreign(_, unit) => Some(fold(unit)),
            _ => None,
        });
        let one_unit = is_open_unit && !plain && foreign.next().is_some_and(|first| foreign.all(|unit| unit == first));
        let number = |cell: &Cell| match cell {
            Cell::Foreign(number, _) if one_unit => Some(*number),
            _ => cell.number(),
        };
        let is_open = |cell: &Cell| match cell {
            Cell::Foreign(..) => !one_unit,
            Cell::Value(cell) => cell.is_unreadable(),
            _ => false,
        };
        let numbers: Vec<Decimal> = cells.iter().filter_map(number).collect();
        let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
        let cell = match sum {
            None => CellValue::Unreadable(()),
            Some(_) if cells.iter().any(is_open) => CellValue::Unreadable(()),
            Some(sum) if !numbers.is_empty() => CellValue::Number(sum),
            _ if !cells.is_empty() && cells.iter().all(|cell| *cell == Cell::NOT_APPLICABLE) => {
                CellValue::NotApplicable
            }
            _ if !cells.is_empty() && cells.iter().all(|cell| *cell == Cell::MISSING) => CellValue::Missing,
            _ => CellValue::Blank,
        };
        Self { cell, cells }
    }

    /// The common unit of the amounts, if the form does not name one.
    pub fn unit(&self) -> Option<&str> {
        self.cells.iter().find_map(|cell| match cell {
            Cell::Foreign(_, unit) if self.cell.is_number() => Some(unit.as_str()),
            _ => None,
        })
    }

    /// The indices of the organizations whose cells pass a test.
    pub fn organizations_with(&self, test: impl Fn(&Cell) -> bool) -> Vec<usize> {
        (0..self.cells.len()).filter(|at| test(&self.cells[*at])).collect()
    }
}

/// A row that is not in the form, over all organizations.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraRow {
    /// The label as the first organization wrote it, with the header of its column.
    pub label: String,
    /// The 计量单位.
    pub unit: Option<String>,
    /// The total.
    pub total: Total,
}

/// The result of adding up.
#[derive(Default)]
pub(super) struct Added {
    pub(super) totals: Vec<Total>,
    pub(super) values: Vec<Value>,
    pub(super) extra: Vec<ExtraRow>,
    /// Extra rows that every organization has, as values of the merged report.
    pub(super) carried: Vec<Value>,
}

/// Adds up the organizations in each value column.
pub(super) fn add(organizations: &[Organization], value_columns: &[Option<String>], template: &Template) -> Added {
    let indicators = template.indicators();
    let mut added = Added::default();
    for column_number in 0..value_columns.len() {
        for (at, indicator) in indicators.iter().enumerate() {
            let (t, r, c) = indicator.place;
            let table = &template.tables()[t];
            let official = table.unit_of(&table.rows[r], &table.columns[c]);
            let cell = |organization: &Organization| {
                organization.columns.get(column_number).and_then(|column| column.cells.get(at)).cloned()
            };
            let cells = organizations.iter().map(|organization| cell(organization).unwrap_or_default()).collect();
            added.totals.push(Total::new(cells, official.is_none()));
        }
    }
    let (extra, mut carried) = extra_rows(organizations);
    added.extra = extra;
    let places = places(template, value_columns, added.extra.len());
    let value = |at: usize, total: &Total| {
        let indicator = &indicators[at % indicators.len().max(1)];
        let (t, r, c) = indicator.place;
        let table = &template.tables()[t];
        let own = table.unit_of(&table.rows[r], &table.columns[c]);
        let absent = total.cells.iter().all(|cell| *cell == Cell::Absent);
        Value {
            id: Some(Arc::clone(&indicator.id)),
            path: template.path_of(table, &table.rows[r], &table.columns[c]).into(),
            column: value_columns[at / indicators.len().max(1)].clone(),
            unit: total.unit().or(own).map(str::to_owned),
            at: places.totals[at].clone().filter(|_| !absent),
            after: None,
            label: None,
            ..total_value(total)
        }
    };
    added.values = added.totals.iter().enumerate().map(|(at, total)| value(at, total)).collect();
    for (at, value) in &mut carried {
        let Value { cell, source_text, .. } = total_value(&added.extra[*at].total);
        (value.cell, value.source_text, value.at) = (cell, source_text, places.extra[*at].clone());
    }
    added.carried = carried.into_iter().map(|(_, value)| value).collect();
    added
}

/// A total as a value, without indicator and location.
fn total_value(total: &Total) -> Value {
    Value {
        id: None,
        path: [].into(),
        column: None,
        unit: None,
        cell: total.cell.with_text(String::new),
        source_text: match total.cell {
            CellValue::Number(number) => number.to_string(),
            CellValue::NotApplicable => "/".to_owned(),
            CellValue::Blank | CellValue::Unreadable(()) | CellValue::Missing => String::new(),
        },
        at: None,
        after: None,
        label: None,
        correction: None,
    }
}

/// The locations of the totals in the organization-by-organization table.
struct Places {
    totals: Vec<Option<Location>>,
    extra: Vec<Option<Location>>,
}

fn places(template: &Template, value_columns: &[Option<String>], extra: usize) -> Places {
    let count = template.indicators().len() * value_columns.len();
    let mut places = Places { totals: vec![None; count], extra: vec![None; extra] };
    for (row, what) in table::rows(template, value_columns, extra).iter().enumerate() {
        let at = Location::Sheet { sheet: table::SHEET.into(), cell: table::total_cell(row) };
        match what {
            TableRow::Total(number, ..) => places.totals[*number] = Some(at),
            TableRow::Extra(number) => places.extra[*number] = Some(at),
            TableRow::Heading(..) => {}
        }
    }
    places
}

/// The extra rows of all organizations, grouped by label, position and column; and the values of rows that every
/// organization has, each with the index of its row.
fn extra_rows(organizations: &[Organization]) -> (Vec<ExtraRow>, Vec<(usize, Value)>) {
    type Group<'o> = (&'o Extra, Vec<Cell>);
    let key = |extra: &Extra| {
        let value = &extra.value;
        let own = value.label.as_deref().or(value.path.last().map(String::as_str)).unwrap_or("");
        let unit = value.unit.as_deref().map(fold);
        (fold(label::without_ordinal(own)), value.after.clone(), value.column.clone(), unit)
    };
    let mut groups: IndexMap<_, Group<'_>> = IndexMap::new();
    for (at, organization) in organizations.iter().enumerate() {
        let mut again: IndexMap<_, usize> = IndexMap::new();
        for extra in &organization.extra {
            let key = key(extra);
            // If an organization has the same label twice, these are two rows.
            let number = again.entry(key.clone()).and_modify(|number| *number += 1).or_insert(0);
            let new = || (extra, vec![Cell::Absent; organizations.len()]);
            groups.entry((key, *number)).or_insert_with(new).1[at] = extra.cell.clone();
        }
    }
    let mut rows = Vec::new();
    let mut carried = Vec::new();
    for (first, cells) in groups.into_values() {
        let value = &first.value;
        let own = value.label.clone().or_else(|| value.path.last().cloned()).unwrap_or_default();
        let header = value.column.as_deref().map_or_else(String::new, |column| format!("・{column}"));
        if !cells.contains(&Cell::Absent) {
            carried.push((rows.len(), value.clone()));
        }
        rows.push(ExtraRow { label: own + &header, unit: value.unit.clone(), total: Total::new(cells, false) });
    }
    (rows, carried)
}
