//! Sentences about values, in correct Chinese for zero, increase and decrease.
//!
//! In: a sentence of the texts, the values of this year and of the year before. Out: the sentence, or nothing where there is
//! nothing to say.

use rust_decimal::{Decimal, RoundingStrategy};

use super::source::{Clause, Compared, Sentence};
use crate::report::{Report, digits};

/// The values of two years.
pub(super) struct Years<'r> {
    pub(super) this: &'r Report,
    pub(super) last: Option<&'r Report>,
    pub(super) compared: &'r Compared,
    /// What stands for a number that is not there.
    pub(super) blank: String,
}

impl Years<'_> {
    /// A sentence with its full stop. `None` if all it speaks of is zero or not in the report.
    pub(super) fn sentence(&self, sentence: &Sentence) -> Option<String> {
        if sentence.parts.is_empty() {
            return Some(self.clause(&sentence.clause)? + "。");
        }
        let parts: Vec<String> = sentence.parts.iter().filter_map(|part| self.clause(part)).collect();
        (!parts.is_empty()).then(|| format!("{}{}。", sentence.lead, parts.join(&sentence.separator)))
    }

    fn clause(&self, clause: &Clause) -> Option<String> {
        let number = match sum(self.this, &clause.value) {
            Sum::NotInForm => return None,
            Sum::Unknown => return Some(clause.text.replace("{n}", &self.blank)),
            Sum::Number(number) => number,
        };
        let last = match self.last.filter(|_| clause.compared).map(|last| sum(last, &clause.value)) {
            Some(Sum::Number(last)) => Some(last),
            _ => None,
        };
        let text = match number.is_zero() {
            false => &clause.text,
            true if clause.zero.is_empty() && last.is_some_and(|last| !last.is_zero()) => &clause.ended,
            true => &clause.zero,
        };
        if text.is_empty() {
            return None;
        }
        let text = text.replace("{n}", &digits(number.normalize()));
        Some(text + &last.map_or_else(String::new, |last| self.comparison(number, last, &clause.unit)))
    }

    /// What is said of a number beside that of the year before.
    fn comparison(&self, number: Decimal, last: Decimal, unit: &str) -> String {
        let words = self.compared;
        let difference = (number - last).abs();
        let share = (difference * Decimal::ONE_HUNDRED).checked_div(last.abs()).unwrap_or_default();
        let share = share.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
        let pattern = match (number.is_zero(), last.is_zero()) {
            _ if number == last => &words.same,
            (_, true) => &words.from_zero,
            (true, false) => &words.to_zero,
            _ => match (number > last, share.is_zero()) {
                (true, false) => &words.more,
                (true, true) => &words.slightly_more,
                (false, false) => &words.fewer,
                (false, true) => &words.slightly_fewer,
            },
        };
        pattern
            .replace("{d}", &digits(difference.normalize()))
            .replace("{p}", &digits(share.normalize()))
            .replace("{unit}", unit)
            .replace("{last}", &digits(last.normalize()))
    }
}

/// The sum of some values.
enum Sum {
    Number(Decimal),
    /// One of them is blank, unreadable or missing.
    Unknown,
    /// The form has none of them.
    NotInForm,
}

fn sum(report: &Report, ids: &[String]) -> Sum {
    let column = report.columns().into_iter().next().flatten();
    let found: Vec<_> = ids.iter().filter_map(|id| report.value(id, column)).collect();
    if found.is_empty() {
        return Sum::NotInForm;
    }
    let numbers: Option<Vec<Decimal>> = found.iter().map(|value| value.cell.number()).collect();
    numbers
        .and_then(|numbers| numbers.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add))
        .map_or(Sum::Unknown, Sum::Number)
}
