//! What stands on one page, as the bytes of its content streams: one of what is fixed, drawn once a form, and one of a
//! report's own texts, drawn for each.
//!
//! A page's text is one text object, in which each line stands so far from the one before: rows of equal height are then
//! the same bytes, which deflate well.

use super::object::{decimal, hexadecimal, integer, thousandths};
use super::typeface::Glyph;
use super::{hundredths, utf16};
use crate::layout::page::{Page, Rule, Source, TextBox, TextLine};
use crate::layout::{Block, CellRole, Form, LineKind};

/// The mark of a piece: tag and number (MCID) of its structure element; none where it is repeated.
pub(super) type Mark = Option<(&'static str, usize)>;

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
    /// The way to a line, in hundredths of a point, on a page of some height in mm.
    fn step(&mut self, line: &TextLine, height: f64) -> (i64, i64) {
        let from = std::mem::replace(self, Self { x: hundredths(line.x), y: hundredths(height - line.baseline) });
        (self.x - from.x, self.y - from.y)
    }
}

/// The content stream of what is fixed on a page, and the piece of the form behind each of its marks.
pub(super) fn fixed(form: &Form, page: &Page, glyph: Glyphs<'_>) -> (Vec<u8>, Vec<Source>) {
    let mut marks = Vec::new();
    let mut content = Content::new(form, &page.rules, glyph);
    for text in page.texts.iter().filter(|text| !text.lines.is_empty()) {
        let mark = element(form, text.source).map(|tag| {
            marks.push(text.source);
            (tag, marks.len() - 1)
        });
        content.text(text, mark);
    }
    (content.into_bytes(), marks)
}

/// How a character of a text is drawn.
pub(super) type Glyphs<'a> = &'a dyn Fn(&TextBox, char) -> Option<Glyph>;

/// A content stream: rules, then texts drawn one after the other.
pub(super) struct Content<'a> {
    glyph: Glyphs<'a>,
    height: f64,
    cursor: Cursor,
    /// The font and size in force.
    font: Option<(usize, f32)>,
    bytes: Vec<u8>,
}

impl<'a> Content<'a> {
    pub(super) fn new(form: &Form, rules: &[Rule], glyph: Glyphs<'a>) -> Self {
        let bytes = Vec::with_capacity(8 * 1024);
        let mut content = Self { glyph, height: form.page.height, cursor: Cursor::default(), font: None, bytes };
        content.rules(rules);
        content.bytes.extend_from_slice(b"BT\n");
        content
    }

    fn rules(&mut self, rules: &[Rule]) {
        if rules.is_empty() {
            return;
        }
        // With square ends, so that corners are whole.
        self.bytes.extend_from_slice(b"/Artifact BMC\n2 J\n");
        let mut width = None;
        for rule in rules {
            if width.replace(rule.width) != Some(rule.width) {
                decimal(rule.width as f32, &mut self.bytes);
                self.bytes.extend_from_slice(b" w\n");
            }
            for ((x, y), operator) in [(rule.from, b" m\n"), (rule.to, b" l\n")] {
                self.point(hundredths(x), hundredths(self.height - y));
                self.bytes.extend_from_slice(operator);
            }
            self.bytes.extend_from_slice(b"S\n");
        }
        self.bytes.extend_from_slice(b"EMC\n");
    }

    /// A point, or the way to it, in hundredths.
    fn point(&mut self, x: i64, y: i64) {
        thousandths(x * 10, &mut self.bytes);
        self.bytes.push(b' ');
        thousandths(y * 10, &mut self.bytes);
    }

    /// Draws a text under its mark.
    ///
    /// A blank is marked too, since the structure of a form does not depend on what fills it.
    pub(super) fn text(&mut self, text: &TextBox, mark: Mark) {
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
        self.point(x, y);
        self.bytes.extend_from_slice(b" Td\n");
        let mut is_open = false;
        for character in line.text.chars() {
            let Some(glyph) = (self.glyph)(text, character) else { continue };
            let font = (glyph.font, size);
            if is_open && (glyph.substitute || self.font != Some(font)) {
                self.bytes.extend_from_slice(b">Tj\n");
                is_open = false;
            }
            if self.font != Some(font) {
                self.set_font(font);
            }
            if glyph.substitute {
                self.substitute(character, glyph.code);
                continue;
            }
            if !is_open {
                self.bytes.push(b'<');
                is_open = true;
            }
            self.code(glyph.code);
        }
        if is_open {
            self.bytes.extend_from_slice(b">Tj\n");
        }
    }

    fn set_font(&mut self, (font, size): (usize, f32)) {
        self.font = Some((font, size));
        self.bytes.extend_from_slice(b"/X");
        integer(font as i64, &mut self.bytes);
        self.bytes.push(b' ');
        decimal(size, &mut self.bytes);
        self.bytes.extend_from_slice(b" Tf\n");
    }

    /// A glyph that stands for a character that no font has: what is copied is the character.
    fn substitute(&mut self, character: char, code: u16) {
        self.bytes.extend_from_slice(b"/Span<</ActualText<");
        utf16(character.encode_utf8(&mut [0; 4])).into_iter().for_each(|byte| hexadecimal(byte, &mut self.bytes));
        self.bytes.extend_from_slice(b">>>BDC\n<");
        self.code(code);
        self.bytes.extend_from_slice(b">Tj\nEMC\n");
    }

    fn code(&mut self, code: u16) {
        code.to_be_bytes().into_iter().for_each(|byte| hexadecimal(byte, &mut self.bytes));
    }

    /// The content stream.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(b"ET\n");
        self.bytes
    }
}
