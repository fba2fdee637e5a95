//! Forms, images and annotations. Source: ISO 32000-1, 8.8 to 8.10 and 12.5.

use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Array, Name, Object};
use hayro_syntax::page::Resources;

use super::{DEPTH, Interpreter};
use crate::error::Result;
use crate::limit;
use crate::read::page::{Ink, Matrix, Rect, Subpath};

/// Flags of annotations that do not show: hidden, and not on the screen.
const HIDDEN: i32 = 1 << 1 | 1 << 5;

/// A form takes as long as this many operators, however short it is.
const FORM: usize = 100;

impl<'a> Interpreter<'_, '_, 'a> {
    /// Paints a form or an image.
    pub(super) fn object(&mut self, object: &Stream<'a>, resources: &Resources<'a>) -> Result<()> {
        let dict = object.dict();
        if self.is_off() || self.layers.hides(dict, b"OC") {
            return Ok(());
        }
        match dict.get::<Name<'_>>(b"Subtype").as_deref() {
            Some(b"Form") => self.form(object, resources),
            Some(b"Image") => self.image(dict),
            _ => Ok(()),
        }
    }

    /// Paints an image.
    pub(super) fn image(&mut self, dict: &Dict<'_>) -> Result<()> {
        if self.is_off() {
            return Ok(());
        }
        let is_mask = [&b"ImageMask"[..], b"IM"].iter().any(|key| dict.get::<bool>(*key) == Some(true));
        let has_mask = dict.contains_key(b"SMask") || dict.contains_key(b"Mask");
        let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
        let Some(rect) = Rect::around(corners.map(|(x, y)| self.state.ctm.point(x, y))) else { return Ok(()) };
        let is_opaque = !is_mask && !has_mask && self.is_opaque();
        self.canvas.image(&rect, is_opaque, &self.state.clip)
    }

    fn form(&mut self, form: &Stream<'a>, resources: &Resources<'a>) -> Result<()> {
        if self.depth >= DEPTH {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
        self.canvas.budget().operators(FORM)?;
        let dict = form.dict();
        let content = self.decoded(form)?;
        let own = dict.get::<Dict<'a>>(b"Resources").map(Resources::new);
        self.save()?;
        let floor = self.saved.len();
        let path = std::mem::take(&mut self.path);
        let text = std::mem::take(&mut self.text);
        let matrix = matrix(dict);
        self.state.ctm = matrix.then(&self.state.ctm);
        if let Some(bounds) = bounds(dict, &self.state.ctm) {
            self.state.clip = self.canvas.clipped(&self.state.clip, &bounds);
        }
        self.depth += 1;
        self.content(content, own.as_ref().unwrap_or(resources))?;
        self.depth -= 1;
        (self.path, self.text) = (path, text);
        self.restore(floor - 1);
        Ok(())
    }

    /// Paints the appearance of an annotation, such as a field of a form that is filled in.
    pub(super) fn annotation(&mut self, annotation: &Dict<'a>, resources: &Resources<'a>) -> Result<()> {
        let flags = annotation.get::<i32>(b"F").unwrap_or(0);
        let is_popup = annotation.get::<Name<'_>>(b"Subtype").as_deref() == Some(b"Popup");
        if flags & HIDDEN != 0 || is_popup || self.layers.hides(annotation, b"OC") {
            return Ok(());
        }
        let Some(form) = appearance(annotation) else { return self.strike_out(annotation) };
        let Some(place) = rectangle(annotation, b"Rect") else { return Ok(()) };
        let Some(shown) = bounds(form.dict(), &matrix(form.dict())) else { return Ok(()) };
        let scale = |to: f64, from: f64| if from > 0.0 { to / from } else { 1.0 };
        let (x, y) = (scale(place.width(), shown.width()), scale(place.height(), shown.height()));
        self.save()?;
        let floor = self.saved.len();
        let move_to = Matrix([x, 0.0, 0.0, y, place.x0 - x * shown.x0, place.y0 - y * shown.y0]);
        self.state.ctm = move_to.then(&self.state.ctm);
        self.form(&form, resources)?;
        self.restore(floor - 1);
        Ok(())
    }

    /// Strikes out text as an annotation without an appearance says.
    fn strike_out(&mut self, annotation: &Dict<'a>) -> Result<()> {
        if annotation.get::<Name<'_>>(b"Subtype").as_deref() != Some(b"StrikeOut") {
            return Ok(());
        }
        let corners = annotation.get::<Array<'_>>(b"QuadPoints").map(|list| list.iter::<f64>().collect::<Vec<_>>());
        for quad in corners.unwrap_or_default().chunks_exact(8) {
            let Some(place) = Rect::around(quad.chunks_exact(2).map(|point| (point[0], point[1]))) else { continue };
            let middle = place.center().1;
            let line = [(place.x0, middle), (place.x1, middle)].map(|(x, y)| self.state.ctm.point(x, y));
            let path = Subpath { points: line.to_vec(), ..Subpath::default() };
            self.canvas.stroke(&[path], 1.0, Ink::Color, &self.state.clip)?;
        }
        Ok(())
    }
}

/// The normal appearance of an annotation in its state.
fn appearance<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    match annotation.get::<Dict<'a>>(b"AP")?.get::<Object<'a>>(b"N")? {
        Object::Stream(stream) => Some(stream),
        Object::Dict(states) => states.get::<Stream<'a>>(annotation.get::<Name<'_>>(b"AS")?),
        _ => None,
    }
}

/// The matrix of a form.
fn matrix(dict: &Dict<'_>) -> Matrix {
    let numbers = dict.get::<Array<'_>>(b"Matrix").map(|list| list.iter::<f64>().collect::<Vec<_>>());
    match numbers.as_deref() {
        Some([a, b, c, d, e, f]) => Matrix([*a, *b, *c, *d, *e, *f]),
        _ => Matrix::IDENTITY,
    }
}

/// The box of a form, transformed.
fn bounds(dict: &Dict<'_>, matrix: &Matrix) -> Option<Rect> {
    let own = rectangle(dict, b"BBox")?;
    let corners = [(own.x0, own.y0), (own.x1, own.y0), (own.x0, own.y1), (own.x1, own.y1)];
    Rect::around(corners.map(|(x, y)| matrix.point(x, y)))
}

fn rectangle(dict: &Dict<'_>, key: &[u8]) -> Option<Rect> {
    let numbers: Vec<f64> = dict.get::<Array<'_>>(key)?.iter::<f64>().collect();
    let [x0, y0, x1, y1] = numbers[..] else { return None };
    Rect::around([(x0, y0), (x1, y1)])
}
