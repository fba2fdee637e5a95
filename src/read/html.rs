//! Reads web pages, also those that Excel, WPS and Word save with the extension .xls or .doc.
//!
//! In: the decoded text of a page. Out: [`Part`]s in reading order. Called by [`crate::read`] and [`super::mht`].
//!
//! `html5ever`, through `scraper`, builds the same tree as a browser. What a browser hides is not read, except for
//! the rows of tables, which are hidden rows of the grid. A table that
//! contains data tables only lays out the page: its inner tables become tables, and its other text becomes paragraphs.
//! A table with a single cell is a box around text.

use std::collections::BTreeSet;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::node::{Element, Node};
use scraper::{Html, HtmlTreeSink};

mod elements;
mod look;

use crate::document::{CellKind, Location, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use elements::{data_tables, image, is_block, is_hidden, is_hidden_by, is_mark, is_never_shown, is_struck};
use look::Looks;

use super::body::{Body, LeftOut, Lines};
use super::span::TableBuilder;
use crate::limit;
use crate::read::format::{FormatInfo, FormatReader, parts_read};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "html",
    extensions: &["html", "htm"],
    any_text: true,
    parts: &parts_read::PAGE,
    reader: FormatReader::Text(|text, _| read(text)),
};

/// The deepest nesting and the most nodes of a page, and the number of bytes parsed between checks of both.
const DEPTH: usize = 2000;
const NODES: usize = 800_000;
const STRETCH: usize = 4096;

/// The start of a page that is searched for its title, in bytes.
const HEAD: usize = 64 * 1024;

/// The most attributes of one tag. The parser compares each with all others.
const ATTRIBUTES: usize = 2000;

/// Reads the paragraphs and tables of a page.
///
/// Shape: each table is a [`Grid`](crate::document::Grid) without a name; its cells, also blank ones, are at
/// [`Location::Table`]. In a cell, `<br>` and paragraphs become line breaks. Elsewhere each starts a paragraph.
/// No-break spaces stay. If Excel stored a number besides the one shown (`x:num`), the cell has the stored one.
///
/// # Errors
/// [`ErrorKind::Empty`] without any text; [`ErrorKind::Unsupported`] for a frameset, whose sheets are in other files;
/// [`ErrorKind::TooLarge`] beyond a limit.
///
/// Source: WHATWG HTML, "Forming a table" and "Rendering".
pub(super) fn read(text: &str) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut body = Body::default();
    let frames = read_into(text, &mut body)?;
    match body.end() {
        Err(error) if frames && matches!(error.kind(), ErrorKind::Empty) => {
            Err(Error::new(ErrorKind::Unsupported { found: "@format.frameset".to_owned() }))
        }
        outcome => outcome,
    }
}

/// The title of a page: the text of its `<title>`, which no browser shows in the page itself.
pub(super) fn title(text: &str) -> Option<String> {
    // It is in the head. A page of one line is searched no further than its start.
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let lower = text[..end].to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = quick_xml::escape::unescape(&text[start..end]).unwrap_or_else(|_| text[start..end].into());
    let title: Vec<&str> = title.split_whitespace().collect();
    (!title.is_empty()).then(|| title.join(" "))
}

/// Adds the paragraphs and tables of a page to a document. Returns whether the page is a frameset.
pub(super) fn read_into(text: &str, body: &mut Body) -> Result<bool> {
    let page = parse(text)?;
    let mut walker = HtmlWalker::new(&page, body);
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => walker.open(node.id(), node.value())?,
            Edge::Close(node) => walker.close(node.id(), node.value())?,
        }
    }
    walker.end()?;
    Ok(page.tree.nodes().any(|node| node.value().as_element().is_some_and(|tag| tag.name() == "frameset")))
}

/// Parses a page within limits. Without them, a few kilobytes can become a tree of gigabytes.
fn parse(text: &str) -> Result<Html> {
    check_attributes(text)?;
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let end = (STRETCH.min(rest.len())..rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        parser.process(StrTendril::from_slice(&rest[..end]));
        rest = &rest[end..];
        let page = parser.tokenizer.sink.sink.0.borrow();
        let mut nodes = page.tree.nodes();
        if nodes.len() > NODES {
            return Err(limit::too_large("@format.many_elements", NODES));
        }
        if nodes.next_back().is_some_and(|last| last.ancestors().nth(DEPTH).is_some()) {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
    }
    Ok(parser.finish())
}

/// Rejects a tag with too many attributes.
fn check_attributes(text: &str) -> Result<()> {
    let (mut words, mut quote, mut inside, mut before) = (0usize, None, false, 0u8);
    for byte in text.bytes() {
        match (inside, quote) {
            (false, _) => {
                inside = before == b'<' && byte.is_ascii_alphabetic();
                words = 0;
            }
            (true, Some(mark)) if byte == mark => quote = None,
            (true, Some(_)) => {}
            (true, None) => match byte {
                b'>' => inside = false,
                b'"' | b'\'' if before == b'=' => quote = Some(byte),
                _ if before.is_ascii_whitespace() || matches!(before, b'/' | b'"' | b'\'') => words += 1,
                _ => {}
            },
        }
        if words > ATTRIBUTES {
            return Err(limit::too_large("@format.many_elements", ATTRIBUTES));
        }
        before = byte;
    }
    Ok(())
}

/// A cell that is not complete yet.
struct OpenCell {
    id: NodeId,
    span: (u32, u32),
    stored: Option<String>,
    numeric: bool,
    /// An image in it, as text.
    image: Option<String>,
}

/// A table that is not complete yet.
struct OpenTable {
    id: NodeId,
    builder: TableBuilder,
    /// Nesting depth of single-cell tables inside it.
    boxes: usize,
    cell: Option<OpenCell>,
}

/// The state of reading a page.
struct HtmlWalker<'a> {
    data: BTreeSet<NodeId>,
    looks: Looks,
    body: &'a mut Body,
    table: Option<OpenTable>,
    lines: Lines,
    /// The outermost hidden element, and whether its text is one that a table hides.
    hidden: Option<(NodeId, bool)>,
    struck: Option<NodeId>,
    /// The open elements with marks above or below the line.
    marks: Vec<NodeId>,
    /// Nesting depth of elements that keep white space.
    kept: usize,
    hidden_cells: LeftOut,
    struck_texts: LeftOut,
}

impl<'a> HtmlWalker<'a> {
    fn new(page: &Html, body: &'a mut Body) -> Self {
        Self {
            data: data_tables(page),
            looks: Looks::of(page),
            body,
            table: None,
            lines: Lines::default(),
            hidden: None,
            struck: None,
            marks: Vec::new(),
            kept: 0,
            hidden_cells: LeftOut::default(),
            struck_texts: LeftOut::default(),
        }
    }

    fn place(&self) -> Location {
        match &self.table {
            Some(table) => table.builder.next_place(),
            None => self.body.next_place(),
        }
    }

    /// Ends a line. Outside a cell, the line becomes a paragraph.
    fn end_line(&mut self) -> Result<()> {
        self.lines.end_line();
        if self.table.as_ref().is_none_or(|table| table.cell.is_none()) {
            let text = self.lines.take();
            for line in text.split('\n') {
                self.body.paragraph(line.to_owned())?;
            }
        }
        Ok(())
    }

    fn open(&mut self, id: NodeId, node: &Node) -> Result<()> {
        match node {
            Node::Text(text) if self.hidden.is_some_and(|(_, in_table)| in_table) => {
                let place = self.place();
                self.hidden_cells.add(text, Some(place));
            }
            Node::Text(_) if self.hidden.is_some() => {}
            Node::Text(text) if self.struck.is_some() => {
                let place = self.place();
                self.struck_texts.add(text, Some(place));
            }
            Node::Text(text) => self.lines.push(text, self.kept > 0),
            Node::Element(tag) if self.hidden.is_none() => self.open_element(id, tag)?,
            _ => {}
        }
        Ok(())
    }

    fn open_element(&mut self, id: NodeId, tag: &Element) -> Result<()> {
        let name = tag.name();
        let look = self.looks.look(tag);
        // Outside tables, scripts often show what the styles of a page hide.
        let is_hidden = is_hidden(tag) || (self.table.is_some() && is_hidden_by(look, tag));
        let own_row = self.table.as_mut().filter(|table| name == "tr" && table.boxes == 0);
        if let Some(table) = own_row.filter(|_| is_hidden && !is_never_shown(tag)) {
            // The reader of the table decides whether its values count.
            table.builder.row();
            table.builder.hide_row();
            return Ok(());
        }
        if is_hidden {
            let in_table = self.table.is_some() && !is_never_shown(tag);
            self.hidden = Some((id, in_table));
            // A hidden row has no cells, but those above may span it.
            if let Some(table) = self.table.as_mut().filter(|table| name == "tr" && table.boxes == 0) {
                table.builder.row();
            }
            return Ok(());
        }
        if self.struck.is_none() && is_struck(tag, look) {
            self.struck = Some(id);
        }
        if is_block(name) {
            self.end_line()?;
        }
        if is_mark(tag, look) {
            self.lines.seam();
            self.marks.push(id);
        }
        match name {
            "pre" | "textarea" => self.kept += 1,
            "input" if matches!(tag.attr("type").unwrap_or("text"), "text" | "number" | "tel") => {
                self.lines.push(tag.attr("value").unwrap_or_default(), false);
            }
            "img" => {
                if let Some(cell) = self.table.as_mut().and_then(|table| table.cell.as_mut()) {
                    cell.image = cell.image.take().or_else(|| image(tag));
                }
            }
            _ => {}
        }
        self.open_in_table(id, tag);
        Ok(())
    }

    /// Handles the start of a table, row or cell.
    fn open_in_table(&mut self, id: NodeId, tag: &Element) {
        let name = tag.name();
        match &mut self.table {
            None if self.data.contains(&id) => {
                let builder = self.body.begin_table();
                self.table = Some(OpenTable { id, builder, boxes: 0, cell: None });
            }
            None => {}
            Some(table) if name == "table" => table.boxes += 1,
            Some(table) if table.boxes > 0 => {}
            Some(table) => match name {
                "thead" | "tbody" | "tfoot" => table.builder.section(),
                "tr" => table.builder.row(),
                "td" | "th" => {
                    let span = |name| tag.attr(name).and_then(leading_number).unwrap_or(1);
                    table.cell = Some(OpenCell {
                        id,
                        span: (span("colspan").max(1), span("rowspan")),
                        stored: tag.attr("x:num").filter(|stored| !stored.is_empty()).map(str::to_owned),
                        numeric: tag.attr("x:num").is_some(),
                        image: None,
                    });
                }
                _ => {}
            },
        }
    }

    fn close(&mut self, id: NodeId, node: &Node) -> Result<()> {
        let Node::Element(tag) = node else { return Ok(()) };
        if let Some((hidden, _)) = self.hidden {
            if hidden == id {
                self.hidden = None;
            }
            return Ok(());
        }
        let name = tag.name();
        if is_block(name) {
            self.end_line()?;
        }
        if self.struck == Some(id) {
            self.struck = None;
        }
        if self.marks.pop_if(|mark| *mark == id).is_some() {
            self.lines.seam();
        }
        if matches!(name, "pre" | "textarea") {
            self.kept = self.kept.saturating_sub(1);
        }
        let Some(table) = &mut self.table else { return Ok(()) };
        if table.id == id {
            if let Some(table) = self.table.take() {
                self.body.end_table(table.builder)?;
            }
        } else if let Some(cell) = table.cell.take_if(|cell| cell.id == id) {
            let mut shown = self.lines.take();
            // A number may be in the image, so the cell is not blank.
            if let Some(image) = cell.image.filter(|_| shown.trim().is_empty()) {
                shown = image;
            }
            let (text, kind) = stored_or_shown(cell.stored, cell.numeric, shown);
            self.body.cell(&mut table.builder, text, kind, cell.span)?;
        } else if name == "table" {
            table.boxes = table.boxes.saturating_sub(1);
        }
        Ok(())
    }

    fn end(mut self) -> Result<()> {
        self.end_line()?;
        self.body.findings.extend(self.hidden_cells.finding("XG334"));
        self.body.findings.extend(self.struck_texts.finding("XG335"));
        Ok(())
    }
}

/// The number at the start of a text, as browsers parse numbers in attributes.
fn leading_number(text: &str) -> Option<u32> {
    let digits: String = text.trim_start().chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { None } else { Some(digits.parse().unwrap_or(u32::MAX)) }
}

/// The number that Excel stored with a cell, if the cell shows a plain number and not a date or a percentage.
fn stored_or_shown(stored: Option<String>, numeric: bool, shown: String) -> (String, CellKind) {
    let plain: String = shown.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '¥' | '￥')).collect();
    let is_number = plain == "-" || plain.parse::<f64>().is_ok_and(f64::is_finite);
    match stored.as_deref().map(|stored| stored.trim().parse::<f64>()) {
        Some(Ok(number)) if is_number && number.is_finite() => (super::sheet::number(number), CellKind::Number),
        _ if numeric && is_number => (shown, CellKind::Number),
        _ => (shown, CellKind::Text),
    }
}

#[cfg(test)]
mod tests;
