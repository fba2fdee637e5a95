//! The text of a page as the bytes of its content stream, in reading order: what is fixed in the form, as printpdf wrote
//! it ([`draw`](super::draw)), and between its pieces a report's own texts.
//!
//! All text of a page is one text object. Each line is placed relative to the line before it: rows of equal height are
//! then the same bytes, which deflate well.

use super::object::{decimal, hexadecimal, hundredths, integer, string, thousandths, utf16};
use super::typeface::FontPair;
use crate::layout::page::{Source, TextBox, TextLine};
use crate::layout::{Block, CellRole, Form, LineKind};

/// The mark of a text: tag and number (MCID) of its structure element; none where it is an artifact.
pub(super) type Mark = Option<(&'static str, usize)>;

/// The structure element that a piece of the form belongs to; none for what is repeated.
pub(super) fn element(form: &Form, source: Source) -> Option<&'static str> {
    match source {
        Source::Line { block, .. } => match &form.blocks[block] {
            Block::Line(line) if line.kind == LineKind::Title => Some("H1"),
            Block::Line(line) if matches!(line.kind, LineKind::Heading | LineKind::Section) => Some("H2"),
            _ => Some("P"),
        },
        Source::Cell { block, row, cell } => match &form.blocks[block] {
            Block::Table(table) if table.rows[row].cells[cell].role == CellRole::Data => Some("TD"),
            _ => Some("TH"),
        },
        Source::Repeated { .. } | Source::PageNumber => None,
    }
}

/// The kind of pagination artifact that a text without an element is.
pub(super) fn pagination(source: Source) -> &'static str {
    if source == Source::PageNumber { "Footer" } else { "Header" }
}

/// A font by its place in the document, and its size in points.
pub(super) type SizedFont = (usize, f32);

/// A text's size in points, to a thousandth.
pub(super) fn size(text: &TextBox) -> f32 {
    (text.style.size * 1000.0).round() as f32 / 1000.0
}

/// What the next line of a text object depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TextState {
    /// Start of the current line, in hundredths of a point from the lower left corner of the page.
    pub(super) position: (i64, i64),
    /// The font in force; none where it is not known.
    pub(super) font: Option<SizedFont>,
}

impl TextState {
    /// Where a line starts on a page of some height in mm.
    pub(super) fn position_of(line: &TextLine, height: f64) -> (i64, i64) {
        (hundredths(line.x), hundredths(height - line.baseline))
    }

    /// Moves to a position; gives back how far it is.
    pub(super) fn move_to(&mut self, position: (i64, i64)) -> (i64, i64) {
        let from = std::mem::replace(&mut self.position, position);
        (position.0 - from.0, position.1 - from.1)
    }
}

/// The fixed text between two slots of a page.
#[derive(Debug, Default)]
pub(super) struct FixedText {
    /// The state that its operators expect; none for no text at all.
    pub(super) start: Option<TextState>,
    /// Its operators.
    pub(super) bytes: Vec<u8>,
    /// The state that they leave.
    pub(super) end: TextState,
}

/// The content stream of a page's text.
pub(super) struct Content<'a> {
    fonts: &'a FontPair<'a>,
    /// Height of the page in mm.
    height: f64,
    state: TextState,
    bytes: Vec<u8>,
    /// Room for the codes of a line.
    codes: Vec<u8>,
}

impl<'a> Content<'a> {
    /// An empty stream with room for so many bytes.
    pub(super) fn new(fonts: &'a FontPair<'a>, height: f64, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend_from_slice(b"BT\n");
        Self { fonts, height, state: TextState::default(), bytes, codes: Vec::new() }
    }

    /// Adds fixed text.
    pub(super) fn fixed(&mut self, text: &FixedText) {
        let Some(start) = text.start else { return };
        if let Some(font) = start.font {
            self.set_font(font);
        }
        self.move_to(start.position);
        self.bytes.extend_from_slice(&text.bytes);
        self.state = text.end;
    }

    /// Adds a report's own text under its mark.
    ///
    /// A blank is marked too, since the structure of a form does not depend on what fills it.
    pub(super) fn own(&mut self, text: &TextBox, mark: Mark) {
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
        self.move_to(TextState::position_of(line, self.height));
        let mut codes = std::mem::take(&mut self.codes);
        for character in line.text.chars() {
            let Some(glyph) = self.fonts.glyph(text.style.font, character) else { continue };
            let font = (glyph.font, size);
            if glyph.substitute || self.state.font != Some(font) {
                self.show(&mut codes);
            }
            self.set_font(font);
            if glyph.substitute {
                self.substitute(character, glyph.code);
            } else {
                codes.extend(glyph.code.to_be_bytes());
            }
        }
        self.show(&mut codes);
        self.codes = codes;
    }

    /// Shows glyphs.
    fn show(&mut self, codes: &mut Vec<u8>) {
        if !codes.is_empty() {
            string(codes, &mut self.bytes);
            self.bytes.extend_from_slice(b"Tj\n");
            codes.clear();
        }
    }

    fn move_to(&mut self, position: (i64, i64)) {
        let (x, y) = self.state.move_to(position);
        thousandths(x * 10, &mut self.bytes);
        self.bytes.push(b' ');
        thousandths(y * 10, &mut self.bytes);
        self.bytes.extend_from_slice(b" Td\n");
    }

    /// Sets a font where it is not in force.
    fn set_font(&mut self, font: SizedFont) {
        if self.state.font.replace(font) == Some(font) {
            return;
        }
        self.bytes.extend_from_slice(b"/X");
        integer(font.0 as i64, &mut self.bytes);
        self.bytes.push(b' ');
        decimal(font.1, &mut self.bytes);
        self.bytes.extend_from_slice(b" Tf\n");
    }

    /// A glyph that stands for a character that no font has: what is copied is the character.
    fn substitute(&mut self, character: char, code: u16) {
        self.bytes.extend_from_slice(b"/Span<</ActualText<");
        utf16(character.encode_utf8(&mut [0; 4])).into_iter().for_each(|byte| hexadecimal(byte, &mut self.bytes));
        self.bytes.extend_from_slice(b">>>BDC\n");
        self.show(&mut code.to_be_bytes().to_vec());
        self.bytes.extend_from_slice(b"EMC\n");
    }

    /// The bytes of the content stream.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(b"ET\n");
        self.bytes
    }
}
