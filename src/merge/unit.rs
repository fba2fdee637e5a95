//! One unit's report as merging needs it: its name, form, year and figures.

use rust_decimal::Decimal;

use crate::finding::{Finding, Severity};
use crate::report::{Period, Report, Status, Value};
use crate::template::{Kind, Template};
use crate::text::fold::fold;

/// What a unit has for an indicator.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// A number.
    Number(Decimal),
    /// A number in a unit that is not the form's, such as 元 for 万元, or that the form leaves open.
    Foreign(Decimal, String),
    /// Nothing was filled in.
    Blank,
    /// `/`: the row does not apply.
    NotApplicable,
    /// A text that is no number with certainty.
    Unreadable(String),
    /// The unit's table does not have the row, and need not.
    #[default]
    Absent,
}

impl Cell {
    /// The number, where there is one that can be added.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn new(value: &Value, official: Option<&str>, kind: Kind, optional: bool) -> Self {
        match value.status {
            Status::Number => {
                let number = value.number.unwrap_or_default();
                // Only amounts have units that change the number: 件 and 条 count the same.
                let foreign = value.unit.as_deref().filter(|unit| {
                    kind == Kind::Decimal && !number.is_zero() && official.is_none_or(|own| fold(own) != fold(unit))
                });
                foreign.map_or(Self::Number(number), |unit| Self::Foreign(number, unit.to_owned()))
            }
            Status::Blank if value.at.is_none() && optional => Self::Absent,
            Status::Blank => Self::Blank,
            Status::NotApplicable => Self::NotApplicable,
            Status::Unreadable => Self::Unreadable(value.text.trim().to_owned()),
        }
    }
}

/// One value column of a unit's table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// Its header; none for a table's own single column.
    pub header: Option<String>,
    /// The figures in the order of the template's indicators.
    pub cells: Vec<Cell>,
}

/// A figure of a row beyond the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// The figure with its labels, as it was read.
    pub value: Value,
    /// What it comes to.
    pub cell: Cell,
}

/// Whether a unit counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InclusionStatus {
    /// It is in the totals.
    #[default]
    Counted,
    /// It is left out; the code of the finding that says why.
    LeftOut(&'static str),
}

/// One unit's report.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The organization as it stands; the file's or the sheet's name where the report does not say.
    pub name: String,
    /// Whether the report itself says the name.
    pub named: bool,
    /// The file as the user gave it.
    pub file: String,
    /// The number of the report in its file, from 0.
    pub part: usize,
    /// The worksheet, where there is one.
    pub sheet: Option<String>,
    /// A number that equal files have in common.
    pub content: u64,
    /// The template's id.
    pub template: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The part of the year.
    pub period: Period,
    /// The value columns; one, once the unit counts.
    pub columns: Vec<Column>,
    /// Rows beyond the form.
    pub extra: Vec<Extra>,
    /// What was found in the report.
    pub findings: Vec<Finding>,
    /// Whether it counts.
    pub standing: InclusionStatus,
}

impl Unit {
    /// The unit of a report, with what its check found; `content` is a number that equal files have in common.
    pub fn new(
        report: &Report,
        template: Option<&Template>,
        findings: Vec<Finding>,
        file: &str,
        part: usize,
        content: u64,
    ) -> Self {
        let template = template.filter(|template| report.template.as_deref() == Some(&template.id));
        let stem = || {
            let name = report.source.name.as_str();
            name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
        };
        let name = report.organization.clone().or_else(|| report.sheet.clone());
        let mut unit = Self {
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
        let Some(template) = template else { return unit };
        unit.columns = columns(report, template);
        // Some rows beyond the form have no unit, and those that have one need not be amounts.
        let extra = |value: &Value| Extra { value: value.clone(), cell: Cell::new(value, None, Kind::Count, false) };
        unit.extra = report.extra.iter().map(extra).collect();
        unit
    }

    /// Year and part of the year.
    pub(super) fn time(&self) -> Option<(i32, Period)> {
        Some((self.year?, self.period))
    }

    /// The figures, once the unit has one column.
    pub fn cells(&self) -> &[Cell] {
        self.columns.first().map_or(&[], |column| &column.cells)
    }

    /// Codes of the errors that its check found.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().filter(|found| found.severity == Severity::Error).map(|found| found.code.as_str())
    }

    /// Whether two units have the same in every cell.
    pub(super) fn same_figures(&self, other: &Self) -> bool {
        self.template == other.template
            && self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(one, other)| one.cells == other.cells)
    }

    /// How many figures are numbers other than 0, in all columns.
    pub(super) fn filled(&self) -> usize {
        let cells = self.columns.iter().flat_map(|column| &column.cells);
        cells.filter(|cell| cell.number().is_some_and(|number| !number.is_zero())).count()
    }
}

/// The value columns of a report in their order, each with a cell for every indicator.
fn columns(report: &Report, template: &Template) -> Vec<Column> {
    let indicators = template.indicators();
    let optional: Vec<bool> =
        indicators.iter().map(|own| template.tables[own.place.0].rows[own.place.1].optional).collect();
    // A row that is not there at all is blank, unless the form lets it be missing.
    let nothing = || optional.iter().map(|optional| if *optional { Cell::Absent } else { Cell::Blank });
    // In a matrix the columns of rows beyond the form are the form's own.
    let headers: Vec<Option<&str>> = if template.is_matrix() { vec![None] } else { report.columns() };
    let mut columns: Vec<Column> =
        headers.iter().map(|header| Column { header: header.map(str::to_owned), cells: nothing().collect() }).collect();
    for value in &report.values {
        let Some(at) = value.id.as_deref().and_then(|id| template.number(id)) else { continue };
        let Some(column) = headers.iter().position(|header| *header == value.column.as_deref()) else { continue };
        let (t, r, c) = indicators[at].place;
        let table = &template.tables[t];
        let (row, own) = (&table.rows[r], &table.columns[c]);
        columns[column].cells[at] = Cell::new(value, table.unit_of(row, own), table.kind(row, own), row.optional);
    }
    columns
}
