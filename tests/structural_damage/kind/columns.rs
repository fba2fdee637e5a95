//! Columns in another order, gone, blank or twice.

use std::ops::Range;

use super::{Context, pick_grid};
use crate::page::{Cell, ColumnKind, Document, Grid, Line, LineKind};

/// The columns of a block that can change places: of a list all, of a matrix those of the values. Columns that are merged in
/// all rows are one.
pub fn units(grid: &Grid, block: usize) -> Vec<Range<usize>> {
    let values = grid.of_kind(ColumnKind::Value);
    let is_list = !grid.of_kind(ColumnKind::Unit).is_empty();
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return Vec::new() };
    let range = if is_list { 0..grid.columns.len() } else { *first..last + 1 };
    let own = |kind: LineKind| {
        (0..grid.lines.len()).filter(move |at| grid.lines[*at].block == block && grid.lines[*at].kind == kind)
    };
    let lines: Vec<usize> = own(LineKind::Data).filter(|at| grid.is_whole(*at)).collect();
    // All headers must move, or nothing would show that the columns did.
    let has_headers = own(LineKind::Header).next().is_some() && own(LineKind::Header).all(|at| grid.is_whole(at));
    // Two columns with the same headers but other values could change places unseen.
    let path = |at: usize| own(LineKind::Header).map(|line| &grid.lines[line].cells[at].text).collect::<Vec<_>>();
    let keys = |at: usize| {
        let cells = lines.iter().map(|line| &grid.lines[*line].cells[at]);
        cells.flat_map(|cell| cell.truth.iter().map(|(key, _)| key)).collect::<Vec<_>>()
    };
    let is_same = |one: usize, other: usize| path(one) == path(other) && keys(one) != keys(other);
    let hides = has_headers && range.clone().any(|one| (range.start..one).any(|other| is_same(one, other)));
    // A row that is joined to another would have to move twice, and one that has lost a cell cannot move.
    let is_joined = own(LineKind::Data).any(|at| {
        let cells = &grid.lines[at].cells;
        cells.len() < grid.columns.len() || cells.iter().skip(grid.columns.len()).any(Cell::is_value)
    });
    if lines.is_empty()
        || is_joined
        || !has_headers
        || hides
        || range.clone().any(|at| !is_list && grid.columns[at].kind != ColumnKind::Value)
    {
        return Vec::new();
    }
    let mut units: Vec<Range<usize>> = Vec::new();
    for at in range {
        let joins = |line: &usize| {
            let cells = &grid.lines[*line].cells;
            at > 0 && cells[at].merge != 0 && cells[at].merge == cells[at - 1].merge
        };
        match units.last_mut().filter(|_| lines.iter().all(joins)) {
            Some(unit) => unit.end = at + 1,
            None => units.push(at..at + 1),
        }
    }
    units
}

/// Puts the columns of a block in another order, the headers with them.
pub fn reorder(grid: &mut Grid, block: usize, units: &[Range<usize>], order: &[usize]) {
    let start = units[0].start;
    let end = units[units.len() - 1].end;
    let columns: Vec<usize> = order.iter().flat_map(|unit| units[*unit].clone()).collect();
    let total = grid.columns.len();
    // Text right of a row moves nothing.
    for line in grid.lines.iter_mut().filter(|line| line.block == block && line.cells.len() >= total) {
        if line.kind == LineKind::Band {
            continue;
        }
        let cells: Vec<Cell> = columns.iter().map(|at| line.cells[*at].clone()).collect();
        line.cells.splice(start..end, cells);
    }
    if grid.blocks().len() == 1 {
        let kinds: Vec<_> = columns.iter().map(|at| grid.columns[*at]).collect();
        grid.columns.splice(start..end, kinds);
    }
}

fn permute_all(document: &mut Document, context: &mut Context<'_>) -> bool {
    let mut changed = false;
    for grid in document.grids_mut() {
        for block in grid.blocks() {
            let units = units(grid, block);
            let mut order: Vec<usize> = (0..units.len()).collect();
            context.rng.shuffle(&mut order);
            if units.len() > 1 && !order.is_sorted() {
                reorder(grid, block, &units, &order);
                changed = true;
            }
        }
    }
    changed
}

pub fn permute(document: &mut Document, context: &mut Context<'_>) -> bool {
    permute_all(document, context)
}

/// Without headers, the value that stands in a column is that column's: as if it had been written there.
pub fn permute_without_headers(document: &mut Document, context: &mut Context<'_>) -> bool {
    // Columns that are in another order already must keep their headers.
    let order: Vec<String> = document.form.indicators.iter().map(|own| own.key.id.clone()).collect();
    let place = |cell: &Cell| cell.truth.first().and_then(|(key, _)| order.iter().position(|id| *id == key.id));
    let is_official = |grid: &Grid| {
        let places = |line: &Line| line.cells.iter().filter_map(place).collect::<Vec<_>>();
        grid.lines.iter().all(|line| places(line).is_sorted())
    };
    let several = |grid: &Grid| grid.of_kind(ColumnKind::Value).len() > 1 && is_official(grid);
    // The columns of a local table have no names then.
    if document.form.template.is_none() {
        return false;
    }
    let Some(grid) = pick_grid(document, context, |grid| several(grid) && !grid.lines_of(LineKind::Header).is_empty())
    else {
        return false;
    };
    for line in grid.lines.iter_mut().filter(|line| line.kind == LineKind::Data) {
        let places: Vec<usize> = (0..line.cells.len()).filter(|at| line.cells[*at].is_value()).collect();
        let merged = places.iter().any(|at| line.cells[*at].merge != 0 || line.cells[*at].truth.len() != 1);
        if merged {
            continue;
        }
        let mut texts: Vec<String> = places.iter().map(|at| line.cells[*at].text.clone()).collect();
        context.rng.shuffle(&mut texts);
        for (at, text) in places.iter().zip(texts) {
            line.cells[*at].set(&text);
        }
    }
    grid.lines.retain(|line| line.kind != LineKind::Header);
    true
}

pub fn swap(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) =
        pick_grid(document, context, |grid| grid.blocks().iter().any(|block| units(grid, *block).len() > 1))
    else {
        return false;
    };
    let blocks: Vec<usize> = grid.blocks().into_iter().filter(|block| units(grid, *block).len() > 1).collect();
    let block = blocks[context.rng.usize(..blocks.len())];
    let units = units(grid, block);
    let mut order: Vec<usize> = (0..units.len()).collect();
    let one = context.rng.usize(..order.len());
    let other = (one + context.rng.usize(1..order.len())) % order.len();
    order.swap(one, other);
    reorder(grid, block, &units, &order);
    true
}

/// A value column or the unit column, of a grid whose lines are all whole and share their headers.
fn pick_column<'d>(
    document: &'d mut Document,
    context: &mut Context<'_>,
    kinds: &[ColumnKind],
) -> Option<(&'d mut Grid, usize)> {
    let is_plain = |grid: &Grid| grid.blocks().len() == 1 && (0..grid.lines.len()).all(|at| grid.is_whole(at));
    let columns = |grid: &Grid| -> Vec<usize> {
        (0..grid.columns.len()).filter(|at| kinds.contains(&grid.columns[*at].kind)).collect()
    };
    let grid = pick_grid(document, context, |grid| is_plain(grid) && !columns(grid).is_empty())?;
    let column = context.pick(&columns(grid))?;
    Some((grid, column))
}

pub fn drop(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, column)) = pick_column(document, context, &[ColumnKind::Value, ColumnKind::Unit]) else {
        return false;
    };
    // Without any value, there is nothing to read.
    if grid.columns[column].kind == ColumnKind::Value && grid.of_kind(ColumnKind::Value).len() == 1 {
        return false;
    }
    grid.columns.remove(column);
    for line in &mut grid.lines {
        line.cells.remove(column);
    }
    true
}

pub fn blank(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, column)) = pick_column(document, context, &[ColumnKind::Value, ColumnKind::Unit]) else {
        return false;
    };
    if grid.columns[column].kind == ColumnKind::Value && grid.of_kind(ColumnKind::Value).len() == 1 {
        return false;
    }
    // Where the column is there twice, its values are not gone.
    let keys = |at: usize| {
        let cells = grid.lines.iter().filter_map(move |line| line.cells.get(at));
        cells.flat_map(|cell| cell.truth.iter().map(|(key, _)| key)).collect::<Vec<_>>()
    };
    if !keys(column).is_empty() && (0..grid.columns.len()).any(|at| at != column && keys(at) == keys(column)) {
        return false;
    }
    for line in grid.lines.iter_mut().filter(|line| line.kind == LineKind::Data) {
        line.cells[column].set("");
    }
    true
}

pub fn blank_header(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, column)) =
        pick_column(document, context, &[ColumnKind::Value, ColumnKind::Unit, ColumnKind::Label])
    else {
        return false;
    };
    let headers = grid.lines_of(LineKind::Header);
    let Some(last) = headers.last() else { return false };
    let merge = grid.lines[*last].cells[column].merge;
    for at in headers {
        for (place, cell) in grid.lines[at].cells.iter_mut().enumerate() {
            if place == column && (merge == 0 || cell.merge == merge) {
                cell.text.clear();
            }
        }
    }
    true
}

/// The same column twice, side by side.
pub fn duplicate(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, column)) = pick_column(document, context, &[ColumnKind::Value]) else { return false };
    insert_copy(grid, column, column + 1);
    true
}

/// Inserts a copy of a column.
pub fn insert_copy(grid: &mut Grid, column: usize, at: usize) {
    let copy = grid.columns[column];
    grid.columns.insert(at, copy);
    for line in &mut grid.lines {
        let mut cell = line.cells[column].clone();
        // A merged header stays one cell; the copy of a header by itself is another.
        let single = |other: &Cell| other.merge != cell.merge;
        let alone = line.cells.iter().enumerate().all(|(place, other)| place == column || single(other));
        if alone && cell.merge != 0 {
            cell.merge += 1_000_000;
        }
        line.cells.insert(at, cell);
    }
}
