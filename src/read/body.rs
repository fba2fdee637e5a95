//! Collects paragraphs and tables within limits.
//!
//! In: paragraphs and tables in reading order. Out: [`Part`]s and findings. Called by [`super::html`], [`super::docx`]
//! and [`super::doc`].

use crate::document::{Cell, CellKind, Grid, Location, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::span::TableBuilder;
use crate::limit::CellBudget;

/// Collects the parts of a document.
#[derive(Default)]
pub(super) struct Body {
    parts: Vec<Part>,
    budget: CellBudget,
    tables: u32,
    paragraphs: u32,
    /// Findings in reading order.
    pub findings: Vec<Finding>,
    /// Texts hidden under merged cells.
    pub covered: LeftOut,
}

impl Body {
    /// The location of the next paragraph.
    pub(super) fn next_place(&self) -> Location {
        Location::Paragraph { paragraph: self.paragraphs + 1 }
    }

    /// Adds a paragraph. Ignores an empty one.
    pub(super) fn paragraph(&mut self, text: String) -> Result<()> {
        if !text.is_empty() {
            self.budget.take_text(text.len())?;
            self.parts.push(Part::Paragraph(Cell::text(text, self.next_place())));
            self.paragraphs += 1;
        }
        Ok(())
    }

    /// Adds a line behind a line break, which belongs to the paragraph before.
    pub(super) fn continued(&mut self, text: String) -> Result<()> {
        self.paragraphs = self.paragraphs.saturating_sub(1);
        self.paragraph(text)
    }

    /// Starts the next table.
    pub(super) fn begin_table(&mut self) -> TableBuilder {
        self.tables += 1;
        TableBuilder::new(self.tables)
    }

    /// Adds a cell to a table. A span of 0 rows covers the rest of the section.
    pub(super) fn cell(
        &mut self,
        table: &mut TableBuilder,
        text: String,
        kind: CellKind,
        span: (u32, u32),
    ) -> Result<()> {
        self.budget.take_text(text.len())?;
        table.cell(text, kind, span.0, span.1)
    }

    /// Adds a table. Ignores one without cells.
    pub(super) fn end_table(&mut self, table: TableBuilder) -> Result<()> {
        let grid: Grid = table.end()?;
        if grid.cells.is_empty() {
            self.tables -= 1;
        } else {
            self.parts.push(Part::Table(grid));
        }
        Ok(())
    }

    /// Returns the parts and findings.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] if all parts are blank.
    pub(super) fn end(mut self) -> Result<(Vec<Part>, Vec<Finding>)> {
        self.findings.extend(self.covered.finding("XG337"));
        let blank = |part: &Part| match part {
            Part::Paragraph(cell) => cell.is_blank(),
            Part::Table(grid) => grid.cells.iter().all(|(_, cell)| cell.is_blank()),
        };
        if self.parts.iter().all(blank) {
            return Err(Error::new(ErrorKind::Empty));
        }
        Ok((self.parts, self.findings))
    }
}

/// Texts that were not read: how many, and the first one with its location.
#[derive(Default)]
pub(super) struct LeftOut {
    count: usize,
    texts: Vec<String>,
    at: Option<Location>,
}

/// The most texts to keep, and the most characters of the first one that a finding shows.
const MAX_TEXTS: usize = 400;
const MAX_SHOWN: usize = 40;

impl LeftOut {
    /// Counts a text. Ignores white space.
    pub(super) fn add(&mut self, text: &str, at: Option<Location>) {
        let text = text.trim();
        if !text.is_empty() {
            self.count += 1;
            if self.count == 1 {
                self.at = at;
            }
            if self.count <= MAX_TEXTS {
                self.texts.push(text.to_owned());
            }
        }
    }

    /// A finding with this code, if any text was counted.
    pub(super) fn finding(self, code: &str) -> Option<Finding> {
        let shown = |c: char| if c == '\t' { ' ' } else { c };
        let first: String = self.texts.first()?.chars().map(shown).take(MAX_SHOWN).collect();
        let finding = Finding::new(code).with("count", self.count).with("text", first).at(self.at);
        Some(Finding { texts: self.texts, ..finding })
    }
}

/// Builds lines of text as a browser shows them: white space collapses to one space and is trimmed at both ends.
#[derive(Default)]
pub(super) struct Lines {
    done: String,
    line: String,
    /// Whether to separate the next digit from the one before.
    seam: bool,
}

impl Lines {
    /// Adds text. `kept` keeps its spaces and line breaks.
    pub(super) fn push(&mut self, text: &str, kept: bool) {
        for c in text.chars() {
            match c {
                '\n' if kept => self.end_line(),
                '\r' if kept => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if !kept => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{ad}' => {}
                c => {
                    if std::mem::take(&mut self.seam) && c.is_ascii_digit() && self.line.ends_with(is_digit) {
                        self.line.push(' ');
                    }
                    self.line.push(c);
                }
            }
        }
    }

    /// The bytes of the text so far, to be checked before more is added.
    pub(super) fn len(&self) -> usize {
        self.done.len() + self.line.len()
    }

    /// Separates the next digit from the one before, as at the start or end of superscript.
    pub(super) fn seam(&mut self) {
        self.seam = true;
    }

    /// Ends the line. Ignores an empty one.
    pub(super) fn end_line(&mut self) {
        self.seam = false;
        let line = self.line.trim_end_matches(' ');
        if !line.is_empty() {
            if !self.done.is_empty() {
                self.done.push('\n');
            }
            self.done.push_str(line);
        }
        self.line.clear();
    }

    /// Returns the finished lines and starts anew.
    pub(super) fn take(&mut self) -> String {
        self.end_line();
        std::mem::take(&mut self.done)
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}
