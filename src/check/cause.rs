//! What may have happened where a sum does not come out: said only where one explanation is evident.
//!
//! In: the figures of a broken sum, or all broken sums of a report. Out: a [`Phrase`] such as `cause.transposed`. A cause is
//! a help for whoever looks at the figures; nothing is corrected by it.

use rust_decimal::Decimal;

use super::rule::Sides;
use super::{Figures, Operand, label_of};
use crate::finding::{Finding, Phrase, Wording};
use crate::report::Value;
use crate::template::Claim;

fn phrase(key: &str, words: &[(&str, &str)]) -> Phrase {
    let arguments = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
    Phrase { key: key.to_owned(), arguments }
}

/// The likely cause of a sum that does not come out; none where several would do, or none does.
pub(super) fn of_sum(sides: &Sides<'_>, figures: &Figures<'_>) -> Option<Phrase> {
    let difference = sides.left - sides.right;
    let label = |operand: &Operand<'_>| label_of(figures.template(), operand.value.id.as_deref().unwrap_or(""));
    // A part counted twice, or left out of the sum.
    let same: Vec<_> = sides.parts.iter().filter(|part| !part.number.is_zero()).collect();
    let twice: Vec<_> = same.iter().filter(|part| part.number == difference).collect();
    let left_out: Vec<_> = same.iter().filter(|part| part.number == -difference).collect();
    let mut causes: Vec<Phrase> = Vec::new();
    if let [part] = twice[..] {
        causes.push(phrase("cause.twice", &[("label", &label(part)), ("value", &part.number.to_string())]));
    }
    if let [part] = left_out[..] {
        causes.push(phrase("cause.left_out", &[("label", &label(part)), ("value", &part.number.to_string())]));
    }
    // One figure mistyped: with two digits exchanged, one digit doubled or lost, the sum would come out.
    let operands = sides.total.iter().map(|total| (total, difference));
    let operands = operands.chain(sides.parts.iter().map(|part| (part, -difference)));
    for (operand, too_much) in operands {
        let wanted = operand.number - too_much;
        if wanted.is_sign_negative() || wanted.is_zero() {
            continue;
        }
        let (is, should) = (operand.number.to_string(), wanted.normalize().to_string());
        let key = if transposed(&is, &should) {
            "cause.transposed"
        } else if digit_more(&is, &should) {
            "cause.digit_doubled"
        } else if digit_more(&should, &is) {
            "cause.digit_lost"
        } else {
            continue;
        };
        causes.push(phrase(key, &[("label", &label(operand)), ("value", &is), ("wanted", &should)]));
    }
    match causes.len() {
        1 => causes.pop(),
        _ => None,
    }
}

/// Whether two neighbouring digits, exchanged, make one number of the other.
fn transposed(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let different: Vec<usize> = (0..a.len()).filter(|at| a[*at] != b[*at]).collect();
    matches!(different[..], [i, j] if j == i + 1 && a[i] == b[j] && a[j] == b[i])
}

/// Whether the first number is the second with one of its digits typed twice: 110 and 1110. One digit alone proves
/// nothing.
fn digit_more(longer: &str, shorter: &str) -> bool {
    let (longer, shorter) = (longer.as_bytes(), shorter.as_bytes());
    longer.len() == shorter.len() + 1
        && shorter.len() >= 2
        && (1..longer.len()).any(|at| {
            longer[at] == longer[at - 1] && longer[..at] == shorter[..at] && longer[at + 1..] == shorter[at..]
        })
}

/// Where several sums of a table are broken and all come out once the figures from some row on are taken from the row
/// below or above, that is said of each.
pub(super) fn rows_shifted(findings: &mut [Finding], figures: &Figures<'_>) {
    let template = figures.template();
    let is_sum = |finding: &Finding| finding.wording == Some(Wording::Key("rule.sum".to_owned()));
    let broken: Vec<usize> = (0..findings.len()).filter(|at| is_sum(&findings[*at])).collect();
    if broken.len() < 2 || template.is_matrix() {
        return;
    }
    let order: Vec<&Value> = template.indicators().filter_map(|own| figures.value(&own.id)).collect();
    let order: Vec<&Value> = order.into_iter().filter(|value| value.at.is_some()).collect();
    let sums: Vec<&Claim> = template.sums().collect();
    let mut found = Vec::new();
    for start in 0..order.len() {
        for down in [false, true] {
            let moved = |id: &str| moved(&order, start, down, id, figures);
            let holds = |claim: &Claim| {
                let side = |ids: &[String]| ids.iter().map(|id| moved(id)).sum::<Option<Decimal>>();
                Some(side(&claim.total)? == side(&claim.parts)?)
            };
            // Sums without any figure prove nothing, but none may be broken by the shift.
            if sums.iter().all(|claim| holds(claim) != Some(false)) {
                found.push((start, down));
            }
        }
    }
    let Some(&(start, down)) = found.first() else { return };
    if found.iter().any(|(_, other)| *other != down) {
        return;
    }
    let label = label_of(template, order[start].id.as_deref().unwrap_or(""));
    let key = if down { "cause.shifted_down" } else { "cause.shifted_up" };
    for at in broken {
        findings[at].cause = Some(phrase(key, &[("label", &label)]));
    }
}

/// The number of an indicator if the figures from `start` on stood a row too low (`down`) or too high.
fn moved(order: &[&Value], start: usize, down: bool, id: &str, figures: &Figures<'_>) -> Option<Decimal> {
    let Some(at) = order.iter().position(|value| value.id.as_deref() == Some(id)) else {
        // A row that is not there adds nothing.
        return figures.operand(id).ok().map(|operand| operand.map_or(Decimal::ZERO, |operand| operand.number));
    };
    let from = match down {
        _ if at < start => at,
        true => at + 1,
        false if at == start => return Some(Decimal::ZERO),
        false => at - 1,
    };
    order.get(from).map_or(Some(Decimal::ZERO), |value| value.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_exchanged_doubled_and_lost_are_told_apart() {
        assert!(transposed("109", "190") && transposed("12", "21"));
        assert!(!transposed("109", "901") && !transposed("11", "11") && !transposed("1", "12"));
        assert!(digit_more("1110", "110") && digit_more("1100", "100"));
        assert!(!digit_more("1210", "110") && !digit_more("11", "1"));
    }
}
