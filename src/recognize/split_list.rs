//! Splits the values of several columns of a list that run together: `4251516` is 425 and 1516.
//!
//! In: the rows of a list in running text, of which some have one number for several columns. Out: their values, where
//! only one way to split them is left. Called by [`super::running`].
//!
//! No number begins with 0; a cumulative value is not below that of the year; the rows below a row add up to it in every
//! column, unless no split does.

use super::align::Chain;
use super::reading::{CellReading, RowReading};
use super::split;
use super::value::ParsedValue;
use crate::template::{Relation, Template, ValueKind};
use crate::text::fold::fold;
use crate::text::words::words;

/// At least this many rows must run together before a number is taken for several values, and at least half of all.
const MIN_ROWS: usize = 3;

/// The most splits of one row to try, and the most of a row and those below it.
const MAX_SPLITS: usize = 200;
const MAX_STEPS: usize = 200_000;

/// The most candidates of a split to name in a finding.
const MAX_CANDIDATES: usize = 4;

/// The rows with their possible values.
struct Rows<'a> {
    template: &'a Template,
    /// For each row its row of the form.
    places: Vec<(usize, usize)>,
    /// The possible values; none where nothing is known.
    candidates: Vec<Vec<Vec<i64>>>,
}

/// Splits the numbers of rows that hold the values of several columns.
pub fn split(rows: &mut [RowReading], chain: &Chain, template: &Template, columns: &[Option<String>]) {
    let count = columns.len();
    let has_values = |index: &usize| {
        let (table, row) = chain.matches[*index].row;
        template.tables()[table].rows[row].kind != ValueKind::Heading
    };
    let filled = rows
        .iter()
        .filter(|row| row.run_together.is_some() || row.values.iter().any(|value| value.parsed.cell.is_number()));
    let filled = filled.count();
    let glued: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].run_together.is_some()).filter(has_values).collect();
    if count < 2 || glued.len() < MIN_ROWS || glued.len() * 2 < filled {
        return;
    }
    let is_cumulative = |column: &Option<String>| {
        column.as_ref().is_some_and(|header| words().cumulative.iter().any(|word| fold(header).contains(word.as_str())))
    };
    let cumulative: Vec<bool> = columns.iter().map(is_cumulative).collect();
    let fits = |numbers: &Vec<i64>| {
        let of = |wanted: bool| {
            numbers.iter().zip(&cumulative).filter(move |(_, own)| **own == wanted).map(|(number, _)| *number)
        };
        of(true).all(|total| of(false).all(|year| total >= year))
    };
    let candidates = rows.iter().map(|row| match &row.run_together {
        Some(digits) => {
            let mut splits = split::splits(&[digits], count, &vec![false; count], &[], MAX_SPLITS);
            splits.retain(fits);
            splits
        }
        None => {
            let numbers: Option<Vec<i64>> = row
                .values
                .iter()
                .map(|value| value.parsed.cell.number().and_then(|number| i64::try_from(number).ok()))
                .collect();
            numbers.filter(|numbers| numbers.len() == count).into_iter().collect()
        }
    });
    let places = chain.matches.iter().map(|found| found.row).collect();
    let mut all = Rows { template, places, candidates: candidates.collect() };
    // Without a sum that holds, nothing says that the numbers run together at all: 183 may be 183 beside a lost cell.
    let is_proven = all.apply_sums(count);
    for index in glued {
        let found = &all.candidates[index];
        let row = &mut rows[index];
        let at = row.values.first().and_then(|value| value.at.clone());
        let reading = |number: &i64| CellReading {
            text: number.to_string(),
            parsed: ParsedValue::number(*number),
            at: at.clone(),
        };
        match found.as_slice() {
            [only] if is_proven => {
                row.values = only.iter().map(reading).collect();
                row.is_split = true;
            }
            several => {
                let joined = |numbers: &Vec<i64>| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
                row.candidates = several.iter().take(MAX_CANDIDATES).map(joined).collect();
                row.is_unreadable = true;
            }
        }
    }
}

impl Rows<'_> {
    /// Keeps the splits with which the rows below a row add up to it; all of them if there are none. Says whether there are
    /// any.
    fn apply_sums(&mut self, count: usize) -> bool {
        let mut holds = false;
        // From the innermost rows outwards: what is certain there helps above.
        for parent in (0..self.places.len()).rev() {
            let children = self.children(parent);
            let known = children.iter().chain([&parent]).all(|row| !self.candidates[*row].is_empty());
            if children.len() < 2 || !known {
                continue;
            }
            let mut used: Vec<Vec<bool>> =
                children.iter().map(|row| vec![false; self.candidates[*row].len()]).collect();
            let mut used_totals = vec![false; self.candidates[parent].len()];
            let mut steps = 0;
            for (number, total) in self.candidates[parent].iter().enumerate() {
                let mut chosen = Vec::new();
                used_totals[number] =
                    self.add_up(&children, &vec![0; count], total, &mut chosen, &mut used, &mut steps);
            }
            if steps >= MAX_STEPS || !used_totals.contains(&true) {
                continue;
            }
            holds = true;
            let keep = |all: &mut Vec<Vec<i64>>, used: &[bool]| {
                let mut used = used.iter();
                all.retain(|_| used.next() == Some(&true));
            };
            keep(&mut self.candidates[parent], &used_totals);
            for (row, used) in children.iter().zip(&used) {
                keep(&mut self.candidates[*row], used);
            }
        }
        holds
    }

    /// Marks the splits of some rows that add up to a total, with those chosen so far.
    fn add_up(
        &self,
        rows: &[usize],
        sum: &[i64],
        total: &[i64],
        chosen: &mut Vec<usize>,
        used: &mut [Vec<bool>],
        steps: &mut usize,
    ) -> bool {
        *steps += 1;
        if *steps >= MAX_STEPS || sum.iter().zip(total).any(|(sum, total)| sum > total) {
            return false;
        }
        let Some(row) = rows.get(chosen.len()) else {
            let fits = sum == total;
            if fits {
                chosen.iter().zip(used).for_each(|(number, used)| used[*number] = true);
            }
            return fits;
        };
        let mut any = false;
        for (number, values) in self.candidates[*row].iter().enumerate() {
            let next: Vec<i64> = sum.iter().zip(values).map(|(sum, value)| sum + value).collect();
            chosen.push(number);
            any |= self.add_up(rows, &next, total, chosen, used, steps);
            chosen.pop();
        }
        any
    }

    /// The rows that add up to a row.
    fn children(&self, parent: usize) -> Vec<usize> {
        let row = |index: usize| {
            let (table, row) = self.places[index];
            &self.template.tables()[table].rows[row]
        };
        let own = row(parent);
        let is_part = |index: &usize| {
            let row = row(*index);
            row.parent.as_deref() == Some(own.id.as_str())
                && row.kind != ValueKind::Heading
                && matches!(row.relation, None | Some(Relation::Sum | Relation::PartSum))
        };
        if own.kind == ValueKind::Heading { Vec::new() } else { (0..self.places.len()).filter(is_part).collect() }
    }
}
