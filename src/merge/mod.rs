//! Many reports of one form added up: `units × options → merged report, table of units, findings` (汇总).
//!
//! In: a [`Unit`] for each report, which holds its figures and nothing else of it, and [`Options`]. Out: [`Merged`]: the
//! report of the totals, what each unit filled in, and what was found. `select` decides which units count, `total` adds
//! up, [`roster`] reads a list of units, `table` says where each figure stands in the unit-by-unit table. Totals are exact.
//! What is blank, `/` or unreadable is never taken for 0: a total over blanks says so, one over a figure that nobody can
//! read stays open.

pub mod roster;
mod select;
pub mod table;
mod total;
mod unit;

use indexmap::IndexMap;

pub use select::place;
pub use total::{ExtraRow, Total};
pub use unit::{Cell, Column, Extra, InclusionStatus, Unit};

use crate::finding::Finding;
use crate::report::{Period, Report};
use crate::template::{SharedTemplate, Templates};

/// The most names that one message lists; the unit-by-unit table shows all.
const NAMED: usize = 30;

/// Which of several value columns is added up: 本级, 全区域 and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The column of this header.
    Name(String),
    /// The column of this number, from 1.
    Number(usize),
}

/// How to merge.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The form that is added up; that of most units where none is named.
    pub template: Option<String>,
    /// 填报单位 of the totals.
    pub organization: Option<String>,
    /// The units that must be there, in their order; none where nobody knows.
    pub roster: Option<Vec<String>>,
    /// The value column to take.
    pub scope: Option<Scope>,
    /// Leaves out units with errors and those of another year.
    pub strict: bool,
}

/// What was found, and about which unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// The unit, as an index into [`Merged::units`]; none for the whole.
    pub unit: Option<usize>,
    /// What was found.
    pub finding: Finding,
}

/// Reports added up.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The totals. The place of each is its cell in the unit-by-unit table.
    pub report: Report,
    /// Its template.
    pub template: SharedTemplate,
    /// Every unit, those that count first, in the order of the roster or of the inputs.
    pub units: Vec<Unit>,
    /// How many of the units count.
    pub counted: usize,
    /// The totals with what each is made of, in the order of the report's values.
    pub totals: Vec<Total>,
    /// Rows beyond the form, with what each unit has in them.
    pub extra: Vec<ExtraRow>,
    /// What merging found. What was found in each unit is with the unit.
    pub findings: Vec<Noted>,
}

/// Adds units up; none where no unit is of a known form.
pub fn merge(units: Vec<Unit>, templates: &Templates, options: &Options) -> Option<Merged> {
    let id = options.template.clone().or_else(|| most(units.iter().filter_map(|unit| unit.template.clone())))?;
    let template = templates.find(&id)?.clone();
    let year = most(units.iter().filter(|unit| unit.template.as_ref() == Some(&id)).filter_map(Unit::time));
    let selected = select::select(units, &template, year, options);
    let added = total::add(&selected.units[..selected.counted], &selected.value_columns, &template);
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
        units: selected.units,
        counted: selected.counted,
        totals: added.totals,
        extra: added.extra,
        findings,
    })
}

/// What there is most of; of several, what came first.
fn most<T: std::hash::Hash + Eq>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: IndexMap<T, usize> = IndexMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let highest = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == highest).map(|(one, _)| one)
}

/// Names in a message, the first [`NAMED`] of them.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let first: Vec<&str> = names.by_ref().take(NAMED).collect();
    first.join("、") + if names.next().is_some() { "……" } else { "" }
}
