//! `at-least`: the sum of `parts` is at least that of `total`.
//!
//! ## Why
//! Whatever is published goes out through one channel or more, so the channels together reach at least the number of
//! items published.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG138"
//! kind = "at-least"
//! total = ["disclosed"]
//! parts = ["disclosed_by.gazette", "disclosed_by.website", "disclosed_by.other"]
//! ```

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, Example, Formula, Kind};
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct AtLeast;

impl Kind for AtLeast {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let sums = Sums::of(case).filter(|sums| sums.parts < sums.total && sums.differ())?;
        Some(violation("rule.at-least", case, &operands(case)?, &sums, sums.total - sums.parts))
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sum_too_large(resolved)
    }

    fn formula(&self, _rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula::of(format!("{total}-{parts}>0.005")))
    }
}
