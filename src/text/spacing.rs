//! How wide ideographs are in lines whose columns are made of spaces.
//!
//! In: lines of text. Out: one or two columns. Called by [`crate::read`] and [`crate::recognize`], which find tables in such
//! lines.

use std::collections::BTreeSet;

/// The most lines that are looked at.
const MAX_LINES: usize = 1000;

/// The columns that an ideograph takes up: two where a person lined a text up on a screen, one where a program counted
/// characters, as those do that turn pages into text. It is the one with which the numbers are better below each other.
pub(crate) fn ideograph_width<'l>(lines: impl Iterator<Item = &'l str>) -> usize {
    let mut places = [Places::default(), Places::default()];
    for line in lines.filter(|line| line.contains("  ")).take(MAX_LINES) {
        for (width, places) in (1..).zip(&mut places) {
            places.add(line, width);
        }
    }
    let [narrow, wide] = places;
    if narrow.count() < wide.count() { 1 } else { 2 }
}

/// The columns that a character takes up. White space of the width of an ideograph counts like one.
pub(crate) fn columns(c: char, ideograph: usize) -> usize {
    if c.is_ascii() || c == '\u{a0}' { 1 } else { ideograph }
}

/// Where numbers begin, and where they end.
#[derive(Default)]
struct Places {
    starts: BTreeSet<usize>,
    ends: BTreeSet<usize>,
}

impl Places {
    fn add(&mut self, line: &str, width: usize) {
        let mut column = 0;
        // The start of the word so far, and whether it has digits only.
        let mut open: Option<(usize, bool)> = None;
        for c in line.chars().chain([' ']) {
            if c.is_whitespace() {
                if let Some((start, true)) = open {
                    self.starts.insert(start);
                    self.ends.insert(column);
                }
                open = None;
            } else {
                let (start, is_number) = open.unwrap_or((column, true));
                open = Some((start, is_number && (c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))));
            }
            column += columns(c, width);
        }
    }

    /// Numbers are below each other at their start or at their end.
    fn count(&self) -> usize {
        self.starts.len().min(self.ends.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_is_that_of_the_straighter_columns() {
        let screen = ["申请总数        12      3", "其中：传真       5      0", "信函           17      1"];
        assert_eq!(ideograph_width(screen.into_iter()), 2);
        let counted = ["申请总数        12      3", "其中：传真        5      0", "信函          17      1"];
        assert_eq!(ideograph_width(counted.into_iter()), 1);
        assert_eq!(ideograph_width(["a   1"].into_iter()), 2);
    }
}
