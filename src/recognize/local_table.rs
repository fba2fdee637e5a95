//! The rows of a table of no known form.
//!
//! In: labels and units in order. Out: a [`LocalTable`], whose rows know their parents. Made by [`super::infer`],
//! [`super::infer_grid`] and [`super::infer_lines`].

use std::collections::BTreeSet;

use crate::template::local::{LocalHeaders, LocalRow};
use crate::text::fold::fold;
use crate::text::label;

/// A table has at least this many rows.
pub const MIN_ROWS: usize = 3;

/// A form has at most this many rows: the longest known has about 200. Matching a table with its own template takes time in
/// the square of its rows.
pub const MAX_ROWS: usize = 800;

/// The rows and headers of a table of no known form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTable {
    /// Its rows in order.
    pub rows: Vec<LocalRow>,
    /// Its headers.
    pub headers: LocalHeaders,
    /// The number of rows with a value.
    pub filled: usize,
}

impl LocalTable {
    fn labels(&self) -> impl Iterator<Item = String> + Clone + '_ {
        self.rows.iter().filter(|row| row.unit.is_some()).map(|row| fold(&row.label))
    }

    /// The share of its rows that another table has too.
    pub fn share_in(&self, other: &Self) -> f64 {
        let known: BTreeSet<String> = other.labels().collect();
        let all = self.labels().count();
        self.labels().filter(|label| known.contains(label)).count() as f64 / all.max(1) as f64
    }
}

/// Adds a row below the parent that its ordinal shows: 其中： opens a group below the row before it.
pub fn push(rows: &mut Vec<LocalRow>, text: &str, unit: Option<String>) {
    let folded = fold(text);
    let rank = |folded: &str| {
        let ordinal = &folded[..label::ordinal_length(folded)];
        let ordinal = ordinal.trim_start_matches("其中").trim_start_matches(':');
        match ordinal.chars().next() {
            None => 0,
            Some(c) if c.is_ascii_digit() => 3,
            Some('(') if ordinal[1..].starts_with(|c: char| c.is_ascii_digit()) => 4,
            Some('(') => 2,
            Some(_) => 1,
        }
    };
    let group = folded.starts_with("其中");
    let own = rank(&folded);
    let last = rows.len().checked_sub(1);
    let parent = if group {
        // Below the row before it, unless that has an ordinal of the same rank.
        last.map(|last| {
            let above = fold(&rows[last].label);
            if own > 0 && rank(&above) == own { rows[last].parent.unwrap_or(last) } else { last }
        })
    } else if own == 0 {
        None
    } else {
        // Below the parent of the last row of the same rank, or below the last row of a higher rank.
        let mut at = last;
        loop {
            match at {
                Some(index) if rank(&fold(&rows[index].label)) == own => break rows[index].parent,
                Some(index) if rank(&fold(&rows[index].label)) < own => break (own > 1).then_some(index),
                Some(index) => at = rows[index].parent.or(index.checked_sub(1)),
                None => break None,
            }
        }
    };
    rows.push(LocalRow { label: text.split_whitespace().collect(), unit, parent });
}
