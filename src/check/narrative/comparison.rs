//! What a text says of a number beside that of the year before: 比上年减少8件，下降40%.
//!
//! In: the clauses behind a number, with the values of this year and, where it is known, of the year before. Out: a
//! [`Contradiction`] where they cannot all be true. Without the other year's table, difference and percentage are held
//! against each other.

use std::ops::Range;

use rust_decimal::{Decimal, RoundingStrategy};

use super::numeral::Numeral;
use super::vocabulary::Vocabulary;

/// A number with its unit.
pub(super) type Named = (Numeral, String);

/// What the clauses behind a number say of the year before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Comparison {
    /// The clauses.
    pub clause: Range<usize>,
    more: bool,
    fewer: bool,
    same: bool,
    difference: Option<Named>,
    percent: Option<Numeral>,
    last: Option<Named>,
}

/// The amounts of a comparison in the unit of the table.
struct Amounts {
    difference: Option<Numeral>,
    last: Option<Numeral>,
}

/// A comparison that cannot be true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contradiction {
    /// The number of the year before: that of its table, or what the text implies.
    pub last: Decimal,
    /// Whether it is that of a table.
    pub of_table: bool,
}

impl Contradiction {
    /// The difference to the year before, and its percentage where it has one.
    pub(super) fn change(&self, number: Decimal) -> (Decimal, Option<Decimal>) {
        let percent = percentage(number, self.last);
        (number - self.last, percent.map(rounded))
    }
}

fn rounded(percent: Decimal) -> Decimal {
    percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// By how many percent a number is more than that before; less than 0 for fewer. Nothing after 0.
fn percentage(number: Decimal, last: Decimal) -> Option<Decimal> {
    (number - last).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(last)
}

impl Comparison {
    /// Reads a clause that is nothing else.
    pub(super) fn read(text: &str, clause: Range<usize>, vocabulary: &Vocabulary) -> Option<Self> {
        let own = &text[clause.clone()];
        let found = vocabulary.comparisons.iter().find_map(|comparison| comparison.regex().captures(own))?;
        let part = |name: &str| found.name(name).map(|part| part.as_str());
        let numeral = |name: &str| Numeral::parse(part(name)?, "");
        let named = |number: &str, unit: &str| Some((numeral(number)?, part(unit)?.to_owned()));
        Some(Self {
            clause,
            more: part("more").is_some(),
            fewer: part("fewer").is_some(),
            same: part("same").is_some(),
            difference: named("difference", "difference_unit"),
            percent: numeral("percent"),
            last: named("last", "last_unit"),
        })
    }

    /// Adds what the next clause says.
    pub(super) fn join(&mut self, next: Self) {
        self.clause.end = next.clause.end;
        self.more |= next.more;
        self.fewer |= next.fewer;
        self.same |= next.same;
        self.difference = self.difference.take().or(next.difference);
        self.percent = self.percent.or(next.percent);
        self.last = self.last.take().or(next.last);
    }

    /// Holds it against this year's number and, where it is known, the table's number of the year before. `in_unit`
    /// turns an amount into the unit of the table; where it cannot, nothing is compared.
    pub(super) fn contradiction(
        &self,
        number: Decimal,
        last: Option<Decimal>,
        in_unit: impl Fn(&Named) -> Option<Numeral>,
    ) -> Option<Contradiction> {
        let converted = |named: &Option<Named>| match named {
            Some(named) => in_unit(named).map(Some),
            None => Some(None),
        };
        let amounts = Amounts { difference: converted(&self.difference)?, last: converted(&self.last)? };
        match last {
            Some(last) => (!self.fits(number, last, &amounts)).then_some(Contradiction { last, of_table: true }),
            None => self.within_itself(number, &amounts),
        }
    }

    /// Whether all of it fits the table of the year before.
    fn fits(&self, number: Decimal, last: Decimal, amounts: &Amounts) -> bool {
        let difference = number - last;
        // 增长0%: neither.
        let zero = |number: Option<Numeral>| number.is_some_and(|number| number.value.is_zero());
        let none = difference.is_zero() && (zero(self.percent) || zero(amounts.difference));
        let direction = (!self.more || difference > Decimal::ZERO || none)
            && (!self.fewer || difference < Decimal::ZERO || none)
            && (!self.same || difference.is_zero());
        let about = |given: &Option<Numeral>, real: Decimal| given.is_none_or(|given| is_about(given, real));
        direction
            && about(&amounts.difference, difference.abs())
            && about(&amounts.last, last)
            && percentage(number, last).is_none_or(|real| self.percent.is_none_or(|given| is_share(given, real.abs())))
    }

    /// What difference and percentage say of each other.
    fn within_itself(&self, number: Decimal, amounts: &Amounts) -> Option<Contradiction> {
        let given = amounts.difference?;
        let sign = if self.more { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        // The last place of a decimal number may be rounded.
        let slack = if given.rounded { given.place } else { Decimal::ZERO };
        let before = |difference: Decimal| number - sign * difference;
        let implied = [before(given.value), before(given.value - slack), before(given.value + slack)];
        let contradiction = Contradiction { last: implied[0], of_table: false };
        let both = self.more && self.fewer;
        let impossible = implied.iter().all(|last| last.is_sign_negative() && !last.is_zero());
        let otherwise = amounts.last.is_some_and(|last| !implied.iter().any(|implied| is_about(last, *implied)));
        let shares = || implied.iter().filter_map(|last| percentage(number, *last));
        let (least, most) = (shares().min(), shares().max());
        let share = self.percent.zip(least.zip(most)).is_some_and(|(given, (least, most))| {
            let (least, most) = (least.abs().min(most.abs()), least.abs().max(most.abs()));
            let place = given.place.min(Decimal::ONE);
            given.value + place <= least || given.value - place >= most
        });
        (both || impossible || otherwise || share).then_some(contradiction)
    }
}

/// Whether a number given is this one, but for the last place of a decimal number.
fn is_about(given: Numeral, real: Decimal) -> bool {
    given.value == real || (given.rounded && (given.value - real).abs() < given.place)
}

/// Whether a percentage given is this one, up or down in its last place.
fn is_share(given: Numeral, real: Decimal) -> bool {
    (given.value - real).abs() < given.place.min(Decimal::ONE)
}
