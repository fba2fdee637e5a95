//! The values of a report as rules see them: by the numbers of their indicators.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::finding::Figure;
use crate::report::{Report, Value, digits_in};
use crate::template::{Column, Indicator, Row, Table, Template};

/// The values of one report in one of its value columns, by indicator.
pub(crate) struct Values<'r> {
    template: &'r Template,
    /// By the indicator's number.
    values: Vec<Option<&'r Value>>,
}

impl<'r> Values<'r> {
    /// The values of a column.
    pub(crate) fn new(report: &'r Report, template: &'r Template, column: Option<&'r str>) -> Self {
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
    pub(crate) fn value(&self, id: &str) -> Option<&'r Value> {
        self.get(self.template.number(id)?)
    }

    /// The value of the indicator of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&'r Value> {
        self.values[number]
    }

    /// The template that the values are of.
    pub(crate) fn template(&self) -> &'r Template {
        self.template
    }

    /// The indicator of a number.
    pub(crate) fn indicator(&self, number: usize) -> &'r Indicator {
        &self.template.indicators()[number]
    }

    /// The operand that the indicator of a number is, or nothing where the form lets its row be missing and it is.
    ///
    /// # Errors
    /// A value that is blank, `/` or unreadable is no number.
    pub(crate) fn operand(&self, number: usize) -> Result<Option<Operand<'r>>, MissingNumber> {
        let is_optional = || at(self.template, number).1.optional;
        let Some(value) = self.get(number) else { return if is_optional() { Ok(None) } else { Err(MissingNumber) } };
        match value.number() {
            Some(amount) => Ok(Some(Operand { value, indicator: self.indicator(number), number: amount })),
            None if value.cell.is_blank() && value.at.is_none() && is_optional() => Ok(None),
            None => Err(MissingNumber),
        }
    }

    /// What the indicator of a number adds to a sum: its number, nothing where the form lets its row be missing and it
    /// is; none where it is no number.
    pub(crate) fn number(&self, number: usize) -> Option<Decimal> {
        self.operand(number).ok().map(|operand| operand.map_or(Decimal::ZERO, |operand| operand.number))
    }

    /// The sum of some indicators, given by their numbers.
    ///
    /// # Errors
    /// One of them is no number, or the sum is too large.
    pub(crate) fn sum(&self, numbers: &[usize]) -> Result<Sum, MissingNumber> {
        let mut sum = Sum::default();
        for number in numbers {
            let Some(operand) = self.operand(*number)? else { continue };
            sum.total = sum.total.checked_add(operand.number).ok_or(MissingNumber)?;
            sum.has_operand = true;
            sum.has_decimals |= !operand.number.is_integer();
        }
        Ok(sum)
    }

    /// The operands that some indicators are, given by their numbers.
    ///
    /// # Errors
    /// One of them is no number.
    pub(crate) fn operands(&self, numbers: &[usize]) -> Result<Vec<Operand<'r>>, MissingNumber> {
        let mut operands = Vec::with_capacity(numbers.len());
        for number in numbers {
            operands.extend(self.operand(*number)?);
        }
        Ok(operands)
    }

    /// The operands that some indicators are, given by their ids.
    ///
    /// # Errors
    /// One of them is no number or not in the form.
    pub(crate) fn operands_of(&self, ids: &[impl AsRef<str>]) -> Result<Vec<Operand<'r>>, MissingNumber> {
        let numbers = ids.iter().map(|id| self.template.number(id.as_ref()).ok_or(MissingNumber));
        self.operands(&numbers.collect::<Result<Vec<usize>, _>>()?)
    }
}

/// A value is no number, so the rule cannot be evaluated; a blank is a finding of its own.
pub(crate) struct MissingNumber;

/// A value that takes part in a rule.
#[derive(Clone, Copy)]
pub(crate) struct Operand<'r> {
    pub value: &'r Value,
    pub indicator: &'r Indicator,
    pub number: Decimal,
}

impl Operand<'_> {
    /// As a figure of a finding.
    pub(crate) fn figure(&self) -> Figure {
        figure(&self.indicator.label, self.value)
    }
}

/// The sum of some values.
#[derive(Default)]
pub(crate) struct Sum {
    pub total: Decimal,
    /// Whether there is any value.
    pub has_operand: bool,
    /// Whether any of them has decimals, as amounts of money have.
    pub has_decimals: bool,
}

/// The operands on both sides of a rule.
pub(crate) struct Operands<'r> {
    pub total: Vec<Operand<'r>>,
    pub parts: Vec<Operand<'r>>,
}

/// The sum of some operands.
pub(crate) fn sum(operands: &[Operand<'_>]) -> Decimal {
    operands.iter().map(|operand| operand.number).sum()
}

/// From how many operands on zeros are left out, which would hide the others.
const MANY: usize = 5;

/// Room for a value with its label, in bytes.
const ROOM: usize = 48;

/// Operands with their labels and, if there are several, their sum: `甲 3 + 乙 4 = 7`.
pub(crate) fn sum_text(operands: &[Operand<'_>]) -> String {
    let others = operands.iter().filter(|operand| !operand.number.is_zero()).count();
    let all = operands.len() < MANY || others == 0;
    let mut text = String::with_capacity(ROOM * operands.len());
    for operand in operands.iter().filter(|operand| all || !operand.number.is_zero()) {
        let plus = if text.is_empty() { "" } else { " + " };
        text.extend([plus, &operand.indicator.label, " ", &digits_in(operand.number, &mut itoa::Buffer::new())]);
    }
    if operands.len() > 1 {
        text.extend([" = ", &digits_in(sum(operands).normalize(), &mut itoa::Buffer::new())]);
    }
    text
}

/// A value with its label as a figure of a finding.
pub(crate) fn figure(label: &Arc<str>, value: &Value) -> Figure {
    Figure {
        id: value.id.clone().unwrap_or_default(),
        label: Arc::clone(label),
        text: value.text().trim().to_owned(),
        at: value.at.clone(),
    }
}

/// Table, row and value column of the indicator of a number.
fn at(template: &Template, number: usize) -> (&Table, &Row, &Column) {
    let (table, row, column) = template.indicators()[number].place;
    let table = &template.tables()[table];
    (table, &table.rows[row], &table.columns[column])
}
