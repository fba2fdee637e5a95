//! What may have happened where a sum does not come out: said only where one explanation is evident.
//!
//! In: the figures of a broken sum, or all broken sums of a report. Out: a [`Phrase`] such as `cause.transposed`. A cause is
//! a help for whoever looks at the figures; nothing is corrected by it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::rule::Sides;
use super::{Broken, Figures, Operand};
use crate::finding::{Finding, Phrase};
use crate::report::{Value, digits, digits_in};
use crate::template::{self, Indicator, ResolvedRule, Template};
use crate::text::label;

fn phrase(key: &'static str, words: &[(&'static str, &str)]) -> Phrase {
    let arguments = words.iter().map(|(name, word)| (*name, (*word).to_owned())).collect();
    Phrase { key: key.into(), arguments }
}

/// The likely cause of a sum that does not come out; none where several would do, or none does.
///
/// `difference` is how much larger it is than its parts, `typos` what [`mistyped`] finds.
pub(super) fn of_sum(sides: &Sides<'_>, difference: Decimal, typos: &[Typo<'_>]) -> Option<Phrase> {
    // A part counted twice, or left out of the sum.
    let part_of =
        |amount: Decimal| only(sides.parts().iter().filter(|part| !part.number.is_zero() && part.number == amount));
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

/// A figure that a slip of the pen explains.
#[derive(PartialEq)]
pub(super) struct Typo<'r> {
    key: &'static str,
    indicator: &'r Indicator,
    value: &'r Value,
    is: String,
    wanted: String,
}

impl Typo<'_> {
    fn phrase(&self) -> Phrase {
        phrase(self.key, &[("label", &self.indicator.label), ("value", &self.is), ("wanted", &self.wanted)])
    }
}

/// The figures of a broken sum of which one may be mistyped: with two digits exchanged, one digit doubled or lost, the sum
/// would come out. `difference` is how much larger it is than its parts.
pub(super) fn mistyped<'r>(sides: &Sides<'r>, difference: Decimal) -> Vec<Typo<'r>> {
    let operands = sides.total().iter().map(|total| (total, difference));
    let operands = operands.chain(sides.parts().iter().map(|part| (part, -difference)));
    let typo = |(operand, too_much): (&Operand<'r>, Decimal)| {
        let wanted = operand.number - too_much;
        if wanted.is_sign_negative() || wanted.is_zero() {
            return None;
        }
        let mut places = [itoa::Buffer::new(), itoa::Buffer::new()];
        let [of_is, of_wanted] = &mut places;
        let (is, wanted) = (digits_in(operand.number, of_is), digits_in(wanted.normalize(), of_wanted));
        let key = if transposed(&is, &wanted) {
            "cause.transposed"
        } else if digit_more(&is, &wanted) {
            "cause.digit_doubled"
        } else if digit_more(&wanted, &is) {
            "cause.digit_lost"
        } else {
            return None;
        };
        let Operand { indicator, value, .. } = *operand;
        Some(Typo { key, indicator, value, is: is.into_owned(), wanted: wanted.into_owned() })
    };
    operands.filter_map(typo).collect()
}

/// A figure that stands in several broken sums, as in a matrix in that of its row and that of its column: where one slip
/// of the pen explains two of them, and no other does, that is said of both, whatever else would explain one alone.
pub(super) fn one_figure(findings: &mut [Finding], broken: &[Broken<'_>]) {
    for (number, own) in broken.iter().enumerate() {
        for other in &broken[number + 1..] {
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

/// Where several sums of a table are broken and come out once the figures from some row on are taken from the row below or
/// above, that is said of each.
pub(super) fn rows_shifted(findings: &mut [Finding], broken: &[Broken<'_>], figures: &Figures<'_>) {
    if broken.len() < 2 {
        return;
    }
    let template = figures.template();
    let as_they_stand = as_they_stand(figures);
    let sums = template.sums().map(|sum| (sum, holds(sum, |number| as_they_stand[number])));
    // A shift that leaves one of the broken ones broken is none, and most leave one of the shortest so.
    let (mut wrong, others): (Vec<_>, Vec<_>) = sums.partition(|(_, was)| *was == Some(false));
    wrong.sort_by_key(|(sum, _)| numbers(sum).count());
    for lines in lines(figures) {
        // Where each indicator stands in the lines.
        let mut places: Vec<Option<(usize, usize)>> = vec![None; as_they_stand.len()];
        for (line, own) in lines.iter().enumerate() {
            for (at, (number, _)) in own.iter().enumerate() {
                places[*number] = Some((line, at));
            }
        }
        // A shift below the last figure of a broken sum does not fix it.
        let last = |sum: &ResolvedRule| numbers(sum).filter_map(|number| places[number]).map(|(_, at)| at + 1).max();
        let lowest = wrong.iter().map(|(sum, _)| last(sum).unwrap_or(0)).min();
        let end = lowest.unwrap_or_else(|| lines.iter().map(Vec::len).max().unwrap_or(0));
        let mut found = Vec::new();
        for start in 0..end {
            for down in [false, true] {
                let moved = |number: usize| match places[number] {
                    Some((line, at)) => as_they_stand[moved(&lines[line], at, start, down)?],
                    None => as_they_stand[number],
                };
                // Sums without any figure prove nothing, but none may be broken by the shift.
                let mut mended = 0;
                let whole = wrong.iter().chain(&others).all(|(sum, was)| {
                    let is = holds(sum, moved);
                    mended += usize::from(*was != is && is == Some(true));
                    is != Some(false)
                });
                if whole && mended > 1 {
                    found.push((start, down));
                }
            }
        }
        let Some(&(last, down)) = found.last() else { continue };
        if found.iter().any(|(_, other)| *other != down) {
            continue;
        }
        // Where several rows would do: the one that a cell put in between has left blank, else the last, since the figures
        // above it need not have moved.
        let is_blank =
            |start: usize| lines.iter().filter_map(|line| line.get(start)).all(|(_, value)| value.number().is_none());
        let start = found.iter().map(|(start, _)| *start).find(|start| is_blank(*start)).unwrap_or(last);
        let first = lines.iter().find_map(|line| line.get(start)).map(|(number, _)| &template.indicators()[*number]);
        let label = first.map_or_else(String::new, |first| row_label(template, first));
        let key = if down { "cause.shifted_down" } else { "cause.shifted_up" };
        for sum in broken {
            findings[sum.finding].cause = Some(phrase(key, &[("label", &label)]));
        }
        return;
    }
}

/// The indicators of both sides of a sum, by their numbers.
fn numbers(sum: &ResolvedRule) -> impl Iterator<Item = usize> {
    sum.total.iter().chain(&sum.parts).copied()
}

/// Whether a sum comes out with the figures that indicators have by their numbers; none where one of them is no number.
fn holds(sum: &ResolvedRule, figure: impl Fn(usize) -> Option<i128>) -> Option<bool> {
    let side = |numbers: &[usize]| {
        let mut own = numbers.iter();
        own.try_fold(0i128, |sum, number| figure(*number).and_then(|figure| sum.checked_add(figure)))
    };
    Some(side(&sum.total)? == side(&sum.parts)?)
}

/// What each indicator adds to a sum, all in the smallest unit that any of them has, since whole numbers add up fastest.
/// None where it cannot be reckoned with.
fn as_they_stand(figures: &Figures<'_>) -> Vec<Option<i128>> {
    let count = figures.template().indicators().len();
    let numbers: Vec<Option<Decimal>> = (0..count).map(|number| figures.number(number)).collect();
    let scale = numbers.iter().flatten().map(Decimal::scale).max().unwrap_or(0);
    let whole = |number: Decimal| number.mantissa().checked_mul(10i128.checked_pow(scale - number.scale())?);
    numbers.into_iter().map(|number| number.and_then(whole)).collect()
}

/// Figures one below the other, with the numbers of their indicators.
type Line<'r> = Vec<(usize, &'r Value)>;

/// The figures that may have moved together, each line from the top down: all of a list, or the columns of one table of a
/// matrix. Rows that are not there are left out.
fn lines<'r>(figures: &Figures<'r>) -> Vec<Vec<Line<'r>>> {
    let template = figures.template();
    let mut tables: BTreeMap<usize, BTreeMap<usize, Line<'r>>> = BTreeMap::new();
    for (number, own) in template.indicators().iter().enumerate() {
        let Some(value) = figures.values[number].filter(|value| value.at.is_some()) else { continue };
        let (table, _, column) = if template.is_matrix() { own.place } else { (0, 0, 0) };
        tables.entry(table).or_default().entry(column).or_default().push((number, value));
    }
    tables.into_values().map(|columns| columns.into_values().collect()).collect()
}

/// The label of an indicator's row.
fn row_label(template: &Template, own: &Indicator) -> String {
    let row = &template.tables()[own.place.0].rows[own.place.1];
    if row.label.is_empty() {
        return own.label.to_string();
    }
    template::without_remarks(label::without_ordinal(&row.label))
}

/// The indicator whose figure belongs at a place if those from `start` on stood a row too low (`down`) or too high; none
/// where it is lost.
fn moved(line: &[(usize, &Value)], at: usize, start: usize, down: bool) -> Option<usize> {
    let from = match down {
        _ if at < start => at,
        true => at + 1,
        false if at == start => return None,
        false => at - 1,
    };
    Some(line.get(from)?.0)
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
