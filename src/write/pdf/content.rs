//! What stands on one page: what is fixed as printpdf's operations, a report's own as the bytes of a content stream.
//!
//! Text is cut into the same stretches for both. Fixed text is drawn once a form and printpdf writes it; the texts of a
//! report are drawn for each, where its operations would cost more than all else, so that their few operators are written
//! here. A page's text is one text object, in which each line stands so far from the one before: rows of equal height are
//! then the same bytes, which deflate well.

use std::collections::BTreeMap;

use printpdf::{DictItem, Line, LineCapStyle, LinePoint, Op, PdfFontHandle, Point, Pt, TextItem};

use super::object::{decimal, hexadecimal, integer};
use super::typeface::{Glyph, name_of};
use super::{hundredths, points, utf16};
use crate::layout::page::{Page, Rule, Source, TextBox, TextLine};
use crate::layout::{Block, CellRole, Form, LineKind};

/// A page's operations, and the piece of the form that each marked stretch of them shows.
pub(super) struct Drawn {
    pub(super) operations: Vec<Op>,
    /// By the number of the mark (MCID).
    pub(super) marks: Vec<Source>,
}

/// The structure element that a piece of the form belongs to; none for what is repeated.
pub(super) fn element(form: &Form, source: Source) -> Option<&'static str> {
    match source {
        Source::Line { block, .. } => match &form.blocks[block] {
            Block::Line(line) if line.kind == LineKind::Title => Some("H1"),
            Block::Line(line) if line.kind == LineKind::Heading => Some("H2"),
            _ => Some("P"),
        },
        Source::Cell { block, row, cell } => match &form.blocks[block] {
            Block::Table(table) if table.rows[row].cells[cell].role == CellRole::Data => Some("TD"),
            _ => Some("TH"),
        },
        Source::Repeated { .. } | Source::PageNumber => None,
    }
}

/// What is said of a piece that stands on the page only because the page ends.
fn pagination(source: Source) -> &'static str {
    if source == Source::PageNumber { "Footer" } else { "Header" }
}

/// A size in points, to a thousandth.
fn size(text: &TextBox) -> f32 {
    (text.style.size * 1000.0).round() as f32 / 1000.0
}

/// Where the line before begins, in hundredths of a point from the lower left corner: text moves from there.
#[derive(Default)]
struct Cursor {
    x: i64,
    y: i64,
}

impl Cursor {
    /// The way to a line, in points, on a page of some height in mm.
    fn step(&mut self, line: &TextLine, height: f64) -> (f32, f32) {
        let from = std::mem::replace(self, Self { x: hundredths(line.x), y: hundredths(height - line.baseline) });
        ((self.x - from.x) as f32 / 100.0, (self.y - from.y) as f32 / 100.0)
    }
}

/// Characters of a line that are shown together.
struct Stretch {
    font: usize,
    glyphs: Vec<Glyph>,
    /// The character meant, where no font has it; it stands alone.
    actual: Option<char>,
}

/// A line in stretches of one font each.
fn stretches(line: &TextLine, glyph: &dyn Fn(char) -> Option<Glyph>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::with_capacity(1);
    for character in line.text.chars() {
        let Some(glyph) = glyph(character) else { continue };
        match stretches.last_mut() {
            Some(last) if last.font == glyph.font && last.actual.is_none() && !glyph.substitute => {
                last.glyphs.push(glyph);
            }
            _ => {
                let actual = glyph.substitute.then_some(character);
                let mut glyphs = Vec::with_capacity(if actual.is_some() { 1 } else { line.text.len().div_ceil(2) });
                glyphs.push(glyph);
                stretches.push(Stretch { font: glyph.font, glyphs, actual });
            }
        }
    }
    stretches
}

/// Draws what is fixed on a page.
pub(super) fn draw(form: &Form, page: &Page, glyph: &dyn Fn(&TextBox, char) -> Option<Glyph>) -> Drawn {
    let (operations, cursor) = (Vec::new(), Cursor::default());
    let mut drawing = Drawing { glyph, height: form.page.height, operations, cursor, font: None };
    let mut marks = Vec::new();
    drawing.rules(&page.rules);
    drawing.operations.push(Op::StartTextSection);
    for text in &page.texts {
        if text.lines.is_empty() {
            continue;
        }
        match element(form, text.source) {
            Some(tag) => {
                let number = DictItem::Int(marks.len() as i64);
                drawing.begin(tag, BTreeMap::from([("MCID".to_owned(), number)]));
                marks.push(text.source);
            }
            None => {
                let name = |name: &str| DictItem::Name(name.as_bytes().to_vec());
                let (kind, subtype) = (name("Pagination"), name(pagination(text.source)));
                drawing.begin("Artifact", BTreeMap::from([("Type".to_owned(), kind), ("Subtype".to_owned(), subtype)]));
            }
        }
        drawing.text(text);
        drawing.operations.push(Op::EndMarkedContent);
    }
    drawing.operations.push(Op::EndTextSection);
    Drawn { operations: drawing.operations, marks }
}

struct Drawing<'a> {
    glyph: &'a dyn Fn(&TextBox, char) -> Option<Glyph>,
    height: f64,
    operations: Vec<Op>,
    cursor: Cursor,
    /// The font and size in force.
    font: Option<(usize, f32)>,
}

impl Drawing<'_> {
    fn begin(&mut self, tag: &str, properties: BTreeMap<String, DictItem>) {
        let properties = DictItem::Dict { map: properties };
        self.operations.push(Op::BeginMarkedContentWithProperties { tag: tag.to_owned(), properties });
    }

    fn point(&self, (x, y): (f64, f64)) -> Point {
        Point { x: Pt(points(x)), y: Pt(points(self.height - y)) }
    }

    fn rules(&mut self, rules: &[Rule]) {
        if rules.is_empty() {
            return;
        }
        self.operations.push(Op::BeginMarkedContent { tag: "Artifact".to_owned() });
        self.operations.push(Op::SetLineCapStyle { cap: LineCapStyle::ProjectingSquare });
        let mut width = None;
        for rule in rules {
            if width.replace(rule.width) != Some(rule.width) {
                self.operations.push(Op::SetOutlineThickness { pt: Pt(rule.width as f32) });
            }
            let ends = [rule.from, rule.to].map(|end| LinePoint { p: self.point(end), bezier: false });
            self.operations.push(Op::DrawLine { line: Line { points: ends.to_vec(), is_closed: false } });
        }
        self.operations.push(Op::EndMarkedContent);
    }

    fn text(&mut self, text: &TextBox) {
        let size = size(text);
        for line in &text.lines {
            let (x, y) = self.cursor.step(line, self.height);
            self.operations.push(Op::SetTextCursor { pos: Point { x: Pt(x), y: Pt(y) } });
            for stretch in stretches(line, &|character| (self.glyph)(text, character)) {
                if self.font != Some((stretch.font, size)) {
                    self.font = Some((stretch.font, size));
                    let font = PdfFontHandle::External(printpdf::FontId(name_of(stretch.font)));
                    self.operations.push(Op::SetFont { font, size: Pt(size) });
                }
                if let Some(character) = stretch.actual {
                    let actual = DictItem::String { data: utf16(character.encode_utf8(&mut [0; 4])), literal: false };
                    self.begin("Span", BTreeMap::from([("ActualText".to_owned(), actual)]));
                }
                let shown = stretch.glyphs.iter().map(|glyph| glyph.shown).collect();
                self.operations.push(Op::ShowText { items: vec![TextItem::Text(shown)] });
                if stretch.actual.is_some() {
                    self.operations.push(Op::EndMarkedContent);
                }
            }
        }
    }
}

/// The content stream of a report's own texts on a page, drawn one after the other.
pub(super) struct Own<'a> {
    glyph: &'a dyn Fn(&TextBox, char) -> Option<Glyph>,
    height: f64,
    cursor: Cursor,
    font: Option<(usize, f32)>,
    bytes: Vec<u8>,
}

impl<'a> Own<'a> {
    pub(super) fn new(form: &Form, glyph: &'a dyn Fn(&TextBox, char) -> Option<Glyph>) -> Self {
        let mut bytes = Vec::with_capacity(8 * 1024);
        bytes.extend_from_slice(b"BT\n");
        Self { glyph, height: form.page.height, cursor: Cursor::default(), font: None, bytes }
    }

    /// Draws a text under its mark: the structure element's tag and the mark's number, none where it is repeated.
    ///
    /// A blank is marked too, since the structure of a form does not depend on what fills it.
    pub(super) fn text(&mut self, text: &TextBox, mark: Option<(&str, usize)>) {
        match mark {
            Some((tag, number)) => {
                self.bytes.push(b'/');
                self.bytes.extend_from_slice(tag.as_bytes());
                self.bytes.extend_from_slice(b"<</MCID ");
                integer(number as i64, &mut self.bytes);
            }
            None => {
                self.bytes.extend_from_slice(b"/Artifact<</Type/Pagination/Subtype/");
                self.bytes.extend_from_slice(pagination(text.source).as_bytes());
            }
        }
        self.bytes.extend_from_slice(b">>BDC\n");
        for line in &text.lines {
            self.line(text, line);
        }
        self.bytes.extend_from_slice(b"EMC\n");
    }

    fn line(&mut self, text: &TextBox, line: &TextLine) {
        let size = size(text);
        let (x, y) = self.cursor.step(line, self.height);
        decimal(x, &mut self.bytes);
        self.bytes.push(b' ');
        decimal(y, &mut self.bytes);
        self.bytes.extend_from_slice(b" Td\n");
        for stretch in stretches(line, &|character| (self.glyph)(text, character)) {
            if self.font != Some((stretch.font, size)) {
                self.font = Some((stretch.font, size));
                self.bytes.extend_from_slice(b"/X");
                integer(stretch.font as i64, &mut self.bytes);
                self.bytes.push(b' ');
                decimal(size, &mut self.bytes);
                self.bytes.extend_from_slice(b" Tf\n");
            }
            if let Some(character) = stretch.actual {
                self.bytes.extend_from_slice(b"/Span<</ActualText<");
                utf16(character.encode_utf8(&mut [0; 4]))
                    .into_iter()
                    .for_each(|byte| hexadecimal(byte, &mut self.bytes));
                self.bytes.extend_from_slice(b">>>BDC\n");
            }
            self.bytes.push(b'<');
            for glyph in &stretch.glyphs {
                glyph.code.to_be_bytes().into_iter().for_each(|byte| hexadecimal(byte, &mut self.bytes));
            }
            self.bytes.extend_from_slice(b">Tj\n");
            if stretch.actual.is_some() {
                self.bytes.extend_from_slice(b"EMC\n");
            }
        }
    }

    /// The content stream.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(b"ET\n");
        self.bytes
    }
}
