//! Pages that break, turn and shrink tables, and text beside them.

use super::columns::{reorder, units};
use super::fold::{halves, is_simple, renumber};
use super::rows::{pick_row, separate};
use super::{Context, KINDS, pick_grid};
use crate::look::{Aside, Break};
use crate::page::{Document, Grid, LineKind, Part};

/// A header in two lines that break anywhere.
pub fn break_headers(document: &mut Document, context: &mut Context<'_>) -> bool {
    let mut changed = false;
    for line in document.grids_mut().into_iter().flat_map(|grid| &mut grid.lines) {
        for cell in line.cells.iter_mut().filter(|_| line.kind == LineKind::Header) {
            let count = cell.text.chars().count();
            if count > 1 && context.once_in(2) {
                cell.look.broken = Some(context.rng.usize(1..count));
                changed = true;
            }
        }
    }
    changed
}

/// A page ends within the headers, or behind them.
pub fn page_break_at_headers(document: &mut Document, context: &mut Context<'_>) -> bool {
    let has_headers = |grid: &Grid| !grid.lines_of(LineKind::Header).is_empty();
    let Some(grid) = pick_grid(document, context, has_headers) else { return false };
    let Some(last) = grid.lines_of(LineKind::Header).last().copied() else { return false };
    let row = context.rng.usize(1..=last + 1).min(grid.lines.len() - 1);
    grid.lines[row].look.page_break =
        [Break::Before, Break::Before, Break::Above, Break::Below][context.rng.usize(..4)];
    true
}

pub fn page_break(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, row)) = pick_row(document, context) else { return false };
    grid.lines[row].look.page_break = Break::Before;
    true
}

/// A page ends in the middle of a row.
pub fn page_break_in_row(document: &mut Document, context: &mut Context<'_>) -> bool {
    let is_above = context.once_in(2);
    let Some((grid, row)) = pick_row(document, context) else { return false };
    grid.lines[row].look.page_break = if is_above { Break::Above } else { Break::Below };
    true
}

/// Puts the second half of a table behind the first, with its headers.
fn halve(
    document: &mut Document,
    context: &mut Context<'_>,
    change: impl FnOnce(&mut Grid, &mut Context<'_>) -> bool,
) -> bool {
    let Some(grid) = pick_grid(document, context, is_simple) else { return false };
    let (headers, first, second) = halves(grid, context);
    let mut lines: Vec<_> = headers.iter().cloned().chain(second).collect();
    renumber(&mut lines);
    let mut below = Grid { columns: grid.columns.clone(), lines, is_beside: false };
    if !change(&mut below, context) {
        return false;
    }
    // The number of its lines finds the grid again.
    grid.lines = headers.into_iter().chain(first).collect();
    let count = grid.lines.len();
    for page in &mut document.pages {
        let is_cut = |part: &Part| matches!(part, Part::Grid(grid) if grid.lines.len() == count);
        if let Some(at) = page.parts.iter().position(is_cut) {
            page.parts.insert(at + 1, Part::Grid(below));
            return true;
        }
    }
    false
}

/// On the second page, the columns are in another order, with their headers.
pub fn other_headers(document: &mut Document, context: &mut Context<'_>) -> bool {
    halve(document, context, |below, context| {
        let units = units(below, below.lines[0].block);
        let mut order: Vec<usize> = (0..units.len()).collect();
        context.rng.shuffle(&mut order);
        if order.is_sorted() {
            return false;
        }
        reorder(below, below.lines[0].block, &units, &order);
        if context.once_in(2) {
            below.lines[0].look.page_break = Break::Before;
        }
        true
    })
}

/// The second half of a table beside the first one.
pub fn beside(document: &mut Document, context: &mut Context<'_>) -> bool {
    halve(document, context, |below, _| {
        below.is_beside = true;
        true
    })
}

/// Two rows change places.
pub fn swap_rows(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let stubs = |at: usize| -> Vec<u32> {
        let own = grid.of_kind(crate::page::ColumnKind::Stub);
        own.into_iter().map(|column| grid.lines[at].cells[column].merge).collect()
    };
    let data = grid.lines_of(LineKind::Data);
    let others: Vec<usize> = data
        .into_iter()
        .filter(|at| {
            *at != row
                && grid.is_whole(*at)
                && stubs(*at) == stubs(row)
                && grid.lines[*at].block == grid.lines[row].block
        })
        .collect();
    let Some(other) = context.pick(&others) else { return false };
    grid.lines.swap(row, other);
    true
}

/// The same row again behind a page break.
pub fn row_again(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let mut copy = separate(grid.lines[row].clone(), grid);
    copy.look.page_break = Break::Before;
    grid.lines.insert(row + 1, copy);
    true
}

/// Text beside the table.
pub fn aside(document: &mut Document, context: &mut Context<'_>) -> bool {
    let texts = ["见附件2", "注：35件", "第12页", "附表一", "填表人", "←"];
    for _ in 0..context.rng.usize(1..4) {
        let text = context.pick(&texts).unwrap_or_default().to_owned();
        let x = if context.once_in(2) { 0.005 + 0.02 * context.rng.f64() } else { 0.93 + 0.02 * context.rng.f64() };
        let (at, size) = ((x, 0.1 + 0.7 * context.rng.f64()), 0.6 + 0.4 * context.rng.f64());
        document.look.asides.push(Aside { text, at, size, is_faint: context.once_in(2) });
    }
    true
}

pub fn shuffle(document: &mut Document, context: &mut Context<'_>) -> bool {
    document.look.shuffled = Some(context.rng.u64(..));
    true
}

pub fn turn(document: &mut Document, context: &mut Context<'_>) -> bool {
    document.look.turns = context.rng.u8(1..4);
    document.look.is_turned_back = context.once_in(2);
    true
}

pub fn scale(document: &mut Document, context: &mut Context<'_>) -> bool {
    document.look.scale = match context.once_in(2) {
        true => 0.3 + 0.5 * context.rng.f64(),
        false => 1.3 + 2.0 * context.rng.f64(),
    };
    true
}

/// A damage to cells, on pages.
pub fn structural(document: &mut Document, context: &mut Context<'_>) -> bool {
    let kinds: Vec<_> = KINDS.iter().filter(|kind| kind.is_single() && !kind.is_on_page()).collect();
    (0..20).any(|_| (kinds[context.rng.usize(..kinds.len())].apply)(document, context))
}

/// Two damages on pages.
pub fn two(document: &mut Document, context: &mut Context<'_>) -> bool {
    let kinds: Vec<_> = KINDS.iter().filter(|kind| kind.is_single() && kind.is_on_page()).collect();
    (0..2).all(|_| (0..20).any(|_| (kinds[context.rng.usize(..kinds.len())].apply)(document, context)))
}
