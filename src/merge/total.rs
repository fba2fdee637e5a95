//! Totals: exact sums of what the units filled in, and what else there is to say about each.

use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::table::{self, TableRow};
use super::unit::{Cell, Extra, Unit};
use super::{Noted, list};
use crate::document::Location;
use crate::finding::{Finding, Wording};
use crate::report::{Status, Value};
use crate::template::{Indicator, Template};
use crate::text::{fold::fold, label};

/// One total, with what it is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total {
    /// The sum of the numbers; none where no unit has a number or a figure cannot be added.
    pub number: Option<Decimal>,
    /// What the total holds: blank where no unit filled it in, `/` where all did so, unreadable where it stays open.
    pub status: Status,
    /// What each unit has, in the order of the units that count.
    pub cells: Vec<Cell>,
}

impl Total {
    /// The sum of cells whose unit the form says, or leaves open.
    fn new(cells: Vec<Cell>, is_open_unit: bool) -> Self {
        // Where the form leaves the unit open, the units agree on one or cannot be added.
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
            Cell::Unreadable(_) => true,
            _ => false,
        };
        let numbers: Vec<Decimal> = cells.iter().filter_map(number).collect();
        let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
        let status = if cells.iter().any(is_open) || sum.is_none() {
            Status::Unreadable
        } else if !numbers.is_empty() {
            Status::Number
        } else if !cells.is_empty() && cells.iter().all(|cell| *cell == Cell::NotApplicable) {
            Status::NotApplicable
        } else {
            Status::Blank
        };
        Self { number: sum.filter(|_| status == Status::Number), status, cells }
    }

    /// The unit of the amounts, where the form leaves it open.
    pub fn unit(&self) -> Option<&str> {
        self.cells.iter().find_map(|cell| match cell {
            Cell::Foreign(_, unit) if self.status == Status::Number => Some(unit.as_str()),
            _ => None,
        })
    }

    /// The units, by number, whose cells pass a test.
    pub fn units_with(&self, test: impl Fn(&Cell) -> bool) -> Vec<usize> {
        (0..self.cells.len()).filter(|at| test(&self.cells[*at])).collect()
    }
}

/// A row beyond the form, over all units.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraRow {
    /// Its label as the first unit has it, and its column's header.
    pub label: String,
    /// Its unit.
    pub unit: Option<String>,
    /// Its total.
    pub total: Total,
}

/// What adding up gave.
#[derive(Default)]
pub(super) struct Added {
    pub(super) totals: Vec<Total>,
    pub(super) values: Vec<Value>,
    pub(super) extra: Vec<ExtraRow>,
    /// Those of the rows beyond the form that every unit has.
    pub(super) carried: Vec<Value>,
    pub(super) findings: Vec<Noted>,
}

/// Adds up the units in each value column.
pub(super) fn add(units: &[Unit], value_columns: &[Option<String>], template: &Template) -> Added {
    let indicators = template.indicators();
    let mut added = Added::default();
    for scope in 0..value_columns.len() {
        for (at, indicator) in indicators.iter().enumerate() {
            let (t, r, c) = indicator.place;
            let table = &template.tables[t];
            let official = table.unit_of(&table.rows[r], &table.columns[c]);
            let cell = |unit: &Unit| unit.columns.get(scope).and_then(|column| column.cells.get(at)).cloned();
            let cells = units.iter().map(|unit| cell(unit).unwrap_or_default()).collect();
            added.totals.push(Total::new(cells, official.is_none()));
        }
    }
    let (extra, mut carried) = extra_rows(units);
    added.extra = extra;
    let places = places(template, value_columns, added.extra.len());
    let value = |at: usize, total: &Total| {
        let indicator = &indicators[at % indicators.len().max(1)];
        let (t, r, c) = indicator.place;
        let table = &template.tables[t];
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
            ..figure(total)
        }
    };
    added.values = added.totals.iter().enumerate().map(|(at, total)| value(at, total)).collect();
    for (at, value) in &mut carried {
        let (text, status, number) = {
            let figure = figure(&added.extra[*at].total);
            (figure.text, figure.status, figure.number)
        };
        (value.text, value.status, value.number, value.at) = (text, status, number, places.extra[*at].clone());
    }
    added.carried = carried.into_iter().map(|(_, value)| value).collect();
    added.findings = findings(units, value_columns, indicators, &added);
    added
}

/// What prints of a total.
fn figure(total: &Total) -> Value {
    Value {
        id: None,
        path: [].into(),
        column: None,
        unit: None,
        number: total.number,
        status: total.status,
        text: match total.status {
            Status::Number => total.number.unwrap_or_default().to_string(),
            Status::NotApplicable => "/".to_owned(),
            Status::Blank | Status::Unreadable => String::new(),
        },
        at: None,
        after: None,
        label: None,
    }
}

/// Where the totals stand in the unit-by-unit table.
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

/// The rows beyond the form, told apart by label, place and column; those that every unit has, as values.
fn extra_rows(units: &[Unit]) -> (Vec<ExtraRow>, Vec<(usize, Value)>) {
    type Group<'u> = (&'u Extra, Vec<Cell>);
    let key = |extra: &Extra| {
        let value = &extra.value;
        let own = value.label.as_deref().or(value.path.last().map(String::as_str)).unwrap_or("");
        let unit = value.unit.as_deref().map(fold);
        (fold(label::without_ordinal(own)), value.after.clone(), value.column.clone(), unit)
    };
    let mut groups: IndexMap<_, Group<'_>> = IndexMap::new();
    for (at, unit) in units.iter().enumerate() {
        let mut again: IndexMap<_, usize> = IndexMap::new();
        for extra in &unit.extra {
            let key = key(extra);
            // A label that a unit has twice is two rows.
            let number = again.entry(key.clone()).and_modify(|number| *number += 1).or_insert(0);
            let new = || (extra, vec![Cell::Absent; units.len()]);
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

/// What there is to say of the totals: blanks, `/`, figures that cannot be added, rows beyond the form.
fn findings(units: &[Unit], value_columns: &[Option<String>], indicators: &[Indicator], added: &Added) -> Vec<Noted> {
    let name = |at: &usize| units[*at].name.as_str();
    let label = |at: usize| {
        let own = &indicators[at % indicators.len()].label;
        match &value_columns[at / indicators.len()] {
            Some(header) => format!("{own}（{header}）"),
            None => own.to_string(),
        }
    };
    let mut findings = Vec::new();
    // A figure that cannot be added, one by one: each must be settled.
    for (at, total) in added.totals.iter().enumerate() {
        for (unit, cell) in total.cells.iter().enumerate() {
            let finding = match cell {
                Cell::Unreadable(text) => Finding::new("XG631").with("text", text),
                Cell::Foreign(number, found) if total.status == Status::Unreadable => {
                    let mut finding = Finding::new("XG631").with("text", format!("{number}{found}"));
                    finding.wording = Some(Wording::Key("merge.other_unit".into()));
                    finding
                }
                _ => continue,
            };
            let id = &indicators[at % indicators.len()].id;
            let finding = finding.with("label", label(at)).with("name", &units[unit].name).about(Arc::clone(id));
            findings.push(Noted { unit: Some(unit), finding: finding.at(added.values[at].at.clone()) });
        }
        let too_large = total.status == Status::Unreadable && total.cells.iter().all(|cell| cell.number().is_some());
        if too_large {
            let finding = Finding::new("XG632").with("label", label(at));
            findings.push(Noted { unit: None, finding: finding.at(added.values[at].at.clone()) });
        }
    }
    // Totals over the same units' blanks are one finding.
    type Test = fn(&Cell) -> bool;
    let open: [(&str, Test); 2] =
        [("XG621", |cell| *cell == Cell::Blank), ("XG622", |cell| *cell == Cell::NotApplicable)];
    for (code, test) in open {
        let mut groups: IndexMap<Vec<usize>, Vec<usize>> = IndexMap::new();
        for (at, total) in added.totals.iter().enumerate() {
            let those = total.units_with(test);
            if !those.is_empty() {
                groups.entry(those).or_default().push(at);
            }
        }
        for (those, totals) in groups {
            let labels: Vec<String> = totals.iter().map(|at| label(*at)).collect();
            let mut finding = Finding::new(code).with("count", those.len()).with("totals", totals.len());
            finding = finding.with("names", list(those.iter().map(name)));
            finding = finding.with("labels", list(labels.iter().map(String::as_str)));
            if those.len() == units.len() {
                finding.wording = Some(Wording::Key(format!("merge.all_{code}").into()));
                // Nobody filled it in: there is nothing that the total lacks.
                finding.severity = crate::finding::Severity::Note;
            }
            finding.ids = totals.iter().map(|at| Arc::clone(&indicators[at % indicators.len()].id)).collect();
            finding.at = added.values[totals[0]].at.clone();
            let unit = if let [one] = those[..] { Some(one) } else { None };
            findings.push(Noted { unit, finding });
        }
    }
    for row in &added.extra {
        let having = row.total.units_with(|cell| *cell != Cell::Absent);
        if having.len() == units.len() {
            continue;
        }
        let finding = Finding::new("XG623").with("label", &row.label).with("count", having.len());
        let finding = finding.with("names", list(having.iter().map(name)));
        let unit = if let [one] = having[..] { Some(one) } else { None };
        findings.push(Noted { unit, finding });
    }
    findings
}
