//! `at-most`: each value of `parts` is at most the sum of `total`.
//!
//! ## Why
//! A row below 其中 counts some of what its total counts, so it cannot be larger.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG131"
//! kind = "at-most"
//! total = ["disclosed"]
//! parts = ["disclosed.normative"]
//! ```

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, Example, Formula, Kind};
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct AtMost;

impl Kind for AtMost {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let sums = Sums::of(case).filter(|sums| sums.parts > sums.total && sums.differ())?;
        Some(violation("rule.at-most", case, &operands(case)?, &sums, sums.parts - sums.total))
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sides(resolved, 3, 5)
    }

    fn formula(&self, _rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula::of(format!("{parts}-{total}>0.005")))
    }
}
