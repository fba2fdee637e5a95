//! Reads the rows of a table whose cells have positions, so that the column of a blank cell is known.
//!
//! In: a stream, the [`Chain`] found in it and its [`Columns`]. Out: a [`Reading`]. Called by [`super::Recognizer`].

use super::align::Chain;
use super::columns::{self, Columns, HeaderMeaning};
use super::reading::{CellReading, ExtraReading, Reading, RowReading};
use super::stream::{Stream, StreamCell, one_line};
use super::value::{self, ParsedValue};
use crate::document::{CellRef, Location};
use crate::report::CellValue;
use crate::template::{Table, Template, ValueKind};

/// One row of cells: a range of the stream.
struct GridLine<'s, 'd> {
    /// Part and row.
    at: (usize, u32),
    cells: &'s [StreamCell<'d>],
    /// Index of the first cell in the stream.
    first: usize,
}

/// The lines of a stream, in order.
fn lines<'s, 'd>(stream: &'s Stream<'d>) -> Vec<GridLine<'s, 'd>> {
    let at = |cell: &StreamCell<'_>| (cell.part, cell.position.map_or(0, |at| at.row));
    let mut first = 0;
    let lines = stream.cells.chunk_by(|one, other| at(one) == at(other)).map(|cells| {
        first += cells.len();
        GridLine { at: at(&cells[0]), cells, first: first - cells.len() }
    });
    lines.collect()
}

/// Reads the rows of a chain, and the rows between them.
pub fn read(stream: &Stream<'_>, chain: &Chain, template: &Template, columns: &Columns) -> Reading {
    let lines = lines(stream);
    let rows = Vec::with_capacity(chain.matches.len());
    let mut reading = Reading { columns: headers(columns), rows, ..Reading::default() };
    // For each line the match that it belongs to.
    let mut owners: Vec<Option<usize>> = vec![None; lines.len()];
    let line_of = |cell: usize| lines.partition_point(|line| line.first <= cell) - 1;
    for (index, found) in chain.matches.iter().enumerate() {
        let (first, last) = (stream.cell_at(found.label.start), stream.cell_at(found.label.end - 1));
        let kind = template.tables()[found.row.0].rows[found.row.1].kind;
        let cells = &stream.cells[first..=last];
        let mut row = RowReading { label: label(cells), at: Some(cells[0].cell.at.clone()), ..RowReading::default() };
        let (first, last) = (line_of(first), line_of(last));
        owners[first..=last].fill(Some(index));
        let end = lines[last].first + lines[last].cells.len();
        fill(&mut row, &stream.cells[lines[first].first..end], columns, kind);
        reading.rows.push(row);
    }
    extras(&mut reading, &lines, &owners, chain, template, columns);
    reading
}

/// The label in some cells, most often in one.
fn label(cells: &[StreamCell<'_>]) -> String {
    match cells {
        [only] => one_line(&only.cell.text),
        several => several.iter().map(|cell| one_line(&cell.cell.text)).collect(),
    }
}

fn headers(columns: &Columns) -> Vec<Option<String>> {
    match columns.values.as_slice() {
        // A single column is that of the form, whatever its header.
        [_] => vec![None],
        several => several
            .iter()
            .enumerate()
            .map(|(index, value)| match &value.header {
                Some(header) => Some(header.clone()),
                None => Some((index + 1).to_string()),
            })
            .collect(),
    }
}

/// Takes unit, values and remarks of a row from the cells of its lines: the first that is not blank in each column.
fn fill(row: &mut RowReading, cells: &[StreamCell<'_>], columns: &Columns, kind: ValueKind) {
    let cell_at = |column: u32| {
        let mut found = cells.iter().filter(move |cell| cell.position.is_some_and(|at| at.column == column));
        found.clone().find(|cell| !cell.cell.is_blank()).or_else(|| found.next())
    };
    row.unit =
        columns.unit.and_then(cell_at).map(|cell| cell.cell.text.trim().to_owned()).filter(|unit| !unit.is_empty());
    let values = columns.values.iter().map(|value| match cell_at(value.column) {
        Some(cell) => CellReading {
            text: cell.cell.text.trim().to_owned(),
            parsed: value::parse_cell(cell.cell, kind),
            at: Some(cell.cell.at.clone()),
        },
        None => CellReading {
            text: String::new(),
            parsed: ParsedValue::default(),
            at: cells.first().and_then(|cell| beside(cell, value.column)),
        },
    });
    row.values = values.collect();
    for column in &columns.remarks {
        if let Some(cell) = cell_at(*column).filter(|cell| !cell.cell.is_blank()) {
            row.remarks.push((cell.cell.text.trim().to_owned(), Some(cell.cell.at.clone())));
        }
    }
}

/// The location of a blank cell in the row of another cell.
fn beside(neighbor: &StreamCell<'_>, column: u32) -> Option<Location> {
    let row = neighbor.position?.row;
    Some(match &neighbor.cell.at {
        Location::Sheet { sheet, .. } => Location::Sheet { sheet: sheet.clone(), cell: CellRef::new(row, column) },
        Location::Table { table, row, .. } => Location::Table { table: *table, row: *row, cell: column + 1 },
        other => other.clone(),
    })
}

/// The rows that the chain left out, from the first row found to the end of the table.
fn extras(
    reading: &mut Reading,
    lines: &[GridLine<'_, '_>],
    owners: &[Option<usize>],
    chain: &Chain,
    template: &Template,
    columns: &Columns,
) {
    let table = &template.tables()[chain.matches[0].row.0];
    let mut owned = (0..lines.len()).filter(|line| owners[*line].is_some());
    let Some(start) = owned.next() else { return };
    let end = owned.next_back().unwrap_or(start);
    let left = columns.values.iter().map(|value| value.column).chain(columns.unit).min().unwrap_or(u32::MAX);
    let mut after = None;
    let header_end = header_end(lines, start, table).unwrap_or_else(|| first_with_unit(lines, start, columns));
    for (index, line) in lines.iter().enumerate().skip(header_end) {
        if owners[index].is_some() {
            after = owners[index];
            continue;
        }
        if line.cells[0].position.is_none() {
            continue;
        }
        let labels =
            line.cells.iter().filter(|cell| !cell.cell.is_blank()).filter(|cell| {
                cell.position.is_some_and(|at| at.column < left && !columns.serial.contains(&at.column))
            });
        let mut row = RowReading {
            label: labels.clone().map(|cell| one_line(&cell.cell.text)).collect(),
            at: line.cells.first().map(|cell| cell.cell.at.clone()),
            ..RowReading::default()
        };
        if let Some(cell) = labels.clone().next() {
            row.at = Some(cell.cell.at.clone());
        }
        let header = |cell: &StreamCell<'_>| columns::header_meaning(&cell.cell.text, table) != HeaderMeaning::Other;
        if labels.clone().any(header) || columns::is_value_header(&row.label, table) {
            continue;
        }
        fill(&mut row, line.cells, columns, ValueKind::Signed);
        let unit = row.unit.as_deref().is_some_and(value::is_unit);
        let filled = row.values.iter().any(|value| value.parsed.cell.is_number());
        // Below the last row of the form, only a line with label, unit and value is still a row of the table.
        if index > end && !(filled && (unit || columns.unit.is_none()) && !row.label.is_empty()) {
            break;
        }
        let marked = row.values.iter().any(|value| !value.parsed.cell.is_blank());
        if filled || unit || (marked && !row.label.is_empty() && !only_marks(&row)) {
            reading.extras.push(ExtraReading { after, row });
        } else if !row.label.is_empty() {
            reading.texts.push((row.label, row.at));
        }
    }
}

/// Whether the values of a row are only marks such as `——`, as in headings.
fn only_marks(row: &RowReading) -> bool {
    row.values.iter().all(|value| matches!(value.parsed.cell, CellValue::Blank | CellValue::NotApplicable))
}

/// The first of the lines with a unit directly above the first row found.
fn first_with_unit(lines: &[GridLine<'_, '_>], start: usize, columns: &Columns) -> usize {
    let is_unit = |cell: &StreamCell<'_>| {
        cell.position.is_some_and(|at| Some(at.column) == columns.unit) && value::is_unit(&cell.cell.text)
    };
    let rows = above(lines, start).take_while(|line| lines[*line].cells.iter().any(is_unit));
    rows.last().unwrap_or(start)
}

/// The first line below the header rows above the first row found.
fn header_end(lines: &[GridLine<'_, '_>], start: usize, table: &Table) -> Option<usize> {
    let is_header = |cell: &StreamCell<'_>| {
        matches!(columns::header_meaning(&cell.cell.text, table), HeaderMeaning::Label | HeaderMeaning::Unit)
    };
    above(lines, start).find(|line| lines[*line].cells.iter().any(is_header)).map(|line| line + 1)
}

/// The lines of the same part above a line, from the lowest up.
fn above(lines: &[GridLine<'_, '_>], start: usize) -> impl Iterator<Item = usize> {
    (0..start).rev().filter(move |line| lines[*line].at.0 == lines[start].at.0)
}
