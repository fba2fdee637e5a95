//! Draws the pages of a form with printpdf: rules, labels and page numbers, in reading order, with a marker at each slot.
//!
//! In: a page of the layout. Out: printpdf's operations, and from the content stream that it makes of them a
//! [`FormPage`]: the rules, and the text cut at the markers, so that a report's own texts go between the pieces.

use std::collections::BTreeMap;

use printpdf::{DictItem, FontId, Line, LineCapStyle, LinePoint, Op, PdfFontHandle, Point, Pt};

use super::content::{self, FixedText, Mark, SizedFont, TextState};
use super::object::{failed, hundredths, utf16};
use super::typeface::{FontPair, Glyph};
use crate::error::Result;
use crate::layout::Form;
use crate::layout::page::{Page, Rule, SlotBox, Source, TextBox, TextLine};

/// A drawn page of a form.
#[derive(Debug, Default)]
pub(super) struct FormPage {
    /// The content stream of its rules.
    pub(super) rules: Vec<u8>,
    /// The fixed text before each slot, and after the last.
    pub(super) texts: Vec<FixedText>,
    /// The mark of each slot.
    pub(super) slots: Vec<Mark>,
    /// The piece of the form behind each mark's number.
    pub(super) marks: Vec<Source>,
}

/// The name of the markers that cut a content stream into rules, the start of the text object, for each text what leads to
/// it and itself, and the end of the text object.
const MARKER: &str = "Cut";

impl FormPage {
    /// Room for the text of the page with what fills its slots.
    pub(super) fn capacity(&self) -> usize {
        self.texts.iter().map(|text| text.bytes.len()).sum::<usize>() + 96 * self.texts.len()
    }

    /// Fills in rules and texts from the content stream that printpdf made.
    ///
    /// It is cut at the markers and not parsed: parsing takes twice as long as all that printpdf does.
    pub(super) fn fill(&mut self, content: &[u8]) -> Result<()> {
        let marker = format!("/{MARKER} MP");
        let mut pieces = Vec::new();
        let mut from = 0;
        for at in memchr::memmem::find_iter(content, marker.as_bytes()) {
            pieces.push(content[from..at].trim_ascii());
            from = at + marker.len();
        }
        pieces.push(content[from..].trim_ascii());
        let [rules, _begin, texts @ .., _end] = pieces.as_slice() else { return Err(failed("no markers")) };
        if texts.len() != 2 * self.texts.len() {
            return Err(failed(format!("{} pieces for {} texts", texts.len(), self.texts.len())));
        }
        self.rules = rules.to_vec();
        // What leads to a text depends on the slot before it, and is written for each report.
        for (text, [_, operators]) in self.texts.iter_mut().zip(texts.as_chunks().0) {
            text.bytes = operators.to_vec();
            text.bytes.push(b'\n');
        }
        Ok(())
    }
}

/// The name of a font in printpdf's document and in the file.
pub(super) fn font_name(font: usize) -> String {
    format!("X{font}")
}

/// Draws a page: its operations, and the page without what they become.
pub(super) fn page(form: &Form, page: &Page, fonts: &FontPair<'_>) -> (Vec<Op>, FormPage) {
    let mut drawing = Drawing {
        form,
        fonts,
        ops: Vec::with_capacity(8 * page.texts.len() + 3 * page.rules.len()),
        state: TextState::default(),
        is_started: false,
        page: FormPage { texts: vec![FixedText::default()], ..FormPage::default() },
    };
    drawing.rules(&page.rules);
    drawing.cut();
    drawing.ops.push(Op::StartTextSection);
    drawing.cut();
    let mut slots = page.slots.iter().peekable();
    for text in page.texts.iter().filter(|text| !text.lines.is_empty()) {
        while let Some(slot) = slots.next_if(|slot| reading_order(slot.source) < reading_order(text.source)) {
            drawing.slot(slot);
        }
        drawing.text(text);
    }
    slots.for_each(|slot| drawing.slot(slot));
    drawing.end_text();
    drawing.cut();
    drawing.ops.push(Op::EndTextSection);
    (drawing.ops, drawing.page)
}

/// What texts and slots of a page are ordered by: block, row and cell; the page number comes last.
///
/// What is repeated at the top of a page belongs to earlier rows of the same table.
fn reading_order(source: Source) -> (usize, usize, usize) {
    match source {
        Source::Line { block, part } => (block, 0, part),
        Source::Cell { block, row, cell } | Source::Repeated { block, row, cell } => (block, row, cell),
        Source::PageNumber => (usize::MAX, 0, 0),
    }
}

struct Drawing<'a> {
    form: &'a Form,
    fonts: &'a FontPair<'a>,
    ops: Vec<Op>,
    state: TextState,
    /// Whether anything is drawn since the last slot.
    is_started: bool,
    page: FormPage,
}

impl Drawing<'_> {
    fn rules(&mut self, rules: &[Rule]) {
        if rules.is_empty() {
            return;
        }
        self.ops.push(Op::BeginMarkedContent { tag: "Artifact".to_owned() });
        // Square ends, so that corners are whole.
        self.ops.push(Op::SetLineCapStyle { cap: LineCapStyle::ProjectingSquare });
        let mut width = None;
        for rule in rules {
            if width.replace(rule.width) != Some(rule.width) {
                self.ops.push(Op::SetOutlineThickness { pt: Pt(rule.width as f32) });
            }
            let point = |(x, y): (f64, f64)| {
                let p = point((hundredths(x), hundredths(self.form.page.height - y)));
                LinePoint { p, bezier: false }
            };
            let line = Line { points: vec![point(rule.from), point(rule.to)], is_closed: false };
            self.ops.push(Op::DrawLine { line });
        }
        self.ops.push(Op::EndMarkedContent);
    }

    /// Ends a piece of text, leaves a marker and starts the next piece.
    fn slot(&mut self, slot: &SlotBox) {
        self.end_text();
        self.cut();
        let mark = self.mark(slot.source);
        self.page.slots.push(mark);
        self.page.texts.push(FixedText::default());
        (self.state, self.is_started) = (TextState::default(), false);
    }

    fn end_text(&mut self) {
        if !self.is_started {
            self.cut();
        }
        if let Some(text) = self.page.texts.last_mut() {
            text.end = self.state;
        }
    }

    fn cut(&mut self) {
        self.ops.push(Op::Marker { id: MARKER.to_owned() });
    }

    /// The mark of the next text.
    fn mark(&mut self, source: Source) -> Mark {
        let tag = content::element(self.form, source)?;
        self.page.marks.push(source);
        Some((tag, self.page.marks.len() - 1))
    }

    fn text(&mut self, text: &TextBox) {
        let mark = self.mark(text.source);
        let mut lines = text.lines.iter();
        if !self.is_started {
            self.start(text);
        }
        let is_first = !std::mem::replace(&mut self.is_started, true);
        let (tag, properties) = match mark {
            Some((tag, number)) => (tag, vec![("MCID", DictItem::Int(number as i64))]),
            None => {
                let name = |name: &str| DictItem::Name(name.as_bytes().to_vec());
                let subtype = name(content::pagination(text.source));
                ("Artifact", vec![("Type", name("Pagination")), ("Subtype", subtype)])
            }
        };
        self.begin(tag, properties);
        if is_first && let Some(line) = lines.next() {
            self.show(text, line);
        }
        for line in lines {
            self.move_to(line);
            self.show(text, line);
        }
        self.ops.push(Op::EndMarkedContent);
    }

    /// Moves to the first line after a slot. The report writes this way anew, since it depends on what fills the slot.
    fn start(&mut self, text: &TextBox) {
        let Some(line) = text.lines.first() else { return };
        let first = line.text.chars().find_map(|character| self.fonts.glyph(text.style.font, character));
        if let Some(glyph) = first {
            self.set_font((glyph.font, content::size(text)));
        }
        self.move_to(line);
        if let Some(text) = self.page.texts.last_mut() {
            text.start = Some(self.state);
        }
        self.cut();
    }

    fn begin(&mut self, tag: &str, properties: Vec<(&str, DictItem)>) {
        let map: BTreeMap<String, DictItem> =
            properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let properties = DictItem::Dict { map };
        self.ops.push(Op::BeginMarkedContentWithProperties { tag: tag.to_owned(), properties });
    }

    fn move_to(&mut self, line: &TextLine) {
        let way = self.state.move_to(TextState::position_of(line, self.form.page.height));
        // Called a cursor, but it is `Td`: a move from the start of the line before.
        self.ops.push(Op::SetTextCursor { pos: point(way) });
    }

    fn set_font(&mut self, font: SizedFont) {
        if self.state.font.replace(font) != Some(font) {
            let id = FontId(font_name(font.0));
            self.ops.push(Op::SetFont { font: PdfFontHandle::External(id), size: Pt(font.1) });
        }
    }

    /// Shows a line, in one string for each font.
    fn show(&mut self, text: &TextBox, line: &TextLine) {
        let size = content::size(text);
        let mut codes = Vec::new();
        for character in line.text.chars() {
            let Some(glyph) = self.fonts.glyph(text.style.font, character) else { continue };
            if glyph.substitute || self.state.font != Some((glyph.font, size)) {
                self.show_codes(&mut codes);
            }
            self.set_font((glyph.font, size));
            if glyph.substitute {
                self.substitute(character, glyph);
            } else {
                codes.extend(glyph.code.to_be_bytes());
            }
        }
        self.show_codes(&mut codes);
    }

    /// Shows glyphs. printpdf's own operation takes characters, and codes only of fonts that it embeds itself.
    fn show_codes(&mut self, codes: &mut Vec<u8>) {
        if !codes.is_empty() {
            // Half as long as in hexadecimal digits.
            let codes = DictItem::String { data: std::mem::take(codes), literal: true };
            self.ops.push(Op::Unknown { key: "Tj".to_owned(), value: vec![codes] });
        }
    }

    /// A glyph that stands for a character that no font has: what is copied is the character.
    fn substitute(&mut self, character: char, glyph: Glyph) {
        let text = DictItem::Bytes(utf16(character.encode_utf8(&mut [0; 4])));
        self.begin("Span", vec![("ActualText", text)]);
        self.show_codes(&mut glyph.code.to_be_bytes().to_vec());
        self.ops.push(Op::EndMarkedContent);
    }
}

/// A point, or the way to it, from hundredths of a point.
fn point((x, y): (i64, i64)) -> Point {
    Point { x: Pt(x as f32 / 100.0), y: Pt(y as f32 / 100.0) }
}
