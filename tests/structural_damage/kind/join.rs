//! Rows in one line, and values that run together.

use super::{Context, pick_grid};
use crate::page::{Cell, ColumnKind, Document, Grid, LineKind};
use crate::render::Format;

/// A lost line break between two rows.
pub fn rows(document: &mut Document, context: &mut Context<'_>) -> bool {
    if context.format.is_paged() {
        return false;
    }
    let is_known = document.form.template.is_some();
    let is_row = |grid: &Grid, at: usize| matches!(grid.lines[at].kind, LineKind::Data | LineKind::Heading);
    let pairs = |grid: &Grid| -> Vec<usize> {
        (1..grid.lines.len()).filter(|at| is_row(grid, at - 1) && is_row(grid, *at)).collect()
    };
    let Some(grid) = pick_grid(document, context, |grid| !pairs(grid).is_empty()) else { return false };
    let Some(at) = context.pick(&pairs(grid)) else { return false };
    let second = grid.lines.remove(at);
    let line = &mut grid.lines[at - 1];
    line.kind = LineKind::Data;
    let separated = match context.format {
        Format::Lines => false,
        Format::Csv | Format::Tabs => context.once_in(2),
        _ => true,
    };
    let mut cells = second.cells.into_iter();
    // Behind a number, only a known label shows where it begins.
    let space = if is_known && context.once_in(3) { "" } else { " " };
    if separated {
        // Two pipes with nothing between them are an empty cell.
        if context.once_in(2) {
            line.cells.push(Cell::default());
        }
    } else if let (Some(last), Some(first)) = (line.cells.last_mut(), cells.next()) {
        last.text = format!("{}{space}{}", last.text, first.text);
        last.truth.extend(first.truth);
        last.merge = 0;
    }
    line.cells.extend(cells);
    true
}

/// Whether two neighbours are values by themselves, neither blank. A visible value does not run together with a hidden one:
/// where their cell is hidden, the row shows a blank.
fn can_join(grid: &Grid, line: usize, column: usize) -> bool {
    let plain = |cell: &Cell| cell.truth.len() == 1 && cell.merge == 0;
    let is_hidden = |column: usize| grid.columns.get(column).is_some_and(|column| column.hidden);
    if is_hidden(column) != is_hidden(column + 1) {
        return false;
    }
    let cells = &grid.lines[line].cells;
    grid.lines[line].kind == LineKind::Data
        && cells.len() > column + 1
        && plain(&cells[column])
        && plain(&cells[column + 1])
        && cells[column].text.chars().chain(cells[column + 1].text.chars()).all(|c| c.is_ascii_digit())
        && !cells[column].text.is_empty()
        && !cells[column + 1].text.is_empty()
}

/// The two cells as one text, with both values as its truth.
fn joined(first: &Cell, second: &Cell) -> Cell {
    let truth = first.truth.iter().chain(&second.truth).cloned().collect();
    Cell { text: format!("{}{}", first.text, second.text), truth, ..Cell::default() }
}

/// Two neighbouring value columns become one in all rows, the header too.
pub fn columns(document: &mut Document, context: &mut Context<'_>) -> bool {
    // Two headers of a local table would be one that nobody knows.
    if document.form.template.is_none() {
        return false;
    }
    let places = |grid: &Grid| -> Vec<usize> {
        let values = grid.of_kind(ColumnKind::Value);
        let pairs = values.iter().copied().filter(|at| values.contains(&(at + 1)));
        let data = grid.lines_of(LineKind::Data);
        // The joined header must name both columns. Where one of them had none, nothing in the file tells the joined values
        // from those of the other.
        let headed = |column: usize| {
            let headers = grid.lines_of(LineKind::Header);
            headers.last().is_none_or(|line| !grid.lines[*line].cells[column].text.is_empty())
        };
        let whole = (0..grid.lines.len()).all(|at| grid.is_whole(at));
        pairs
            .filter(|at| {
                whole
                    && grid.blocks().len() == 1
                    && headed(*at)
                    && headed(at + 1)
                    && data.iter().any(|line| can_join(grid, *line, *at))
            })
            .collect()
    };
    let Some(grid) = pick_grid(document, context, |grid| !places(grid).is_empty()) else { return false };
    let Some(column) = context.pick(&places(grid)) else { return false };
    grid.columns.remove(column);
    for line in &mut grid.lines {
        let second = line.cells.remove(column + 1);
        let first = &mut line.cells[column];
        if first.merge == 0 || first.merge != second.merge {
            *first = joined(first, &second);
        }
    }
    true
}

/// Two or three values of one row in one cell. Other rows show the columns: the row has fewer cells, or the cell covers
/// the columns.
pub fn columns_in_row(document: &mut Document, context: &mut Context<'_>) -> bool {
    let places = |grid: &Grid| -> Vec<(usize, usize)> {
        let lines = grid.lines_of(LineKind::Data).into_iter().filter(|line| grid.is_whole(*line));
        let places = lines.flat_map(|line| (0..grid.columns.len()).map(move |column| (line, column)));
        places.filter(|(line, column)| can_join(grid, *line, *column)).collect()
    };
    let Some(grid) = pick_grid(document, context, |grid| !places(grid).is_empty()) else { return false };
    let Some((line, column)) = context.pick(&places(grid)) else { return false };
    let three = context.once_in(4) && can_join(grid, line, column + 1);
    // Where all rows have the same columns, the last cell would be blank, and nothing to see.
    let covers = match context.format {
        Format::Spaces | Format::Xlsx | Format::Pdf | Format::Ofd => true,
        Format::Html => context.once_in(2),
        _ => false,
    };
    let cells = &mut grid.lines[line].cells;
    let second = cells.remove(column + 1);
    cells[column] = joined(&cells[column], &second);
    if three && !covers {
        let third = cells.remove(column + 1);
        cells[column] = joined(&cells[column], &third);
    }
    if covers {
        cells[column].merge = 3_000_000;
        let copy = cells[column].clone();
        cells.insert(column + 1, copy);
    }
    document.padded = false;
    true
}
