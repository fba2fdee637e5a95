//! Reads Word 97–2003 documents (doc, wps).
//!
//! In: the bytes of a compound file with a Word document. Out: [`Part`]s in reading order. Called by [`crate::read`].
//!
//! `office_oxide` parses the format and accepts all tracked changes. What it cannot read becomes a finding. As in
//! [`super::docx`], headers, footers, notes and comments are not read. Source: MS-DOC.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use office_oxide::doc::DocError;
use office_oxide::format::DocumentFormat;
use office_oxide::ir::{Element, InlineContent, List, Table, TextSpan};
use office_oxide::limits::Limits;
use office_oxide::options::ParseOptions;
use office_oxide::{Document, OfficeError};

use crate::document::Part;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::Format;
use super::block::{self, Block, BlockCell, BlockRow, BlockTable, Rows};
use super::body::{Body, LeftOut, Lines};
use super::boxes::Boxes;
use super::piece_table;
use crate::limit::{self, CellBudget};
use crate::read::format::{FormatInfo, FormatReader, parts_read};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "doc",
    extensions: &["doc", "wps"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Binary(|bytes, _| read(bytes)),
};

/// Reads the paragraphs and tables of a document, in the same shape as [`super::docx::read`].
///
/// # Errors
/// [`ErrorKind::Encrypted`], [`ErrorKind::Corrupt`] or [`ErrorKind::TooLarge`]; [`ErrorKind::Empty`] without any text.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    let work = || read_document(bytes);
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(corrupt("@detail.structure")))
}

fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Doc.word(), detail)
}

fn read_document(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    piece_table::check(bytes)?;
    let mut options = ParseOptions::default();
    options.limits = Limits::strict();
    options.limits.text_chars = limit::CELL_TEXT / 4;
    options.limits.memory_bytes = limit::INFLATED;
    let opened = Document::from_reader_with(Cursor::new(bytes.to_vec()), DocumentFormat::Doc, &options);
    let document = opened.map_err(|error| match error {
        OfficeError::Doc(DocError::Encrypted) => Error::new(ErrorKind::Encrypted),
        error => corrupt("@detail.structure").caused_by(error),
    })?;
    let lost: Vec<String> =
        document.damage().iter().filter(|damage| damage.is_loss()).map(ToString::to_string).collect();
    let mut walker = DocWalker::default();
    let (mut blocks, mut margins) = (Vec::new(), LeftOut::default());
    for section in document.to_ir().sections {
        walker.elements(&section.elements, &mut blocks, 0)?;
        let (headers, footers) = (
            [&section.header, &section.first_page_header, &section.even_page_header],
            [&section.footer, &section.first_page_footer, &section.even_page_footer],
        );
        for margin in headers.into_iter().chain(footers).flatten() {
            let (mut inner, mut text) = (Vec::new(), String::new());
            walker.elements(&margin.content, &mut inner, 1)?;
            block::join(&inner, &mut text);
            margins.add(&text, None);
        }
    }
    let mut body = Body::default();
    if let Some(first) = lost.first() {
        body.findings.push(Finding::new("XG338").with("count", lost.len()).with("detail", first));
    }
    body.findings.extend(walker.struck.finding("XG335"));
    blocks.extend(walker.boxes.take());
    walker.boxes.finish(&mut body);
    body.findings.extend(margins.finding("XG394"));
    block::emit(blocks, &mut body, 0)?;
    body.end()
}

/// Converts the document of `office_oxide` to blocks.
#[derive(Default)]
struct DocWalker {
    budget: CellBudget,
    struck: LeftOut,
    boxes: Boxes,
}

impl DocWalker {
    fn elements(&mut self, elements: &[Element], blocks: &mut Vec<Block>, depth: usize) -> Result<()> {
        if depth > block::DEPTH {
            return Err(block::too_deep());
        }
        for element in elements {
            match element {
                Element::Heading(heading) => self.lines(&heading.content, blocks)?,
                Element::Paragraph(paragraph) => self.lines(&paragraph.content, blocks)?,
                Element::CodeBlock(code) => self.text(&code.content, blocks)?,
                Element::List(list) => self.list(list, blocks, depth)?,
                Element::Table(table) => {
                    let table = self.table(table, depth)?;
                    blocks.push(Block::Table(table));
                }
                Element::TextBox(text_box) => {
                    let mut inner = Vec::new();
                    self.elements(&text_box.content, &mut inner, depth + 1)?;
                    self.boxes.add(inner, depth > 0);
                }
                _ => {}
            }
            if depth == 0 {
                blocks.extend(self.boxes.take());
            }
        }
        Ok(())
    }

    /// Converts a list: each item, followed by its sublists.
    fn list(&mut self, list: &List, blocks: &mut Vec<Block>, depth: usize) -> Result<()> {
        for item in &list.items {
            self.elements(&item.content, blocks, depth + 1)?;
            if let Some(nested) = &item.nested {
                if depth > block::DEPTH {
                    return Err(block::too_deep());
                }
                self.list(nested, blocks, depth + 1)?;
            }
        }
        Ok(())
    }

    fn table(&mut self, table: &Table, depth: usize) -> Result<BlockTable> {
        let mut rows = Vec::new();
        for row in &table.rows {
            let mut cells = Vec::new();
            for cell in &row.cells {
                self.budget.take(1)?;
                let mut blocks = Vec::new();
                self.elements(&cell.content, &mut blocks, depth + 1)?;
                cells.push(BlockCell { columns: cell.col_span, rows: Rows::Span(cell.row_span.max(1)), blocks });
            }
            rows.push(BlockRow { cells, ..BlockRow::default() });
        }
        Ok(BlockTable::new(rows))
    }

    fn lines(&mut self, content: &[InlineContent], blocks: &mut Vec<Block>) -> Result<()> {
        let mut lines = Lines::default();
        for piece_table in content {
            match piece_table {
                InlineContent::Text(span) => self.span(span, &mut lines),
                InlineContent::LineBreak => lines.end_line(),
                _ => {}
            }
        }
        let text = lines.take();
        self.text(&text, blocks)
    }

    fn span(&mut self, span: &TextSpan, lines: &mut Lines) {
        if span.strikethrough {
            self.struck.add(&span.text, None);
            return;
        }
        if span.vertical_align.is_some() {
            lines.seam();
        }
        lines.push(&span.text, true);
        if span.vertical_align.is_some() {
            lines.seam();
        }
    }

    fn text(&mut self, text: &str, blocks: &mut Vec<Block>) -> Result<()> {
        for line in text.lines().filter(|line| !line.is_empty()) {
            self.budget.take_text(line.len())?;
            blocks.push(Block::Line(line.to_owned()));
        }
        Ok(())
    }
}
