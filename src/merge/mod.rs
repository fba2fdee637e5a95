//! Adds up many reports of one form (汇总).
//!
//! In: an [`Organization`] for each report, and [`Options`]. Out: [`Merged`]: the report of the totals, each
//! organization's values, and findings. Called by `xxgk merge`; [`crate::write::merged`] writes the result.
//!
//! `select` decides which organizations count, `total` adds up, [`roster`] reads a list of organizations, and [`table`]
//! assigns a row and column to each value of the organization-by-organization table. Totals are exact decimals. A cell
//! that is blank, `/` or unreadable never counts as 0: a finding names the blanks under a total, and a total over an
//! unreadable value has no number.

mod organization;
pub mod roster;
mod select;
pub mod table;
mod total;

use indexmap::IndexMap;

pub use organization::{Cell, Column, Extra, InclusionStatus, Organization};
pub use select::place;
pub use total::{ExtraRow, Total};

use crate::finding::Finding;
use crate::report::{Period, Report};
use crate::template::{SharedTemplate, Templates};

/// The most names that one message lists. The organization-by-organization table shows all of them.
const NAMED: usize = 30;

/// Which of several value columns (本级, 全区域 …) to add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueColumn {
    /// The column with this header.
    Name(String),
    /// The column with this number, counted from 1.
    Number(usize),
}

/// How to merge.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The id of the form to add up. `None` takes the form that most organizations use.
    pub template: Option<String>,
    /// 填报单位 of the totals.
    pub organization: Option<String>,
    /// The organizations that must be present, in output order. `None` if there is no such list.
    pub roster: Option<Vec<String>>,
    /// The value column to add up, for reports that have several.
    pub value_column: Option<ValueColumn>,
    /// Whether to leave out organizations with errors or of another year.
    pub strict: bool,
}

/// A finding about the merge.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeFinding {
    /// The organization it is about, as an index into [`Merged::organizations`]. `None` if it is about the whole merge.
    pub organization: Option<usize>,
    /// The finding.
    pub finding: Finding,
}

/// The result of a merge.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The totals. Each value's location is its cell in the organization-by-organization table.
    pub report: Report,
    /// The template of that report.
    pub template: SharedTemplate,
    /// All organizations: first those that count, then the others, each in the order of the roster or else of the
    /// inputs.
    pub organizations: Vec<Organization>,
    /// How many organizations count.
    pub counted: usize,
    /// The totals with their addends, in the order of the report's values.
    pub totals: Vec<Total>,
    /// Rows that are not in the form, with each organization's value.
    pub extra: Vec<ExtraRow>,
    /// Findings about the merge. Findings about one report are in its [`Organization`].
    pub findings: Vec<MergeFinding>,
}

/// Merges the reports of many organizations. `None` if no report is of a known form.
pub fn merge(organizations: Vec<Organization>, templates: &Templates, options: &Options) -> Option<Merged> {
    let id = options
        .template
        .clone()
        .or_else(|| most(organizations.iter().filter_map(|organization| organization.template.clone())))?;
    let template = templates.find(&id)?.clone();
    let year = most(
        organizations
            .iter()
            .filter(|organization| organization.template.as_ref() == Some(&id))
            .filter_map(Organization::time),
    );
    let selected = select::select(organizations, &template, year, options);
    let added = total::add(&selected.organizations[..selected.counted], &selected.value_columns, &template);
    let findings = selected.findings.into_iter().chain(added.findings).collect();
    let report = Report {
        template: Some(id),
        organization: options.organization.clone(),
        year: year.map(|(year, _)| year),
        period: year.map_or(Period::Year, |(_, period)| period),
        values: added.values,
        extra: added.carried,
        ..Report::default()
    };
    Some(Merged {
        report,
        template,
        organizations: selected.organizations,
        counted: selected.counted,
        totals: added.totals,
        extra: added.extra,
        findings,
    })
}

/// The most frequent item. On a tie, the one that comes first.
fn most<T: std::hash::Hash + Eq>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: IndexMap<T, usize> = IndexMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let highest = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == highest).map(|(one, _)| one)
}

/// Joins names for a message: the first [`NAMED`], then an ellipsis if there are more.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let first: Vec<&str> = names.by_ref().take(NAMED).collect();
    first.join("、") + if names.next().is_some() { "……" } else { "" }
}
