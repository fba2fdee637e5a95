//! `sum`: the values of `total` add up to those of `parts`.
//!
//! ## Why
//! A form prints a total beside the items that it counts. If they differ, one of them is wrong. In amounts of money a
//! difference that rounding explains is allowed.
//!
//! A violation also says what probably happened, if one cause is evident: a part counted twice or left out, digits
//! exchanged, a row filled in one line too low.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG102"
//! kind = "sum"
//! total = ["closed"]
//! parts = ["closed.on_time", "closed.extended"]
//! ```

use rust_decimal::Decimal;

use super::comparison::{Sums, operands, violation};
use super::kind::{Case, CellReferences, Example, Formula, Kind};
use crate::check::cause;
use crate::check::violation::Violation;
use crate::template::{ResolvedRule, Rule};

pub(super) struct Sum;

impl Kind for Sum {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let sums = Sums::of(case).filter(Sums::differ)?;
        let difference = sums.total - sums.parts;
        let operands = operands(case)?;
        let typos = cause::typos(&operands, difference);
        let cause = cause::of_sum(&operands, difference, &typos);
        Some(Violation { cause, typos: Some(typos), ..violation("rule.sum", case, &operands, &sums, difference) })
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sum_too_large(resolved)
    }

    fn formula(&self, _rule: &Rule, total: &str, parts: &str) -> Option<Formula> {
        Some(Formula { violated: format!("ABS({total}-{parts})>0.005"), expected: Some(parts.to_owned()) })
    }

    /// The sum of its parts, blank as long as all of them are.
    fn value_formula(
        &self,
        resolved: &ResolvedRule,
        _last: Option<Decimal>,
        references: CellReferences<'_>,
    ) -> Option<String> {
        let parts = references(&resolved.parts)?;
        Some(format!("=IF(COUNT({parts})=0,\"\",SUM({parts}))"))
    }
}
