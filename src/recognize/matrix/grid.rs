//! Reads the rows of a matrix from cells with positions: the values are right of the label in its row.
//!
//! In: the lines of cells of a table. Out: the values of a row, and rows that the template does not know. Called by
//! [`super::read`].

use std::collections::BTreeSet;

use super::form_row::{FormRow, unreadable_row};
use crate::document::{Cell, CellRef, Location};
use crate::recognize::align::{Chain, Match};
use crate::recognize::reading::{CellReading, ExtraReading, Reading, RowReading};
use crate::recognize::stream::Stream;
use crate::recognize::value::{ParsedValue, parse_cell};
use crate::template::{ResolvedRule, Table, Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label;

/// A line of cells with values.
#[derive(Clone, Copy)]
pub(super) struct ValueLine {
    pub(super) part: usize,
    row: u32,
    /// The column that the values are right of; none where they start in the first.
    after: Option<u32>,
    /// The number of columns.
    width: u32,
}

/// The line of cells with the values of a row.
pub(super) fn value_line(
    stream: &Stream<'_>,
    chain: &Chain,
    found: &Match,
    form: &FormRow<'_>,
    last: usize,
    at: CellRef,
) -> Option<ValueLine> {
    let part = stream.cells[last].part;
    let width = |row: u32| line_width(stream, chain, found.row.0, part, row, &stream.cells[last].cell.at);
    if form.table.label.is_some() {
        return Some(ValueLine { part, row: at.row, after: Some(at.column), width: width(at.row) });
    }
    // A row without a label: the first line below the headers that holds values.
    let below = stream.cells[last + 1..].iter().take_while(|cell| cell.part == part);
    let mut rows: Vec<u32> =
        below.filter_map(|cell| cell.position).map(|at| at.row).filter(|row| *row > at.row).collect();
    rows.dedup();
    let grid = stream.grids.get(&part)?;
    let holds_values = |row: &u32| {
        let cells = grid.cells.iter().filter(|(at, _)| at.row == *row);
        cells.filter(|(_, cell)| !cell.is_blank()).any(|(_, cell)| parse_cell(cell, ValueKind::Count).cell.is_number())
    };
    let row = rows.iter().find(|row| holds_values(row)).or(rows.first())?;
    Some(ValueLine { part, row: *row, after: None, width: width(*row) })
}

/// The number of columns of a line, blank ones included. A worksheet omits blank cells, so there all lines of the table
/// count.
fn line_width(stream: &Stream<'_>, chain: &Chain, table: usize, part: usize, row: u32, at: &Location) -> u32 {
    let end = line_end(stream, part, row);
    if matches!(at, Location::Sheet { .. }) { width(stream, chain, table, part).max(end) } else { end }
}

/// The number of columns up to the last cell of a line.
fn line_end(stream: &Stream<'_>, part: usize, row: u32) -> u32 {
    let cells = stream.grids.get(&part).into_iter().flat_map(|grid| &grid.cells);
    cells.filter(|(at, _)| at.row == row).map(|(at, _)| at.column + 1).max().unwrap_or(0)
}

/// The number of columns up to the last cell of all rows and headers of a table.
fn width(stream: &Stream<'_>, chain: &Chain, table: usize, part: usize) -> u32 {
    let Some(grid) = stream.grids.get(&part) else { return 0 };
    let own = chain.matches.iter().filter(|found| found.row.0 == table);
    let mut rows: Vec<u32> = own
        .flat_map(|found| stream.cell_at(found.label.start)..=stream.cell_at(found.label.end - 1))
        .filter(|cell| stream.cells[*cell].part == part)
        .filter_map(|cell| stream.cells[cell].position.map(|at| at.row))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let cells = grid.cells.iter().filter(|(at, _)| rows.binary_search(&at.row).is_ok());
    let ends = cells.map(|(at, _)| {
        let merged = grid.merged.iter().find(|range| range.first == *at);
        merged.map_or(at.column, |range| range.last.column)
    });
    ends.max().map_or(0, |last| last + 1)
}

/// The places of a line, with their cells where they are not blank. Places that a merged cell covers are left out.
fn cells_of<'d>(
    stream: &Stream<'d>,
    ValueLine { part, row, after, width }: ValueLine,
) -> Vec<(CellRef, Option<&'d Cell>)> {
    let Some(grid) = stream.grids.get(&part) else { return Vec::new() };
    let covered = |at: CellRef| {
        grid.merged.iter().any(|range| {
            range.first != at
                && (range.first.row..=range.last.row).contains(&at.row)
                && (range.first.column..=range.last.column).contains(&at.column)
        })
    };
    let columns = after.map_or(0, |column| column + 1)..width;
    columns.map(|column| CellRef::new(row, column)).filter(|at| !covered(*at)).map(|at| (at, grid.cell(at))).collect()
}

/// Whether a table is text with separators, which may leave out merged cells, and no grid of its own.
fn is_text_grid(stream: &Stream<'_>, part: usize) -> bool {
    stream.cells.iter().any(|cell| cell.part == part && matches!(cell.cell.at, Location::Text { .. }))
}

/// Whether all values of a line are below headers, so that the headers say which column is blank. What is beside the table
/// is no value.
fn is_below_headers(cells: &[(CellRef, Option<&Cell>)], HeaderColumns { columns, end }: &HeaderColumns) -> bool {
    let within = cells.iter().filter(|(at, _)| at.column < *end);
    let mut filled = within.filter(|(_, cell)| cell.is_some_and(|cell| !cell.is_blank()));
    filled.all(|(at, _)| columns.contains(&at.column))
        && columns.iter().all(|column| cells.iter().any(|(at, _)| at.column == *column))
}

/// The columns of a table that have value headers.
pub(super) struct HeaderColumns {
    /// The column of each header.
    columns: Vec<u32>,
    /// The first column right of the table.
    end: u32,
}

/// The columns of the value headers of a table; none unless all are found from left to right.
pub(super) fn header_columns(
    stream: &Stream<'_>,
    chain: &Chain,
    table: &Table,
    place: usize,
    part: usize,
) -> Option<HeaderColumns> {
    let grid = stream.grids.get(&part)?;
    let own = chain.matches.iter().filter(|found| found.row.0 == place && !found.is_text);
    let rows = own.map(|found| stream.cells[stream.cell_at(found.label.start)]);
    let first = rows.filter(|cell| cell.part == part).filter_map(|cell| cell.position).map(|at| at.row).min()?;
    // No further up than the header rows of one table.
    let above = first.saturating_sub(table.headers_in_reading_order().len() as u32 + 1)..=first;
    let headers: Vec<(CellRef, String)> = grid
        .cells
        .iter()
        .filter(|(at, _)| above.contains(&at.row))
        .map(|(at, cell)| (*at, label::without_brackets(&fold(&cell.text))))
        .collect();
    let mut columns: Vec<u32> = Vec::new();
    let mut end = 0;
    for column in &table.columns {
        let names: Vec<String> = std::iter::once(&column.header)
            .chain(&column.aliases)
            .map(|name| label::without_brackets(&fold(name)))
            .collect();
        let behind = columns.last().map_or(0, |last| last + 1);
        let found = headers.iter().filter(|(at, text)| at.column >= behind && names.contains(text)).map(|(at, _)| *at);
        let found = found.min_by_key(|at| at.column)?;
        columns.push(found.column);
        let merged = grid.merged.iter().find(|range| range.first == found);
        end = merged.map_or(found.column, |range| range.last.column) + 1;
    }
    Some(HeaderColumns { columns, end })
}

/// Reads the values of a line of cells. If it has more cells than the table has columns, blank ones belong to merged labels
/// before the values and to merged values behind them.
pub(super) fn positioned(
    stream: &Stream<'_>,
    form: &FormRow<'_>,
    line: ValueLine,
    headers: Option<&HeaderColumns>,
    row: &mut RowReading,
) -> Vec<CellReading> {
    let is_blank =
        |cell: Option<&(CellRef, Option<&Cell>)>| cell.is_some_and(|(_, cell)| cell.is_none_or(Cell::is_blank));
    let mut cells = cells_of(stream, line);
    if let Some(HeaderColumns { columns, end }) = headers.filter(|headers| is_below_headers(&cells, headers)) {
        let beside = cells.iter().filter(|(at, _)| at.column >= *end).filter_map(|(_, cell)| *cell);
        let beside = beside.filter(|cell| !cell.is_blank());
        row.remarks.extend(beside.map(|cell| (cell.text.trim().to_owned(), Some(cell.at.clone()))));
        let own = |column: &u32| {
            let found = cells.iter().find(|(at, _)| at.column == *column);
            found.copied().unwrap_or((CellRef::new(line.row, *column), None))
        };
        cells = columns.iter().map(own).collect();
    }
    // With blanks at both ends and more cells than columns, it is unknown which blank is a column.
    let blank_ends = is_blank(cells.first()) && is_blank(cells.last());
    let filled = cells.iter().any(|(_, cell)| cell.is_some_and(|cell| !cell.is_blank()));
    if cells.len() > form.count() && form.count() > 1 && blank_ends && filled && is_text_grid(stream, line.part) {
        return unreadable_row(form, row);
    }
    let is_blank =
        |cell: Option<&(CellRef, Option<&Cell>)>| cell.is_some_and(|(_, cell)| cell.is_none_or(Cell::is_blank));
    let mut leading = form.table.stubs.len().saturating_sub(form.row.stubs.len());
    while cells.len() > form.count() && leading > 0 && is_blank(cells.first()) {
        cells.remove(0);
        leading -= 1;
    }
    while cells.len() > form.count() && is_blank(cells.last()) {
        cells.pop();
    }
    while cells.len() > form.count() && is_blank(cells.first()) {
        cells.remove(0);
    }
    if cells.len() != form.count() {
        let texts: Vec<_> = cells.iter().filter_map(|(_, cell)| cell.map(|cell| cell.text.trim())).collect();
        let mut unreadable = unreadable_row(form, row);
        unreadable[0].text = texts.join(" ");
        return unreadable;
    }
    let neighbor = stream.cells.iter().find(|cell| cell.part == line.part).map(|cell| &cell.cell.at);
    let values = cells.into_iter().zip(&form.kinds).map(|((at, cell), kind)| match cell {
        Some(cell) => CellReading {
            text: cell.text.trim().to_owned(),
            parsed: parse_cell(cell, *kind),
            at: Some(cell.at.clone()),
        },
        None => CellReading {
            text: String::new(),
            parsed: ParsedValue::default(),
            at: neighbor.map(|place| beside(place, at)),
        },
    });
    values.collect()
}

/// The location of a blank cell, from that of another cell of its table.
fn beside(place: &Location, at: CellRef) -> Location {
    match place {
        Location::Sheet { sheet, .. } => Location::Sheet { sheet: sheet.clone(), cell: at },
        Location::Table { table, .. } => Location::Table { table: *table, row: at.row + 1, cell: at.column + 1 },
        other => other.clone(),
    }
}

/// Adds the lines of cells between the rows of a table that have values but no label of the form.
pub(super) fn positioned_extras(
    stream: &Stream<'_>,
    chain: &Chain,
    template: &Template,
    sums: &[&ResolvedRule],
    reading: &mut Reading,
) {
    let lines_of = |found: &Match| {
        let cells = stream.cell_at(found.label.start)..=stream.cell_at(found.label.end - 1);
        cells.filter_map(|cell| Some((stream.cells[cell].part, stream.cells[cell].position?.row)))
    };
    let taken: BTreeSet<(usize, u32)> = chain.matches.iter().flat_map(lines_of).collect();
    for (index, found) in chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text) {
        let Some((part, row)) = lines_of(found).next_back() else { continue };
        let table = &template.tables()[found.row.0];
        let more = chain.matches[index + 1..].iter().find(|next| next.row.0 == found.row.0);
        let next = more.and_then(|next| lines_of(next).next()).filter(|line| line.0 == part);
        let stop = next.map_or(u32::MAX, |(_, row)| row);
        let end = stream.grids.get(&part).map_or(0, |grid| grid.size().0);
        let columns = header_columns(stream, chain, table, found.row.0, part);
        let form = FormRow::new(template, found.row, sums);
        // Behind the last row of the table, the first line that is no row ends it.
        let below = next.is_none();
        for line in row + 1..stop.min(end) {
            if below && taken.contains(&(part, line)) {
                break;
            }
            let Some(grid) = stream.grids.get(&part).filter(|_| !taken.contains(&(part, line))) else { continue };
            let cells: Vec<_> = grid.cells.iter().filter(|(at, cell)| at.row == line && !cell.is_blank()).collect();
            let is_label = |cell: &Cell| !parse_cell(cell, ValueKind::Signed).is_readable();
            let labels: Vec<_> = cells.iter().take_while(|(_, cell)| is_label(cell)).collect();
            let numbers =
                cells[labels.len()..].iter().any(|(_, cell)| parse_cell(cell, ValueKind::Signed).cell.is_number());
            if below && (!numbers || labels.is_empty() || table.label.is_none()) {
                break;
            }
            if !numbers {
                continue;
            }
            // A merged label that is repeated in every row is no part of the row's own label.
            let is_stub =
                |text: &str| table.rows.iter().flat_map(|row| &row.stubs).any(|stub| fold(stub) == fold(text));
            let own = labels.iter().map(|(_, cell)| cell.text.trim()).filter(|text| !is_stub(text));
            let label: String = own.collect();
            let at = cells.first().map(|(_, cell)| cell.at.clone());
            let mut extra = RowReading { label, at, ..RowReading::default() };
            let behind = labels.last().map(|(at, _)| at.column);
            let width =
                cells.first().map_or(0, |(_, cell)| line_width(stream, chain, found.row.0, part, line, &cell.at));
            extra.values = positioned(
                stream,
                &form,
                ValueLine { part, row: line, after: behind, width },
                columns.as_ref(),
                &mut extra,
            );
            reading.extras.push(ExtraReading { after: Some(index), row: extra });
        }
    }
}
