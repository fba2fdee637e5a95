//! Columns that are made of spaces in lines of text.
//!
//! In: the fields of consecutive lines. Out: a [`Grid`], if each field is in a column of its own. Made by
//! [`super::text_grid`].
//!
//! A value may be that of two columns which run together: it reaches from one into the other, or is not in line with the
//! values above and below it, and the column beside it is blank. Such a value takes up both columns.

use std::ops::Range;

use super::fields::Field;
use crate::document::{Cell, CellRef, Grid, Location, MergedRange};

/// A table has at least this many lines with values.
const MIN_LINES: usize = 3;

/// The most columns of a table.
const MAX_COLUMNS: usize = 60;

/// How places are measured.
#[derive(Clone, Copy, Debug)]
struct Scale {
    /// Fields are at least this far apart.
    gap: usize,
    /// Fields in line with each other may be this far out of it, and their middles twice as far.
    slack: usize,
}

/// In columns on the screen: fields have two spaces between them; their middles are between two columns.
const TEXT: Scale = Scale { gap: 2, slack: 0 };

/// In tenths of a point.
const PAGE: Scale = Scale { gap: 50, slack: 15 };

/// A line and its fields.
type FieldLine<'d> = (usize, Vec<Field<'d>>);

/// Columns of spaces and the lines that keep them.
#[derive(Clone)]
pub(super) struct Block<'d> {
    scale: Scale,
    /// Lines without values above the first line with values.
    pub headers: Vec<FieldLine<'d>>,
    /// The lines from the first one with values on.
    pub body: Vec<FieldLine<'d>>,
    columns: Vec<Range<usize>>,
    /// For each column whether it holds values.
    holds_values: Vec<bool>,
    with_values: usize,
}

fn meets(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

impl<'d> Block<'d> {
    /// A block of lines of text, or of a page.
    pub fn new(is_page: bool) -> Self {
        Self {
            scale: if is_page { PAGE } else { TEXT },
            headers: Vec::new(),
            body: Vec::new(),
            columns: Vec::new(),
            holds_values: Vec::new(),
            with_values: 0,
        }
    }

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
                    let own = [*first, *second];
                    let is_free = own.iter().all(|column| {
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
        only.is_words() && self.columns.first().is_some_and(|first| only.place.start >= first.end)
    }

    /// Adds a line that the only line so far contradicts: in that line, values of two columns may run together.
    pub fn add_before_first(&mut self, line: usize, fields: Vec<Field<'d>>) -> Result<(), Vec<Field<'d>>> {
        let [(first, own)] = self.body.as_slice() else { return Err(fields) };
        if own.len() >= fields.len() {
            return Err(fields);
        }
        let mut block = Self { scale: self.scale, headers: self.headers.clone(), ..Self::new(false) };
        let (first, own) = (*first, own.clone());
        if block.add(line, fields.clone()).is_err() || block.add(first, own).is_err() {
            return Err(fields);
        }
        block.body.swap(0, 1);
        *self = block;
        Ok(())
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
        // Lines behind the last value are no rows unless they have several fields.
        while self.body.last().is_some_and(|(_, fields)| fields.len() < 2) {
            self.body.pop();
        }
        let headers = std::mem::take(&mut self.headers);
        for (_, fields) in headers.iter().rev() {
            self.header_places(fields)?;
        }
        let first = headers.first().or(self.body.first())?.0;
        let last = self.body.last()?.0;
        let body = std::mem::take(&mut self.body);
        let count = self.columns.len();
        let mut rows: Vec<(usize, Vec<Field<'d>>, Vec<Range<usize>>)> = Vec::new();
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
        let joined =
            Columns { scale: self.scale, rows: &rows, headers: header_count, holds_values: &self.holds_values }
                .run_together();
        for (row, field, place) in joined {
            rows[row].2[field] = place;
        }
        Some((first..last + 1, grid(&rows, count, lines)))
    }
}

/// The grid of some lines: a field that takes up several columns is a merged cell.
fn grid(rows: &[(usize, Vec<Field<'_>>, Vec<Range<usize>>)], count: usize, lines: &[&Cell]) -> Grid {
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

/// The fields of a block and their columns.
struct Columns<'a, 'd> {
    scale: Scale,
    rows: &'a [(usize, Vec<Field<'d>>, Vec<Range<usize>>)],
    /// How many of the rows are headers.
    headers: usize,
    holds_values: &'a [bool],
}

impl<'d> Columns<'_, 'd> {
    /// The values that may be those of two columns: row, field and the columns.
    fn run_together(&self) -> Vec<(usize, usize, Range<usize>)> {
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
                let is_out_of_line = self.is_out_of_line(row, place.start, field);
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

    /// The fields of a column in the other rows.
    fn others(&self, row: usize, column: usize) -> impl Iterator<Item = &Field<'d>> {
        let rows = self.rows.iter().enumerate().skip(self.headers).filter(move |(other, _)| *other != row);
        rows.flat_map(move |(_, (_, fields, places))| {
            fields.iter().zip(places).filter(move |(_, place)| place.start == column && place.len() == 1)
        })
        .map(|(field, _)| field)
    }

    /// The header of a column in the lowest line of headers.
    fn header(&self, column: usize) -> Option<&Field<'d>> {
        let (_, fields, places) = self.rows[..self.headers].last()?;
        places.iter().position(|place| place.start == column).map(|at| &fields[at])
    }

    /// Whether a field is not apart from the fields of another column.
    fn reaches(&self, row: usize, column: usize, field: &Field<'_>) -> bool {
        let near = field.place.start.saturating_sub(self.scale.gap - 1)..field.place.end + self.scale.gap - 1;
        self.others(row, column).any(|other| meets(&other.place, &near))
    }

    /// Whether a value is not in line with the other values of its column, or with the header where there are none:
    /// neither left nor right nor in the middle, as far as those are in line themselves.
    fn is_out_of_line(&self, row: usize, column: usize, field: &Field<'_>) -> bool {
        let mut others: Vec<&Range<usize>> =
            self.others(row, column).filter(|other| other.is_value()).map(|other| &other.place).collect();
        if others.is_empty() {
            others.extend(self.header(column).map(|header| &header.place));
        }
        let Some(first) = others.first().copied() else { return false };
        let middle = |place: &Range<usize>| place.start + place.end;
        let kept = |fits: &dyn Fn(&Range<usize>, &Range<usize>) -> bool| {
            others.iter().all(|other| fits(first, other)).then(|| fits(first, &field.place))
        };
        let slack = self.scale.slack;
        let lines = [
            kept(&|one, other| one.start.abs_diff(other.start) <= slack),
            kept(&|one, other| one.end.abs_diff(other.end) <= slack),
            kept(&|one, other| middle(one).abs_diff(middle(other)) <= 2 * slack + 1),
        ];
        let lines: Vec<bool> = lines.into_iter().flatten().collect();
        !lines.is_empty() && !lines.contains(&true)
    }
}
