//! `equal`: the values of `total` add up to those of `parts`, where neither is by its nature the sum of the other.
//!
//! ## Why
//! Some values usually agree although the form does not add them up: requests that are closed have been answered. No
//! cause is suggested, since neither side is the wrong one by definition.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG136"
//! kind = "equal"
//! total = ["answered"]
//! parts = ["closed"]
//! ```

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, Example, Formula, Kind};
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct Equal;

impl Kind for Equal {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let sums = Sums::of(case).filter(Sums::differ)?;
        Some(violation("rule.equal", case, &operands(case)?, &sums, sums.total - sums.parts))
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sum_too_large(resolved)
    }

    fn formula(&self, _rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula::of(format!("ABS({total}-{parts})>0.005")))
    }
}
