//! The graphics state. Source: ISO 32000-1, 8.4 and 9.3.

use std::rc::Rc;

use super::color::Paint;
use super::font::PdfFont;
use crate::read::page::{Ink, Matrix, Rect, Subpath};

/// The state that `q` saves.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub(super) ctm: Matrix,
    pub(super) clip: Rect,
    pub(super) fill: Paint,
    pub(super) stroke: Paint,
    pub(super) line_width: f64,
    /// Whether what is painted mixes with what is below it.
    pub(super) is_blended: bool,
    pub(super) text: TextState<'a>,
}

/// The state of text that outlasts a text object.
#[derive(Clone)]
pub(super) struct TextState<'a> {
    pub(super) font: Option<Rc<PdfFont<'a>>>,
    pub(super) size: f64,
    pub(super) char_space: f64,
    pub(super) word_space: f64,
    /// The horizontal scale, 1 by default.
    pub(super) scale: f64,
    pub(super) leading: f64,
    pub(super) rise: f64,
    pub(super) mode: i64,
}

impl State<'_> {
    pub(super) fn new(ctm: Matrix, clip: Rect) -> Self {
        let text = TextState {
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        };
        let (fill, stroke) = (Paint::default(), Paint::default());
        Self { ctm, clip, fill, stroke, line_width: 1.0, is_blended: false, text }
    }

    /// The ink of text, by its rendering mode.
    pub(super) fn text_ink(&self) -> Ink {
        match self.text.mode {
            3 | 7 => Ink::None,
            1 | 5 => self.stroke.ink(),
            2 | 6 if self.fill.ink() != Ink::Color => self.stroke.ink(),
            _ => self.fill.ink(),
        }
    }
}

/// The path that is being built, on the page.
#[derive(Default)]
pub(super) struct Path {
    pub(super) subpaths: Vec<Subpath>,
    /// The number of points.
    pub(super) points: usize,
    /// Whether the path clips once it is painted.
    pub(super) clips: bool,
}

impl Path {
    pub(super) fn start(&mut self, point: (f64, f64)) {
        self.subpaths.push(Subpath { points: vec![point], ..Subpath::default() });
        self.points += 1;
    }

    pub(super) fn line(&mut self, point: (f64, f64)) {
        match self.subpaths.last_mut() {
            Some(subpath) if !subpath.is_closed => subpath.points.push(point),
            // After a subpath is closed, the next one begins where it began.
            Some(subpath) => {
                let begin = subpath.points[0];
                self.subpaths.push(Subpath { points: vec![begin, point], ..Subpath::default() });
            }
            None => return self.start(point),
        }
        self.points += 1;
    }

    pub(super) fn curve(&mut self, point: (f64, f64)) {
        self.line(point);
        if let Some(subpath) = self.subpaths.last_mut() {
            subpath.is_curved = true;
        }
    }

    pub(super) fn close(&mut self) {
        if let Some(subpath) = self.subpaths.last_mut() {
            subpath.is_closed = true;
        }
    }

    /// The rectangle around the path.
    pub(super) fn bounds(&self) -> Option<Rect> {
        Rect::around(self.subpaths.iter().flat_map(|subpath| subpath.points.iter().copied()))
    }
}
