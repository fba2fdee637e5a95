//! What a text says, held against the table's figures.
//!
//! In: a [`Said`] and the report's [`Values`]. Out: a [`Verdict`]. A sentence that may be read in several ways is
//! wrong only when none of them fits; a figure that is blank, `/` or unreadable leaves everything open.

use rust_decimal::Decimal;

use super::numeral::Numeral;
use super::statement::{Amount, Exactness, Said, Word};
use super::words::{Claim, Words};
use crate::check::values::{Operand, Values};
use crate::template::ValueKind;

/// How what a text says stands to the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It fits.
    Fits,
    /// A plain number, and the table has another.
    Differs,
    /// There is none, and the table has some.
    Denies,
    /// An approximation or a rounded number that the table is not near to.
    Off,
    /// An approximation of a figure that is the number itself.
    Exact,
    /// A share that the table's figures do not have.
    ShareDiffers,
    /// It cannot be told.
    Open,
}

/// Holds what is said against the figures; the operands are those of the first reading.
pub fn verdict<'r>(said: &Said<'_>, figures: &Values<'r>, words: &Words) -> (Verdict, Vec<Operand<'r>>) {
    let claim = said.claim;
    let readings: Result<Vec<_>, _> = claim.readings.iter().map(|ids| figures.operands_of(ids)).collect();
    let Ok(readings) = readings else { return (Verdict::Open, Vec::new()) };
    let Some(first) = readings.first().filter(|first| !first.is_empty()) else { return (Verdict::Open, Vec::new()) };
    let sums: Vec<Decimal> = readings.iter().map(|operands| sum(operands)).collect();
    let verdict = match &said.word {
        Word::Gap => Verdict::Open,
        Word::None if sums.iter().any(Decimal::is_zero) => Verdict::Fits,
        Word::None => Verdict::Denies,
        Word::Share(percent) => share(percent, sums[0], claim, figures, words),
        Word::Number(amount, unit) => match in_unit_of_table(amount, unit, claim, figures, words) {
            Some(amount) => best(sums.iter().map(|sum| number(&amount, *sum, claim.part))),
            None => Verdict::Open,
        },
    };
    (verdict, first.clone())
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
fn in_unit_of_table(amount: &Amount, unit: &str, claim: &Claim, figures: &Values<'_>, words: &Words) -> Option<Amount> {
    let id = claim.id();
    let number = figures.template().number(id)?;
    let of_table =
        figures.value(id).and_then(|value| value.unit.as_deref()).or(figures.indicator(number).unit.as_deref());
    let Some(own) = words.money.get(unit) else {
        let money = of_table.is_some_and(|unit| words.money.contains_key(unit));
        return (!money && figures.indicator(number).kind == ValueKind::Count).then_some(*amount);
    };
    let other = Decimal::from(*words.money.get(of_table?)?);
    let convert = |number: Decimal| number.checked_mul(Decimal::from(*own))?.checked_div(other);
    let numeral = amount.numeral;
    // 2万元 may be what is left of 2.3, but 20000元 is not.
    let rounded = numeral.rounded || *own > 1;
    Some(Amount {
        numeral: Numeral { value: convert(numeral.value)?, place: convert(numeral.place)?, rounded },
        ..*amount
    })
}

fn number(amount: &Amount, figure: Decimal, part: bool) -> Verdict {
    let Numeral { value, place, rounded } = amount.numeral;
    let (most, tenth) = (amount.numeral.reach(), value / Decimal::TEN);
    let fits_or_off = |fits: bool| if fits { Verdict::Fits } else { Verdict::Off };
    let near = |distance: Decimal| match distance {
        distance if distance <= tenth => Verdict::Fits,
        distance if distance > tenth * Decimal::TWO => Verdict::Off,
        _ => Verdict::Open,
    };
    if part && figure >= value {
        // Not all that the table counts need be told.
        return Verdict::Fits;
    }
    match amount.exactness {
        Exactness::Plain if figure == value => Verdict::Fits,
        Exactness::Plain if rounded && (figure - value).abs() < place => Verdict::Fits,
        Exactness::Plain if rounded => Verdict::Off,
        Exactness::Plain => Verdict::Differs,
        Exactness::More | Exactness::Above | Exactness::Nearly | Exactness::Below if figure == value => Verdict::Exact,
        Exactness::More => fits_or_off(figure > value && figure < most),
        Exactness::Above => fits_or_off(figure > value),
        Exactness::AtLeast => fits_or_off(figure >= value),
        Exactness::Nearly if figure > value => Verdict::Off,
        Exactness::Nearly => near(value - figure),
        Exactness::Below => fits_or_off(figure < value),
        Exactness::About => near((figure - value).abs()),
    }
}

/// A share to the place it is given in, up or down. Which sum it is of is seldom said, so it may be of any that some
/// subject is a part of.
fn share(percent: &Numeral, part: Decimal, claim: &Claim, figures: &Values<'_>, words: &Words) -> Verdict {
    let is_whole = |whole: &&Claim| words.claims.iter().any(|part| part.share_of.iter().any(|id| id == whole.id()));
    let named = std::iter::once(&claim.share_of);
    let readings = words.claims.iter().filter(is_whole).flat_map(|whole| &whole.readings);
    let known = readings.filter(|ids| ids.iter().all(|id| figures.template().place(id).is_some()));
    let wholes: Result<Vec<Decimal>, _> =
        named.chain(known).map(|ids| figures.operands_of(ids).map(|all| sum(&all))).collect();
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
