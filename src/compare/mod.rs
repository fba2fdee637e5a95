//! Two years held against each other, indicator by indicator: `Reports × Reports × crosswalk → Comparison`.
//!
//! In: the reports of an older and a newer year, each with its form and the name of its file. Out: a [`Comparison`]: units
//! matched by organization (`unit`), for each pair every figure of both with its difference ([`Line`]), and what was
//! noticed, such as large jumps and breaches of the rules over two years (`notice`). Forms lead to each other through
//! the [`crosswalk`]. [`render`] shows it. Nothing is assumed: a blank, a `/`, a row that is missing and an indicator that
//! the other form does not have are four different things, and none of them is 0.

pub mod crosswalk;
mod line;
pub mod name;
mod notice;
pub mod render;
pub mod unit;

use std::sync::Arc;

use serde::Serialize;

pub use crate::organization::Likeness;
use crosswalk::Walk;
pub use crosswalk::{Crosswalk, Match, shipped_crosswalk};
pub use line::{Change, Entry, Line, State};
pub use unit::{Proposal, Unfounded};

use crate::check::SeverityOverrides;
use crate::finding::{Finding, Severity};
use crate::report::{Period, Report};
use crate::template::SharedTemplate;
use crate::text::fold::fold;

/// A report with its form and the name of the file it came from.
#[derive(Clone, Debug)]
pub struct Named {
    /// The file's name as the user gave it.
    pub file: String,
    /// The report.
    pub report: Report,
    /// Its form.
    pub form: SharedTemplate,
}

/// Two years of any number of units.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The units that both years have, in the order of the newer.
    pub units: Vec<Unit>,
    /// Units that only the older year has.
    pub old_only: Vec<Head>,
    /// Units that only the newer year has.
    pub new_only: Vec<Head>,
    /// What may have been renamed.
    pub proposals: Vec<Proposal>,
    /// Reports of the older year that stand under one name and are compared with nothing.
    pub old_twice: Vec<Vec<Head>>,
    /// The same of the newer year.
    pub new_twice: Vec<Vec<Head>>,
    /// Reports of the older year that name no organization.
    pub old_unnamed: Vec<Head>,
    /// The same of the newer year.
    pub new_unnamed: Vec<Head>,
}

/// What a report is, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The file's name as the user gave it.
    pub file: String,
    /// The form's id; none for a table of no known form.
    pub template: Option<String>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The part of the year.
    pub period: Period,
}

impl Head {
    fn new(named: &Named) -> Self {
        let report = &named.report;
        Self {
            file: named.file.clone(),
            template: report.template.clone(),
            organization: report.organization.clone(),
            year: report.year,
            period: report.period,
        }
    }
}

/// Two years of one unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The older report.
    pub old: Head,
    /// The newer report.
    pub new: Head,
    /// Whether both are of one form.
    pub one_form: bool,
    /// Every figure of both, in the order of the newer form; rows beyond the forms behind them.
    pub lines: Vec<Line>,
    /// What was noticed.
    pub noted: Vec<Noted>,
}

/// A finding about two files.
#[derive(Clone, Debug)]
pub struct Noted {
    /// What was found; its figures are those of the newer file, then those of the older.
    pub finding: Finding,
    /// How many of its figures stand in the newer file.
    pub of_new: usize,
}

impl Unit {
    /// How many lines changed in each way.
    pub fn count(&self, change: Change) -> usize {
        self.lines.iter().filter(|line| line.change == change).count()
    }
}

impl Comparison {
    /// How many findings are at least so severe.
    pub fn at_least(&self, severity: Severity) -> usize {
        let noted = self.units.iter().flat_map(|unit| &unit.noted);
        noted.filter(|noted| noted.finding.severity >= severity).count()
    }
}

/// Compares the reports of two years.
///
/// One report on each side is one unit, whatever it is called; a difference of names is said. Of several, those that name
/// the same organization belong together, and those the user accepted as renamed.
///
/// # Errors
/// An accepted renaming whose name is in none of the reports.
pub fn compare(
    old: &[Named],
    new: &[Named],
    accepted: &[(String, String)],
    crosswalk: &Crosswalk,
    overrides: &SeverityOverrides,
) -> Result<Comparison, Unfounded> {
    let organizations = |named: &'_ [Named]| -> Vec<Option<String>> {
        named.iter().map(|named| named.report.organization.clone()).collect()
    };
    let (old_names, new_names) = (organizations(old), organizations(new));
    let [old_refs, new_refs] =
        [&old_names, &new_names].map(|names| names.iter().map(Option::as_deref).collect::<Vec<_>>());
    let mut matching = unit::matching(&old_refs, &new_refs, accepted, &crosswalk.rename)?;
    if old.len() == 1 && new.len() == 1 {
        matching = unit::Matching { pairs: vec![(0, 0)], ..unit::Matching::default() };
    }
    let mut walks = Walks { crosswalk, known: Vec::new() };
    let units = matching.pairs.iter().map(|&(before, after)| {
        let walk = walks.between(&old[before].form, &new[after].form);
        let is_accepted = |(a, b): &&(String, String)| {
            let same = |name: &str, own: &Option<String>| own.as_deref().is_some_and(|own| fold(own) == fold(name));
            same(a, &old_names[before]) && same(b, &new_names[after])
        };
        let renamed = accepted.iter().any(|pair| is_accepted(&pair));
        one(&old[before], &new[after], &walk, renamed, crosswalk, overrides)
    });
    let units = units.collect();
    let headers =
        |named: &[Named], places: &[usize]| places.iter().map(|at| Head::new(&named[*at])).collect::<Vec<_>>();
    let groups = |named: &[Named], groups: &[Vec<usize>]| groups.iter().map(|places| headers(named, places)).collect();
    Ok(Comparison {
        units,
        old_only: headers(old, &matching.old_only),
        new_only: headers(new, &matching.new_only),
        old_twice: groups(old, &matching.old_twice),
        new_twice: groups(new, &matching.new_twice),
        old_unnamed: headers(old, &matching.old_unnamed),
        new_unnamed: headers(new, &matching.new_unnamed),
        proposals: matching.proposals,
    })
}

/// The ways between forms, each found once.
struct Walks<'c> {
    crosswalk: &'c Crosswalk,
    known: Vec<(SharedTemplate, SharedTemplate, Arc<Walk>)>,
}

impl Walks<'_> {
    fn between(&mut self, old: &SharedTemplate, new: &SharedTemplate) -> Arc<Walk> {
        let same = |(before, after, _): &&(SharedTemplate, SharedTemplate, Arc<Walk>)| {
            Arc::ptr_eq(before, old) && Arc::ptr_eq(after, new)
        };
        if let Some((.., walk)) = self.known.iter().find(same) {
            return Arc::clone(walk);
        }
        let walk = Arc::new(Walk::new(old, new, self.crosswalk));
        self.known.push((Arc::clone(old), Arc::clone(new), Arc::clone(&walk)));
        walk
    }
}

fn one(
    old: &Named,
    new: &Named,
    walk: &Walk,
    renamed: bool,
    crosswalk: &Crosswalk,
    overrides: &SeverityOverrides,
) -> Unit {
    let (lines, alone) = line::lines(&old.report, &new.report, walk, crosswalk);
    let mut unit = Unit { old: Head::new(old), new: Head::new(new), one_form: walk.one_form, lines, noted: Vec::new() };
    let mut noted = notice::columns(&alone);
    noted.extend(notice::of_unit(&unit, old, new, walk, renamed, crosswalk, overrides));
    noted.retain_mut(|noted| match overrides.of(&noted.finding.code, Some(noted.finding.severity)) {
        Some(severity) => {
            noted.finding.severity = severity;
            true
        }
        None => false,
    });
    unit.noted = noted;
    unit
}

#[cfg(test)]
mod tests;
