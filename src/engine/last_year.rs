//! Finds an organization's report of the year before.
//!
//! In: the reports of the year before, and an organization. Out: its report, or why there is none. Called by
//! [`super::Engine::check`] and `xxgk new`.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{self, SeverityOverrides};
use crate::compare::shipped_crosswalk;
use crate::finding::{Finding, Wording};
use crate::organization::{Aliases, Key, Names};
use crate::report::{CellValue, Report};
use crate::template::Template;
use crate::text::fold::fold;

/// A finding names at most this many organizations or files.
const MAX_NAMED: usize = 30;

/// The reports of the year before, by organization.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastYear {
    reports: Vec<Report>,
    names: Names,
    by_key: BTreeMap<Option<Key>, Vec<usize>>,
}

/// The report of an organization for the year before.
#[derive(Debug)]
enum Found<'r> {
    One(&'r Report),
    /// Several reports with different values claim to be it, so that none is.
    Several(Vec<&'r Report>),
    None,
}

/// An organization's report of this year, or the one to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThisYear<'r> {
    pub template: &'r str,
    pub organization: Option<&'r str>,
    pub year: Option<i32>,
}

impl<'r> ThisYear<'r> {
    pub(crate) fn of(report: &'r Report, template: &'r Template) -> Self {
        Self { template: template.id(), organization: report.organization.as_deref(), year: report.year }
    }
}

impl LastYear {
    /// `others` are further names that are compared with those of the reports.
    pub(crate) fn new(mut reports: Vec<Report>, others: &[&str], aliases: &Aliases) -> Self {
        // Only their values matter, and there may be thousands.
        reports.iter_mut().for_each(|report| report.narrative = Vec::new());
        let own = reports.iter().filter_map(|report| report.organization.as_deref());
        let names = Names::new(own.chain(others.iter().copied()), aliases);
        let mut by_key: BTreeMap<Option<Key>, Vec<usize>> = BTreeMap::new();
        for (at, report) in reports.iter().enumerate() {
            by_key.entry(report.organization.as_deref().map(|name| names.key(name))).or_default().push(at);
        }
        Self { reports, names, by_key }
    }

    pub(crate) fn into_reports(self) -> Vec<Report> {
        self.reports
    }

    pub(crate) fn key(&self, organization: Option<&str>) -> Option<Key> {
        organization.map(|name| self.names.key(name))
    }

    /// Checks a report with the one of the year before, or says that there is none. Without any reports, nothing.
    pub(super) fn check(&self, report: &Report, template: &Template, overrides: &SeverityOverrides) -> Vec<Finding> {
        if self.reports.is_empty() {
            return Vec::new();
        }
        if let Some(last) = self.of(report, template) {
            return check::two_years(report, last, template, overrides);
        }
        let finding = self.finding(ThisYear::of(report, template)).into_iter();
        let with_severity = |finding: Finding| {
            let severity = overrides.of(&finding.code, Some(finding.severity))?;
            Some(Finding { severity, ..finding })
        };
        finding.filter_map(with_severity).collect()
    }

    /// The report for the year before a report of this template, if it is certain.
    pub(super) fn of(&self, report: &Report, template: &Template) -> Option<&Report> {
        self.one(ThisYear::of(report, template))
    }

    /// The report for the year before, if it is certain.
    pub(crate) fn one(&self, this: ThisYear<'_>) -> Option<&Report> {
        if let Found::One(last) = self.find(this) { Some(last) } else { None }
    }

    /// The report for the year before.
    ///
    /// Among several of the same organization, the only one with exactly its name is it. Copies with the same values
    /// are one.
    fn find(&self, this: ThisYear<'_>) -> Found<'_> {
        let follows =
            |last: &Report| last.year.is_none() || this.year.is_none() || last.year.map(|year| year + 1) == this.year;
        let own = self.by_key.get(&self.key(this.organization)).into_iter().flatten().map(|at| &self.reports[*at]);
        let mut own: Vec<&Report> =
            own.filter(|last| last.template.as_deref() == Some(this.template) && follows(last)).collect();
        if own.len() > 1 {
            let is_exact = |last: &Report| last.organization.as_deref().map(fold) == this.organization.map(fold);
            let exact: Vec<&Report> = own.iter().copied().filter(|last| is_exact(last)).collect();
            if exact.len() == 1 {
                own = exact;
            }
        }
        match own[..] {
            [] => Found::None,
            [first, ref more @ ..] if more.iter().all(|other| same_values(first, other)) => Found::One(first),
            _ => Found::Several(own),
        }
    }

    /// What to say if the report of the year before is not certain.
    pub(crate) fn finding(&self, this: ThisYear<'_>) -> Option<Finding> {
        let organization = this.organization.unwrap_or("@last_year.unnamed");
        let (code, names) = match self.find(this) {
            Found::One(_) => return None,
            Found::Several(reports) => ("XG369", list(reports.iter().map(|report| shown(report)))),
            Found::None => ("XG368", this.organization.map(|name| self.near(name)).unwrap_or_default()),
        };
        let mut finding = Finding::new(code).with("organization", organization).with("template", this.template);
        if code == "XG368" && !names.is_empty() {
            finding.wording = Some(Wording::Key("last_year.near".into()));
        }
        finding = finding.with("names", names);
        Some(finding)
    }

    /// The organizations of the year before with a similar name.
    fn near(&self, organization: &str) -> String {
        let measure = &shipped_crosswalk().rename;
        let names = self.reports.iter().filter_map(|report| report.organization.as_deref());
        let near: BTreeSet<&str> = names.filter(|name| measure.are_near(name, organization)).collect();
        list(near.into_iter().map(str::to_owned))
    }

    /// One finding about all organizations of the year before that are not among these.
    pub(crate) fn unmatched(&self, seen: &BTreeSet<Option<Key>>) -> Option<Finding> {
        let left = self.by_key.iter().filter(|(key, _)| !seen.contains(key)).flat_map(|(_, reports)| reports);
        let mut left: Vec<usize> = left.copied().collect();
        left.sort_unstable();
        let mut finding = Finding::new("XG368").with("count", left.len());
        finding.wording = Some(Wording::Key("last_year.only".into()));
        finding = finding.with("names", list(left.iter().map(|at| shown(&self.reports[*at]))));
        (!left.is_empty()).then_some(finding)
    }
}

/// A report by its organization and file.
fn shown(report: &Report) -> String {
    match &report.organization {
        Some(organization) => format!("{organization}（{}）", report.source.name),
        None => report.source.name.clone(),
    }
}

fn list(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let shown = names[..names.len().min(MAX_NAMED)].join("、");
    if names.len() > MAX_NAMED { shown + "……" } else { shown }
}

fn same_values(one: &Report, other: &Report) -> bool {
    let values = |report: &Report| -> Vec<(Option<String>, Option<String>, CellValue)> {
        let own = report.values.iter().filter(|value| !matches!(value.cell, CellValue::Missing));
        own.map(|value| (value.id.as_deref().map(str::to_owned), value.column.clone(), value.cell.clone())).collect()
    };
    one.year == other.year && values(one) == values(other)
}
