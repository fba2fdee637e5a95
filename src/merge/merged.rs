//! Options and result of a merge.
//!
//! Made by [`super::merge`], read by [`crate::write::merged`] and the command line.

use super::organization::Organization;
use super::total::{ExtraRow, Total};
use crate::finding::Finding;
use crate::report::Report;
use crate::template::SharedTemplate;

/// Which of several value columns (本级, 全区域 …) to add up.
///
/// ```
/// use xxgk::merge::{Options, ValueColumn};
///
/// let options = Options { value_column: Some(ValueColumn::Name("全区域".to_owned())), ..Options::default() };
/// assert!(options.value_column.is_some());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueColumn {
    /// The column with this header.
    Name(String),
    /// The column with this number, counted from 1.
    Number(usize),
}

/// How to merge.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::merge::Options;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let organizations = engine.organizations(&bytes, &ReadOptions::default(), "中庄镇.txt")?;
/// let options = Options { organization: Some("安宁县".to_owned()), ..Options::default() };
/// let merged = engine.merge(organizations, &options).expect("a known form");
/// assert_eq!(merged.report.organization.as_deref(), Some("安宁县"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::merge::Options;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let organizations = engine.organizations(&bytes, &ReadOptions::default(), "中庄镇.txt")?;
/// use xxgk::message::Lang;
///
/// let roster = vec!["中庄镇".to_owned(), "东河镇".to_owned()];
/// let merged = engine.merge(organizations, &Options { roster: Some(roster), ..Options::default() });
/// for found in merged.expect("a known form").findings {
///     println!("{}", found.finding.message(Lang::EN));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MergeFinding {
    /// The organization it is about, as an index into [`Merged::organizations`]. `None` if it is about the whole merge.
    pub organization: Option<usize>,
    /// The finding.
    pub finding: Finding,
}

/// The result of a merge.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::merge::Options;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let organizations = engine.organizations(&bytes, &ReadOptions::default(), "中庄镇.txt")?;
/// use xxgk::write::{Format, WriteOptions};
///
/// let merged = engine.merge(organizations, &Options::default()).expect("a known form");
/// assert_eq!(merged.counted, 1);
/// let workbook = engine.write_merged(&merged, Format::Xlsx, &WriteOptions::default())?;
/// assert!(workbook.bytes.starts_with(b"PK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
