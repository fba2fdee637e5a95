//! What is noticed about two years of a unit.
//!
//! In: the lines of a [`Unit`] and both reports. Out: findings with the figures of both files: years in the wrong order or
//! not one behind the other, other names, the same table twice, large jumps, and breaches of the forms' own rules over
//! two years.

use super::crosswalk::{Crosswalk, Match, Walk};
use super::line::{Alone, Change, Entry, Line, State};
use super::{Named, Noted, Unit};
use crate::check::{self, SeverityOverrides};
use crate::finding::{Figure, Finding};
use crate::report::{Period, Report};
use crate::template::{RuleKind, Template};
use crate::text::fold::fold;

pub(super) fn of_unit(
    unit: &Unit,
    old: &Named,
    new: &Named,
    walk: &Walk,
    renamed: bool,
    crosswalk: &Crosswalk,
    overrides: &SeverityOverrides,
) -> Vec<Noted> {
    let mut noted = Vec::new();
    let follow = years(unit, &mut noted);
    names(unit, renamed, &mut noted);
    identical(unit, crosswalk, &mut noted);
    if follow {
        noted.extend(carried(&old.report, &new.report, &new.form, walk, overrides));
    }
    noted.extend(unit.lines.iter().filter(|line| line.jump).map(jump));
    noted
}

/// Value columns that only one report has.
pub(super) fn columns(alone: &Alone) -> Vec<Noted> {
    let of = |code: &'static str, headers: &'_ [String]| -> Vec<Noted> {
        headers.iter().map(|header| said(Finding::new(code).with("head", header))).collect()
    };
    [of("XG708", &alone.old), of("XG709", &alone.new)].concat()
}

/// A finding without figures.
fn said(finding: Finding) -> Noted {
    Noted { finding, of_new: 0 }
}

/// Whether the newer year follows the older, or may; what else is said.
fn years(unit: &Unit, noted: &mut Vec<Noted>) -> bool {
    let year = |year: Option<i32>| year.map_or_else(|| "?".to_owned(), |year| year.to_string());
    let with = |code: &str| said(Finding::new(code).with("old", year(unit.old.year)).with("new", year(unit.new.year)));
    if unit.old.period != unit.new.period {
        let period = |period: Period| format!("@period.{}", period_key(period));
        let finding = Finding::new("XG706").with("old", period(unit.old.period)).with("new", period(unit.new.period));
        noted.push(said(finding));
        return false;
    }
    let whole_years = unit.old.period == Period::Year;
    match (unit.old.year, unit.new.year) {
        (Some(old), Some(new)) if old > new => {
            noted.push(with("XG703"));
            false
        }
        (Some(old), Some(new)) if old == new => {
            noted.push(with("XG704"));
            false
        }
        (Some(old), Some(new)) if old + 1 == new => whole_years,
        (Some(_), Some(_)) => {
            noted.push(with("XG705"));
            false
        }
        _ => {
            noted.push(with("XG710"));
            whole_years
        }
    }
}

fn period_key(period: Period) -> &'static str {
    match period {
        Period::Year => "year",
        Period::FirstHalf => "first_half",
        Period::SecondHalf => "second_half",
        Period::Quarter1 => "quarter_1",
        Period::Quarter2 => "quarter_2",
        Period::Quarter3 => "quarter_3",
        Period::Quarter4 => "quarter_4",
    }
}

fn names(unit: &Unit, renamed: bool, noted: &mut Vec<Noted>) {
    if let (Some(old), Some(new)) = (&unit.old.organization, &unit.new.organization)
        && fold(old) != fold(new)
        && !renamed
    {
        noted.push(said(Finding::new("XG707").with("old", old).with("new", new)));
    }
}

/// The same table twice: of one form, every figure equal, and enough of them not 0 that this is no chance.
fn identical(unit: &Unit, crosswalk: &Crosswalk, noted: &mut Vec<Noted>) {
    let equal = unit.one_form && unit.lines.iter().all(|line| line.change == Change::Same);
    let told = |line: &&Line| line.new.number.is_some_and(|number| !number.is_zero());
    let figures = unit.lines.iter().filter(told).count();
    if equal && figures >= crosswalk.identical.least {
        let numbers = unit.lines.iter().filter(|line| line.new.state == State::Number).count();
        noted.push(said(Finding::new("XG702").with("count", numbers).with("figures", figures)));
    }
}

/// The rules over two years of the newer report's form. Where the older is of another form, its figures are first led
/// over: those that one indicator of each form stands for.
fn carried(old: &Report, new: &Report, form: &Template, walk: &Walk, overrides: &SeverityOverrides) -> Vec<Noted> {
    let led;
    let last = if walk.one_form {
        old
    } else {
        led = led_over(old, walk);
        &led
    };
    let findings = check::two_years(new, last, form, overrides);
    let split = |finding: Finding| {
        let is_its = |claim: &&crate::template::ResolvedRule| {
            let rule = &form.rules[claim.rule];
            rule.kind == RuleKind::TwoYears
                && rule.code == finding.code
                && claim.total.first().map(|number| &form.indicators()[*number].id) == finding.ids.first()
        };
        // The figures of the year before come last; those that may be missing and are take no part.
        let of_last = form.claims().iter().find(is_its).map_or(0, |claim| {
            let ids = claim.last.iter().map(|number| &form.indicators()[*number].id);
            ids.filter(|id| last.value(id, None).is_some_and(|value| value.number.is_some())).count()
        });
        Noted { of_new: finding.figures.len().saturating_sub(of_last), finding }
    };
    findings.into_iter().map(split).collect()
}

/// A report's figures under the ids of another form.
fn led_over(report: &Report, walk: &Walk) -> Report {
    let links = walk.links.iter().filter(|link| matches!(link.kind, Match::Same | Match::Comparable));
    let values = links.filter_map(|link| match (&link.old.ids[..], &link.new.ids[..]) {
        ([old], [new]) => {
            let mut value = report.value(old, None)?.clone();
            value.id = Some(new.as_str().into());
            Some(value)
        }
        _ => None,
    });
    Report { values: values.collect(), extra: Vec::new(), findings: Vec::new(), ..report.clone() }
}

fn jump(line: &Line) -> Noted {
    let figures = |entry: &Entry| {
        let figure = |((id, name), (text, at)): ((&String, &String), &(String, _))| Figure {
            id: id.as_str().into(),
            label: name.as_str().into(),
            text: text.clone(),
            at: Option::clone(at),
        };
        entry.side.ids.iter().zip(&entry.side.names).zip(&entry.figures).map(figure).collect::<Vec<_>>()
    };
    let said = |number: Option<rust_decimal::Decimal>| number.map_or_else(String::new, |number| number.to_string());
    let (new, old) = (figures(&line.new), figures(&line.old));
    let side = if line.new.side.names.len() == 1 || line.old.side.names.len() != 1 { &line.new } else { &line.old };
    let mut label = side.side.names.join(" + ");
    if let Some(column) = &line.column {
        label = format!("{label}（{column}）");
    }
    let mut finding = Finding::new("XG701")
        .with("label", label)
        .with("old", said(line.old.number))
        .with("new", said(line.new.number))
        .with("difference", signed(line.difference));
    finding.ids = line.new.side.ids.iter().filter(|id| !id.is_empty()).map(|id| id.as_str().into()).collect();
    finding.at = new.iter().find_map(|figure| figure.at.clone());
    let of_new = new.len();
    finding.figures = new.into_iter().chain(old).collect();
    Noted { finding, of_new }
}

/// A difference with its sign.
pub(super) fn signed(number: Option<rust_decimal::Decimal>) -> String {
    match number {
        None => String::new(),
        Some(number) if number.is_sign_positive() && !number.is_zero() => format!("+{number}"),
        Some(number) if number.is_zero() => "0".to_owned(),
        Some(number) => format!("−{}", number.abs()),
    }
}
