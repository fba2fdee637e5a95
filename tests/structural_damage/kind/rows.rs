//! Rows and cells that are gone, blank or twice.

use super::{Context, pick_grid};
use crate::page::{Cell, ColumnKind, Document, Grid, Line, LineKind};
use crate::render::Format;

/// A random row with values.
pub fn pick_row<'d>(document: &'d mut Document, context: &mut Context<'_>) -> Option<(&'d mut Grid, usize)> {
    let rows = |grid: &Grid| -> Vec<usize> {
        grid.lines_of(LineKind::Data).into_iter().filter(|at| grid.is_whole(*at)).collect()
    };
    let grid = pick_grid(document, context, |grid| !rows(grid).is_empty())?;
    let row = context.pick(&rows(grid))?;
    Some((grid, row))
}

pub fn drop(document: &mut Document, context: &mut Context<'_>) -> bool {
    for _ in 0..context.rng.usize(1..4) {
        let Some((grid, row)) = pick_row(document, context) else { return false };
        grid.lines.remove(row);
    }
    true
}

pub fn blank(document: &mut Document, context: &mut Context<'_>) -> bool {
    for _ in 0..context.rng.usize(1..4) {
        let Some((grid, row)) = pick_row(document, context) else { return false };
        grid.lines[row].cells.iter_mut().filter(|cell| cell.is_value()).for_each(|cell| cell.set(""));
    }
    true
}

pub fn blank_label(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let Some(label) = grid.of_kind(ColumnKind::Label).first().copied() else { return false };
    let merge = grid.lines[row].cells[label].merge;
    for (at, cell) in grid.lines[row].cells.iter_mut().enumerate() {
        if at == label || (merge != 0 && cell.merge == merge) {
            cell.text.clear();
        }
    }
    true
}

/// A value is lost, and the row has a cell less. Where all rows have the same columns, the last cell would be blank, and
/// nothing to see.
pub fn lose_cell(document: &mut Document, context: &mut Context<'_>) -> bool {
    if matches!(context.format, Format::Spaces | Format::Xlsx | Format::Pdf | Format::Ofd) {
        return false;
    }
    document.padded = false;
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let cells = &mut grid.lines[row].cells;
    let values: Vec<usize> = (0..cells.len()).filter(|at| cells[*at].is_value() && cells[*at].merge == 0).collect();
    let Some(at) = context.pick(&values) else { return false };
    // If only blanks follow, the row looks as if the last cell had been cut off.
    if cells[at..].iter().skip(1).all(|cell| cell.text.is_empty()) {
        return false;
    }
    cells.remove(at);
    true
}

/// Rows end with their last filled or value cell, as some programs write them.
pub fn ragged(document: &mut Document, context: &mut Context<'_>) -> bool {
    if context.format == Format::Lines {
        return false;
    }
    let mut changed = false;
    for line in document.grids_mut().into_iter().flat_map(|grid| &mut grid.lines) {
        while let [.., before, last] = line.cells.as_slice() {
            let covered = last.merge != 0 && last.merge == before.merge;
            if covered || (last.text.is_empty() && !last.is_value()) {
                line.cells.pop();
                changed = true;
            } else {
                break;
            }
        }
    }
    changed
}

pub fn duplicate(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let copy = grid.lines[row].clone();
    grid.lines.insert(row + 1, separate(copy, grid));
    true
}

/// The same row again with other values: neither is sure.
pub fn contradict(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let mut copy = separate(grid.lines[row].clone(), grid);
    change(&mut copy, context);
    grid.lines.insert(row + 1, copy);
    true
}

/// Writes other numbers into a line.
pub fn change(line: &mut Line, context: &mut Context<'_>) {
    for at in 0..line.cells.len() {
        let covered = at > 0 && line.cells[at].merge != 0 && line.cells[at].merge == line.cells[at - 1].merge;
        if line.cells[at].is_value() {
            let text = if covered { line.cells[at - 1].text.clone() } else { context.number() };
            line.cells[at].set(&text);
        }
    }
}

/// A copy of a line whose own merged cells are not one with those of the original.
pub fn separate(mut line: Line, grid: &Grid) -> Line {
    let stubs = grid.of_kind(ColumnKind::Stub);
    let label = grid.of_kind(ColumnKind::Label).first().map(|at| line.cells[*at].merge);
    let is_stub = |at: usize, cell: &Cell| stubs.contains(&at) && Some(cell.merge) != label;
    for (at, cell) in line.cells.iter_mut().enumerate() {
        if cell.merge != 0 && !is_stub(at, cell) {
            cell.merge += 4_000_000;
        }
    }
    line
}
