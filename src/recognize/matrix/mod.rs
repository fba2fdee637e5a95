//! Reads the rows of a matrix: a label and a value for each column of its table.
//!
//! In: a stream and the [`Chain`] found in it. Out: a [`Reading`]. Called by [`super::Recognizer`]. In a table of cells
//! (`grid`) the values are right of the label; in running text (`text`) they follow it. If some values of a row are
//! missing, all of them are unreadable.

mod form_row;
mod grid;
mod text;

use super::align::{Chain, Match};
use super::dictionary::Dictionary;
use super::reading::{ExtraReading, Reading, RowReading};
use super::stream::Stream;
use super::tokens::bracket_length;
use super::value::ParsedValue;
use crate::template::{ResolvedRule, Template};
use form_row::{FormRow, unreadable_row};
use grid::{header_columns, positioned, positioned_extras, value_line};
use text::running_row;

/// With at least this many cells, text without any repetition has had its repeated lines removed.
const MIN_CELLS_WITHOUT_REPEATS: usize = 40;

/// Labels of fewer bytes occur at the start of others: 其他 in 其他法律行政法规禁止公开.
const SHORT_LABEL_BYTES: usize = 12;

/// Reads the rows of a chain, and the rows between them. The text of the table ends at `end` or before it.
pub fn read(stream: &Stream<'_>, chain: &Chain, dictionary: &Dictionary, end: usize) -> Reading {
    let template = dictionary.template(chain.template);
    let sums: Vec<&ResolvedRule> = template.sums().collect();
    let mut reading = Reading { columns: vec![None], ..Reading::default() };
    for (index, found) in chain.matches.iter().enumerate() {
        let next = chain.matches.get(index + 1).map_or(end, |next| next.label.start);
        let table = &template.tables()[found.row.0];
        let form = FormRow::new(template, found.row, &sums);
        let last = stream.cell_at(found.label.end - 1);
        let mut row = RowReading { at: stream.location(found.label.start), ..RowReading::default() };
        if found.is_text {
            reading.rows.push(row);
            continue;
        }
        let label_end = found.label.end + bracket_length(&stream.folded[found.label.end..next]);
        row.label = stream.text(found.label.start..label_end);
        let behind = &stream.folded[label_end..next.min(stream.cell_end(found.label.end - 1)).max(label_end)];
        if found.label.len() < SHORT_LABEL_BYTES && goes_on(behind) {
            row.values = unreadable_row(&form, &mut row);
            reading.rows.push(row);
            continue;
        }
        match stream.cells[last].position {
            Some(at) => {
                let line = value_line(stream, chain, found, &form, last, at);
                row.values = match line {
                    Some(line) => {
                        let columns = header_columns(stream, chain, table, found.row.0, line.part);
                        positioned(stream, &form, line, columns.as_ref(), &mut row)
                    }
                    None => unreadable_row(&form, &mut row),
                };
            }
            None => {
                let extras = running_row(stream, &form, label_end..next, &mut row, &mut reading.run_together);
                if index + 1 < chain.matches.len() {
                    reading.extras.extend(extras.into_iter().map(|row| ExtraReading { after: Some(index), row }));
                }
            }
        }
        reading.rows.push(row);
    }
    drop_merged_labels(stream, chain, template, &mut reading.rows);
    positioned_extras(stream, chain, template, &sums, &mut reading);
    if repeats_are_dropped(stream, chain, &reading) {
        reading.repeats_dropped = true;
        for value in reading.rows.iter_mut().flat_map(|row| &mut row.values) {
            value.parsed = ParsedValue::UNREADABLE;
        }
        reading.extras.clear();
    }
    reading
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
        if row.optional
            && (rows[index].is_unreadable || beside)
            && next.is_some_and(|next| next.stubs.last() == Some(&row.label))
        {
            rows[index] = RowReading::default();
        }
    }
}

/// Whether a label continues behind the words found, so that it may be that of another row.
fn goes_on(behind: &str) -> bool {
    let words = behind.chars().take_while(|c| !c.is_ascii_digit());
    words.filter(|c| c.is_alphabetic() && !c.is_ascii()).count() > 1
}

/// Whether no line of a text occurs twice, although the form repeats many: the repeats were removed.
fn repeats_are_dropped(stream: &Stream<'_>, chain: &Chain, reading: &Reading) -> bool {
    let (Some(first), Some(last)) = (chain.matches.first(), chain.matches.last()) else { return false };
    let cells = &stream.cells[stream.cell_at(first.label.start)..=stream.cell_at(last.label.end - 1)];
    let mut texts: Vec<&str> = cells.iter().map(|cell| cell.cell.text.trim()).filter(|text| !text.is_empty()).collect();
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    count >= MIN_CELLS_WITHOUT_REPEATS
        && texts.len() == count
        && cells.iter().all(|cell| cell.position.is_none())
        && reading.unreadable() > 0
}
