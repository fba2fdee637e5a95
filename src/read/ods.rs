//! Reads OpenDocument spreadsheets (ods, fods).
//!
//! In: the bytes of an ods file, or the text of a fods file. Out: one [`Grid`](crate::document::Grid) for each sheet.
//! Called by [`crate::read`].
//!
//! `calamine` could read ods, but it ignores merged cells and does not terminate on a truncated `content.xml`. Source:
//! OpenDocument 1.3 Part 3, chapters 6 and 9.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::markup::{Step, step};
use crate::document::{CellKind, CellRef, MergedRange, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::archive::Archive;
use super::formula::{Formula, Notation};
use super::sheet::{self, SheetBuilder};
use super::{Format, ReadOptions, limit};
use crate::read::format::{FormatInfo, FormatReader, parts_read};

mod element;
mod mark;

use element::{attribute, count, is_hidden};
use mark::Mark;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "ods",
    extensions: &["ods"],
    any_text: false,
    parts: &parts_read::SHEETS,
    reader: FormatReader::Binary(read),
};

pub(super) const FLAT: FormatInfo = FormatInfo {
    name: "fods",
    extensions: &["fods"],
    any_text: false,
    parts: &parts_read::SHEETS,
    reader: FormatReader::Text(read_flat),
};

/// The most rows and columns of a sheet. Repetitions beyond them are ignored.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Reads the sheets of an ods file.
///
/// A formula gives the value saved with it, or else what [`super::formula`] calculates. Numbers stay as stored. Comments are not read.
///
/// # Errors
/// [`ErrorKind::Encrypted`], [`ErrorKind::Corrupt`], [`ErrorKind::TooLarge`] or [`ErrorKind::SheetNotFound`].
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut archive = Archive::open_document(bytes, Format::Ods)?;
    let content = archive.text("content.xml")?;
    read_content(&content, options)
}

/// Reads the sheets of a fods file, a spreadsheet as a single XML file, from its decoded text.
///
/// # Errors
/// [`ErrorKind::Corrupt`], [`ErrorKind::TooLarge`] or [`ErrorKind::SheetNotFound`].
pub(super) fn read_flat(text: &str, options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    read_content(text, options).map_err(|mut error| {
        if let ErrorKind::Corrupt { format, .. } = error.kind_mut() {
            *format = Format::Fods.word();
        }
        error
    })
}

fn read_content(content: &str, options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    let names = names(content)?;
    let wanted = sheet::choose(&names.iter().map(String::as_str).collect::<Vec<_>>(), options)?;
    let mut walker = OdsWalker { wanted, ..OdsWalker::default() };
    let mut reader = Reader::from_str(content);
    reader.config_mut().expand_empty_elements = true;
    while walker.step(reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))?)? {}
    sheet::finish(walker.builder.end()?, options)
}

fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Ods.word(), detail)
}

/// The names of all sheets. They are needed to choose one before reading it.
fn names(content: &str) -> Result<Vec<String>> {
    let mut reader = Reader::from_str(content);
    let mut names = Vec::new();
    let mut depth = 0usize;
    loop {
        match reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))? {
            Event::Start(element) if element.local_name().as_ref() == "table" => {
                if depth == 0 {
                    names.push(attribute(&element, "table:name").unwrap_or_default());
                }
                depth += 1;
            }
            Event::End(element) if element.local_name().as_ref() == "table" => depth = depth.saturating_sub(1),
            Event::Eof => break,
            _ => {}
        }
        if names.len() > limit::SHEETS {
            return Err(limit::too_large(names.len(), limit::SHEETS));
        }
    }
    Ok(names)
}

/// A cell that is not complete yet.
#[derive(Default)]
struct OpenCell {
    kind: CellKind,
    value: Option<String>,
    text: String,
    paragraphs: usize,
    repeated: u32,
    /// The formula of a cell that has no result, unless it has text.
    formula: Option<String>,
    /// The marks of the cell and of the open spans in it.
    marks: Vec<Mark>,
    /// Whether the next digit is apart from the one before.
    seam: bool,
    struck: String,
}

impl OpenCell {
    fn mark(&self) -> Mark {
        self.marks.last().copied().unwrap_or_default()
    }
}

/// The state of reading `content.xml`.
#[derive(Default)]
struct OdsWalker {
    builder: SheetBuilder,
    wanted: Option<usize>,
    /// The number of sheets started so far, and the nesting depth of tables.
    sheets: usize,
    depth: usize,
    /// Whether to read the current sheet.
    reading: bool,
    /// The styles that hide their table, and the style being defined.
    hiding: BTreeSet<String>,
    style: String,
    marks: BTreeMap<String, Mark>,
    row: u32,
    column: u32,
    row_repeated: u32,
    row_cells: Vec<(u32, String, CellKind)>,
    /// The bytes of text in `row_cells`.
    row_text: usize,
    cell: Option<OpenCell>,
    /// Depth inside a skipped element, such as a comment.
    skipping: usize,
}

impl OdsWalker {
    /// Handles one event. Returns false at the end.
    fn step(&mut self, event: Event<'_>) -> Result<bool> {
        match step(event, &mut self.skipping) {
            Step::Start(element) => self.start(&element)?,
            Step::End(element) => self.end(element.local_name().as_ref())?,
            Step::Text(text) => self.text(&text)?,
            Step::Nothing => {}
            Step::Eof if self.depth > 0 || self.skipping > 0 => return Err(corrupt("@detail.ends_early")),
            Step::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<()> {
        match element.local_name().as_ref() {
            "style" => self.style = attribute(element, "style:name").unwrap_or_default(),
            "table-properties" if attribute(element, "table:display").is_some_and(|shown| shown == "false") => {
                self.hiding.insert(self.style.clone());
            }
            "text-properties" => {
                self.marks.insert(self.style.clone(), Mark::of(|name| attribute(element, name)));
            }
            "span" => self.open_span(element),
            "table" => {
                self.depth += 1;
                if self.depth == 1 {
                    self.reading = self.wanted.is_none_or(|wanted| wanted == self.sheets);
                    self.sheets += 1;
                    (self.row, self.column) = (0, 0);
                    let hidden =
                        attribute(element, "table:style-name").is_some_and(|style| self.hiding.contains(&style));
                    if self.reading {
                        self.builder.begin(&attribute(element, "table:name").unwrap_or_default(), hidden);
                    }
                }
            }
            "table-column" if self.depth == 1 => {
                let repeated = count(element, "table:number-columns-repeated", COLUMNS);
                let last = self.column.saturating_add(repeated).min(COLUMNS);
                if self.reading && is_hidden(element) && self.column < last {
                    self.builder.hide_columns(self.column, last - 1);
                }
                self.column = last;
            }
            "table-row" if self.depth == 1 => {
                self.column = 0;
                self.row_repeated = count(element, "table:number-rows-repeated", ROWS);
                let last = self.row.saturating_add(self.row_repeated).min(ROWS);
                if self.reading && is_hidden(element) && self.row < last {
                    self.builder.hide_rows(self.row, last - 1);
                }
            }
            "table-cell" | "covered-table-cell" if self.depth == 1 => self.open_cell(element)?,
            "annotation" | "tracked-changes" | "shapes" | "ruby-text" => self.skipping = 1,
            "p" | "h" => {
                if let Some(cell) = &mut self.cell {
                    if cell.paragraphs > 0 {
                        cell.text.push('\n');
                    }
                    cell.paragraphs += 1;
                }
            }
            "s" => {
                let spaces = count(element, "text:c", 1000);
                self.put(&" ".repeat(spaces as usize))?;
            }
            "tab" => self.put("\t")?,
            "line-break" => self.put("\n")?,
            _ => {}
        }
        Ok(())
    }

    /// Starts a span. Its style adds to those around it.
    fn open_span(&mut self, element: &BytesStart<'_>) {
        let style = attribute(element, "text:style-name").and_then(|style| self.marks.get(&style).copied());
        if let Some(cell) = &mut self.cell {
            let mark = cell.mark().and(style.unwrap_or_default());
            cell.seam |= mark.raised;
            cell.marks.push(mark);
        }
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<()> {
        let mut cell =
            OpenCell { repeated: count(element, "table:number-columns-repeated", COLUMNS), ..OpenCell::default() };
        let style = attribute(element, "table:style-name").and_then(|style| self.marks.get(&style).copied());
        cell.marks.push(style.unwrap_or_default());
        let is_error = attribute(element, "calcext:value-type").is_some_and(|kind| kind == "error");
        let value = |name| attribute(element, name);
        (cell.kind, cell.value) = match attribute(element, "office:value-type").as_deref() {
            _ if is_error => (CellKind::Error, None),
            Some("float" | "percentage" | "currency") => {
                let stored = value("office:value");
                let printed = stored.as_deref().and_then(|text| text.parse().ok()).map(sheet::number);
                (CellKind::Number, printed.or(stored))
            }
            Some("date") => (CellKind::Date, value("office:date-value")),
            Some("time") => (CellKind::Date, value("office:time-value")),
            Some("boolean") => (CellKind::Boolean, value("office:boolean-value").map(|text| text.to_uppercase())),
            _ => (CellKind::Text, value("office:string-value")),
        };
        // A result that is text may be empty.
        let is_text = value("office:value-type").is_some_and(|kind| kind == "string");
        cell.formula = if is_text { None } else { value("table:formula") };
        let columns = count(element, "table:number-columns-spanned", COLUMNS);
        let rows = count(element, "table:number-rows-spanned", ROWS);
        if self.reading && (rows > 1 || columns > 1) {
            let first = CellRef::new(self.row, self.column);
            let last = CellRef::new(self.row.saturating_add(rows - 1), self.column.saturating_add(columns - 1));
            self.builder.merge(MergedRange { first, last })?;
        }
        self.cell = Some(cell);
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<()> {
        match name {
            "span" => {
                if let Some(cell) = self.cell.as_mut().filter(|cell| cell.marks.len() > 1) {
                    cell.seam |= cell.mark().raised;
                    cell.marks.pop();
                }
            }
            "table-cell" | "covered-table-cell" if self.depth == 1 => {
                let Some(mut cell) = self.cell.take() else { return Ok(()) };
                self.strike(&mut cell);
                let text = cell.value.filter(|value| !value.is_empty()).unwrap_or(cell.text);
                if let (true, true, Some(formula)) = (self.reading, text.is_empty(), &cell.formula) {
                    self.formula(formula, cell.repeated)?;
                }
                if self.reading && !text.is_empty() {
                    let last = self.column.saturating_add(cell.repeated).min(COLUMNS);
                    self.row_text += text.len().saturating_mul(last.saturating_sub(self.column) as usize);
                    self.builder.check_text(self.row_text)?;
                    for column in self.column..last {
                        self.row_cells.push((column, text.clone(), cell.kind));
                    }
                    if self.row_cells.len() > limit::CELLS {
                        return Err(limit::too_large("@format.many_cells", limit::CELLS));
                    }
                }
                self.column = self.column.saturating_add(cell.repeated);
            }
            "table-row" if self.depth == 1 => {
                let cells = std::mem::take(&mut self.row_cells);
                self.row_text = 0;
                if !cells.is_empty() {
                    for row in self.row..self.row.saturating_add(self.row_repeated).min(ROWS) {
                        for (column, text, kind) in &cells {
                            self.builder.push(CellRef::new(row, *column), text.clone(), *kind)?;
                        }
                    }
                }
                self.row = self.row.saturating_add(self.row_repeated);
            }
            "table" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    /// Leaves out what is struck out in a cell, or the whole cell, and names it.
    fn strike(&mut self, cell: &mut OpenCell) {
        if cell.mark().struck {
            cell.struck.push_str(cell.value.as_deref().filter(|value| !value.is_empty()).unwrap_or(&cell.text));
            (cell.value, cell.formula) = (None, None);
            cell.text.clear();
        }
        if self.reading && !cell.struck.is_empty() {
            self.builder.leave_out(CellRef::new(self.row, self.column), &cell.struck, false);
        }
    }

    /// Adds cells with a formula without a result. Repeated ones are not calculated.
    fn formula(&mut self, text: &str, repeated: u32) -> Result<()> {
        for row in self.row..self.row.saturating_add(self.row_repeated).min(ROWS) {
            for column in self.column..self.column.saturating_add(repeated).min(COLUMNS) {
                let at = CellRef::new(row, column);
                let is_simple = self.row_repeated == 1 && repeated == 1;
                let formula = Formula::of_cell(text, Notation::OpenDocument, at);
                self.builder.formula(at, Formula { is_simple, ..formula })?;
            }
        }
        Ok(())
    }

    /// Adds text. White space collapses (OpenDocument 6.1.2); further spaces are elements.
    fn text(&mut self, text: &str) -> Result<()> {
        let Some(cell) = self.cell.as_mut().filter(|cell| cell.paragraphs > 0) else { return Ok(()) };
        self.builder.check_text(self.row_text + cell.text.len() + text.len())?;
        let mark = cell.mark();
        if mark.struck && cell.marks.len() > 1 {
            cell.struck.push_str(text);
            return Ok(());
        }
        for c in text.chars() {
            if std::mem::take(&mut cell.seam) && c.is_ascii_digit() && cell.text.ends_with(|c: char| c.is_ascii_digit())
            {
                cell.text.push(' ');
            }
            let space = matches!(c, ' ' | '\t' | '\r' | '\n');
            if !space {
                cell.text.push(c);
            } else if !cell.text.is_empty() && !cell.text.ends_with([' ', '\n']) {
                cell.text.push(' ');
            }
        }
        Ok(())
    }

    fn put(&mut self, text: &str) -> Result<()> {
        if let Some(cell) = &mut self.cell {
            self.builder.check_text(self.row_text + cell.text.len())?;
            cell.text.push_str(text);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
