//! Text on pages that is not where it should be: shifted, apart, too near, twice, or below other text.

use super::rows::pick_row;
use super::{Context, pick_grid};
use crate::look::Over;
use crate::page::{Cell, ColumnKind, Document, Grid, LineKind};

/// Whether a cell has a value that is no part of a merged cell.
fn is_single(cell: &Cell) -> bool {
    cell.truth.len() == 1 && cell.merge == 0
}

/// A value column with single values.
fn pick_column<'d>(document: &'d mut Document, context: &mut Context<'_>) -> Option<(&'d mut Grid, usize)> {
    let columns = |grid: &Grid| -> Vec<usize> {
        let lines = || grid.lines.iter().filter(|line| line.kind == LineKind::Data);
        let has_single = |at: &usize| lines().any(|line| line.cells.get(*at).is_some_and(is_single));
        grid.of_kind(ColumnKind::Value).into_iter().filter(has_single).collect()
    };
    let grid = pick_grid(document, context, |grid| !columns(grid).is_empty())?;
    let column = context.pick(&columns(grid))?;
    Some((grid, column))
}

/// A filled value cell.
fn pick_cell<'d>(document: &'d mut Document, context: &mut Context<'_>) -> Option<&'d mut Cell> {
    let (grid, row) = pick_row(document, context)?;
    let cells = &mut grid.lines[row].cells;
    let filled: Vec<usize> =
        (0..cells.len()).filter(|at| is_single(&cells[*at]) && !cells[*at].text.is_empty()).collect();
    let at = context.pick(&filled)?;
    Some(&mut cells[at])
}

fn sign(context: &mut Context<'_>) -> f64 {
    if context.once_in(2) { -1.0 } else { 1.0 }
}

fn between(context: &mut Context<'_>, from: f64, to: f64) -> f64 {
    from + (to - from) * context.rng.f64()
}

/// All values of a column about half a column further.
pub fn shift_column(document: &mut Document, context: &mut Context<'_>) -> bool {
    let by = sign(context) * between(context, 0.35, 0.6);
    let Some((grid, column)) = pick_column(document, context) else { return false };
    for cell in grid.lines.iter_mut().filter_map(|line| line.cells.get_mut(column)).filter(|cell| is_single(cell)) {
        cell.look.shift.0 = by;
    }
    true
}

/// All values of a column in the next one: where that is blank, they are its values. A value below one that has its digits
/// could not be seen.
pub fn shift_whole_column(document: &mut Document, context: &mut Context<'_>) -> bool {
    let is_right = context.once_in(2);
    let Some((grid, column)) = pick_column(document, context) else { return false };
    let next = if is_right { column + 1 } else { column.wrapping_sub(1) };
    if grid.columns.get(next).is_none_or(|column| column.kind != ColumnKind::Value) {
        return false;
    }
    for line in grid.lines.iter_mut().filter(|line| line.cells.len() > column.max(next)) {
        let text = line.cells[column].text.clone();
        if !is_single(&line.cells[column]) || !is_single(&line.cells[next]) || text.is_empty() {
            continue;
        }
        if !line.cells[next].text.is_empty()
            && (text.contains(&line.cells[next].text) || line.cells[next].text.contains(&text))
        {
            continue;
        }
        let (own, other) = (line.cells[column].clone(), line.cells[next].clone());
        line.cells[column].look.shift.0 = if is_right { 1.0 } else { -1.0 };
        line.cells[column].truth[0].1.clear();
        if other.text.is_empty() {
            line.cells[next].truth[0].1 = own.text;
        }
    }
    true
}

/// All values of a row about half a row further.
pub fn shift_row(document: &mut Document, context: &mut Context<'_>) -> bool {
    let by = sign(context) * between(context, 0.4, 0.55);
    let Some((grid, row)) = pick_row(document, context) else { return false };
    grid.lines[row].cells.iter_mut().filter(|cell| cell.is_value()).for_each(|cell| cell.look.shift.1 = by);
    true
}

/// All values of a table about half a row further.
pub fn shift_rows(document: &mut Document, context: &mut Context<'_>) -> bool {
    let by = sign(context) * between(context, 0.4, 0.55);
    let Some(grid) = pick_grid(document, context, |grid| !grid.lines_of(LineKind::Data).is_empty()) else {
        return false;
    };
    let cells = grid.lines.iter_mut().flat_map(|line| &mut line.cells);
    cells.filter(|cell| cell.is_value()).for_each(|cell| cell.look.shift.1 = by);
    true
}

/// The glyphs of one value are lost: the cell is blank.
pub fn drop(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(cell) = pick_cell(document, context) else { return false };
    cell.set("");
    true
}

/// Neighbouring filled values of a line.
fn neighbours(cells: &[Cell]) -> Vec<usize> {
    let filled = |at: usize| is_single(&cells[at]) && !cells[at].text.is_empty();
    (1..cells.len()).filter(|at| filled(at - 1) && filled(*at)).collect()
}

/// Puts two values near to each other, with or without the ruling line between them.
fn approach(cells: &mut [Cell], at: usize, gap: f64, is_ruled: bool) {
    cells[at - 1].look.near_edge = Some(gap / 2.0);
    cells[at].look.near_edge = Some(-gap / 2.0);
    if !is_ruled {
        cells[at].look.left = crate::look::Edge::Missing;
    }
}

/// Two values of a row are closer than a space.
pub fn near(document: &mut Document, context: &mut Context<'_>) -> bool {
    let (gap, is_ruled) = (between(context, 0.001, 0.6), context.once_in(3));
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let cells = &mut grid.lines[row].cells;
    let Some(at) = context.pick(&neighbours(cells)) else { return false };
    approach(cells, at, gap, is_ruled);
    true
}

/// The values of two columns are closer than a space.
pub fn near_columns(document: &mut Document, context: &mut Context<'_>) -> bool {
    let (gap, is_ruled) = (between(context, 0.001, 0.6), context.once_in(3));
    let Some((grid, column)) = pick_column(document, context) else { return false };
    let mut changed = false;
    for line in grid.lines.iter_mut().filter(|line| line.kind == LineKind::Data) {
        if neighbours(&line.cells).contains(&column) {
            approach(&mut line.cells, column, gap, is_ruled);
            changed = true;
        }
    }
    changed
}

/// A column that is too narrow for its values.
pub fn overflow(document: &mut Document, context: &mut Context<'_>) -> bool {
    let width = between(context, 0.15, 0.5);
    let Some((grid, column)) = pick_column(document, context) else { return false };
    grid.columns[column].width = width;
    true
}

/// A column that is too narrow, where numbers go on in the next line.
pub fn wrap(document: &mut Document, context: &mut Context<'_>) -> bool {
    let width = between(context, 0.25, 0.6);
    let Some((grid, column)) = pick_column(document, context) else { return false };
    grid.columns[column].width = width;
    for line in &mut grid.lines {
        line.cells.iter_mut().skip(column).take(1).for_each(|cell| cell.look.wraps = true);
    }
    true
}

/// The digits of one value, or of a row of values, are apart.
pub fn spread(document: &mut Document, context: &mut Context<'_>) -> bool {
    let by = between(context, 0.05, 1.3);
    if context.once_in(2) {
        let Some(cell) = pick_cell(document, context) else { return false };
        cell.look.spread = by;
        return cell.text.chars().count() > 1;
    }
    let Some((grid, row)) = pick_row(document, context) else { return false };
    grid.lines[row].cells.iter_mut().filter(|cell| cell.is_value()).for_each(|cell| cell.look.spread = by);
    true
}

/// All text is printed twice in the same place.
pub fn bold(document: &mut Document, context: &mut Context<'_>) -> bool {
    let by = between(context, 0.0, 0.05);
    let cells = document.grids_mut().into_iter().flat_map(|grid| &mut grid.lines).flat_map(|line| &mut line.cells);
    cells.for_each(|cell| cell.look.again = Some((by, 0.0)));
    true
}

/// A row is printed twice, the second time a little further. Further still, a digit would be two.
pub fn shadow(document: &mut Document, context: &mut Context<'_>) -> bool {
    let by = (sign(context) * between(context, 0.05, 0.3), sign(context) * between(context, 0.0, 0.3));
    let Some((grid, row)) = pick_row(document, context) else { return false };
    grid.lines[row].cells.iter_mut().for_each(|cell| cell.look.again = Some(by));
    true
}

/// Large or small text over a cell. The labels of a local table would be others.
fn over(document: &mut Document, context: &mut Context<'_>, over: Over) -> bool {
    let is_known = document.form.template.is_some();
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let cells = &mut grid.lines[row].cells;
    let at = context.rng.usize(..cells.len());
    if !is_known && !cells[at].is_value() {
        return false;
    }
    let merge = cells[at].merge;
    let first =
        (0..=at).rev().take_while(|before| *before == at || (merge != 0 && cells[*before].merge == merge)).last();
    cells[first.unwrap_or(at)].look.over = Some(over);
    true
}

fn place(context: &mut Context<'_>) -> (f64, f64) {
    (between(context, 0.0, 0.8), between(context, 0.3, 1.2))
}

/// A watermark over a cell.
pub fn watermark(document: &mut Document, context: &mut Context<'_>) -> bool {
    let text = context.pick(&["样", "样本", "内部资料", "草稿", "密"]).unwrap_or_default().to_owned();
    let own = Over { text, size: between(context, 1.0, 5.0), at: place(context), is_faint: true };
    over(document, context, own)
}

/// The text of a stamp over a cell.
pub fn stamp(document: &mut Document, context: &mut Context<'_>) -> bool {
    let text = context
        .pick(&["审核专用章", "已审核", "2017年3月5日", "2017.3.5", "办公室（章）"])
        .unwrap_or_default()
        .to_owned();
    let own = Over { text, size: between(context, 0.6, 1.2), at: place(context), is_faint: false };
    over(document, context, own)
}
