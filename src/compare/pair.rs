//! Compares the values of two reports.
//!
//! In: two reports and the [`FormMapping`] between their forms. Out: [`ComparisonRow`]s, one for each indicator in each
//! value column that both reports have, and one for each extra row. Called by [`super::compare`].

use std::collections::HashMap;

use indexmap::IndexSet;
use rust_decimal::Decimal;

use super::crosswalk::{Crosswalk, FormMapping, Link, Match};
use super::name::Side;
use super::row::{Change, ComparisonRow, SideValue, State};
use crate::finding::Wording;
use crate::report::{CellValue, Report, Value};
use crate::text::fold::fold;
use crate::text::label;

/// Headers of value columns that only one of the reports has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UnpairedColumns {
    pub(super) old: Vec<String>,
    pub(super) new: Vec<String>,
}

/// Compares all values of two reports. Also returns the value columns that were not compared.
pub(super) fn rows(
    old: &Report,
    new: &Report,
    mapping: &FormMapping,
    crosswalk: &Crosswalk,
) -> (Vec<ComparisonRow>, UnpairedColumns) {
    let (columns, unpaired) = columns(old, new);
    let mut rows = Vec::new();
    for (before, after) in &columns {
        let (of_old, of_new) = (ColumnValues::new(old, *before), ColumnValues::new(new, *after));
        let column = column_key(*after, new).and(after.or(*before)).map(str::to_owned);
        rows.extend(mapping.links.iter().map(|link| row(link, &of_old, &of_new, column.clone(), crosswalk)));
    }
    leave_out_optional(&mut rows);
    rows.extend(extra(old, new, crosswalk));
    (rows, unpaired)
}

/// A pair of value columns, by their headers.
type Columns<'r> = (Option<&'r str>, Option<&'r str>);

/// Pairs the value columns by header. Columns of only one report are returned apart.
fn columns<'r>(old: &'r Report, new: &'r Report) -> (Vec<Columns<'r>>, UnpairedColumns) {
    let (before, after) = (old.columns(), new.columns());
    let mut pairs = Vec::new();
    for column in &after {
        let column_key = column_key(*column, new);
        let mut same = before.iter().filter(|other| self::column_key(**other, old) == column_key);
        let is_single = after.iter().filter(|other| self::column_key(**other, new) == column_key).count() == 1;
        if let (Some(same), None, true) = (same.next(), same.next(), is_single) {
            pairs.push((*same, *column));
        }
    }
    let headers = |columns: &[Option<&str>], is_paired: &dyn Fn(&Option<&str>) -> bool| {
        let own = columns.iter().filter(|column| !is_paired(column));
        own.map(|column| column.unwrap_or("@compare.own_column").to_owned()).collect::<Vec<_>>()
    };
    let unpaired = UnpairedColumns {
        old: headers(&before, &|column| pairs.iter().any(|(old, _)| old == column)),
        new: headers(&after, &|column| pairs.iter().any(|(_, new)| new == column)),
    };
    (pairs, unpaired)
}

/// What tells a column apart from others: its folded header without the report's own year. `None` for the only column
/// of a form, or if nothing is left.
fn column_key(column: Option<&str>, report: &Report) -> Option<String> {
    let folded = fold(column?);
    let Some(year) = report.year.map(|year| year.to_string()).filter(|year| folded.contains(year.as_str())) else {
        return Some(folded);
    };
    let rest = folded.replacen(&year, "", 1);
    let rest = rest.strip_prefix("年度").or(rest.strip_prefix('年')).unwrap_or(&rest);
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// The values of one column by indicator id.
struct ColumnValues<'r>(HashMap<&'r str, &'r Value>);

impl<'r> ColumnValues<'r> {
    fn new(report: &'r Report, column: Option<&str>) -> Self {
        let own = report.values.iter().filter(|value| value.column.as_deref() == column);
        Self(own.filter_map(|value| Some((value.id.as_deref()?, value))).collect())
    }

    fn side_value(&self, side: &Side) -> SideValue {
        let values: Vec<Option<&Value>> = side.ids.iter().map(|id| self.0.get(id.as_str()).copied()).collect();
        let states = values.iter().map(|value| value.map_or(State::Absent, state));
        let state = states.reduce(State::plus).unwrap_or(State::None);
        let units: IndexSet<&str> = values.iter().flatten().filter_map(|value| value.unit.as_deref()).collect();
        let cell = |value: &Option<&Value>| {
            value.map_or((String::new(), None), |value| (value.text().trim().to_owned(), value.at.clone()))
        };
        SideValue {
            side: side.clone(),
            state,
            unit: if units.len() == 1 { units.first().map(|unit| (*unit).to_owned()) } else { None },
            cells: values.iter().map(cell).collect(),
        }
    }
}

/// The state of a value. A blank value without a location belongs to a row that the table lacks.
fn state(value: &Value) -> State {
    match &value.cell {
        CellValue::Blank if value.at.is_none() => State::Absent,
        CellValue::Missing => State::Absent,
        cell => State::Value(cell.clone().with_text(|| ())),
    }
}

fn row(
    link: &Link,
    old: &ColumnValues<'_>,
    new: &ColumnValues<'_>,
    column: Option<String>,
    crosswalk: &Crosswalk,
) -> ComparisonRow {
    compared(old.side_value(&link.old), new.side_value(&link.new), column, (link.kind, link.why.clone()), crosswalk)
}

/// Compares two sides.
fn compared(
    old: SideValue,
    new: SideValue,
    column: Option<String>,
    (kind, mut why): (Match, Option<Wording>),
    crosswalk: &Crosswalk,
) -> ComparisonRow {
    let other_unit = matches!((&old.unit, &new.unit), (Some(old), Some(new)) if fold(old) != fold(new));
    let is_amount = |side_value: &SideValue| {
        side_value.unit.as_deref().is_some_and(|unit| unit.ends_with('元') || unit.contains('%'))
    };
    // 次 for 人次 is only another word, but 元 for 万元 changes the number.
    let scaled = other_unit && (is_amount(&old) || is_amount(&new));
    if scaled {
        why = Some(Wording::Key("compare.other_unit".into()));
    }
    let unreadable = [&old, &new].iter().any(|side| side.state.is_uncertain());
    let change = match (old.state.number(), new.state.number()) {
        _ if kind == Match::Without => Change::Without,
        _ if kind == Match::Not || scaled || unreadable => Change::Incomparable,
        (Some(old), Some(new)) if old == new => Change::Same,
        (Some(_), Some(_)) => Change::Changed,
        (None, Some(_)) => Change::Appeared,
        (Some(_), None) => Change::Vanished,
        (None, None) if old.state == new.state => Change::Same,
        (None, None) => Change::Other,
    };
    let difference = match change {
        Change::Same | Change::Changed => old.state.number().zip(new.state.number()).map(|(old, new)| new - old),
        _ => None,
    };
    let percent = difference
        .zip(old.state.number())
        .and_then(|(difference, old)| (difference * Decimal::ONE_HUNDRED).checked_div(old.abs()))
        .map(|percent| percent.round_dp(1).normalize());
    let unit = new.unit.as_ref().or(old.unit.as_ref());
    let least = unit.and_then(|unit| crosswalk.jump.least_of.get(unit)).unwrap_or(&crosswalk.jump.least);
    let jump = match (old.state.number(), new.state.number(), difference) {
        (Some(old), Some(new), Some(difference)) => {
            let (small, large) = (old.abs().min(new.abs()), old.abs().max(new.abs()));
            let turned = old.is_sign_negative() != new.is_sign_negative() && !small.is_zero();
            difference.abs() >= *least && (turned || large >= crosswalk.jump.factor * small)
        }
        _ => false,
    };
    ComparisonRow { old, new, column, kind, why, change, difference, percent, jump }
}

/// Removes rows that say nothing new.
///
/// If the same values can be compared in two ways, such as a row and the sum of its parts, the way for which both
/// reports have values stays. Optional rows that neither report has are removed.
fn leave_out_optional(rows: &mut Vec<ComparisonRow>) {
    let is_missing = |side_value: &SideValue| side_value.state == State::Absent && side_value.side.optional;
    let is_none = |side_value: &SideValue| side_value.state == State::None || is_missing(side_value);
    let elsewhere = |at: usize, of: fn(&ComparisonRow) -> &SideValue| {
        let (ids, own) = (&of(&rows[at]).side.ids, &rows[at]);
        let others = rows.iter().enumerate().filter(|(other, _)| *other != at);
        let whole = others.filter(|(_, row)| row.column == own.column && row.kind == own.kind);
        let whole = whole.filter(|(_, row)| row.old.state != State::Absent && row.new.state != State::Absent);
        let held: Vec<&String> = whole.flat_map(|(_, row)| &of(row).side.ids).collect();
        ids.iter().all(|id| held.contains(&id))
    };
    let keep: Vec<bool> = (0..rows.len())
        .map(|at| {
            let row = &rows[at];
            let is_optional = is_missing(&row.old) || is_missing(&row.new);
            let nothing = is_optional && is_none(&row.old) && is_none(&row.new);
            let absent = |side_value: &SideValue| row.kind == Match::Comparable && side_value.state == State::Absent;
            let is_covered = (absent(&row.old) && elsewhere(at, |row| &row.new))
                || (absent(&row.new) && elsewhere(at, |row| &row.old));
            !(nothing || is_covered)
        })
        .collect();
    let mut keep = keep.into_iter();
    rows.retain(|_| keep.next().unwrap_or(true));
}

/// Compares extra rows by their labels and columns.
fn extra(old: &Report, new: &Report, crosswalk: &Crosswalk) -> Vec<ComparisonRow> {
    let key = |value: &Value| {
        let path: Vec<String> = value.path.iter().map(|label| fold(label)).collect();
        (path, value.column.as_deref().map(fold))
    };
    let keys: IndexSet<_> = new.extra.iter().chain(&old.extra).map(key).collect();
    let mut rows = Vec::new();
    for wanted in &keys {
        let of = |report: &'_ Report| -> Vec<SideValue> {
            report.extra.iter().filter(|value| key(value) == *wanted).map(extra_value).collect()
        };
        let (before, after) = (of(old), of(new));
        let column = new.extra.iter().chain(&old.extra).find(|value| key(value) == *wanted);
        let column = column.and_then(|value| value.column.clone());
        if let ([before], [after]) = (&before[..], &after[..]) {
            let how = (Match::Comparable, None);
            rows.push(compared(before.clone(), after.clone(), column, how, crosswalk));
            continue;
        }
        let why = if before.is_empty() || after.is_empty() { "compare.local" } else { "compare.twice" };
        let mut without_partner = |old: SideValue, new: SideValue| {
            let how = (Match::Without, Some(Wording::Key(why.into())));
            rows.push(compared(old, new, column.clone(), how, crosswalk));
        };
        after.into_iter().for_each(|side_value| without_partner(nothing(), side_value));
        before.into_iter().for_each(|side_value| without_partner(side_value, nothing()));
    }
    rows
}

fn extra_value(value: &Value) -> SideValue {
    let own = value.label.clone().or_else(|| value.path.last().cloned()).unwrap_or_default();
    let name = label::without_ordinal(&own).to_owned();
    SideValue {
        side: Side { ids: vec![String::new()], names: vec![name], ..Side::default() },
        state: state(value),
        unit: value.unit.clone(),
        cells: vec![(value.text().trim().to_owned(), value.at.clone())],
    }
}

/// The side without a value.
fn nothing() -> SideValue {
    SideValue { side: Side::default(), state: State::None, unit: None, cells: Vec::new() }
}
