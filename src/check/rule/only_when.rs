//! `only-when`: a value of `parts` is above 0 only when the sum of `total` is.
//!
//! ## Why
//! Some things follow only from others: fees are charged only for requests.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG144"
//! kind = "only-when"
//! total = ["received"]
//! parts = ["fees"]
//! ```

use rust_decimal::Decimal;

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, Example, Formula, Kind};
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct OnlyWhen;

impl Kind for OnlyWhen {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let sums = Sums::of(case).filter(|sums| sums.parts > Decimal::ZERO && sums.total <= Decimal::ZERO)?;
        Some(violation("rule.only-when", case, &operands(case)?, &sums, sums.parts))
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sides(resolved, 0, 2)
    }

    fn formula(&self, _rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula::of(format!("AND({parts}>0,{total}<=0)")))
    }
}
