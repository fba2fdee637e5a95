//! `exactly-when`: the sum of `total` is above 0 exactly when that of `parts` is.
//!
//! ## Why
//! Trainings need people to train, and people are trained in trainings: one without the other was not filled in.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG142"
//! kind = "exactly-when"
//! total = ["trainings"]
//! parts = ["trainees"]
//! ```

use rust_decimal::Decimal;

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, Example, Formula, Kind};
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct ExactlyWhen;

impl Kind for ExactlyWhen {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let is_above = |sum: Decimal| sum > Decimal::ZERO;
        let sums = Sums::of(case).filter(|sums| is_above(sums.total) != is_above(sums.parts))?;
        Some(violation("rule.exactly-when", case, &operands(case)?, &sums, sums.total - sums.parts))
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sides(resolved, 0, 2)
    }

    fn formula(&self, _rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula::of(format!("({total}>0)<>({parts}>0)")))
    }
}
