//! Rows of text that begin or end with a code or a row number, which is no value.
//!
//! In: the rows read. Out: the same rows, those unreadable of which it is unknown which number is the code. Called by
//! [`super::matrix`].
//!
//! A column of codes shows where rows have one number more than the form has columns, and where the first numbers of the
//! rows count them. A row with as many numbers as columns has lost a value then. So have all rows of a table whose last
//! numbers count them.

use super::align::Match;
use super::reading::RowReading;
use super::value::ParsedValue;
use crate::template::Template;
use crate::text::fold::fold;

/// Fewer rows with too many values may be damaged ones.
const MIN_SURPLUS: usize = 3;

/// So many rows in a row whose first numbers count them have codes: a few numbers of a table may follow each other.
const MIN_RUN: usize = 4;

/// In a run of codes, each is at most this much more than the one before: rows between may be missing.
const MAX_STEP: u64 = 3;

/// So many rows whose last numbers count them, nearly without exception, end with codes: no totals follow each other so.
const MIN_LAST: usize = 5;
const MIN_FOLLOWING: f64 = 0.9;

/// Makes the rows of a chain with codes unreadable.
pub fn leave_out(matches: &[Match], template: &Template, rows: &mut [RowReading]) {
    let tables = template.tables();
    let counts: Vec<usize> = matches.iter().map(|found| tables[found.row.0].columns.len()).collect();
    let with = |more: usize| rows.iter().zip(&counts).filter(|(row, count)| row.found == *count + more).count();
    let (more, exact) = (with(1), with(0));
    let in_all = !((more <= MIN_SURPLUS || more < exact) && !(more > 1 && exact < more));
    let is_coded = |number: &usize| {
        let own = || (0..rows.len()).filter(|at| matches[*at].row.0 == *number);
        let ends = own().filter(|at| rows[*at].found >= counts[*at]).filter_map(|at| rows[at].last_number);
        own().any(|at| rows[at].found == counts[at] + 1) && count_up(own().map(|at| &rows[at])) || end_in_codes(ends)
    };
    let coded: Vec<usize> = (0..tables.len()).filter(is_coded).collect();
    let mut in_run = vec![false; rows.len()];
    for run in runs(rows).into_iter().filter(|run| run.iter().any(|at| rows[*at].found > counts[*at])) {
        run.into_iter().for_each(|at| in_run[at] = true);
    }
    for (at, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.found > 0 && !row.is_unreadable) {
        if !in_all && !in_run[at] && !coded.contains(&matches[at].row.0) {
            continue;
        }
        let texts: Vec<String> = row.values.iter().map(|value| value.text.clone()).collect();
        row.is_unreadable = true;
        row.values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        if let Some(first) = row.values.first_mut() {
            first.text = texts.join(" ");
        }
    }
}

/// The number of a code or row number.
pub fn number(text: &str) -> Option<u64> {
    fold(text).trim_end_matches('*').parse().ok()
}

/// Whether the first numbers of nearly all rows count them.
fn count_up<'r>(rows: impl Iterator<Item = &'r RowReading>) -> bool {
    let numbers: Vec<u64> = rows.filter_map(|row| row.first_number).collect();
    let counted = numbers.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    numbers.len() >= MIN_SURPLUS && counted * 2 > numbers.len()
}

/// Whether the last numbers of rows are codes: each is a little more than the one before.
fn end_in_codes(numbers: impl Iterator<Item = u64>) -> bool {
    let numbers: Vec<u64> = numbers.collect();
    let follows = |pair: &&[u64]| (pair[0] + 1..=pair[0] + MAX_STEP).contains(&pair[1]);
    let following = numbers.windows(2).filter(follows).count();
    numbers.len() >= MIN_LAST && following as f64 >= (numbers.len() - 1) as f64 * MIN_FOLLOWING
}

/// The longest runs of rows whose first numbers count them, over all tables.
fn runs(rows: &[RowReading]) -> Vec<Vec<usize>> {
    let numbered: Vec<(usize, u64)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.first_number?))).collect();
    let follows = |one: &(usize, u64), next: &(usize, u64)| (one.1 + 1..=one.1 + MAX_STEP).contains(&next.1);
    let runs = numbered.chunk_by(follows).filter(|run| run.len() >= MIN_RUN);
    runs.map(|run| run.iter().map(|(at, _)| *at).collect()).collect()
}
