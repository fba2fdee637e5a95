//! A report held against its form's rules: `Report × Template → findings`.
//!
//! In: a [`Report`] and its [`Template`], whose `[[rule]]` entries say what must hold. Out: [`Finding`]s with every figure
//! in question, its place in the user's own file, the difference and, where it is evident, the likely cause. Nothing is
//! corrected. No rule of a form is in code: here are only the kinds of rules. `rule` holds one claim against the
//! figures, [`cause`] looks for what may have happened, [`explain`] says what a rule wants, [`render`] shows findings.
//! [`narrative()`] holds the text around the table against it.

pub mod cause;
pub mod explain;
mod narrative;
pub mod render;
mod rule;
mod two_years;

use std::sync::Arc;

use rust_decimal::Decimal;

pub use narrative::narrative;
pub use two_years::two_years;

use crate::finding::{Figure, Finding, Severity, Wording};
use crate::message::Arguments;
use crate::report::{Report, Value};
use crate::template::{Column, Indicator, Row, Rule, RuleKind, Table, Template};

/// How a rule is graded for one run, beside what the template says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeverityOverrides(pub Vec<(String, Option<Severity>)>);

impl SeverityOverrides {
    /// The severity of a code: as asked for, else the one given.
    pub fn of(&self, code: &str, own: Option<Severity>) -> Option<Severity> {
        self.0.iter().rev().find(|(asked, _)| asked == code).map_or(own, |(_, severity)| *severity)
    }
}

/// Checks a report: what its reading noticed and what its form's rules find, sorted by place.
///
/// Findings of rules that the report carries from an earlier check, as JSON does, are made anew.
pub fn check(report: &Report, template: &Template, overrides: &SeverityOverrides) -> Vec<Finding> {
    let mut findings: Vec<Finding> = report
        .findings
        .iter()
        .filter(|finding| template.rules().iter().all(|rule| rule.code != finding.code))
        .filter_map(|finding| {
            let severity = overrides.of(&finding.code, Some(finding.severity))?;
            Some(Finding { severity, ..finding.clone() })
        })
        .collect();
    findings.extend(rules(report, template, overrides));
    findings
}

/// What the form's rules find in a report, rule by rule in the template's order.
pub fn rules(report: &Report, template: &Template, overrides: &SeverityOverrides) -> Vec<Finding> {
    let mut findings = Vec::new();
    for column in report.columns() {
        let figures = Figures::new(report, template, column);
        let mut broken = Vec::new();
        for claim in template.resolved_rules() {
            let rule = &template.rules()[claim.rule];
            let Some(severity) = overrides.of(&rule.code, rule.severity) else { continue };
            let Some(mut breach) = rule::holds(rule, claim, &figures) else { continue };
            if rule.kind == RuleKind::Sum {
                broken.push(Broken { finding: findings.len(), typos: std::mem::take(&mut breach.typos) });
            }
            findings.push(breach.finding(rule, severity));
        }
        cause::one_figure(&mut findings, &broken);
        cause::rows_shifted(&mut findings, &broken, &figures);
    }
    findings
}

/// The figures of one report in one of its value columns, by indicator.
pub struct Figures<'r> {
    template: &'r Template,
    /// By the indicator's number.
    values: Vec<Option<&'r Value>>,
}

impl<'r> Figures<'r> {
    /// The figures of a column.
    pub fn new(report: &'r Report, template: &'r Template, column: Option<&'r str>) -> Self {
        let indicators = template.indicators();
        let mut values = vec![None; indicators.len()];
        // Most often they stand in the form's order.
        let mut next = 0;
        for value in report.values.iter().filter(|value| value.column.as_deref() == column) {
            let Some(id) = value.id.as_deref() else { continue };
            let follows = indicators.get(next).is_some_and(|own| *own.id == *id);
            let Some(number) = follows.then_some(next).or_else(|| template.number(id)) else { continue };
            values[number] = Some(value);
            next = number + 1;
        }
        Self { template, values }
    }

    /// The value of an indicator.
    pub fn value(&self, id: &str) -> Option<&'r Value> {
        self.values[self.template.number(id)?]
    }

    /// The template the figures are of.
    pub fn template(&self) -> &'r Template {
        self.template
    }

    /// The indicator of a number.
    fn indicator(&self, number: usize) -> &'r Indicator {
        &self.template.indicators()[number]
    }

    /// The operand that the indicator of a number is, or nothing where the form lets its row be missing and it is.
    ///
    /// # Errors
    /// A figure that is blank, `/` or unreadable cannot be reckoned with.
    fn operand(&self, number: usize) -> Result<Option<Operand<'r>>, NoNumber> {
        let value = self.values[number].ok_or(NoNumber)?;
        let is_optional = || at(self.template, number).1.optional;
        match value.number() {
            Some(amount) => Ok(Some(Operand { value, indicator: self.indicator(number), number: amount })),
            None if value.cell.is_blank() && value.at.is_none() && is_optional() => Ok(None),
            None => Err(NoNumber),
        }
    }

    /// What the indicator of a number adds to a sum: its figure, nothing where the form lets its row be missing and it is;
    /// none where it cannot be reckoned with.
    fn number(&self, number: usize) -> Option<Decimal> {
        self.operand(number).ok().map(|operand| operand.map_or(Decimal::ZERO, |operand| operand.number))
    }

    /// What one side of a claim comes to, by the numbers of its indicators.
    fn side(&self, numbers: &[usize]) -> Result<Side, NoNumber> {
        let mut side = Side::default();
        for number in numbers {
            let Some(operand) = self.operand(*number)? else { continue };
            side.sum = side.sum.checked_add(operand.number).ok_or(NoNumber)?;
            side.is_there = true;
            side.has_amount |= !operand.number.is_integer();
        }
        Ok(side)
    }

    /// The operands of one side of a claim, by the numbers of its indicators.
    fn operands(&self, numbers: &[usize]) -> Result<Vec<Operand<'r>>, NoNumber> {
        let mut operands = Vec::with_capacity(numbers.len());
        self.add_operands(numbers, &mut operands)?;
        Ok(operands)
    }

    /// Puts the operands of one side of a claim behind others.
    fn add_operands(&self, numbers: &[usize], operands: &mut Vec<Operand<'r>>) -> Result<(), NoNumber> {
        for number in numbers {
            operands.extend(self.operand(*number)?);
        }
        Ok(())
    }

    /// The operands that some indicators are.
    fn operands_of(&self, ids: &[impl AsRef<str>]) -> Result<Vec<Operand<'r>>, NoNumber> {
        let numbers = ids.iter().map(|id| self.template.number(id.as_ref()).ok_or(NoNumber));
        self.operands(&numbers.collect::<Result<Vec<usize>, _>>()?)
    }
}

/// A figure that takes part in a rule.
#[derive(Clone, Copy)]
pub struct Operand<'r> {
    value: &'r Value,
    indicator: &'r Indicator,
    number: Decimal,
}

impl Operand<'_> {
    /// As a figure of a finding.
    fn figure(&self) -> Figure {
        figure(&self.indicator.label, self.value)
    }
}

/// What the figures on one side of a claim come to.
#[derive(Default)]
struct Side {
    sum: Decimal,
    /// Whether there is any figure.
    is_there: bool,
    /// Whether any of them has decimals, as amounts of money have.
    has_amount: bool,
}

/// A figure is not there to be reckoned with, so the rule is not assessed; the blank is a finding of its own.
pub struct NoNumber;

/// What a rule found.
struct Breach<'r> {
    /// The kind's sentence, such as `rule.sum`.
    key: &'static str,
    arguments: Arguments,
    figures: Vec<Figure>,
    cause: Option<crate::finding::Phrase>,
    /// The slips of the pen that would explain it, where it is a sum.
    typos: Vec<cause::Typo<'r>>,
}

/// A sum that does not come out: the number of its finding, and the slips of the pen that would explain it.
struct Broken<'r> {
    finding: usize,
    typos: Vec<cause::Typo<'r>>,
}

impl Breach<'_> {
    fn finding(self, rule: &Rule, severity: Severity) -> Finding {
        let wording = match (&rule.zh, &rule.en) {
            (Some(zh), Some(en)) => Wording::Rule { zh: Arc::clone(zh), en: Arc::clone(en), figures: self.key },
            _ => Wording::Key(self.key.into()),
        };
        Finding {
            code: rule.code.clone(),
            severity,
            arguments: self.arguments,
            ids: self.figures.iter().map(|figure| figure.id.clone()).collect(),
            at: self.figures.iter().find_map(|figure| figure.at.clone()),
            figures: self.figures,
            cause: self.cause,
            wording: Some(wording),
        }
    }
}

/// Table, row and value column of the indicator of a number.
fn at(template: &Template, number: usize) -> (&Table, &Row, &Column) {
    let (table, row, column) = template.indicators()[number].place;
    let table = &template.tables()[table];
    (table, &table.rows[row], &table.columns[column])
}

/// A value of that label as a figure of a finding.
fn figure(label: &Arc<str>, value: &Value) -> Figure {
    Figure {
        id: value.id.clone().unwrap_or_default(),
        label: Arc::clone(label),
        text: value.text().trim().to_owned(),
        at: value.at.clone(),
    }
}
