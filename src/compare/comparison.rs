//! The result of a comparison.
//!
//! Made by [`super::compare`], read by [`super::render`] and the command line.

use serde::Serialize;

use super::matching::Proposal;
use super::row::{Change, ComparisonRow};
use crate::finding::{Finding, Severity};
use crate::report::{Period, Report};
use crate::template::SharedTemplate;

/// A report with its form and file name.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// assert_eq!(new[0].file, "2017.txt");
/// assert_eq!(new[0].form.id(), "2014-extended");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct NamedReport {
    /// The file's path as the user gave it.
    pub file: String,
    /// The report.
    pub report: Report,
    /// Its form.
    pub form: SharedTemplate,
}

/// The result of a comparison.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// assert_eq!(comparison.organizations.len(), 1);
/// assert!(comparison.old_only.is_empty() && comparison.new_only.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Organizations in both years, in the order of the newer year.
    pub organizations: Vec<ComparedOrganization>,
    /// Reports of organizations that only the older year has.
    pub old_only: Vec<ReportSummary>,
    /// Reports of organizations that only the newer year has.
    pub new_only: Vec<ReportSummary>,
    /// Organizations that may have been renamed.
    pub proposals: Vec<Proposal>,
    /// Groups of reports of the older year with the same name. They are not compared.
    pub old_twice: Vec<Vec<ReportSummary>>,
    /// Groups of reports of the newer year with the same name. They are not compared.
    pub new_twice: Vec<Vec<ReportSummary>>,
    /// Reports of the older year without an organization's name.
    pub old_unnamed: Vec<ReportSummary>,
    /// Reports of the newer year without an organization's name.
    pub new_unnamed: Vec<ReportSummary>,
}

/// What identifies a report.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// let old = &comparison.organizations[0].old;
/// assert_eq!((old.organization.as_deref(), old.year), (Some("中庄镇"), Some(2016)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportSummary {
    /// The file's path as the user gave it.
    pub file: String,
    /// The form's id. `None` for a table of no known form.
    pub template: Option<String>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The part of the year that the report covers.
    pub period: Period,
}

impl ReportSummary {
    pub(super) fn new(named: &NamedReport) -> Self {
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

/// The comparison of one organization's two reports.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// use xxgk::compare::Change;
///
/// assert_eq!(comparison.organizations[0].count(Change::Other), 0);
/// assert!(comparison.organizations[0].count(Change::Same) > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ComparedOrganization {
    /// The older report.
    pub old: ReportSummary,
    /// The newer report.
    pub new: ReportSummary,
    /// Whether both reports use the same form.
    pub one_form: bool,
    /// One row for each indicator, in the order of the newer form, then one for each extra row.
    pub rows: Vec<ComparisonRow>,
    /// The findings about this pair.
    pub findings: Vec<ComparisonFinding>,
}

/// A finding about two reports.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// use xxgk::message::Lang;
///
/// for found in &comparison.organizations[0].findings {
///     println!("{}: {}", found.finding.code, found.finding.message(Lang::EN));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ComparisonFinding {
    /// The finding. Its values are first those of the newer file, then those of the older.
    pub finding: Finding,
    /// How many of its values are from the newer file.
    pub of_new: usize,
}

impl ComparedOrganization {
    /// The number of rows with this change.
    pub fn count(&self, change: Change) -> usize {
        self.rows.iter().filter(|row| row.change == change).count()
    }
}

impl Comparison {
    /// The number of findings that are at least this severe.
    pub fn at_least(&self, severity: Severity) -> usize {
        let found = self.organizations.iter().flat_map(|organization| &organization.findings);
        found.filter(|found| found.finding.severity >= severity).count()
    }
}
