//! Rows that were filled in one line too low or too high, as violated sums show.
//!
//! In: the violated sums of a report. Out: their cause, said only if a shift of all rows from one on makes several of
//! them right and none wrong.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cause::{ViolatedSum, phrase};
use super::values::Values;
use crate::finding::Finding;
use crate::report::Value;
use crate::template::{Indicator, ResolvedRule, Template, without_remarks};
use crate::text::label;

/// Where several sums of a table are violated and right once the values from some row on are taken from the row below or
/// above, that is the cause of each.
pub(super) fn rows_shifted(findings: &mut [Finding], violated: &[ViolatedSum<'_>], values: &Values<'_>) {
    if violated.len() < 2 {
        return;
    }
    let sums = Sums::new(values);
    for columns in columns(values) {
        let shifts = shifts(&sums, &columns);
        let Some(&Shift { down, start: last }) = shifts.last() else { continue };
        if shifts.iter().any(|other| other.down != down) {
            continue;
        }
        // Where several rows would do: the one that a cell put in between has left blank, else the last, since the values
        // above it need not have moved.
        let is_blank = |start: usize| {
            columns.iter().filter_map(|column| column.get(start)).all(|(_, value)| value.number().is_none())
        };
        let start = shifts.iter().map(|shift| shift.start).find(|start| is_blank(*start)).unwrap_or(last);
        let first = columns.iter().find_map(|column| column.get(start));
        let template = values.template();
        let label = first.map_or_else(String::new, |(number, _)| row_label(template, &template.indicators()[*number]));
        let key = if down { "cause.shifted_down" } else { "cause.shifted_up" };
        for sum in violated {
            findings[sum.finding].cause = Some(phrase(key, &[("label", &label)]));
        }
        return;
    }
}

/// The values from a row on, counted in the columns, that stand a row too low (`down`) or too high.
struct Shift {
    start: usize,
    down: bool,
}

/// The sums of a form and whether they are right with the values as they are.
struct Sums<'r> {
    numbers: Vec<Option<i128>>,
    /// The shortest first: a shift that leaves a wrong one wrong is none, and most leave one of the shortest so.
    wrong: Vec<&'r ResolvedRule>,
    /// Those that are right, or that have a value that is no number.
    others: Vec<(&'r ResolvedRule, Option<bool>)>,
}

impl<'r> Sums<'r> {
    fn new(values: &Values<'r>) -> Self {
        let numbers = whole_numbers(values);
        let sums = values.template().sums().map(|sum| (sum, is_right(sum, |number| numbers[number])));
        let (wrong, others): (Vec<_>, Vec<_>) = sums.partition(|(_, was)| *was == Some(false));
        let mut wrong: Vec<&ResolvedRule> = wrong.into_iter().map(|(sum, _)| sum).collect();
        wrong.sort_by_key(|sum| operands(sum).count());
        Self { numbers, wrong, others }
    }

    /// Whether other numbers make several wrong sums right and none wrong. Sums with a value that is no number prove
    /// nothing.
    fn are_fixed_by(&self, number: impl Fn(usize) -> Option<i128>) -> bool {
        let mut fixed = 0;
        let wrong = self.wrong.iter().map(|sum| (*sum, Some(false)));
        let none_wrong = wrong.chain(self.others.iter().copied()).all(|(sum, was)| {
            let is = is_right(sum, &number);
            fixed += usize::from(was != is && is == Some(true));
            is != Some(false)
        });
        none_wrong && fixed > 1
    }
}

/// Every shift that fixes the sums, from the top down.
fn shifts(sums: &Sums<'_>, columns: &[Column<'_>]) -> Vec<Shift> {
    // Where each indicator stands in the columns.
    let mut places: Vec<Option<(usize, usize)>> = vec![None; sums.numbers.len()];
    for (column, own) in columns.iter().enumerate() {
        for (at, (number, _)) in own.iter().enumerate() {
            places[*number] = Some((column, at));
        }
    }
    // A shift below the last value of a wrong sum does not fix it.
    let last = |sum: &ResolvedRule| operands(sum).filter_map(|number| places[number]).map(|(_, at)| at + 1).max();
    let lowest = sums.wrong.iter().map(|sum| last(sum).unwrap_or(0)).min();
    let end = lowest.unwrap_or_else(|| columns.iter().map(Vec::len).max().unwrap_or(0));
    let shifts = (0..end).flat_map(|start| [false, true].map(|down| Shift { start, down }));
    let fixes = |shift: &Shift| {
        sums.are_fixed_by(|number| match places[number] {
            Some((column, at)) => sums.numbers[moved(&columns[column], at, shift)?],
            None => sums.numbers[number],
        })
    };
    shifts.filter(fixes).collect()
}

/// The indicators of both sides of a sum, by their numbers.
fn operands(sum: &ResolvedRule) -> impl Iterator<Item = usize> {
    sum.total.iter().chain(&sum.parts).copied()
}

/// Whether a sum is right with these numbers of its indicators; none where one of them is no number.
fn is_right(sum: &ResolvedRule, number: impl Fn(usize) -> Option<i128>) -> Option<bool> {
    let side = |indicators: &[usize]| {
        indicators
            .iter()
            .try_fold(0i128, |sum, indicator| number(*indicator).and_then(|number| sum.checked_add(number)))
    };
    Some(side(&sum.total)? == side(&sum.parts)?)
}

/// What each indicator adds to a sum, all in the smallest unit that any of them has, since whole numbers add up fastest;
/// none where it is no number.
fn whole_numbers(values: &Values<'_>) -> Vec<Option<i128>> {
    let count = values.template().indicators().len();
    let numbers: Vec<Option<Decimal>> = (0..count).map(|number| values.number(number)).collect();
    let scale = numbers.iter().flatten().map(Decimal::scale).max().unwrap_or(0);
    let whole = |number: Decimal| number.mantissa().checked_mul(10i128.checked_pow(scale - number.scale())?);
    numbers.into_iter().map(|number| number.and_then(whole)).collect()
}

/// Values one below the other, with the numbers of their indicators.
type Column<'r> = Vec<(usize, &'r Value)>;

/// The values that may have moved together, each column from the top down: all of a list, or the columns of one table of
/// a matrix. Rows that are not there are left out.
fn columns<'r>(values: &Values<'r>) -> Vec<Vec<Column<'r>>> {
    let template = values.template();
    let mut tables: BTreeMap<usize, BTreeMap<usize, Column<'r>>> = BTreeMap::new();
    for (number, own) in template.indicators().iter().enumerate() {
        let Some(value) = values.get(number).filter(|value| value.at.is_some()) else { continue };
        let (table, _, column) = if template.is_matrix() { own.place } else { (0, 0, 0) };
        tables.entry(table).or_default().entry(column).or_default().push((number, value));
    }
    tables.into_values().map(|columns| columns.into_values().collect()).collect()
}

/// The label of an indicator's row.
fn row_label(template: &Template, own: &Indicator) -> String {
    let row = &template.tables()[own.place.0].rows[own.place.1];
    if row.label.is_empty() {
        return own.label.to_string();
    }
    without_remarks(label::without_ordinal(&row.label))
}

/// The indicator whose value belongs at a place of a column if it has shifted; none where it is lost.
fn moved(column: &[(usize, &Value)], at: usize, shift: &Shift) -> Option<usize> {
    let from = match shift.down {
        _ if at < shift.start => at,
        true => at + 1,
        false if at == shift.start => return None,
        false => at - 1,
    };
    Some(column.get(from)?.0)
}
