//! Finds tables without ruling lines by the places of their texts.
//!
//! In: lines of text outside of ruled tables, from the top down, also over several pages. Out: [`Draft`]s: which lines may
//! be a table, and its cells. Called by [`super::flow`]. Whether a draft is a table is for recognition to decide: the
//! document has the lines too.
//!
//! [`block`] finds the lines that belong together and the columns of their values. Each line with values is a row.
//! [`label`] finds the texts that belong to a row, which may have several lines above and below its values, and [`header`]
//! the columns of headers.

mod block;
mod counted;
mod counted_header;
mod header;
mod item;
mod label;

pub(super) use item::{Draft, DraftCell, Placed, is_value};

/// The drafts among some lines.
pub(super) fn drafts(lines: &[Placed]) -> Vec<Draft> {
    let rows: Vec<Vec<item::Item>> = lines.iter().enumerate().map(|(index, line)| item::items(index, line)).collect();
    block::blocks(&rows).into_iter().filter_map(|block| draft(&block, &rows)).collect()
}

/// The drafts among some lines of text that a program counted out.
pub(super) fn counted_drafts(lines: &[Placed]) -> Vec<Draft> {
    let rows: Vec<Vec<item::Item>> = lines.iter().enumerate().map(|(index, line)| item::items(index, line)).collect();
    let draft = |block: block::Block| {
        let block = counted_header::divided(block, &rows);
        let rows = counted_header::spaced_apart(&block, &rows);
        let body = counted::body(&block, &rows)?;
        let (rows, body) = counted_header::aligned(&block, &rows, body)?;
        joined(&block, &rows, body)
    };
    block::blocks(&rows).into_iter().filter_map(draft).collect()
}

/// The cells of a block; none if two values are in one place.
fn draft(block: &block::Block, rows: &[Vec<item::Item>]) -> Option<Draft> {
    joined(block, rows, label::body(block, rows)?)
}

/// The headers and rows of a block.
fn joined(block: &block::Block, rows: &[Vec<item::Item>], body: label::Body) -> Option<Draft> {
    let headers = header::headers(block, rows, &body.columns)?;
    let count = headers.rows;
    let mut cells = headers.cells;
    cells.extend(body.cells.into_iter().map(|cell| DraftCell { row: cell.row + count, ..cell }));
    cells.sort_by_key(|cell| (cell.row, cell.column));
    // A cell that would cover another one ends before it.
    let mut taken = std::collections::BTreeSet::new();
    for cell in &mut cells {
        if taken.contains(&(cell.row, cell.column)) {
            return None;
        }
        let free = (1..cell.columns).take_while(|by| !taken.contains(&(cell.row, cell.column + by))).count();
        cell.columns = free + 1;
        for row in cell.row..cell.row + cell.rows {
            for column in cell.column..cell.column + cell.columns {
                if !taken.insert((row, column)) && row == cell.row {
                    return None;
                }
            }
        }
    }
    for row in 0..count + body.rows {
        for column in 0..body.columns.len() {
            if !taken.contains(&(row, column)) {
                cells.push(DraftCell { row, column, rows: 1, columns: 1, text: String::new(), line: None });
            }
        }
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let mut first_lines = headers.lines;
    first_lines.extend(body.lines);
    Some(Draft { lines: block.lines(), cells, rows: first_lines })
}

#[cfg(test)]
mod tests;
