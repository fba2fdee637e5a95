//! What the cells of a column hold.
//!
//! In: the texts of the cells. Out: a [`Content`]. Called by [`super::columns`].

use super::value;

/// The cells of a column in the rows found, by what they hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub filled: usize,
    pub units: usize,
    pub values: usize,
    /// Numbers that begin with 0 and have more digits, or end in `*`: codes.
    pub codes: usize,
    /// The length of the first cell, and whether another cell has another.
    pub length: Option<usize>,
    pub lengths_differ: bool,
    /// Whether each number is one more than the one above it.
    pub counts_up: bool,
    pub last: Option<u64>,
    /// Whether a number neither begins to count nor is more than the one above it, as row numbers are.
    pub is_out_of_order: bool,
    above: u64,
}

impl Content {
    pub fn add(&mut self, text: &str) {
        let text = text.trim();
        let number = value::plain(text);
        self.counts_up = match (self.last, number) {
            (None, Some(_)) => self.filled == 0,
            (Some(last), Some(number)) => self.counts_up && number == last + 1,
            _ => false,
        };
        self.last = number;
        if let Ok(number) = text.trim_end_matches('*').parse::<u64>() {
            self.is_out_of_order |= number != 1 && number <= self.above;
            self.above = number;
        }
        self.filled += 1;
        let is_unit = number.is_none() && value::is_unit(text);
        self.units += usize::from(is_unit);
        self.values += usize::from(number.is_some() || !is_unit && value::is_value_or_code(text));
        self.codes += usize::from(value::is_code(text));
        let length = text.len();
        self.lengths_differ |= *self.length.get_or_insert(length) != length;
    }

    pub fn holds_values(&self) -> bool {
        self.values > 0 && self.values * 2 >= self.filled
    }

    pub fn holds_units(&self) -> bool {
        self.units * 2 > self.filled
    }

    /// Whether the cells are codes of the rows: most begin with 0 or end in `*`, or some do and all have the same length or
    /// each is more than the one above it.
    pub fn holds_codes(&self) -> bool {
        let all = self.codes + self.values.min(self.filled) >= self.filled;
        all && self.codes > 1 && (self.codes * 2 > self.filled || !self.lengths_differ || !self.is_out_of_order)
    }
}
