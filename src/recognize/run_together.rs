//! Values in columns of spaces that may be those of two columns.
//!
//! In: the fields of lines and their columns. Out: the fields that reach into the blank column beside them, or are out of line
//! with their own. Called by [`super::spaced_columns`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::alignment::{Alignment, GAP};
use super::fields::{Field, PlacedLine, meets};

/// An alignment is that of a table if at most one in so many rows is out of line.
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
        let mut found = Vec::new();
        for (row, (_, fields, places)) in self.rows.iter().enumerate().skip(self.headers) {
            for (number, (field, place)) in fields.iter().zip(places).enumerate() {
                if place.len() > 1 || !field.is_value() || !self.holds_values[place.start] {
                    continue;
                }
                let is_open = |column: &usize| {
                    self.holds_values.get(*column) == Some(&true) && !places.iter().any(|other| other.contains(column))
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

    /// Whether a value is not in line with the other values of its column, or with the header where there are none:
    /// neither left nor right nor in the middle, as far as those are in line themselves.
    fn is_out_of_line(&self, alignments: &[Alignment], row: usize, column: usize, field: &Field<'_>) -> bool {
        let mut others: Vec<&Range<usize>> =
            self.others(row, column).filter(|other| other.is_value()).map(|other| &other.place).collect();
        if others.is_empty() {
            others.extend(self.header(column).map(|header| &header.place));
        }
        let Some(first) = others.first().copied() else { return false };
        if others.len() > 1 && !alignments.is_empty() {
            return !alignments.iter().any(|own| own.is_kept(own.usual(&others), &field.place));
        }
        let is_usual = |own: &&Alignment| others.iter().all(|other| own.is_kept(own.anchor(first), other));
        let mut usual = Alignment::ALL.iter().filter(is_usual).peekable();
        usual.peek().is_some() && !usual.any(|own| own.is_kept(own.anchor(first), &field.place))
    }

    /// The alignments that nearly all rows keep in all columns of values.
    fn alignments(&self) -> Vec<Alignment> {
        let all = Alignment::ALL.into_iter().filter(|own| {
            let mut out_of_line: BTreeSet<usize> = BTreeSet::new();
            for column in (0..self.holds_values.len()).filter(|column| self.holds_values[*column]) {
                let fields = self.fields(column).filter(|(_, field)| field.is_value());
                let places: Vec<(usize, &Range<usize>)> = fields.map(|(row, field)| (row, &field.place)).collect();
                let only: Vec<&Range<usize>> = places.iter().map(|(_, place)| *place).collect();
                let usual = own.usual(&only);
                out_of_line.extend(places.iter().filter(|(_, place)| !own.is_kept(usual, place)).map(|(row, _)| *row));
            }
            out_of_line.len() <= 1 + (self.rows.len() - self.headers) / MIN_IN_LINE
        });
        all.collect()
    }
}
