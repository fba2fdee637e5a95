//! Makes a table of cells, and divides rows of it that have column rules only.
//!
//! In: the cells of a grid with their glyphs. Out: a [`Table`]. A row is divided if one of its cells has several numbers
//! below each other and another has at least as many lines. Each line of text is a row then; the lines of a label that
//! fill their column belong together.

use std::collections::{BTreeMap, BTreeSet};

use super::doubt;
use super::grid::Content;
use super::rulings::Frame;
use super::table::{Cell, RowPlace, Table, content, page_box};
use super::words::is_number;
use crate::read::page::lines::{Line, lines};
use crate::read::page::{Page, Rect, UNREADABLE};

/// The table of some cells. The places of its rows are not known yet.
pub(super) fn table(page: &Page, frame: &Frame, contents: Vec<Content>) -> Table {
    let rows = frame.ys.len() - 1;
    let mut divided: BTreeMap<usize, Vec<Vec<Option<Line>>>> = BTreeMap::new();
    for row in 0..rows {
        let own: Vec<&Content> = contents.iter().filter(|cell| cell.row <= row && row < cell.row + cell.rows).collect();
        if own.iter().all(|cell| cell.rows == 1)
            && let Some(parts) = divide(&own)
        {
            divided.insert(row, parts);
        }
    }
    // The number of rows above each row.
    let mut above = vec![0];
    for row in 0..rows {
        above.push(above[row] + divided.get(&row).map_or(1, Vec::len));
    }
    let mut table = Table { xs: frame.xs.clone(), top: frame.ys[0], ..Table::default() };
    table.rows = vec![RowPlace { page: 0, table: 0, row: 0 }; above[rows]];
    let mut index = 0;
    // The places beside numbers that are apart from each other.
    let mut beside = BTreeSet::new();
    for cell in &contents {
        if let Some(parts) = divided.get(&cell.row) {
            index = if cell.column == 0 { 0 } else { index + 1 };
            for (number, part) in parts.iter().enumerate() {
                table.cells.push(part_of(page, cell, above[cell.row] + number, part[index].as_ref()));
            }
            continue;
        }
        if let Some(parts) = apart(cell, &frame.xs) {
            beside.extend([cell.column.wrapping_sub(1), cell.column + cell.columns].map(|at| (above[cell.row], at)));
            for (by, text) in parts.into_iter().enumerate() {
                let area = page_box(page, &cell.rect);
                let (row, column) = (above[cell.row], cell.column + by);
                table.cells.push(Cell { row, column, rows: 1, columns: 1, text, area, ..Cell::default() });
            }
            continue;
        }
        let (mut text, is_full, marks) = content(&cell.glyphs, &cell.rect);
        if cell.is_doubtful {
            text.push(UNREADABLE);
        }
        table.cells.push(Cell {
            row: above[cell.row],
            column: cell.column,
            rows: above[cell.row + cell.rows] - above[cell.row],
            columns: cell.columns,
            text,
            is_full,
            area: page_box(page, &cell.rect),
            marks,
        });
    }
    table.cells.sort_by_key(|cell| (cell.row, cell.column));
    let rows = divided.iter().flat_map(|(row, parts)| above[*row]..above[*row] + parts.len());
    doubt::mark(&mut table, &rows.collect(), &beside);
    table
}

/// The texts of a cell in the columns that it spans, if it has texts apart from each other and a number among them: then
/// a line between them is missing. The numbers are unreadable.
fn apart(cell: &Content, xs: &[f64]) -> Option<Vec<String>> {
    let mut parts = vec![String::new(); cell.columns];
    let lines = if cell.columns > 1 && cell.rows == 1 { lines(&cell.glyphs) } else { return None };
    let mut has_number = false;
    for line in &lines {
        let mut used: Vec<usize> = Vec::new();
        for (bytes, place) in &line.fields {
            let center = (place.start + place.end) / 2.0;
            let column = xs[cell.column + 1..cell.column + cell.columns].partition_point(|x| *x <= center);
            if used.contains(&column) {
                return None;
            }
            used.push(column);
            let text = &line.text[bytes.clone()];
            let part = &mut parts[column];
            part.push_str(if part.is_empty() { "" } else { "\n" });
            part.push_str(text);
            if is_number(text) {
                has_number |= line.fields.len() > 1;
                part.push(UNREADABLE);
            }
        }
    }
    // A number between the lines of a label is in a column of its own.
    let is_own = |part: &String| part.contains(UNREADABLE) && is_number(&part.replace(UNREADABLE, ""));
    has_number |= !parts[0].is_empty() && parts[1..].iter().any(is_own);
    has_number.then_some(parts)
}

/// A cell of a divided row.
fn part_of(page: &Page, cell: &Content, row: usize, line: Option<&Line>) -> Cell {
    let rect = line.map_or(cell.rect, |line| Rect { y0: line.rect.y0, y1: line.rect.y1, ..cell.rect });
    Cell {
        row,
        column: cell.column,
        rows: 1,
        columns: cell.columns,
        text: line.map_or_else(String::new, |line| line.text.clone()),
        is_full: line.is_some_and(|line| is_full(line, cell)),
        area: page_box(page, &rect),
        marks: Vec::new(),
    }
}

fn is_full(line: &Line, cell: &Content) -> bool {
    line.rect.x1 > cell.rect.x1 - 1.6 * line.size
}

/// The lines of each new row by cell; none if the row is one row.
fn divide(cells: &[&Content]) -> Option<Vec<Vec<Option<Line>>>> {
    let mut texts: Vec<Vec<Line>> = cells.iter().map(|cell| lines(&cell.glyphs)).collect();
    let counts = texts.iter().map(|lines| lines.iter().filter(|line| is_number(&line.text)).count());
    let is_many = |(index, count): (usize, usize)| {
        count > 1 && texts.iter().enumerate().any(|(other, lines)| other != index && lines.len() >= count)
    };
    if !counts.enumerate().any(is_many) {
        return None;
    }
    for (lines, cell) in texts.iter_mut().zip(cells) {
        mark_wrapped(lines, cell);
    }
    let mut all: Vec<(f64, usize, Line)> = Vec::new();
    for (index, lines) in texts.into_iter().enumerate() {
        all.extend(lines.into_iter().map(|line| (line.rect.center().1, index, line)));
    }
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut rows: Vec<(f64, Vec<Option<Line>>)> = Vec::new();
    for (middle, index, line) in all {
        let fits =
            |(at, row): &&mut (f64, Vec<Option<Line>>)| (middle - *at).abs() < 0.45 * line.size && row[index].is_none();
        match rows.last_mut().filter(fits) {
            Some((_, row)) => row[index] = Some(line),
            None => {
                let mut row = vec![None; cells.len()];
                row[index] = Some(line);
                rows.push((middle, row));
            }
        }
    }
    Some(wrapped(rows.into_iter().map(|(_, row)| row).collect(), cells))
}

/// Makes numbers unreadable that may go on in the next line of their cell.
fn mark_wrapped(lines: &mut [Line], cell: &Content) {
    for at in 1..lines.len() {
        let is_pair = is_number(&lines[at - 1].text) && is_number(&lines[at].text);
        if is_pair && lines[at - 1].rect.width() > cell.rect.width() - 1.6 * lines[at - 1].size {
            lines[at - 1].text.push(UNREADABLE);
            lines[at].text.push(UNREADABLE);
        }
    }
}

/// The same rows, with those joined over which a text of the first column goes on.
fn wrapped(rows: Vec<Vec<Option<Line>>>, cells: &[&Content]) -> Vec<Vec<Option<Line>>> {
    let mut joined: Vec<Vec<Option<Line>>> = Vec::new();
    // The rows since the last full line of the first column, which the next line of that column goes on.
    let mut open: Vec<Vec<Option<Line>>> = Vec::new();
    for row in rows {
        let goes_on = !open.is_empty();
        let label = row[0].as_ref();
        let is_full = label.is_some_and(|line| is_full(line, cells[0]));
        let has_label = label.is_some();
        open.push(row);
        if has_label && !is_full {
            let group = std::mem::take(&mut open);
            match goes_on.then(|| merged(&group)).flatten() {
                Some(one) => joined.push(one),
                None => joined.extend(group),
            }
        } else if !goes_on && !is_full {
            joined.append(&mut open);
        }
    }
    joined.extend(open);
    joined
}

/// One row of several, unless that would put two values into one cell.
fn merged(rows: &[Vec<Option<Line>>]) -> Option<Vec<Option<Line>>> {
    let mut one: Vec<Option<Line>> = vec![None; rows.first()?.len()];
    for row in rows {
        for (column, line) in row.iter().enumerate() {
            let Some(line) = line else { continue };
            match &mut one[column] {
                None => one[column] = Some(line.clone()),
                Some(before) if column == 0 => {
                    before.text.push('\n');
                    before.text.push_str(&line.text);
                    before.rect = before.rect.union(&line.rect);
                }
                Some(_) => return None,
            }
        }
    }
    Some(one)
}
