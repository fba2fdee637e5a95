//! Consistency rules as data: what a form's figures must be to each other.
//!
//! In: the `[[rule]]` entries of a template. Out: [`ResolvedRule`]s, one for every set of figures that a rule speaks of; rules
//! that hold for each row or column of a matrix are spelled out. [`crate::check`] holds a report against them, and
//! [`crate::recognize`] splits digits that run together by those that are sums.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use super::{Kind, Template};
use crate::finding::Severity;
use crate::message::Lang;

/// How the operands of a rule must stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// The figures of `total` add up to those of `parts`.
    Sum,
    /// The same, where neither side is the sum of the other by its nature.
    Equal,
    /// Each figure of `parts` by itself is not above the sum of `total`.
    AtMost,
    /// The sum of `parts` is not below the sum of `total`: channels that together reach everybody.
    AtLeast,
    /// The sum of `total` is above 0 exactly when that of `parts` is.
    ExactlyWhen,
    /// A figure of `parts` is above 0 only when the sum of `total` is.
    OnlyWhen,
    /// Each figure of `parts` is at most the share `above` of the sum of `total`.
    Share,
    /// Every figure is filled in.
    Required,
    /// Every count is a whole number that is not negative.
    WholeNumber,
    /// Every unit is the form's.
    Unit,
    /// Rows that only some places print, named where a report has them.
    LocalRow,
    /// The figures of `total` are those of `last` in the report of the year before, plus `parts`, less `minus`.
    TwoYears,
}

impl RuleKind {
    /// The name in templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Equal => "equal",
            Self::AtMost => "at-most",
            Self::AtLeast => "at-least",
            Self::ExactlyWhen => "exactly-when",
            Self::OnlyWhen => "only-when",
            Self::Share => "share",
            Self::Required => "required",
            Self::WholeNumber => "whole-number",
            Self::Unit => "unit",
            Self::LocalRow => "local-row",
            Self::TwoYears => "two-years",
        }
    }

    /// Whether each figure of `parts` is held against `total` by itself.
    pub fn is_of_each_part(self) -> bool {
        matches!(self, Self::AtMost | Self::OnlyWhen | Self::Share)
    }

    /// Whether the rule speaks of every figure by itself instead of figures against each other.
    pub fn is_of_each_figure(self) -> bool {
        matches!(self, Self::Required | Self::WholeNumber | Self::Unit | Self::LocalRow)
    }
}

/// What a rule of a matrix holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// Every row of the table: the operands are ids of columns.
    Row,
    /// Every column of the table: the operands are ids of rows.
    Column,
}

/// A consistency rule between figures of one form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The stable code of its findings.
    pub code: String,
    /// How the operands must stand to each other.
    pub kind: RuleKind,
    /// The indicators on one side; most often one, the sum.
    #[serde(default)]
    pub total: Vec<String>,
    /// The indicators on the other side.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Of the year before, in a rule over two years.
    #[serde(default)]
    pub last: Vec<String>,
    /// What is taken off, in a rule over two years.
    #[serde(default)]
    pub minus: Vec<String>,
    /// The share that `parts` may have of `total`, such as `0.5`.
    #[serde(default)]
    pub above: Option<Decimal>,
    /// Whether `/` counts as not filled in, in a rule of kind `required`.
    #[serde(default)]
    pub not_applicable: bool,
    /// In a matrix: the table whose rows or columns the rule holds for, each by itself. For rules of each figure: the
    /// one table they hold for; all where none is named.
    #[serde(default)]
    pub table: Option<String>,
    /// Whether it holds for each row or each column of that table.
    #[serde(default)]
    pub each: Option<Each>,
    /// How much a breach matters; none where the rule is switched off (`severity = "off"`).
    #[serde(deserialize_with = "grade")]
    pub severity: Option<Severity>,
    /// Where the rule comes from.
    pub source: String,
    /// What must hold, in Chinese; made of the labels where there is none.
    #[serde(default)]
    pub zh: Option<Arc<str>>,
    /// The same in English.
    #[serde(default)]
    pub en: Option<Arc<str>>,
    /// How to fix a breach, in Chinese; what is common to the kind where there is none.
    #[serde(default)]
    pub mend_zh: Option<String>,
    /// The same in English.
    #[serde(default)]
    pub mend_en: Option<String>,
}

impl Rule {
    /// What must hold, in the template's own words.
    pub fn words(&self, lang: Lang) -> Option<&str> {
        lang.choose(self.zh.as_deref(), self.en.as_deref())
    }

    /// How to fix a breach, in the template's own words.
    pub fn fix(&self, lang: Lang) -> Option<&str> {
        lang.choose(self.mend_zh.as_deref(), self.mend_en.as_deref())
    }
}

/// The rules of a form. Those of a shipped form are read when they are first asked for: no report is of all forms.
#[derive(Clone)]
pub struct Rules {
    read: OnceLock<Vec<Rule>>,
    json: &'static str,
}

impl Rules {
    pub(super) fn from_shipped_json(json: &'static str) -> Self {
        Self { read: OnceLock::new(), json }
    }
}

impl Deref for Rules {
    type Target = [Rule];

    fn deref(&self) -> &[Rule] {
        self.read.get_or_init(|| serde_json::from_str(self.json).expect("the shipped templates are tested"))
    }
}

impl Default for Rules {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl From<Vec<Rule>> for Rules {
    fn from(rules: Vec<Rule>) -> Self {
        Self { read: rules.into(), json: "" }
    }
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

/// A severity, or `off`.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Error,
    Warning,
    Note,
    Off,
}

fn grade<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    Ok(match Grade::deserialize(deserializer)? {
        Grade::Error => Some(Severity::Error),
        Grade::Warning => Some(Severity::Warning),
        Grade::Note => Some(Severity::Note),
        Grade::Off => None,
    })
}

/// A rule spelled out for some figures: on each side indicators of the form, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedRule {
    /// The rule it comes from, by its place in the template.
    pub rule: usize,
    /// The indicators on one side.
    pub total: Vec<usize>,
    /// The indicators on the other side.
    pub parts: Vec<usize>,
    /// Those of the year before.
    pub last: Vec<usize>,
    /// Those taken off.
    pub minus: Vec<usize>,
}

impl Template {
    /// The same form with some other rules.
    #[must_use]
    pub fn with_rules(&self, rules: Vec<Rule>) -> Self {
        Self { rules: rules.into(), claims: OnceLock::new(), ..self.clone() }
    }

    /// What all rules say, figure by figure, spelled out once. A rule of each figure is a claim a row, its figures being
    /// the parts. Of figures that the form does not have a rule says nothing.
    pub fn claims(&self) -> &[ResolvedRule] {
        self.claims.get_or_init(|| self.spelled_out(|_, _| ()))
    }

    /// The first operand of a rule that is no indicator, with the place of the rule in the template.
    pub(super) fn unknown_operand(&self) -> Option<(usize, String)> {
        let mut first = None;
        self.spelled_out(|rule, id| {
            first.get_or_insert_with(|| (rule, id.to_owned()));
        });
        first
    }

    fn spelled_out(&self, mut unknown: impl FnMut(usize, &str)) -> Vec<ResolvedRule> {
        let mut claims = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let mut push = |spelled: &dyn for<'i> Fn(&'i str) -> Cow<'i, str>| {
                let mut number = |id: &String| {
                    let id = spelled(id);
                    self.number(&id).or_else(|| {
                        unknown(index, &id);
                        None
                    })
                };
                let mut side = |ids: &[String]| ids.iter().map(&mut number).collect::<Option<Vec<usize>>>();
                let [total, parts, last, minus] =
                    [&rule.total, &rule.parts, &rule.last, &rule.minus].map(|ids| side(ids));
                let (Some(total), Some(parts), Some(last), Some(minus)) = (total, parts, last, minus) else { return };
                let claim = ResolvedRule { rule: index, total, parts, last, minus };
                if rule.kind.is_of_each_part() {
                    claims.extend(claim.parts.iter().map(|part| ResolvedRule { parts: vec![*part], ..claim.clone() }));
                } else {
                    claims.push(claim);
                }
            };
            let table = rule.table.as_deref().and_then(|id| self.tables.iter().find(|table| table.id == id));
            match (table, rule.each) {
                (Some(table), Some(Each::Row)) => {
                    for row in table.rows.iter().filter(|row| row.kind != Kind::Heading) {
                        push(&|column| {
                            if row.id.is_empty() {
                                Cow::Borrowed(column)
                            } else {
                                Cow::Owned(format!("{}.{column}", row.id))
                            }
                        });
                    }
                }
                (Some(table), Some(Each::Column)) => {
                    for column in table.columns.iter().filter_map(|column| column.id.as_deref()) {
                        push(&|row| Cow::Owned(format!("{row}.{column}")));
                    }
                }
                _ if rule.kind.is_of_each_figure() && rule.parts.is_empty() => {
                    let rows = self.rows_of(rule).map(Iterator::collect);
                    claims.extend(rows.map(|parts| ResolvedRule { rule: index, parts, ..ResolvedRule::default() }));
                }
                _ => push(&|id| Cow::Borrowed(id)),
            }
        }
        claims
    }

    /// The claims that are sums of figures of one report.
    pub fn sums(&self) -> impl Iterator<Item = &ResolvedRule> {
        self.claims().iter().filter(|claim| self.rules[claim.rule].kind == RuleKind::Sum)
    }

    /// The figures that a rule of each figure speaks of, row by row, by their numbers.
    fn rows_of(&self, rule: &Rule) -> impl Iterator<Item = Range<usize>> {
        let mut next = 0;
        let rows = self.indicators().chunk_by(|one, other| one.row() == other.row()).map(move |figures| {
            next += figures.len();
            (figures[0].row(), next - figures.len()..next)
        });
        let is_meant = |(table, row): (usize, usize)| {
            let table = &self.tables[table];
            rule.table.as_ref().is_none_or(|id| table.id == *id)
                && (rule.kind != RuleKind::LocalRow || table.rows[row].optional)
        };
        rows.filter(move |(row, _)| is_meant(*row)).map(|(_, figures)| figures)
    }
}
