//! The headers of a table without ruling lines.
//!
//! In: the lines above the first row, and the columns. Out: cells. A header is above the columns that it meets, or above
//! the nearest one. Lines of one header are one cell.

use std::ops::Range;

use super::block::Block;
use super::item::{DraftCell, Item};

/// Lines this near below each other may be one header.
const NEAR: f64 = 0.6;

/// Headers are in one row if their middles differ by less than this part of the font's size.
const LEVEL: f64 = 0.5;

/// The rows of headers.
pub(super) struct Headers {
    pub(super) cells: Vec<DraftCell>,
    pub(super) rows: usize,
    /// For each row, its line.
    pub(super) lines: Vec<usize>,
}

/// A header with its row and columns, and its place.
struct Header {
    cell: DraftCell,
    x: Range<f64>,
    y: Range<f64>,
    size: f64,
}

impl Header {
    fn columns(&self) -> Range<usize> {
        self.cell.column..self.cell.column + self.cell.columns
    }

    fn center(&self) -> f64 {
        (self.x.start + self.x.end) / 2.0
    }

    fn middle(&self) -> f64 {
        (self.y.start + self.y.end) / 2.0
    }
}

/// The headers of a block. None if they may belong to other columns than they are nearest to.
pub(super) fn headers(block: &Block, rows: &[Vec<Item>], columns: &[Range<f64>]) -> Option<Headers> {
    let mut headers: Vec<Header> = Vec::new();
    for items in &rows[block.headers.clone()] {
        for (item, place) in items.iter().zip(places(items, columns)) {
            let goes_on =
                |header: &&mut Header| header.columns() == place && item.y.start - header.y.end < NEAR * item.size;
            match headers.iter_mut().rev().find(|header| header.cell.column == place.start).filter(goes_on) {
                Some(header) => {
                    header.cell.text.push(if header.cell.line == Some(item.line) { ' ' } else { '\n' });
                    header.cell.text.push_str(&item.text);
                    header.y.end = item.y.end;
                    header.x = header.x.start.min(item.x.start)..header.x.end.max(item.x.end);
                }
                None => {
                    let (column, columns) = (place.start, place.len());
                    let (text, line) = (item.text.clone(), Some(item.line));
                    let cell = DraftCell { row: 0, column, rows: 1, columns, text, line };
                    headers.push(Header { cell, x: item.x.clone(), y: item.y.clone(), size: item.size });
                }
            }
        }
    }
    let lines = levels(&mut headers, block.headers.start);
    spread(&mut headers);
    deepen(&mut headers, lines.len());
    if are_displaced(&headers, lines.len(), block, columns) {
        return None;
    }
    Some(Headers { cells: headers.into_iter().map(|header| header.cell).collect(), rows: lines.len(), lines })
}

/// Whether a header is above no value, and a column of values has no header: where numbers are at the right of their columns
/// and headers at the left, a header that is lost would leave its column to the next.
fn are_displaced(headers: &[Header], rows: usize, block: &Block, columns: &[Range<f64>]) -> bool {
    let meet = |one: &Range<f64>, other: &Range<f64>| one.start < other.end && other.start < one.end;
    let of_values: Vec<usize> =
        (0..columns.len()).filter(|at| block.values.iter().any(|values| meet(values, &columns[*at]))).collect();
    let lowest = || headers.iter().filter(|header| header.cell.row + header.cell.rows == rows);
    let is_beside = |header: &Header| {
        header.cell.columns == 1
            && of_values.contains(&header.cell.column)
            && !block.values.iter().any(|values| meet(values, &header.x))
    };
    let has_header = |column: &usize| lowest().any(|header| header.columns().contains(column));
    lowest().any(is_beside) && !of_values.iter().all(has_header)
}

/// Gives headers with the same middle the same row. Returns a line of each row.
fn levels(headers: &mut [Header], first: usize) -> Vec<usize> {
    headers.sort_by(|one, other| one.middle().total_cmp(&other.middle()));
    let mut lines: Vec<usize> = Vec::new();
    let mut before: Option<f64> = None;
    for header in headers.iter_mut() {
        if before.is_none_or(|before| header.middle() - before > LEVEL * header.size) {
            lines.push(header.cell.line.unwrap_or(first));
            before = Some(header.middle());
        }
        header.cell.row = lines.len() - 1;
    }
    headers.sort_by_key(|header| (header.cell.row, header.cell.column));
    lines
}

/// Lets headers reach down to the first row if no other header is below them.
fn deepen(headers: &mut [Header], rows: usize) {
    for index in 0..headers.len() {
        let own = headers[index].columns();
        let row = headers[index].cell.row;
        let is_below = |header: &&Header| {
            let other = header.columns();
            header.cell.row > row && other.start < own.end && own.start < other.end
        };
        let end = headers.iter().filter(is_below).map(|header| header.cell.row).min().unwrap_or(rows);
        headers[index].cell.rows = end - row;
    }
}

/// The columns that each header of a line is above: those that it meets. One that meets none is above the nearest of those
/// between the columns of its neighbors.
fn places(items: &[Item], columns: &[Range<f64>]) -> Vec<Range<usize>> {
    let met = |item: &Item| {
        let met = |at: &usize| item.meets(&columns[*at]);
        Some((0..columns.len()).find(met)?..(0..columns.len()).rev().find(met)? + 1)
    };
    let known: Vec<Option<Range<usize>>> = items.iter().map(met).collect();
    let mut places: Vec<Range<usize>> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(place) = &known[index] {
            places.push(place.clone());
            continue;
        }
        let from = places.last().map_or(0, |before| before.end);
        let to = known[index + 1..].iter().flatten().next().map_or(columns.len(), |next| next.start);
        let distance = |at: &usize| {
            let column = &columns[*at];
            (column.start - item.center()).max(item.center() - column.end).max(0.0)
        };
        let nearest = |range: Range<usize>| range.min_by(|one, other| distance(one).total_cmp(&distance(other)));
        let place = nearest(from..to).or_else(|| nearest(0..columns.len())).unwrap_or(0);
        places.push(place..place + 1);
    }
    places
}

/// Lets headers span the columns whose own headers are below them.
///
/// A header is over the first of its columns, or over their middle. It ends before the next header of its line, and with
/// the header above it.
fn spread(headers: &mut [Header]) {
    for index in 0..headers.len() {
        let own = headers[index].columns();
        let row = headers[index].cell.row;
        let below = |column: usize| {
            headers
                .iter()
                .find(|header| header.cell.row > row && header.cell.columns == 1 && header.cell.column == column)
        };
        let others = || headers.iter().enumerate().filter(|(other, header)| *other != index && header.cell.row == row);
        let above =
            headers[..index].iter().rev().find(|header| header.cell.row < row && header.columns().contains(&own.start));
        let (left, right) = above
            .filter(|above| above.cell.columns > 1)
            .map_or((0, usize::MAX), |above| (above.columns().start, above.columns().end));
        let from = others()
            .map(|(_, header)| header.columns().end)
            .filter(|end| *end <= own.start)
            .max()
            .unwrap_or(0)
            .max(left);
        let to = others()
            .map(|(_, header)| header.cell.column)
            .filter(|start| *start >= own.end)
            .min()
            .unwrap_or(right)
            .min(right);
        let Some(first) = below(own.start) else { continue };
        // What is higher is beside the header too, not below it.
        let level = first.middle() - LEVEL * first.size;
        let is_own = |column: &usize| below(*column).is_some_and(|header| header.middle() > level);
        let last = (own.end..to).take_while(is_own).last().map_or(own.end, |last| last + 1);
        let header = &headers[index];
        let is_left = (first.x.start - header.x.start).abs() < 0.3 * header.size;
        let span = if is_left {
            own.start..last
        } else {
            let start = (from..own.start).rev().take_while(is_own).last().unwrap_or(own.start);
            let middle = |span: &Range<usize>| {
                let ends = (below(span.start), below(span.end - 1));
                ends.0.zip(ends.1).map_or(f64::MAX, |(one, other)| (one.x.start + other.x.end) / 2.0)
            };
            let distance = |span: &Range<usize>| (middle(span) - header.center()).abs();
            let spans = (start..=own.start).flat_map(|first| (own.end..=last).map(move |last| first..last));
            spans.min_by(|one, other| distance(one).total_cmp(&distance(other))).unwrap_or(own)
        };
        let cell = &mut headers[index].cell;
        (cell.column, cell.columns) = (span.start, span.len());
    }
}
