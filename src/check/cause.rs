//! What probably made a sum wrong: said only where one explanation is evident.
//!
//! In: the values of a violated sum, or all violated sums of a report. Out: a [`Phrase`] such as `cause.transposed`. A cause
//! helps whoever looks at the values; nothing is corrected by it.

use rust_decimal::Decimal;

use super::values::{Operand, Operands};
use crate::finding::{Finding, Phrase};
use crate::report::{Value, digits, digits_in};
use crate::template::Indicator;

pub(super) fn phrase(key: &'static str, words: &[(&'static str, &str)]) -> Phrase {
    let arguments = words.iter().map(|(name, word)| (*name, (*word).to_owned())).collect();
    Phrase { key: key.into(), arguments }
}

/// The likely cause of a violated sum; none where several would explain it, or none does.
///
/// `difference` is how much larger the total is than its parts, `typos` is what [`typos`] finds.
pub(super) fn of_sum(operands: &Operands<'_>, difference: Decimal, typos: &[Typo<'_>]) -> Option<Phrase> {
    // A part counted twice, or left out of the sum.
    let part_of =
        |amount: Decimal| only(operands.parts.iter().filter(|part| !part.number.is_zero() && part.number == amount));
    let parts = [("cause.twice", part_of(difference)), ("cause.left_out", part_of(-difference))];
    let of_part = |(key, part): (&'static str, Option<&Operand<'_>>)| {
        part.map(|part| phrase(key, &[("label", &part.indicator.label), ("value", &digits(part.number))]))
    };
    only(parts.into_iter().filter_map(of_part).chain(typos.iter().map(Typo::phrase)))
}

/// The one that there is; none where there are several.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// A value that is probably mistyped: if it were another, the sum would be right.
#[derive(PartialEq)]
pub(crate) struct Typo<'r> {
    key: &'static str,
    indicator: &'r Indicator,
    value: &'r Value,
    is: String,
    expected: String,
}

impl Typo<'_> {
    fn phrase(&self) -> Phrase {
        phrase(self.key, &[("label", &self.indicator.label), ("value", &self.is), ("wanted", &self.expected)])
    }
}

/// The values of a violated sum of which one may be mistyped: with two digits exchanged, one digit doubled or lost, the sum
/// would come out. `difference` is how much larger it is than its parts.
pub(super) fn typos<'r>(operands: &Operands<'r>, difference: Decimal) -> Vec<Typo<'r>> {
    let total = operands.total.iter().map(|total| (total, difference));
    let operands = total.chain(operands.parts.iter().map(|part| (part, -difference)));
    let typo = |(operand, too_much): (&Operand<'r>, Decimal)| {
        let expected = operand.number - too_much;
        if expected.is_sign_negative() || expected.is_zero() {
            return None;
        }
        let mut places = [itoa::Buffer::new(), itoa::Buffer::new()];
        let [of_is, of_expected] = &mut places;
        let (is, expected) = (digits_in(operand.number, of_is), digits_in(expected.normalize(), of_expected));
        let key = if transposed(&is, &expected) {
            "cause.transposed"
        } else if digit_more(&is, &expected) {
            "cause.digit_doubled"
        } else if digit_more(&expected, &is) {
            "cause.digit_lost"
        } else {
            return None;
        };
        let Operand { indicator, value, .. } = *operand;
        Some(Typo { key, indicator, value, is: is.into_owned(), expected: expected.into_owned() })
    };
    operands.filter_map(typo).collect()
}

/// A violated sum of a report.
pub(super) struct ViolatedSum<'r> {
    /// The place of its finding.
    pub finding: usize,
    /// The typos that would explain it.
    pub typos: Vec<Typo<'r>>,
}

/// A value may be in several violated sums, as in a matrix in that of its row and that of its column. If exactly one typo
/// explains two of them, it is the cause of both, whatever else would explain one alone.
pub(super) fn shared_typo(findings: &mut [Finding], violated: &[ViolatedSum<'_>]) {
    for (number, own) in violated.iter().enumerate() {
        for other in &violated[number + 1..] {
            if let Some(typo) = only(own.typos.iter().filter(|typo| other.typos.contains(typo))) {
                findings[own.finding].cause = Some(typo.phrase());
                findings[other.finding].cause = Some(typo.phrase());
            }
        }
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
