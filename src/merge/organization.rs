//! One organization's report as merging needs it.
//!
//! In: a [`Report`] with its template and findings. Out: an [`Organization`] with name, form, year and one [`Cell`] for
//! each indicator. Made by `xxgk merge`, used by all of [`crate::merge`] and by the writers of the result.

use rust_decimal::Decimal;

use crate::finding::{Finding, Severity};
use crate::report::{CellValue, Period, Report, Value};
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;

/// An organization's value for one indicator.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// A value in the form's unit.
    Value(CellValue),
    /// A number in another unit than the form's (元 for 万元), or in any unit if the form does not name one.
    Foreign(Decimal, String),
    /// The organization's table does not have this row, and the form allows that.
    #[default]
    Absent,
}

impl Cell {
    /// Nothing was filled in.
    pub const BLANK: Self = Self::Value(CellValue::Blank);
    /// The organization's table does not have this row, and the form requires it.
    pub const MISSING: Self = Self::Value(CellValue::Missing);
    /// `/`: the row does not apply.
    pub const NOT_APPLICABLE: Self = Self::Value(CellValue::NotApplicable);

    /// The number, if it can be added up.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Value(cell) => cell.number(),
            _ => None,
        }
    }

    fn new(value: &Value, official: Option<&str>, kind: ValueKind, optional: bool) -> Self {
        match &value.cell {
            CellValue::Number(number) => {
                // Only amounts depend on their unit: 件 and 条 count the same things.
                let foreign = value.unit.as_deref().filter(|unit| {
                    kind == ValueKind::Decimal
                        && !number.is_zero()
                        && official.is_none_or(|own| fold(own) != fold(unit))
                });
                match foreign {
                    Some(unit) => Self::Foreign(*number, unit.to_owned()),
                    None => Self::Value(CellValue::Number(*number)),
                }
            }
            CellValue::Blank | CellValue::Missing if value.at.is_none() && optional => Self::Absent,
            CellValue::Unreadable(text) => Self::Value(CellValue::Unreadable(text.trim().to_owned())),
            cell => Self::Value(cell.clone()),
        }
    }
}

/// One value column of an organization's table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// The header. `None` for the single column of a table.
    pub header: Option<String>,
    /// The cells in the order of the template's indicators.
    pub cells: Vec<Cell>,
}

/// A value of a row that is not in the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// The value with its labels, as it was read.
    pub value: Value,
    /// The same value as a cell.
    pub cell: Cell,
}

/// Whether an organization counts.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::merge::Options;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let organizations = engine.organizations(&bytes, &ReadOptions::default(), "中庄镇.txt")?;
/// use xxgk::merge::InclusionStatus;
///
/// let merged = engine.merge(organizations, &Options::default()).expect("a known form");
/// assert_eq!(merged.organizations[0].inclusion, InclusionStatus::Counted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InclusionStatus {
    /// It is in the totals.
    #[default]
    Counted,
    /// It is left out, for the reason that the finding with this code gives.
    LeftOut(&'static str),
}

/// One organization's report.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::merge::Options;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let organizations = engine.organizations(&bytes, &ReadOptions::default(), "中庄镇.txt")?;
/// assert_eq!(organizations[0].name, "中庄镇");
/// assert_eq!(organizations[0].year, Some(2017));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Organization {
    /// The organization's name as written, or the name of the worksheet or file if the report does not have one.
    pub name: String,
    /// Whether the name comes from the report.
    pub named: bool,
    /// The file's path as the user gave it.
    pub file: String,
    /// The position of the report in its file, from 0.
    pub part: usize,
    /// The worksheet, if the file has worksheets.
    pub sheet: Option<String>,
    /// A hash of the file's content. Equal files have equal hashes.
    pub content: u64,
    /// The template's id.
    pub template: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The part of the year that the report covers.
    pub period: Period,
    /// The value columns. Exactly one if the organization counts and columns were not added separately.
    pub columns: Vec<Column>,
    /// Values of rows that are not in the form.
    pub extra: Vec<Extra>,
    /// The findings of recognition and checks.
    pub findings: Vec<Finding>,
    /// Whether it counts.
    pub inclusion: InclusionStatus,
}

impl Organization {
    /// Makes an organization of a report and its findings. `content` is the hash of the file, `part` the report's
    /// position in it.
    pub fn new(
        report: &Report,
        template: Option<&Template>,
        findings: Vec<Finding>,
        file: &str,
        part: usize,
        content: u64,
    ) -> Self {
        let template = template.filter(|template| report.template.as_deref() == Some(template.id()));
        let stem = || {
            let name = report.source.name.as_str();
            name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
        };
        let name = report.organization.clone().or_else(|| report.sheet.clone());
        let mut organization = Self {
            named: report.organization.is_some(),
            name: name.unwrap_or_else(stem),
            file: file.to_owned(),
            part,
            sheet: report.sheet.clone(),
            content,
            template: report.template.clone(),
            year: report.year,
            period: report.period,
            findings,
            ..Self::default()
        };
        let Some(template) = template else { return organization };
        organization.columns = columns(report, template);
        // Extra rows may have any unit or none, so a unit does not make them amounts.
        let extra =
            |value: &Value| Extra { value: value.clone(), cell: Cell::new(value, None, ValueKind::Count, false) };
        organization.extra = report.extra.iter().map(extra).collect();
        organization
    }

    /// The year and the part of the year, if the year is known.
    pub(super) fn time(&self) -> Option<(i32, Period)> {
        Some((self.year?, self.period))
    }

    /// The cells of the first value column, which is the one that counts.
    pub fn cells(&self) -> &[Cell] {
        self.columns.first().map_or(&[], |column| &column.cells)
    }

    /// The codes of all findings that are errors.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code.as_str())
    }

    /// Whether two organizations have equal cells in all columns.
    pub(super) fn same_values(&self, other: &Self) -> bool {
        self.template == other.template
            && self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(one, other)| one.cells == other.cells)
    }

    /// How many cells, in all columns, are numbers other than 0.
    pub(super) fn filled(&self) -> usize {
        let cells = self.columns.iter().flat_map(|column| &column.cells);
        cells.filter(|cell| cell.number().is_some_and(|number| !number.is_zero())).count()
    }
}

/// The value columns of a report in their order, each with one cell for each indicator.
fn columns(report: &Report, template: &Template) -> Vec<Column> {
    let indicators = template.indicators();
    let optional: Vec<bool> =
        indicators.iter().map(|own| template.tables()[own.place.0].rows[own.place.1].optional).collect();
    // A row may be left out only where the form says so.
    let nothing = || optional.iter().map(|optional| if *optional { Cell::Absent } else { Cell::MISSING });
    // In a matrix, the columns of extra rows are those of the form.
    let headers: Vec<Option<&str>> = if template.is_matrix() { vec![None] } else { report.columns() };
    let mut columns: Vec<Column> =
        headers.iter().map(|header| Column { header: header.map(str::to_owned), cells: nothing().collect() }).collect();
    for value in &report.values {
        let Some(at) = value.id.as_deref().and_then(|id| template.number(id)) else { continue };
        let Some(column) = headers.iter().position(|header| *header == value.column.as_deref()) else { continue };
        let (t, r, c) = indicators[at].place;
        let table = &template.tables()[t];
        let (row, own) = (&table.rows[r], &table.columns[c]);
        columns[column].cells[at] = Cell::new(value, table.unit_of(row, own), table.kind(row, own), row.optional);
    }
    columns
}
