//! The state of reading the XML of a Word document, from the first element to its blocks.
//!
//! In: events. Out: [`Part`]s and findings. Called by [`super::read`] and the readers beside it.

use quick_xml::events::{BytesStart, Event};

use crate::document::Part;
use crate::error::Result;
use crate::finding::Finding;
use crate::limit::{self, CellBudget};
use crate::read::beside::Beside;
use crate::read::block::{self, Block, BlockCell, BlockTable, Rows};
use crate::read::body::{Body, Lines};
use crate::read::markup::{Step, step};

use super::element::{attribute, corrupt, is_on};
use super::field::Fields;
use super::frame::{Frame, OpenTable, Run};
use super::style::Styles;

fn count(element: &BytesStart<'_>) -> u32 {
    attribute(element, "val").and_then(|value| value.parse().ok()).unwrap_or(1)
}

/// The deepest nesting of elements. A nested table takes at most a dozen levels.
const DEPTH: usize = 10_000;

/// Elements that are skipped with their content.
const SKIPPED: [&str; 13] = [
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
];

/// Whether an element is a note within the text.
fn is_note(name: &str) -> bool {
    matches!(name, "footnote" | "endnote")
}

/// The state of reading a document.
#[derive(Default)]
pub(super) struct DocxWalker {
    pub(super) blocks: Vec<Block>,
    pub(super) tables: Vec<OpenTable>,
    pub(super) lines: Lines,
    /// Whether the line belongs to the paragraph of the line before.
    is_continued: bool,
    pub(super) run: Run,
    styles: Styles,
    pub(super) fields: Fields,
    budget: CellBudget,
    /// Depth inside a skipped element.
    skipping: usize,
    /// Depth inside a drawing, and the text in it that is in no text box.
    pub(super) drawing: usize,
    boxed: String,
    /// What is around the open text boxes.
    pub(super) outer: Vec<Frame>,
    pub(super) in_text: bool,
    in_row_properties: bool,
    depth: usize,
    /// Whether the document is of Word 2003, where marks of revisions and notes are around text.
    is_2003: bool,
    pub(super) beside: Beside,
}

impl DocxWalker {
    /// At the start of a document.
    pub(super) fn new(styles: Styles, is_2003: bool) -> Self {
        Self { styles, is_2003, ..Self::default() }
    }

    /// Handles one event. Returns false at the end.
    pub(super) fn step(&mut self, event: Event<'_>) -> Result<bool> {
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

    /// Whether an annotation of Word 2003 is around text to read: all are, but deletions and comments. In other documents, it
    /// is one of a formula.
    fn is_kept(&self, element: &BytesStart<'_>) -> bool {
        let kind = || attribute(element, "type").unwrap_or_default();
        self.is_2003 && !matches!(&*kind(), "Word.Deletion" | "Word.Comment" | "Word.Formatting")
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
        if SKIPPED.contains(&name)
            || (name == "annotation" && !self.is_kept(element))
            || (self.is_2003 && is_note(name))
        {
            self.skipping = 1;
            return Ok(());
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
        if name == "txbxContent" {
            self.open_frame();
            return Ok(());
        }
        if self.drawing > 0 {
            self.drawing += 1;
            self.in_text = name == "t";
            self.beside.pictures += usize::from(matches!(name, "blip" | "imagedata"));
            return Ok(());
        }
        match name {
            "drawing" | "pict" | "object" => self.drawing = 1,
            "tbl" | "tr" | "trPr" | "tc" | "gridBefore" | "gridSpan" | "vMerge" | "vmerge" | "hidden" => {
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
            "sym" => self.push(&symbol(element).to_string()),
            "br" | "cr" => self.break_line()?,
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
            "hidden" if self.in_row_properties => {
                if let Some(table) = self.tables.last_mut() {
                    table.row.is_hidden = is_on(element);
                }
            }
            "gridBefore" => {
                if let Some(table) = self.tables.last_mut() {
                    table.row.before = count(element);
                }
            }
            "gridSpan" | "vMerge" | "vmerge" => {
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
            if self.drawing == 0 {
                self.beside.boxes.leave_out(&std::mem::take(&mut self.boxed));
            }
            return Ok(());
        }
        if name == "txbxContent" {
            return self.close_frame();
        }
        match name {
            "t" => self.in_text = false,
            "r" => {
                self.seam();
                self.run = Run::default();
            }
            "p" => {
                self.end_line()?;
                self.add_boxes();
            }
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
                self.add_boxes();
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        // Check here too, because a whole document may be a single line.
        self.budget.check_text(self.lines.len() + text.len())?;
        if self.in_text {
            self.fields.result();
        }
        if !self.in_text {
            self.fields.text(text);
        } else if self.drawing > 0 {
            self.boxed.push_str(text);
        } else if self.run.look().hidden == Some(true) {
            self.beside.hidden.add(text, None);
        } else if self.run.look().struck == Some(true) {
            self.beside.struck.add(text, None);
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

    pub(super) fn end_line(&mut self) -> Result<()> {
        let is_continued = std::mem::take(&mut self.is_continued);
        let line = self.lines.take();
        if !line.is_empty() {
            self.budget.take_text(line.len())?;
            self.add(if is_continued { Block::Continued(line) } else { Block::Line(line) });
        }
        Ok(())
    }

    /// Ends a line whose paragraph goes on.
    fn break_line(&mut self) -> Result<()> {
        let is_continued = self.is_continued || self.lines.len() > 0;
        self.end_line()?;
        self.is_continued = is_continued;
        Ok(())
    }

    /// Adds a block to the innermost open cell, or else to the document.
    fn add(&mut self, block: Block) {
        match self.tables.last_mut() {
            Some(OpenTable { cell: Some(cell), .. }) => cell.blocks.push(block),
            _ => self.blocks.push(block),
        }
    }

    pub(super) fn finish(mut self) -> Result<(Vec<Part>, Vec<Finding>)> {
        self.end_line()?;
        self.add_boxes();
        let mut body = Body::default();
        self.beside.finish(&mut body);
        block::emit(self.blocks, &mut body, 0)?;
        body.end()
    }
}

/// The character of a symbol. Those of symbol fonts have no code in Unicode; beside a digit they may be anything.
fn symbol(element: &BytesStart<'_>) -> char {
    let code = attribute(element, "char").and_then(|code| u32::from_str_radix(&code, 16).ok());
    let is_of_unicode = |c: &char| !matches!(c, '\u{e000}'..='\u{f8ff}');
    code.and_then(char::from_u32).filter(is_of_unicode).unwrap_or(char::REPLACEMENT_CHARACTER)
}
