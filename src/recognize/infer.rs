//! Makes a template from a table of no known form.
//!
//! In: a stream. Out: its rows and headers as [`Template`]s. Called by [`super::Recognizer`] and [`super::infer()`]; the
//! headers also by [`super::running`]. In grids, rows and columns show what a row is (`infer_grid`). In text, units are the
//! anchors: a known unit behind a label makes a row, in lines or words between spaces; or else whole lines that end with
//! values (`infer_lines`).

use super::infer_grid;
use super::infer_lines;
use super::list_headers::{ColumnHeader, find_headers};
use super::local_table::{LocalTable, MAX_ROWS, MIN_ROWS, push};
use super::stream::{Stream, Token};
use super::value;
use crate::template::Template;
use crate::template::local::{self, LocalHeaders, LocalRow};
use crate::text::fold::fold;
use crate::text::words::words;

/// At least this share of the rows of a table is in another of the same form: another organization's, or another year's.
const SAME_FORM: f64 = 0.8;

/// At most this share of the rows of a table is in the table that it continues: two of a form share more.
const CONTINUED: f64 = 0.3;

/// The templates of the tables in a stream, one for each form.
pub fn infer(stream: &Stream<'_>, title: Option<&str>) -> Vec<Template> {
    let mut tables: Vec<LocalTable> = Vec::new();
    for found in stream.tables.values().flat_map(infer_grid::tables) {
        // A table goes on below repeated headers, on the next page or in the next block.
        if let Some(last) = tables.last_mut()
            && are_of_one(&last.headers, &found.headers)
            && found.share_in(last) <= CONTINUED
        {
            last.filled += found.filled;
            last.rows.extend(found.rows.into_iter().map(|row| LocalRow { parent: None, ..row }));
        } else if !tables.iter().any(|known| found.share_in(known) >= SAME_FORM) {
            tables.push(found);
        }
    }
    if tables.iter().all(|table| table.filled < MIN_ROWS) {
        tables.extend(in_text(stream).or_else(|| infer_lines::table(stream)));
    }
    tables.retain(|table| table.filled >= MIN_ROWS && table.rows.len() <= MAX_ROWS);
    let numbered = tables.iter().enumerate();
    numbered.map(|(number, table)| local::template(title, &table.rows, &table.headers, number)).collect()
}

/// Whether headers may be those of one table: only those of values and of the units may be missing.
fn are_of_one(one: &LocalHeaders, other: &LocalHeaders) -> bool {
    let is_same = one.columns.is_empty() || other.columns.iter().all(|column| one.columns.contains(column));
    is_same && one.label == other.label && (one.unit.is_none() || other.unit.is_none() || one.unit == other.unit)
}

/// The table in running text; none if there are too few or too many rows of label, unit and values.
fn in_text(stream: &Stream<'_>) -> Option<LocalTable> {
    let tokens = tokens(stream);
    let is_value = |token: &Token<'_>| value::is_value_or_code(token.text);
    let is_text = |token: &Token<'_>| !is_value(token) && !value::is_unit(token.text);
    // A row below the headers whose label is missing.
    let is_header = |text: &str| {
        let lists = [&words().value_headers, &words().unit_headers, &words().remark_headers, &words().label_headers];
        lists.iter().any(|list| list.contains(&fold(text)))
    };
    let is_anchor = |at: usize| {
        value::is_unit(tokens[at].text)
            && at > 0
            && is_text(&tokens[at - 1])
            && !is_header(tokens[at - 1].text)
            && !words().unit_headers.contains(&fold(tokens[at].text))
            && tokens.get(at + 1).is_none_or(|next| is_value(next) || is_text(next))
    };
    let anchors: Vec<usize> = (0..tokens.len()).filter(|at| is_anchor(*at)).collect();
    let followed = anchors.iter().filter(|at| tokens.get(**at + 1).is_some_and(is_value)).count();
    if anchors.len() > MAX_ROWS || anchors.len() < MIN_ROWS || followed * 2 < anchors.len() {
        return None;
    }
    let first_label = anchors[0] - 1;
    let headers = headers(&tokens[..first_label]);
    let mut rows: Vec<LocalRow> = Vec::new();
    let mut from = first_label;
    for anchor in anchors {
        // Text between the values of the row above and the label is a heading without values. Text before a number is a
        // row whose unit is unknown.
        let between = &tokens[from..anchor - 1];
        let is_headed = between.iter().any(|token| words().label_headers.contains(&fold(token.text)));
        let is_known = |row: &LocalRow| row.unit.is_some() && fold(&row.label) == fold(tokens[anchor - 1].text);
        if is_headed && rows.iter().any(is_known) {
            // The same form again below headers of its own: another organization's.
            break;
        }
        let behind_values = between.iter().rposition(is_value).map_or(0, |last| last + 1);
        for heading in between[behind_values..].iter().filter(|token| is_text(token)) {
            let header = words().label_headers.contains(&fold(heading.text))
                || words().unit_headers.contains(&fold(heading.text));
            if !header && !infer_grid::is_title(heading.text) {
                push(&mut rows, heading.text, None);
            }
        }
        push(&mut rows, tokens[anchor - 1].text, Some(fold(tokens[anchor].text)));
        from = anchor + 1;
        if rows.len() > MAX_ROWS {
            return None;
        }
    }
    let is_table = rows.iter().filter(|row| row.unit.is_some()).count() >= MIN_ROWS;
    is_table.then_some(LocalTable { rows, headers, filled: followed })
}

/// The cells, or their words where a cell holds a whole row or table.
fn tokens<'d>(stream: &Stream<'d>) -> Vec<Token<'d>> {
    let mut tokens = Vec::new();
    for (index, cell) in stream.cells.iter().enumerate() {
        let text = cell.cell.text.trim();
        let units = text.split_whitespace().filter(|word| value::is_unit(word)).count();
        // A value before the label of the next row has lost its line break.
        let behind_value = || {
            let (first, rest) = text.split_once(char::is_whitespace)?;
            let is_label = value::is_value_or_code(first) && !value::is_value_or_code(rest) && !value::is_unit(rest);
            is_label.then(|| vec![first, rest.trim()])
        };
        let words: Vec<&str> = match units > 1 {
            true => text.split_whitespace().collect(),
            false => behind_value().unwrap_or_else(|| vec![text]),
        };
        let whole = words.len() == 1;
        let words = words.into_iter().filter(|word| !word.is_empty());
        tokens.extend(words.map(|word| Token { text: word, cell: index, whole, glued: false }));
    }
    tokens
}

/// The headers before the first label: of the labels, of the units, of the values.
fn headers(tokens: &[Token<'_>]) -> LocalHeaders {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let (label, unit, columns) = find_headers(&texts);
    let is_value = |header: &ColumnHeader| !header.serial && !words().remark_headers.contains(&fold(&header.text));
    LocalHeaders { label, unit, columns: columns.into_iter().filter(is_value).map(|header| header.text).collect() }
}
