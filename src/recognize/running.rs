//! Reads the rows of running text: a cell a line, words between spaces, or everything run together.
//!
//! Between the label of one row and the next stand the rest of the label, the unit and the figures, and after them
//! perhaps a row that the template does not know.

use std::ops::Range;

use super::align::{Chain, Dictionary, Match};
use super::columns::{self, HeadMeaning};
use super::infer::{self, Head};
use super::matrix;
use super::reading::{ExtraReading, FigureReading, Reading, RowReading};
use super::stream::{Stream, Token};
use super::value::{self, ParsedValue};
use crate::report::CellValue;
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label::ordinal_length;
use crate::text::words::words;

/// Reads every row that a chain found, and the rows before and between them. The table's text stands in `within`, whose end
/// is where it ends at the latest.
pub fn read(stream: &Stream<'_>, chain: &Chain, dictionary: &Dictionary, within: Range<usize>) -> Reading {
    let end = within.end;
    let template = dictionary.template(chain.template);
    let headers = value_heads(stream, chain);
    let serial: Vec<bool> = headers.iter().map(|header| header.serial).collect();
    let named: Vec<String> = headers.into_iter().filter(|header| !header.serial).map(|header| header.text).collect();
    let expected = Expected { serial: serial.iter().filter(|serial| **serial).count(), figures: named.len().max(1) };
    let mut reading = Reading {
        columns: if named.len() > 1 { named.into_iter().map(Some).collect() } else { vec![None] },
        ..Reading::default()
    };
    let starts = label_starts(stream, chain);
    reading.extras = rows_before(stream, within.start..starts[0], expected, template);
    let (mut gaps, mut figure_gaps) = (Vec::new(), Vec::new());
    for (index, found) in chain.matches.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(end);
        let row = &template.tables()[found.row.0].rows[found.row.1];
        let official = &dictionary.rows(chain.template).iter().find(|row| row.place == found.row);
        let official = official.map_or("", |row| row.label.official.as_str());
        let label_end = found.label.end + bracket_length(&stream.folded[found.label.end..next]);
        let tokens = stream.tokens(label_end..next);
        let mut walk = Walk { tokens: without_page_marks(stream, tokens), at: 0 };
        gaps.push((row.kind != ValueKind::Heading).then(|| walk.gap_behind(stream, label_end)).flatten());
        let residue = if row.kind == ValueKind::Heading { String::new() } else { walk.residue(official) };
        // Of several columns the first may be blank.
        let is_single = row.kind != ValueKind::Heading && expected.figures == 1;
        figure_gaps.push(is_single.then(|| walk.gap_before_figure(stream)).flatten());
        let mut reading_row = RowReading {
            label: stream.text(starts[index]..label_end) + &residue,
            at: stream.location(starts[index]),
            ..RowReading::default()
        };
        if row.kind == ValueKind::Heading {
            walk.skip_marks();
        } else {
            walk.fill(
                &mut reading_row,
                expected,
                label_end..next,
                row.kind,
                stream,
                next_is_glued(stream, next, chain.matches.get(index + 1).is_some()),
            );
        }
        reading.run_together |= walk.tokens.iter().take(walk.at).any(|token| token.glued && !token.whole);
        reading.rows.push(reading_row);
        let last = index + 1 == chain.matches.len();
        walk.extras(index, last, expected, stream, template, &mut reading);
    }
    // A line more or less is how a label was broken; further off the figure may be that of a row without a label.
    let mut usual: Vec<usize> = gaps.iter().chain(&figure_gaps).flatten().copied().collect();
    usual.sort_unstable();
    let usual = usual.get(usual.len() / 2).copied().unwrap_or(0);
    for (row, gaps) in reading.rows.iter_mut().zip(gaps.into_iter().zip(figure_gaps)) {
        row.apart = gaps.0.max(gaps.1).is_some_and(|gap| gap > usual + 1);
    }
    reading
}

/// Where the label of each match begins: where it was found, or at the start of its cell or word where that holds nothing else
/// but more words of it, as 不同意公开答复数 has before 同意公开答复数.
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
        if is_own && !value::is_unit(words) { begins } else { start }
    };
    chain.matches.iter().map(start).collect()
}

/// Where the word begins that goes on behind a stretch; the end of the stretch where it begins before it.
fn word_start(stream: &Stream<'_>, stretch: Range<usize>) -> usize {
    let places = stream.folded[stretch.clone()].char_indices().rev().map(|(offset, _)| stretch.start + offset);
    places.into_iter().find(|place| stream.is_apart(*place)).unwrap_or(stretch.end)
}

/// Whether the next label stands directly behind what is before it.
fn next_is_glued(stream: &Stream<'_>, next: usize, is_label: bool) -> bool {
    is_label && !stream.is_apart(next)
}

/// How long the bracket is that follows a label found by its words alone.
pub(super) fn bracket_length(folded: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in folded.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return 0,
            _ => {}
        }
    }
    0
}

/// The most bytes of the headers of a table: what a file of one line has before them is not looked at for each of its tables.
const HEADS: usize = 2048;

/// As much of a text as headers can be; what is cut here is none.
fn beginning(text: &str) -> &str {
    let end = (HEADS..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[..end]
}

/// The headers of the columns behind the units: what stands between the unit's header and the first label, in cells of
/// their own or in the words of one line.
fn value_heads(stream: &Stream<'_>, chain: &Chain) -> Vec<Head> {
    let start = chain.matches[0].label.start;
    let first = stream.cell_at(start);
    let cells: Vec<&str> = stream.cells[first.saturating_sub(24)..first]
        .iter()
        .map(|cell| beginning(cell.cell.text.trim()))
        .filter(|text| !text.is_empty())
        .collect();
    let headers = infer::find_heads(&cells).2;
    if !headers.is_empty() {
        return headers;
    }
    let near = (start.saturating_sub(HEADS)..start).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(start);
    let words = stream.tokens(stream.cell_start(start).max(near)..start);
    infer::find_heads(&words.iter().map(|word| word.text).collect::<Vec<_>>()).2
}

/// The rows that stand before the first one found: a label, a unit and figures, one row directly behind the other. Heads and
/// titles stand there as well, and only a unit before a figure tells a row of the table from them.
fn rows_before(stream: &Stream<'_>, range: Range<usize>, expected: Expected, template: &Template) -> Vec<ExtraReading> {
    let start = range.end.saturating_sub(HEADS).max(range.start);
    let start = (start..range.end).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(range.end);
    let mut tokens = without_page_marks(stream, stream.tokens(start..range.end));
    let mut rows = Vec::new();
    loop {
        let figures = tokens.iter().rev().take_while(|token| is_figure(token.text, ValueKind::Signed)).count();
        let Some([.., label, unit]) = tokens.get(..tokens.len() - figures) else { break };
        let is_header = |text| {
            let table = &template.tables()[0];
            columns::head_meaning(text, table) != HeadMeaning::Other || columns::is_own_head(text, table)
        };
        if !value::is_unit(unit.text) || is_unit_or_figure(label.text) || is_header(label.text) {
            break;
        }
        let (text, at) = (label.text.to_owned(), Some(stream.token_location(label)));
        let mut row = RowReading { label: text, at, ..RowReading::default() };
        let behind = tokens.split_off(tokens.len() - figures - 1);
        tokens.pop();
        Walk { tokens: behind, at: 0 }.fill(&mut row, expected, 0..0, ValueKind::Signed, stream, false);
        if figures > 0 {
            rows.push(ExtraReading { after: None, row });
        }
    }
    rows.reverse();
    rows
}

/// The most bytes of a line that is a page number.
const PAGE_MARK: usize = 64;

/// Leaves out page numbers such as `- 2 -` that stand on a line of their own.
pub(super) fn without_page_marks<'d>(stream: &Stream<'d>, tokens: Vec<Token<'d>>) -> Vec<Token<'d>> {
    let is_page_mark = |token: &Token<'_>| {
        // A long line is folded for none of its tokens: a whole file can be one.
        let text = &stream.cells[token.cell].cell.text;
        if text.len() > PAGE_MARK {
            return false;
        }
        let folded = fold(text);
        let inner = folded.trim_matches(|c| "-—–―─".contains(c));
        let dashed = folded.len() > inner.len()
            && folded.starts_with(|c| "-—–―─".contains(c))
            && folded.ends_with(|c| "-—–―─".contains(c));
        dashed && !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit())
    };
    tokens.into_iter().filter(|token| !is_page_mark(token)).collect()
}

/// What stands behind the unit of each row.
#[derive(Clone, Copy, Debug)]
struct Expected {
    /// Codes or row numbers.
    serial: usize,
    /// Figures.
    figures: usize,
}

/// The tokens between two labels, taken one after the other.
struct Walk<'d> {
    tokens: Vec<Token<'d>>,
    at: usize,
}

impl<'d> Walk<'d> {
    fn peek(&self) -> Option<&Token<'d>> {
        self.tokens.get(self.at)
    }

    /// How many blank cells stand between a label and what follows it.
    fn gap_behind(&self, stream: &Stream<'_>, label_end: usize) -> Option<usize> {
        let label = stream.cell_at(label_end.checked_sub(1)?);
        let between = stream.cells.get(label + 1..self.peek()?.cell)?;
        Some(between.iter().filter(|cell| cell.cell.is_blank()).count())
    }

    /// How many blank cells stand between a unit and the figure behind it.
    fn gap_before_figure(&self, stream: &Stream<'_>) -> Option<usize> {
        let [unit, figure, ..] = self.tokens.get(self.at..)? else { return None };
        if !value::is_unit(unit.text) || !is_figure(figure.text, ValueKind::Signed) {
            return None;
        }
        let between = stream.cells.get(unit.cell + 1..figure.cell)?;
        Some(between.iter().filter(|cell| cell.cell.is_blank()).count())
    }

    /// The rest of a broken or damaged label, up to the unit or the figure.
    fn residue(&mut self, official: &str) -> String {
        let mut residue = String::new();
        while let Some(token) = self.peek() {
            if is_unit_or_figure(token.text) {
                break;
            }
            let folded = fold(token.text);
            let closes = folded.matches(')').count() > folded.matches('(').count();
            if !(token.glued || closes || shares_words(official, &folded)) {
                break;
            }
            residue.push_str(token.text);
            self.at += 1;
        }
        residue
    }

    /// Skips the marks that headings have in place of figures.
    fn skip_marks(&mut self) {
        while let Some(token) = self.peek() {
            if value::parse(token.text, ValueKind::Count).cell != CellValue::NotApplicable {
                break;
            }
            self.at += 1;
        }
    }

    /// Takes the unit and the figures of a row.
    fn fill(
        &mut self,
        row: &mut RowReading,
        expected: Expected,
        range: Range<usize>,
        kind: ValueKind,
        stream: &Stream<'d>,
        glued_next: bool,
    ) {
        let count = expected.figures;
        let mut first = None;
        if let Some(token) = self.peek() {
            if value::is_unit(token.text) {
                row.unit = Some(fold(token.text).trim_matches(['(', ')']).to_owned());
                self.at += 1;
            } else if let Some((unit, rest)) = value::split_unit(token.text).filter(|(_, rest)| is_figure(rest, kind)) {
                row.unit = Some(unit.to_owned());
                first = Some(Token { text: rest, glued: true, ..token.clone() });
                self.at += 1;
            }
        }
        let place = |token: &Token<'_>| Some(stream.token_location(token));
        let mut figures: Vec<FigureReading> = Vec::new();
        let mut taken: Vec<Token<'d>> = Vec::new();
        let mut last_end = None;
        loop {
            let token = match first.take() {
                Some(token) => token,
                None => match self.peek() {
                    Some(token) if is_figure(token.text, kind) => {
                        let token = token.clone();
                        self.at += 1;
                        token
                    }
                    // A cell of its own that holds digits but is no figure is this row's, unreadable.
                    Some(token) if figures.len() < count && token.whole && is_spoiled(token.text) => {
                        let token = token.clone();
                        self.at += 1;
                        token
                    }
                    _ => break,
                },
            };
            let figure = value::parse(token.text, kind);
            last_end = Some(self.at);
            figures.push(FigureReading { text: token.text.to_owned(), figure, at: place(&token) });
            taken.push(token);
        }
        // Codes and row numbers stand before the figures.
        if figures.len() > expected.serial {
            figures.drain(..expected.serial);
            taken.drain(..expected.serial);
        }
        // A figure whose digits touch an ordinal that is not the form's own cannot be told from it.
        if glued_next
            && last_end == Some(self.tokens.len())
            && let Some(last) = figures.last_mut()
            && last.text.ends_with(['.', '、', ')', '）'])
        {
            last.figure = ParsedValue::UNREADABLE;
        }
        if figures.len() > count {
            row.surplus = figures.split_off(count).into_iter().map(|figure| figure.text).collect();
        }
        if figures.len() < count && !figures.is_empty() && taken.iter().all(|token| token.whole) {
            // A cell a line: blank cells are lines too, and it is known which ones.
            if let Some(cells) = matrix::cells_with_blanks(stream, &range, &taken, count) {
                let mut found = figures.into_iter();
                let blank = FigureReading { text: String::new(), figure: ParsedValue::default(), at: row.at.clone() };
                figures =
                    cells.iter().map(|cell| cell.and_then(|_| found.next()).unwrap_or_else(|| blank.clone())).collect();
            }
        }
        let missing = figures.len() < count && !figures.is_empty();
        if missing || !row.surplus.is_empty() {
            // Which of the columns are blank, or which figure is the row's, cannot be known.
            for figure in &mut figures {
                figure.figure = ParsedValue::UNREADABLE;
            }
        }
        while figures.len() < count {
            let cell = if missing { CellValue::Unreadable(()) } else { CellValue::Blank };
            let figure = ParsedValue { cell, ..ParsedValue::default() };
            figures.push(FigureReading { text: String::new(), figure, at: row.at.clone() });
        }
        row.figures = figures;
    }

    /// The rows that the template does not know.
    fn extras(
        &mut self,
        after: usize,
        last: bool,
        expected: Expected,
        stream: &Stream<'d>,
        template: &Template,
        reading: &mut Reading,
    ) {
        while self.at < self.tokens.len() {
            let start = self.at;
            let cell = self.tokens[start].cell;
            let mut label = String::new();
            while let Some(token) = self.peek() {
                if is_unit_or_figure(token.text) || (!label.is_empty() && token.cell != cell && token.whole && last) {
                    break;
                }
                label.push_str(token.text);
                self.at += 1;
            }
            let mut row =
                RowReading { at: Some(stream.token_location(&self.tokens[start])), label, ..RowReading::default() };
            if self.at < self.tokens.len() {
                self.fill(&mut row, expected, 0..0, ValueKind::Signed, stream, false);
            }
            if self.at == start {
                self.at += 1;
            }
            let table = &template.tables()[0];
            let is_header = columns::head_meaning(&row.label, table) != HeadMeaning::Other
                || columns::is_own_head(&row.label, table);
            let filled = row.figures.iter().any(|figure| !figure.figure.cell.is_blank());
            // Behind the last row stand filing lines and more text; only a unit tells a row of the table from them.
            // A unit without a label says that the last row's figure may be another's.
            if last && !(row.unit.is_some() && (filled || row.label.is_empty())) {
                break;
            }
            if filled || row.unit.is_some() {
                reading.extras.push(ExtraReading { after: Some(after), row });
            } else if !row.label.is_empty() && !is_header {
                reading.texts.push((row.label, row.at));
            }
        }
    }
}

/// Whether a text that ends a label: a unit, a figure, or both together.
fn is_unit_or_figure(text: &str) -> bool {
    value::is_unit(text)
        || is_figure(text, ValueKind::Signed)
        || value::split_unit(text).is_some_and(|(_, rest)| is_figure(rest, ValueKind::Signed))
}

/// Whether a text stands for a figure, 无 and `/` included.
fn is_figure(text: &str, kind: ValueKind) -> bool {
    value::parse(text, kind).is_filled()
}

/// Whether a text was meant as a figure: it holds digits and little else.
fn is_spoiled(text: &str) -> bool {
    let folded = fold(text);
    let digits = folded.chars().filter(char::is_ascii_digit).count();
    digits > 0 && digits * 2 >= folded.chars().count() && !words().units.contains(&folded)
}

/// Whether two texts have four characters in a row in common.
pub(super) fn shares_words(official: &str, folded: &str) -> bool {
    let starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    starts.windows(5).any(|window| official.contains(&folded[window[0]..window[4]]))
}

/// Where a table's text ends at the latest: a stretch of the stream without its far tail.
pub fn tail(stream: &Stream<'_>, within: Range<usize>, chain: &Chain) -> usize {
    // What belongs to the last row stands close behind its label.
    let last = chain.matches.last().map_or(within.start, |found| found.label.end);
    let limit = (last + 1200).min(within.end);
    (limit..=within.end).find(|at| stream.folded.is_char_boundary(*at)).unwrap_or(within.end)
}
