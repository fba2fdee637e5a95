//! `whole-number`: every count is a whole number and not negative, every amount is not negative.
//!
//! ## Why
//! Documents and requests are counted, so decimals mean that a value is in another unit or in another row. Changes since
//! the year before may be negative.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG202"
//! kind = "whole-number"
//! ```

use super::each_value::violation;
use super::kind::{Case, Example, ExampleValue, Formula, Kind};
use crate::check::violation::Violation;
use crate::report::Value;
use crate::template::{Indicator, ResolvedRule, Rule, ValueKind};

pub(super) struct WholeNumber;

impl Kind for WholeNumber {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let is_wrong = |indicator: &Indicator, value: &Value| {
            value.number().is_some_and(|number| match indicator.kind {
                ValueKind::Count => number.is_sign_negative() && !number.is_zero() || !number.is_integer(),
                ValueKind::Signed => !number.is_integer(),
                ValueKind::Decimal => number.is_sign_negative() && !number.is_zero(),
                ValueKind::Heading => false,
            })
        };
        let number = |_: &Indicator, value: &Value| {
            vec![("value", value.number().map(|number| number.to_string()).unwrap_or_default())]
        };
        violation("rule.whole-number", case, is_wrong, number)
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::one(resolved.parts.first().map(|indicator| ExampleValue::new(*indicator, -3)))
    }

    /// The cells of a blank form take no other numbers.
    fn formula(&self, _rule: &Rule, _total: &str, _parts: &str) -> Option<Formula> {
        None
    }
}
