//! One claim held against the figures: a kind of rule a function.

use rust_decimal::Decimal;

use super::{Breach, Figures, NoNumber, Operand, cause, figure};
use crate::message::Arguments;
use crate::recognize::fold::fold;
use crate::report::{Status, Value, digits, digits_in};
use crate::template::{Claim, Kind, Rule, RuleKind};

/// What is wrong with the figures of a claim; nothing where it holds or a figure of it is blank.
///
/// A rule of each figure may find several; they are one breach with all their figures.
pub(super) fn holds(rule: &Rule, claim: &Claim, figures: &Figures<'_>) -> Option<Breach> {
    match rule.kind {
        RuleKind::Required => required(rule, claim, figures),
        RuleKind::WholeNumber => whole_number(claim, figures),
        RuleKind::Unit => unit(claim, figures),
        RuleKind::LocalRow => local_row(claim, figures),
        RuleKind::TwoYears => None,
        _ => compared(rule, claim, figures).unwrap_or(None),
    }
}

/// Both sides of a claim as operands and sums.
pub(super) struct Sides<'r> {
    pub(super) total: Vec<Operand<'r>>,
    pub(super) parts: Vec<Operand<'r>>,
    pub(super) left: Decimal,
    pub(super) right: Decimal,
    /// How far the sides may differ: half the last digit that amounts of money are rounded to.
    pub(super) tolerance: Decimal,
}

/// Amounts in 万元 are rounded to a hundredth.
const TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

impl<'r> Sides<'r> {
    pub(super) fn new(claim: &Claim, figures: &Figures<'r>) -> Result<Self, NoNumber> {
        let (total, parts) = (figures.operands(&claim.total_numbers)?, figures.operands(&claim.part_numbers)?);
        let is_amount = |operand: &&Operand<'_>| !operand.number.is_integer();
        let amounts = total.iter().chain(&parts).any(|operand| is_amount(&operand));
        let (left, right) = (sum(&total), sum(&parts));
        Ok(Self { total, parts, left, right, tolerance: if amounts { TOLERANCE } else { Decimal::ZERO } })
    }

    /// Whether the difference is more than rounding explains.
    fn differ(&self, a: Decimal, b: Decimal) -> bool {
        (a - b).abs() > self.tolerance
    }

    /// The figures, the one in question first: the sum, or the part that is held against the whole.
    fn figures(&self, kind: RuleKind, of: &Figures<'_>) -> Vec<crate::finding::Figure> {
        let (first, then) =
            if kind.is_of_each_part() { (&self.parts, &self.total) } else { (&self.total, &self.parts) };
        first.iter().chain(then).map(|operand| figure(of.template(), operand.value)).collect()
    }
}

pub(super) fn sum(operands: &[Operand<'_>]) -> Decimal {
    operands.iter().map(|operand| operand.number).sum()
}

/// From how many operands on zeros are not said, which would hide the others.
const MANY: usize = 5;

/// Figures with their labels as a sum: `按时办结数 107 + 延期办结数 3`.
pub(super) fn said(operands: &[Operand<'_>], figures: &Figures<'_>) -> String {
    let others = operands.iter().filter(|operand| !operand.number.is_zero()).count();
    let all = operands.len() < MANY || others == 0;
    let mut said = String::with_capacity(32 * operands.len());
    for operand in operands.iter().filter(|operand| all || !operand.number.is_zero()) {
        let plus = if said.is_empty() { "" } else { " + " };
        let label = figures.template().label_of(operand.value.id.as_deref().unwrap_or_default());
        said.extend([plus, label, " ", &digits_in(operand.number, &mut itoa::Buffer::new())]);
    }
    said
}

/// One side with what it comes to, where that is more than one figure: `甲 3 + 乙 4 = 7`.
pub(super) fn side(operands: &[Operand<'_>], figures: &Figures<'_>) -> String {
    let mut said = said(operands, figures);
    if operands.len() > 1 {
        said.extend([" = ", &digits_in(sum(operands).normalize(), &mut itoa::Buffer::new())]);
    }
    said
}

fn compared(rule: &Rule, claim: &Claim, figures: &Figures<'_>) -> Result<Option<Breach>, NoNumber> {
    let sides = Sides::new(claim, figures)?;
    if sides.total.is_empty() || sides.parts.is_empty() {
        return Ok(None);
    }
    let arguments = |difference: Decimal| {
        Arguments::from([
            ("total", side(&sides.total, figures)),
            ("parts", side(&sides.parts, figures)),
            ("sum", digits(sides.right.normalize())),
            ("difference", digits(difference.abs().normalize())),
        ])
    };
    let breach = |key, difference: Decimal| {
        let cause = (key == "rule.sum").then(|| cause::of_sum(&sides, figures)).flatten();
        Some(Breach { key, arguments: arguments(difference), figures: sides.figures(rule.kind, figures), cause })
    };
    let (left, right) = (sides.left, sides.right);
    Ok(match rule.kind {
        RuleKind::Sum if sides.differ(left, right) => breach("rule.sum", left - right),
        RuleKind::Equal if sides.differ(left, right) => breach("rule.equal", left - right),
        RuleKind::AtMost if right > left && sides.differ(left, right) => breach("rule.at-most", right - left),
        RuleKind::AtLeast if right < left && sides.differ(left, right) => breach("rule.at-least", left - right),
        RuleKind::OnlyWhen if right > Decimal::ZERO && left <= Decimal::ZERO => breach("rule.only-when", right),
        RuleKind::ExactlyWhen if (left > Decimal::ZERO) != (right > Decimal::ZERO) => {
            breach("rule.exactly-when", left - right)
        }
        RuleKind::Share if left > Decimal::ZERO && right > left * rule.above.unwrap_or(Decimal::ONE) => {
            let percent = (right * Decimal::ONE_HUNDRED / left).round_dp(1).normalize();
            breach("rule.share", right).map(|mut breach| {
                breach.arguments.insert("percent", percent.to_string());
                breach
            })
        }
        _ => None,
    })
}

/// The values of a claim's row that a test finds, with what is said of them.
fn each_figure(
    key: &'static str,
    claim: &Claim,
    figures: &Figures<'_>,
    wrong: impl Fn(usize, &Value) -> bool,
    more: impl Fn(usize, &Value) -> Vec<(&'static str, String)>,
) -> Option<Breach> {
    let value = |number: usize| Some((number, figures.values[number].filter(|value| wrong(number, value))?));
    let found: Vec<(usize, &Value)> = claim.part_numbers.iter().flatten().copied().filter_map(value).collect();
    let (first, value) = *found.first()?;
    let labels = found.iter().map(|(_, value)| figures.label_of(value));
    let label = ("label", labels.collect::<Vec<_>>().join("、"));
    let arguments = std::iter::once(label).chain(more(first, value)).collect();
    Some(Breach {
        key,
        arguments,
        figures: found.iter().map(|(_, value)| figure(figures.template(), value)).collect(),
        cause: None,
    })
}

/// Cells that are not filled in. Rows that are not there at all are named by the reading.
fn required(rule: &Rule, claim: &Claim, figures: &Figures<'_>) -> Option<Breach> {
    let open = |_: usize, value: &Value| {
        let blank = value.status == Status::Blank && value.at.is_some();
        blank || (rule.not_applicable && value.status == Status::NotApplicable)
    };
    let more = |_: usize, value: &Value| vec![("text", value.text.trim().to_owned())];
    each_figure("rule.required", claim, figures, open, more)
}

fn whole_number(claim: &Claim, figures: &Figures<'_>) -> Option<Breach> {
    let wrong = |number: usize, value: &Value| {
        let kind = figures.kind(number);
        value.number.is_some_and(|number| match kind {
            Kind::Count => number.is_sign_negative() && !number.is_zero() || !number.is_integer(),
            Kind::Signed => !number.is_integer(),
            Kind::Decimal => number.is_sign_negative() && !number.is_zero(),
            Kind::Heading => false,
        })
    };
    let more =
        |_: usize, value: &Value| vec![("value", value.number.map(|number| number.to_string()).unwrap_or_default())];
    each_figure("rule.whole-number", claim, figures, wrong, more)
}

fn unit(claim: &Claim, figures: &Figures<'_>) -> Option<Breach> {
    // An amount in nobody knows what, where the form leaves the unit open.
    let none = |number: usize, value: &Value| {
        let amount = figures.kind(number) == Kind::Decimal && value.number.is_some_and(|number| !number.is_zero());
        amount && figures.unit(number).is_none() && value.unit.is_none()
    };
    let other = |number: usize, value: &Value| match (figures.unit(number), value.unit.as_deref()) {
        (Some(official), Some(found)) => official != found && fold(official) != fold(found),
        _ => false,
    };
    let more = |number: usize, value: &Value| {
        let official = figures.unit(number).unwrap_or_default();
        vec![("found", value.unit.clone().unwrap_or_default()), ("official", official.to_owned())]
    };
    each_figure("rule.unit", claim, figures, other, more)
        .or_else(|| each_figure("rule.unit-missing", claim, figures, none, |_, _| Vec::new()))
}

fn local_row(claim: &Claim, figures: &Figures<'_>) -> Option<Breach> {
    let there = |_: usize, value: &Value| value.at.is_some();
    let more = |_: usize, value: &Value| vec![("text", value.text.trim().to_owned())];
    each_figure("rule.local-row", claim, figures, there, more)
}
