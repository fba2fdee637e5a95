//! Findings about one organization's two reports.
//!
//! In: the rows of a [`ComparedOrganization`] and both reports. Out: [`ComparisonFinding`]s with the values of both
//! files: years in the wrong order or with a gap, different names, the same table twice, large jumps, and breaches of
//! the forms' own two-year rules. Called by [`super::compare`].

use super::comparison::{ComparedOrganization, ComparisonFinding, NamedReport};
use super::crosswalk::{Crosswalk, FormMapping, Match};
use super::pair::UnpairedColumns;
use super::row::{Change, ComparisonRow, SideValue, signed};
use crate::check::{self, SeverityOverrides};
use crate::finding::{Figure, Finding};
use crate::report::{Period, Report};
use crate::template::{RuleKind, Template};
use crate::text::fold::fold;

pub(super) fn of_organization(
    organization: &ComparedOrganization,
    old: &NamedReport,
    new: &NamedReport,
    mapping: &FormMapping,
    renamed: bool,
    crosswalk: &Crosswalk,
    overrides: &SeverityOverrides,
) -> Vec<ComparisonFinding> {
    let mut found = Vec::new();
    let follow = years(organization, &mut found);
    names(organization, renamed, &mut found);
    identical(organization, crosswalk, &mut found);
    if follow {
        found.extend(carried(&old.report, &new.report, &new.form, mapping, overrides));
    }
    found.extend(organization.rows.iter().filter(|row| row.jump).map(jump));
    found
}

/// One finding for each value column that only one report has.
pub(super) fn columns(unpaired: &UnpairedColumns) -> Vec<ComparisonFinding> {
    let of = |code: &'static str, headers: &'_ [String]| -> Vec<ComparisonFinding> {
        headers.iter().map(|header| without_values(Finding::new(code).with("head", header))).collect()
    };
    [of("XG708", &unpaired.old), of("XG709", &unpaired.new)].concat()
}

/// A finding without values.
fn without_values(finding: Finding) -> ComparisonFinding {
    ComparisonFinding { finding, of_new: 0 }
}

/// Checks the order of the years. Returns whether the newer year follows the older, or may follow it.
fn years(organization: &ComparedOrganization, found: &mut Vec<ComparisonFinding>) -> bool {
    let year = |year: Option<i32>| year.map_or_else(|| "?".to_owned(), |year| year.to_string());
    let with = |code: &str| {
        without_values(
            Finding::new(code).with("old", year(organization.old.year)).with("new", year(organization.new.year)),
        )
    };
    if organization.old.period != organization.new.period {
        let period = |period: Period| format!("@period.{}", period_key(period));
        let finding = Finding::new("XG706")
            .with("old", period(organization.old.period))
            .with("new", period(organization.new.period));
        found.push(without_values(finding));
        return false;
    }
    let whole_years = organization.old.period == Period::Year;
    match (organization.old.year, organization.new.year) {
        (Some(old), Some(new)) if old > new => {
            found.push(with("XG703"));
            false
        }
        (Some(old), Some(new)) if old == new => {
            found.push(with("XG704"));
            false
        }
        (Some(old), Some(new)) if old + 1 == new => whole_years,
        (Some(_), Some(_)) => {
            found.push(with("XG705"));
            false
        }
        _ => {
            found.push(with("XG710"));
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

fn names(organization: &ComparedOrganization, renamed: bool, found: &mut Vec<ComparisonFinding>) {
    if let (Some(old), Some(new)) = (&organization.old.organization, &organization.new.organization)
        && fold(old) != fold(new)
        && !renamed
    {
        found.push(without_values(Finding::new("XG707").with("old", old).with("new", new)));
    }
}

/// Reports that both tables are the same: one form, all values equal, and enough values other than 0 to rule out
/// chance.
fn identical(organization: &ComparedOrganization, crosswalk: &Crosswalk, found: &mut Vec<ComparisonFinding>) {
    let equal = organization.one_form && organization.rows.iter().all(|row| row.change == Change::Same);
    let is_filled = |row: &&ComparisonRow| row.new.state.number().is_some_and(|number| !number.is_zero());
    let values = organization.rows.iter().filter(is_filled).count();
    if equal && values >= crosswalk.identical.least {
        let numbers = organization.rows.iter().filter(|row| row.new.state.number().is_some()).count();
        found.push(without_values(Finding::new("XG702").with("count", numbers).with("figures", values)));
    }
}

/// Checks the two-year rules of the newer report's form.
///
/// If the older report uses another form, its values are first translated: those whose indicator has exactly one
/// counterpart.
fn carried(
    old: &Report,
    new: &Report,
    form: &Template,
    mapping: &FormMapping,
    overrides: &SeverityOverrides,
) -> Vec<ComparisonFinding> {
    let other_form;
    let last = if mapping.one_form {
        old
    } else {
        other_form = translated(old, mapping);
        &other_form
    };
    let findings = check::two_years(new, last, form, overrides);
    let split = |finding: Finding| {
        let is_its = |claim: &&crate::template::ResolvedRule| {
            let rule = &form.rules()[claim.rule];
            rule.kind == RuleKind::TwoYears
                && rule.code == finding.code
                && claim.total.first().map(|number| &form.indicators()[*number].id) == finding.ids.first()
        };
        // The values of the older year come last. Optional values that are missing are not among them.
        let of_last = form.resolved_rules().iter().find(is_its).map_or(0, |claim| {
            let ids = claim.last.iter().map(|number| &form.indicators()[*number].id);
            ids.filter(|id| last.value(id, None).is_some_and(|value| value.number().is_some())).count()
        });
        ComparisonFinding { of_new: finding.figures.len().saturating_sub(of_last), finding }
    };
    findings.into_iter().map(split).collect()
}

/// A report with its values under the ids of another form.
fn translated(report: &Report, mapping: &FormMapping) -> Report {
    let links = mapping.links.iter().filter(|link| matches!(link.kind, Match::Same | Match::Comparable));
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

fn jump(row: &ComparisonRow) -> ComparisonFinding {
    let values = |side_value: &SideValue| {
        let value = |((id, name), (text, at)): ((&String, &String), &(String, _))| Figure {
            id: id.as_str().into(),
            label: name.as_str().into(),
            text: text.clone(),
            at: Option::clone(at),
        };
        side_value.side.ids.iter().zip(&side_value.side.names).zip(&side_value.cells).map(value).collect::<Vec<_>>()
    };
    let text = |number: Option<rust_decimal::Decimal>| number.map_or_else(String::new, |number| number.to_string());
    let (new, old) = (values(&row.new), values(&row.old));
    let side = if row.new.side.names.len() == 1 || row.old.side.names.len() != 1 { &row.new } else { &row.old };
    let mut label = side.side.names.join(" + ");
    if let Some(column) = &row.column {
        label = format!("{label}（{column}）");
    }
    let mut finding = Finding::new("XG701")
        .with("label", label)
        .with("old", text(row.old.state.number()))
        .with("new", text(row.new.state.number()))
        .with("difference", signed(row.difference));
    finding.ids = row.new.side.ids.iter().filter(|id| !id.is_empty()).map(|id| id.as_str().into()).collect();
    finding.at = new.iter().find_map(|value| value.at.clone());
    let of_new = new.len();
    finding.figures = new.into_iter().chain(old).collect();
    ComparisonFinding { finding, of_new }
}
