//! Ruling lines on pages that are missing, broken or too many.

use super::rows::pick_row;
use super::{Context, pick_grid};
use crate::look::{Edge, Stray};
use crate::page::{ColumnKind, Document, Grid, LineKind};

/// A line that is missing, or a piece of it.
fn edge(context: &mut Context<'_>, is_gap: bool) -> Edge {
    if !is_gap {
        return Edge::Missing;
    }
    let from = 0.7 * context.rng.f64();
    Edge::Gap(from, from + 0.25 + (0.75 - from) * context.rng.f64())
}

fn any_grid<'d>(document: &'d mut Document, context: &mut Context<'_>) -> Option<&'d mut Grid> {
    pick_grid(document, context, |grid| !grid.lines_of(LineKind::Data).is_empty() && grid.columns.len() > 1)
}

/// The line between two columns, in all rows.
pub fn no_vertical(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = any_grid(document, context) else { return false };
    let column = context.rng.usize(0..grid.columns.len());
    let with_headers = context.once_in(2);
    for line in grid.lines.iter_mut().filter(|line| with_headers || line.kind == LineKind::Data) {
        line.cells.iter_mut().skip(column).take(1).for_each(|cell| cell.look.left = Edge::Missing);
    }
    true
}

/// The line between two rows, in all columns, or in those of values or of labels.
pub fn no_horizontal(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = any_grid(document, context) else { return false };
    let row = context.rng.usize(0..grid.lines.len());
    let of = context.rng.u8(..3);
    for cell in &mut grid.lines[row].cells {
        if of == 0 || (of == 1) == cell.is_value() {
            cell.look.top = Edge::Missing;
        }
    }
    true
}

fn one_edge(document: &mut Document, context: &mut Context<'_>, is_gap: bool) -> bool {
    for _ in 0..context.rng.usize(1..4) {
        let edge = edge(context, is_gap);
        let Some((grid, row)) = pick_row(document, context) else { return false };
        let column = context.rng.usize(..grid.columns.len());
        let look = &mut grid.lines[row].cells[column].look;
        *(if context.once_in(2) { &mut look.left } else { &mut look.top }) = edge;
    }
    true
}

pub fn no_edge(document: &mut Document, context: &mut Context<'_>) -> bool {
    one_edge(document, context, false)
}

pub fn gap(document: &mut Document, context: &mut Context<'_>) -> bool {
    one_edge(document, context, true)
}

pub fn none(document: &mut Document, _: &mut Context<'_>) -> bool {
    (document.look.has_vertical, document.look.has_horizontal) = (false, false);
    true
}

pub fn rows_only(document: &mut Document, _: &mut Context<'_>) -> bool {
    document.look.has_vertical = false;
    true
}

pub fn columns_only(document: &mut Document, _: &mut Context<'_>) -> bool {
    document.look.has_horizontal = false;
    true
}

/// Dashes with gaps that belong to one line.
pub fn pieces(document: &mut Document, context: &mut Context<'_>) -> bool {
    document.look.dashes = Some((1.0 + 12.0 * context.rng.f64(), 0.2 + 2.0 * context.rng.f64()));
    true
}

/// A line through a row of values, or through one cell.
pub fn stray_horizontal(document: &mut Document, context: &mut Context<'_>) -> bool {
    let stray = Stray { is_horizontal: true, at: 0.1 + 0.8 * context.rng.f64() };
    let one = context.once_in(3);
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let cells = &mut grid.lines[row].cells;
    let at = context.rng.usize(..cells.len());
    for (column, cell) in cells.iter_mut().enumerate() {
        cell.look.through = (!one || column == at).then_some(stray).or(cell.look.through);
    }
    true
}

/// A line through a column, or through one cell.
pub fn stray_vertical(document: &mut Document, context: &mut Context<'_>) -> bool {
    let stray = Stray { is_horizontal: false, at: 0.1 + 0.8 * context.rng.f64() };
    let Some(grid) = any_grid(document, context) else { return false };
    let column = match context.once_in(2) {
        true => context.pick(&grid.of_kind(ColumnKind::Value)),
        false => Some(context.rng.usize(..grid.columns.len())),
    };
    let Some(column) = column else { return false };
    let only = context.once_in(3).then(|| context.rng.usize(..grid.lines.len()));
    for (row, line) in grid.lines.iter_mut().enumerate().filter(|(_, line)| line.kind == LineKind::Data) {
        if only.is_none_or(|only| only == row) {
            line.cells.iter_mut().skip(column).take(1).for_each(|cell| cell.look.through = Some(stray));
        }
    }
    true
}
