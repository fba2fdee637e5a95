//! Reads plain text.
//!
//! In: decoded text, as pasted from Word, a web page or mail. Out: [`Part`]s in reading order. Called by
//! [`crate::read`].
//!
//! Lines with separators become rows of a [`Grid`]. Every other line is a paragraph, also a blank one, which may be a
//! blank cell of a pasted table. Columns made with spaces stay in their paragraph.
//!
//! Separators are the tab and the vertical bar in all its forms. A line has one kind; if it has both, the bar counts. A
//! tab at the start of a line, or a bar next to a single cell, is left over from a Word table and is removed.

use crate::document::{Cell, CellRef, Grid, Location, Part};
use crate::error::Result;
use crate::finding::Finding;

use crate::limit;
use crate::read::format::{FormatInfo, FormatReader, parts_read};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "text",
    extensions: &["txt", "md"],
    any_text: true,
    parts: &parts_read::TEXT,
    reader: FormatReader::Text(|text, _| read(text)),
};

/// Reads a text. An `XG322` reports control characters, which are removed.
///
/// Shape: each cell is at [`Location::Text`], the line and character of its start. Cells between bars lose the spaces
/// around them. All other text stays as typed.
///
/// # Errors
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) with more than [`limit::CELLS`] cells or [`limit::LINES`] lines.
pub(super) fn read(text: &str) -> Result<(Vec<Part>, Vec<Finding>)> {
    check_size(text)?;
    let lines: Vec<SourceLine<'_>> = pieces(text).collect();
    let mut parts = Vec::with_capacity(lines.len());
    let mut budget = limit::CellBudget::default();
    let mut at = 0;
    while at < lines.len() {
        let end = run_end(&lines, at);
        if end == at {
            budget.take_text(lines[at].text.len())?;
            parts.push(Part::Paragraph(cell(lines[at].text, lines[at].number, lines[at].column)));
            at += 1;
        } else {
            read_run(&lines[at..end], &mut parts, &mut budget)?;
            at = end;
        }
    }
    Ok((parts, control_characters(text).into_iter().collect()))
}

/// Rejects a text with too many lines or separators before anything is allocated for them.
fn check_size(text: &str) -> Result<()> {
    let lines = text.chars().filter(|c| is_break(*c)).count();
    if lines > limit::LINES {
        return Err(limit::too_large("@format.many_lines", limit::LINES));
    }
    let separators = text.chars().filter(|c| is_bar(*c) || *c == '\t').count();
    if separators > limit::LINES {
        return Err(limit::too_large("@format.many_cells", limit::CELLS));
    }
    Ok(())
}

/// The number of the line after a text: one more than its line breaks.
pub(super) fn next_line(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')))
        .count();
    u32::try_from(ends + 1).unwrap_or(u32::MAX)
}

/// The finding about control characters, which are removed from all cells.
pub(super) fn control_characters(text: &str) -> Option<Finding> {
    let first = text.find(is_left_out)?;
    let count = text.chars().filter(|c| is_left_out(*c)).count();
    let line = next_line(&text[..first]);
    Some(Finding::new("XG322").with("count", count).with("line", line).at(Location::Text { line, column: 1 }))
}

/// A cell without control characters.
pub(super) fn cell(text: &str, line: u32, column: u32) -> Cell {
    let at = Location::Text { line, column };
    if text.contains(is_left_out) { Cell::text(text.replace(is_left_out, ""), at) } else { Cell::text(text, at) }
}

fn is_left_out(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}')
}

/// A line, or the part of a line up to a page break or soft line break.
#[derive(Clone, Copy, Debug)]
struct SourceLine<'a> {
    number: u32,
    column: u32,
    text: &'a str,
    kind: LineClass,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineClass {
    /// Text without a separator.
    Plain,
    /// White space without a separator.
    Blank,
    /// A line with separators, and what is between them.
    Separated(Separator, LineContent),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Bar,
    Tab,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineContent {
    Row,
    Single,
    Nothing,
    Rule,
}

fn pieces(text: &str) -> impl Iterator<Item = SourceLine<'_>> {
    let mut rest = Some(text).filter(|text| !text.is_empty());
    let (mut number, mut column) = (1u32, 1u32);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.find(is_break).unwrap_or(text.len());
        let piece = &text[..end];
        let line = SourceLine { number, column, text: piece, kind: kind(piece) };
        let mut after = text[end..].chars();
        let ended = after.next();
        let soft = ended.is_some_and(|c| !matches!(c, '\n' | '\r'));
        if ended == Some('\r') && after.as_str().starts_with('\n') {
            after.next();
        }
        // A line break at the end of the text does not start another line.
        rest = Some(after.as_str()).filter(|rest| !rest.is_empty());
        if soft {
            column = column.saturating_add(width(piece)).saturating_add(1);
        } else {
            number = number.saturating_add(1);
            column = 1;
        }
        Some(line)
    })
}

/// Whether a character breaks a line. Vertical tab, form feed and Unicode separators break it without ending it.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_bar(c: char) -> bool {
    matches!(c, '|' | '｜' | '│' | '┃' | '║' | '¦' | '︱')
}

/// Whether a character draws ruled lines.
fn is_rule(c: char) -> bool {
    matches!(c, '-' | '=' | '+' | ':' | '\u{2500}'..='\u{257f}')
}

fn width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn kind(text: &str) -> LineClass {
    if text.contains(is_bar) || is_drawn(text) {
        return LineClass::Separated(Separator::Bar, bar_content(text));
    }
    if text.contains('\t') {
        return LineClass::Separated(Separator::Tab, tab_content(text));
    }
    if text.chars().all(char::is_whitespace) { LineClass::Blank } else { LineClass::Plain }
}

/// Whether a line is a ruled line with corners, such as `+----+----+` or `├──┼──┤`.
fn is_drawn(text: &str) -> bool {
    let joined = text.trim().contains(|c| matches!(c, '+' | '\u{250c}'..='\u{254b}' | '\u{2552}'..='\u{256c}'));
    joined && is_rule_line(text)
}

fn is_rule_line(text: &str) -> bool {
    let strokes = text.chars().filter(|c| is_rule(*c) && !is_bar(*c) && *c != ':').count();
    strokes >= 2 && text.chars().all(|c| is_rule(c) || is_bar(c) || c == ' ' || c == '\t')
}

fn bar_content(text: &str) -> LineContent {
    if is_rule_line(text) {
        return LineContent::Rule;
    }
    let (mut spaced, mut filled) = (0, 0);
    for field in bar_fields(text) {
        spaced += usize::from(!field.raw.is_empty());
        filled += usize::from(!field.text.is_empty());
    }
    match (spaced, filled) {
        (2.., _) => LineContent::Row,
        (_, 1..) => LineContent::Single,
        _ => LineContent::Nothing,
    }
}

fn tab_content(text: &str) -> LineContent {
    let text = text.trim_start_matches('\t');
    let cells = text.trim_end_matches('\t');
    if cells.is_empty() {
        LineContent::Nothing
    } else if cells.contains('\t') || text.len() - cells.len() > 1 {
        LineContent::Row
    } else {
        LineContent::Single
    }
}

/// A field of a line, with and without the spaces around it.
struct Field<'a> {
    raw: &'a str,
    text: &'a str,
    /// The number of characters before the text in its line.
    before: u32,
}

/// The fields between bars. Bars at the start or end of the line delimit nothing.
fn bar_fields(text: &str) -> Vec<Field<'_>> {
    let mut before = 0;
    let mut fields: Vec<Field<'_>> = text
        .split(is_bar)
        .map(|raw| {
            let from_text = raw.trim_start_matches([' ', '\t']);
            let padding = if from_text.is_empty() { 0 } else { width(&raw[..raw.len() - from_text.len()]) };
            let field = Field { raw, text: from_text.trim_end_matches([' ', '\t']), before: before + padding };
            before += width(raw) + 1;
            field
        })
        .collect();
    if fields.len() > 1 && fields.last().is_some_and(|field| field.text.is_empty()) {
        fields.pop();
    }
    if fields.first().is_some_and(|field| field.text.is_empty()) {
        fields.remove(0);
    }
    fields
}

/// The fields between tabs, after the first `shared` bytes of the line.
fn tab_fields(text: &str, shared: usize) -> Vec<Field<'_>> {
    let mut before = u32::try_from(shared).unwrap_or(u32::MAX);
    text[shared..]
        .split('\t')
        .map(|raw| {
            let field = Field { raw, text: raw, before };
            before = before.saturating_add(width(raw)).saturating_add(1);
            field
        })
        .collect()
}

/// The end of the run of separated lines that starts at `start`, or `start` if there is none.
///
/// A run has one kind of separator. The number of blank lines between its rows is the same everywhere.
fn run_end(lines: &[SourceLine<'_>], start: usize) -> usize {
    let LineClass::Separated(separator, _) = lines[start].kind else { return start };
    let mut end = start + 1;
    let mut gap = None;
    loop {
        let blank = lines[end..].iter().take_while(|line| line.kind == LineClass::Blank).count();
        let belongs =
            matches!(lines.get(end + blank).map(|line| line.kind), Some(LineClass::Separated(s, _)) if s == separator);
        if !belongs || *gap.get_or_insert(blank) != blank {
            return end;
        }
        end += blank + 1;
    }
}

/// Reads a run. It is one table if at least half of its lines with text have several cells. Otherwise each line is a
/// paragraph, and neighboring lines with several cells are small tables.
fn read_run(lines: &[SourceLine<'_>], parts: &mut Vec<Part>, budget: &mut limit::CellBudget) -> Result<()> {
    let count = |wanted| lines.iter().filter(|line| content(line) == Some(wanted)).count();
    let (rows, singles) = (count(LineContent::Row), count(LineContent::Single));
    if rows > 0 && rows >= singles {
        return read_table(lines, parts, budget);
    }
    let mut at = 0;
    while at < lines.len() {
        let rows = lines[at..].iter().take_while(|line| content(line) == Some(LineContent::Row)).count();
        if rows > 0 {
            read_table(&lines[at..at + rows], parts, budget)?;
        } else {
            budget.take_text(lines[at].text.len())?;
            parts.push(Part::Paragraph(read_single(&lines[at])));
        }
        at += rows.max(1);
    }
    Ok(())
}

fn content(line: &SourceLine<'_>) -> Option<LineContent> {
    match line.kind {
        LineClass::Separated(_, content) => Some(content),
        _ => None,
    }
}

/// A line with at most one cell as a paragraph, without its separators.
fn read_single(line: &SourceLine<'_>) -> Cell {
    let at = |text, before: u32| cell(text, line.number, line.column.saturating_add(before));
    match line.kind {
        LineClass::Separated(Separator::Bar, LineContent::Single | LineContent::Nothing) => {
            let fields = bar_fields(line.text);
            match fields.iter().find(|field| !field.text.is_empty()) {
                Some(field) => at(field.text, field.before),
                None => at("", 0),
            }
        }
        LineClass::Separated(Separator::Tab, _) => {
            let text = line.text.trim_start_matches('\t');
            let tabs = line.text.len() - text.len();
            at(text.trim_end_matches('\t'), u32::try_from(tabs).unwrap_or(u32::MAX))
        }
        _ => at(line.text, 0),
    }
}

fn read_table(lines: &[SourceLine<'_>], parts: &mut Vec<Part>, budget: &mut limit::CellBudget) -> Result<()> {
    let leading = |line: &&SourceLine<'_>| line.text.bytes().take_while(|byte| *byte == b'\t').count();
    let filled = |line: &&SourceLine<'_>| matches!(content(line), Some(LineContent::Row | LineContent::Single));
    let shared = lines.iter().filter(filled).map(|line| leading(&line)).min().unwrap_or(0);
    let mut grid = Grid::default();
    let mut row = 0;
    for line in lines {
        let fields = match line.kind {
            LineClass::Separated(Separator::Bar, LineContent::Row | LineContent::Single) => bar_fields(line.text),
            LineClass::Separated(Separator::Tab, LineContent::Row | LineContent::Single) => {
                tab_fields(line.text, shared)
            }
            // Ruled lines, lines with only separators, and blank lines between rows.
            _ => continue,
        };
        for (column, field) in (0..).zip(&fields) {
            budget.take_text(field.text.len())?;
            let cell = cell(field.text, line.number, line.column.saturating_add(field.before));
            grid.cells.push((CellRef::new(row, column), cell));
        }
        row += 1;
    }
    parts.push(Part::Table(grid));
    Ok(())
}

#[cfg(test)]
mod tests;
