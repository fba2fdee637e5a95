//! Finds the columns of units, values, row numbers and remarks in a table.
//!
//! In: a stream of positioned cells and the rows found in it. Out: [`Columns`], from the headers or, without headers, from
//! the content of the cells. Called by [`super::Recognizer`].

use std::collections::BTreeMap;

use super::align::Chain;
use super::stream::Stream;
use super::value;
use crate::document::CellRef;
use crate::template::{Column, Table, Template, ValueKind};
use crate::text::fold::{fold, folds_to};
use crate::text::words::words;

/// A column of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueColumn {
    /// Its column in the grid, from 0.
    pub column: u32,
    /// Its header as printed.
    pub header: Option<String>,
}

/// The columns of a table by their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The units.
    pub unit: Option<u32>,
    /// The values.
    pub values: Vec<ValueColumn>,
    /// Row numbers and codes.
    pub serial: Vec<u32>,
    /// Remarks.
    pub remarks: Vec<u32>,
}

/// The content of a column according to its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderMeaning {
    /// Labels.
    Label,
    /// Units.
    Unit,
    /// Row numbers or codes.
    Serial,
    /// Remarks.
    Remark,
    /// Anything else: right of the labels, values.
    Other,
}

/// Whether a text is the header of a column or one of its aliases.
fn is_header(folded: &str, column: &Column) -> bool {
    std::iter::once(&column.header).chain(&column.aliases).any(|header| folds_to(header, folded))
}

/// The meaning of a header in a table of the template.
pub fn header_meaning(text: &str, table: &Table) -> HeaderMeaning {
    let folded = fold(text);
    if table.label.as_ref().is_some_and(|label| is_header(&folded, label)) {
        HeaderMeaning::Label
    } else if table.unit.as_ref().is_some_and(|unit| is_header(&folded, unit)) {
        HeaderMeaning::Unit
    } else if words().serial_headers.contains(&folded) {
        HeaderMeaning::Serial
    } else if words().remark_headers.contains(&folded) {
        HeaderMeaning::Remark
    } else {
        HeaderMeaning::Other
    }
}

/// Whether a header is the official one of a value column.
pub fn is_value_header(text: &str, table: &Table) -> bool {
    let folded = fold(text);
    table.columns.iter().any(|column| is_header(&folded, column))
}

/// A row found, with its position.
struct FoundRow {
    part: usize,
    row: u32,
    last_label_column: u32,
}

/// The columns of the table that a chain was found in; none if most of its cells have no positions.
pub fn columns(stream: &Stream<'_>, chain: &Chain, template: &Template) -> Option<Columns> {
    let table = &template.tables()[chain.matches.first()?.row.0];
    let rows: Vec<FoundRow> = chain
        .matches
        .iter()
        .filter(|found| template.tables()[found.row.0].rows[found.row.1].kind != ValueKind::Heading)
        .filter_map(|found| {
            let cell = stream.cells[stream.cell_at(found.label.end - 1)];
            let position = cell.position?;
            Some(FoundRow { part: cell.part, row: position.row, last_label_column: position.column })
        })
        .collect();
    let values = chain
        .matches
        .iter()
        .filter(|found| template.tables()[found.row.0].rows[found.row.1].kind != ValueKind::Heading);
    if rows.len() * 5 < values.count() * 4 || rows.is_empty() {
        return None;
    }
    let mut label_columns: Vec<u32> = rows.iter().map(|row| row.last_label_column).collect();
    label_columns.sort_unstable();
    let label_column = label_columns[label_columns.len() / 2];

    let mut columns = Columns::default();
    let headers = headers(stream, chain, table);
    for (column, (header, meaning)) in &headers {
        match meaning {
            HeaderMeaning::Unit => columns.unit = columns.unit.or(Some(*column)),
            HeaderMeaning::Serial => columns.serial.push(*column),
            HeaderMeaning::Remark => columns.remarks.push(*column),
            HeaderMeaning::Other if *column > label_column => {
                columns.values.push(ValueColumn { column: *column, header: Some(header.trim().to_owned()) });
            }
            HeaderMeaning::Other | HeaderMeaning::Label => {}
        }
    }
    by_content(stream, &rows, label_column, &mut columns);
    columns.values.sort_by_key(|value| value.column);
    (!columns.values.is_empty()).then_some(columns)
}

/// The headers above the first row found: for each column the lowest text of the header rows and its meaning.
fn headers<'d>(stream: &Stream<'d>, chain: &Chain, table: &Table) -> BTreeMap<u32, (&'d str, HeaderMeaning)> {
    let first = stream.cell_at(chain.matches[0].label.start);
    let cells = stream.cells[..first].iter().rev().take(64);
    let cells: Vec<(usize, CellRef, &'d str, HeaderMeaning)> = cells
        .filter(|cell| !cell.cell.is_blank())
        .filter_map(|cell| {
            let text = cell.cell.text.as_str();
            Some((cell.part, cell.position?, text, header_meaning(text, table)))
        })
        .collect();
    let marks = |meaning: &HeaderMeaning| matches!(meaning, HeaderMeaning::Label | HeaderMeaning::Unit);
    let mut headers = BTreeMap::new();
    let Some((part, at, ..)) = cells.iter().find(|(.., meaning)| marks(meaning)) else { return headers };
    let marked = cells.iter().filter(|(other, .., meaning)| other == part && marks(meaning));
    let top = marked.map(|(_, at, ..)| at.row).min().unwrap_or(at.row);
    // A row with a value or a unit is no header row, but one that the chain left out.
    let is_row = |text: &str| value::is_unit(text) || value::parse(text, ValueKind::Count).cell.is_number();
    let below = cells.iter().filter(|(other, at, ..)| other == part && at.row >= top);
    let rows: Vec<u32> = below.clone().filter(|(_, _, text, _)| is_row(text)).map(|(_, at, ..)| at.row).collect();
    // From the lowest up: the header nearest to the values names the column.
    for (_, at, text, meaning) in below.filter(|(_, at, ..)| !rows.contains(&at.row)) {
        headers.entry(at.column).or_insert((*text, *meaning));
    }
    headers
}

/// Whether a text is a number or a mark for a value that does not apply.
fn is_value(text: &str) -> bool {
    value::parse(text, ValueKind::Signed).is_filled()
}

/// Adds the columns without a header that hold units or values.
fn by_content(stream: &Stream<'_>, rows: &[FoundRow], label_column: u32, columns: &mut Columns) {
    #[derive(Default)]
    struct Count<'d> {
        units: usize,
        values: usize,
        filled: usize,
        /// The last text that is no plain number, whether it is a value and whether a unit.
        last: (&'d str, bool, bool),
    }
    let mut counts: BTreeMap<u32, Count<'_>> = BTreeMap::new();
    let mut wanted: Vec<(usize, u32)> = rows.iter().map(|row| (row.part, row.row)).collect();
    wanted.sort_unstable();
    for cell in &stream.cells {
        let Some(at) = cell.position else { continue };
        if at.column <= label_column || cell.cell.is_blank() || wanted.binary_search(&(cell.part, at.row)).is_err() {
            continue;
        }
        let count = counts.entry(at.column).or_default();
        count.filled += 1;
        let text = cell.cell.text.as_str();
        if value::plain(text).is_some() {
            count.values += 1;
            continue;
        }
        // Parsing is slow for what is no plain number, and most rows have the same unit as the row above.
        if count.last.0 != text {
            let is_unit = value::is_unit(text);
            // A unit is never a value.
            count.last = (text, !is_unit && is_value(text), is_unit);
        }
        let (_, is_value, is_unit) = count.last;
        count.values += usize::from(is_value);
        count.units += usize::from(is_unit);
    }
    let headed = columns.values.len();
    for (column, count) in &counts {
        let known = columns.serial.contains(column)
            || columns.remarks.contains(column)
            || columns.values.iter().any(|value| value.column == *column);
        if known {
            continue;
        }
        if columns.unit.is_none() && count.units * 2 > count.filled {
            columns.unit = Some(*column);
        } else if columns.unit != Some(*column) && headed == 0 && count.values * 2 >= count.filled {
            columns.values.push(ValueColumn { column: *column, header: None });
        }
    }
    // Where the headers of units and values are exchanged, the content decides.
    if let Some(unit) = columns.unit {
        let swapped = counts.get(&unit).is_some_and(|count| count.units == 0 && count.values * 2 > count.filled);
        let units = |column: &u32| counts.get(column).is_some_and(|count| count.units * 2 > count.filled);
        if let Some(value) = columns.values.iter_mut().find(|value| units(&value.column)).filter(|_| swapped) {
            columns.unit = Some(value.column);
            value.column = unit;
        }
    }
}
