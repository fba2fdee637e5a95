//! Finds numbers whose row is not certain, since a ruling line is missing.
//!
//! In: a table of one page. Out: the same, with numbers made unreadable that stand beside two labels: in a cell that spans
//! the rows of both, or beside a cell that has the text of both. A blank cell is unreadable too if its number may be in
//! the next one.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Cell, Table};
use super::words::{has_ordinal, is_number};
use crate::read::page::UNREADABLE;

/// Makes the values of a table unreadable whose row is not certain. Some rows are lines of text without lines between
/// them; some cells are beside numbers without a line between these.
pub(super) fn mark(table: &mut Table, divided: &BTreeSet<usize>, apart: &BTreeSet<(usize, usize)>) {
    mark_numbers(table);
    mark_blanks(table, divided, apart);
}

/// Marks blank cells in the places `apart`, beside a cell with several numbers, and in a line beside one with numbers only.
fn mark_blanks(table: &mut Table, divided: &BTreeSet<usize>, apart: &BTreeSet<(usize, usize)>) {
    let is_alone = |row: usize| {
        let mut filled = table.row(row).filter(|cell| !cell.text.trim().is_empty()).peekable();
        filled.peek().is_some() && filled.all(|cell| is_number(&cell.text))
    };
    let alone: Vec<usize> = divided.iter().copied().filter(|row| is_alone(*row)).collect();
    let mut doubtful: BTreeSet<(usize, usize)> = apart.clone();
    for cell in &table.cells {
        let beside = |row: usize| [row.wrapping_sub(1), row + 1];
        if ends_with_number(&cell.text) {
            doubtful.insert((cell.row, cell.column + cell.columns));
        } else if has_two_numbers(&cell.text) {
            doubtful.extend(beside(cell.row).map(|row| (row, cell.column)));
            doubtful.extend(beside(cell.column).map(|column| (cell.row, column)));
        } else if alone.contains(&cell.row) && is_number(&cell.text) {
            doubtful
                .extend(beside(cell.row).into_iter().filter(|row| divided.contains(row)).map(|row| (row, cell.column)));
        }
    }
    for cell in table.cells.iter_mut().filter(|cell| cell.text.trim().is_empty()) {
        if doubtful.contains(&(cell.row, cell.column)) {
            cell.text.push(UNREADABLE);
        }
    }
}

/// Whether a text is several numbers apart from each other.
fn has_two_numbers(text: &str) -> bool {
    is_number(text) && text.trim().contains(char::is_whitespace)
}

/// Whether a text is words and a number far behind them.
fn ends_with_number(text: &str) -> bool {
    text.rsplit_once("  ").is_some_and(|(words, number)| !is_number(words) && is_number(number))
}

fn mark_numbers(table: &mut Table) {
    let labels: Vec<&Cell> =
        table.cells.iter().filter(|cell| !cell.text.trim().is_empty() && !is_number(&cell.text)).collect();
    let is_in = |row: usize, cell: &Cell| cell.row <= row && row < cell.row + cell.rows;
    let is_doubtful = |cell: &Cell| {
        let between = |label: &&&Cell| {
            label.column + label.columns <= cell.column && label.row > cell.row && is_in(label.row, cell)
        };
        let spans_two = cell.rows > 1
            && labels.iter().filter(between).any(|label| {
                labels
                    .iter()
                    .any(|above| above.column == label.column && above.row < label.row && is_in(cell.row, above))
            });
        let is_beside_two = labels.iter().any(|label| {
            label.row < cell.row + cell.rows && cell.row < label.row + label.rows && has_two_labels(&label.text)
        });
        is_number(&cell.text) && (spans_two || is_beside_two)
    };
    let shared = beside_one_label(table, &labels);
    let doubtful: Vec<usize> =
        (0..table.cells.len()).filter(|index| is_doubtful(&table.cells[*index]) || shared.contains(index)).collect();
    for index in doubtful {
        table.cells[index].text.push(UNREADABLE);
    }
}

/// The numbers of several rows whose only label spans these rows: it may be two labels without a line between them.
fn beside_one_label(table: &Table, labels: &[&Cell]) -> Vec<usize> {
    // A unit is no label.
    let labels: Vec<&&Cell> = labels.iter().filter(|label| label.text.trim().chars().count() > 3).collect();
    let mut beside: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, cell) in table.cells.iter().enumerate().filter(|(_, cell)| is_number(&cell.text)) {
        let own = labels.iter().filter(|label| {
            label.row <= cell.row && cell.row < label.row + label.rows && label.column + label.columns <= cell.column
        });
        if let Some(label) = own.max_by_key(|label| label.column).filter(|label| label.rows > cell.rows) {
            beside.entry((label.row, label.column)).or_default().push(index);
        }
    }
    let is_shared = |cells: &Vec<usize>| cells.iter().any(|index| table.cells[*index].row != table.cells[cells[0]].row);
    beside.into_values().filter(is_shared).flatten().collect()
}

/// Whether a text has more than one label.
fn has_two_labels(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_first_long = lines.next().is_some_and(|line| line.chars().count() > 2);
    is_first_long && lines.any(has_ordinal)
}
