//! Reads the rows of a table whose cells have positions: which blank is which column is known.

use std::collections::BTreeMap;

use super::align::Chain;
use super::columns::{self, Columns, HeadMeaning};
use super::reading::{ExtraReading, FigureReading, Reading, RowReading};
use super::stream::{Stream, StreamCell, one_line};
use super::value::{self, Figure};
use crate::document::{CellKind, CellRef, Location};
use crate::report::Status;
use crate::template::{Kind, Template};

/// One row of cells: a stretch of the stream, whose cells are sorted.
struct GridRow<'s, 'd> {
    cells: &'s [StreamCell<'d>],
    /// Index of the first cell in the stream.
    first: usize,
}

/// Reads every row that a chain found, and the rows between them.
pub fn read(stream: &Stream<'_>, chain: &Chain, template: &Template, columns: &Columns) -> Reading {
    let line_of = |cell: &StreamCell<'_>| (cell.part, cell.position.map_or(0, |at| at.row));
    let mut first = 0;
    let lines = stream.cells.chunk_by(|one, other| line_of(one) == line_of(other)).map(|cells| {
        first += cells.len();
        (line_of(&cells[0]), GridRow { cells, first: first - cells.len() })
    });
    let grid: BTreeMap<(usize, u32), GridRow<'_, '_>> = lines.collect();
    let rows = Vec::with_capacity(chain.matches.len());
    let mut reading = Reading { columns: heads(columns), rows, ..Reading::default() };
    let mut owner: BTreeMap<(usize, u32), usize> = BTreeMap::new();
    for (index, found) in chain.matches.iter().enumerate() {
        let (first, last) = (stream.cell_at(found.label.start), stream.cell_at(found.label.end - 1));
        let kind = template.tables[found.row.0].rows[found.row.1].kind;
        let cells = &stream.cells[first..=last];
        let mut row = RowReading { label: label(cells), at: Some(cells[0].cell.at.clone()), ..RowReading::default() };
        let lines = cells.chunk_by(|one, other| line_of(one) == line_of(other)).map(|cells| line_of(&cells[0]));
        owner.extend(lines.clone().map(|line| (line, index)));
        fill(&mut row, lines.filter_map(|line| grid.get(&line)), line_of(&cells[0]), columns, kind, stream);
        reading.rows.push(row);
    }
    extras(&mut reading, &grid, &owner, stream, chain, template, columns);
    reading
}

/// The label that stands in some cells, most often in one.
fn label(cells: &[StreamCell<'_>]) -> String {
    match cells {
        [only] => one_line(&only.cell.text),
        several => several.iter().map(|cell| one_line(&cell.cell.text)).collect(),
    }
}

fn heads(columns: &Columns) -> Vec<Option<String>> {
    match columns.values.as_slice() {
        // The table's own single column, whatever its head.
        [_] => vec![None],
        several => several
            .iter()
            .enumerate()
            .map(|(index, value)| match &value.head {
                Some(head) => Some(head.clone()),
                None => Some((index + 1).to_string()),
            })
            .collect(),
    }
}

/// Takes unit, figures and remarks of a row from its lines: from the first that has them.
fn fill<'g, 's: 'g, 'd: 's>(
    row: &mut RowReading,
    lines: impl Iterator<Item = &'g GridRow<'s, 'd>> + Clone,
    first: (usize, u32),
    columns: &Columns,
    kind: Kind,
    stream: &Stream<'_>,
) {
    let cell_at = |column: u32| {
        let cells = lines.clone().flat_map(|line| line.cells);
        let mut found = cells.filter(move |cell| cell.position.is_some_and(|at| at.column == column));
        found.clone().find(|cell| !cell.cell.is_blank()).or_else(|| found.next())
    };
    row.unit =
        columns.unit.and_then(cell_at).map(|cell| cell.cell.text.trim().to_owned()).filter(|unit| !unit.is_empty());
    row.figures.reserve_exact(columns.values.len());
    for value in &columns.values {
        row.figures.push(match cell_at(value.column) {
            Some(cell) => FigureReading {
                text: cell.cell.text.trim().to_owned(),
                figure: figure(cell, kind),
                at: Some(cell.cell.at.clone()),
            },
            None => FigureReading {
                text: String::new(),
                figure: Figure::default(),
                at: beside(stream, first, value.column),
            },
        });
    }
    for column in &columns.remarks {
        if let Some(cell) = cell_at(*column).filter(|cell| !cell.cell.is_blank()) {
            row.remarks.push((cell.cell.text.trim().to_owned(), Some(cell.cell.at.clone())));
        }
    }
}

/// The place of a cell that holds nothing and so was not kept.
fn beside(stream: &Stream<'_>, (part, row): (usize, u32), column: u32) -> Option<Location> {
    let neighbour =
        stream.cells.iter().find(|cell| cell.part == part && cell.position.is_some_and(|at| at.row == row))?;
    Some(match &neighbour.cell.at {
        Location::Sheet { sheet, .. } => Location::Sheet { sheet: sheet.clone(), cell: CellRef::new(row, column) },
        Location::Table { table, row, .. } => Location::Table { table: *table, row: *row, cell: column + 1 },
        other => other.clone(),
    })
}

/// A date, a truth value or a formula's error is no figure, whatever its text.
fn figure(cell: &StreamCell<'_>, kind: Kind) -> Figure {
    match cell.cell.kind {
        CellKind::Text | CellKind::Number => value::parse(&cell.cell.text, kind),
        CellKind::Date | CellKind::Boolean | CellKind::Error => {
            Figure { status: Status::Unreadable, ..Figure::default() }
        }
    }
}

/// The rows that the chain left out, from the first row found to the end of the table.
fn extras(
    reading: &mut Reading,
    grid: &BTreeMap<(usize, u32), GridRow<'_, '_>>,
    owner: &BTreeMap<(usize, u32), usize>,
    stream: &Stream<'_>,
    chain: &Chain,
    template: &Template,
    columns: &Columns,
) {
    let table = &template.tables[chain.matches[0].row.0];
    let (Some((start, _)), Some((end, _))) = (owner.first_key_value(), owner.last_key_value()) else { return };
    let left = columns.values.iter().map(|value| value.column).chain(columns.unit).min().unwrap_or(u32::MAX);
    let mut after = None;
    let head_end = head_end(grid, *start, table).unwrap_or_else(|| first_with_unit(grid, *start, columns));
    for (line, cells) in grid.range(head_end..) {
        if let Some(index) = owner.get(line) {
            after = Some(*index);
            continue;
        }
        if stream.cells[cells.first].position.is_none() {
            continue;
        }
        let labels =
            cells.cells.iter().filter(|cell| !cell.cell.is_blank()).filter(|cell| {
                cell.position.is_some_and(|at| at.column < left && !columns.serial.contains(&at.column))
            });
        let mut row = RowReading {
            label: labels.clone().map(|cell| one_line(&cell.cell.text)).collect(),
            at: cells.cells.first().map(|cell| cell.cell.at.clone()),
            ..RowReading::default()
        };
        if let Some(cell) = labels.clone().next() {
            row.at = Some(cell.cell.at.clone());
        }
        let head = |cell: &StreamCell<'_>| columns::head_meaning(&cell.cell.text, table) != HeadMeaning::Other;
        if labels.clone().any(head) || columns::is_own_head(&row.label, table) {
            continue;
        }
        fill(&mut row, std::iter::once(cells), *line, columns, Kind::Signed, stream);
        let unit = row.unit.as_deref().is_some_and(value::is_unit);
        let filled = row.figures.iter().any(|figure| matches!(figure.figure.status, Status::Number));
        // Below the last row of the form only what has both a unit and a figure is still a row of the table.
        if line > end && !(filled && (unit || columns.unit.is_none()) && !row.label.is_empty()) {
            break;
        }
        let marked = row.figures.iter().any(|figure| figure.figure.status != Status::Blank);
        if filled || unit || (marked && !row.label.is_empty() && !only_marks(&row)) {
            reading.extras.push(ExtraReading { after, row });
        } else if !row.label.is_empty() {
            reading.texts.push((row.label, row.at));
        }
    }
}

/// Whether a row's figures are only marks such as `——`, as headings have them.
fn only_marks(row: &RowReading) -> bool {
    row.figures.iter().all(|figure| matches!(figure.figure.status, Status::Blank | Status::NotApplicable))
}

/// The first of the lines with a unit that stand directly above the first row found.
fn first_with_unit(
    grid: &BTreeMap<(usize, u32), GridRow<'_, '_>>,
    start: (usize, u32),
    columns: &Columns,
) -> (usize, u32) {
    let is_unit = |cell: &&StreamCell<'_>| {
        cell.position.is_some_and(|at| Some(at.column) == columns.unit) && value::is_unit(&cell.cell.text)
    };
    let above = grid.range(..start).rev().filter(|(line, _)| line.0 == start.0);
    let rows = above.take_while(|(_, cells)| cells.cells.iter().any(|cell| is_unit(&cell)));
    rows.last().map_or(start, |(line, _)| *line)
}

/// The first line below the head rows above the first row found.
fn head_end(
    grid: &BTreeMap<(usize, u32), GridRow<'_, '_>>,
    start: (usize, u32),
    table: &crate::template::Table,
) -> Option<(usize, u32)> {
    let is_head = |cells: &GridRow<'_, '_>| {
        cells
            .cells
            .iter()
            .any(|cell| matches!(columns::head_meaning(&cell.cell.text, table), HeadMeaning::Label | HeadMeaning::Unit))
    };
    let head = grid.range(..start).rev().filter(|(line, _)| line.0 == start.0).find(|(_, cells)| is_head(cells));
    head.map(|(line, _)| (line.0, line.1 + 1))
}
