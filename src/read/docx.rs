//! Reads Word documents (docx, docm).
//!
//! In: the bytes of a docx file. Out: [`Part`]s in reading order. Called by [`crate::read`].
//!
//! Tracked changes are accepted: insertions are read, deletions are not. Headers, footers, notes and comments are not
//! read. Automatic numbers are not in the file, so they are not in the text either. Source: ECMA-376 Part 1, chapter
//! 17.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::document::Part;
use crate::error::{Error, Result};
use crate::finding::Finding;

use super::Format;
use super::archive::Archive;
use super::block::{self, Block, BlockCell, BlockRow, BlockTable, Rows};
use super::body::{Body, LeftOut, Lines};
use crate::limit::{self, CellBudget};
use crate::read::format::{FormatInfo, FormatReader};

mod element;
mod field;
mod style;

use element::attribute;
use field::Fields;
use style::{Look, Styles, styles};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "docx",
    extensions: &["docx", "docm"],
    any_text: false,
    reader: FormatReader::Binary(|bytes, _| read(bytes)),
};

/// Reads the paragraphs and tables of a document.
///
/// Shape: each table is a [`Grid`](crate::document::Grid) without a name; its cells, also blank ones, are at
/// [`Location::Table`](crate::document::Location::Table). In a cell, line breaks and paragraphs become line breaks.
/// Elsewhere each starts a paragraph.
///
/// # Errors
/// [`Encrypted`](crate::ErrorKind::Encrypted), [`Corrupt`](crate::ErrorKind::Corrupt) or
/// [`TooLarge`](crate::ErrorKind::TooLarge); [`Empty`](crate::ErrorKind::Empty) without any text.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut archive = Archive::open(bytes, Format::Docx)?;
    let main = archive.text("_rels/.rels").ok().and_then(|relations| main_part(&relations));
    let content = archive.text(main.as_deref().unwrap_or("word/document.xml"))?;
    let styles = match content.contains("rStyle") {
        true => archive.text("word/styles.xml").map(|part| styles(&part)).unwrap_or_default(),
        false => Styles::default(),
    };
    let mut walker = DocxWalker { styles, ..DocxWalker::default() };
    let mut reader = Reader::from_str(&content);
    reader.config_mut().expand_empty_elements = true;
    while walker.step(reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))?)? {}
    // Free the XML before the parts are built: it is as large as the blocks.
    drop(content);
    walker.finish()
}

fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Docx.word(), detail)
}

/// The name of the part with the document.
fn main_part(relations: &str) -> Option<String> {
    let mut reader = Reader::from_str(relations);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element)
                if attribute(&element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")) =>
            {
                return attribute(&element, "Target").map(|target| target.trim_start_matches('/').to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn count(element: &BytesStart<'_>) -> u32 {
    attribute(element, "val").and_then(|value| value.parse().ok()).unwrap_or(1)
}

/// The deepest nesting of elements. A nested table takes at most a dozen levels.
const DEPTH: usize = 10_000;

/// Elements that are skipped with their content.
const SKIPPED: [&str; 14] = [
    "del",
    "moveFrom",
    "pPr",
    "sectPr",
    "tblPr",
    "tblGrid",
    "tblPrEx",
    "Fallback",
    "delText",
    "rPrChange",
    "tcPrChange",
    "trPrChange",
    "rt",
    "annotation",
];

/// A table that is not complete yet.
#[derive(Default)]
struct OpenTable {
    rows: Vec<BlockRow>,
    row: BlockRow,
    deleted: bool,
    cell: Option<BlockCell>,
}

/// Properties of the current run of text: its own, and those of its style.
#[derive(Default)]
struct Run {
    own: Look,
    style: Look,
}

impl Run {
    fn look(&self) -> Look {
        self.own.or(self.style)
    }
}

/// The state of reading a document.
#[derive(Default)]
struct DocxWalker {
    blocks: Vec<Block>,
    tables: Vec<OpenTable>,
    lines: Lines,
    run: Run,
    styles: Styles,
    fields: Fields,
    budget: CellBudget,
    /// Depth inside a skipped element.
    skipping: usize,
    /// Depth inside a drawing, and the text of its text boxes.
    drawing: usize,
    boxed: String,
    in_text: bool,
    in_row_properties: bool,
    depth: usize,
    struck: LeftOut,
    hidden: LeftOut,
    boxes: LeftOut,
}

impl DocxWalker {
    /// Handles one event. Returns false at the end.
    fn step(&mut self, event: Event<'_>) -> Result<bool> {
        match event {
            Event::Start(_) if self.skipping > 0 => self.skipping += 1,
            Event::End(_) if self.skipping > 0 => self.skipping -= 1,
            _ if self.skipping > 0 && !matches!(event, Event::Eof) => {}
            Event::Start(element) => self.start(&element)?,
            Event::End(element) => self.end(element.local_name().as_ref())?,
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = || quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned);
                self.text(&character.or_else(named).unwrap_or_else(|| format!("&{};", &*reference)))?;
            }
            Event::Eof if self.depth > 0 => return Err(corrupt("@detail.ends_early")),
            Event::Eof => return Ok(false),
            _ => {}
        }
        Ok(true)
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<()> {
        let name = element.local_name();
        let name = name.as_ref();
        if self.in_row_properties
            && name == "del"
            && let Some(table) = self.tables.last_mut()
        {
            table.deleted = true;
        }
        if SKIPPED.contains(&name) {
            self.skipping = 1;
            return Ok(());
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
        if self.drawing > 0 {
            self.drawing += 1;
            self.in_text = name == "t";
            return Ok(());
        }
        match name {
            "drawing" | "pict" | "object" => self.drawing = 1,
            "tbl" | "tr" | "trPr" | "tc" | "gridBefore" | "gridSpan" | "vMerge" => {
                self.start_in_table(name, element)?
            }
            "r" => self.run = Run::default(),
            "rStyle" => {
                let style = attribute(element, "val").and_then(|id| self.styles.get(&id).copied());
                self.run.style = style.unwrap_or_default();
                self.seam();
            }
            "vanish" | "strike" | "dstrike" | "vertAlign" | "position" => {
                self.run.own.add(element);
                self.seam();
            }
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push("\t"),
            "noBreakHyphen" => self.push("-"),
            "br" | "cr" => self.end_line()?,
            "p" => self.end_line()?,
            "fldChar" | "fldSimple" | "instrText" | "ddList" | "result" | "default" | "listEntry" => {
                let text = self.fields.start(name, element);
                self.field(text);
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds the text of a field. Outside tables, a field without a result has no value.
    fn field(&mut self, text: Option<String>) {
        let in_cell = self.tables.last().is_some_and(|table| table.cell.is_some());
        if let Some(text) = text.filter(|_| in_cell) {
            self.fields.result();
            self.push(&text);
        }
    }

    /// Separates the digits of a mark above or below the line from those next to it.
    fn seam(&mut self) {
        if self.run.look().raised == Some(true) {
            self.lines.seam();
        }
    }

    /// Handles the start of a table, row or cell, or of one of their properties.
    fn start_in_table(&mut self, name: &str, element: &BytesStart<'_>) -> Result<()> {
        match name {
            "tr" => self.budget.take(1)?,
            "tbl" => {
                self.end_line()?;
                self.budget.take(1)?;
                if self.tables.len() >= block::DEPTH {
                    return Err(block::too_deep());
                }
                self.tables.push(OpenTable::default());
            }
            "trPr" => self.in_row_properties = true,
            "tc" => {
                self.budget.take(1)?;
                if let Some(table) = self.tables.last_mut() {
                    table.cell = Some(BlockCell::default());
                }
            }
            "gridBefore" => {
                if let Some(table) = self.tables.last_mut() {
                    table.row.before = count(element);
                }
            }
            "gridSpan" | "vMerge" => {
                if let Some(cell) = self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
                    match name {
                        "gridSpan" => cell.columns = count(element),
                        _ if attribute(element, "val").is_some_and(|value| value == "restart") => {}
                        _ => cell.rows = Rows::Above,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.drawing > 0 {
            self.drawing -= 1;
            self.in_text = false;
            if name == "txbxContent" || self.drawing == 0 {
                self.boxes.add(&std::mem::take(&mut self.boxed), None);
            }
            return Ok(());
        }
        match name {
            "t" => self.in_text = false,
            "r" => {
                self.seam();
                self.run = Run::default();
            }
            "p" => self.end_line()?,
            "trPr" => self.in_row_properties = false,
            "fldSimple" | "instrText" | "ddList" => {
                let text = self.fields.end(name);
                self.field(text);
            }
            "tc" => {
                self.end_line()?;
                if let Some(table) = self.tables.last_mut()
                    && let Some(cell) = table.cell.take()
                {
                    table.row.cells.push(cell);
                }
            }
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    let row = std::mem::take(&mut table.row);
                    if !std::mem::take(&mut table.deleted) {
                        table.rows.push(row);
                    }
                }
            }
            "tbl" => {
                self.end_line()?;
                if let Some(table) = self.tables.pop() {
                    self.add(Block::Table(BlockTable::new(table.rows)));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        // Check here too, because a whole document may be a single line.
        self.budget.check_text(text.len())?;
        if self.in_text {
            self.fields.result();
        }
        if !self.in_text {
            self.fields.text(text);
        } else if self.drawing > 0 {
            self.boxed.push_str(text);
        } else if self.run.look().hidden == Some(true) {
            self.hidden.add(text, None);
        } else if self.run.look().struck == Some(true) {
            self.struck.add(text, None);
        } else {
            self.push(&text.replace(['\n', '\r'], " "));
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if self.run.look().hidden != Some(true) {
            self.lines.push(text, true);
        }
    }

    fn end_line(&mut self) -> Result<()> {
        let line = self.lines.take();
        if !line.is_empty() {
            self.budget.take_text(line.len())?;
            self.add(Block::Line(line));
        }
        Ok(())
    }

    /// Adds a block to the innermost open cell, or else to the document.
    fn add(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(OpenTable { cell: Some(cell), .. }) => cell.blocks.push(block),
            _ => self.blocks.push(block),
        }
    }

    fn finish(mut self) -> Result<(Vec<Part>, Vec<Finding>)> {
        self.end_line()?;
        let mut body = Body::default();
        body.findings.extend(self.hidden.finding("XG334"));
        body.findings.extend(self.struck.finding("XG335"));
        body.findings.extend(self.boxes.finding("XG336"));
        block::emit(self.blocks, &mut body, 0)?;
        body.end()
    }
}

#[cfg(test)]
mod tests;
