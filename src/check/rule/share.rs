//! `share`: each value of `parts` is at most the share `above` of the sum of `total`.
//!
//! ## Why
//! Where most of a total is counted as 其他, items were probably not sorted into the rows that exist for them.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG149"
//! kind = "share"
//! total = ["disclosed"]
//! parts = ["disclosed_by.other"]
//! above = "0.5"
//! ```

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, Example, Formula, Kind};
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct Share;

impl Kind for Share {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let above = case.rule.above.unwrap_or(Decimal::ONE);
        let sums = Sums::of(case).filter(|sums| sums.total > Decimal::ZERO && sums.parts > sums.total * above)?;
        let mut violation = violation("rule.share", case, &operands(case)?, &sums, sums.parts);
        let percent = (sums.parts * Decimal::ONE_HUNDRED).checked_div(sums.total);
        // Where there is none, the part is more than 10²⁶ times the whole.
        let percent =
            percent.map_or_else(|| "> 10^28".to_owned(), |percent| percent.round_dp(1).normalize().to_string());
        violation.arguments.insert("percent", percent);
        Some(violation)
    }

    fn example(&self, rule: &Rule, resolved: &ResolvedRule) -> Example {
        let percent = rule.above.and_then(|above| (above * Decimal::ONE_HUNDRED).to_i64()).unwrap_or(100);
        Example::sides(resolved, 100, percent + 1)
    }

    fn formula(&self, rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula::of(format!("AND({total}>0,{parts}>{total}*{})", rule.above?)))
    }
}
