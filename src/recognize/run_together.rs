//! Values in columns of spaces that may be those of two columns.
//!
//! In: the fields of lines and their columns. Out: the fields that reach into the blank column beside them, or are out of line
//! with their own. Called by [`super::spaced_columns`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::alignment::{Alignment, GAP};
use super::fields::{Field, PlacedLine, meets};

/// An alignment is that of a table if at most one in so many rows does not keep it.
const MIN_IN_LINE: usize = 10;

/// The fields of a block and their columns.
pub(super) struct Columns<'a, 'd> {
    pub rows: &'a [PlacedLine<'d>],
    /// How many of the rows are headers.
    pub headers: usize,
    pub holds_values: &'a [bool],
}

impl<'d> Columns<'_, 'd> {
    /// The values that may be those of two columns: row, field and the columns.
    pub fn run_together(&self) -> Vec<(usize, usize, Range<usize>)> {
        let alignments = self.alignments();
        // Columns that have a header and nothing below it.
        let headed: Vec<usize> = (0..self.holds_values.len())
            .filter(|column| self.header(*column).is_some() && self.fields(*column).next().is_none())
            .collect();
        let mut found = Vec::new();
        for (row, (_, fields, places)) in self.rows.iter().enumerate().skip(self.headers) {
            for (number, (field, place)) in fields.iter().zip(places).enumerate() {
                if place.len() > 1 || !field.is_value() || !self.holds_values[place.start] {
                    continue;
                }
                let is_open = |column: &usize| {
                    (self.holds_values.get(*column) == Some(&true) || headed.contains(column))
                        && !places.iter().any(|other| other.contains(column))
                };
                let beside = place.start.checked_sub(1).into_iter().chain([place.end]).filter(is_open);
                let beside: Vec<usize> = beside.collect();
                let (Some(first), Some(last)) = (beside.first(), beside.last()) else { continue };
                let is_out_of_line = self.is_out_of_line(&alignments, row, place.start, field);
                let reached: Vec<usize> =
                    beside.iter().copied().filter(|column| self.reaches(row, *column, field)).collect();
                match (reached.first(), reached.last()) {
                    (Some(first), Some(last)) => {
                        found.push((row, number, *first.min(&place.start)..last.max(&place.start) + 1));
                    }
                    _ if is_out_of_line => {
                        found.push((row, number, *first.min(&place.start)..last.max(&place.start) + 1));
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// The fields of a column and their rows.
    fn fields(&self, column: usize) -> impl Iterator<Item = (usize, &Field<'d>)> {
        let rows = self.rows.iter().enumerate().skip(self.headers);
        rows.flat_map(move |(row, (_, fields, places))| {
            let own = fields.iter().zip(places).filter(move |(_, place)| place.start == column && place.len() == 1);
            own.map(move |(field, _)| (row, field))
        })
    }

    /// The fields of a column in the other rows.
    fn others(&self, row: usize, column: usize) -> impl Iterator<Item = &Field<'d>> {
        self.fields(column).filter(move |(other, _)| *other != row).map(|(_, field)| field)
    }

    /// The header of a column in the lowest line of headers.
    fn header(&self, column: usize) -> Option<&Field<'d>> {
        let (_, fields, places) = self.rows[..self.headers].last()?;
        places.iter().position(|place| place.start == column).map(|at| &fields[at])
    }

    /// Whether a field is not apart from the fields of another column.
    fn reaches(&self, row: usize, column: usize, field: &Field<'_>) -> bool {
        let near = field.place.start.saturating_sub(GAP - 1)..field.place.end + GAP - 1;
        self.others(row, column).any(|other| meets(&other.place, &near))
    }

    /// Whether a value is not in line with the other values of its column, or with the header where there are none. If the
    /// table may be aligned in several ways, it must be in line in each.
    fn is_out_of_line(&self, alignments: &[Kept], row: usize, column: usize, field: &Field<'_>) -> bool {
        let mut others: Vec<&Range<usize>> =
            self.others(row, column).filter(|other| other.is_value()).map(|other| &other.place).collect();
        if others.is_empty() {
            others.extend(self.header(column).map(|header| &header.place));
        }
        let Some(first) = others.first().copied() else { return false };
        let is_in_line = |own: Alignment| own.is_kept(own.usual(&others), &field.place);
        if others.len() > 1 {
            let least = alignments.iter().map(|kept| kept.without(row, column)).min().unwrap_or(0);
            if least <= (self.rows.len() - self.headers) / MIN_IN_LINE {
                let best = alignments.iter().filter(|kept| kept.without(row, column) == least);
                // If most values of a column are out of line, none of them shows where the others belong.
                let is_kept = |kept: &Kept| {
                    let out = kept.out_of_line.get(&column).map_or(0, BTreeSet::len);
                    is_in_line(kept.alignment) && out * 2 <= others.len()
                };
                return !best.into_iter().all(is_kept);
            }
        }
        let is_usual = |own: &&Alignment| others.iter().all(|other| own.is_kept(own.anchor(first), other));
        let mut usual = Alignment::ALL.iter().filter(is_usual).peekable();
        usual.peek().is_some() && !usual.any(|own| is_in_line(*own))
    }

    /// The rows that are out of line, for each alignment.
    fn alignments(&self) -> Vec<Kept> {
        let kept = |alignment: Alignment| {
            let mut out_of_line: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for column in (0..self.holds_values.len()).filter(|column| self.holds_values[*column]) {
                let fields = self.fields(column).filter(|(_, field)| field.is_value());
                let places: Vec<(usize, &Range<usize>)> = fields.map(|(row, field)| (row, &field.place)).collect();
                let only: Vec<&Range<usize>> = places.iter().map(|(_, place)| *place).collect();
                let usual = alignment.usual(&only);
                let is_out = |place: &Range<usize>| !alignment.is_kept(usual, place);
                let out = places.iter().filter(|(_, place)| is_out(place)).map(|(row, _)| *row);
                out_of_line.insert(column, out.collect());
            }
            Kept { alignment, out_of_line }
        };
        Alignment::ALL.into_iter().map(kept).collect()
    }
}

/// An alignment and, for each column of values, the rows that do not keep it.
struct Kept {
    alignment: Alignment,
    out_of_line: BTreeMap<usize, BTreeSet<usize>>,
}

impl Kept {
    /// How many rows do not keep it in other columns, without this one.
    fn without(&self, row: usize, column: usize) -> usize {
        let others = self.out_of_line.iter().filter(|(other, _)| **other != column);
        let rows: BTreeSet<usize> = others.flat_map(|(_, rows)| rows).copied().filter(|other| *other != row).collect();
        rows.len()
    }
}
