//! One claim held against the figures: a kind of rule a function.

use rust_decimal::Decimal;

use super::{Breach, Figures, NoNumber, Operand, cause, figure};
use crate::message::Arguments;
use crate::report::{CellValue, Value, digits, digits_in};
use crate::template::{Indicator, ResolvedRule, Rule, RuleKind, RuleShape, ValueKind};
use crate::text::fold::fold;

/// What is wrong with the figures of a claim; nothing where it holds or a figure of it is blank.
///
/// A rule of each figure may find several; they are one breach with all their figures.
pub(super) fn holds<'r>(rule: &Rule, claim: &ResolvedRule, figures: &Figures<'r>) -> Option<Breach<'r>> {
    match rule.kind {
        RuleKind::Required => required(rule, claim, figures),
        RuleKind::WholeNumber => whole_number(claim, figures),
        RuleKind::Unit => unit(claim, figures),
        RuleKind::LocalRow => local_row(claim, figures),
        RuleKind::TwoYears => None,
        _ => compared(rule, claim, figures).unwrap_or(None),
    }
}

/// Both sides of a broken claim as operands.
pub(super) struct Sides<'r> {
    /// Those of `total`, then those of `parts`.
    operands: Vec<Operand<'r>>,
    /// How many of them are those of `total`.
    of_total: usize,
}

/// Amounts in 万元 are rounded to a hundredth.
const TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

impl<'r> Sides<'r> {
    fn new(claim: &ResolvedRule, figures: &Figures<'r>) -> Result<Self, NoNumber> {
        let mut operands = Vec::with_capacity(claim.total.len() + claim.parts.len());
        figures.add_operands(&claim.total, &mut operands)?;
        let of_total = operands.len();
        figures.add_operands(&claim.parts, &mut operands)?;
        Ok(Self { operands, of_total })
    }

    pub(super) fn total(&self) -> &[Operand<'r>] {
        &self.operands[..self.of_total]
    }

    pub(super) fn parts(&self) -> &[Operand<'r>] {
        &self.operands[self.of_total..]
    }

    /// The figures, the one in question first: the sum, or the part that is held against the whole.
    fn figures(&self, kind: RuleKind) -> Vec<crate::finding::Figure> {
        let (total, parts) = (self.total(), self.parts());
        let (first, then) = if kind.shape() == RuleShape::EachPart { (parts, total) } else { (total, parts) };
        first.iter().chain(then).map(Operand::figure).collect()
    }
}

pub(super) fn sum(operands: &[Operand<'_>]) -> Decimal {
    operands.iter().map(|operand| operand.number).sum()
}

/// From how many operands on zeros are not said, which would hide the others.
const MANY: usize = 5;

/// Room for a figure with its label, in bytes.
const ROOM: usize = 48;

/// Figures with their labels as a sum: `按时办结数 107 + 延期办结数 3`.
fn said(operands: &[Operand<'_>]) -> String {
    let others = operands.iter().filter(|operand| !operand.number.is_zero()).count();
    let all = operands.len() < MANY || others == 0;
    let mut said = String::with_capacity(ROOM * operands.len());
    for operand in operands.iter().filter(|operand| all || !operand.number.is_zero()) {
        let plus = if said.is_empty() { "" } else { " + " };
        said.extend([plus, &operand.indicator.label, " ", &digits_in(operand.number, &mut itoa::Buffer::new())]);
    }
    said
}

/// One side with what it comes to, where that is more than one figure: `甲 3 + 乙 4 = 7`.
pub(super) fn side(operands: &[Operand<'_>]) -> String {
    let mut said = said(operands);
    if operands.len() > 1 {
        said.extend([" = ", &digits_in(sum(operands).normalize(), &mut itoa::Buffer::new())]);
    }
    said
}

fn compared<'r>(rule: &Rule, claim: &ResolvedRule, figures: &Figures<'r>) -> Result<Option<Breach<'r>>, NoNumber> {
    let (total, parts) = (figures.side(&claim.total)?, figures.side(&claim.parts)?);
    if !total.is_there || !parts.is_there {
        return Ok(None);
    }
    let (left, right) = (total.sum, parts.sum);
    let tolerance = if total.has_amount || parts.has_amount { TOLERANCE } else { Decimal::ZERO };
    // More than rounding explains.
    let differ = || (left - right).abs() > tolerance;
    let (key, difference) = match rule.kind {
        RuleKind::Sum if differ() => ("rule.sum", left - right),
        RuleKind::Equal if differ() => ("rule.equal", left - right),
        RuleKind::AtMost if right > left && differ() => ("rule.at-most", right - left),
        RuleKind::AtLeast if right < left && differ() => ("rule.at-least", left - right),
        RuleKind::OnlyWhen if right > Decimal::ZERO && left <= Decimal::ZERO => ("rule.only-when", right),
        RuleKind::ExactlyWhen if (left > Decimal::ZERO) != (right > Decimal::ZERO) => {
            ("rule.exactly-when", left - right)
        }
        RuleKind::Share if left > Decimal::ZERO && right > left * rule.above.unwrap_or(Decimal::ONE) => {
            ("rule.share", right)
        }
        _ => return Ok(None),
    };
    let sides = Sides::new(claim, figures)?;
    let mut arguments = Arguments::from([
        ("total", side(sides.total())),
        ("parts", side(sides.parts())),
        ("sum", digits(right.normalize())),
        ("difference", digits(difference.abs().normalize())),
    ]);
    if rule.kind == RuleKind::Share {
        let percent = (right * Decimal::ONE_HUNDRED).checked_div(left);
        // Where there is none, the part is more than 10²⁶ times the whole.
        let percent =
            percent.map_or_else(|| "> 10^28".to_owned(), |percent| percent.round_dp(1).normalize().to_string());
        arguments.insert("percent", percent);
    }
    let typos = if rule.kind == RuleKind::Sum { cause::mistyped(&sides, difference) } else { Vec::new() };
    let cause = (rule.kind == RuleKind::Sum).then(|| cause::of_sum(&sides, difference, &typos)).flatten();
    Ok(Some(Breach { key, arguments, figures: sides.figures(rule.kind), cause, typos }))
}

/// The values of a claim's row that a test finds, with what is said of them.
fn each_figure<'r>(
    key: &'static str,
    claim: &ResolvedRule,
    figures: &Figures<'r>,
    wrong: impl Fn(&Indicator, &Value) -> bool,
    more: impl Fn(&Indicator, &Value) -> Vec<(&'static str, String)>,
) -> Option<Breach<'r>> {
    let filled = claim.parts.iter().filter_map(|number| {
        let value = figures.values[*number]?;
        Some((figures.indicator(*number), value))
    });
    let mut found = filled.filter(|(indicator, value)| wrong(indicator, value)).peekable();
    let (first, value) = *found.peek()?;
    let found: Vec<(&Indicator, &Value)> = found.collect();
    let labels = found.iter().map(|(indicator, _)| &*indicator.label);
    let label = ("label", labels.collect::<Vec<_>>().join("、"));
    let arguments = std::iter::once(label).chain(more(first, value)).collect();
    Some(Breach {
        key,
        arguments,
        figures: found.iter().map(|(indicator, value)| figure(&indicator.label, value)).collect(),
        cause: None,
        typos: Vec::new(),
    })
}

/// Cells that are not filled in. Rows that are not there at all are named by the reading.
fn required<'r>(rule: &Rule, claim: &ResolvedRule, figures: &Figures<'r>) -> Option<Breach<'r>> {
    let open = |_: &Indicator, value: &Value| {
        let blank = value.cell.is_blank() && value.at.is_some();
        blank || (rule.not_applicable && value.cell == CellValue::NotApplicable)
    };
    let more = |_: &Indicator, value: &Value| vec![("text", value.text().trim().to_owned())];
    each_figure("rule.required", claim, figures, open, more)
}

fn whole_number<'r>(claim: &ResolvedRule, figures: &Figures<'r>) -> Option<Breach<'r>> {
    let wrong = |indicator: &Indicator, value: &Value| {
        value.number().is_some_and(|number| match indicator.kind {
            ValueKind::Count => number.is_sign_negative() && !number.is_zero() || !number.is_integer(),
            ValueKind::Signed => !number.is_integer(),
            ValueKind::Decimal => number.is_sign_negative() && !number.is_zero(),
            ValueKind::Heading => false,
        })
    };
    let more = |_: &Indicator, value: &Value| {
        vec![("value", value.number().map(|number| number.to_string()).unwrap_or_default())]
    };
    each_figure("rule.whole-number", claim, figures, wrong, more)
}

fn unit<'r>(claim: &ResolvedRule, figures: &Figures<'r>) -> Option<Breach<'r>> {
    // An amount in nobody knows what, where the form leaves the unit open.
    let none = |indicator: &Indicator, value: &Value| {
        let is_open = indicator.kind == ValueKind::Decimal && indicator.unit.is_none();
        is_open && value.unit.is_none() && value.number().is_some_and(|number| !number.is_zero())
    };
    let other = |indicator: &Indicator, value: &Value| match (&indicator.unit, &value.unit) {
        (Some(official), Some(found)) => **official != **found && fold(official) != fold(found),
        _ => false,
    };
    let more = |indicator: &Indicator, value: &Value| {
        let units = [("found", value.unit.as_deref()), ("official", indicator.unit.as_deref())];
        units.map(|(name, unit)| (name, unit.unwrap_or_default().to_owned())).into()
    };
    each_figure("rule.unit", claim, figures, other, more)
        .or_else(|| each_figure("rule.unit-missing", claim, figures, none, |_, _| Vec::new()))
}

fn local_row<'r>(claim: &ResolvedRule, figures: &Figures<'r>) -> Option<Breach<'r>> {
    let there = |_: &Indicator, value: &Value| value.at.is_some();
    let more = |_: &Indicator, value: &Value| vec![("text", value.text().trim().to_owned())];
    each_figure("rule.local-row", claim, figures, there, more)
}
