//! Finds tables with a line for each cell in text.
//!
//! In: the lines of a text. Out: a [`Grid`] for each table whose cells are proven by their order: every row has a cell
//! below each header that fits it. Called by [`super::text_grid`].

use std::ops::Range;

use super::list_headers;
use super::value;
use crate::document::{Cell, CellRef, Grid, Location};
use crate::text::fold::fold;
use crate::text::words::words;

/// A table has at least this many rows with values.
const MIN_ROWS: usize = 3;

/// The fewest and the most cells of a row.
const MIN_CELLS: usize = 2;
const MAX_CELLS: usize = 8;

/// Headers have fewer characters.
const MAX_HEADER: usize = 16;

/// The tables among some lines whose headers are not label, unit and values in this order, or whose units are not known.
/// Any other is read as running text, which finds its way again where a line is missing.
pub(super) fn tables(lines: &[&Cell]) -> Vec<(Range<usize>, Grid)> {
    let pieces = pieces(lines);
    let texts: Vec<&str> = pieces.iter().map(|piece| piece.cell.text.trim()).collect();
    let mut tables: Vec<Found> = Vec::new();
    let mut from = 0;
    while let Some(found) = next_table(&texts, from) {
        from = found.range.end;
        tables.push(found);
    }
    // The rest of the text has no row of its own: otherwise a line is missing above, and cells are below other headers.
    let ends = tables.iter().skip(1).map(|next| next.range.start).chain([texts.len()]);
    let is_cut = tables.iter().zip(ends).any(|(found, end)| holds_cells(&texts[found.range.end..end]));
    let is_usual = tables.iter().all(|found| found.is_usual(&texts));
    if is_cut || is_usual {
        return Vec::new();
    }
    tables.iter().map(|found| found.grid(&pieces)).collect()
}

/// A line, or a part of one: a value in front of other words is the last cell of a row, whose line break is lost.
struct Piece {
    line: usize,
    cell: Cell,
}

fn pieces(lines: &[&Cell]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (line, cell) in lines.iter().enumerate() {
        let text = cell.text.trim_start();
        let split = text.split_once(char::is_whitespace).map(|(first, rest)| (first, rest.trim_start()));
        let split = split.filter(|(first, rest)| {
            value::is_value_or_code(first)
                && !value::is_value_or_code(rest)
                && !value::is_unit(rest)
                && !rest.is_empty()
        });
        let Some((first, rest)) = split else {
            pieces.push(Piece { line, cell: (*cell).clone() });
            continue;
        };
        for part in [first, rest] {
            let before = cell.text[..part.as_ptr() as usize - cell.text.as_ptr() as usize].chars().count() as u32;
            let at = match &cell.at {
                Location::Text { line, column } => Location::Text { line: *line, column: column + before },
                other => other.clone(),
            };
            pieces.push(Piece { line, cell: Cell::text(part, at) });
        }
    }
    pieces
}

/// A table: its cells, headers first, and how many a row has.
struct Found {
    range: Range<usize>,
    count: usize,
}

impl Found {
    fn headers<'t>(&self, texts: &'t [&'t str]) -> &'t [&'t str] {
        &texts[self.range.start..self.range.start + self.count]
    }

    fn rows<'t>(&self, texts: &'t [&'t str]) -> impl Iterator<Item = &'t [&'t str]> {
        texts[self.range.start + self.count..self.range.end].chunks_exact(self.count)
    }

    /// Whether its columns are label, unit and values, and all of its units are known.
    fn is_usual(&self, texts: &[&str]) -> bool {
        let headers = self.headers(texts);
        let has_unknown_unit = self.rows(texts).any(|row| !row[1].is_empty() && !value::is_unit(row[1]));
        is_label_header(headers[0]) && words().unit_headers.contains(&fold(headers[1])) && !has_unknown_unit
    }

    fn grid(&self, pieces: &[Piece]) -> (Range<usize>, Grid) {
        let own = &pieces[self.range.clone()];
        let mut grid = Grid::default();
        for (number, piece) in own.iter().enumerate() {
            let at = CellRef::new((number / self.count) as u32, (number % self.count) as u32);
            grid.cells.push((at, piece.cell.clone()));
        }
        let last = own.last().map_or(0, |piece| piece.line + 1);
        (own[0].line..last, grid)
    }
}

/// The first table whose headers begin at a place or behind it: of several that have a header for the labels in common,
/// the one with the most cells.
fn next_table(texts: &[&str], from: usize) -> Option<Found> {
    let known = (from..texts.len()).find(|at| is_label_header(texts[*at]))?;
    let mut best: Option<Found> = None;
    for start in known.saturating_sub(MAX_CELLS - 1).max(from)..=known {
        for count in MIN_CELLS..=MAX_CELLS {
            let Some(headers) = texts.get(start..start + count).filter(|_| start + count > known) else { continue };
            if !are_headers(headers) {
                continue;
            }
            let rows = texts[start + count..].chunks_exact(count).take_while(|row| fits(headers, row)).count();
            let is_more = |best: &Found| rows * count > best.range.len() - best.count;
            if best.as_ref().is_none_or(is_more) {
                best = Some(Found { range: start..start + count + rows * count, count });
            }
        }
    }
    let with_values =
        |found: &Found| found.rows(texts).filter(|row| row.iter().any(|text| value::is_value_or_code(text))).count();
    match best {
        Some(found) if with_values(&found) >= MIN_ROWS => Some(found),
        _ => next_table(texts, known + 1),
    }
}

fn is_label_header(text: &str) -> bool {
    words().label_headers.contains(&fold(text))
}

/// Whether a text is a known header of anything but labels.
fn is_other_header(text: &str) -> bool {
    let folded = fold(text);
    let lists = [&words().unit_headers, &words().serial_headers, &words().value_headers, &words().remark_headers];
    lists.iter().any(|list| list.contains(&folded)) || list_headers::is_year(&folded)
}

fn are_headers(texts: &[&str]) -> bool {
    let is_header = |text: &&str| {
        let is_number = value::is_value_or_code(text) && !list_headers::is_year(&fold(text));
        !text.is_empty() && text.chars().count() < MAX_HEADER && !is_number
    };
    texts.iter().all(is_header)
        && texts.iter().any(|text| is_other_header(text))
        && (is_other_header(texts[0]) || is_label_header(texts[0]))
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

/// Whether some lines look like cells of a table: a value at once, a unit, or a value behind words.
fn holds_cells(texts: &[&str]) -> bool {
    let filled: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    let is_cell = |text: &&str| value::is_unit(text) || value::is_value_or_code(text);
    let is_behind = |pair: &[&str]| !value::is_value_or_code(pair[0]) && value::is_value_or_code(pair[1]);
    filled.first().is_some_and(is_cell)
        || filled.iter().any(|text| value::is_unit(text))
        || filled.windows(2).any(is_behind)
}
