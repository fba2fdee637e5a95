//! The headers of a table without ruling lines.
//!
//! In: the lines above the first row, and the columns. Out: cells. A header is above the columns that it meets, or above
//! the nearest one. Lines of one header are one cell.

use std::collections::BTreeSet;
use std::ops::Range;

use super::block::Block;
use super::item::{DraftCell, Item};

/// Lines this near below each other may be one header.
const NEAR: f64 = 0.6;

/// The rows of headers.
pub(super) struct Headers {
    pub(super) cells: Vec<DraftCell>,
    pub(super) rows: usize,
    /// For each row, its line.
    pub(super) lines: Vec<usize>,
}

/// A header with the row and the columns of its first line, and the end of its last one.
struct Header {
    cell: DraftCell,
    below: f64,
}

pub(super) fn headers(block: &Block, rows: &[Vec<Item>], columns: &[Range<f64>]) -> Headers {
    let mut headers: Vec<Header> = Vec::new();
    for (row, items) in rows[block.headers.clone()].iter().enumerate() {
        for item in items {
            let place = place(item, columns);
            let goes_on = |header: &&mut Header| {
                header.cell.column == place.start
                    && header.cell.columns == place.len()
                    && item.y.start - header.below < NEAR * item.size
            };
            match headers.iter_mut().rev().find(|header| header.cell.column == place.start).filter(goes_on) {
                Some(header) => {
                    header.cell.text.push(if header.cell.row == row { ' ' } else { '\n' });
                    header.cell.text.push_str(&item.text);
                    header.below = item.y.end;
                }
                None => {
                    let (column, columns) = (place.start, place.len());
                    let (text, line) = (item.text.clone(), Some(item.line));
                    let cell = DraftCell { row, column, rows: 1, columns, text, line };
                    headers.push(Header { cell, below: item.y.end });
                }
            }
        }
    }
    // A row whose texts all belong to headers above it is none.
    let used: BTreeSet<usize> = headers.iter().map(|header| header.cell.row).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let cells = headers.into_iter().filter_map(|header| {
        let row = used.iter().position(|row| *row == header.cell.row)?;
        Some(DraftCell { row, ..header.cell })
    });
    let lines = used.iter().map(|row| block.headers.start + row).collect();
    Headers { cells: cells.collect(), rows: used.len(), lines }
}

/// The columns that a header is above.
fn place(item: &Item, columns: &[Range<f64>]) -> Range<usize> {
    let met: Vec<usize> = (0..columns.len()).filter(|at| item.meets(&columns[*at])).collect();
    if let (Some(first), Some(last)) = (met.first(), met.last()) {
        return *first..last + 1;
    }
    let distance = |at: &usize| {
        let column = &columns[*at];
        (column.start - item.center()).max(item.center() - column.end).max(0.0)
    };
    let nearest = (0..columns.len()).min_by(|one, other| distance(one).total_cmp(&distance(other))).unwrap_or(0);
    nearest..nearest + 1
}
