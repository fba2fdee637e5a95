//! The one model: what a statistics table means.
//!
//! Made by [`crate::recognize`] or read back from JSON, consumed by [`crate::layout`] and [`crate::write`].

pub mod json;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::document::{Location, Source};
use crate::finding::Finding;

/// What a figure's cell holds. Blank, zero and "not applicable" are three different things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A number.
    Number,
    /// Nothing.
    #[default]
    Blank,
    /// `/` or `—`: the row does not apply.
    NotApplicable,
    /// Something that cannot be read as a number with certainty.
    Unreadable,
}

/// One figure with its original text and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The indicator; none for rows beyond the template.
    pub id: Option<Arc<str>>,
    /// Official labels from the section down, without their ordinals; for extra rows, the labels as found.
    pub path: Arc<[String]>,
    /// The value column's head where a table has several; none for the table's own single column.
    pub column: Option<String>,
    /// Unit as in the table, such as 件; the template's where the table has none.
    pub unit: Option<String>,
    /// The number with its digits as printed; set exactly when the status is [`Status::Number`].
    pub number: Option<Decimal>,
    /// What the cell holds.
    pub status: Status,
    /// The cell's text as it stood.
    pub text: String,
    /// Where it stood.
    pub at: Option<Location>,
    /// For an extra row, the indicator whose row it followed; none before the first.
    pub after: Option<String>,
    /// For an extra row, its label with ordinal, as it stood.
    pub label: Option<String>,
}

/// 10²⁰, from which on a number is no figure: none has as many digits, and sums of millions of smaller ones stay within what
/// a [`Decimal`] holds, a hundredfold too, as shares need them.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// The part of a year that a table reports on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The whole year.
    #[default]
    Year,
    /// 上半年.
    FirstHalf,
    /// 下半年.
    SecondHalf,
    /// 一季度.
    #[serde(rename = "quarter_1")]
    Quarter1,
    /// 二季度.
    #[serde(rename = "quarter_2")]
    Quarter2,
    /// 三季度.
    #[serde(rename = "quarter_3")]
    Quarter3,
    /// 四季度.
    #[serde(rename = "quarter_4")]
    Quarter4,
}

impl Report {
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
        self.values
            .iter()
            .filter(|value| value.status != Status::Blank)
            .filter_map(|value| value.id.as_deref())
            .collect()
    }
}
