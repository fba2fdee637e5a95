//! What a text says, held against the table's values.
//!
//! In: a [`Statement`] and the report's [`Values`]. Out: a [`Verdict`]. A sentence that may be read in several ways is
//! wrong only when none of them fits; a value that is blank, `/` or unreadable leaves everything open.

use rust_decimal::Decimal;

use super::comparison::{Contradiction, Named};
use super::numeral::Numeral;
use super::statement::{Amount, Assertion, Exactness, Statement};
use super::vocabulary::{Subject, Vocabulary};
use crate::check::values::{Operand, Values};
use crate::template::ValueKind;

/// How a statement compares with the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It fits.
    Fits,
    /// A plain number, and the table has another.
    Differs,
    /// There is none, and the table has some.
    Denies,
    /// An approximation or a rounded number that the table is not near to.
    Off,
    /// An approximation that is the very number of the table.
    Exact,
    /// A share that the table's values do not have.
    ShareDiffers,
    /// Nobody can tell.
    Open,
}

/// Holds what is said against the values; the operands are those of the first reading.
pub(super) fn verdict<'r>(
    statement: &Statement<'_>,
    values: &Values<'r>,
    vocabulary: &Vocabulary,
) -> (Verdict, Vec<Operand<'r>>) {
    let subject = statement.subject;
    let readings: Result<Vec<_>, _> = subject.readings.iter().map(|ids| values.operands_of(ids)).collect();
    let Ok(readings) = readings else { return (Verdict::Open, Vec::new()) };
    let Some(first) = readings.first().filter(|first| !first.is_empty()) else { return (Verdict::Open, Vec::new()) };
    let sums: Vec<Decimal> = readings.iter().map(|operands| sum(operands)).collect();
    let verdict = match &statement.assertion {
        Assertion::Gap => Verdict::Open,
        Assertion::None if sums.iter().any(Decimal::is_zero) => Verdict::Fits,
        Assertion::None => Verdict::Denies,
        Assertion::Share(percent) => share(percent, sums[0], subject, values, vocabulary),
        Assertion::Number(amount, unit) => match in_unit_of_table(amount, unit, subject, values, vocabulary) {
            Some(amount) => best(sums.iter().map(|sum| number(&amount, *sum, subject.part))),
            None => Verdict::Open,
        },
    };
    (verdict, first.clone())
}

/// Holds what a statement says of the year before against this year's value, which is given with it, and that year's
/// table, where it is known. A statement that does not fit this year's table is not looked at.
pub(super) fn contradiction(
    statement: &Statement<'_>,
    values: &Values<'_>,
    last: Option<&Values<'_>>,
    vocabulary: &Vocabulary,
) -> Option<(Decimal, Contradiction)> {
    let (comparison, subject) = (statement.compared.as_ref()?, statement.subject);
    if subject.part {
        return None;
    }
    let in_unit = |amount: &Amount, unit: &str| in_unit_of_table(amount, unit, subject, values, vocabulary);
    let fits = |sum: Decimal| match &statement.assertion {
        Assertion::None => sum.is_zero(),
        Assertion::Number(amount, unit) => {
            in_unit(amount, unit).is_some_and(|amount| number(&amount, sum, false) == Verdict::Fits)
        }
        Assertion::Gap | Assertion::Share(_) => false,
    };
    let plain = |(numeral, unit): &Named| {
        Some(in_unit(&Amount { numeral: *numeral, exactness: Exactness::Plain }, unit)?.numeral)
    };
    let sum_of = |values: &Values<'_>, ids: &[String]| values.operands_of(ids).ok().map(|all| sum(&all));
    let fitting = subject.readings.iter().filter_map(|ids| Some((ids, sum_of(values, ids).filter(|sum| fits(*sum))?)));
    let judged = fitting.map(|(ids, this)| {
        let last = last.and_then(|last| sum_of(last, ids));
        comparison.contradiction(this, last, plain).map(|contradiction| (this, contradiction))
    });
    // One reading that fits is enough.
    let judged: Option<Vec<_>> = judged.collect();
    judged?.into_iter().next()
}

fn sum(operands: &[Operand<'_>]) -> Decimal {
    operands.iter().map(|operand| operand.number).sum()
}

/// The reading that fits best speaks for all.
fn best(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Fits => 0,
        Verdict::Open => 1,
        Verdict::Exact => 2,
        _ => 3,
    };
    verdicts.min_by_key(rank).unwrap_or(Verdict::Open)
}

/// Money in the unit of the table; all else as it is. Nothing where the units are of different kinds.
fn in_unit_of_table(
    amount: &Amount,
    unit: &str,
    subject: &Subject,
    values: &Values<'_>,
    vocabulary: &Vocabulary,
) -> Option<Amount> {
    let id = subject.id();
    let number = values.template().number(id)?;
    let of_table =
        values.value(id).and_then(|value| value.unit.as_deref()).or(values.indicator(number).unit.as_deref());
    let Some(own) = vocabulary.money.get(unit) else {
        let money = of_table.is_some_and(|unit| vocabulary.money.contains_key(unit));
        return (!money && values.indicator(number).kind == ValueKind::Count).then_some(*amount);
    };
    let other = Decimal::from(*vocabulary.money.get(of_table?)?);
    let convert = |number: Decimal| number.checked_mul(Decimal::from(*own))?.checked_div(other);
    let numeral = amount.numeral;
    // 2万元 may be what is left of 2.3, but 20000元 is not.
    let rounded = numeral.rounded || *own > 1;
    Some(Amount {
        numeral: Numeral { value: convert(numeral.value)?, place: convert(numeral.place)?, rounded },
        ..*amount
    })
}

fn number(amount: &Amount, of_table: Decimal, part: bool) -> Verdict {
    let Numeral { value, place, rounded } = amount.numeral;
    let (most, tenth) = (amount.numeral.reach(), value / Decimal::TEN);
    let fits_or_off = |fits: bool| if fits { Verdict::Fits } else { Verdict::Off };
    let near = |distance: Decimal| match distance {
        distance if distance <= tenth => Verdict::Fits,
        distance if distance > tenth * Decimal::TWO => Verdict::Off,
        _ => Verdict::Open,
    };
    if part && of_table >= value {
        // The text need not name all that the table counts.
        return Verdict::Fits;
    }
    match amount.exactness {
        Exactness::Plain if of_table == value => Verdict::Fits,
        Exactness::Plain if rounded && (of_table - value).abs() < place => Verdict::Fits,
        Exactness::Plain if rounded => Verdict::Off,
        Exactness::Plain => Verdict::Differs,
        Exactness::More | Exactness::Above | Exactness::Nearly | Exactness::Below if of_table == value => {
            Verdict::Exact
        }
        Exactness::More => fits_or_off(of_table > value && of_table < most),
        Exactness::Above => fits_or_off(of_table > value),
        Exactness::AtLeast => fits_or_off(of_table >= value),
        Exactness::Nearly if of_table > value => Verdict::Off,
        Exactness::Nearly => near(value - of_table),
        Exactness::Below => fits_or_off(of_table < value),
        Exactness::About => near((of_table - value).abs()),
    }
}

/// A share to the place it is given in, up or down. Which sum it is of is seldom said, so it may be of any that some
/// subject is a part of.
fn share(percent: &Numeral, part: Decimal, subject: &Subject, values: &Values<'_>, vocabulary: &Vocabulary) -> Verdict {
    let is_whole =
        |whole: &&Subject| vocabulary.subjects.iter().any(|part| part.share_of.iter().any(|id| id == whole.id()));
    let named = std::iter::once(&subject.share_of);
    let readings = vocabulary.subjects.iter().filter(is_whole).flat_map(|whole| &whole.readings);
    let known = readings.filter(|ids| ids.iter().all(|id| values.template().place(id).is_some()));
    let wholes: Result<Vec<Decimal>, _> =
        named.chain(known).map(|ids| values.operands_of(ids).map(|all| sum(&all))).collect();
    let Ok(wholes) = wholes else { return Verdict::Open };
    let fits = |whole: &Decimal| {
        let real = (part * Decimal::ONE_HUNDRED).checked_div(*whole);
        real.is_some_and(|real| (real - percent.value).abs() < percent.place.min(Decimal::ONE))
    };
    match wholes.first() {
        Some(whole) if !whole.is_zero() => {
            if wholes.iter().any(fits) {
                Verdict::Fits
            } else {
                Verdict::ShareDiffers
            }
        }
        _ => Verdict::Open,
    }
}
