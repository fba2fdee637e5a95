//! Finds the rows and headers of tables of no known form in grids.
//!
//! In: the [`Region`]s of a stream. Out: a [`LocalTable`] for each table. Called by [`super::infer`]. A row has a label
//! and a value; its unit may be in a column of its own, in the label, or nowhere.

use std::collections::BTreeMap;
use std::ops::Range;

use super::header::{self, Header};
use super::list_headers;
use super::local_table::{LocalTable, MAX_ROWS, push};
use super::region::Region;
use super::stream::one_line;
use super::value;
use crate::document::Cell;
use crate::template::ValueKind;
use crate::template::local::{LocalHeaders, LocalRow};
use crate::text::fold::fold;
use crate::text::words::words;

/// A text of so many characters in the column of units, beside a shorter one in that of labels, is a label.
const MIN_LABEL: usize = 5;

/// The columns of a table of no known form.
#[derive(Debug, Default)]
struct LocalColumns {
    label: Range<u32>,
    unit: Option<u32>,
    values: Vec<Range<u32>>,
    headers: LocalHeaders,
}

/// The tables of a region, from the top.
pub fn tables(region: &Region<'_>) -> Vec<LocalTable> {
    let rows: Vec<u32> = region.rows().collect();
    let headed: Vec<usize> = (0..rows.len()).filter(|at| is_header_row(region, &rows, *at)).collect();
    let mut tables = Vec::new();
    if headed.is_empty() {
        tables.extend(by_content(region, &rows).and_then(|columns| table(region, &rows, &columns)));
        return tables;
    }
    for (index, at) in headed.iter().enumerate() {
        let end = headed.get(index + 1).copied().unwrap_or(rows.len());
        let first = first_row(region, &rows[..end], *at);
        if first == end {
            continue;
        }
        let headers = header::headers(region, &(rows[*at]..rows[first]));
        let found = by_headers(region, &headers, &rows[first..end]);
        tables.extend(found.and_then(|columns| table(region, &rows[*at + 1..end], &columns)));
    }
    tables
}

/// The first row below headers: one with a label, or where the labels have no header, one with a value or a unit.
fn first_row(region: &Region<'_>, rows: &[u32], header: usize) -> usize {
    let is_label_header = |cell: &Cell| words().label_headers.contains(&fold(&cell.text));
    let label = region.filled(rows[header]).find(|(_, cell)| is_label_header(cell)).map(|(at, _)| region.area(*at));
    let is_first = |row: &usize| {
        let mut cells = region.filled(rows[*row]);
        match &label {
            Some(area) => rows[*row] >= area.rows.end && cells.any(|(at, _)| area.columns.contains(&at.column)),
            None => cells.any(|(_, cell)| is_value(cell) || value::is_unit(&cell.text)),
        }
    };
    (header + 1..rows.len()).find(is_first).unwrap_or(rows.len())
}

/// Whether a row has a header of labels or units and another one, and no row above it that it continues has.
fn is_header_row(region: &Region<'_>, rows: &[u32], at: usize) -> bool {
    let is_marked = |row: u32| {
        let mut texts = region.filled(row).map(|(_, cell)| fold(&cell.text));
        texts.any(|text| words().label_headers.contains(&text) || words().unit_headers.contains(&text))
    };
    let is_row = |row: u32| is_marked(row) && region.filled(row).count() > 1 && !holds_number(region, row);
    is_row(rows[at]) && !at.checked_sub(1).is_some_and(|above| is_row(rows[above]))
}

fn is_value(cell: &Cell) -> bool {
    (value::parse_cell(cell, ValueKind::Signed).is_filled() || value::is_value_or_code(&cell.text))
        && !value::is_unit(&cell.text)
}

fn holds_value(region: &Region<'_>, row: u32) -> bool {
    region.filled(row).any(|(_, cell)| is_value(cell))
}

/// Whether a row has a number that is no year.
fn holds_number(region: &Region<'_>, row: u32) -> bool {
    let is_year = |cell: &Cell| value::plain(cell.text.trim()).is_some_and(|year| (1990..2100).contains(&year));
    region.filled(row).any(|(_, cell)| is_value(cell) && !is_year(cell))
}

/// The columns that headers name.
fn by_headers(region: &Region<'_>, headers: &[Header], rows: &[u32]) -> Option<LocalColumns> {
    let (mut columns, mut has_label) = (LocalColumns::default(), false);
    for header in headers {
        let folded = fold(&header.text);
        let text: String = header.text.split_whitespace().collect();
        if words().serial_headers.contains(&folded) || words().remark_headers.contains(&folded) {
            continue;
        }
        // The next block of a folded table. Where the first has no values, these are those of the next labels.
        if has_label && columns.headers.label.as_ref() == Some(&text) {
            if !columns.values.is_empty() {
                break;
            }
            (columns, has_label) = (LocalColumns::default(), false);
        }
        // 单位 heads the units, but 项目 and 内容 may head anything.
        if words().unit_headers.contains(&folded) && columns.unit.is_none() {
            columns.unit = Some(header.columns.start);
            columns.headers.unit = Some(text);
        } else if words().label_headers.contains(&folded) && !has_label {
            has_label = true;
            columns.label = header.columns.clone();
            columns.headers.label = Some(text);
        } else if holds(region, rows, &header.columns, is_value)
            // What stands below a known header of values is a value, readable or not.
            || is_value_header(&folded)
            || (has_label && is_blank(region, rows, &header.columns))
        {
            columns.values.push(header.columns.clone());
            columns.headers.columns.push(text);
        } else if !has_label && columns.label.is_empty() && holds(region, rows, &header.columns, is_label) {
            columns.label = header.columns.clone();
            columns.headers.label = Some(text);
        }
    }
    if columns.values.len() > 1 {
        let kept: Vec<usize> =
            (0..columns.values.len()).filter(|at| !holds_codes(region, rows, &columns.values[*at])).collect();
        columns.headers.columns = kept.iter().map(|at| columns.headers.columns[*at].clone()).collect();
        columns.values = kept.iter().map(|at| columns.values[*at].clone()).collect();
    }
    if columns.label.is_empty() {
        // Without a header above the labels: the column with the most of them.
        let known =
            |column: u32| columns.unit == Some(column) || columns.values.iter().any(|place| place.contains(&column));
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        let cells = rows.iter().flat_map(|row| region.filled(*row));
        for (at, _) in cells.filter(|(at, cell)| is_label(cell) && !known(at.column)) {
            *counts.entry(at.column).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| count * 2 > rows.len());
        columns.label = most.map_or(0..0, |(column, _)| column..column + 1);
    }
    if columns.values.is_empty() {
        // Without a header above the values.
        let by_content = by_content(region, rows)?;
        columns.values = by_content.values;
    }
    (!columns.label.is_empty() && !columns.values.is_empty()).then_some(columns)
}

/// Whether some columns hold codes: most begin with 0 or end in `*`, or all have the same length and some do.
fn holds_codes(region: &Region<'_>, rows: &[u32], place: &Range<u32>) -> bool {
    let cells = rows.iter().flat_map(|row| region.filled(*row)).filter(|(at, _)| place.contains(&at.column));
    let texts: Vec<&str> = cells.map(|(_, cell)| cell.text.trim()).collect();
    let codes = texts.iter().filter(|text| value::is_code(text)).count();
    let plain = texts.iter().filter(|text| value::is_code(text) || value::plain(text).is_some()).count();
    let is_even = texts.iter().all(|text| text.len() == texts[0].len());
    codes > 1 && plain == texts.len() && (codes * 2 > texts.len() || is_even)
}

/// Whether a folded text is a known header of values.
fn is_value_header(folded: &str) -> bool {
    list_headers::is_year(folded) || words().value_headers.iter().any(|header| header == folded)
}

/// Whether nothing is in some columns.
fn is_blank(region: &Region<'_>, rows: &[u32], columns: &Range<u32>) -> bool {
    !rows.iter().flat_map(|row| region.filled(*row)).any(|(at, _)| columns.contains(&at.column))
}

/// Whether most cells of some columns that are not blank fit.
fn holds(region: &Region<'_>, rows: &[u32], columns: &Range<u32>, fits: impl Fn(&Cell) -> bool) -> bool {
    let cells = rows.iter().flat_map(|row| region.filled(*row)).filter(|(at, _)| columns.contains(&at.column));
    let (count, fitting) = cells.fold((0, 0), |(all, fitting), (_, cell)| (all + 1, fitting + usize::from(fits(cell))));
    fitting > 0 && fitting * 2 >= count
}

fn is_label(cell: &Cell) -> bool {
    !is_value(cell) && !value::is_unit(&cell.text)
}

/// The columns of a table without headers, by what they hold: only units prove that its numbers are statistics.
fn by_content(region: &Region<'_>, rows: &[u32]) -> Option<LocalColumns> {
    #[derive(Default)]
    struct Count {
        labels: usize,
        units: usize,
        values: usize,
        own_units: usize,
        codes: usize,
    }
    let mut counts: BTreeMap<u32, Count> = BTreeMap::new();
    let mut with_values = 0;
    for row in rows.iter().filter(|row| holds_value(region, **row)) {
        with_values += 1;
        for (at, cell) in region.filled(*row) {
            let count = counts.entry(at.column).or_default();
            count.labels += usize::from(is_label(cell));
            count.units += usize::from(value::is_unit(&cell.text));
            count.values += usize::from(is_value(cell));
            count.codes += usize::from(value::is_code(cell.text.trim()));
            count.own_units +=
                usize::from(unit_in(&cell.text).is_some() || value::parse_cell(cell, ValueKind::Signed).unit.is_some());
        }
    }
    let most = |count: usize| count * 2 > with_values;
    let unit = counts.iter().find(|(_, count)| most(count.units)).map(|(column, _)| *column);
    let label = counts.iter().find(|(_, count)| most(count.labels)).map(|(column, _)| *column)?;
    let is_proven = unit.is_some() || counts.values().any(|count| most(count.own_units));
    let values: Vec<Range<u32>> = counts
        .iter()
        .filter(|(column, count)| {
            let is_right = **column > label && unit.is_none_or(|unit| unit < label || **column > unit);
            most(count.values) && (is_right || **column < label) && count.codes == 0
        })
        .map(|(column, _)| *column..*column + 1)
        .collect();
    // Numbers left of the labels are row numbers if there are others.
    let right: Vec<Range<u32>> = values.iter().filter(|place| place.start > label).cloned().collect();
    let values = if right.is_empty() { values } else { right };
    (is_proven && !values.is_empty()).then(|| LocalColumns {
        label: label..label + 1,
        unit,
        values,
        ..LocalColumns::default()
    })
}

/// The unit in the brackets at the end of a label.
fn unit_in(label: &str) -> Option<String> {
    let folded = fold(label);
    let open = folded.strip_suffix(')')?.rfind('(')?;
    let inner = folded[open + 1..folded.len() - 1].trim_start_matches("单位:").to_owned();
    value::is_unit(&inner).then_some(inner)
}

/// The rows of a table in some rows of a grid, down to the first that is none of its own.
fn table(region: &Region<'_>, rows: &[u32], columns: &LocalColumns) -> Option<LocalTable> {
    let text = |row: u32, place: &Range<u32>| -> String {
        let cells = region.filled(row).filter(|(at, _)| place.contains(&at.column));
        cells.map(|(_, cell)| one_line(&cell.text)).collect()
    };
    let mut found: Vec<LocalRow> = Vec::new();
    let mut headings: Vec<String> = Vec::new();
    let mut filled = 0;
    for row in rows {
        let label = text(*row, &columns.label);
        let unit = columns.unit.map(|unit| fold(&text(*row, &(unit..unit + 1)))).filter(|unit| !unit.is_empty());
        let in_columns =
            |place: &Range<u32>| region.filled(*row).any(|(at, cell)| place.contains(&at.column) && is_value(cell));
        let has_value = columns.values.iter().any(in_columns);
        // A unit in the column of labels: the row has lost a cell, or has its own order.
        let is_long = |unit: &String| unit.chars().count() >= MIN_LABEL && !value::is_unit(unit);
        let is_swapped = label.chars().count() < MIN_LABEL && unit.as_ref().is_some_and(is_long);
        let is_unit = columns.unit.is_some() && value::is_unit(&label) || is_swapped;
        if label.is_empty() || is_mark(&label) || is_unit || value::is_value_or_code(&label) {
            continue;
        }
        // Only an ordinal of a section tells a heading from a row that is not filled in.
        let is_section = fold(&label).starts_with(['(', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十']);
        if !has_value && unit.is_none() && (is_section || found.is_empty()) {
            headings.push(label);
            continue;
        }
        for heading in std::mem::take(&mut headings).iter().filter(|heading| !is_title(heading)) {
            push(&mut found, heading, None);
        }
        filled += usize::from(has_value);
        let unit = unit.or_else(|| unit_in(&label)).unwrap_or_default();
        push(&mut found, &label, Some(unit));
        if found.len() > MAX_ROWS {
            return None;
        }
    }
    (filled > 0).then(|| LocalTable { rows: found, headers: columns.headers.clone(), filled })
}

/// Whether a text letters or numbers the columns.
fn is_mark(label: &str) -> bool {
    words().column_marks.contains(&fold(label))
}

/// Whether a text is the title of a table.
pub fn is_title(text: &str) -> bool {
    let folded = fold(text);
    words().title_endings.iter().any(|ending| folded.contains(ending.as_str()))
}
