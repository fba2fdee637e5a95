//! Tables folded into two blocks, each with its own headers.

use super::{Context, pick_grid};
use crate::page::{Cell, Column, ColumnKind, Document, Grid, Line, LineKind, Part};

/// A grid of headers and rows without bands, which can be cut between two rows.
pub fn is_simple(grid: &Grid) -> bool {
    grid.blocks().len() == 1
        && grid.lines_of(LineKind::Band).is_empty()
        && !grid.lines_of(LineKind::Header).is_empty()
        && grid.lines_of(LineKind::Data).len() > 3
        && (0..grid.lines.len()).all(|at| grid.is_whole(at))
}

/// Gives the merged cells of a block numbers that the other one does not have.
pub fn renumber(lines: &mut [Line]) {
    for cell in lines.iter_mut().flat_map(|line| &mut line.cells).filter(|cell| cell.merge != 0) {
        cell.merge += 2_000_000;
    }
}

/// The headers, and the other lines in two halves.
pub fn halves(grid: &Grid, context: &mut Context<'_>) -> (Vec<Line>, Vec<Line>, Vec<Line>) {
    let (headers, rows): (Vec<Line>, Vec<Line>) =
        grid.lines.iter().cloned().partition(|line| line.kind == LineKind::Header);
    let middle = rows.len().div_ceil(2);
    let cut = if context.once_in(2) { middle } else { context.rng.usize(middle..rows.len() - 1) };
    let (first, second) = rows.split_at(cut);
    (headers, first.to_vec(), second.to_vec())
}

pub fn side_by_side(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = pick_grid(document, context, is_simple) else { return false };
    let (headers, first, second) = halves(grid, context);
    let gap = usize::from(context.once_in(4));
    let width = grid.columns.len();
    let mut right: Vec<Line> = headers.iter().cloned().chain(second).collect();
    renumber(&mut right);
    let mut lines: Vec<Line> = headers.into_iter().chain(first).collect();
    let mut right = right.into_iter();
    for line in &mut lines {
        line.cells.extend(vec![Cell::default(); gap]);
        match right.next() {
            Some(other) => {
                line.cells.extend(other.cells);
                if other.kind == LineKind::Data {
                    line.kind = LineKind::Data;
                }
            }
            None => line.cells.extend(vec![Cell::default(); width]),
        }
    }
    let columns = grid.columns.clone();
    grid.columns.extend(vec![Column::new(ColumnKind::Other); gap]);
    grid.columns.extend(columns);
    grid.lines = lines;
    true
}

/// A page break: the headers again in the middle of the table, or above a second table.
pub fn stacked(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = pick_grid(document, context, is_simple) else { return false };
    let (headers, first, second) = halves(grid, context);
    let mut below: Vec<Line> = headers.iter().cloned().chain(second).collect();
    renumber(&mut below);
    let lines: Vec<Line> = headers.into_iter().chain(first).collect();
    let columns = grid.columns.clone();
    if context.once_in(2) {
        grid.lines = lines.into_iter().chain(below).collect();
        return true;
    }
    // To find the table again, it is cut to its first half before.
    grid.lines = lines;
    let cut = grid.lines.len();
    insert_after(document, cut, Grid { columns, lines: below, is_beside: false }, context);
    true
}

/// Inserts a table behind the first one with so many lines, with or without a page number between them.
fn insert_after(document: &mut Document, lines: usize, below: Grid, context: &mut Context<'_>) {
    for page in &mut document.pages {
        let is_cut = |part: &Part| matches!(part, Part::Grid(grid) if grid.lines.len() == lines);
        if let Some(at) = page.parts.iter().position(is_cut) {
            page.parts.insert(at + 1, Part::Grid(below));
            if context.once_in(2) {
                page.parts.insert(at + 1, Part::text(format!("— {} —", context.rng.u32(1..9))));
            }
            return;
        }
    }
}

/// A wide table without labels in two halves, one above the other.
pub fn columns(document: &mut Document, context: &mut Context<'_>) -> bool {
    let is_wide = |grid: &Grid| {
        let no_labels = grid.columns.iter().all(|column| column.kind == ColumnKind::Value);
        no_labels && grid.columns.len() > 4 && (0..grid.lines.len()).all(|at| grid.is_whole(at))
    };
    let Some(grid) = pick_grid(document, context, is_wide) else { return false };
    // Where an outer header ends, or anywhere.
    let first = &grid.lines[0].cells;
    let ends: Vec<usize> =
        (2..first.len() - 1).filter(|at| first[*at].merge == 0 || first[*at].merge != first[at - 1].merge).collect();
    let any = context.rng.usize(2..first.len() - 1);
    let cut = if context.once_in(4) { any } else { context.pick(&ends).unwrap_or(any) };
    let mut below = grid.lines.clone();
    for line in &mut below {
        line.cells.drain(..cut);
        line.block += 1;
    }
    renumber(&mut below);
    for line in &mut grid.lines {
        line.cells.truncate(cut);
    }
    // The rest of the width is empty.
    let width = cut.max(grid.columns.len() - cut);
    let pad = |line: &mut Line| line.cells.resize(width, Cell::default());
    grid.lines.iter_mut().for_each(pad);
    below.iter_mut().for_each(pad);
    grid.columns.truncate(width);
    grid.lines.extend(below);
    true
}
