//! The state of reading the XML of an OpenDocument text.
//!
//! In: events. Out: [`Part`]s and findings. Called by [`super::read`].

use quick_xml::events::{BytesStart, Event};

use crate::document::Part;
use crate::error::Result;
use crate::finding::Finding;
use crate::limit::{self, CellBudget};
use crate::read::beside::Beside;
use crate::read::block::{self, BlockCell, Rows};
use crate::read::body::{Body, LeftOut};
use crate::read::look::Look;
use crate::read::markup::{Step, step};

use super::element::{attribute, corrupt, count};
use super::frame::{Apart, Frame, OpenTable};
use super::style::Styles;

/// The deepest nesting of elements.
const DEPTH: usize = 10_000;

/// Elements that are skipped with their content: deleted text among them.
const SKIPPED: [&str; 10] = [
    "tracked-changes",
    "ruby-text",
    "forms",
    "font-face-decls",
    "automatic-styles",
    "scripts",
    "note-citation",
    "desc",
    "index-title-template",
    "meta",
];

/// The state of reading a document.
#[derive(Default)]
pub(super) struct OdtWalker {
    pub styles: Styles,
    pub(super) frame: Frame,
    /// What is around each open text that is apart, with its kind and depth.
    pub(super) outer: Vec<(Apart, usize, Frame)>,
    pub(super) budget: CellBudget,
    pub(super) depth: usize,
    /// Depth inside a skipped element.
    skipping: usize,
    /// Whether the text of the document has begun.
    in_text: bool,
    pub(super) covered: LeftOut,
    pub(super) beside: Beside,
}

impl OdtWalker {
    /// Handles one event. Returns false at the end.
    pub(super) fn step(&mut self, event: Event<'_>) -> Result<bool> {
        match step(event, &mut self.skipping) {
            Step::Start(element) => self.start(&element)?,
            Step::End(element) => self.end(element.local_name().as_ref())?,
            Step::Text(text) => self.text(&text, false)?,
            Step::Nothing => {}
            Step::Eof if self.depth > 0 || self.skipping > 0 => return Err(corrupt("@detail.ends_early")),
            Step::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<()> {
        let name = element.local_name();
        let name = name.as_ref();
        let is = |prefix: &str| element.name().prefix().is_some_and(|found| found.as_ref() == prefix);
        // The title of a picture is not on the page; that of the document, a field, is.
        if SKIPPED.contains(&name) || (name == "title" && is("svg")) {
            self.skipping = 1;
            return Ok(());
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
        match name {
            "text" if is("office") => self.in_text = true,
            "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first" if is("style") => {
                self.open_frame(Apart::Margin);
            }
            "p" | "h" => {
                self.end_line()?;
                self.frame.in_paragraph = true;
                let look = self.styles.look("paragraph", attribute(element, "style-name"));
                self.frame.looks = vec![look];
            }
            "span" => {
                let own = self.styles.look("text", attribute(element, "style-name"));
                self.frame.looks.push(own.or(self.look()));
                self.seam();
            }
            "s" => {
                let spaces = " ".repeat(count(element, "c") as usize);
                self.text(&spaces, true)?;
            }
            "tab" => self.text("\t", true)?,
            "line-break" => self.end_line()?,
            "note" | "annotation" => self.open_frame(Apart::Note),
            "section" | "hidden-text" | "hidden-paragraph" if is_hidden(element) => self.open_frame(Apart::Hidden),
            "frame" | "g" | "a" | "object" | "object-ole" if is("draw") => {}
            "image" if is("draw") => self.beside.pictures += 1,
            _ if is("draw") => self.open_frame(Apart::Box),
            "table" | "table-row" | "table-cell" | "covered-table-cell" if is("table") => {
                self.start_in_table(name, element)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Handles the start of a table, row or cell.
    fn start_in_table(&mut self, name: &str, element: &BytesStart<'_>) -> Result<()> {
        self.budget.take(1)?;
        if name == "table" {
            self.end_line()?;
            if self.frame.tables.len() >= block::DEPTH {
                return Err(block::too_deep());
            }
            self.frame.tables.push(OpenTable::default());
        }
        let Some(table) = self.frame.tables.last_mut() else { return Ok(()) };
        match name {
            "table-row" => table.rows_repeated = count(element, "number-rows-repeated"),
            "table-cell" | "covered-table-cell" => {
                table.is_covered = name == "covered-table-cell";
                table.repeated = count(element, "number-columns-repeated");
                table.formula = attribute(element, "formula");
                let rows = Rows::Span(count(element, "number-rows-spanned"));
                let columns = count(element, "number-columns-spanned");
                table.cell = Some(BlockCell { columns, rows, blocks: Vec::new() });
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<()> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if self.outer.last().is_some_and(|(_, opened, _)| *opened == depth) {
            return self.close_frame();
        }
        match name {
            "p" | "h" => {
                self.end_line()?;
                self.frame.in_paragraph = false;
                self.frame.looks.clear();
                self.add_boxes();
            }
            "span" => {
                self.seam();
                if self.frame.looks.len() > 1 {
                    self.frame.looks.pop();
                }
            }
            "table-cell" | "covered-table-cell" => self.end_cell()?,
            "table-row" => self.end_row()?,
            "table" => self.end_table()?,
            _ => {}
        }
        Ok(())
    }

    fn look(&self) -> Look {
        self.frame.looks.last().copied().unwrap_or_default()
    }

    /// Separates the digits of a mark above or below the line from those next to it.
    fn seam(&mut self) {
        if self.look().raised == Some(true) {
            self.frame.lines.seam();
        }
    }

    /// Adds text of a paragraph. White space collapses (OpenDocument 6.1.2); further spaces are elements.
    fn text(&mut self, text: &str, kept: bool) -> Result<()> {
        if !self.frame.in_paragraph || (!self.in_text && self.outer.is_empty()) {
            return Ok(());
        }
        self.budget.check_text(self.frame.lines.len() + text.len())?;
        let look = self.look();
        match () {
            () if look.hidden == Some(true) => self.beside.hidden.add(text, None),
            () if look.struck == Some(true) => self.beside.struck.add(text, None),
            () => self.frame.lines.push(text, kept),
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(Vec<Part>, Vec<Finding>)> {
        self.end_line()?;
        let mut body = Body::default();
        self.beside.finish(&mut body);
        body.covered = self.covered;
        block::emit(self.frame.blocks, &mut body, 0)?;
        body.end()
    }
}

/// Whether a section or a field is hidden.
fn is_hidden(element: &BytesStart<'_>) -> bool {
    let value = |name| attribute(element, name);
    let by_condition =
        value("display").is_some_and(|shown| shown == "condition") && value("is-hidden").is_some_and(|is| is == "true");
    let is_field = value("display").is_none() && value("is-hidden").is_some_and(|is| is == "true");
    value("display").is_some_and(|shown| shown == "none") || by_condition || is_field
}
