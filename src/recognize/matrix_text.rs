//! Reads the rows of a matrix from running text: the values follow the label.
//!
//! In: the text between two labels. Out: the values of a row, and rows that the template does not have. Values that run
//! together are split if the sums of the form leave only one way. Called by [`super::matrix`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::coded_rows;
use super::form_row::{FormRow, unreadable_row};
use super::header::TableNames;
use super::header_end::HeaderEnd;
use super::reading::{CellReading, RowReading};
use super::split;
use super::stream::{Stream, Token};
use super::tokens::{cells_with_blanks, shares_words, without_page_marks};
use super::value::{self, ParsedValue};
use crate::document::Location;
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::label;

/// The most candidates of a split to name in a finding.
const MAX_CANDIDATES: usize = 4;

/// Reads the values of a row in running text, without the cells of `serials`; returns the rows behind it that the template does not have.
pub fn running_row(
    stream: &Stream<'_>,
    serials: &BTreeSet<usize>,
    form: &FormRow<'_>,
    range: Range<usize>,
    row: &mut RowReading,
    run_together: &mut bool,
) -> Vec<RowReading> {
    let tokens = without_page_marks(stream, serials, stream.tokens(range.clone()));
    let tokens: Vec<Token<'_>> = tokens.into_iter().map(without_next_label).collect();
    let is_value = |token: &Token<'_>| !digits_of(token.text).is_empty() || is_mark(token.text);
    // Between a label and its values is at most the rest of the label, or the headers where a row has no label; other text
    // has values of its own.
    let official = fold(&form.row.label);
    let is_label_rest = |token: &Token<'_>| {
        let folded = fold(token.text);
        let closes = folded.matches(')').count() > folded.matches('(').count();
        form.table.label.is_none() || token.glued || closes || shares_words(&official, &folded)
    };
    let start = tokens.iter().position(is_value);
    if let Some(start) = start.filter(|start| !tokens[..*start].iter().all(is_label_rest)) {
        row.values = unreadable_row(form.count(), row);
        return extras(
            stream,
            form,
            &tokens[tokens[..start].iter().position(|token| !is_label_rest(token)).unwrap_or(0)..],
        );
    }
    let Some(start) = start else {
        let blanks = blank_cells(stream, &range);
        row.values = match blanks >= form.count() {
            true => {
                vec![
                    CellReading { text: String::new(), parsed: ParsedValue::default(), at: row.at.clone() };
                    form.count()
                ]
            }
            false => unreadable_row(form.count(), row),
        };
        return Vec::new();
    };
    let end = tokens[start..].iter().position(|token| !is_value(token)).map_or(tokens.len(), |at| start + at);
    let end = start + lines_of_row(&tokens[start..end], form.count());
    let values = &tokens[start..end];
    row.found = values.len();
    row.first_number = coded_rows::number(values[0].text);
    row.last_number = values.last().and_then(|last| coded_rows::number(last.text));
    row.values = match form.has_order() && !is_over_lines(values) && !is_beyond_headers(stream, form, values) {
        true => form.in_form_order(read_values(stream, form, &range, values, row, run_together)),
        false => unreadable_values(stream, form, values, row),
    };
    with_unit(values.last(), tokens.get(end), form, &mut row.values);
    extras(stream, form, &tokens[end..])
}

/// Reads the last value of a row with the unit behind it.
fn with_unit(last: Option<&Token<'_>>, next: Option<&Token<'_>>, form: &FormRow<'_>, values: &mut [CellReading]) {
    let (Some(last), Some(next)) = (last, next.filter(|next| value::is_unit(next.text))) else { return };
    let own = values.iter_mut().zip(&form.kinds).rfind(|(own, _)| own.text == last.text && last.cell == next.cell);
    if let Some((own, kind)) = own {
        own.text = format!("{}{}", last.text, next.text);
        own.parsed = value::parse(&own.text, *kind);
    }
}

/// How many of some values are those of a row: without the numbers in lines of their own behind a line with all values, which
/// are page numbers.
fn lines_of_row(values: &[Token<'_>], count: usize) -> usize {
    let in_line = values.iter().take_while(|value| !value.whole).count();
    if in_line == count && values[in_line..].iter().all(|value| value.whole) { count } else { values.len() }
}

/// Whether some values share a line and others have a line of their own: these may be page numbers.
fn is_over_lines(values: &[Token<'_>]) -> bool {
    let shares = values.windows(2).any(|pair| pair[0].cell == pair[1].cell);
    shares && values.iter().any(|value| value.whole)
}

/// A token of digits without the next ordinal and label that run together with them: `0000000三、本年度办理结果` is `0000000`.
fn without_next_label(token: Token<'_>) -> Token<'_> {
    let digits = token.text.len() - token.text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = &token.text[digits..];
    let hanzi = rest.starts_with(|c: char| !c.is_ascii()) && label::ordinal_length(rest) > 0;
    if digits > 0 && hanzi { Token { text: &token.text[..digits], whole: false, glued: true, ..token } } else { token }
}

/// Whether a token is a value without digits: `/`, 无.
fn is_mark(text: &str) -> bool {
    value::parse(text, ValueKind::Count).is_filled()
}

/// The folded text of a token that is a number or only digits and signs; otherwise nothing.
fn digits_of(text: &str) -> String {
    let folded = fold(text);
    let plain = folded.chars().all(|c| c.is_ascii_digit() || "+-,.".contains(c));
    let plain = plain && !value::is_date_or_phone(text);
    let number = value::parse(text, ValueKind::Signed).cell.is_number();
    if (plain && folded.contains(|c: char| c.is_ascii_digit())) || number { folded } else { String::new() }
}

fn read_values(
    stream: &Stream<'_>,
    form: &FormRow<'_>,
    range: &Range<usize>,
    tokens: &[Token<'_>],
    row: &mut RowReading,
    run_together: &mut bool,
) -> Vec<CellReading> {
    let one = |token: &Token<'_>, kind: ValueKind| CellReading {
        text: token.text.to_owned(),
        parsed: value::parse(token.text, kind),
        at: Some(stream.token_location(token)),
    };
    let count = form.count();
    // Where a row has no label, a blank cell may open it.
    let is_behind_blank = form.table.label.is_some() && has_blank_before(stream, tokens);
    // A code in the place of a value: one of the values is blank.
    let has_code = count > 1 && tokens.iter().any(|token| value::is_code(token.text));
    if tokens.len() == count && !has_code && !has_blank_between(stream, tokens) && !is_behind_blank {
        *run_together |= tokens.iter().any(|token| token.glued);
        return tokens.iter().zip(&form.kinds).map(|(token, kind)| one(token, *kind)).collect();
    }
    let whole = tokens.iter().all(|token| token.whole);
    if whole && tokens.len() < count {
        // With one cell a line, blank cells are lines too, so their places are known.
        if let Some(cells) = cells_with_blanks(stream, range, tokens, count) {
            let values = cells.into_iter().zip(&form.kinds).map(|(token, kind)| match token {
                Some(token) => one(token, *kind),
                None => CellReading { text: String::new(), parsed: ParsedValue::default(), at: row.at.clone() },
            });
            return values.collect();
        }
    } else if tokens.len() < count && may_run_together(tokens) {
        let texts: Vec<String> = tokens.iter().map(|token| token.text.to_owned()).collect();
        let at = tokens.first().map(|token| stream.token_location(token));
        if let Some(values) = split_values(form, &texts, at, row) {
            *run_together = true;
            return values;
        }
    }
    unreadable_values(stream, form, tokens, row)
}

/// Whether some of the values of a row may be several: one alone, or digits that touch other text or begin with 0. Numbers
/// apart from each other are one value each.
fn may_run_together(tokens: &[Token<'_>]) -> bool {
    tokens.len() == 1 || tokens.iter().any(|token| token.glued || value::is_code(token.text))
}

/// The values of digits that run together, if the sums of the form leave only one way to split them. Otherwise the row
/// gets the possible splits.
pub fn split_values(
    form: &FormRow<'_>,
    texts: &[String],
    at: Option<Location>,
    row: &mut RowReading,
) -> Option<Vec<CellReading>> {
    if texts.is_empty() || texts.len() >= form.count() || !form.has_order() {
        return None;
    }
    let pieces: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let signed: Vec<bool> = form.kinds.iter().map(|kind| *kind == ValueKind::Signed).collect();
    let splits = split::splits(&pieces, form.count(), &signed, &form.sums, MAX_CANDIDATES);
    // Without a sum, only signs or a number that begins with 0 prove that values run together.
    let runs = pieces.iter().flat_map(|piece| piece.split(['-', '+'])).filter(|run| !run.is_empty()).count();
    let is_proven = !form.sums.is_empty()
        || runs == form.count()
        || pieces.iter().any(|piece| piece.len() > 1 && piece.starts_with('0'));
    match splits.as_slice() {
        [only]
            if is_proven
                && !splits_total(&pieces, only, form)
                && form.kinds.iter().all(|kind| *kind != ValueKind::Decimal) =>
        {
            let value = |number: &i64| CellReading {
                text: number.to_string(),
                parsed: ParsedValue::number(*number),
                at: at.clone(),
            };
            Some(form.in_form_order(only.iter().map(value).collect()))
        }
        several => {
            let joined = |numbers: &Vec<i64>| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
            row.candidates = several.iter().map(joined).collect();
            None
        }
    }
}

/// Whether a split takes a total apart where most values are by themselves. Then the row may as well have lost a value: 1 and
/// 12 of 1, 11 and 12 are 1, 1 and 2. Only a number that begins with 0 proves that values run together.
fn splits_total(pieces: &[&str], numbers: &[i64], form: &FormRow<'_>) -> bool {
    if pieces.len() < 2 || pieces.len() + MAX_LOST < numbers.len() || pieces.iter().any(|piece| value::is_code(piece)) {
        return false;
    }
    let mut numbers = numbers.iter().map(|number| number.unsigned_abs().to_string().len()).enumerate();
    pieces.iter().any(|piece| {
        let digits = piece.chars().filter(char::is_ascii_digit).count();
        let mut taken = Vec::new();
        let mut length = 0;
        while length < digits
            && let Some((at, own)) = numbers.next()
        {
            length += own;
            taken.push(at);
        }
        let has_total = || taken.iter().any(|at| form.sums.iter().any(|sum| sum.total.contains(at)));
        taken.len() > 1 && has_total()
    })
}

/// At most so many values of a row are lost.
const MAX_LOST: usize = 2;

/// The values of a row whose columns are unknown; the first one keeps the text.
fn unreadable_values(
    stream: &Stream<'_>,
    form: &FormRow<'_>,
    tokens: &[Token<'_>],
    row: &mut RowReading,
) -> Vec<CellReading> {
    let mut unreadable = unreadable_row(form.count(), row);
    unreadable[0].text = tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
    unreadable[0].at = tokens.first().map(|token| stream.token_location(token));
    unreadable
}

/// Whether there is a blank cell between some values, each in a line of its own, that is not between all of them: the row has
/// more cells than values.
fn has_blank_between(stream: &Stream<'_>, tokens: &[Token<'_>]) -> bool {
    let gap = |pair: &[Token<'_>]| {
        let between = stream.cells.get(pair[0].cell + 1..pair[1].cell);
        between.map_or(0, |cells| cells.iter().filter(|cell| cell.cell.is_blank()).count())
    };
    let mut gaps = tokens.windows(2).map(gap);
    let first = gaps.next();
    tokens.iter().all(|token| token.whole) && gaps.any(|gap| Some(gap) != first)
}

/// Whether one of some values is right of all headers: one of the columns is blank then.
fn is_beyond_headers(stream: &Stream<'_>, form: &FormRow<'_>, tokens: &[Token<'_>]) -> bool {
    let names = TableNames::new(form.table);
    let end_above = |token: &Token<'_>| HeaderEnd::above(stream, token.cell, |text| names.has(text));
    tokens.last().is_some_and(|last| end_above(last).is_some_and(|end| end.is_left_of(stream, last)))
}

/// The most cells of a text around a value to see how its lines are spaced.
const MAX_NEAR: usize = 40;

/// Whether a blank cell is before values that are in lines of their own, where lines have none between them: it is the
/// first value, and one of the others is none of the row.
fn has_blank_before(stream: &Stream<'_>, tokens: &[Token<'_>]) -> bool {
    let Some(first) = tokens.first().filter(|_| tokens.iter().all(|token| token.whole)) else { return false };
    let is_blank = |cell: usize| stream.cells[cell].cell.is_blank();
    let near = first.cell.saturating_sub(MAX_NEAR)..(first.cell + MAX_NEAR).min(stream.cells.len());
    let all = near.len();
    let blank = near.filter(|cell| is_blank(*cell)).count();
    first.cell > 0 && is_blank(first.cell - 1) && blank * 3 < all
}

/// The number of blank cells between a label and what follows the row.
fn blank_cells(stream: &Stream<'_>, range: &Range<usize>) -> usize {
    let (first, last) = (stream.cell_at(range.start.saturating_sub(1)), stream.cell_at(range.end));
    stream.cells.get(first + 1..last).map_or(0, |cells| cells.iter().filter(|cell| cell.cell.is_blank()).count())
}

/// The rows with a value for each column behind a merged label in running text.
pub fn rows_behind(
    stream: &Stream<'_>,
    serials: &BTreeSet<usize>,
    form: &FormRow<'_>,
    range: Range<usize>,
) -> Vec<RowReading> {
    let tokens = without_page_marks(stream, serials, stream.tokens(range));
    // One number behind words may be that of the page, but not behind the label of a row.
    let is_label = |label: &str| form.table.rows.iter().any(|row| fold(&row.label) == fold(label));
    let is_whole =
        |row: &RowReading| !row.is_unreadable && !row.label.is_empty() && (form.count() > 1 || is_label(&row.label));
    extras(stream, form, &tokens).into_iter().filter(is_whole).collect()
}

/// The rows behind a row of the template: text, and as many values as the table has columns.
fn extras(stream: &Stream<'_>, form: &FormRow<'_>, tokens: &[Token<'_>]) -> Vec<RowReading> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        while at < tokens.len() && digits_of(tokens[at].text).is_empty() && !is_mark(tokens[at].text) {
            at += 1;
        }
        let values = at;
        while at < tokens.len() && (!digits_of(tokens[at].text).is_empty() || is_mark(tokens[at].text)) {
            at += 1;
        }
        if at == values {
            break;
        }
        let label: String = tokens[start..values].iter().map(|token| token.text).collect();
        let location = tokens.get(start).map(|token| stream.token_location(token));
        let mut row = RowReading { label, at: location, ..RowReading::default() };
        let own = &tokens[values..at];
        // Values in an order that is not certain are in none of the form's columns.
        let is_whole = own.len() == form.count()
            && form.has_order()
            && !has_blank_between(stream, own)
            && !is_over_lines(own)
            && !is_beyond_headers(stream, form, own);
        row.values = match is_whole {
            true => form.in_form_order(
                own.iter()
                    .zip(&form.kinds)
                    .map(|(token, kind)| CellReading {
                        text: token.text.to_owned(),
                        parsed: value::parse(token.text, *kind),
                        at: Some(stream.token_location(token)),
                    })
                    .collect(),
            ),
            false => {
                let mut unreadable = unreadable_row(form.count(), &mut row);
                unreadable[0].text = own.iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
                unreadable
            }
        };
        with_unit(own.last(), tokens.get(at), form, &mut row.values);
        rows.push(row);
    }
    rows
}
