//! `two-years`: the values of `total` are those of `last` in the report of the year before, plus `parts`, less `minus`.
//!
//! ## Why
//! What one year's report carries out, the next one carries in; what is in force now was in force before or was issued
//! since.
//!
//! ## Example
//! ```toml
//! [[rule]]
//! code = "XG162"
//! kind = "two-years"
//! table = "disclosure_1"
//! each = "row"
//! total = ["in_force"]
//! parts = ["issued"]
//! last = ["in_force"]
//! minus = ["repealed"]
//! ```

use rust_decimal::Decimal;

use super::kind::{Case, CellReferences, Example, Formula, Kind};
use crate::check::values::{Operand, sum, sum_text};
use crate::check::violation::Violation;
use crate::finding::Figure;
use crate::message::{self, Arguments, Lang};
use crate::template::{ResolvedRule, Rule};

pub(super) struct TwoYears;

impl Kind for TwoYears {
    fn evaluate<'r>(&self, case: &Case<'_, 'r>) -> Option<Violation<'r>> {
        let (resolved, now, before) = (case.resolved, case.values, case.last?);
        let (total, last) = (now.operands(&resolved.total).ok()?, before.operands(&resolved.last).ok()?);
        let (plus, minus) = (now.operands(&resolved.parts).ok()?, now.operands(&resolved.minus).ok()?);
        let expected = sum(&last) + sum(&plus) - sum(&minus);
        let difference = sum(&total) - expected;
        if difference.is_zero() || total.is_empty() {
            return None;
        }
        let mut calculation = sum_text(&last);
        for (sign, operands) in [("+", &plus), ("−", &minus)] {
            for operand in operands.iter() {
                calculation += &format!(" {sign} {}", sum_text(&[*operand]));
            }
        }
        let figures = total.iter().chain(&plus).chain(&minus).map(Operand::figure);
        Some(Violation {
            key: "rule.two-years",
            arguments: Arguments::from([
                ("total", sum_text(&total)),
                ("last", calculation),
                ("sum", expected.normalize().to_string()),
                ("difference", difference.abs().normalize().to_string()),
            ]),
            figures: figures.chain(last.iter().map(of_last_year)).collect(),
            cause: None,
            typos: None,
        })
    }

    fn example(&self, _rule: &Rule, resolved: &ResolvedRule) -> Example {
        Example::sides(resolved, 4, 0).with(&resolved.minus, 0).with_last(&resolved.last, 5)
    }

    /// The cells of one year cannot tell.
    fn formula(&self, _rule: &Rule, _total: &str, _parts: &str) -> Option<Formula> {
        None
    }

    /// The sum of the year before as a number, and the cells of this year.
    fn value_formula(
        &self,
        resolved: &ResolvedRule,
        last: Option<Decimal>,
        references: CellReferences<'_>,
    ) -> Option<String> {
        let term = |sign: &str, numbers: &[usize]| match numbers {
            [] => Some(String::new()),
            _ => Some(format!("{sign}SUM({})", references(numbers)?)),
        };
        Some(format!("={}{}{}", last?.normalize(), term("+", &resolved.parts)?, term("-", &resolved.minus)?))
    }
}

/// A value of the year before as a figure of a finding.
fn of_last_year(operand: &Operand<'_>) -> Figure {
    let words = Arguments::from([("label", operand.indicator.label.to_string())]);
    Figure { label: message::text("word.of_last_year", Lang::ZH, &words).into(), ..operand.figure() }
}
