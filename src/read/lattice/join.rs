//! Joins the parts of a table on several pages.
//!
//! In: a table that ends a page, and the one that begins the next page. Out: one table, if both have the same width.
//! Headers that are printed again are dropped. A cell that goes on is one cell, and so is a row that the end of the page
//! cuts.

use super::rulings::clustered;
use super::table::{Cell, Table};
use super::words::{is_number, starts_anew};
use crate::read::page::UNREADABLE;

/// How far the sides of two parts may be from each other.
const NEAR: f64 = 4.0;

/// How far a column may be from where it is in the other part.
const SHIFTED: f64 = 3.0;

/// Adds a table to the one before it; returns it if it is another table.
pub(crate) fn join(before: &mut Table, mut next: Table) -> Option<Table> {
    let sides = |table: &Table| Some((*table.xs.first()?, *table.xs.last()?));
    let (Some((left, right)), Some((other_left, other_right))) = (sides(before), sides(&next)) else {
        return Some(next);
    };
    let is_next = before.page() + 1 == next.page();
    if !is_next || (left - other_left).abs() >= NEAR || (right - other_right).abs() >= NEAR {
        return Some(next);
    }
    let xs = clustered(before.xs.iter().chain(&next.xs).copied().collect(), SHIFTED);
    if !place(before, &xs) || !place(&mut next, &xs) {
        return Some(next);
    }
    drop_repeated(before, &mut next);
    append(before, next);
    None
}

/// Puts the cells of a table on other columns. False, and the table unchanged, if two columns would become one.
fn place(table: &mut Table, xs: &[f64]) -> bool {
    let nearest = |x: &f64| {
        let distance = |at: &usize| (xs[*at] - x).abs();
        (0..xs.len()).min_by(|one, other| distance(one).total_cmp(&distance(other))).unwrap_or(0)
    };
    let places: Vec<usize> = table.xs.iter().map(nearest).collect();
    if places.windows(2).any(|pair| pair[0] >= pair[1]) {
        return false;
    }
    for cell in &mut table.cells {
        let (left, right) = (places[cell.column], places[cell.column + cell.columns]);
        (cell.column, cell.columns) = (left, right - left);
    }
    table.xs = xs.to_vec();
    true
}

/// The text of the cells of a row, without white space.
fn texts(table: &Table, row: usize) -> Vec<String> {
    table.row(row).map(|cell| cell.text.split_whitespace().collect()).collect()
}

/// Drops the first rows of a part that are those of the whole table: its headers, printed again.
fn drop_repeated(table: &Table, next: &mut Table) {
    let count = table.rows.len().min(next.rows.len());
    let is_same = |row: &usize| {
        let own = texts(next, *row);
        own.iter().any(|text| !text.is_empty()) && own == texts(table, *row)
    };
    // A row with numbers is none of the headers.
    let has_number = |row: &usize| next.row(*row).any(|cell| is_number(&cell.text));
    let rows = (0..count).take_while(|row| is_same(row) && !has_number(row)).count();
    let is_cut = next.cells.iter().any(|cell| cell.row < rows && cell.row + cell.rows > rows);
    if rows == 0 || is_cut {
        return;
    }
    next.cells.retain(|cell| cell.row >= rows);
    next.cells.iter_mut().for_each(|cell| cell.row -= rows);
    next.rows.drain(..rows);
}

/// Adds the rows of a part. Cells of its first row may go on from the last row before.
fn append(table: &mut Table, next: Table) {
    let base = table.rows.len();
    let cut = is_cut(table, &next);
    let has_numbers_only = has_numbers_only(table, &next);
    let goes_on = next.row(0).any(|cell| goes_on(table, cell));
    let mut is_joined = vec![false; next.cells.len()];
    for (index, cell) in next.cells.iter().enumerate().filter(|(_, cell)| cell.row == 0) {
        let above =
            |own: &&mut Cell| own.row + own.rows == base && own.column == cell.column && own.columns == cell.columns;
        let Some(above) = table.cells.iter_mut().find(above) else { continue };
        let is_blank = cell.text.trim().is_empty();
        if goes_on && !cut && is_number(&cell.text) && above.text.trim().is_empty() {
            above.text.push(UNREADABLE);
            continue;
        }
        if has_numbers_only && is_number(&cell.text) && (above.text.trim().is_empty() || is_number(&above.text)) {
            // It may be the end of the number above, or that of a row whose label is lost.
            above.text.push(UNREADABLE);
            continue;
        }
        if cut && cell.rows == 1 {
            if !is_blank {
                above.text.push('\n');
                above.text.push_str(&cell.text);
                above.is_full = cell.is_full;
            }
        } else if !is_blank || cell.rows == 1 {
            continue;
        }
        above.rows += cell.rows;
        is_joined[index] = true;
    }
    let rest = next.cells.into_iter().zip(is_joined).filter(|(_, is_joined)| !is_joined);
    table.cells.extend(rest.map(|(cell, _)| Cell { row: cell.row + base, ..cell }));
    table.cells.sort_by_key(|cell| (cell.row, cell.column));
    table.rows.extend(next.rows);
}

/// Whether the first row of a part has numbers without a label. A heading of several rows is none.
fn has_numbers_only(table: &Table, next: &Table) -> bool {
    let base = table.rows.len();
    let is_heading = |cell: &Cell| {
        // 四、结转下年度 below 三、本年度办理结果 is a row of its own.
        let is_same = |own: &Cell| own.column == cell.column && own.columns == cell.columns;
        let is_above = |own: &Cell| own.row + own.rows == base && is_same(own) && own.rows > 1;
        cell.rows > 1 || table.cells.iter().any(is_above)
    };
    let filled = next.row(0).filter(|cell| !cell.text.trim().is_empty());
    let mut filled = filled.filter(|cell| is_number(&cell.text) || !is_heading(cell)).peekable();
    filled.peek().is_some() && filled.all(|cell| is_number(&cell.text))
}

/// Whether the first row of a part is the rest of the last row before: only text that goes on from a full line.
fn is_cut(table: &Table, next: &Table) -> bool {
    let first: Vec<&Cell> = next.row(0).collect();
    let filled: Vec<&&Cell> = first.iter().filter(|cell| !cell.text.trim().is_empty()).collect();
    !filled.is_empty() && filled.len() * 2 <= first.len() && filled.iter().all(|cell| goes_on(table, cell))
}

/// Whether a cell of the first row of a part has text that goes on from a full line of the table before.
fn goes_on(table: &Table, cell: &Cell) -> bool {
    let base = table.rows.len();
    let is_above = |own: &Cell| {
        own.row + own.rows == base && own.column == cell.column && own.columns == cell.columns && own.is_full
    };
    cell.rows == 1
        && !cell.text.chars().all(|c| c.is_numeric() || c.is_whitespace() || c.is_ascii_punctuation())
        && !starts_anew(&cell.text)
        && table.cells.iter().any(is_above)
}
