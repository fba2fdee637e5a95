//! Consistency rules as a template states them: what a form's values must be to each other.
//!
//! In: the `[[rule]]` entries of a template. Out: [`Rule`]s. [`resolve`](super::resolve) finds the indicators they speak
//! of; `crate::check::rule` evaluates them, one file a kind.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::serial::is_default;
use crate::finding::Severity;
use crate::message::Lang;

/// The list of all kinds of rules. For each: the file in `src/check/rule/` that evaluates it, its name in Rust and in
/// templates, what its operands are ([`RuleShape`]), and what must hold.
///
/// To add a kind, add a line here, its file, and its messages (`must.NAME`, `rule.NAME` and how to fix it). Calls a
/// macro with the list, so that no place that needs every kind can miss one.
macro_rules! for_each_rule_kind {
    ($callback:ident) => {
        $callback! {
            sum: Sum = "sum", Sides, "The values of `total` add up to those of `parts`.";
            equal: Equal = "equal", Sides, "The same, where neither side is by its nature the sum of the other.";
            at_most: AtMost = "at-most", EachPart, "Each value of `parts` is at most the sum of `total`.";
            at_least: AtLeast = "at-least", Sides, "The sum of `parts` is at least that of `total`.";
            exactly_when: ExactlyWhen = "exactly-when", Sides, "`total` is above 0 exactly when `parts` is.";
            only_when: OnlyWhen = "only-when", EachPart, "A value of `parts` is above 0 only when `total` is.";
            share: Share = "share", EachPart, "Each value of `parts` is at most the share `above` of `total`.";
            required: Required = "required", EachValue, "Every value is filled in.";
            whole_number: WholeNumber = "whole-number", EachValue, "Every count is a whole number, not negative.";
            unit: Unit = "unit", EachValue, "Every unit is the form's.";
            local_row: LocalRow = "local-row", EachOptionalValue, "Rows that only some places print are named.";
            two_years: TwoYears = "two-years", TwoYears, "`total` is `last` of the year before + `parts` − `minus`.";
        }
    };
}
pub(crate) use for_each_rule_kind;

macro_rules! define_rule_kind {
    ($($file:ident: $kind:ident = $name:literal, $shape:ident, $doc:literal;)*) => {
        /// How the operands of a rule must stand to each other.
        ///
        /// ```
        /// use xxgk::template::RuleKind;
        ///
        /// assert_eq!(RuleKind::Sum.as_str(), "sum");
        /// assert!(RuleKind::ALL.contains(&RuleKind::Sum));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum RuleKind {
            $(#[doc = $doc] #[serde(rename = $name)] $kind,)*
        }

        impl RuleKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in templates.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// What the operands are.
            pub fn shape(self) -> RuleShape {
                match self {
                    $(Self::$kind => RuleShape::$shape,)*
                }
            }
        }
    };
}
for_each_rule_kind!(define_rule_kind);

/// What the operands of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleShape {
    /// `total` and all of `parts`.
    Sides,
    /// `total` and each of `parts` by itself.
    EachPart,
    /// Every value of the form, or of `table`, by itself.
    EachValue,
    /// The same, of optional rows only.
    EachOptionalValue,
    /// `total`, `parts` and `minus`, and `last` in the report of the year before.
    TwoYears,
}

impl RuleShape {
    /// Whether the rule speaks of every value by itself, instead of values against each other.
    pub fn is_of_each_value(self) -> bool {
        match self {
            Self::EachValue | Self::EachOptionalValue => true,
            Self::Sides | Self::EachPart | Self::TwoYears => false,
        }
    }
}

/// What a rule of a matrix holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// Every row of the table: the operands are ids of columns.
    Row,
    /// Every column of the table: the operands are ids of rows.
    Column,
}

/// A consistency rule between values of one form.
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// assert!(template.rules().iter().all(|rule| rule.code.starts_with("XG")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The stable code of its findings.
    pub code: String,
    /// How the operands must stand to each other.
    pub kind: RuleKind,
    /// The indicators on one side; most often one, the sum.
    #[serde(default, skip_serializing_if = "is_default")]
    pub total: Vec<String>,
    /// The indicators on the other side.
    #[serde(default, skip_serializing_if = "is_default")]
    pub parts: Vec<String>,
    /// Of the year before, in a rule over two years.
    #[serde(default, skip_serializing_if = "is_default")]
    pub last: Vec<String>,
    /// What is taken off, in a rule over two years.
    #[serde(default, skip_serializing_if = "is_default")]
    pub minus: Vec<String>,
    /// The share that `parts` may have of `total`, such as `0.5`.
    #[serde(default, skip_serializing_if = "is_default", serialize_with = "text")]
    pub above: Option<Decimal>,
    /// Whether `/` counts as not filled in, in a rule of kind `required`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_applicable: bool,
    /// In a matrix: the table whose rows or columns the rule holds for, each by itself. For rules of each value: the
    /// one table they hold for; all where none is named.
    #[serde(default, skip_serializing_if = "is_default")]
    pub table: Option<String>,
    /// Whether it holds for each row or each column of that table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub each: Option<Each>,
    /// How much a violation matters; none where the rule is switched off (`severity = "off"`).
    #[serde(with = "severity")]
    pub severity: Option<Severity>,
    /// Where the rule comes from.
    pub source: String,
    /// What must hold, in Chinese; made of the labels where there is none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub zh: Option<Arc<str>>,
    /// The same in English.
    #[serde(default, skip_serializing_if = "is_default")]
    pub en: Option<Arc<str>>,
    /// How to fix a violation, in Chinese; what is common to the kind where there is none.
    #[serde(default, skip_serializing_if = "is_default", alias = "mend_zh")]
    pub fix_zh: Option<String>,
    /// The same in English.
    #[serde(default, skip_serializing_if = "is_default", alias = "mend_en")]
    pub fix_en: Option<String>,
}

impl Rule {
    /// What must hold, in the template's own words.
    pub fn words(&self, lang: Lang) -> Option<&str> {
        lang.choose(self.zh.as_deref(), self.en.as_deref())
    }

    /// How to fix a violation, in the template's own words.
    pub fn fix(&self, lang: Lang) -> Option<&str> {
        lang.choose(self.fix_zh.as_deref(), self.fix_en.as_deref())
    }
}

/// A share in quotes, as templates have it.
fn text<S: Serializer>(share: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    share.map(|share| share.to_string()).serialize(serializer)
}

/// A severity, or `off`.
mod severity {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Severity};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        Error,
        Warning,
        Note,
        Off,
    }

    pub(super) fn serialize<S: Serializer>(severity: &Option<Severity>, serializer: S) -> Result<S::Ok, S::Error> {
        let word = match severity {
            Some(Severity::Error) => Word::Error,
            Some(Severity::Warning) => Word::Warning,
            Some(Severity::Note) => Word::Note,
            None => Word::Off,
        };
        word.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
        Ok(match Word::deserialize(deserializer)? {
            Word::Error => Some(Severity::Error),
            Word::Warning => Some(Severity::Warning),
            Word::Note => Some(Severity::Note),
            Word::Off => None,
        })
    }
}
