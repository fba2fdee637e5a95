//! The tokens between two labels of running text, taken one after the other.
//!
//! In: the tokens behind a label. Out: the rest of the label, the unit, the values and rows that the template does not
//! know. Called by [`super::running`].

use std::ops::Range;

use super::columns::{self, HeaderMeaning};
use super::header_end::HeaderEnd;
use super::reading::{CellReading, ExtraReading, Reading, RowReading};
use super::stream::{Stream, Token};
use super::text_headers::TextHeaders;
use super::tokens::{
    cells_with_blanks, is_damaged_number, is_number_in_words, is_unit_or_value, is_value, shares_words,
};
use super::value::{self, ParsedValue};
use crate::report::CellValue;
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label;

/// The most words between a unit and its value.
const MAX_WORDS_BEFORE_VALUE: usize = 2;

/// The number of columns behind the label.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColumnCounts {
    /// Columns of codes or row numbers before the unit.
    pub before_unit: usize,
    /// Such columns behind the unit.
    pub serial: usize,
    /// Columns of values.
    pub values: usize,
    /// Where the headers end, in columns of spaces.
    pub end: Option<HeaderEnd>,
}

/// The tokens between two labels, and how many of them are taken.
pub struct RowTokens<'d> {
    /// All tokens.
    pub tokens: Vec<Token<'d>>,
    /// The first token not yet taken.
    pub at: usize,
    /// Whether a value was on either side of a unit.
    pub is_paired: bool,
}

impl<'d> RowTokens<'d> {
    fn peek(&self) -> Option<&Token<'d>> {
        self.tokens.get(self.at)
    }

    /// The number of blank cells between a label and what follows it.
    pub fn gap_behind(&self, stream: &Stream<'_>, label_end: usize) -> Option<usize> {
        let label = stream.cell_at(label_end.checked_sub(1)?);
        let between = stream.cells.get(label + 1..self.peek()?.cell)?;
        Some(between.iter().filter(|cell| cell.cell.is_blank()).count())
    }

    /// The number of blank cells between a unit and its value.
    pub fn gap_before_value(&self, stream: &Stream<'_>) -> Option<usize> {
        let [unit, value, ..] = self.tokens.get(self.at..)? else { return None };
        if !value::is_unit(unit.text) || !is_value(value.text, ValueKind::Signed) {
            return None;
        }
        let between = stream.cells.get(unit.cell + 1..value.cell)?;
        Some(between.iter().filter(|cell| cell.cell.is_blank()).count())
    }

    /// Takes the rest of a broken or damaged label, up to the unit or the value.
    pub fn label_rest(&mut self, official: &str) -> String {
        let mut label_rest = String::new();
        while let Some(token) = self.peek() {
            if is_unit_or_value(token.text) {
                break;
            }
            let folded = fold(token.text);
            let closes = folded.matches(')').count() > folded.matches('(').count();
            if !(token.glued || closes || shares_words(official, &folded)) {
                break;
            }
            label_rest.push_str(token.text);
            self.at += 1;
        }
        label_rest
    }

    /// Skips the marks that headings have in place of values.
    pub fn skip_marks(&mut self) {
        while let Some(token) = self.peek() {
            if value::parse(token.text, ValueKind::Count).cell != CellValue::NotApplicable {
                break;
            }
            self.at += 1;
        }
    }

    /// Takes the unit and the values of a row. `glued_next` says that the next label touches what precedes it.
    pub fn fill(
        &mut self,
        row: &mut RowReading,
        counts: ColumnCounts,
        range: Range<usize>,
        kind: ValueKind,
        stream: &Stream<'d>,
        glued_next: bool,
    ) {
        let count = counts.values;
        let codes = self.tokens.get(self.at..self.at + counts.before_unit).unwrap_or_default();
        let is_coded = codes.len() == counts.before_unit
            && codes.iter().all(|code| is_value(code.text, kind) || value::is_code(code.text));
        if is_coded {
            self.at += counts.before_unit;
        }
        let first = self.take_unit(row, kind);
        let mut taken = self.take_values(first, count, kind);
        // Codes and row numbers precede the values.
        taken.drain(..counts.serial.min(taken.len()));
        let read = |token: &Token<'_>| CellReading {
            text: token.text.to_owned(),
            parsed: value::parse(token.text, kind),
            at: Some(stream.token_location(token)),
        };
        let mut values: Vec<CellReading> = taken.iter().map(read).collect();
        // Digits that touch an ordinal which is not the form's own may be part of it.
        if glued_next
            && self.at == self.tokens.len()
            && let Some(last) = values.last_mut()
            && last.text.ends_with(['.', '、', ')', '）'])
        {
            last.parsed = ParsedValue::UNREADABLE;
        }
        // A value on either side of the unit: one of them may be a code.
        if !values.is_empty()
            && let Some(behind) = self.value_behind_unit(row, kind)
        {
            for value in &mut values {
                value.parsed = ParsedValue::UNREADABLE;
                value.text = format!("{} {behind}", value.text);
            }
        }
        if values.len() > count {
            row.surplus = values.split_off(count).into_iter().map(|value| value.text).collect();
        }
        if values.len() < count && !values.is_empty() && taken.iter().all(|token| token.whole) {
            // With one cell a line, blank cells are lines too, so their places are known.
            if let Some(cells) = cells_with_blanks(stream, &range, &taken, count) {
                let mut found = values.into_iter();
                let blank = CellReading { text: String::new(), parsed: ParsedValue::default(), at: row.at.clone() };
                values =
                    cells.iter().map(|cell| cell.and_then(|_| found.next()).unwrap_or_else(|| blank.clone())).collect();
            }
        }
        if count > 1 && is_unevenly_spaced(stream, &taken) {
            // A blank cell is among them, and one of the texts is none of the row.
            values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        }
        if counts.end.is_some_and(|end| taken.last().is_some_and(|last| end.is_left_of(stream, last))) {
            // A column is blank, and the text is right of the table.
            values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        }
        if !is_coded {
            // Without its code, the first of the values may be one.
            values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        }
        let missing = values.len() < count && !values.is_empty();
        if let ([only], true) = (values.as_slice(), count > 1 && row.surplus.is_empty()) {
            // A line of its own is one cell.
            let digits = if taken.iter().any(|token| token.whole) { String::new() } else { fold(&only.text) };
            let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            row.run_together = is_plain.then_some(digits);
        }
        if missing || !row.surplus.is_empty() {
            // It is unknown which columns are blank, or which values belong to the row.
            for value in &mut values {
                value.parsed = ParsedValue::UNREADABLE;
            }
        }
        while values.len() < count {
            let cell = if missing { CellValue::Unreadable(()) } else { CellValue::Blank };
            let parsed = ParsedValue { cell, ..ParsedValue::default() };
            values.push(CellReading { text: String::new(), parsed, at: row.at.clone() });
        }
        row.values = values;
    }

    /// Takes the unit and the value that follow the values of a row without unit. Returns their texts.
    fn value_behind_unit(&mut self, row: &mut RowReading, kind: ValueKind) -> Option<String> {
        let [unit, value, ..] = self.tokens.get(self.at..)? else { return None };
        let is_pair = row.unit.is_none() && value::is_unit(unit.text) && is_value(value.text, kind);
        let text = is_pair.then(|| format!("{} {}", unit.text, value.text))?;
        row.unit = Some(fold(unit.text));
        self.at += 2;
        self.is_paired = true;
        Some(text)
    }

    /// Takes the unit of a row. Returns the value, if it is in the same word.
    fn take_unit(&mut self, row: &mut RowReading, kind: ValueKind) -> Option<Token<'d>> {
        let token = self.peek()?.clone();
        // 万 元 is 万元.
        if let Some(next) =
            self.tokens.get(self.at + 1).filter(|next| next.cell == token.cell && !value::is_unit(token.text))
        {
            let joined = format!("{}{}", token.text, next.text);
            if value::is_unit(&joined) {
                row.unit = Some(fold(&joined));
                self.at += 2;
                return None;
            }
        }
        if value::is_unit(token.text) {
            row.unit = Some(fold(token.text).trim_matches(['(', ')']).to_owned());
            self.at += 1;
            return None;
        }
        let (unit, rest) = value::split_unit(token.text).filter(|(_, rest)| is_value(rest, kind))?;
        row.unit = Some(unit.to_owned());
        self.at += 1;
        Some(Token { text: rest, glued: true, ..token })
    }

    /// Takes all values that follow, after the first if that is known. A cell of its own that holds digits but is no
    /// value belongs to the row as well, as long as a value is missing; it is unreadable.
    fn take_values(&mut self, first: Option<Token<'d>>, count: usize, kind: ValueKind) -> Vec<Token<'d>> {
        let mut taken: Vec<Token<'d>> = first.into_iter().collect();
        while let Some(token) = self.peek().cloned() {
            let is_damaged = taken.len() < count && token.whole && is_damaged_number(token.text);
            if !is_value(token.text, kind) && !is_damaged {
                break;
            }
            self.at += 1;
            taken.push(token);
        }
        taken
    }

    /// Whether the value taken last is in the line of the token before it, a unit; none if it is no value behind a unit, or all
    /// of its line is not its own.
    pub fn is_value_in_line_of_unit(&self) -> Option<bool> {
        let [unit, value] = self.tokens.get(self.at.checked_sub(2)?..self.at)? else { return None };
        let is_pair = value::is_unit(unit.text) && is_value(value.text, ValueKind::Signed);
        (is_pair && !unit.whole).then_some(unit.cell == value.cell)
    }

    /// Makes a blank value behind a unit unreadable if text is in its place: a number in words, a line such as 续表 before
    /// the number, or a remark that has moved up. `last` says that no label follows.
    pub fn name_text_for_value(&self, row: &mut RowReading, headers: &TextHeaders, count: usize, last: bool) {
        let is_blank = row.values.iter().all(|value| value.parsed.cell.is_blank());
        let Some(rest) = self.tokens.get(self.at..).filter(|rest| !rest.is_empty() && is_blank && row.unit.is_some())
        else {
            return;
        };
        let words = rest.iter().take_while(|token| !is_unit_or_value(token.text)).count();
        let is_in_place = || self.is_in_place_of_value(count) && (headers.has_remarks || !last);
        let text: Vec<&str> = match rest.get(words) {
            // A line between the unit and its value.
            Some(value) if words <= MAX_WORDS_BEFORE_VALUE && is_value(value.text, ValueKind::Signed) => {
                rest[..=words].iter().map(|token| token.text).collect()
            }
            // The label of another row, alone or behind a remark.
            Some(_) if words < 2 || !headers.has_remarks || !is_in_place() => return,
            Some(_) => vec![rest[0].text],
            None => {
                let first = rest[..1].iter().map(|token| token.text);
                first.filter(|text| is_number_in_words(text) || is_in_place()).collect()
            }
        };
        if text.is_empty() {
            return;
        }
        row.values.iter_mut().for_each(|value| value.parsed = ParsedValue::UNREADABLE);
        if let Some(first) = row.values.first_mut() {
            first.text = text.join(" ");
        }
    }

    /// Whether the next text is the line of a value: there are fewer blank lines between it and the unit than values.
    fn is_in_place_of_value(&self, count: usize) -> bool {
        let Some([unit, text, ..]) = self.at.checked_sub(1).and_then(|unit| self.tokens.get(unit..)) else {
            return false;
        };
        let are_lines = value::is_unit(unit.text) && unit.whole && text.whole;
        are_lines && text.cell.saturating_sub(unit.cell + 1) < count && label::ordinal_length(&fold(text.text)) == 0
    }

    /// Takes the rows that the template does not have, into the reading. `after` is the match they follow, `last` whether it is
    /// the last one.
    pub fn extras(
        &mut self,
        after: usize,
        last: bool,
        counts: ColumnCounts,
        stream: &Stream<'d>,
        template: &Template,
        reading: &mut Reading,
    ) {
        while self.at < self.tokens.len() {
            let start = self.at;
            let cell = self.tokens[start].cell;
            let mut label = String::new();
            while let Some(token) = self.peek() {
                if is_unit_or_value(token.text) || (!label.is_empty() && token.cell != cell && token.whole && last) {
                    break;
                }
                label.push_str(token.text);
                self.at += 1;
            }
            let mut row =
                RowReading { at: Some(stream.token_location(&self.tokens[start])), label, ..RowReading::default() };
            if self.at < self.tokens.len() {
                self.fill(&mut row, counts, 0..0, ValueKind::Signed, stream, false);
            }
            if self.at == start {
                self.at += 1;
            }
            let table = &template.tables()[0];
            let is_header = columns::header_meaning(&row.label, table) != HeaderMeaning::Other
                || columns::is_value_header(&row.label, table);
            let filled = row.values.iter().any(|value| !value.parsed.cell.is_blank());
            // Filing lines and other text follow the last row; only a unit distinguishes a row of the table from them.
            // After a unit without a label, the value of the last row may belong to another row.
            if last && !(row.unit.is_some() && (filled || row.label.is_empty())) {
                break;
            }
            if filled || row.unit.is_some() {
                reading.extras.push(ExtraReading { after: Some(after), table: 0, row });
            } else if !row.label.is_empty() && !is_header {
                reading.texts.push((row.label, row.at));
            }
        }
    }
}

/// Whether the values of a row, each in a line of its own, have more blank lines between some than between others, or
/// before the first.
fn is_unevenly_spaced(stream: &Stream<'_>, values: &[Token<'_>]) -> bool {
    let blanks = |from: usize, to: usize| {
        let between = stream.cells.get(from + 1..to).unwrap_or_default();
        between.iter().filter(|cell| cell.cell.is_blank()).count()
    };
    let Some(first) = values.first().filter(|_| values.iter().all(|value| value.whole)) else { return false };
    let before = (0..first.cell).rev().find(|cell| !stream.cells[*cell].cell.is_blank()).unwrap_or(first.cell);
    let usual = blanks(before, first.cell);
    values.windows(2).any(|pair| blanks(pair[0].cell, pair[1].cell) != usual)
}
