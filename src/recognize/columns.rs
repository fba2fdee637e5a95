//! The columns of a table in a grid: which hold labels, units, codes and remarks, and which hold the values of which
//! column of the form.
//!
//! In: a [`Region`] and the rows of the form found in it. Out: [`Columns`], from the headers; from the content where
//! there are none. Called by [`super::grid`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::content::Content;
use super::header::{self, Header, TableNames};
use super::moved_headers;
use super::region::Region;
use super::value;
use crate::template::{Table, ValueKind};
use crate::text::fold::fold;
use crate::text::words::words;

/// A column of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueColumn {
    /// Its columns in the grid: those below its header. More than one where a header is repeated.
    pub places: Vec<Range<u32>>,
    /// The column of the form, in a matrix; none for a column beside those of the form.
    pub own: Option<usize>,
    /// Its header as printed.
    pub header: Option<String>,
    /// The unit that the header names.
    pub unit: Option<String>,
    /// Whether the headers of several columns run together in it, and their values with them.
    pub is_joined: bool,
}

impl ValueColumn {
    fn new(place: Range<u32>, own: Option<usize>, header: Option<String>) -> Self {
        let unit = header.as_deref().and_then(header::unit);
        Self { places: vec![place], own, header, unit, is_joined: false }
    }

    /// A column without a header.
    fn plain(column: u32, own: Option<usize>) -> Self {
        Self::new(column..column + 1, own, None)
    }
}

/// The columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The last column of most labels.
    pub label: u32,
    /// The units.
    pub unit: Option<u32>,
    /// The values.
    pub values: Vec<ValueColumn>,
    /// Row numbers and codes.
    pub serial: Vec<u32>,
    /// Remarks.
    pub remarks: Vec<u32>,
    /// The rows of the headers.
    pub header_rows: Option<Range<u32>>,
    /// The first column behind the header rows.
    pub header_end: u32,
    /// Whether there are headers, but not above their columns.
    pub is_displaced: bool,
    /// Whether there are no headers, and the columns are those of the form by their order alone.
    pub is_by_position: bool,
    /// The first row below with headers of these columns elsewhere: it is unknown which count from there on.
    pub moves_at: Option<u32>,
    /// Headers that were read as a similar one: as printed, and the column of the form.
    pub similar: Vec<(String, usize)>,
}

impl Columns {
    /// The first column behind all values.
    pub fn end(&self) -> u32 {
        self.values.iter().flat_map(|value| &value.places).map(|place| place.end).max().unwrap_or(0)
    }
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
    /// Anything else: values.
    Other,
}

/// The meaning of a header in a table of the template.
pub fn header_meaning(text: &str, table: &Table) -> HeaderMeaning {
    let folded = fold(text);
    if table.label.as_ref().is_some_and(|label| label.is_called(&folded)) {
        HeaderMeaning::Label
    } else if table.unit.as_ref().is_some_and(|unit| unit.is_called(&folded)) || words().unit_headers.contains(&folded)
    {
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
    table.columns.iter().any(|column| column.is_called(&folded))
}

/// A row of the form in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    /// The rows of its label's cells.
    pub rows: Range<u32>,
    /// The columns of its label's cells.
    pub label: Range<u32>,
    /// The first column of the next label beside it.
    pub end: u32,
    /// Whether it has values.
    pub has_values: bool,
}

/// The content of the columns of a region in the rows found.
fn contents(region: &Region<'_>, rows: &[FoundRow]) -> BTreeMap<u32, Content> {
    let mut contents: BTreeMap<u32, Content> = BTreeMap::new();
    for found in rows.iter().filter(|row| row.has_values) {
        for row in found.rows.clone() {
            for (at, cell) in
                region.filled(row).filter(|(at, _)| !found.label.contains(&at.column) && at.column < found.end)
            {
                contents.entry(at.column).or_default().add(&cell.text);
            }
        }
    }
    contents
}

fn found_rows(rows: &[FoundRow]) -> impl Iterator<Item = Range<u32>> {
    rows.iter().map(|found| found.rows.clone())
}

/// The last column of most labels.
fn label_column(rows: &[FoundRow]) -> u32 {
    let mut columns: Vec<u32> = rows.iter().filter(|row| row.has_values).map(|row| row.label.end - 1).collect();
    columns.sort_unstable();
    columns.get(columns.len() / 2).copied().unwrap_or(0)
}

/// The columns of a list: of rows with a label, a unit and values. None if no column holds values.
pub fn of_list(region: &Region<'_>, rows: &[FoundRow], floor: u32, table: &Table) -> Option<Columns> {
    let first = rows.iter().map(|row| row.rows.start).min()?;
    let contents = contents(region, rows);
    let content = |column: u32| contents.get(&column).cloned().unwrap_or_default();
    let mut columns = Columns { label: label_column(rows), ..Columns::default() };
    let marks = |text: &str| matches!(header_meaning(text, table), HeaderMeaning::Label | HeaderMeaning::Unit);
    columns.header_rows = header::header_rows(region, floor, first, marks);
    columns.header_end =
        columns.header_rows.clone().into_iter().flatten().map(|row| region.row_end(row)).max().unwrap_or(0);
    let headers: Vec<Header> = columns.header_rows.iter().flat_map(|rows| header::headers(region, rows)).collect();
    for header in &headers {
        let column = header.columns.start;
        match header_meaning(&header.text, table) {
            HeaderMeaning::Label => {}
            HeaderMeaning::Unit => columns.unit = columns.unit.or(Some(column)),
            HeaderMeaning::Serial => columns.serial.push(column),
            HeaderMeaning::Remark => columns.remarks.push(column),
            HeaderMeaning::Other if content(column).holds_codes() => columns.serial.push(column),
            HeaderMeaning::Other => {
                let inner = header.columns.clone().map(content);
                let is_text = inner.clone().any(|own| own.filled > 0) && !inner.clone().any(|own| own.holds_values());
                let is_value = inner.clone().any(|own| own.holds_values());
                // What stands below the form's own header is a value, readable or not.
                if is_value || is_value_header(&header.text, table) || (column > columns.label && !is_text) {
                    add_headed(&mut columns.values, header);
                } else if column > columns.label && !inner.clone().any(|own| own.holds_units()) {
                    columns.remarks.push(column);
                }
            }
        }
    }
    let headed: Vec<Range<u32>> = headers.iter().map(|header| header.columns.clone()).collect();
    let count = rows.iter().filter(|row| row.has_values).count();
    by_content(&contents, &headed, count, &mut columns);
    columns.values.sort_by_key(|value| value.places[0].start);
    let behind = columns.header_rows.as_ref().map_or(first, |rows| rows.end);
    columns.moves_at = moved_headers::first(region, found_rows(rows), behind, moved_headers::by_text(&headers));
    // With headers but without one above values, the values are missing.
    (!columns.values.is_empty() || columns.header_rows.is_some()).then_some(columns)
}

/// Adds a value column with a header; a repeated header gives one column with two places.
fn add_headed(values: &mut Vec<ValueColumn>, header: &Header) {
    let text = header.text.trim().to_owned();
    match values.iter_mut().find(|value| value.header.as_ref() == Some(&text)) {
        Some(value) => value.places.push(header.columns.clone()),
        None => values.push(ValueColumn::new(header.columns.clone(), None, Some(text))),
    }
}

/// Adds the columns without a header that hold units, values or codes.
///
/// Numbers left of the units, or left of the labels beside values to the right, are codes; so are numbers that count the
/// rows beside another column of numbers.
fn by_content(contents: &BTreeMap<u32, Content>, headed: &[Range<u32>], rows: usize, columns: &mut Columns) {
    let has_header = |column: u32| headed.iter().any(|range| range.contains(&column));
    let open: Vec<(u32, &Content)> =
        contents.iter().filter(|(column, _)| !has_header(**column)).map(|(column, own)| (*column, own)).collect();
    if columns.unit.is_none() {
        columns.unit = open.iter().find(|(_, own)| own.holds_units()).map(|(column, _)| *column);
    }
    let numbers: Vec<(u32, &Content)> = open
        .iter()
        .copied()
        .filter(|(column, own)| columns.unit != Some(*column) && (own.holds_values() || own.holds_codes()))
        .collect();
    let right = |column: u32| column > columns.label && columns.unit.is_none_or(|unit| column > unit);
    let is_dense = |own: &Content| own.filled * 2 >= rows;
    let is_right_value = |(column, own): &&(u32, &Content)| right(*column) && !own.holds_codes();
    let is_headed = !columns.values.is_empty();
    let has_values = is_headed || numbers.iter().any(|own| is_right_value(&own));
    // Where next to nothing is below the headers of values, these may be beside their column. Without headers, a number
    // or two right of the labels do not say that all numbers left of them are codes.
    let is_filled = |place: &Range<u32>| place.clone().any(|at| contents.get(&at).is_some_and(|own| own.values > 0));
    let has_dense = numbers.iter().filter(is_right_value).any(|(_, own)| is_dense(own));
    let has_filled = has_dense || columns.values.iter().flat_map(|value| &value.places).any(is_filled);
    for (column, own) in &numbers {
        let is_certain = if *column > columns.label { has_filled } else { is_headed || has_dense || !is_dense(own) };
        let left = !right(*column) && has_values && is_certain;
        let counts = own.counts_up && own.filled > 2 && (numbers.len() > 1 || !columns.values.is_empty());
        // A number or two beside the table are no column.
        let is_sparse = (is_headed || has_dense) && !is_dense(own);
        // Numbers that do not count are no row numbers.
        let is_values = own.is_out_of_order && is_dense(own);
        if own.holds_codes() || left && !(is_values && is_headed) || counts {
            columns.serial.push(*column);
        } else if !is_sparse {
            columns.values.push(ValueColumn::plain(*column, None));
        }
    }
    // Where the headers of units and values are exchanged, the content decides.
    if let Some(unit) = columns.unit {
        let swapped = contents.get(&unit).is_some_and(|own| own.units == 0 && own.values * 2 > own.filled);
        let holds_units = |value: &ValueColumn| contents.get(&value.places[0].start).is_some_and(Content::holds_units);
        if let Some(value) = columns.values.iter_mut().find(|value| holds_units(value)).filter(|_| swapped) {
            columns.unit = Some(value.places[0].start);
            value.places = Vec::from([Range { start: unit, end: unit + 1 }]);
        }
    }
}

/// The words of the headers that a table of a matrix has.
fn known_words(table: &Table) -> BTreeSet<String> {
    let columns = table.columns.iter().chain(&table.label);
    let texts = columns.flat_map(|column| column.aliases.iter().chain(&column.groups).chain([&column.header]));
    texts.map(|text| header::header_words(text)).collect()
}

/// The columns of a table of a matrix.
///
/// Each column of the form is where its header is. A header that the form does not have makes a column beside the form's.
/// Without any header, the columns that hold values are those of the form if there are as many.
pub fn of_matrix(region: &Region<'_>, rows: &[FoundRow], floor: u32, table: &Table) -> Columns {
    let mut columns = Columns { label: label_column(rows), ..Columns::default() };
    let Some(first) = rows.iter().map(|row| row.rows.start).min() else { return columns };
    let is_labeled = table.label.is_some();
    let known = known_words(table);
    columns.header_rows = match is_labeled {
        true => header::header_rows(region, floor, first, |text| known.contains(&header::header_words(text))),
        false => rows.first().map(|row| row.rows.clone()),
    };
    if let Some(header_rows) = columns.header_rows.clone() {
        let behind_labels = if is_labeled { columns.label + 1 } else { 0 };
        let mut headers = header::headers(region, &header_rows);
        // Where merged cells are left out, headers are left of their columns.
        if header::are_displaced(table, &headers, behind_labels) {
            columns.is_displaced = true;
            return columns;
        }
        headers.retain(|header| header.columns.start >= behind_labels);
        columns.header_end = header_rows.clone().map(|row| region.row_end(row)).max().unwrap_or(0);
        add_matrix_headers(&headers, table, &mut columns);
        let headers = columns.values.iter().map(|value| (value.header.as_deref(), value.places.as_slice()));
        columns.moves_at = moved_headers::first(region, found_rows(rows), header_rows.end, headers);
    }
    if columns.values.is_empty() && is_labeled {
        add_by_position(region, rows, table, &mut columns);
        let header = |value: &ValueColumn| value.own.map(|own| table.columns[own].header.as_str());
        let headers = columns.values.iter().map(|value| (header(value), value.places.as_slice()));
        columns.moves_at = moved_headers::first(region, found_rows(rows), first, headers);
    }
    columns
}

/// Takes the columns that hold values for those of the form, in its order, if there are as many.
fn add_by_position(region: &Region<'_>, rows: &[FoundRow], table: &Table, columns: &mut Columns) {
    let mut places: BTreeSet<u32> = BTreeSet::new();
    for found in rows.iter().filter(|row| row.has_values) {
        for (at, cell) in region.filled(found.rows.start) {
            let is_behind = at.column >= found.label.end && at.column < found.end;
            if is_behind && value::parse_cell(cell, ValueKind::Signed).is_filled() {
                places.insert(at.column);
            }
        }
        columns.header_end = columns.header_end.max(region.row_end(found.rows.start).min(found.end));
    }
    if places.len() == table.columns.len() {
        columns.is_by_position = true;
        let places = places.into_iter().enumerate();
        columns.values = places.map(|(own, column)| ValueColumn::plain(column, Some(own))).collect();
    }
}

/// Adds the columns that headers name.
fn add_matrix_headers(headers: &[Header], table: &Table, columns: &mut Columns) {
    let assigned = header::assign(&TableNames::new(table), headers);
    for (index, header) in headers.iter().enumerate() {
        let text = header.text.trim().to_owned();
        let joined = &assigned.joined[index];
        if !joined.is_empty() {
            columns.values.extend(joined.iter().map(|own| {
                let value = ValueColumn::new(header.columns.clone(), Some(*own), Some(text.clone()));
                ValueColumn { is_joined: true, ..value }
            }));
            continue;
        }
        let Some(own) = assigned.columns[index] else {
            match header_meaning(&header.text, table) {
                HeaderMeaning::Label => {}
                HeaderMeaning::Unit => columns.unit = Some(header.columns.start),
                HeaderMeaning::Serial => columns.serial.push(header.columns.start),
                HeaderMeaning::Remark => columns.remarks.push(header.columns.start),
                HeaderMeaning::Other => {
                    columns.values.push(ValueColumn::new(header.columns.clone(), None, Some(text)));
                }
            }
            continue;
        };
        if assigned.similar.contains(&index) {
            columns.similar.push((text.clone(), own));
        }
        match columns.values.iter_mut().find(|value| value.own == Some(own)) {
            Some(value) => value.places.push(header.columns.clone()),
            None => columns.values.push(ValueColumn::new(header.columns.clone(), Some(own), Some(text))),
        }
    }
}
