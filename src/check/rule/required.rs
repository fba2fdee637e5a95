//! `required`: every value is filled in.
//!
//! ## Why
//! A blank says nothing: nothing happened (0), the row does not apply (`/`), or somebody forgot it. With
//! `not_applicable = true`, `/` counts as not filled in as well. Rows that are not in the file at all are reported when
//! it is read.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG201"
//! kind = "required"
//! ```

use super::each_value::{text, violation};
use super::kind::{Case, Example, ExampleValue, Formula, Kind};
use crate::check::violation::Violation;
use crate::report::{CellValue, Value};
use crate::template::{Indicator, ResolvedRule, Rule};

pub(super) struct Required;

impl Kind for Required {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let is_open = |_: &Indicator, value: &Value| {
            let blank = value.cell.is_blank() && value.at.is_some();
            blank || (case.rule.not_applicable && value.cell == CellValue::NotApplicable)
        };
        violation("rule.required", case, is_open, text)
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        let blank = |indicator: &usize| ExampleValue { indicator: *indicator, number: None, unit: None };
        Example::one(resolved.parts.first().map(blank))
    }

    /// A blank form marks open cells as a whole, whatever the rules.
    fn formula(&self, _rule: &Rule, _total: &str, _parts: &str) -> Option<Formula> {
        None
    }
}
