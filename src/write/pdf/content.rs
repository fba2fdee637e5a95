//! What stands on one page, as drawing operations with the marks that structure needs.

use std::collections::BTreeMap;

use printpdf::{DictItem, Line, LineCapStyle, LinePoint, Op, PdfFontHandle, Point, Pt, TextItem};

use super::typeface::{Glyph, Typefaces};
use super::{points, utf16};
use crate::layout::page::{Page, Rule, Source, TextBox, TextLine};
use crate::layout::{Block, CellRole, Layout, LineKind};

/// A page's operations, and the piece of the layout that each marked stretch of them shows.
pub(super) struct Drawn {
    pub(super) operations: Vec<Op>,
    /// By the number of the mark (MCID).
    pub(super) marks: Vec<Source>,
}

/// The structure element that a piece of the layout belongs to; none for what is repeated.
pub(super) fn element(layout: &Layout, source: Source) -> Option<&'static str> {
    match source {
        Source::Line { block, .. } => match &layout.form.blocks[block] {
            Block::Line(line) if line.kind == LineKind::Title => Some("H1"),
            Block::Line(line) if line.kind == LineKind::Heading => Some("H2"),
            _ => Some("P"),
        },
        Source::Cell { block, row, cell } => match &layout.form.blocks[block] {
            Block::Table(table) if table.rows[row].cells[cell].role == CellRole::Data => Some("TD"),
            _ => Some("TH"),
        },
        Source::Repeated { .. } | Source::PageNumber => None,
    }
}

/// Draws a page.
pub(super) fn draw(layout: &Layout, page: &Page, typefaces: &Typefaces) -> Drawn {
    let height = layout.form.page.height;
    let mut drawing = Drawing { typefaces, height, operations: Vec::new(), font: None };
    let mut marks = Vec::new();
    drawing.rules(&page.rules);
    for text in &page.texts {
        if text.lines.is_empty() {
            continue;
        }
        match element(layout, text.source) {
            Some(tag) => {
                let number = DictItem::Int(marks.len() as i64);
                drawing.begin(tag, BTreeMap::from([("MCID".to_owned(), number)]));
                marks.push(text.source);
            }
            None => drawing.begin("Artifact", pagination(text.source)),
        }
        drawing.text(text);
        drawing.operations.push(Op::EndMarkedContent);
    }
    Drawn { operations: drawing.operations, marks }
}

/// What is said of a piece that stands on the page only because the page ends.
fn pagination(source: Source) -> BTreeMap<String, DictItem> {
    let name = |name: &str| DictItem::Name(name.as_bytes().to_vec());
    let subtype = if source == Source::PageNumber { "Footer" } else { "Header" };
    BTreeMap::from([("Type".to_owned(), name("Pagination")), ("Subtype".to_owned(), name(subtype))])
}

struct Drawing<'a> {
    typefaces: &'a Typefaces,
    height: f64,
    operations: Vec<Op>,
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
        for line in &text.lines {
            self.operations.push(Op::StartTextSection);
            self.operations.push(Op::SetTextCursor { pos: self.point((line.x, line.baseline)) });
            self.line(text, line);
            self.operations.push(Op::EndTextSection);
        }
    }

    /// Shows a line in stretches of one font each; characters that no font has stand alone, with what they really are.
    fn line(&mut self, text: &TextBox, line: &TextLine) {
        let size = (text.style.size * 1000.0).round() as f32 / 1000.0;
        let mut stretch = String::new();
        for character in line.text.chars() {
            let Some(glyph) = self.typefaces.glyph(text.style.font, character) else { continue };
            let changes = self.font != Some((glyph.font, size));
            if changes || glyph.substitute {
                self.show(&mut stretch);
            }
            if changes {
                self.font = Some((glyph.font, size));
                let font = PdfFontHandle::External(self.typefaces.id(glyph.font));
                self.operations.push(Op::SetFont { font, size: Pt(size) });
            }
            if glyph.substitute {
                self.substitute(glyph, character);
            } else {
                stretch.push(glyph.shown);
            }
        }
        self.show(&mut stretch);
    }

    fn substitute(&mut self, glyph: Glyph, character: char) {
        let actual = DictItem::String { data: utf16(character.encode_utf8(&mut [0; 4])), literal: false };
        self.begin("Span", BTreeMap::from([("ActualText".to_owned(), actual)]));
        self.show(&mut glyph.shown.to_string());
        self.operations.push(Op::EndMarkedContent);
    }

    fn show(&mut self, stretch: &mut String) {
        if !stretch.is_empty() {
            self.operations.push(Op::ShowText { items: vec![TextItem::Text(std::mem::take(stretch))] });
        }
    }
}
