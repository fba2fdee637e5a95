//! The one model: what a statistics table means.
//!
//! Made by `recognize` or read back from JSON, consumed by `layout` and [`crate::write`].

pub(crate) mod json;
pub(crate) mod neutral;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::document::{Location, Source};
use crate::finding::Finding;
pub use crate::text::Period;

/// What the cell of a value holds: a number, nothing, a mark, or a text that is no number.
///
/// `U` is what is kept of an unreadable cell: its text in a [`Report`], nothing (`()`) where the text is held elsewhere.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// use xxgk::report::CellValue;
///
/// let value = report.value("received", None).expect("an indicator of the form");
/// match &value.cell {
///     CellValue::Number(number) => println!("{number}"),
///     CellValue::Unreadable(text) => println!("not a number: {text}"),
///     other => println!("{}", other.status().as_str()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CellValue<U = String> {
    /// A number, with its digits as printed.
    Number(Decimal),
    /// Nothing.
    #[default]
    Blank,
    /// `/` or `—`: the row does not apply.
    NotApplicable,
    /// A text that cannot be read as a number with certainty.
    Unreadable(U),
    /// No cell: the row or table is not in the source.
    Missing,
}

impl<U> CellValue<U> {
    /// The number, if the cell holds one.
    pub fn number(&self) -> Option<Decimal> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The kind of content, without the number or text.
    pub fn status(&self) -> Status {
        match self {
            Self::Number(_) => Status::Number,
            Self::Blank => Status::Blank,
            Self::NotApplicable => Status::NotApplicable,
            Self::Unreadable(_) => Status::Unreadable,
            Self::Missing => Status::Missing,
        }
    }

    /// Whether the cell holds a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Whether the cell is blank.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Blank)
    }

    /// Whether the cell holds a text that is no number.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Unreadable(_))
    }

    /// The same content, with `text` for an unreadable cell.
    pub fn with_text<V>(self, text: impl FnOnce() -> V) -> CellValue<V> {
        match self {
            Self::Number(number) => CellValue::Number(number),
            Self::Blank => CellValue::Blank,
            Self::NotApplicable => CellValue::NotApplicable,
            Self::Unreadable(_) => CellValue::Unreadable(text()),
            Self::Missing => CellValue::Missing,
        }
    }
}

/// The kind of a [`CellValue`], as JSON and tidy CSV name it: `number`, `blank`, `not_applicable` …
///
/// ```
/// use xxgk::report::{CellValue, Status};
///
/// let cell: CellValue = CellValue::NotApplicable;
/// assert_eq!(cell.status(), Status::NotApplicable);
/// assert_eq!(Status::NotApplicable.as_str(), "not_applicable");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A number.
    Number,
    /// Nothing.
    #[default]
    Blank,
    /// `/` or `—`.
    NotApplicable,
    /// A text that is no number.
    Unreadable,
    /// No cell.
    Missing,
}

impl Status {
    /// The name in JSON and tidy CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Blank => "blank",
            Self::NotApplicable => "not_applicable",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
        }
    }
}

/// One value of a report, with its labels, its unit and its location.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// let value = &report.values[0];
/// println!("{} = {} {:?} at {:?}", value.path.join(" › "), value.text(), value.unit, value.at);
/// assert!(value.number().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value {
    /// The indicator; none for rows beyond the template.
    pub id: Option<Arc<str>>,
    /// Official labels from the section down, without their ordinals; for extra rows, the labels as found.
    pub path: Arc<[String]>,
    /// The header of the value column where a table has several; none for the table's own single column.
    pub column: Option<String>,
    /// Unit as in the table, such as 件; the template's where the table has none.
    pub unit: Option<String>,
    /// What the cell holds.
    pub cell: CellValue,
    /// The cell's text in the source, such as ` 19件`; unused for an unreadable cell, which holds its text itself.
    pub source_text: String,
    /// The location in the source.
    pub at: Option<Location>,
    /// For an extra row, the indicator whose row it followed; none before the first.
    pub after: Option<String>,
    /// For an extra row, its label with ordinal, as in the source.
    pub label: Option<String>,
    /// Who set the value, and why, where a person read it in the source. The text is still that of the source.
    pub correction: Option<Correction>,
}

/// Who set a value that could not be read with certainty, and why.
///
/// ```
/// use xxgk::report::Correction;
///
/// let correction = Correction { by: "王小明".to_owned(), reason: "原件为19".to_owned() };
/// assert_eq!(correction.by, "王小明");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Correction {
    /// The person.
    pub by: String,
    /// The reason.
    pub reason: String,
}

impl Value {
    /// The number, if the cell holds one.
    pub fn number(&self) -> Option<Decimal> {
        self.cell.number()
    }

    /// The cell's text in the source, white space included.
    pub fn text(&self) -> &str {
        if let CellValue::Unreadable(text) = &self.cell { text } else { &self.source_text }
    }

    /// Sets what the cell holds, with its text in the source.
    pub fn set(&mut self, cell: CellValue, source_text: impl Into<String>) {
        (self.cell, self.source_text) = (cell, source_text.into());
    }

    /// Sets what a person has read in the source. The text of the source stays.
    pub(crate) fn correct(&mut self, cell: CellValue<()>, correction: Correction) {
        if let CellValue::Unreadable(text) = &mut self.cell {
            self.source_text = std::mem::take(text);
        }
        self.cell = cell.with_text(String::new);
        self.correction = Some(correction);
    }

    /// Makes the cell unreadable; its text stays.
    pub fn make_unreadable(&mut self) {
        if !self.cell.is_unreadable() {
            self.cell = CellValue::Unreadable(std::mem::take(&mut self.source_text));
        }
    }
}

/// Values of 10²⁰ and more are rejected, so that sums of millions of values, and a hundred times them, fit a [`Decimal`].
const TOO_LARGE: Decimal = Decimal::from_parts(0x6310_0000, 0x6bc7_5e2d, 5, false, 0);

/// Whether a number can be a figure, that is, is one that can be reckoned with.
pub(crate) fn can_be_figure(number: Decimal) -> bool {
    number.abs() < TOO_LARGE
}

/// A number in digits, as it prints itself; whole numbers, as nearly all figures are, at a tenth of the cost.
pub(crate) fn digits(number: Decimal) -> String {
    digits_in(number, &mut itoa::Buffer::new()).into_owned()
}

/// The same in a place of one's own.
pub(crate) fn digits_in(number: Decimal, place: &mut itoa::Buffer) -> Cow<'_, str> {
    match u64::try_from(number.mantissa()) {
        Ok(whole) if number.scale() == 0 && number.is_sign_positive() => place.format(whole).into(),
        _ => number.to_string().into(),
    }
}

/// Who filed the table. Empty fields are none.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// let filing = &report.filing;
/// assert_eq!(filing.field("phone"), filing.phone.as_deref());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Filing {
    /// 单位负责人.
    pub responsible: Option<String>,
    /// 审核人.
    pub reviewer: Option<String>,
    /// 填报人.
    pub preparer: Option<String>,
    /// 联系电话.
    pub phone: Option<String>,
    /// 填报日期.
    pub date: Option<String>,
}

impl Filing {
    /// Whether no field holds anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The field of a name as templates and JSON use it: `responsible`, `reviewer`, `preparer`, `phone`, `date`.
    pub fn field(&self, name: &str) -> Option<&str> {
        match name {
            "responsible" => self.responsible.as_deref(),
            "reviewer" => self.reviewer.as_deref(),
            "preparer" => self.preparer.as_deref(),
            "phone" => self.phone.as_deref(),
            "date" => self.date.as_deref(),
            _ => None,
        }
    }

    /// The field of a name, to be set.
    pub fn field_mut(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "responsible" => Some(&mut self.responsible),
            "reviewer" => Some(&mut self.reviewer),
            "preparer" => Some(&mut self.preparer),
            "phone" => Some(&mut self.phone),
            "date" => Some(&mut self.date),
            _ => None,
        }
    }
}

/// One statistics table of one organization and period.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// assert_eq!((report.organization.as_deref(), report.year), (Some("中庄镇"), Some(2017)));
/// assert_eq!(report.template.as_deref(), Some("2014-extended"));
/// assert_eq!(report.columns(), [None]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The file it came from.
    pub source: Source,
    /// The template's id; none for a table of no known template.
    pub template: Option<String>,
    /// The title as it stood.
    pub title: Option<String>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year the figures are of.
    pub year: Option<i32>,
    /// The part of the year the figures are of.
    pub period: Period,
    /// Who filed it.
    pub filing: Filing,
    /// Every indicator of the template in its order, once a value column.
    pub values: Vec<Value>,
    /// Figures of rows beyond the template.
    pub extra: Vec<Value>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// The worksheet the table stood in, to name an output by.
    pub sheet: Option<String>,
    /// The text around the table, in reading order: 正文. The title and the fields of [`Filing`] are not in it.
    pub narrative: Vec<Paragraph>,
}

/// A paragraph, a line of a text or a cell with text, beside the table of a report.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let bytes = std::fs::read("fixtures/2021/report.docx")?;
/// let report = Engine::new().examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// assert!(report.narrative.iter().any(|paragraph| paragraph.text.contains("总体情况")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Paragraph {
    /// The text as in the source.
    pub text: String,
    /// The location in the source.
    pub at: Location,
}

impl Report {
    /// Checks that there are not more value columns than the limits allow.
    pub(crate) fn check_columns(&self) -> crate::Result<()> {
        crate::limit::check_columns(self.values.iter().chain(&self.extra).map(|value| value.column.as_deref()))
    }

    /// The heads of the value columns in their order; one `None` for a table with its own single column.
    pub fn columns(&self) -> Vec<Option<&str>> {
        // Few, so that they are looked through.
        let mut columns: Vec<Option<&str>> = Vec::new();
        for value in self.values.iter().chain(&self.extra) {
            let column = value.column.as_deref();
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        if columns.is_empty() {
            columns.push(None);
        }
        columns
    }

    /// The value of an indicator in a column.
    pub fn value(&self, id: &str, column: Option<&str>) -> Option<&Value> {
        self.values.iter().find(|value| value.id.as_deref() == Some(id) && value.column.as_deref() == column)
    }

    /// The indicators that hold anything but blanks.
    pub fn filled_ids(&self) -> BTreeSet<&str> {
        self.values.iter().filter(|value| !value.cell.is_blank()).filter_map(|value| value.id.as_deref()).collect()
    }
}
