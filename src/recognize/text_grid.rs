//! Makes grids of text whose columns are proven: lines with columns of spaces, and a cell per line below its headers.
//!
//! In: a [`Document`]. Out: the document with [`Grid`]s in place of such lines. Called by [`super::Recognizer`], so that
//! [`super::grid`] reads these tables like any other.
//!
//! Columns of spaces are proven if no field of the lines with values is in two of them. Where a table's lines contradict
//! each other, they stay text.

use std::borrow::Cow;
use std::ops::Range;

use super::value;
use crate::document::{Cell, CellRef, Document, Grid, Location, Part};
use crate::text::fold::fold;
use crate::text::words::words;

/// A table has at least this many lines with values.
const MIN_LINES: usize = 3;

/// Longer lines are no rows of a table.
const MAX_LINE: usize = 2000;

/// The most columns of a table.
const MAX_COLUMNS: usize = 60;

/// The document with grids in place of the lines of tables whose columns are made of spaces.
pub fn with_grids(document: &Document) -> Cow<'_, Document> {
    if !document.parts.iter().any(|part| text_line(part).is_some()) {
        return Cow::Borrowed(document);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut is_changed = false;
    let mut at = 0;
    while at < document.parts.len() {
        let run = document.parts[at..].iter().take_while(|part| text_line(part).is_some()).count();
        if run == 0 {
            parts.push(document.parts[at].clone());
            at += 1;
            continue;
        }
        let lines: Vec<&Cell> = document.parts[at..at + run].iter().filter_map(text_line).collect();
        let mut tables = aligned(&lines);
        if tables.is_empty() {
            tables.extend(cell_per_line(&lines));
        }
        let mut from = 0;
        for (range, grid) in tables {
            parts.extend(document.parts[at + from..at + range.start].iter().cloned());
            parts.push(Part::Table(grid));
            from = range.end;
            is_changed = true;
        }
        parts.extend(document.parts[at + from..at + run].iter().cloned());
        at += run;
    }
    if is_changed { Cow::Owned(Document { parts, ..document.clone() }) } else { Cow::Borrowed(document) }
}

fn text_line(part: &Part) -> Option<&Cell> {
    match part {
        Part::Paragraph(cell) if matches!(cell.at, Location::Text { .. }) => Some(cell),
        _ => None,
    }
}

/// A field of a line: what white space of two columns or more separates.
#[derive(Clone, Debug)]
struct Field<'d> {
    text: &'d str,
    /// Its columns on the screen; an ideograph has two.
    place: Range<usize>,
    /// The number of characters before it.
    before: u32,
}

impl Field<'_> {
    fn is_value(&self) -> bool {
        value::is_value_or_code(self.text)
    }

    /// Whether it is neither value nor unit.
    fn is_words(&self) -> bool {
        !self.is_value() && !value::is_unit(self.text)
    }
}

/// The columns of a character on the screen.
fn width(c: char) -> usize {
    if c.is_ascii() || matches!(c, '\u{a0}') { 1 } else { 2 }
}

/// The fields of a line.
fn fields(line: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut place = 0;
    // The start of the open field and its end so far, in bytes, columns and characters.
    let mut open: Option<(usize, usize, u32)> = None;
    let (mut end, mut end_place) = (0, 0);
    let mut gap = 0;
    for (before, (at, c)) in line.char_indices().enumerate() {
        if c.is_whitespace() {
            gap += 1;
        } else {
            if gap >= 2
                && let Some((start, from, count)) = open.take()
            {
                fields.push(Field { text: &line[start..end], place: from..end_place, before: count });
            }
            gap = 0;
            open = open.or(Some((at, place, before as u32)));
            (end, end_place) = (at + c.len_utf8(), place + width(c));
        }
        place += width(c);
    }
    if let Some((start, from, count)) = open {
        fields.push(Field { text: &line[start..end], place: from..end_place, before: count });
    }
    fields
}

/// Columns of spaces and the lines that keep them.
#[derive(Default)]
struct Block<'d> {
    /// Lines without values above the first line with values.
    headers: Vec<(usize, Vec<Field<'d>>)>,
    /// The lines from the first one with values on.
    body: Vec<(usize, Vec<Field<'d>>)>,
    columns: Vec<Range<usize>>,
    /// For each column whether it holds values.
    holds_values: Vec<bool>,
    with_values: usize,
}

impl<'d> Block<'d> {
    /// Adds a line to the body if each of its fields is in a column of its own.
    fn add(&mut self, line: usize, fields: Vec<Field<'d>>) -> Result<(), Vec<Field<'d>>> {
        // A line of one text is part of a label, or no row: a telephone number, a date.
        if let [only] = fields.as_slice()
            && only.is_words()
            && self.columns.first().is_some_and(|first| only.place.start >= first.end)
        {
            return Err(fields);
        }
        let mut columns: Vec<(Range<usize>, bool)> =
            self.columns.iter().cloned().zip(self.holds_values.iter().copied()).collect();
        let mut taken: Vec<Range<usize>> = Vec::new();
        for field in &fields {
            let meets = |column: &Range<usize>| column.start < field.place.end && field.place.start < column.end;
            let met: Vec<usize> = (0..columns.len()).filter(|at| meets(&columns[*at].0)).collect();
            match met.as_slice() {
                [] => columns.push((field.place.clone(), field.is_value())),
                [only] => {
                    let (column, holds_values) = &mut columns[*only];
                    if taken.iter().any(|other| other.start < column.end && column.start < other.end) {
                        return Err(fields);
                    }
                    *column = column.start.min(field.place.start)..column.end.max(field.place.end);
                    *holds_values |= field.is_value();
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

    /// Whether a line has words in a column of values: the headers of another table.
    fn is_header(&self, fields: &[Field<'_>]) -> bool {
        let is_above = |field: &Field<'_>| {
            let columns = self.columns.iter().zip(&self.holds_values).filter(|(_, holds)| **holds);
            let mut met =
                columns.filter(|(column, _)| column.start < field.place.end && field.place.start < column.end);
            met.next().is_some() && field.is_words()
        };
        fields.len() > 1 && !fields.iter().any(Field::is_value) && fields.iter().any(is_above)
    }

    /// The column of each field of a header line: the one it is above; of several, the one that it starts with.
    fn header_places(&mut self, fields: &[Field<'d>]) -> Option<Vec<usize>> {
        let mut places = Vec::new();
        for field in fields {
            let met: Vec<usize> = (0..self.columns.len())
                .filter(|at| self.columns[*at].start < field.place.end && field.place.start < self.columns[*at].end)
                .collect();
            let place = match met.as_slice() {
                [] => {
                    // A header above a column without any value.
                    let at = self.columns.partition_point(|column| column.start < field.place.start);
                    self.columns.insert(at, field.place.clone());
                    self.holds_values.insert(at, false);
                    places.iter_mut().filter(|place| **place >= at).for_each(|place| *place += 1);
                    at
                }
                [first, ..] => *first,
            };
            if places.contains(&place) {
                return None;
            }
            places.push(place);
        }
        Some(places)
    }

    /// The grid of the block and its lines; none if it is no table.
    fn finish(mut self, lines: &[&Cell]) -> Option<(Range<usize>, Grid)> {
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
        let mut grid = Grid::default();
        let first = headers.first().or(self.body.first())?.0;
        let last = self.body.last()?.0;
        let body = std::mem::take(&mut self.body);
        let count = self.columns.len();
        for (row, (line, fields)) in (0u32..).zip(headers.iter().chain(&body)) {
            let places = self.header_places(fields)?;
            if self.columns.len() != count {
                return None;
            }
            let at = |before: u32| match &lines[*line].at {
                Location::Text { line, column } => Location::Text { line: *line, column: column + before },
                other => other.clone(),
            };
            for column in 0..count {
                let field = places.iter().position(|place| *place == column).map(|at| &fields[at]);
                let cell = Cell::text(field.map_or("", |field| field.text), at(field.map_or(0, |field| field.before)));
                grid.cells.push((CellRef::new(row, column as u32), cell));
            }
        }
        Some((first..last + 1, grid))
    }
}

/// The tables among some lines whose columns are made of spaces.
fn aligned(lines: &[&Cell]) -> Vec<(Range<usize>, Grid)> {
    let mut tables = Vec::new();
    let mut block = Block::default();
    let mut close = |block: &mut Block<'_>| tables.extend(std::mem::take(block).finish(lines));
    for (line, cell) in lines.iter().enumerate() {
        if cell.text.len() > MAX_LINE {
            close(&mut block);
            continue;
        }
        let fields = fields(&cell.text);
        if fields.is_empty() {
            continue;
        }
        let has_value = fields.iter().any(Field::is_value);
        if !block.body.is_empty() {
            if !block.is_header(&fields) {
                match block.add(line, fields) {
                    Ok(()) => continue,
                    Err(fields) => {
                        close(&mut block);
                        open(&mut block, line, fields, has_value);
                        continue;
                    }
                }
            }
            close(&mut block);
        }
        open(&mut block, line, fields, has_value);
    }
    close(&mut block);
    tables
}

/// Begins a block with a line, or goes on with its headers.
fn open<'d>(block: &mut Block<'d>, line: usize, fields: Vec<Field<'d>>, has_value: bool) {
    if has_value && fields.len() > 1 {
        let _ = block.add(line, fields);
    } else if fields.len() > 1 || (!has_value && !block.headers.is_empty()) {
        block.headers.push((line, fields));
    } else {
        block.headers.clear();
    }
}

/// The fewest and the most cells of a row that has a line for each.
const MIN_CELLS: usize = 2;
const MAX_CELLS: usize = 8;

/// A table with a line for each cell, if its headers are not label, unit and values in this order, or its units are not
/// known. Any other is read as running text, which finds its way again where a line is missing.
fn cell_per_line(lines: &[&Cell]) -> Option<(Range<usize>, Grid)> {
    let is_label_header = |text: &str| words().label_headers.contains(&fold(text));
    let is_other_header = |text: &str| {
        let folded = fold(text);
        let lists = [&words().unit_headers, &words().serial_headers, &words().value_headers, &words().remark_headers];
        lists.iter().any(|list| list.contains(&folded))
    };
    let texts: Vec<&str> = lines.iter().map(|cell| cell.text.trim()).collect();
    let known = texts.iter().position(|text| is_label_header(text))?;
    let mut best: Option<(Range<usize>, usize)> = None;
    for start in known.saturating_sub(MAX_CELLS - 1)..=known {
        for count in MIN_CELLS..=MAX_CELLS {
            let Some(headers) = texts.get(start..start + count).filter(|_| start + count > known) else { continue };
            let is_headers = headers.iter().all(|text| !text.is_empty() && text.chars().count() < 16)
                && headers.iter().any(|text| is_other_header(text))
                && (is_other_header(headers[0]) || is_label_header(headers[0]));
            if !is_headers {
                continue;
            }
            let rows = texts[start + count..].chunks_exact(count).take_while(|row| fits(headers, row)).count();
            if best.as_ref().is_none_or(|(range, columns)| rows * count > range.len() - columns) {
                best = Some((start..start + count + rows * count, count));
            }
        }
    }
    let (range, count) = best?;
    let rows = range.len() / count - 1;
    let headers = &texts[range.start..range.start + count];
    let is_usual = is_label_header(headers[0]) && words().unit_headers.contains(&fold(headers[1]));
    let own = texts[range.start + count..range.end].chunks_exact(count);
    let has_unknown_unit = own.clone().any(|row| !row[1].is_empty() && !value::is_unit(row[1]));
    let with_values = own.filter(|row| row.iter().any(|text| value::is_value_or_code(text))).count();
    // The next line is another cell of the table if a line is missing.
    let is_cut = texts[range.end..]
        .iter()
        .find(|text| !text.is_empty())
        .is_some_and(|text| value::is_unit(text) || value::is_value_or_code(text));
    if rows < MIN_LINES || with_values < MIN_LINES || (is_usual && !has_unknown_unit) || is_cut {
        return None;
    }
    let mut grid = Grid::default();
    for (number, cell) in lines[range.clone()].iter().enumerate() {
        grid.cells.push((CellRef::new((number / count) as u32, (number % count) as u32), (*cell).clone()));
    }
    Some((range, grid))
}

/// Whether lines are the cells of a row below some headers.
fn fits(headers: &[&str], row: &[&str]) -> bool {
    headers.iter().zip(row).all(|(header, text)| {
        let folded = fold(header);
        let is_value = value::is_value_or_code(text);
        if words().label_headers.contains(&folded) {
            !text.is_empty() && !is_value && !value::is_unit(text)
        } else if words().unit_headers.contains(&folded) {
            !is_value && !text.contains(|c: char| c.is_ascii_digit())
        } else if words().remark_headers.contains(&folded) {
            true
        } else {
            text.is_empty() || is_value || value::is_code(text)
        }
    })
}
