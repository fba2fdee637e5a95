//! Reads Word documents (docx, docm).
//!
//! In: the bytes of a docx file. Out: [`Part`]s in reading order. Called by [`crate::read`].
//!
//! Tracked changes are accepted: insertions are read, deletions are not. Headers, footers, notes and comments are not
//! read. Automatic numbers are not in the file, so they are not in the text either. Source: ECMA-376 Part 1, chapter
//! 17.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::document::Part;
use crate::error::{Error, Result};
use crate::finding::Finding;

use super::Format;
use super::archive::Archive;
use super::block::{self, Block, BlockCell, BlockRow, BlockTable, Rows};
use super::body::{Body, LeftOut, Lines};
use crate::limit::{self, CellBudget};

/// Reads the paragraphs and tables of a document.
///
/// Shape: each table is a [`Grid`](crate::document::Grid) without a name; its cells, also blank ones, are at
/// [`Location::Table`](crate::document::Location::Table). In a cell, line breaks and paragraphs become line breaks.
/// Elsewhere each starts a paragraph.
///
/// # Errors
/// [`Encrypted`](crate::ErrorKind::Encrypted), [`Corrupt`](crate::ErrorKind::Corrupt) or
/// [`TooLarge`](crate::ErrorKind::TooLarge); [`Empty`](crate::ErrorKind::Empty) without any text.
pub fn read(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut archive = Archive::open(bytes, Format::Docx)?;
    let main = archive.text("_rels/.rels").ok().and_then(|relations| main_part(&relations));
    let content = archive.text(main.as_deref().unwrap_or("word/document.xml"))?;
    let mut walker = DocxWalker::default();
    let mut reader = Reader::from_str(&content);
    reader.config_mut().expand_empty_elements = true;
    while walker.step(reader.read_event().map_err(|error| corrupt(&error).caused_by(error))?)? {}
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

/// An attribute by its local name.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Explicit1_0).ok().map(|value| value.into_owned())
}

/// Whether a toggle property is on. It is, unless its value says otherwise.
fn is_on(element: &BytesStart<'_>) -> bool {
    !attribute(element, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false" | "off"))
}

fn count(element: &BytesStart<'_>) -> u32 {
    attribute(element, "val").and_then(|value| value.parse().ok()).unwrap_or(1)
}

/// The deepest nesting of elements. A nested table takes at most a dozen levels.
const DEPTH: usize = 10_000;

/// Elements that are skipped with their content.
const PASSED_OVER: [&str; 15] = [
    "del",
    "moveFrom",
    "pPr",
    "sectPr",
    "tblPr",
    "tblGrid",
    "tblPrEx",
    "Fallback",
    "instrText",
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

/// Properties of the current run of text.
#[derive(Default)]
struct Run {
    hidden: bool,
    struck: bool,
}

/// The state of reading a document.
#[derive(Default)]
struct DocxWalker {
    blocks: Vec<Block>,
    tables: Vec<OpenTable>,
    lines: Lines,
    run: Run,
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
        if PASSED_OVER.contains(&name) {
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
            "r" => self.run = Run::default(),
            "vanish" => self.run.hidden = is_on(element),
            "strike" | "dstrike" => self.run.struck |= is_on(element),
            "vertAlign" => self.lines.seam(),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push("\t"),
            "noBreakHyphen" => self.push("-"),
            "br" | "cr" => self.end_line()?,
            "p" => self.end_line()?,
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
            "r" => self.run = Run::default(),
            "p" => self.end_line()?,
            "trPr" => self.in_row_properties = false,
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
        if !self.in_text {
        } else if self.drawing > 0 {
            self.boxed.push_str(text);
        } else if self.run.struck && !self.run.hidden {
            self.struck.add(text, None);
        } else {
            self.push(&text.replace(['\n', '\r'], " "));
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if !self.run.hidden {
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
        body.findings.extend(self.struck.finding("XG335"));
        body.findings.extend(self.boxes.finding("XG336"));
        block::emit(self.blocks, &mut body, 0)?;
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::document::Location;

    fn docx(body: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
        let text = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
        archive.write_all(text.as_bytes()).unwrap();
        archive.finish().unwrap().into_inner()
    }

    fn cell(text: &str) -> String {
        format!("<w:tc>{}</w:tc>", paragraph(text))
    }

    fn paragraph(text: &str) -> String {
        format!("<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>")
    }

    fn row(cells: &[String]) -> String {
        format!("<w:tr>{}</w:tr>", cells.concat())
    }

    /// Paragraphs as text, tables as cells with their ranges.
    fn drawn(body: &str) -> (Vec<String>, Vec<String>) {
        let (parts, findings) = read(&docx(body)).unwrap();
        let draw = |part: &Part| match part {
            Part::Paragraph(cell) => cell.text.clone(),
            Part::Table(grid) => {
                let cells = grid.cells.iter().map(|(at, cell)| {
                    let merged = grid.merged.iter().find(|range| range.first == *at);
                    let reach = merged.map_or_else(String::new, |range| format!(":{}", range.last));
                    format!("{at}{reach}={}", cell.text.replace('\n', "⏎"))
                });
                format!("[{}]", cells.collect::<Vec<_>>().join(" "))
            }
            Part::Report(_) => String::new(),
        };
        let codes = findings.iter().map(|found| format!("{} {}", found.code, found.arguments["text"])).collect();
        (parts.iter().map(draw).collect(), codes)
    }

    #[test]
    fn paragraphs_and_tables_come_in_reading_order_with_spans() {
        let span = |columns: u32, merge: &str, text: &str| {
            format!("<w:tc><w:tcPr><w:gridSpan w:val='{columns}'/>{merge}</w:tcPr>{}</w:tc>", paragraph(text))
        };
        let (restart, more) = ("<w:vMerge w:val='restart'/>", "<w:vMerge/>");
        let body = paragraph("前  文")
            + "<w:tbl><w:tblPr><w:tblW w:w='5'/></w:tblPr><w:tblGrid/>"
            + &row(&[span(2, restart, "头"), span(2, "", "申请人")])
            + &row(&[span(2, more, ""), cell("甲"), cell("乙")])
            + &row(&[span(2, more, "旧"), cell("1"), cell("")])
            + "<w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr>"
            + &cell("2")
            + &cell("3")
            + "</w:tr>"
            + &row(&[cell("左"), cell("右"), span(2, "", "4")])
            + "</w:tbl>"
            + &paragraph("后文");
        let (parts, codes) = drawn(&body);
        assert_eq!(
            parts,
            ["前  文", "[A1:B3=头 C1:D1=申请人 C2=甲 D2=乙 C3=1 D3= C4=2 D4=3 A5=左 B5=右 C5:D5=4]", "后文"]
        );
        assert_eq!(codes, ["XG337 旧"]);
        let (parts, _) = read(&docx(&body)).unwrap();
        let Part::Table(grid) = &parts[1] else { panic!("a table") };
        assert_eq!(grid.cells[2].1.at, Location::Table { table: 1, row: 2, cell: 1 });
    }

    #[test]
    fn the_text_is_the_one_with_changes_accepted() {
        let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
        let body = format!(
            "<w:p><w:pPr><w:tabs><w:tab/></w:tabs><w:rPr><w:vanish/></w:rPr></w:pPr>{}<w:del><w:r><w:delText>5</w:delText></w:r></w:del>\
             <w:ins>{}</w:ins>{}{}{}<w:r><w:tab/><w:t>&amp;&#x4e19;</w:t><w:br/><w:t>次行</w:t></w:r></w:p>\
             <w:tbl>{}<w:tr><w:trPr><w:del/></w:trPr>{}{}</w:tr></w:tbl>",
            run("", "1"),
            run("", "7"),
            run("<w:strike/>", "8"),
            run("<w:vanish/>", "9"),
            run("<w:strike w:val='0'/><w:vertAlign w:val='superscript'/>", "2"),
            row(&[cell("甲"), cell("乙")]),
            cell("删"),
            cell("去"),
        );
        let (parts, codes) = drawn(&body);
        assert_eq!(parts, ["17 2\t&丙", "次行", "[A1=甲 B1=乙]"]);
        assert_eq!(codes, ["XG335 8"]);
    }

    #[test]
    fn text_boxes_are_named_and_tables_that_lay_out_taken_apart() {
        let text_box = "<w:p><w:r><w:drawing><a><w:txbxContent><w:p><w:r><w:t>框中</w:t></w:r></w:p></w:txbxContent></a></w:drawing></w:r></w:p>";
        let inner = format!("<w:tbl>{}</w:tbl>", row(&[cell("甲"), cell("1")]));
        let boxed = format!("<w:tbl>{}</w:tbl>", row(&[cell("盒")]));
        let body = format!("{text_box}<w:tbl>{}</w:tbl>", row(&[cell("栏"), format!("<w:tc>{inner}{boxed}</w:tc>")]));
        assert_eq!(drawn(&body), (vec!["栏".into(), "[A1=甲 B1=1]".into(), "盒".into()], vec!["XG336 框中".into()]));
    }

    #[test]
    fn nesting_without_end_and_files_cut_short_are_refused() {
        let nested = |depth: usize| {
            "<w:tbl><w:tr><w:tc>".repeat(depth) + &paragraph("甲") + &"</w:tc></w:tr></w:tbl>".repeat(depth)
        };
        assert_eq!(drawn(&nested(200)).0, ["甲"]);
        assert!(matches!(read(&docx(&nested(100_000))).unwrap_err().kind(), crate::ErrorKind::TooLarge { .. }));
        assert!(matches!(read(&docx(&nested(3)[..30])).unwrap_err().kind(), crate::ErrorKind::Corrupt { .. }));
        assert!(matches!(read(&docx("<w:p/>")).unwrap_err().kind(), crate::ErrorKind::Empty { .. }));
    }
}
