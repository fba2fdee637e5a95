//! Reads the rows of a matrix: a label and a value for each column of its table.
//!
//! In: a stream and the [`Chain`] found in it. Out: a [`Reading`]. Called by [`super::Recognizer`]. In a grid the values
//! are below their headers ([`super::grid`]); in running text they follow the label ([`super::matrix_text`]). If some
//! values of a row are missing and it is unknown which, all of them are unreadable.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

use rust_decimal::Decimal;

use super::align::{Chain, Match};
use super::cells;
use super::coded_rows;
use super::dictionary::Dictionary;
use super::form_row::{FormRow, unreadable_row};
use super::grid::GridRow;
use super::grid_extras;
use super::header_order::{self, HeaderOrder};
use super::lines::{Line, Tables};
use super::matrix_text::{rows_behind, running_row, split_values};
use super::reading::{BesideReading, CellReading, ExtraReading, Reading, RowReading};
use super::serials;
use super::split::RowSum;
use super::stream::Stream;
use super::tokens::bracket_length;
use super::value::{self, ParsedValue};
use crate::document::{Cell, CellRef};
use crate::finding::Finding;
use crate::report::CellValue;
use crate::template::{ResolvedRule, Table, Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label::ordinal_length;

/// With at least this many cells, text without any repetition has had its repeated lines removed.
const MIN_CELLS_WITHOUT_REPEATS: usize = 40;

/// With at least this many lines that are one value, a line is a cell.
const MIN_VALUE_LINES: usize = 5;

/// Labels of fewer bytes occur at the start of others: 其他 in 其他法律行政法规禁止公开.
const SHORT_LABEL_BYTES: usize = 12;

/// The most bytes above a table to search for its headers: those of all forms together are shorter.
const MAX_HEADER_BYTES: usize = 1500;

/// A matrix while it is read.
struct Matrix<'a, 'd> {
    tables: &'a Tables<'a, 'd>,
    sums: Vec<&'a ResolvedRule>,
    /// The order of the headers of each table, in text; found where it is asked for.
    orders: Vec<OnceCell<HeaderOrder>>,
    /// The tables of the form and of the stream with rows that were read by column.
    by_column: RefCell<BTreeSet<(usize, usize)>>,
}

/// Reads the rows of a chain, and the rows between them. The text of the table ends at `end` or before it.
pub fn read(stream: &Stream<'_>, chain: &Chain, dictionary: &Dictionary, end: usize) -> Reading {
    let template = dictionary.template(chain.template);
    let tables = Tables::new(stream, chain, template);
    let matrix = Matrix {
        tables: &tables,
        sums: template.sums().collect(),
        orders: vec![OnceCell::new(); template.tables().len()],
        by_column: RefCell::default(),
    };
    let serials = serials::serials(stream, chain, template);
    let mut reading = Reading { columns: vec![None], ..Reading::default() };
    // The tables whose columns were taken in the form's order, without headers.
    let mut by_position = BTreeSet::new();
    for (index, found) in chain.matches.iter().enumerate() {
        let next = chain.matches.get(index + 1).map_or(end, |next| next.label.start);
        let next = stream.text_end(found.label.end..next);
        let mut row = RowReading { at: stream.location(found.label.start), ..RowReading::default() };
        if found.is_text {
            // A row may repeat the label of the next one.
            if tables.lines[index].is_none() && index + 1 < chain.matches.len() {
                let rows = rows_behind(stream, &serials, &matrix.form(found.row), found.label.end..next);
                let table = found.row.0;
                reading.extras.extend(rows.into_iter().map(|row| ExtraReading { after: Some(index), table, row }));
            }
            reading.rows.push(row);
            continue;
        }
        let label_end = found.label.end + bracket_length(&stream.folded[found.label.end..next]);
        row.label = stream.text(label_start(stream, chain, index)..label_end);
        let count = template.tables()[found.row.0].columns.len();
        let behind = &stream.folded[label_end..next.min(stream.cell_end(found.label.end - 1)).max(label_end)];
        if found.label.len() < SHORT_LABEL_BYTES && goes_on(behind) {
            row.values = unreadable_row(count, &mut row);
        } else if tables.lines[index].is_some() {
            row.values = match GridRow::new(&tables, index) {
                // The row of values is missing.
                Some(grid) if grid.label().is_empty() && !grid.region.has_row(grid.rows.start) => Vec::new(),
                Some(grid) if grid.label().is_empty() && grid.region.filled(grid.rows.start).next().is_none() => {
                    blank_values(&grid, count)
                }
                Some(grid) => matrix.grid_values(found.row, &grid, &mut row, &mut by_position),
                None => unreadable_row(count, &mut row),
            };
        } else {
            let form = matrix.form(found.row);
            // A row without a label has its number before the values.
            let serials = match form.table.label {
                None if !serials.is_empty() => &with_first_line(stream, &serials, label_end..next),
                _ => &serials,
            };
            let extras = running_row(stream, serials, &form, label_end..next, &mut row, &mut reading.run_together);
            let is_by_position = !row.is_unreadable && *matrix.order(found.row.0) == HeaderOrder::NoHeaders;
            by_position.extend((is_by_position && count > 1).then_some(found.row.0));
            if index + 1 < chain.matches.len() {
                let table = found.row.0;
                reading.extras.extend(extras.into_iter().map(|row| ExtraReading { after: Some(index), table, row }));
            }
        }
        reading.rows.push(row);
    }
    coded_rows::leave_out(&chain.matches, template, &mut reading.rows);
    drop_merged_labels(stream, chain, template, &mut reading.rows);
    let beyond = RefCell::new(BTreeSet::new());
    let beyond_row = |table: usize, grid: &GridRow<'_, '_>, row: &mut RowReading| {
        matrix.grid_values((table, 0), grid, row, &mut beyond.borrow_mut())
    };
    grid_extras::of_matrix(&tables, beyond_row, &mut reading);
    matrix.column_findings(&by_position, &mut reading);
    matrix.second_rows(&mut reading);
    if repeats_are_dropped(stream, chain, &reading) {
        reading.repeats_dropped = true;
        for value in reading.rows.iter_mut().flat_map(|row| &mut row.values) {
            value.parsed = ParsedValue::UNREADABLE;
        }
        reading.extras.clear();
    }
    reading
}

impl Matrix<'_, '_> {
    fn form(&self, place: (usize, usize)) -> FormRow<'_> {
        FormRow::new(self.tables.template, place, &self.sums, self.order(place.0))
    }

    fn order(&self, table: usize) -> &HeaderOrder {
        let Tables { stream, chain, template, .. } = self.tables;
        self.orders[table].get_or_init(|| header_order(stream, chain, template, table))
    }

    /// The values of a row of a grid.
    ///
    /// In text with separators, a row is in line with the headers if both are as wide.
    fn grid_values(
        &self,
        place: (usize, usize),
        grid: &GridRow<'_, '_>,
        row: &mut RowReading,
        by_position: &mut BTreeSet<usize>,
    ) -> Vec<CellReading> {
        let (table, columns, form) = (place.0, grid.columns, &self.form(place));
        let cells = grid.cells_behind();
        let is_value = |cell: &&&(_, Cell)| value::parse_cell(&cell.1, ValueKind::Signed).is_filled();
        if form.table.label.is_some() && !columns.values.is_empty() && grid.has_words_behind_lost() {
            return self.unreadable(form, grid, row);
        }
        if !columns.values.is_empty() && !grid.line.is_joined && self.is_aligned(grid) {
            let words = cells.iter().filter(|cell| is_words(&cell.1, grid, cell.0.column)).count();
            let values = cells.iter().filter(|cell| is_value(cell)).count();
            // Words in place of values: a line of signatures or the headers of another table.
            let is_other = words > 0 && (values == 0 || cells.iter().any(|(_, cell)| self.is_filing(&cell.text)));
            if self.tables.template.tables()[table].label.is_none() && is_other {
                return Vec::new();
            }
            self.by_column.borrow_mut().insert((table, grid.line.part));
            let count = self.tables.template.tables()[table].columns.len();
            if grid.is_below_moved_headers() {
                return self.unreadable(form, grid, row);
            }
            if !columns.is_by_position || count == 1 {
                return self.values_by_column(place, grid, row);
            }
            // The headers may be outside the grid.
            by_position.extend((*self.order(table) == HeaderOrder::NoHeaders).then_some(table));
            return match form.has_order() {
                true => form.in_form_order(self.values_by_column(place, grid, row)),
                false => self.unreadable(form, grid, row),
            };
        }
        let is_number = |cell: &&&(_, Cell)| is_value(cell) || value::is_code(cell.1.text.trim());
        row.found = cells.iter().take_while(is_number).count();
        row.first_number = cells.first().and_then(|(_, cell)| coded_rows::number(&cell.text));
        let run = cells.iter().take_while(is_value).count();
        let is_exact = run == form.count()
            && !is_behind_blank(grid, &cells)
            && is_unbroken(grid, &cells[..run])
            && !cells[run..].iter().any(|cell| is_value(&cell))
            && form.has_order();
        let is_unheaded = grid.region.is_text() || columns.values.is_empty() || goes_beyond(grid);
        let is_by_position = *self.order(table) == HeaderOrder::NoHeaders && form.count() > 1;
        if is_exact && is_unheaded {
            by_position.extend(is_by_position.then_some(table));
            let values = cells[..run].iter().zip(&form.kinds).map(|((_, cell), kind)| cells::reading(cell, *kind));
            let remark = |(_, cell): &&(CellRef, Cell)| (cell.text.trim().to_owned(), Some(cell.at.clone()));
            row.remarks.extend(cells[run..].iter().map(remark));
            return form.in_form_order(values.collect());
        }
        if (columns.is_displaced || columns.values.is_empty())
            && let Some(values) = self.counted_values(table, form, grid)
        {
            by_position.extend(is_by_position.then_some(table));
            return form.in_form_order(values);
        }
        self.split(table, form, grid, row)
    }

    /// The values of a row with fewer cells than columns, where digits run together.
    fn split(
        &self,
        table: usize,
        form: &FormRow<'_>,
        grid: &GridRow<'_, '_>,
        row: &mut RowReading,
    ) -> Vec<CellReading> {
        let cells = grid.cells_behind();
        let texts: Vec<String> = cells.iter().map(|(_, cell)| cell.text.trim().to_owned()).collect();
        let at = cells.first().map(|(_, cell)| cell.at.clone());
        if self.has_whole_row(table, grid, form.count())
            && !has_blank_value(grid)
            && let Some(values) = split_values(form, &texts, at, row)
        {
            row.is_split = true;
            return values;
        }
        self.unreadable(form, grid, row)
    }

    /// Whether a text is the label of a signature, a telephone number or a date.
    fn is_filing(&self, text: &str) -> bool {
        let folded = fold(text);
        let folded = folded.trim_end_matches(':');
        let fields = self.tables.template.filing().iter();
        fields.flat_map(|field| std::iter::once(&field.label).chain(&field.aliases)).any(|label| fold(label) == folded)
    }

    /// Whether another row of a table has a value for each column, or there is no other row. Where all have fewer, a column
    /// is missing, and no values run together.
    fn has_whole_row(&self, table: usize, grid: &GridRow<'_, '_>, count: usize) -> bool {
        let is_other = |index: &usize| {
            let found = &self.tables.chain.matches[*index];
            found.row.0 == table && !found.is_text && Some(*index) != grid.index
        };
        let values = |line: &Line| {
            let cells = grid.region.filled(line.rows.start);
            let cells = cells.filter(|(at, _)| at.column >= line.label.end && at.column < line.end);
            cells.filter(|(_, cell)| value::parse_cell(cell, ValueKind::Signed).is_filled()).count()
        };
        let others = (0..self.tables.lines.len()).filter(is_other).filter_map(|at| self.tables.lines[at].as_ref());
        let mut others = others.filter(|line| line.part == grid.line.part).peekable();
        others.peek().is_none() || others.any(|line| values(line) >= count)
    }

    /// The values of a row of text that has as many cells behind the label as the other rows with as many merged labels.
    /// The cells before the values belong to merged labels.
    fn counted_values(&self, table: usize, form: &FormRow<'_>, grid: &GridRow<'_, '_>) -> Option<Vec<CellReading>> {
        if grid.line.is_joined || !form.has_order() {
            return None;
        }
        let behind = |line: &Line| -> Vec<&(CellRef, Cell)> {
            let row = grid.region.row(line.rows.start).iter();
            row.filter(|(at, _)| at.column >= line.label.end && at.column < line.end).collect()
        };
        let own = behind(&grid.line);
        let is_like = |index: &usize| {
            let found = &self.tables.chain.matches[*index];
            !found.is_text && found.row.0 == table && self.tables.row(*index).stubs.len() == form.row.stubs.len()
        };
        let like: Vec<Vec<&(CellRef, Cell)>> = (0..self.tables.lines.len())
            .filter(is_like)
            .filter_map(|index| self.tables.lines[index].as_ref())
            .filter(|line| line.part == grid.line.part && !line.is_joined)
            .map(behind)
            .filter(|cells| cells.len() == own.len())
            .collect();
        let before = form.table.stubs.len().saturating_sub(form.row.stubs.len());
        let all_blank = |at: usize| like.iter().all(|cells| cells[at].1.is_blank());
        let extra = own.len().checked_sub(form.count())?;
        let is_stubbed = before > 0 && (0..before.min(own.len())).all(all_blank);
        // Blank cells of merged labels or of values: the cells behind the label are too few to say.
        if is_stubbed && extra < before {
            return None;
        }
        let start = if is_stubbed { before } else { 0 };
        // Where all rows have the same columns, one with labels of other rows has no values.
        let lines = || self.tables.lines.iter().flatten().filter(|line| line.part == grid.line.part);
        let length = |line: &Line| grid.region.row(line.rows.start).len();
        let is_even = lines().all(|line| length(line) == length(&grid.line));
        let holds_label = |(at, _): &&(CellRef, Cell)| lines().any(|line| line.label.contains(&at.column));
        if is_even && own[start..start + form.count()].iter().any(holds_label) {
            return None;
        }
        let is_regular = like.len() > 1 && (start + form.count()..own.len()).all(all_blank);
        is_regular.then(|| {
            let values = own[start..start + form.count()].iter().zip(&form.kinds);
            values.map(|((_, cell), kind)| cells::reading(cell, *kind)).collect()
        })
    }

    fn unreadable(&self, form: &FormRow<'_>, grid: &GridRow<'_, '_>, row: &mut RowReading) -> Vec<CellReading> {
        let texts: Vec<&str> = grid.cells_behind().iter().map(|(_, cell)| cell.text.trim()).collect();
        let mut values = unreadable_row(form.count(), row);
        values[0].text = texts.join(" ");
        values
    }

    /// Whether the cells of a row are below the headers.
    fn is_aligned(&self, grid: &GridRow<'_, '_>) -> bool {
        let columns = grid.columns;
        if columns.end() > grid.line.end || grid.is_short() || goes_beyond(grid) {
            return false;
        }
        if !grid.region.is_text() {
            return true;
        }
        let first = columns.values.iter().flat_map(|value| &value.places).map(|place| place.start).min();
        let end = grid.region.row_end(grid.rows.start);
        // Text right of the table may make a row longer.
        let is_beside = |(at, cell): &(CellRef, Cell)| {
            at.column < columns.header_end || !value::parse_cell(cell, ValueKind::Signed).is_filled()
        };
        let is_as_wide = end == columns.header_end
            || (end > columns.header_end && grid.region.filled(grid.rows.start).all(is_beside));
        is_as_wide && first.is_some_and(|first| grid.label().end <= first)
    }

    fn values_by_column(
        &self,
        place: (usize, usize),
        grid: &GridRow<'_, '_>,
        row: &mut RowReading,
    ) -> Vec<CellReading> {
        let table = &self.tables.template.tables()[place.0];
        let kind = |column: usize| table.kind(&table.rows[place.1], &table.columns[column]);
        let mut values = Vec::new();
        for column in 0..table.columns.len() {
            let own = grid.columns.values.iter().find(|value| value.own == Some(column));
            values.push(match own {
                Some(own) => grid.value(own, kind(column)),
                None => {
                    let parsed = ParsedValue { cell: CellValue::Missing, ..ParsedValue::default() };
                    CellReading { text: String::new(), parsed, at: row.at.clone() }
                }
            });
        }
        leave_out_beside_several(&mut values);
        if has_surplus(grid, &values) && !self.is_proven(place, &values) {
            let form = FormRow::new(self.tables.template, place, &self.sums, &HeaderOrder::Official);
            return self.unreadable(&form, grid, row);
        }
        for beside in grid.columns.values.iter().filter(|value| value.own.is_none()) {
            let value = grid.value(beside, ValueKind::Signed);
            if !value.text.is_empty() {
                let header = beside.header.clone().unwrap_or_default();
                row.beside.push(BesideReading { header, value });
            }
        }
        grid.add_remarks(row);
        values
    }

    /// Whether the sums of the form hold in a row of which not all values are 0: its values are in the right columns.
    fn is_proven(&self, place: (usize, usize), values: &[CellReading]) -> bool {
        let form = FormRow::new(self.tables.template, place, &self.sums, &HeaderOrder::Official);
        let numbers: Option<Vec<Decimal>> = values.iter().map(|value| value.parsed.cell.number()).collect();
        let Some(numbers) = numbers else { return false };
        let sum = |places: &[usize]| places.iter().map(|at| numbers[*at]).sum::<Decimal>();
        let holds = |own: &RowSum| sum(&own.total) == sum(&own.parts) && !sum(&own.total).is_zero();
        !form.sums.is_empty() && form.sums.iter().all(holds)
    }

    /// A finding where a second row of values is below the headers of a table without labels: nothing says which counts.
    fn second_rows(&self, reading: &mut Reading) {
        let template = self.tables.template;
        for (index, found) in self.tables.chain.matches.iter().enumerate() {
            let Some(grid) = GridRow::new(self.tables, index).filter(|grid| !found.is_text && grid.label().is_empty())
            else {
                continue;
            };
            let next = grid.rows.end;
            let cells: Vec<_> = grid.region.filled(next).filter(|(at, _)| at.column < grid.columns.end()).collect();
            let numbers =
                cells.iter().filter(|(_, cell)| value::parse_cell(cell, ValueKind::Signed).is_filled()).count();
            if numbers < 2 || numbers < cells.len() {
                continue;
            }
            let table = &template.tables()[found.row.0];
            let texts: Vec<&str> = cells.iter().map(|(_, cell)| cell.text.trim()).collect();
            let label = table.heading.as_deref().unwrap_or(&table.id);
            let mut finding = Finding::new("XG326").with("label", label).with("figures", texts.join("、"));
            finding.ids = table
                .columns
                .iter()
                .map(|column| table.indicator_id(&table.rows[found.row.1], column).into())
                .collect();
            reading.findings.push(finding.at(cells[0].1.at.clone()));
        }
    }

    /// Findings about the columns of the tables.
    fn column_findings(&self, by_position: &BTreeSet<usize>, reading: &mut Reading) {
        let template = self.tables.template;
        let name = |table: usize| {
            let own = &template.tables()[table];
            own.heading.as_deref().or(own.band.as_deref()).unwrap_or(&own.id).to_owned()
        };
        for table in by_position {
            reading.findings.push(Finding::new("XG347").with("table", name(*table)));
        }
        for ((table, part), columns) in &self.tables.columns {
            let own = &template.tables()[*table];
            let at = columns.header_rows.as_ref().and_then(|rows| {
                self.tables.region(*part).filled(rows.end.saturating_sub(1)).next().map(|(_, cell)| cell.at.clone())
            });
            for (found, column) in &columns.similar {
                let official = &own.columns[*column].header;
                reading
                    .findings
                    .push(Finding::new("XG318").with("found", found).with("official", official).at(at.clone()));
            }
            if columns.header_rows.is_none() || !self.by_column.borrow().contains(&(*table, *part)) {
                continue;
            }
            let is_found = |column: usize| columns.values.iter().any(|value| value.own == Some(column));
            let missing: Vec<usize> = (0..own.columns.len()).filter(|column| !is_found(*column)).collect();
            if !missing.is_empty() {
                let labels: Vec<&str> = missing.iter().map(|column| own.columns[*column].header.as_str()).collect();
                let mut finding = Finding::new("XG348").with("columns", labels.join("、")).with("table", name(*table));
                for row in &own.rows {
                    finding
                        .ids
                        .extend(missing.iter().map(|column| own.indicator_id(row, &own.columns[*column]).into()));
                }
                reading.findings.push(finding.at(at));
            }
        }
    }
}

/// Whether some values of a row are right of all headers, which so are not above their columns. A number or text right of a
/// table is no value of it, and a worksheet may have any.
fn goes_beyond(grid: &GridRow<'_, '_>) -> bool {
    let is_beyond = |(at, cell): &&(CellRef, Cell)| {
        at.column >= grid.columns.header_end && value::parse_cell(cell, ValueKind::Signed).is_filled()
    };
    grid.region.keeps_blanks() && grid.cells_behind().into_iter().filter(|cell| is_beyond(cell)).count() > 1
}

/// Whether a number is directly right of the last value column, or further right beside a blank value: the values may be
/// one column left of where they are printed.
fn has_surplus(grid: &GridRow<'_, '_>, values: &[CellReading]) -> bool {
    let columns = grid.columns;
    let (end, has_blank) = (columns.end() + grid.shift, values.iter().any(|value| value.parsed.cell.is_blank()));
    let is_known = |column: u32| {
        columns.unit == Some(column) || columns.serial.contains(&column) || columns.remarks.contains(&column)
    };
    grid.cells_behind().into_iter().any(|(at, cell)| {
        (at.column == end || at.column > end && has_blank)
            && !is_known(at.column)
            && value::parse_cell(cell, ValueKind::Signed).is_filled()
    })
}

/// Whether a cell below the headers of a table without labels holds words: the row is none of its values.
fn is_words(cell: &Cell, grid: &GridRow<'_, '_>, column: u32) -> bool {
    column < grid.columns.end() && {
        let folded = fold(&cell.text);
        let hanzi = folded.chars().filter(|c| !c.is_ascii()).count();
        hanzi > 1 && !value::parse_cell(cell, ValueKind::Signed).is_readable()
    }
}

/// The order of the headers of a table, from the text above its first row.
fn header_order(stream: &Stream<'_>, chain: &Chain, template: &Template, number: usize) -> HeaderOrder {
    let table = &template.tables()[number];
    let is_row = |found: &&Match| found.row.0 == number && !found.is_text;
    let Some(first) = chain.matches.iter().find(is_row) else { return HeaderOrder::NoHeaders };
    // Without labels, headers that were not found stand before the values too.
    let end = match table.label {
        Some(_) => first.label.start,
        None => first.label.end + headers_behind(table, &stream.folded[first.label.end..]),
    };
    let mut start = 0;
    for found in &chain.matches {
        if found.label.end > first.label.start {
            break;
        }
        let words = &stream.folded[found.label.clone()];
        let is_own = found.is_text && found.row.0 == number;
        let is_headers = is_own
            && !header_order::found_headers(table, words).is_empty()
            && !table.heading.as_deref().is_some_and(|heading| fold(heading).ends_with(words));
        // Headers are above the merged labels of the first row.
        let mut stubs = table.rows.iter().flat_map(|row| &row.stubs);
        let is_stub = is_own && stubs.any(|stub| fold(stub).ends_with(words));
        if !is_headers && !is_stub {
            start = found.label.end;
        }
    }

    let start = start.max(end.saturating_sub(MAX_HEADER_BYTES)).min(end);
    let start = (start..=end).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(end);

    header_order::order(table, &stream.folded[start..end])
}

/// The row numbers, with the number that the first line of values in a range begins with.
fn with_first_line(stream: &Stream<'_>, serials: &BTreeSet<usize>, range: Range<usize>) -> BTreeSet<usize> {
    let first = stream.tokens(range).into_iter().find(|token| value::plain(token.text).is_some());
    serials.iter().copied().chain(first.map(|token| token.cell)).collect()
}

/// The length of the headers of a table at the start of a text.
fn headers_behind(table: &Table, folded: &str) -> usize {
    let limit = (0..=folded.len().min(MAX_HEADER_BYTES)).rev().find(|at| folded.is_char_boundary(*at)).unwrap_or(0);
    let words = &folded[..limit];
    let words = &words[..words.find(|c: char| c.is_ascii_digit()).unwrap_or(0)];
    header_order::found_headers(table, words).last().map_or(0, |(at, name)| at + name.len())
}

/// Makes the blank values beside a cell with several numbers unreadable: one of these may be theirs. Digits that begin with
/// 0 are several numbers too, at most as many as digits.
fn leave_out_beside_several(values: &mut [CellReading]) {
    let is_number = |word: &str| value::parse(word, ValueKind::Signed).cell.is_number();
    for at in 0..values.len() {
        let words: Vec<&str> = values[at].text.split_whitespace().collect();
        let several = match words.as_slice() {
            [only] if value::is_code(only) => only.len(),
            several if several.iter().all(|word| is_number(word)) => several.len(),
            _ => 0,
        };
        let blank = |values: &[CellReading], own: usize| values[own].parsed.cell.is_blank();
        let before: Vec<usize> =
            (0..at).rev().take(several.saturating_sub(1)).take_while(|own| blank(values, *own)).collect();
        let behind: Vec<usize> =
            (at + 1..values.len()).take(several.saturating_sub(1)).take_while(|own| blank(values, *own)).collect();
        for own in before.into_iter().chain(behind) {
            values[own].parsed = ParsedValue::UNREADABLE;
        }
    }
}

/// Whether the first cell of a row with text is right of the first column of values: the cells may be those of the next
/// columns, with something else behind them.
fn is_behind_blank(grid: &GridRow<'_, '_>, cells: &[&(CellRef, Cell)]) -> bool {
    let first = grid.columns.values.iter().flat_map(|value| &value.places).map(|place| place.start).min();
    first.is_some_and(|first| cells.first().is_some_and(|(at, _)| at.column > first))
}

/// Whether a blank cell of a row is below the headers of values and before its last value: one of the values is blank.
fn has_blank_value(grid: &GridRow<'_, '_>) -> bool {
    let first = grid.columns.values.iter().flat_map(|value| &value.places).map(|place| place.start).min();
    let last = grid.cells_behind().last().map(|(at, _)| at.column);
    let (Some(first), Some(last)) = (first, last) else { return false };
    let mut row = grid.region.row(grid.rows.start).iter();
    row.any(|(at, cell)| (first.max(grid.label().end)..last).contains(&at.column) && cell.is_blank())
}

/// Whether no blank cell is among some cells of a row.
fn is_unbroken(grid: &GridRow<'_, '_>, cells: &[&(CellRef, Cell)]) -> bool {
    let [(first, _), .., (last, _)] = cells else { return true };
    let row = grid.region.row(first.row).iter();
    let count = row.filter(|(at, _)| (first.column..=last.column).contains(&at.column)).count();
    first.row != last.row || count == cells.len()
}

/// Where the label of a match begins: before it, if its cell begins with more words than an ordinal and another label.
fn label_start(stream: &Stream<'_>, chain: &Chain, index: usize) -> usize {
    let start = chain.matches[index].label.start;
    let before = index.checked_sub(1).map_or(0, |before| chain.matches[before].label.end);
    let begins = stream.cell_start(start);
    let words = stream.folded.get(begins..start).unwrap_or_default();
    let words = &words[ordinal_length(words)..];
    let is_own = before <= begins && !words.is_empty() && !words.contains(|c: char| c.is_ascii_digit());
    if is_own && !stream.is_apart(start) { begins } else { start }
}

/// The values of a blank row, each where its column is.
fn blank_values(grid: &GridRow<'_, '_>, count: usize) -> Vec<CellReading> {
    let column = |own: usize| grid.columns.values.iter().find(|value| value.own == Some(own));
    let place = |own: usize| column(own).map_or(grid.line.label.start, |value| value.places[0].start);
    let blank = |own: usize| {
        let at = grid.region.location(CellRef::new(grid.rows.start, place(own)));
        CellReading { text: String::new(), parsed: ParsedValue::default(), at }
    };
    (0..count).map(blank).collect()
}

/// Clears the rows that are merged labels: some organizations print such a label as a row of its own.
fn drop_merged_labels(stream: &Stream<'_>, chain: &Chain, template: &Template, rows: &mut [RowReading]) {
    for (index, found) in chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text) {
        let row = &template.tables()[found.row.0].rows[found.row.1];
        let next = chain.matches.get(index + 1).map(|next| &template.tables()[next.row.0].rows[next.row.1]);
        let line = |found: &Match| {
            let cell = stream.cells[stream.cell_at(found.label.start)];
            cell.position.map(|at| (cell.part, at.row))
        };
        let beside =
            chain.matches.get(index + 1).is_some_and(|next| line(found).is_some() && line(next) == line(found));
        let is_stub = row.optional && next.is_some_and(|next| next.stubs.last() == Some(&row.label));
        if is_stub && (rows[index].is_unreadable || beside) {
            rows[index] = RowReading::default();
            continue;
        }
        let group = || template.tables()[found.row.0].rows.iter().position(|own| own.stubs.last() == Some(&row.label));
        let has_first = || chain.matches.get(index + 1).is_some_and(|next| Some(next.row.1) == group());
        // The line may have a label that was found further down too.
        let is_labeled = || is_beside_words(stream, found);
        let is_filled = rows[index].values.iter().any(|value| value.parsed.is_filled());
        if is_stub && is_filled && (!has_first() || is_labeled()) {
            // They may be those of the first row of the merged label, whose own label is missing.
            rows[index].is_unreadable = true;
            rows[index].values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
            continue;
        }
        // The values beside a label that is merged over several rows are those of a row whose label is missing.
        let cell = stream.cells[stream.cell_at(found.label.start)];
        let region = stream.tables.get(&cell.part);
        let is_high = || region.zip(cell.position).is_some_and(|(region, at)| region.area(at).rows.len() > 1);
        if row.optional && is_high() {
            rows[index].is_unreadable = true;
            rows[index].values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        }
    }
}

/// Whether the first cell with text right of that of a match holds words, such as another label.
fn is_beside_words(stream: &Stream<'_>, found: &Match) -> bool {
    let cell = stream.cells[stream.cell_at(found.label.end - 1)];
    let Some((region, at)) = stream.tables.get(&cell.part).zip(cell.position) else { return false };
    let next = region.filled(at.row).find(|(other, _)| other.column > at.column);
    next.is_some_and(|(_, cell)| !value::parse_cell(cell, ValueKind::Signed).is_readable())
}

/// Whether a label continues behind the words found, so that it may be that of another row.
fn goes_on(behind: &str) -> bool {
    let words = behind.chars().take_while(|c| !c.is_ascii_digit());
    words.filter(|c| c.is_alphabetic() && !c.is_ascii()).count() > 1
}

/// Whether no line of a text occurs twice, although the form repeats many: the repeats were removed. Only where a line is
/// a cell must lines be alike; lines of whole rows seldom are.
fn repeats_are_dropped(stream: &Stream<'_>, chain: &Chain, reading: &Reading) -> bool {
    let (Some(first), Some(last)) = (chain.matches.first(), chain.matches.last()) else { return false };
    let cells = &stream.cells[stream.cell_at(first.label.start)..=stream.cell_at(last.label.end - 1)];
    let mut texts: Vec<&str> = cells.iter().map(|cell| cell.cell.text.trim()).filter(|text| !text.is_empty()).collect();
    let count = texts.len();
    let is_value = |text: &str| value::parse(text, ValueKind::Signed).is_filled();
    let of_values = texts.iter().filter(|text| is_value(text)).count();
    let of_rows =
        texts.iter().filter(|text| text.contains(char::is_whitespace) && text.split_whitespace().any(is_value)).count();
    if of_values < MIN_VALUE_LINES || of_rows > of_values {
        return false;
    }
    texts.sort_unstable();
    texts.dedup();
    count >= MIN_CELLS_WITHOUT_REPEATS
        && texts.len() == count
        && cells.iter().all(|cell| cell.position.is_none())
        && reading.unreadable() > 0
}
