//! Reads the rows of running text: one cell per line, words between spaces, or everything run together.
//!
//! In: a stream and the [`Chain`] found in it. Out: a [`Reading`]. Called by [`super::Recognizer`]. Between two labels are
//! the rest of the first, its unit and values, and perhaps rows that the template does not have.

use std::collections::BTreeSet;
use std::ops::Range;

use super::align::{Chain, Match};
use super::column_names::column_names;
use super::columns::{self, HeaderMeaning};
use super::dictionary::Dictionary;
use super::header_end::HeaderEnd;
use super::list_headers;
use super::reading::{ExtraReading, Reading, RowReading};
use super::row_tokens::{ColumnCounts, RowTokens};
use super::serials;
use super::split_list;
use super::stream::Stream;
use super::text_headers::{self, TextHeaders};
use super::tokens::{bracket_length, is_unit_or_value, is_value, without_page_marks};
use super::value;
use crate::template::{Table, Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label::ordinal_length;
use crate::text::words::words;

/// Reads the rows of a chain, and the rows before and between them. `within` is the range that the table is in; the table
/// may end before it.
pub fn read(stream: &Stream<'_>, chain: &Chain, dictionary: &Dictionary, within: Range<usize>) -> Reading {
    let end = within.end;
    let template = dictionary.template(chain.template);
    let table = &template.tables()[0];
    let headers = headers(stream, chain, table);
    // A template made from the table knows its columns.
    let named = match headers.values.len() < table.columns.len() {
        true => table.columns.iter().map(|column| column.header.clone()).collect(),
        false => headers.values.clone(),
    };
    let counts = ColumnCounts {
        before_unit: headers.before_unit,
        serial: headers.behind_unit,
        values: named.len().max(1),
        end: header_end(stream, chain, table),
    };
    let mut reading = Reading {
        columns: if named.len() > 1 { column_names(&named, table) } else { vec![None] },
        ..Reading::default()
    };
    let starts = label_starts(stream, chain);
    reading.extras = rows_before(stream, within.start..starts[0], counts, template);
    let serials = serials::serials(stream, chain, template);
    let (mut gaps, mut value_gaps) = (Vec::new(), Vec::new());
    // For each row, whether its value is in the line of its unit.
    let mut places: Vec<Option<bool>> = Vec::new();
    let mut is_paired = false;
    let mut after_shared = false;
    for (index, found) in chain.matches.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(end);
        let next = stream.text_end(found.label.end..next);
        let row = &template.tables()[found.row.0].rows[found.row.1];
        let official = &dictionary.rows(chain.template).iter().find(|row| row.place == found.row);
        let official = official.map_or("", |row| row.label.official.as_str());
        let label_end = found.label.end + bracket_length(&stream.folded[found.label.end..next]);
        let tokens = stream.tokens(label_end..next);
        let mut row_tokens =
            RowTokens { tokens: without_page_marks(stream, &serials, tokens), at: 0, is_paired: false };
        gaps.push((row.kind != ValueKind::Heading).then(|| row_tokens.gap_behind(stream, label_end)).flatten());
        let label_rest = if row.kind == ValueKind::Heading { String::new() } else { row_tokens.label_rest(official) };
        // With several columns, the first may be blank.
        let is_single = row.kind != ValueKind::Heading && counts.values == 1;
        value_gaps.push(is_single.then(|| row_tokens.gap_before_value(stream)).flatten());
        let mut reading_row = RowReading {
            label: stream.text(starts[index]..label_end) + &label_rest,
            at: stream.location(starts[index]),
            ..RowReading::default()
        };
        if row.kind == ValueKind::Heading {
            row_tokens.skip_marks();
        } else {
            row_tokens.fill(
                &mut reading_row,
                counts,
                label_end..next,
                row.kind,
                stream,
                next_is_glued(stream, next, chain.matches.get(index + 1).is_some()),
            );
        }
        if row.kind != ValueKind::Heading {
            places.push(row_tokens.is_value_in_line_of_unit());
            row_tokens.name_text_for_value(&mut reading_row, &headers, counts.values, index + 1 == chain.matches.len());
        } else {
            places.push(None);
        }
        reading.run_together |= row_tokens.tokens.iter().take(row_tokens.at).any(|token| token.glued && !token.whole);
        // Two labels in one cell: the values behind the second are of either.
        let is_blank =
            reading_row.unit.is_none() && reading_row.values.iter().all(|value| value.parsed.cell.is_blank());
        let is_value = row.kind != ValueKind::Heading;
        let shares_cell = is_value && row_tokens.tokens.is_empty() && next_shares_cell(stream, chain, index, template);
        if is_value && is_blank && (shares_cell || after_shared) {
            reading_row.is_unreadable = true;
            reading_row.values.iter_mut().for_each(|value| value.parsed = value::ParsedValue::UNREADABLE);
        }
        after_shared = shares_cell;
        reading.rows.push(reading_row);
        let last = index + 1 == chain.matches.len();
        row_tokens.extras(index, last, counts, stream, template, &mut reading);
        is_paired |= row_tokens.is_paired;
    }
    if is_paired {
        leave_out_before_units(&mut reading);
    }
    leave_out_other_lines(&places, &mut reading);
    if headers.is_changed || has_more_columns(&reading, counts) {
        leave_out(chain, template, &mut reading);
    }
    leave_out_below_other_headers(table, &mut reading);
    split_list::split(&mut reading.rows, chain, template, &reading.columns);
    // One line more may be a broken label; if the distance is larger, the value may belong to a row without a label.
    let mut usual: Vec<usize> = gaps.iter().chain(&value_gaps).flatten().copied().collect();
    usual.sort_unstable();
    let usual = usual.get(usual.len() / 2).copied().unwrap_or(0);
    // Or a column is there that the headers do not have.
    let has_surplus = reading.rows.iter().any(|row| !row.surplus.is_empty());
    let is_regular = headers.has_remarks
        || usual == 0 && (has_surplus || value_gaps.iter().flatten().filter(|gap| **gap > 0).count() == 1);
    for (row, gaps) in reading.rows.iter_mut().zip(gaps.into_iter().zip(value_gaps)) {
        row.is_detached = gaps.0.max(gaps.1).is_some_and(|gap| gap > usual + 1);
        // Where every other value is directly behind its unit, a blank line is the value, and the number is something else.
        if is_regular && gaps.1.is_some_and(|gap| gap > 0) {
            row.values.iter_mut().for_each(|value| value.parsed = value::ParsedValue::UNREADABLE);
        }
    }
    reading
}

/// Where the label of each match begins: where it was found, or at the start of its cell or word if only more words of it
/// are before it, as in 不同意公开答复数 for 同意公开答复数.
fn label_starts(stream: &Stream<'_>, chain: &Chain) -> Vec<usize> {
    let mut before = 0;
    let start = |found: &Match| {
        let (start, cell) = (found.label.start, stream.cell_start(found.label.start));
        let end = std::mem::replace(&mut before, found.label.end);
        if stream.is_apart(start) {
            return start;
        }
        let begins =
            if found.label.end == stream.cell_end(start) { cell } else { word_start(stream, end.max(cell)..start) };
        let more = stream.folded.get(begins..start).unwrap_or_default();
        let words = more[ordinal_length(more)..].trim_start();
        let is_own = end <= begins && !words.is_empty() && !words.contains(|c: char| c.is_ascii_digit());
        if is_own && !value::is_unit(words) && !is_value(words, ValueKind::Signed) { begins } else { start }
    };
    chain.matches.iter().map(start).collect()
}

/// Where the word begins that continues behind a range; the end of the range if it begins before it.
fn word_start(stream: &Stream<'_>, stretch: Range<usize>) -> usize {
    let places = stream.folded[stretch.clone()].char_indices().rev().map(|(offset, _)| stretch.start + offset);
    places.into_iter().find(|place| stream.is_apart(*place)).unwrap_or(stretch.end)
}

/// Whether the next label directly follows what precedes it.
fn next_is_glued(stream: &Stream<'_>, next: usize, is_label: bool) -> bool {
    is_label && !stream.is_apart(next)
}

/// The most bytes before a table to search for headers. In a file of one line, all tables precede the last one; without a limit
/// each would be searched again for each table.
const MAX_HEADER_BYTES: usize = 2048;

/// The start of a text, as long as headers can be.
fn header_part(text: &str) -> &str {
    let end = (MAX_HEADER_BYTES..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[..end]
}

/// The headers before the first label: cells, or words of one line.
fn headers(stream: &Stream<'_>, chain: &Chain, table: &Table) -> TextHeaders {
    let start = chain.matches[0].label.start;
    let first = stream.cell_at(start);
    let cells: Vec<&str> = stream.cells[first.saturating_sub(24)..first]
        .iter()
        .map(|cell| header_part(cell.cell.text.trim()))
        .filter(|text| !text.is_empty())
        .collect();
    let of_cells = text_headers::find(&cells, table);
    if !of_cells.values.is_empty() || of_cells.is_changed {
        return of_cells;
    }
    let near =
        (start.saturating_sub(MAX_HEADER_BYTES)..start).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(start);
    let words = stream.tokens(stream.cell_start(start).max(near)..start);
    text_headers::find(&words.iter().map(|word| word.text).collect::<Vec<_>>(), table)
}

/// Where the headers above the first label end, in columns of spaces.
fn header_end(stream: &Stream<'_>, chain: &Chain, table: &Table) -> Option<HeaderEnd> {
    let lists = || [&words().value_headers, &words().remark_headers, &words().serial_headers];
    let is_header = |text: &str| {
        let folded = fold(text);
        let is_known = lists().iter().any(|list| list.contains(&folded)) || list_headers::is_year(&folded);
        is_known || columns::is_value_header(text, table)
    };
    HeaderEnd::above(stream, stream.cell_at(chain.matches[0].label.start), is_header)
}

/// Whether most rows hold more values than there are columns: one of them is of no value, and where a row has fewer, it is
/// unknown which.
fn has_more_columns(reading: &Reading, counts: ColumnCounts) -> bool {
    let values =
        |row: &RowReading| row.values.iter().filter(|value| !value.text.is_empty()).count() + row.surplus.len();
    let more = reading.rows.iter().filter(|row| !row.surplus.is_empty() && values(row) > counts.values).count();
    let exact = reading.rows.iter().filter(|row| row.surplus.is_empty() && values(row) == counts.values).count();
    more > MIN_SURPLUS && more > exact
}

/// Makes the values unreadable that a unit without a value follows: in a row with values on either side of the unit, the
/// first is a code.
fn leave_out_before_units(reading: &mut Reading) {
    let is_unit = |extra: &&ExtraReading| {
        extra.row.label.is_empty()
            && extra.row.unit.is_some()
            && extra.row.values.iter().all(|value| value.parsed.cell.is_blank())
    };
    for row in reading.extras.iter().filter(is_unit).filter_map(|extra| extra.after) {
        for value in &mut reading.rows[row].values {
            value.parsed = value::ParsedValue::UNREADABLE;
        }
    }
}

/// Makes the values unreadable that are in a line of their own where nearly all others are in the line of their unit: such a
/// number may be that of the page.
fn leave_out_other_lines(places: &[Option<bool>], reading: &mut Reading) {
    let in_line = places.iter().filter(|place| **place == Some(true)).count();
    let apart = places.iter().filter(|place| **place == Some(false)).count();
    if apart * MIN_IN_LINE > in_line {
        return;
    }
    for row in reading.rows.iter_mut().zip(places).filter(|(_, place)| **place == Some(false)).map(|(row, _)| row) {
        row.values.iter_mut().for_each(|value| value.parsed = value::ParsedValue::UNREADABLE);
    }
}

/// Makes the values unreadable below headers that stand among the rows in another order.
fn leave_out_below_other_headers(table: &Table, reading: &mut Reading) {
    let is_other = |extra: &&ExtraReading| text_headers::is_other_order(&extra.row.label, table);
    let Some(after) = reading.extras.iter().filter(is_other).filter_map(|extra| extra.after).min() else { return };
    for value in reading.rows[after + 1..].iter_mut().flat_map(|row| &mut row.values) {
        value.parsed = value::ParsedValue::UNREADABLE;
    }
}

/// The values of a text are in the line of their unit if there are this many times as many as others.
const MIN_IN_LINE: usize = 5;

/// Whether the label of the next row with values is in the same cell as that of a match.
fn next_shares_cell(stream: &Stream<'_>, chain: &Chain, index: usize, template: &Template) -> bool {
    let Some(next) = chain.matches.get(index + 1) else { return false };
    let kind = template.tables()[next.row.0].rows[next.row.1].kind;
    kind != ValueKind::Heading && stream.cell_at(next.label.start) == stream.cell_at(chain.matches[index].label.end - 1)
}

/// Fewer rows with too many values may be damaged ones.
const MIN_SURPLUS: usize = 3;

/// Makes all values unreadable.
fn leave_out(chain: &Chain, template: &Template, reading: &mut Reading) {
    for (found, row) in chain.matches.iter().zip(&mut reading.rows) {
        if template.tables()[found.row.0].rows[found.row.1].kind == ValueKind::Heading {
            continue;
        }
        let texts: Vec<&str> =
            row.values.iter().map(|value| value.text.as_str()).chain(row.surplus.iter().map(String::as_str)).collect();
        let text = texts.join(" ");
        for value in &mut row.values {
            value.parsed = value::ParsedValue::UNREADABLE;
        }
        if let Some(first) = row.values.first_mut() {
            first.text = text;
        }
        (row.is_unreadable, row.run_together) = (true, None);
    }
    for value in reading.extras.iter_mut().flat_map(|extra| &mut extra.row.values) {
        value.parsed = value::ParsedValue::UNREADABLE;
    }
}

/// The rows directly before the first one found, each with a label, a unit and values. Headers and titles are there as well;
/// only a unit before a value distinguishes a row from them.
fn rows_before(
    stream: &Stream<'_>,
    range: Range<usize>,
    counts: ColumnCounts,
    template: &Template,
) -> Vec<ExtraReading> {
    let start = range.end.saturating_sub(MAX_HEADER_BYTES).max(range.start);
    let start = (start..range.end).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(range.end);
    let mut tokens = without_page_marks(stream, &BTreeSet::new(), stream.tokens(start..range.end));
    let mut rows = Vec::new();
    loop {
        let values = tokens.iter().rev().take_while(|token| is_value(token.text, ValueKind::Signed)).count();
        let Some([.., label, unit]) = tokens.get(..tokens.len() - values) else { break };
        let is_header = |text| {
            let table = &template.tables()[0];
            columns::header_meaning(text, table) != HeaderMeaning::Other || columns::is_value_header(text, table)
        };
        if !value::is_unit(unit.text) || is_unit_or_value(label.text) || is_header(label.text) {
            break;
        }
        let (text, at) = (label.text.to_owned(), Some(stream.token_location(label)));
        let mut row = RowReading { label: text, at, ..RowReading::default() };
        let behind = tokens.split_off(tokens.len() - values - 1);
        tokens.pop();
        RowTokens { tokens: behind, at: 0, is_paired: false }.fill(
            &mut row,
            counts,
            0..0,
            ValueKind::Signed,
            stream,
            false,
        );
        if values > 0 {
            rows.push(ExtraReading { after: None, table: 0, row });
        }
    }
    rows.reverse();
    rows
}

/// Where the text of a table ends at the latest: close behind its last label, within the range given.
pub fn tail(stream: &Stream<'_>, within: Range<usize>, chain: &Chain) -> usize {
    let last = chain.matches.last().map_or(within.start, |found| found.label.end);
    let limit = (last + 1200).min(within.end);
    (limit..=within.end).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(within.end)
}
