//! One figure of two years: what stands on both sides, and what happened to it.
//!
//! In: two reports and the [`Walk`] between their forms. Out: [`Line`]s, those of each value column that both reports have,
//! and those of rows beyond the forms.

use std::collections::HashMap;

use indexmap::IndexSet;
use rust_decimal::Decimal;
use serde::Serialize;

use super::crosswalk::{Crosswalk, Link, Match, Walk};
use super::name::Side;
use crate::document::Location;
use crate::finding::Wording;
use crate::report::{Report, Status, Value};
use crate::text::fold::fold;
use crate::text::label;

/// One figure of two years, or the sum of several.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is in the older report.
    pub old: Entry,
    /// What it is in the newer report.
    pub new: Entry,
    /// The value column's header, in tables of several.
    pub column: Option<String>,
    /// How far both mean the same.
    pub kind: Match,
    /// Why not wholly.
    pub why: Option<Wording>,
    /// What happened to it.
    pub change: Change,
    /// New less old, where both are numbers that mean the same, at least in part, in one unit.
    pub difference: Option<Decimal>,
    /// The difference in percent of the older, to a tenth; none where that is 0.
    pub percent: Option<Decimal>,
    /// Whether the change is large, as the crosswalk's rule says.
    pub jump: bool,
}

/// What happened to a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Both hold the same number, or the same sign that there is none.
    Same,
    /// A number that was larger or smaller.
    Changed,
    /// A number where there was none.
    Appeared,
    /// None where there was a number.
    Vanished,
    /// No number in either, but not in the same way: blank, then `/`.
    Other,
    /// Not to be compared: another unit, a text that cannot be read, other meanings.
    Incomparable,
    /// No counterpart in the other form.
    Without,
}

/// What stands on one side of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A number.
    Number,
    /// A blank cell.
    Blank,
    /// `/`.
    NotApplicable,
    /// A text that is no number with certainty.
    Unreadable,
    /// The table does not have the row.
    Absent,
    /// A sum of figures of which some are no numbers.
    Incomplete,
    /// The form has no such indicator.
    None,
}

/// One side of a line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The indicators.
    pub side: Side,
    /// What stands there.
    pub state: State,
    /// The number, or the sum.
    pub number: Option<Decimal>,
    /// The unit.
    pub unit: Option<String>,
    /// Each figure's text and place, by the side's ids.
    pub figures: Vec<(String, Option<Location>)>,
}

impl Line {
    /// Whether it is worth showing without being asked: not what is the same, what has no counterpart, and what is 0 in
    /// one report and left open in the other.
    pub fn is_told(&self) -> bool {
        match self.change {
            Change::Same | Change::Without => false,
            Change::Appeared => self.new.number.is_some_and(|number| !number.is_zero()),
            Change::Vanished => self.old.number.is_some_and(|number| !number.is_zero()),
            Change::Changed | Change::Other | Change::Incomparable => true,
        }
    }
}

/// Heads of value columns that only one of the reports has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Alone {
    pub(super) old: Vec<String>,
    pub(super) new: Vec<String>,
}

/// All lines of two reports.
pub(super) fn lines(old: &Report, new: &Report, walk: &Walk, crosswalk: &Crosswalk) -> (Vec<Line>, Alone) {
    let (columns, alone) = columns(old, new);
    let mut lines = Vec::new();
    for (before, after) in &columns {
        let (of_old, of_new) = (Figures::new(old, *before), Figures::new(new, *after));
        let column = meaning(*after, new).and(after.or(*before)).map(str::to_owned);
        lines.extend(walk.links.iter().map(|link| line(link, &of_old, &of_new, column.clone(), crosswalk)));
    }
    leave_out_optional(&mut lines);
    lines.extend(extra(old, new, crosswalk));
    (lines, alone)
}

/// Two value columns, by their headers.
type Columns<'r> = (Option<&'r str>, Option<&'r str>);

/// Value columns that belong together: those of one header. What only one report has is compared with nothing.
fn columns<'r>(old: &'r Report, new: &'r Report) -> (Vec<Columns<'r>>, Alone) {
    let (before, after) = (old.columns(), new.columns());
    let mut pairs = Vec::new();
    for column in &after {
        let meaning = meaning(*column, new);
        let mut same = before.iter().filter(|other| self::meaning(**other, old) == meaning);
        let is_single = after.iter().filter(|other| self::meaning(**other, new) == meaning).count() == 1;
        if let (Some(same), None, true) = (same.next(), same.next(), is_single) {
            pairs.push((*same, *column));
        }
    }
    let headers = |columns: &[Option<&str>], is_paired: &dyn Fn(&Option<&str>) -> bool| {
        let own = columns.iter().filter(|column| !is_paired(column));
        own.map(|column| column.unwrap_or("@compare.own_column").to_owned()).collect::<Vec<_>>()
    };
    let alone = Alone {
        old: headers(&before, &|column| pairs.iter().any(|(old, _)| old == column)),
        new: headers(&after, &|column| pairs.iter().any(|(_, new)| new == column)),
    };
    (pairs, alone)
}

/// What a column's header means: nothing of its own where it is that of the form or names the report's own year.
fn meaning(column: Option<&str>, report: &Report) -> Option<String> {
    let folded = fold(column?);
    let Some(year) = report.year.map(|year| year.to_string()).filter(|year| folded.contains(year.as_str())) else {
        return Some(folded);
    };
    let rest = folded.replacen(&year, "", 1);
    let rest = rest.strip_prefix("年度").or(rest.strip_prefix('年')).unwrap_or(&rest);
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// The figures of one value column by indicator.
struct Figures<'r>(HashMap<&'r str, &'r Value>);

impl<'r> Figures<'r> {
    fn new(report: &'r Report, column: Option<&str>) -> Self {
        let own = report.values.iter().filter(|value| value.column.as_deref() == column);
        Self(own.filter_map(|value| Some((value.id.as_deref()?, value))).collect())
    }

    fn entry(&self, side: &Side) -> Entry {
        let values: Vec<Option<&Value>> = side.ids.iter().map(|id| self.0.get(id.as_str()).copied()).collect();
        let states: IndexSet<State> = values.iter().map(|value| value.map_or(State::Absent, state)).collect();
        let state = match states.len() {
            0 => State::None,
            1 => states[0],
            _ => State::Incomplete,
        };
        let sum = || values.iter().flatten().filter_map(|value| value.number).sum::<Decimal>();
        let units: IndexSet<&str> = values.iter().flatten().filter_map(|value| value.unit.as_deref()).collect();
        let figure = |value: &Option<&Value>| {
            value.map_or((String::new(), None), |value| (value.text.trim().to_owned(), value.at.clone()))
        };
        Entry {
            side: side.clone(),
            state,
            number: (state == State::Number).then(sum),
            unit: if units.len() == 1 { units.first().map(|unit| (*unit).to_owned()) } else { None },
            figures: values.iter().map(figure).collect(),
        }
    }
}

/// A value's state; a blank without a place is of a row that the table does not have.
fn state(value: &Value) -> State {
    match value.status {
        Status::Number => State::Number,
        Status::Blank if value.at.is_none() => State::Absent,
        Status::Blank => State::Blank,
        Status::NotApplicable => State::NotApplicable,
        Status::Unreadable => State::Unreadable,
    }
}

fn line(link: &Link, old: &Figures<'_>, new: &Figures<'_>, column: Option<String>, crosswalk: &Crosswalk) -> Line {
    reckoned(old.entry(&link.old), new.entry(&link.new), column, (link.kind, link.why.clone()), crosswalk)
}

/// The line of two entries.
fn reckoned(
    old: Entry,
    new: Entry,
    column: Option<String>,
    (kind, mut why): (Match, Option<Wording>),
    crosswalk: &Crosswalk,
) -> Line {
    let other_unit = matches!((&old.unit, &new.unit), (Some(old), Some(new)) if fold(old) != fold(new));
    let is_amount =
        |entry: &Entry| entry.unit.as_deref().is_some_and(|unit| unit.ends_with('元') || unit.contains('%'));
    // 次 for 人次 is a wording; 元 for 万元 is another figure.
    let scaled = other_unit && (is_amount(&old) || is_amount(&new));
    if scaled {
        why = Some(Wording::Key("compare.other_unit".into()));
    }
    let unreadable = [&old, &new].iter().any(|entry| matches!(entry.state, State::Unreadable | State::Incomplete));
    let change = match (old.number, new.number) {
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
        Change::Same | Change::Changed => old.number.zip(new.number).map(|(old, new)| new - old),
        _ => None,
    };
    let percent = difference
        .zip(old.number)
        .and_then(|(difference, old)| (difference * Decimal::ONE_HUNDRED).checked_div(old.abs()))
        .map(|percent| percent.round_dp(1).normalize());
    let unit = new.unit.as_ref().or(old.unit.as_ref());
    let least = unit.and_then(|unit| crosswalk.jump.least_of.get(unit)).unwrap_or(&crosswalk.jump.least);
    let jump = match (old.number, new.number, difference) {
        (Some(old), Some(new), Some(difference)) => {
            let (small, large) = (old.abs().min(new.abs()), old.abs().max(new.abs()));
            let turned = old.is_sign_negative() != new.is_sign_negative() && !small.is_zero();
            difference.abs() >= *least && (turned || large >= crosswalk.jump.factor * small)
        }
        _ => false,
    };
    Line { old, new, column, kind, why, change, difference, percent, jump }
}

/// Of two ways to compare the same figures, such as a row and the sum of the rows below it, the one that both reports have
/// stays; a row that a form lets be missing and that neither report has is no line at all.
fn leave_out_optional(lines: &mut Vec<Line>) {
    let is_missing = |entry: &Entry| entry.state == State::Absent && entry.side.optional;
    let is_none = |entry: &Entry| entry.state == State::None || is_missing(entry);
    let elsewhere = |at: usize, of: fn(&Line) -> &Entry| {
        let (ids, own) = (&of(&lines[at]).side.ids, &lines[at]);
        let others = lines.iter().enumerate().filter(|(other, _)| *other != at);
        let whole = others.filter(|(_, line)| line.column == own.column && line.kind == own.kind);
        let whole = whole.filter(|(_, line)| line.old.state != State::Absent && line.new.state != State::Absent);
        let held: Vec<&String> = whole.flat_map(|(_, line)| &of(line).side.ids).collect();
        ids.iter().all(|id| held.contains(&id))
    };
    let keep: Vec<bool> = (0..lines.len())
        .map(|at| {
            let line = &lines[at];
            let is_optional = is_missing(&line.old) || is_missing(&line.new);
            let nothing = is_optional && is_none(&line.old) && is_none(&line.new);
            let absent = |entry: &Entry| line.kind == Match::Comparable && entry.state == State::Absent;
            let told = (absent(&line.old) && elsewhere(at, |line| &line.new))
                || (absent(&line.new) && elsewhere(at, |line| &line.old));
            !(nothing || told)
        })
        .collect();
    let mut keep = keep.into_iter();
    lines.retain(|_| keep.next().unwrap_or(true));
}

/// Rows beyond the forms, which are the same where their labels and columns are.
fn extra(old: &Report, new: &Report, crosswalk: &Crosswalk) -> Vec<Line> {
    let key = |value: &Value| {
        let path: Vec<String> = value.path.iter().map(|label| fold(label)).collect();
        (path, value.column.as_deref().map(fold))
    };
    let keys: IndexSet<_> = new.extra.iter().chain(&old.extra).map(key).collect();
    let mut lines = Vec::new();
    for wanted in &keys {
        let of = |report: &'_ Report| -> Vec<Entry> {
            report.extra.iter().filter(|value| key(value) == *wanted).map(extra_entry).collect()
        };
        let (before, after) = (of(old), of(new));
        let column = new.extra.iter().chain(&old.extra).find(|value| key(value) == *wanted);
        let column = column.and_then(|value| value.column.clone());
        if let ([before], [after]) = (&before[..], &after[..]) {
            let how = (Match::Comparable, None);
            lines.push(reckoned(before.clone(), after.clone(), column, how, crosswalk));
            continue;
        }
        let why = if before.is_empty() || after.is_empty() { "compare.local" } else { "compare.twice" };
        let mut alone = |old: Entry, new: Entry| {
            let how = (Match::Without, Some(Wording::Key(why.into())));
            lines.push(reckoned(old, new, column.clone(), how, crosswalk));
        };
        after.into_iter().for_each(|entry| alone(nothing(), entry));
        before.into_iter().for_each(|entry| alone(entry, nothing()));
    }
    lines
}

fn extra_entry(value: &Value) -> Entry {
    let own = value.label.clone().or_else(|| value.path.last().cloned()).unwrap_or_default();
    let name = label::without_ordinal(&own).to_owned();
    Entry {
        side: Side { ids: vec![String::new()], names: vec![name], ..Side::default() },
        state: state(value),
        number: value.number,
        unit: value.unit.clone(),
        figures: vec![(value.text.trim().to_owned(), value.at.clone())],
    }
}

/// The side on which there is nothing.
fn nothing() -> Entry {
    Entry { side: Side::default(), state: State::None, number: None, unit: None, figures: Vec::new() }
}
