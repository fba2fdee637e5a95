//! The tables of RTF: from rows with the right edges of their cells to rows of cells that span columns.
//!
//! In: rows with their definitions and cells. Out: a [`BlockTable`]. Called by [`super::read`]. Source: Rich Text Format
//! Specification 1.9.1, "Table definitions".

use std::rc::Rc;

use crate::read::block::{self, Block, BlockCell, BlockRow, BlockTable, Rows};
use crate::read::body::LeftOut;

/// Edges that are at most this far apart are one, in twentieths of a point.
const NEAR: i32 = 20;

/// The most cells that a row may define.
pub(super) const CELLS: usize = 1000;

/// How a cell is merged with others.
#[derive(Clone, Copy, Default)]
pub(super) struct Merge {
    /// With the cell before it.
    pub left: bool,
    /// With the cell above it.
    pub above: bool,
}

/// What `\trowd` to `\row` say about a row.
#[derive(Clone, Default)]
pub(super) struct RowDefinition {
    pub left: i32,
    /// The merging of each cell, and its right edge.
    pub cells: Vec<(Merge, i32)>,
    /// The merging of the next cell.
    pub next: Merge,
}

/// A complete row.
pub(super) struct Row {
    pub definition: Rc<RowDefinition>,
    pub cells: Vec<Vec<Block>>,
}

/// The table of some rows. Texts of cells that are merged with the one before them go to `covered`.
pub(super) fn build(rows: Vec<Row>, covered: &mut LeftOut) -> BlockTable {
    let edges = edges(&rows);
    let index = |edge: i32| edges.partition_point(|start| *start <= edge).saturating_sub(1);
    let mut built = Vec::with_capacity(rows.len());
    for row in rows {
        let definition = row.definition;
        let has_edges = !definition.cells.is_empty();
        let before = if has_edges { index(definition.left) } else { 0 };
        let mut made = BlockRow { before: narrow(before), ..BlockRow::default() };
        let mut start = before;
        for (at, blocks) in row.cells.into_iter().enumerate() {
            let (merge, end) = match definition.cells.get(at) {
                Some((merge, right)) => (*merge, index(*right)),
                None => (Merge::default(), start + 1),
            };
            let end = end.max(start + 1);
            let columns = narrow(end - start);
            start = end;
            match made.cells.last_mut().filter(|_| merge.left) {
                Some(cell) => {
                    cell.columns = cell.columns.saturating_add(columns);
                    let mut text = String::new();
                    block::join(&blocks, &mut text);
                    covered.add(&text, None);
                }
                None => {
                    let rows = if merge.above { Rows::Above } else { Rows::Span(1) };
                    made.cells.push(BlockCell { columns, rows, blocks });
                }
            }
        }
        built.push(made);
    }
    BlockTable::new(built)
}

/// The edges of the cells that exist, sorted; of those that are near each other, the first.
fn edges(rows: &[Row]) -> Vec<i32> {
    let mut edges = Vec::new();
    for row in rows.iter().filter(|row| !row.definition.cells.is_empty()) {
        edges.push(row.definition.left);
        edges.extend(row.definition.cells.iter().take(row.cells.len()).map(|(_, right)| *right));
    }
    edges.sort_unstable();
    let mut last = None;
    edges.retain(|edge| {
        let is_new = last.is_none_or(|last: i32| edge.saturating_sub(last) > NEAR);
        if is_new {
            last = Some(*edge);
        }
        is_new
    });
    edges
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
