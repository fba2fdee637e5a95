//! Finds the rows of a grid that belong to a table but not to the form.
//!
//! In: [`Tables`] and the rows read so far. Out: extra rows and texts, added to the [`Reading`]. Called by [`super::list`]
//! and [`super::matrix`].

use super::column_names::Names;
use super::columns::{self, Columns, HeaderMeaning};
use super::grid::GridRow;
use super::lines::Tables;
use super::reading::{BesideReading, CellReading, ExtraReading, Reading, RowReading};
use super::region::Region;
use super::stream::one_line;
use super::value::{self, ParsedValue, parse_cell};
use crate::document::{Cell, CellRef, Location};
use crate::report::CellValue;
use crate::template::{Table, ValueKind};
use crate::text::fold::fold;

/// A row of a grid without the label of a match.
struct OpenRow {
    row: u32,
    /// The match it follows.
    after: Option<usize>,
    /// Whether rows of the table are below it.
    is_within: bool,
}

/// The rows without a match from a row on, in order, up to a row behind the last of the table that has one.
fn open_rows(tables: &Tables<'_, '_>, part: usize, start: u32, last: u32) -> Vec<OpenRow> {
    let region = tables.region(part);
    // Matches of the tables before this one.
    let before = tables.lines.iter().take_while(|line| line.as_ref().is_none_or(|line| line.part < part)).count();
    let mut after = before.checked_sub(1);
    let mut open = Vec::new();
    for row in region.rows() {
        let matches = tables.matches_in(part, row);
        after = matches.iter().max().copied().filter(|_| row <= last).or(after);
        // A merged label beside a row of another label is no row.
        match matches.iter().any(|index| !tables.chain.matches[*index].is_text) {
            true if row > last => break,
            false if row >= start => open.push(OpenRow { row, after, is_within: row < last }),
            _ => {}
        }
    }
    open
}

/// The rows without a match of a list: from the headers to the first row below the last one that is none.
pub fn of_list(tables: &Tables<'_, '_>, names: &Names, reading: &mut Reading) {
    for part in tables.parts() {
        let Some(columns) = tables.columns.get(&(0, part)) else { continue };
        let region = tables.region(part);
        let last = region.rows().rfind(|row| !tables.matches_in(part, *row).is_empty()).unwrap_or(0);
        let start = match &columns.header_rows {
            Some(rows) => rows.end,
            None => first_with_unit(tables, part, columns),
        };
        for open in open_rows(tables, part, start, last) {
            if !add_list_row(tables, &open, columns, part, names, reading) {
                break;
            }
        }
    }
}

/// The label columns of a row beyond a list: those left of unit and values, or up to the column of the other labels.
fn labels<'d>(region: &Region<'d>, columns: &Columns, row: u32) -> Vec<&'d (CellRef, Cell)> {
    let is_known = |column: u32| {
        columns.unit == Some(column)
            || columns.serial.contains(&column)
            || columns.remarks.contains(&column)
            || columns.values.iter().flat_map(|value| &value.places).any(|place| place.contains(&column))
    };
    let values = columns.values.iter().flat_map(|value| &value.places).map(|place| place.start);
    let right = columns.unit.into_iter().chain(values).filter(|column| *column > columns.label).min();
    let end = right.unwrap_or(columns.label + 1);
    region.filled(row).filter(|(at, _)| at.column < end && !is_known(at.column)).collect()
}

/// Adds a row of a list. Returns false if the table ends before it.
fn add_list_row(
    tables: &Tables<'_, '_>,
    open: &OpenRow,
    columns: &Columns,
    part: usize,
    names: &Names,
    reading: &mut Reading,
) -> bool {
    let table = &tables.template.tables()[0];
    let region = tables.region(part);
    let labels = labels(region, columns, open.row);
    let at = labels.first().copied().or_else(|| region.row(open.row).first()).map(|(_, cell)| cell.at.clone());
    let label = labels.iter().map(|(_, cell)| one_line(&cell.text)).collect();
    let mut row = RowReading { label, at, ..RowReading::default() };
    let is_header = |cell: &Cell| columns::header_meaning(&cell.text, table) != HeaderMeaning::Other;
    if labels.iter().any(|(_, cell)| is_header(cell)) || columns::is_value_header(&row.label, table) {
        return true;
    }
    let of_label = labels.first().map_or(0, |(at, _)| at.column)..labels.last().map_or(0, |(at, _)| at.column + 1);
    let grid = GridRow::beyond(tables, columns, part, open.row, of_label);
    row.unit = grid.unit();
    let at = row.at.clone();
    let missing = || {
        let parsed = ParsedValue { cell: CellValue::Missing, ..ParsedValue::default() };
        CellReading { text: String::new(), parsed, at: at.clone() }
    };
    let value = |at: usize| grid.value(&columns.values[at], ValueKind::Signed);
    row.values = names.values((0, part), value, missing);
    let unit = row.unit.as_deref().is_some_and(value::is_unit);
    let filled = row.values.iter().any(|value| value.parsed.cell.is_number());
    // Below the last row of the form, only a line with label, unit and value is still a row of the table.
    if !open.is_within && !(filled && (unit || columns.unit.is_none()) && !row.label.is_empty()) {
        return false;
    }
    let marked = row.values.iter().any(|value| !is_empty(value));
    if filled || unit || (marked && !row.label.is_empty() && !only_marks(&row)) {
        reading.extras.push(ExtraReading { after: open.after, table: 0, row });
    } else if !row.label.is_empty() {
        reading.texts.push((row.label, row.at));
    }
    true
}

fn is_empty(value: &CellReading) -> bool {
    matches!(value.parsed.cell, CellValue::Blank | CellValue::Missing)
}

/// Whether the values of a row are only marks such as `——`, as in headings.
fn only_marks(row: &RowReading) -> bool {
    row.values.iter().all(|value| is_empty(value) || value.parsed.cell == CellValue::NotApplicable)
}

/// The first of the rows with a unit directly above the first row found.
fn first_with_unit(tables: &Tables<'_, '_>, part: usize, columns: &Columns) -> u32 {
    let region = tables.region(part);
    let first = region.rows().find(|row| !tables.matches_in(part, *row).is_empty()).unwrap_or(0);
    let has_unit =
        |row: &u32| region.filled(*row).any(|(at, cell)| Some(at.column) == columns.unit && value::is_unit(&cell.text));
    let above: Vec<u32> = region.rows().filter(|row| *row < first).collect();
    above.into_iter().rev().take_while(has_unit).last().unwrap_or(first)
}

/// The rows without a match of each table of a matrix: those between its headers and its last row, and the rows of labels
/// and values directly below it. `read` gives the values of such a row.
pub fn of_matrix<'t, 'd>(
    tables: &'t Tables<'t, 'd>,
    read: impl Fn(usize, &GridRow<'t, 'd>, &mut RowReading) -> Vec<CellReading>,
    reading: &mut Reading,
) {
    for ((number, part), columns) in &tables.columns {
        let table = &tables.template.tables()[*number];
        let is_own = |index: &usize| {
            let found = &tables.chain.matches[*index];
            found.row.0 == *number && !found.is_text
        };
        let own = (0..tables.lines.len()).filter(is_own);
        let own: Vec<u32> = own
            .filter_map(|index| tables.lines[index].as_ref().filter(|line| line.part == *part))
            .map(|line| line.rows.end - 1)
            .collect();
        let (Some(first), Some(last)) = (own.iter().min(), own.iter().max()) else { continue };
        let start = columns.header_rows.as_ref().map_or(*first, |rows| rows.end);
        let mut below = *last;
        for open in open_rows(tables, *part, start, *last).into_iter().filter(|_| table.label.is_some()) {
            let region = tables.region(*part);
            let label = matrix_label(region, table, open.row);
            let Some((text, columns_of_label)) = label else {
                if let Some(repeated) = repeated_label(tables, *number, *part, open.row) {
                    reading.texts.push(repeated);
                    continue;
                }
                match beside_of(region, table, &open, reading) {
                    Some((after, beside)) => reading.rows[after].beside.extend(beside),
                    None if open.is_within => {}
                    None => break,
                }
                continue;
            };
            // Below the last row, the first line that is no row ends the table.
            if !open.is_within && (open.row > below + 1 || text.is_empty()) {
                break;
            }
            below = below.max(open.row);
            let grid = GridRow::beyond(tables, columns, *part, open.row, columns_of_label);
            let at = tables.region(*part).filled(open.row).next().map(|(_, cell)| cell.at.clone());
            let mut row = RowReading { label: text, at, ..RowReading::default() };
            row.values = read(*number, &grid, &mut row);
            reading.extras.push(ExtraReading { after: open.after, table: *number, row });
        }
    }
}

/// The text of a row that has nothing but the label of a row that was found: the same row again, without values.
fn repeated_label(tables: &Tables<'_, '_>, number: usize, part: usize, row: u32) -> Option<(String, Option<Location>)> {
    let region = tables.region(part);
    let table = &tables.template.tables()[number];
    let is_stub = |text: &str| table.rows.iter().flat_map(|row| &row.stubs).any(|stub| fold(stub) == fold(text));
    let mut cells = region.filled(row).filter(|(_, cell)| !is_stub(&cell.text));
    let (Some((_, cell)), None) = (cells.next(), cells.next()) else { return None };
    let folded = fold(&cell.text);
    let found = tables.chain.matches.iter().filter(|found| found.row.0 == number && !found.is_text);
    let mut labels = found.map(|found| &tables.stream.folded[found.label.clone()]);
    labels.any(|label| label == folded).then(|| (one_line(&cell.text), Some(cell.at.clone())))
}

/// The value beside the form that a row of a written report has behind the label of the row above it:
/// `1.属于国家秘密（占比：12）`. None if it is another row.
fn beside_of(
    region: &Region<'_>,
    table: &Table,
    open: &OpenRow,
    reading: &Reading,
) -> Option<(usize, Vec<BesideReading>)> {
    let after = open.after?;
    let row = reading.rows.get(after)?;
    let is_stub = |text: &str| table.rows.iter().flat_map(|row| &row.stubs).any(|stub| fold(stub) == fold(text));
    let mut cells = region.filled(open.row).filter(|(_, cell)| !is_stub(&cell.text));
    let (Some((_, cell)), None) = (cells.next(), cells.next()) else { return None };
    let text = cell.text.trim();
    let rest = text.strip_prefix(row.label.trim())?.trim();
    let inner = rest.strip_prefix(['（', '('])?.strip_suffix(['）', ')'])?;
    let beside = inner.split("）（").map(|part| {
        let (header, value) = part.rsplit_once(['：', ':'])?;
        let parsed = value::parse(value, ValueKind::Signed);
        let value = CellReading { text: value.trim().to_owned(), parsed, at: Some(cell.at.clone()) };
        Some(BesideReading { header: header.trim().to_owned(), value })
    });
    Some((after, beside.collect::<Option<Vec<_>>>()?))
}

/// The label of a row with values, and its columns; none if the row has no number.
fn matrix_label(region: &Region<'_>, table: &Table, row: u32) -> Option<(String, std::ops::Range<u32>)> {
    let cells: Vec<_> = region.filled(row).collect();
    let is_label = |cell: &Cell| !parse_cell(cell, ValueKind::Signed).is_readable();
    let labels: Vec<_> = cells.iter().take_while(|(_, cell)| is_label(cell)).collect();
    let mut behind = cells[labels.len()..].iter();
    if !behind.any(|(_, cell)| parse_cell(cell, ValueKind::Signed).cell.is_number()) {
        return None;
    }
    // A merged label that is repeated in every row is no part of the row's own label.
    let is_stub = |text: &str| table.rows.iter().flat_map(|row| &row.stubs).any(|stub| fold(stub) == fold(text));
    let own = labels.iter().map(|(_, cell)| cell.text.trim()).filter(|text| !is_stub(text));
    let end = labels.last().map_or(0, |(at, _)| region.area(*at).columns.end);
    Some((own.collect(), 0..end))
}
