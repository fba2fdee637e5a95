//! Columns that are made of spaces in lines of text.
//!
//! In: the fields of consecutive lines. Out: a [`Grid`], if each field is in a column of its own. Made by
//! [`super::text_grid`].
//!
//! A value may be that of two columns which run together: it reaches from one into the other, or is not in line with the
//! values above and below it, and the column beside it is blank. Such a value takes up both columns.

use std::ops::Range;

use super::fields::{Field, PlacedLine, meets};
use super::run_together::Columns;
use crate::document::{Cell, CellRef, Grid, Location, MergedRange};

/// A table has at least this many lines with values.
const MIN_LINES: usize = 3;

/// The most columns of a table.
const MAX_COLUMNS: usize = 60;

/// A block is built again at most this often: each time takes as long as all lines so far.
const MAX_REBUILT: usize = 8;

/// A line and its fields.
type FieldLine<'d> = (usize, Vec<Field<'d>>);

/// Columns of spaces and the lines that keep them.
#[derive(Clone, Default)]
pub(super) struct Block<'d> {
    /// Lines without values above the first line with values.
    pub headers: Vec<FieldLine<'d>>,
    /// The lines from the first one with values on.
    pub body: Vec<FieldLine<'d>>,
    columns: Vec<Range<usize>>,
    /// For each column whether it holds values.
    holds_values: Vec<bool>,
    with_values: usize,
    /// How often its columns were found again.
    rebuilt: usize,
}

impl<'d> Block<'d> {
    /// Adds a line to the body if each of its fields is in a column of its own, or in two of which none has another.
    pub fn add(&mut self, line: usize, fields: Vec<Field<'d>>) -> Result<(), Vec<Field<'d>>> {
        if self.is_beside_labels(&fields) {
            return Err(fields);
        }
        let mut columns: Vec<(Range<usize>, bool)> =
            self.columns.iter().cloned().zip(self.holds_values.iter().copied()).collect();
        let is_blank = |column: usize| !fields.iter().any(|field| meets(&field.place, &self.columns[column]));
        let is_open = |column: usize| self.holds_values.get(column) == Some(&true) && is_blank(column);
        let mut taken: Vec<Range<usize>> = Vec::new();
        for field in &fields {
            let met: Vec<usize> = (0..columns.len()).filter(|at| meets(&columns[*at].0, &field.place)).collect();
            match met.as_slice() {
                [] => {
                    let behind = self.columns.partition_point(|column| column.start < field.place.start);
                    let is_between = behind > 0 && is_open(behind - 1) && is_open(behind);
                    // Without a header of its own, it may be the value of the columns on either side.
                    if !(field.is_value() && is_between && !self.has_header(field)) {
                        columns.push((field.place.clone(), field.is_value()));
                    }
                }
                [only] => {
                    let (column, holds_values) = &mut columns[*only];
                    if taken.iter().any(|other| meets(other, column)) {
                        return Err(fields);
                    }
                    // A value beside a blank may be that of both columns: it does not say how wide its own is.
                    let is_alone = *only < self.columns.len()
                        && *holds_values
                        && field.is_value()
                        && (is_open(only + 1) || only.checked_sub(1).is_some_and(is_open));
                    if !is_alone {
                        *column = column.start.min(field.place.start)..column.end.max(field.place.end);
                    }
                    *holds_values |= field.is_value();
                }
                [first, second] => {
                    let is_free = [*first, *second].iter().all(|column| {
                        *column < self.columns.len()
                            && self.holds_values[*column]
                            && fields.iter().filter(|other| meets(&other.place, &self.columns[*column])).count() == 1
                    });
                    if !(field.is_value() && is_free) {
                        return Err(fields);
                    }
                }
                _ => return Err(fields),
            }
            taken.push(field.place.clone());
        }
        columns.sort_by_key(|(column, _)| column.start);
        let overlap = columns.windows(2).any(|pair| pair[0].0.end >= pair[1].0.start);
        if overlap || columns.len() > MAX_COLUMNS {
            return Err(fields);
        }
        self.with_values += usize::from(fields.iter().any(Field::is_value));
        (self.columns, self.holds_values) = columns.into_iter().unzip();
        self.body.push((line, fields));
        Ok(())
    }

    /// Whether a line is one text that is part of a label, or no row: a telephone number, a date.
    fn is_beside_labels(&self, fields: &[Field<'_>]) -> bool {
        let [only] = fields else { return false };
        // The labels may be right of values.
        let is_label = || {
            let mut columns = self.columns.iter().zip(&self.holds_values);
            columns.any(|(column, holds_values)| !holds_values && meets(column, &only.place))
        };
        let is_behind = self.columns.first().is_some_and(|first| only.place.start >= first.end);
        only.is_words() && is_behind && !(self.holds_values.first() == Some(&true) && is_label())
    }

    /// Adds a line that contradicts the lines so far, if the fullest lines say otherwise: a value in a line with fewer may be
    /// that of two columns.
    pub fn add_again(&mut self, line: usize, fields: Vec<Field<'d>>) -> Result<(), Vec<Field<'d>>> {
        let is_fuller = self.body.iter().all(|(_, own)| own.len() <= fields.len())
            && self.body.iter().any(|(_, own)| own.len() < fields.len());
        if self.rebuilt > MAX_REBUILT || self.body.is_empty() || !is_fuller {
            return Err(fields);
        }
        let mut body = self.body.clone();
        body.push((line, fields.clone()));
        *self = self.with_fullest_first(body).ok_or(fields)?;
        Ok(())
    }

    /// The same headers above some lines, of which the fullest say where the columns are.
    fn with_fullest_first(&self, mut body: Vec<FieldLine<'d>>) -> Option<Self> {
        let mut block = Self { headers: self.headers.clone(), rebuilt: self.rebuilt + 1, ..Self::default() };
        body.sort_by_key(|(_, fields)| std::cmp::Reverse(fields.len()));
        for (line, fields) in body {
            block.add(line, fields).ok()?;
        }
        block.body.sort_by_key(|(line, _)| *line);
        Some(block)
    }

    /// Whether a header is above a field, and above no column so far.
    fn has_header(&self, field: &Field<'_>) -> bool {
        let headers = self.headers.iter().flat_map(|(_, fields)| fields);
        let mut above = headers.filter(|header| meets(&header.place, &field.place));
        above.any(|header| !self.columns.iter().any(|column| meets(column, &header.place)))
    }

    /// Whether a line has words in a column of values: the headers of another table.
    pub fn is_header(&self, fields: &[Field<'_>]) -> bool {
        let is_above = |field: &Field<'_>| {
            let columns = self.columns.iter().zip(&self.holds_values).filter(|(_, holds)| **holds);
            let mut met = columns.filter(|(column, _)| meets(column, &field.place));
            met.next().is_some() && field.is_words()
        };
        fields.len() > 1 && !fields.iter().any(Field::is_value) && fields.iter().any(is_above)
    }

    /// The column of each field of a header line: the one it is above; of several, the one that it starts with.
    fn header_places(&mut self, fields: &[Field<'d>]) -> Option<Vec<usize>> {
        let mut places = Vec::new();
        for field in fields {
            let met = (0..self.columns.len()).find(|at| meets(&self.columns[*at], &field.place));
            if met.is_none() && self.is_left_of_unheaded(field, fields) {
                return None;
            }
            let place = met.unwrap_or_else(|| {
                // A header above a column without any value.
                let at = self.columns.partition_point(|column| column.start < field.place.start);
                self.columns.insert(at, field.place.clone());
                self.holds_values.insert(at, false);
                places.iter_mut().filter(|place| **place >= at).for_each(|place| *place += 1);
                at
            });
            if places.contains(&place) {
                return None;
            }
            places.push(place);
        }
        Some(places)
    }

    /// Whether a column of values without a header is between a header above no column and the next header: it may be that of
    /// either.
    fn is_left_of_unheaded(&self, field: &Field<'_>, fields: &[Field<'_>]) -> bool {
        let next = fields.iter().map(|other| other.place.start).filter(|start| *start > field.place.start).min();
        let between = field.place.end..next.unwrap_or(usize::MAX);
        let mut columns = self.columns.iter().zip(&self.holds_values).filter(|(_, holds_values)| **holds_values);
        columns.any(|(column, _)| {
            let is_headed = fields.iter().any(|other| meets(&other.place, column));
            column.start >= between.start && column.end <= between.end && !is_headed
        })
    }

    /// The columns of each field of a line of the body: more than one where values may run together.
    fn body_places(&self, fields: &[Field<'d>]) -> Option<Vec<Range<usize>>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        for field in fields {
            let met: Vec<usize> =
                (0..self.columns.len()).filter(|at| meets(&self.columns[*at], &field.place)).collect();
            let place = match (met.first(), met.last()) {
                (Some(first), Some(last)) => *first..last + 1,
                _ => {
                    let behind = self.columns.partition_point(|column| column.start < field.place.start);
                    behind.checked_sub(1)?..behind + 1
                }
            };
            let is_taken = places.last().is_some_and(|before| before.end > place.start);
            if is_taken || place.end > self.columns.len() {
                return None;
            }
            places.push(place);
        }
        Some(places)
    }

    /// The grid of the block and its lines; none if it is no table.
    pub fn finish(mut self, lines: &[&Cell]) -> Option<(Range<usize>, Grid)> {
        if self.with_values < MIN_LINES || self.columns.len() < 2 {
            return None;
        }
        // Lines behind the last value are no rows unless they have several fields, and say nothing of the columns.
        let count = self.body.len();
        while self.body.last().is_some_and(|(_, fields)| fields.len() < 2) {
            self.body.pop();
        }
        let fullest = self.body.iter().map(|(_, fields)| fields.len()).max();
        if (self.body.first().map(|(_, fields)| fields.len()) < fullest || self.body.len() < count)
            && let Some(block) = self.with_fullest_first(self.body.clone())
        {
            self = block;
        }
        let headers = std::mem::take(&mut self.headers);
        for (_, fields) in headers.iter().rev() {
            self.header_places(fields)?;
        }
        let first = headers.first().or(self.body.first())?.0;
        let last = self.body.last()?.0;
        let body = std::mem::take(&mut self.body);
        let count = self.columns.len();
        let mut rows: Vec<PlacedLine<'d>> = Vec::new();
        let header_count = headers.len();
        for (line, fields) in headers {
            let places = self.header_places(&fields)?.into_iter().map(|place| place..place + 1).collect();
            rows.push((line, fields, places));
        }
        if self.columns.len() != count {
            return None;
        }
        for (line, fields) in body {
            let places = self.body_places(&fields)?;
            rows.push((line, fields, places));
        }
        let joined = Columns { rows: &rows, headers: header_count, holds_values: &self.holds_values }.run_together();
        for (row, field, place) in joined {
            rows[row].2[field] = place;
        }
        Some((first..last + 1, grid(&rows, count, lines)))
    }
}

/// The grid of some lines: a field that takes up several columns is a merged cell.
fn grid(rows: &[PlacedLine<'_>], count: usize, lines: &[&Cell]) -> Grid {
    let mut grid = Grid::default();
    for (row, (line, fields, places)) in (0u32..).zip(rows) {
        let at = |before: u32| match &lines[*line].at {
            Location::Text { line, column } => Location::Text { line: *line, column: column + before },
            other => other.clone(),
        };
        let mut column = 0;
        while column < count {
            let found = places.iter().position(|place| place.start == column);
            let field = found.map(|at| &fields[at]);
            let cell = Cell::text(field.map_or("", |field| field.text), at(field.map_or(0, |field| field.before)));
            let first = CellRef::new(row, column as u32);
            grid.cells.push((first, cell));
            let end = found.map_or(column + 1, |at| places[at].end);
            if end > column + 1 {
                grid.merged.push(MergedRange { first, last: CellRef::new(row, end as u32 - 1) });
            }
            column = end;
        }
    }
    grid
}
