//! The running text around a report's table, in which every character knows its place.
//!
//! In: a [`Report`] with its text. Out: [`Passage`]s, a paragraph each, folded. Lines that a text broke to keep its width are
//! joined.

use std::collections::BTreeMap;
use std::ops::Range;

use super::vocabulary::Vocabulary;
use crate::document::{Location, PageBox};
use crate::report::{Paragraph, Report};
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

/// The paragraphs of running text around a report's table, in reading order.
pub(super) fn passages<'r>(report: &'r Report, vocabulary: &Vocabulary) -> Vec<Passage<'r>> {
    let margins = left_margins(report);
    let mut passages: Vec<Passage<'r>> = Vec::new();
    // The last line of text, while the next may go on from it.
    let mut open: Option<&'r Paragraph> = None;
    for paragraph in &report.narrative {
        let goes_on = open.is_some_and(|before| {
            is_next_line(&before.at, &paragraph.at, &margins) && is_broken(&before.text, &paragraph.text, vocabulary)
        });
        match passages.last_mut().filter(|_| goes_on) {
            Some(passage) => passage.push(Line { text: &paragraph.text, at: &paragraph.at }),
            None => passages.extend(of_paragraph(paragraph)),
        }
        open = matches!(paragraph.at, Location::Text { .. } | Location::PageLine { .. }).then_some(paragraph);
    }
    passages
}

/// Where the lines of each page begin that are not the first of their paragraph. Pages bound as a book have two margins.
fn left_margins(report: &Report) -> BTreeMap<u32, i32> {
    let mut margins = BTreeMap::new();
    for paragraph in &report.narrative {
        if let Location::PageLine { page, area: PageBox([left, ..]), .. } = paragraph.at {
            margins.entry(page).and_modify(|margin: &mut i32| *margin = left.min(*margin)).or_insert(left);
        }
    }
    margins
}

/// Whether a line stands below another with nothing between, and is not indented as the first of a paragraph on a page.
fn is_next_line(before: &Location, next: &Location, margins: &BTreeMap<u32, i32>) -> bool {
    match (before, next) {
        (Location::Text { line: before, .. }, Location::Text { line, .. }) => before + 1 == *line,
        (Location::PageLine { page: first, line: before, .. }, Location::PageLine { page, line, area }) => {
            let follows = if first == page { before + 1 == *line } else { first + 1 == *page && *line == 1 };
            let PageBox([left, top, _, bottom]) = area;
            // An indent is two characters wide.
            follows && margins.get(page).is_some_and(|margin| left - margin < bottom - top)
        }
        _ => false,
    }
}

/// The lines of a paragraph, a passage each.
fn of_paragraph(paragraph: &Paragraph) -> impl Iterator<Item = Passage<'_>> {
    let lines = paragraph.text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|text| {
        let mut passage = Passage::default();
        passage.push(Line { text, at: &paragraph.at });
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
