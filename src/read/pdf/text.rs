//! Shows text.
//!
//! In: strings, and the state of text. Out: glyphs on the canvas. Source: ISO 32000-1, 9.4.

use super::state::State;
use crate::error::Result;
use crate::read::page::{Canvas, Direction, Glyph, Ink, Matrix, Rect, UNREADABLE};

/// How far glyphs reach below and above their baseline, in units of the font's size.
const DESCENT: f64 = -0.12;
const ASCENT: f64 = 0.88;

/// Where the next glyph and the next line begin.
pub(super) struct TextPlace {
    pub(super) matrix: Matrix,
    pub(super) line: Matrix,
}

impl Default for TextPlace {
    fn default() -> Self {
        Self { matrix: Matrix::IDENTITY, line: Matrix::IDENTITY }
    }
}

impl TextPlace {
    /// Moves to the next line.
    pub(super) fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(&self.line);
        self.matrix = self.line;
    }

    fn advance(&mut self, x: f64, y: f64) {
        self.matrix = Matrix::translation(x, y).then(&self.matrix);
    }

    /// Moves by a number of an array of strings, in thousandths of the font's size.
    pub(super) fn adjust(&mut self, state: &State<'_>, by: f64) {
        let text = &state.text;
        let by = -by / 1000.0 * text.size;
        match text.font.as_ref().is_none_or(|font| font.is_horizontal()) {
            true => self.advance(by * text.scale, 0.0),
            false => self.advance(0.0, by),
        }
    }

    /// The glyphs of a string.
    pub(super) fn show(&mut self, state: &State<'_>, bytes: &[u8], mark: Option<i32>, run: &mut Vec<Glyph>) {
        let text = &state.text;
        let Some(font) = &text.font else {
            return self.show_unknown(state, bytes, mark, run);
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let (number, length) = font.read(rest);
            rest = &rest[length.min(rest.len())..];
            let code = font.code(number, length);
            let (ox, oy) = code.origin;
            let width = if font.is_horizontal() { code.advance.0 } else { 1.0 };
            self.push(state, &code.text, (ox, oy, width), mark, run);
            let is_space = number == 32 && length == 1;
            let space = text.char_space + if is_space { text.word_space } else { 0.0 };
            match font.is_horizontal() {
                true => self.advance((code.advance.0 * text.size + space) * text.scale, 0.0),
                false => self.advance(0.0, code.advance.1 * text.size + space),
            }
        }
    }

    /// Text in a font that cannot be used: as many unreadable characters.
    fn show_unknown(&mut self, state: &State<'_>, bytes: &[u8], mark: Option<i32>, run: &mut Vec<Glyph>) {
        for _ in bytes {
            self.push(state, &[], (0.0, 0.0, 0.5), mark, run);
            self.advance((0.5 * state.text.size + state.text.char_space) * state.text.scale, 0.0);
        }
    }

    /// Adds the glyphs of a code: one for each of its characters.
    fn push(
        &self,
        state: &State<'_>,
        text: &[char],
        (x, y, width): (f64, f64, f64),
        mark: Option<i32>,
        run: &mut Vec<Glyph>,
    ) {
        let own = &state.text;
        let place = Matrix([own.size * own.scale, 0.0, 0.0, own.size, 0.0, own.rise]);
        let place = place.then(&self.matrix).then(&state.ctm);
        // Oblique text, such as a watermark, is no part of a table.
        let Some(direction) = Direction::of(place.vector(own.size.signum(), 0.0)) else { return };
        let up = place.vector(0.0, 1.0);
        let size = up.0.hypot(up.1);
        let text = if text.is_empty() { &[UNREADABLE] } else { text };
        let step = width / text.len() as f64;
        for (index, c) in text.iter().enumerate() {
            let left = x + step * index as f64;
            let corners = [(left, y + DESCENT), (left + step, y + ASCENT)];
            let Some(rect) = Rect::around(corners.map(|(x, y)| place.point(x, y))) else { continue };
            run.push(Glyph { c: *c, rect, size, direction, is_hidden: false, mark });
        }
    }
}

/// Paints the glyphs of one operator.
pub(super) fn paint(canvas: &mut Canvas<'_>, state: &State<'_>, run: &mut [Glyph]) -> Result<()> {
    let ink = state.text_ink();
    // Text that is nearly clear still shows.
    let ink = if ink == Ink::Clear { Ink::Color } else { ink };
    canvas.run(run, ink, &state.clip)
}
