//! What every kind of rule does.

use rust_decimal::Decimal;

use crate::check::values::Values;
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

/// A kind of rule.
pub(crate) trait Kind: Sync {
    /// What is wrong; nothing where the rule holds or a value that it needs is no number.
    ///
    /// A rule of each value may find several values wrong; they are one violation.
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>>;

    /// A few small values that violate the rule, for `xxgk rule`.
    fn example(&self, rule: &Rule, resolved: &ResolvedRule) -> Example;

    /// The spreadsheet formula that says whether the rule is violated; none where cells alone cannot tell. `total` and
    /// `parts` are expressions of the sums of both sides.
    fn formula(&self, rule: &Rule, total: &str, parts: &str) -> Option<Formula>;

    /// The spreadsheet formula from which the one value of `total` follows; none where it does not follow from others.
    ///
    /// `last` is the sum of the values of the year before, if it is known.
    fn value_formula(
        &self,
        _resolved: &ResolvedRule,
        _last: Option<Decimal>,
        _references: CellReferences<'_>,
    ) -> Option<String> {
        None
    }
}

/// A resolved rule and the values to hold against it.
pub(crate) struct Case<'a, 'r> {
    pub rule: &'a Rule,
    pub resolved: &'a ResolvedRule,
    pub values: &'a Values<'r>,
    /// The values of the year before, for rules over two years.
    pub last: Option<&'a Values<'r>>,
}

/// A spreadsheet formula that holds a rule against cells.
pub(crate) struct Formula {
    /// True where the rule is violated.
    pub violated: String,
    /// The value that `total` should have, where the rule says so.
    pub expected: Option<String>,
}

impl Formula {
    /// A formula that says no more than whether the rule is violated.
    pub(crate) fn of(violated: String) -> Self {
        Self { violated, expected: None }
    }
}

/// Gives the cells of some indicators as a formula names them, such as `C3:C5,C9`; none where one has no cell.
pub(crate) type CellReferences<'a> = &'a dyn Fn(&[usize]) -> Option<String>;

/// Values that violate a rule.
#[derive(Debug, Default)]
pub(crate) struct Example {
    /// Those of the report.
    pub values: Vec<ExampleValue>,
    /// Those of the year before.
    pub last: Vec<ExampleValue>,
}

/// A value of an example.
#[derive(Debug)]
pub(crate) struct ExampleValue {
    /// The number of the indicator.
    pub indicator: usize,
    /// Its number; none for a blank.
    pub number: Option<i64>,
    /// Its unit, where that is not the form's.
    pub unit: Option<&'static str>,
}

impl ExampleValue {
    pub(crate) fn new(indicator: usize, number: i64) -> Self {
        Self { indicator, number: Some(number), unit: None }
    }
}

impl Example {
    /// One value.
    pub(crate) fn one(value: Option<ExampleValue>) -> Self {
        Self { values: value.into_iter().collect(), last: Vec::new() }
    }

    /// Sides with these sums.
    pub(crate) fn sides(resolved: &ResolvedRule, total: i64, parts: i64) -> Self {
        Self::default().with(&resolved.total, total).with(&resolved.parts, parts)
    }

    /// Parts of 1, 2, 3 and so on, and a total one above their sum.
    pub(crate) fn sum_too_large(resolved: &ResolvedRule) -> Self {
        let count = resolved.parts.len() as i64;
        let mut example = Self::default().with(&resolved.total, count * (count + 1) / 2 + 1);
        let parts = resolved.parts.iter().zip(1..).map(|(indicator, number)| ExampleValue::new(*indicator, number));
        example.values.extend(parts);
        example
    }

    /// Gives some indicators the sum `number`: the first has it, the others are 0.
    pub(crate) fn with(mut self, indicators: &[usize], number: i64) -> Self {
        self.values.extend(summing_to(indicators, number));
        self
    }

    /// The same in the year before.
    pub(crate) fn with_last(mut self, indicators: &[usize], number: i64) -> Self {
        self.last.extend(summing_to(indicators, number));
        self
    }
}

fn summing_to(indicators: &[usize], number: i64) -> impl Iterator<Item = ExampleValue> {
    let numbers = std::iter::once(number).chain(std::iter::repeat(0));
    indicators.iter().zip(numbers).map(|(indicator, number)| ExampleValue::new(*indicator, number))
}
