//! Options and result of a merge.
//!
//! Made by [`super::merge`], read by [`crate::write::merged`] and the command line.

use super::organization::Organization;
use super::total::{ExtraRow, Total};
use crate::finding::Finding;
use crate::report::Report;
use crate::template::SharedTemplate;

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
