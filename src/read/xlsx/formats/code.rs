//! Detects what the format code of a number adds to its digits, or does to them.
//!
//! In: a format code that is not one of dates. Out: a [`CellFormat`]. Called by [`super::of_code`]. Source: ECMA-376
//! Part 1, 18.8.31 `numFmts`.

use std::sync::Arc;

/// How to print the numbers of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum CellFormat {
    /// As numbers.
    #[default]
    Number,
    /// As a date, a time of day or both. The number counts days since the epoch.
    Date,
    /// As a length of time in days.
    Duration,
    /// As a percentage.
    Percent,
    /// Between two texts, such as a unit.
    Between(Arc<str>, Arc<str>),
    /// Not at all.
    Hidden,
    /// With digits that differ from those of the number, by this format code.
    Other(Arc<str>),
}

/// What a format code has shown so far.
#[derive(Default)]
struct Shown {
    before: String,
    after: String,
    has_digits: bool,
    /// Commas since the last digit. Those at the end divide by a thousand each.
    commas: usize,
    /// Whether the digits shown are not those of the number.
    differs: bool,
    is_percent: bool,
}

/// The format that a format code gives to positive numbers.
pub(super) fn of_number(code: &str) -> CellFormat {
    let plain = code.replace("General", "0").replace("GENERAL", "0").replace("general", "0").replace("G/通用格式", "0");
    let mut shown = Shown::default();
    let mut characters = plain.chars();
    while let Some(character) = characters.next() {
        match character {
            '_' | '*' => drop(characters.next()),
            '\\' | '!' => characters.by_ref().take(1).for_each(|literal| shown.literal(literal)),
            '"' => characters.by_ref().take_while(|c| *c != '"').for_each(|literal| shown.literal(literal)),
            '[' => {
                let inner: String = characters.by_ref().take_while(|c| *c != ']').collect();
                let currency = inner.strip_prefix('$').and_then(|currency| currency.split('-').next());
                currency.unwrap_or_default().chars().for_each(|literal| shown.literal(literal));
            }
            ';' => break,
            '0' | '#' | '?' => shown.digit(),
            ',' if shown.has_digits => shown.commas += 1,
            '.' => shown.differs |= shown.commas > 0,
            '%' => shown.is_percent = true,
            // Of an exponent.
            'E' | 'e' => {}
            other => shown.literal(other),
        }
    }
    shown.format(code)
}

impl Shown {
    fn digit(&mut self) {
        // Text between the digits moves the decimal point, or is one.
        self.differs |= !self.after.is_empty();
        (self.has_digits, self.commas) = (true, 0);
    }

    fn literal(&mut self, literal: char) {
        if !literal.is_whitespace() && !matches!(literal, '(' | ')' | '+' | '-' | '/' | '@' | '¥' | '￥' | '$') {
            self.differs |= literal.is_numeric() || literal == '.';
            if self.has_digits { &mut self.after } else { &mut self.before }.push(literal);
        }
    }

    fn format(self, code: &str) -> CellFormat {
        let has_text = !self.before.is_empty() || !self.after.is_empty();
        if self.differs || self.commas > 0 || (has_text && !self.has_digits) || (has_text && self.is_percent) {
            CellFormat::Other(code.into())
        } else if self.is_percent {
            CellFormat::Percent
        } else if has_text {
            CellFormat::Between(self.before.into(), self.after.into())
        } else {
            CellFormat::Number
        }
    }
}
