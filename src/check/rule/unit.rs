//! `unit`: every unit is the form's.
//!
//! ## Why
//! 元 instead of 万元 makes a value ten thousand times as large, and sums of several organizations meaningless. An
//! amount without any unit, where the form leaves it open, is a violation as well.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG203"
//! kind = "unit"
//! ```

use super::each_value::violation;
use super::kind::{Case, Example, ExampleValue, Formula, Kind};
use crate::check::violation::Violation;
use crate::report::Value;
use crate::template::{Indicator, ResolvedRule, Rule, ValueKind};
use crate::text::fold::fold;

pub(super) struct Unit;

impl Kind for Unit {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let is_other = |indicator: &Indicator, value: &Value| match (&indicator.unit, &value.unit) {
            (Some(official), Some(found)) => **official != **found && fold(official) != fold(found),
            _ => false,
        };
        // An amount in nobody knows what, where the form leaves the unit open.
        let is_missing = |indicator: &Indicator, value: &Value| {
            let is_open = indicator.kind == ValueKind::Decimal && indicator.unit.is_none();
            is_open && value.unit.is_none() && value.number().is_some_and(|number| !number.is_zero())
        };
        let units = |indicator: &Indicator, value: &Value| {
            let units = [("found", value.unit.as_deref()), ("official", indicator.unit.as_deref())];
            units.map(|(name, unit)| (name, unit.unwrap_or_default().to_owned())).into()
        };
        violation("rule.unit", case, is_other, units)
            .or_else(|| violation("rule.unit-missing", case, is_missing, |_, _| Vec::new()))
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        // A unit that is no form's.
        let value = |indicator: &usize| ExampleValue { unit: Some("‰"), ..ExampleValue::new(*indicator, 3) };
        Example::one(resolved.parts.first().map(value))
    }

    /// The units of a blank form are printed.
    fn formula(&self, _rule: &Rule, _total: &str, _parts: &str) -> Option<Formula> {
        None
    }
}
