//! What the kinds have in common that compare the sums of two sides.

use rust_decimal::Decimal;

use super::kind::Case;
use crate::check::values::{Operand, Operands, sum_text};
use crate::check::violation::Violation;
use crate::message::Arguments;
use crate::report::digits;
use crate::template::RuleShape;

/// Amounts in 万元 are rounded to a hundredth.
const TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// The sums of both sides of a rule.
pub(super) struct Sums {
    pub total: Decimal,
    pub parts: Decimal,
    has_decimals: bool,
}

impl Sums {
    /// The sums of a case; nothing where a value is no number or a side has none.
    pub(super) fn of(case: &Case<'_, '_>) -> Option<Self> {
        let total = case.values.sum(&case.resolved.total).ok()?;
        let parts = case.values.sum(&case.resolved.parts).ok()?;
        (total.has_operand && parts.has_operand).then_some(Self {
            total: total.total,
            parts: parts.total,
            has_decimals: total.has_decimals || parts.has_decimals,
        })
    }

    /// Whether the sides differ by more than rounding explains.
    pub(super) fn differ(&self) -> bool {
        let tolerance = if self.has_decimals { TOLERANCE } else { Decimal::ZERO };
        (self.total - self.parts).abs() > tolerance
    }
}

/// The operands of a case.
pub(super) fn operands<'r>(case: &Case<'_, 'r>) -> Option<Operands<'r>> {
    let side = |numbers: &[usize]| case.values.operands(numbers).ok();
    Some(Operands { total: side(&case.resolved.total)?, parts: side(&case.resolved.parts)? })
}

/// A violation that shows both sides. The value in question comes first: the sum, or the part held against the whole.
pub(super) fn violation<'r>(
    key: &'static str,
    case: &Case<'_, '_>,
    operands: &Operands<'_>,
    sums: &Sums,
    difference: Decimal,
) -> Violation<'r> {
    let Operands { total, parts } = operands;
    let (first, then) = if case.rule.kind.shape() == RuleShape::EachPart { (parts, total) } else { (total, parts) };
    Violation {
        key,
        arguments: Arguments::from([
            ("total", sum_text(total)),
            ("parts", sum_text(parts)),
            ("sum", digits(sums.parts.normalize())),
            ("difference", digits(difference.abs().normalize())),
        ]),
        figures: first.iter().chain(then).map(Operand::figure).collect(),
        cause: None,
        typos: None,
    }
}
