//! The cells where rows and columns of a grid meet.
//!
//! In: a [`Region`], rows and columns. Out: the cell that is there, if only one is, and its value. Called by
//! [`super::grid`] and [`super::grid_extras`].

use std::ops::Range;

use super::reading::CellReading;
use super::region::{Area, Region};
use super::value::{self, ParsedValue};
use crate::document::{Cell, CellRef};
use crate::template::ValueKind;

/// What is in some rows and columns of a grid.
#[derive(Clone, Debug)]
pub enum Taken<'d> {
    /// No text.
    Nothing(Option<&'d Cell>),
    /// One cell with text, and what it takes up.
    One(&'d Cell, Area),
    /// Several cells with text.
    Several(Vec<&'d Cell>),
}

/// The cells in some rows and columns, except those of a label.
pub fn take<'d>(region: &Region<'d>, rows: &Range<u32>, columns: &Range<u32>, label: &Range<u32>) -> Taken<'d> {
    let mut found: Option<(&'d Cell, Area)> = None;
    let mut others: Vec<&'d Cell> = Vec::new();
    let mut blank = None;
    for row in rows.clone() {
        for (at, cell) in region.row(row) {
            if at.column >= columns.end {
                break;
            }
            let area = region.area(*at);
            if !area.meets(columns) || label.contains(&at.column) {
                continue;
            }
            if cell.is_blank() {
                blank = blank.or(Some(cell));
            } else if found.is_none() {
                found = Some((cell, area));
            } else {
                others.push(cell);
            }
        }
    }
    // A cell that is merged with those below it.
    if found.is_none()
        && let Some((cell, area)) = region.covering(CellRef::new(rows.start, columns.start))
        && area.rows.start < rows.start
        && !cell.is_blank()
    {
        found = Some((cell, area));
    }
    match found {
        None => Taken::Nothing(blank),
        Some((cell, area)) if others.is_empty() => Taken::One(cell, area),
        Some((cell, _)) => {
            others.insert(0, cell);
            Taken::Several(others)
        }
    }
}

/// The value of a cell of text.
pub fn reading(cell: &Cell, kind: ValueKind) -> CellReading {
    CellReading { text: cell.text.trim().to_owned(), parsed: value::parse_cell(cell, kind), at: Some(cell.at.clone()) }
}

/// The value of a blank place.
pub fn blank(region: &Region<'_>, at: CellRef, cell: Option<&Cell>) -> CellReading {
    let at = cell.map(|cell| cell.at.clone()).or_else(|| region.location(at));
    CellReading { text: String::new(), parsed: ParsedValue::default(), at }
}

/// A value that cannot be read, with all texts that it may be.
pub fn unclear(cells: &[&Cell]) -> CellReading {
    let texts: Vec<&str> = cells.iter().map(|cell| cell.text.trim()).collect();
    CellReading {
        text: texts.join(" "),
        parsed: ParsedValue::UNREADABLE,
        at: cells.first().map(|cell| cell.at.clone()),
    }
}
