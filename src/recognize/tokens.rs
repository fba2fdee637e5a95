//! What the readers of running text share, for matrices and for other forms.
//!
//! In: tokens or folded text of a [`Stream`]. Out: whether a token is a unit or a value, and tokens without page numbers
//! or with blank cells. Called by [`super::running`],
//! [`super::row_tokens`] and [`super::matrix`].

use std::collections::BTreeSet;
use std::ops::Range;

use super::stream::{Stream, Token};
use super::value;
use crate::document::Cell;
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::words::words;

/// The length of a bracket at the start of a text: what follows a label that was found without it. The mark of a value in
/// doubt looks like a bracket and is none.
pub fn bracket_length(folded: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in folded.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return if is_mark(&folded[..at + 1]) { 0 } else { at + 1 },
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return 0,
            _ => {}
        }
    }
    0
}

/// Whether a folded text is the mark of a value that cannot be read or is not in the source.
fn is_mark(folded: &str) -> bool {
    let words = words();
    let (before, behind) = &words.unreadable_mark;
    folded == fold(&words.missing_mark) || (folded.starts_with(&fold(before)) && folded.ends_with(&fold(behind)))
}

/// Longer lines are no page numbers.
const MAX_PAGE_MARK_BYTES: usize = 64;

/// Leaves out page numbers such as `- 2 -` on a line of their own, and the row numbers that the cells of `serials`
/// begin with.
pub fn without_page_marks<'d>(
    stream: &Stream<'d>,
    serials: &BTreeSet<usize>,
    tokens: Vec<Token<'d>>,
) -> Vec<Token<'d>> {
    let is_page_mark = |token: &Token<'_>| {
        // A whole file can be one line: it must not be folded for each of its tokens.
        let text = &stream.cells[token.cell].cell.text;
        if text.len() > MAX_PAGE_MARK_BYTES {
            return false;
        }
        let folded = fold(text);
        let inner = folded.trim_matches(|c| "-—–―─".contains(c));
        let dashed = folded.len() > inner.len()
            && folded.starts_with(|c| "-—–―─".contains(c))
            && folded.ends_with(|c| "-—–―─".contains(c));
        dashed && !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit())
    };
    tokens.into_iter().filter(|token| !is_serial(stream, serials, token) && !is_page_mark(token)).collect()
}

/// Whether a token is the row number of its line.
fn is_serial(stream: &Stream<'_>, serials: &BTreeSet<usize>, token: &Token<'_>) -> bool {
    let line = stream.cells[token.cell].cell.text.trim_start();
    serials.contains(&token.cell) && line.as_ptr() == token.text.as_ptr()
}

/// The cells of a row, none for a blank one, if that gives the expected count. Blank cells are those with a no-break space,
/// or else all empty lines.
pub fn cells_with_blanks<'t, 'd>(
    stream: &Stream<'_>,
    range: &Range<usize>,
    tokens: &'t [Token<'d>],
    count: usize,
) -> Option<Vec<Option<&'t Token<'d>>>> {
    let (first, last) = (stream.cell_at(range.start.saturating_sub(1)), stream.cell_at(range.end));
    // Text behind a value belongs to another row, and so do the blank cells behind it.
    let of_token = |cell: usize| tokens.iter().find(|token| token.cell == cell);
    if stream.cells.get(first + 1).is_some_and(|cell| cell.cell.is_blank()) && leads_whole_row(stream, first, count) {
        return None;
    }
    let from = tokens.first().map_or(first, |token| token.cell);
    let is_text = |cell: &usize| of_token(*cell).is_none() && !stream.cells[*cell].cell.is_blank();
    let last = (from..last).find(is_text).unwrap_or(last);
    let with = |is_cell: &dyn Fn(&str) -> bool| {
        let cells = (first + 1..last.max(first + 1)).filter_map(|cell| {
            let text = &stream.cells[cell].cell.text;
            match of_token(cell) {
                Some(token) => Some(Some(token)),
                None => (text.trim().is_empty() && is_cell(text)).then_some(None),
            }
        });
        let cells: Vec<Option<&Token<'_>>> = cells.collect();
        (cells.len() == count && cells.iter().flatten().count() == tokens.len()).then_some(cells)
    };
    with(&|text| text.contains('\u{a0}')).or_else(|| with(&|text| text.is_empty()))
}

/// Whether blank lines lead the values of the row above or below a label where all of these are there: then they say nothing
/// of the first values of this one.
fn leads_whole_row(stream: &Stream<'_>, label: usize, count: usize) -> bool {
    let cells = || stream.cells.iter().map(|cell| cell.cell);
    let is_number = |cell: &&Cell| value::plain(cell.text.trim()).is_some();
    let above: Vec<&Cell> = cells().take(label).rev().take(count + 1).collect();
    let whole_above = above.len() == count + 1 && above[..count].iter().all(is_number) && above[count].is_blank();
    let is_text = |cell: &&Cell| !cell.is_blank() && !is_number(cell);
    let mut below = cells().skip(label + 1).skip_while(|cell| !is_text(cell)).skip_while(is_text).peekable();
    let is_led = below.peek().is_some_and(|cell| cell.is_blank());
    let below = below.skip_while(|cell| cell.is_blank()).take_while(is_number).take(count);
    whole_above || (is_led && below.count() == count)
}

/// Whether a text ends a label: a unit, a value, or both together.
pub fn is_unit_or_value(text: &str) -> bool {
    value::is_unit(text)
        || is_value(text, ValueKind::Signed)
        || value::split_unit(text).is_some_and(|(_, rest)| is_value(rest, ValueKind::Signed))
}

/// Whether a text stands where a value does: 无, `/`, a code and the mark of a value in doubt included.
pub fn is_value(text: &str, kind: ValueKind) -> bool {
    value::parse(text, kind).is_filled() || value::is_code(text) || words().without_mark(text).is_some()
}

/// Whether a text was probably meant as a value: it has the mark of one that cannot be read, or at least half of its
/// characters are digits.
pub fn is_damaged_number(text: &str) -> bool {
    if words().without_mark(text).is_some() {
        return true;
    }
    let folded = fold(text);
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    !value::is_date_or_phone(text)
        && digits > 0
        && digits * 2 >= folded.chars().count()
        && !words().units.contains(&folded)
}

/// Whether a text is a number in hanzi or in brackets, such as 三十二 or （4）, which is no value.
pub fn is_number_in_words(text: &str) -> bool {
    let folded = fold(text);
    let inner = folded.trim_start_matches(['(', '约', '共', '近']).trim_end_matches([')', '余', '多']);
    let words = words();
    let inner = words.units.iter().find_map(|unit| inner.strip_suffix(unit.as_str())).unwrap_or(inner);
    !inner.is_empty() && inner.chars().all(|c| c.is_ascii_digit() || "〇零一二两三四五六七八九十百千万亿".contains(c))
}

/// Whether two texts share four characters in a row.
pub fn shares_words(official: &str, folded: &str) -> bool {
    let starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    starts.windows(5).any(|window| official.contains(&folded[window[0]..window[4]]))
}
