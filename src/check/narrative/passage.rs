//! The running text around a report's table, in which every character knows its place.
//!
//! In: a [`Document`] and the [`Report`] recognized in it. Out: [`Passage`]s, a paragraph each, folded. What the table's
//! own rows hold is left out, and so are other tables' short cells; lines that a text broke to keep its width are joined.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use super::vocabulary::Vocabulary;
use crate::document::{Cell, Document, Location, Part};
use crate::report::Report;
use crate::text::fold::fold_char;
use crate::text::label;

/// A paragraph, folded.
#[derive(Debug, Default)]
pub(super) struct Passage<'d> {
    /// The text without white space, widths and variants folded; white space between two digits stays one space.
    pub text: String,
    /// The lines it is made of.
    lines: Vec<Line<'d>>,
    /// Where each character of the folded text starts, its line, and the byte there.
    places: Vec<(usize, usize, usize)>,
}

/// A line of a cell.
#[derive(Clone, Copy, Debug)]
struct Line<'d> {
    text: &'d str,
    at: &'d Location,
}

/// The least length of a line that the width of the page may have ended, in characters.
const LEAST_WIDTH: usize = 16;

impl<'d> Passage<'d> {
    fn push(&mut self, line: Line<'d>) {
        let index = self.lines.len();
        self.lines.push(line);
        let mut space = false;
        for (byte, character) in line.text.char_indices() {
            space |= character.is_whitespace() && self.places.last().is_some_and(|(_, line, _)| *line == index);
            fold_char(character, |folded| {
                let digits = folded.is_ascii_digit() && self.text.ends_with(|c: char| c.is_ascii_digit());
                if std::mem::take(&mut space) && digits {
                    self.places.push((self.text.len(), index, byte));
                    self.text.push(' ');
                }
                // A full-width comma never groups the digits of a number.
                let folded = if character == '，' { '，' } else { folded };
                self.places.push((self.text.len(), index, byte));
                self.text.push(folded);
            });
        }
    }

    fn place(&self, byte: usize) -> Option<(usize, usize)> {
        let index = self.places.partition_point(|(start, _, _)| *start <= byte).checked_sub(1)?;
        let (_, line, at) = self.places[index];
        Some((line, at))
    }

    /// Where a byte of the folded text stands in the file.
    pub(super) fn at(&self, byte: usize) -> Option<Location> {
        let (line, at) = self.place(byte)?;
        let line = self.lines[line];
        Some(match line.at {
            Location::Text { line: number, column } => {
                let before = line.text[..at].chars().count() as u32;
                Location::Text { line: *number, column: column + before }
            }
            other => other.clone(),
        })
    }

    /// The text of a range as it stood, its lines joined.
    pub(super) fn original(&self, range: Range<usize>) -> String {
        let Some(last) = range.end.checked_sub(1).filter(|last| *last >= range.start) else { return String::new() };
        let (Some((first, start)), Some((line, end))) = (self.place(range.start), self.place(last)) else {
            return String::new();
        };
        let after = |text: &str| text[end..].chars().next().map_or(end, |c| end + c.len_utf8());
        let piece = |index: usize| {
            let text = self.lines[index].text;
            let from = if index == first { start } else { 0 };
            let to = if index == line { after(text) } else { text.len() };
            text[from..to.max(from)].trim()
        };
        (first..=line).map(piece).collect()
    }

    /// Whether white space or nothing but marks stands between two neighbouring bytes of the folded text.
    pub(super) fn is_open_before(&self, byte: usize) -> bool {
        let (Some((line, at)), Some((before, from))) =
            (self.place(byte), byte.checked_sub(1).and_then(|b| self.place(b)))
        else {
            return false;
        };
        line == before && self.lines[line].text[from.min(at)..at].chars().any(char::is_whitespace)
    }
}

/// The rows that a report's table takes up.
#[derive(Default)]
struct Occupied {
    lines: Vec<RangeInclusive<u32>>,
    paragraphs: Vec<RangeInclusive<u32>>,
    /// Rows of a worksheet or of a numbered table.
    rows: HashMap<String, RangeInclusive<u32>>,
    pages: bool,
}

impl Occupied {
    fn new(report: &Report) -> Self {
        let mut occupied = Self::default();
        let (mut lines, mut paragraphs) = (Vec::new(), Vec::new());
        for at in report.values.iter().chain(&report.extra).filter_map(|value| value.at.as_ref()) {
            match at {
                Location::Text { line, .. } => lines.push(*line),
                Location::Paragraph { paragraph } => paragraphs.push(*paragraph),
                Location::Page { .. } => occupied.pages = true,
                Location::Sheet { .. } | Location::Table { .. } => {
                    let Some((name, row)) = table_row(at) else { continue };
                    let rows = occupied.rows.entry(name).or_insert(row..=row);
                    *rows = row.min(*rows.start())..=row.max(*rows.end());
                }
            }
        }
        (occupied.lines, occupied.paragraphs) = (runs(lines), runs(paragraphs));
        occupied
    }

    fn holds(&self, at: &Location) -> bool {
        match at {
            Location::Text { line, .. } => self.lines.iter().any(|run| run.contains(line)),
            Location::Paragraph { paragraph } => self.paragraphs.iter().any(|run| run.contains(paragraph)),
            Location::Page { .. } => self.pages,
            Location::Sheet { .. } | Location::Table { .. } => {
                table_row(at).is_some_and(|(name, row)| self.rows.get(&name).is_some_and(|rows| rows.contains(&row)))
            }
        }
    }
}

/// Lines of figures with no wide gap between them are one table; a gap of more lines may hold text.
fn runs(mut lines: Vec<u32>) -> Vec<RangeInclusive<u32>> {
    const GAP: u32 = 12;
    lines.sort_unstable();
    let mut runs: Vec<RangeInclusive<u32>> = Vec::new();
    for line in lines {
        match runs.last_mut().filter(|run| line - run.end() <= GAP) {
            Some(run) => *run = *run.start()..=line,
            None => runs.push(line..=line),
        }
    }
    runs
}

fn table_row(at: &Location) -> Option<(String, u32)> {
    match at {
        Location::Sheet { sheet, cell } => Some((sheet.to_string(), cell.row)),
        Location::Table { table, row, .. } => Some((table.to_string(), *row)),
        _ => None,
    }
}

/// The paragraphs of running text around a report's table, in reading order.
pub(super) fn passages<'d>(document: &'d Document, report: &Report, vocabulary: &Vocabulary) -> Vec<Passage<'d>> {
    let occupied = Occupied::new(report);
    let mut passages: Vec<Passage<'d>> = Vec::new();
    // The last line of text and the number of its line, while the next may go on from it.
    let mut open: Option<(&'d str, u32)> = None;
    for part in &document.parts {
        match part {
            Part::Paragraph(cell) if occupied.holds(&cell.at) || cell.is_blank() => open = None,
            Part::Paragraph(cell) => {
                if let Location::Text { line, .. } = cell.at {
                    let goes_on = open.is_some_and(|(before, number)| {
                        number + 1 == line && is_broken(before, &cell.text, vocabulary)
                    });
                    match passages.last_mut().filter(|_| goes_on) {
                        Some(passage) => passage.push(Line { text: &cell.text, at: &cell.at }),
                        None => passages.extend(of_cell(cell)),
                    }
                    open = Some((&cell.text, line));
                } else {
                    passages.extend(of_cell(cell));
                }
            }
            Part::Table(grid) => {
                open = None;
                let foreign =
                    grid.name.is_some() && report.sheet.is_some() && grid.name.as_deref() != report.sheet.as_deref();
                let cells = grid.cells.iter().map(|(_, cell)| cell).filter(|_| !foreign);
                let running = |cell: &&Cell| cell.text.contains(|c: char| vocabulary.ends.contains(&c));
                for cell in cells.filter(running).filter(|cell| !occupied.holds(&cell.at)) {
                    passages.extend(of_cell(cell));
                }
            }
        }
    }
    passages
}

/// A cell's lines, a passage each.
fn of_cell(cell: &Cell) -> impl Iterator<Item = Passage<'_>> {
    let lines = cell.text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|text| {
        let mut passage = Passage::default();
        passage.push(Line { text, at: &cell.at });
        passage
    })
}

/// Whether a line of text goes on in the next: it is long, nothing ends it, and the next does not begin a paragraph.
fn is_broken(before: &str, next: &str, vocabulary: &Vocabulary) -> bool {
    let text = before.trim_end();
    let ended = text.ends_with(|c: char| vocabulary.ends.contains(&c) || c == '：' || c == ':');
    let begins = next.starts_with(char::is_whitespace) || label::ordinal_length(next) > 0;
    // A heading is as long as a line may be, but has no comma.
    let heading = label::ordinal_length(text) > 0 && !text.contains(['，', ',']);
    text.chars().count() >= LEAST_WIDTH && !heading && !ended && !begins
}

/// Sentences with the mark that ends them.
pub(super) fn sentences(text: &str, ends: &[char]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| ends.contains(c)) {
        sentences.push(start..at + c.len_utf8());
        start = at + c.len_utf8();
    }
    sentences.push(start..text.len());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}
