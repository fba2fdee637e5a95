//! Lines that may be one table, and the columns of their values.

use std::ops::Range;

use super::item::Item;

/// A table has at least this many lines with values, or this many values.
const MIN_ROWS: usize = 3;
const MIN_VALUES: usize = 4;

/// The most lines of headers.
const MAX_HEADERS: usize = 10;

/// Headers are at most this many sizes of the font above each other and above the first row.
const HEADER_GAP: f64 = 3.5;

/// Lines that may be a table.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) headers: Range<usize>,
    /// From the first line with values to the last line.
    pub(super) body: Range<usize>,
    /// The columns of values, from the left.
    pub(super) values: Vec<Range<f64>>,
}

impl Block {
    pub(super) fn lines(&self) -> Range<usize> {
        self.headers.start..self.body.end
    }
}

/// The blocks among some lines.
pub(super) fn blocks(rows: &[Vec<Item>]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut headers = 0..0;
    let mut open: Option<(Range<usize>, Vec<Range<f64>>)> = None;
    for (index, row) in rows.iter().enumerate() {
        if let Some((body, values)) = &mut open {
            if ends(row, values) {
                blocks.extend(block(headers.clone(), body.clone(), rows));
                open = None;
                headers = index..index;
            } else {
                body.end = index + 1;
                row.iter().filter(|item| item.is_value).for_each(|item| add(values, item));
                continue;
            }
        }
        if has_value(row, &rows[headers.clone()]) {
            let mut values = Vec::new();
            row.iter().filter(|item| item.is_value).for_each(|item| add(&mut values, item));
            open = Some((index..index + 1, values));
        } else {
            headers.end = index + 1;
        }
    }
    if let Some((body, _)) = open {
        blocks.extend(block(headers, body, rows));
    }
    blocks
}

/// Whether a line begins a table: a value beside a text, which may begin in the line above, or below a header.
fn has_value(row: &[Item], above: &[Vec<Item>]) -> bool {
    let is_below = |item: &Item| above.iter().flatten().skip(1).any(|header| item.meets(&header.x));
    let label = above.last().and_then(|line| line.first());
    let is_beside = |item: &Item| {
        label.is_some_and(|label| label.x.end < item.x.start && item.y.start - label.y.end < 0.3 * item.size)
    };
    let has_text = row.iter().any(|item| !item.is_value);
    row.iter().any(|item| item.is_value && (has_text || is_below(item) || is_beside(item)))
}

/// Whether a line is no part of the table above it: words without digits where the values are.
fn ends(row: &[Item], values: &[Range<f64>]) -> bool {
    let is_word = |item: &Item| !item.is_value && !item.text.contains(char::is_numeric);
    let is_over = |item: &Item| values.iter().any(|column| item.meets(column));
    !row.iter().any(|item| item.is_value) && row.iter().any(|item| is_over(item) && (is_word(item) || row.len() == 1))
}

/// Adds a value to the columns. Those that it meets become one.
fn add(values: &mut Vec<Range<f64>>, item: &Item) {
    let mut own = item.x.clone();
    values.retain(|column| {
        let meets = own.start < column.end && column.start < own.end;
        if meets {
            own = own.start.min(column.start)..own.end.max(column.end);
        }
        !meets
    });
    let at = values.partition_point(|column| column.start < own.start);
    values.insert(at, own);
}

/// The block of some lines; none if it has too few rows, or two values of a line in one column.
fn block(headers: Range<usize>, mut body: Range<usize>, rows: &[Vec<Item>]) -> Option<Block> {
    let mut values: Vec<Range<f64>> = Vec::new();
    let valued = |row: &usize| rows[*row].iter().any(|item| item.is_value);
    let count = body.clone().filter(valued).count();
    let last = body.clone().rev().find(valued)?;
    body.end = end(last, body.end, rows);
    for row in &rows[body.clone()] {
        row.iter().filter(|item| item.is_value).for_each(|item| add(&mut values, item));
    }
    let is_double = rows[body.clone()]
        .iter()
        .any(|row| values.iter().any(|column| row.iter().filter(|item| item.meets(column)).count() > 1));
    let in_all = rows[body.clone()].iter().flatten().filter(|item| item.is_value).count();
    if (count < MIN_ROWS && in_all < MIN_VALUES) || is_double {
        return None;
    }
    body.start = begin(body.start, headers.start, rows);
    Some(Block { headers: above(headers, body.start, rows), body, values })
}

/// The first line of the first row: its label may begin above its values.
fn begin(first: usize, from: usize, rows: &[Vec<Item>]) -> usize {
    let has_text = rows[first].iter().any(|item| !item.is_value);
    let label = first.checked_sub(1).filter(|before| *before >= from && !has_text).map(|before| &rows[before]);
    let (Some([label]), Some(value)) = (label.map(Vec::as_slice), rows[first].first()) else { return first };
    let is_beside = label.x.end < value.x.start && value.y.start - label.y.end < 0.3 * value.size;
    if is_beside { first - 1 } else { first }
}

/// The end of the lines behind the last line with values that go on its label.
fn end(last: usize, end: usize, rows: &[Vec<Item>]) -> usize {
    let goes_on = |row: &usize| {
        let (Some(before), Some(item)) = (rows[row - 1].first(), rows[*row].first()) else { return false };
        rows[*row].len() == 1 && item.y.start - before.y.end < 0.6 * item.size && !super::item::starts_anew(&item.text)
    };
    last + 1 + (last + 1..end).take_while(goes_on).count()
}

/// The lines above the first row that are its headers.
fn above(headers: Range<usize>, first: usize, rows: &[Vec<Item>]) -> Range<usize> {
    let is_near = |row: &usize| {
        let (Some(item), Some(below)) = (rows[*row].first(), rows[row + 1].first()) else { return false };
        below.y.start - item.y.end < HEADER_GAP * item.size.max(below.size)
    };
    let end = headers.end.min(first);
    let count = (headers.start..end).rev().take(MAX_HEADERS).take_while(is_near).count();
    end - count..end
}
