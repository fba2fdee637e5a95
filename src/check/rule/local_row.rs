//! `local-row`: rows that only some places print are named where a report has them.
//!
//! ## Why
//! The national form does not have them, so whoever merges reports decides whether they stay.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG205"
//! kind = "local-row"
//! ```

use super::each_value::{text, violation};
use super::kind::{Case, Example, ExampleValue, Formula, Kind};
use crate::check::violation::Violation;
use crate::report::Value;
use crate::template::{Indicator, ResolvedRule, Rule};

pub(super) struct LocalRow;

impl Kind for LocalRow {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        violation("rule.local-row", case, |_: &Indicator, value: &Value| value.at.is_some(), text)
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::one(resolved.parts.first().map(|indicator| ExampleValue::new(*indicator, 3)))
    }

    /// A blank form has no such rows.
    fn formula(&self, _rule: &Rule, _total: &str, _parts: &str) -> Option<Formula> {
        None
    }
}
