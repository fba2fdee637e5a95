//! Carries out what pages paint.
//!
//! In: the pages of a document. Out: [`Page`]s of glyphs and ruling lines. Each operator counts against the limits, also
//! in forms that are painted again and again. Source: ISO 32000-1, chapters 8 and 9.

use hayro_syntax::Pdf;
use hayro_syntax::content::UntypedIter;
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Array, Name, Object};
use hayro_syntax::page::{Page as PdfPage, Resources};

use super::font::Fonts;
use super::inflate::{Ending, Inflated, damaged};
use super::layers::Layers;
use super::state::{Path, State};
use super::text::TextPlace;
use crate::document::Location;
use crate::error::Result;
use crate::limit::{self, PageBudget};
use crate::read::page::{Canvas, Glyph, Ink, Matrix, Page};

mod object;
mod operator;

/// The most states that `q` saves.
const SAVED: usize = 1000;

/// The deepest nesting of forms.
const DEPTH: usize = 28;

/// An operator behind the content of a stream. If it is not reached, the content is damaged.
const LAST: &[u8] = b"XxgkEnd";

/// The pages of a document.
pub(super) fn pages(pdf: &Pdf, budget: &mut PageBudget, inflated: &mut Inflated) -> Result<Vec<Page>> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    let layers = Layers::new(&catalog);
    let mut fonts = Fonts::new();
    let mut pages = Vec::new();
    for (page, number) in pdf.pages().iter().zip(1..) {
        let (width, height) = page.render_dimensions();
        let mut canvas = Canvas::new(f64::from(width), f64::from(height), budget);
        let state = State::new(Matrix(page.initial_transform(true).as_coeffs()), canvas.room());
        let mut interpreter = Interpreter {
            canvas: &mut canvas,
            fonts: &mut fonts,
            layers: &layers,
            inflated,
            state,
            saved: Vec::new(),
            path: Path::default(),
            text: TextPlace::default(),
            marks: Vec::new(),
            depth: 0,
        };
        interpreter.page(page).map_err(|error| match error.location() {
            None => error.at(Location::Page { page: number }),
            Some(_) => error,
        })?;
        pages.push(canvas.finish());
    }
    Ok(pages)
}

/// A piece of marked content.
struct Mark {
    /// Its number in the structure tree.
    id: Option<i32>,
    /// Whether its layer is off.
    is_off: bool,
}

/// Carries out the content of one page.
struct Interpreter<'i, 'c, 'a> {
    canvas: &'i mut Canvas<'c>,
    fonts: &'i mut Fonts<'a>,
    layers: &'i Layers,
    inflated: &'i mut Inflated,
    state: State<'a>,
    saved: Vec<State<'a>>,
    path: Path,
    text: TextPlace,
    marks: Vec<Mark>,
    depth: usize,
}

impl<'a> Interpreter<'_, '_, 'a> {
    fn page(&mut self, page: &PdfPage<'a>) -> Result<()> {
        let mut streams: Vec<Stream<'a>> = Vec::new();
        match page.raw().get::<Object<'a>>(b"Contents") {
            Some(Object::Stream(stream)) => streams.push(stream),
            Some(Object::Array(list)) => streams.extend(list.iter::<Stream<'a>>()),
            _ => {}
        }
        let mut content = Vec::new();
        for stream in &streams {
            content.extend_from_slice(&self.decoded(stream)?);
            content.push(b'\n');
        }
        self.content(content, page.resources())?;
        let annotations = page.raw().get::<Array<'a>>(b"Annots");
        for annotation in annotations.iter().flat_map(Array::iter::<Dict<'a>>) {
            self.annotation(&annotation, page.resources())?;
        }
        Ok(())
    }

    /// The content of a stream.
    fn decoded(&mut self, stream: &Stream<'a>) -> Result<Vec<u8>> {
        let ending = self.inflated.take(stream)?;
        // A blank page may have an empty stream, whatever its filter.
        if stream.raw_data().iter().all(u8::is_ascii_whitespace) {
            return Ok(Vec::new());
        }
        match stream.decoded_data() {
            Ok(data) if ending == Ending::Whole => Ok(data.into_owned()),
            _ => Err(damaged()),
        }
    }

    /// Carries out the operators of a stream.
    fn content(&mut self, mut content: Vec<u8>, resources: &Resources<'a>) -> Result<()> {
        content.push(b'\n');
        content.extend_from_slice(LAST);
        let (saved, marks) = (self.saved.len(), self.marks.len());
        let mut operators = UntypedIter::new(&content);
        let mut is_whole = false;
        while let Some(instruction) = operators.next() {
            self.canvas.budget().operators(1)?;
            let name: &[u8] = instruction.operator;
            if name == LAST {
                is_whole = true;
                break;
            }
            let operands: Vec<&Object<'_>> = instruction.operands().collect();
            self.operator(name, &operands, resources, saved)?;
        }
        if !is_whole {
            return Err(damaged());
        }
        // What a stream opens ends with it.
        self.path = Path::default();
        self.marks.truncate(marks);
        if self.saved.len() > saved {
            self.saved.truncate(saved + 1);
            self.restore(saved);
        }
        Ok(())
    }

    fn save(&mut self) -> Result<()> {
        if self.saved.len() >= SAVED {
            return Err(limit::too_large("@format.deep", SAVED));
        }
        self.saved.push(self.state.clone());
        Ok(())
    }

    /// Restores the state, unless the stream did not save it.
    fn restore(&mut self, floor: usize) {
        if self.saved.len() > floor
            && let Some(state) = self.saved.pop()
        {
            self.state = state;
        }
    }

    fn is_off(&self) -> bool {
        self.marks.iter().any(|mark| mark.is_off)
    }

    fn mark(&self) -> Option<i32> {
        self.marks.iter().rev().find_map(|mark| mark.id)
    }

    /// Begins marked content with an inline dictionary, or one of the resources.
    fn begin_mark(&mut self, tag: Option<&Object<'_>>, properties: Option<&Object<'_>>, resources: &Resources<'a>) {
        let is_layer = matches!(tag, Some(Object::Name(name)) if &**name == b"OC");
        let mut mark = Mark { id: None, is_off: false };
        match properties {
            Some(Object::Dict(dict)) => mark.id = dict.get::<i32>(b"MCID"),
            Some(Object::Name(name)) if is_layer => mark.is_off = self.layers.hides(&resources.properties, name),
            Some(Object::Name(name)) => {
                mark.id = resources.properties.get::<Dict<'_>>(name).and_then(|dict| dict.get::<i32>(b"MCID"));
            }
            _ => {}
        }
        self.marks.push(mark);
    }

    /// Paints the path, clips by it if asked to, and drops it.
    fn paint(&mut self, fills: bool, strokes: bool) -> Result<()> {
        let path = std::mem::take(&mut self.path);
        if !self.is_off() {
            let state = &self.state;
            if fills {
                let ink = state.fill.area_ink(state.is_blended);
                self.canvas.fill(&path.subpaths, ink, &state.clip)?;
            }
            if strokes {
                let width = state.line_width * state.ctm.factor();
                self.canvas.stroke(&path.subpaths, width, state.stroke.ink(), &state.clip)?;
            }
        }
        if path.clips
            && let Some(bounds) = path.bounds()
        {
            self.state.clip = self.canvas.clipped(&self.state.clip, &bounds);
        }
        Ok(())
    }

    fn show(&mut self, strings: &[&Object<'_>]) -> Result<()> {
        let mark = self.mark();
        let mut run: Vec<Glyph> = Vec::new();
        for item in strings {
            match item {
                Object::String(text) => self.text.show(&self.state, text.as_bytes(), mark, &mut run),
                Object::Number(number) => self.text.adjust(&self.state, number.as_f64()),
                _ => {}
            }
        }
        if self.is_off() { Ok(()) } else { super::text::paint(self.canvas, &self.state, &mut run) }
    }

    fn set_font(&mut self, name: &Name<'_>, size: f64, resources: &Resources<'a>) -> Result<()> {
        self.state.text.font = self.fonts.named(name, &resources.fonts, self.inflated)?;
        self.state.text.size = size;
        Ok(())
    }

    /// Sets parameters from the resources.
    fn set_state(&mut self, dict: &Dict<'a>) -> Result<()> {
        let number = |key: &[u8]| dict.get::<f64>(key);
        if let Some(width) = number(b"LW") {
            self.state.line_width = width;
        }
        if let Some(alpha) = number(b"ca") {
            self.state.fill.alpha = alpha;
        }
        if let Some(alpha) = number(b"CA") {
            self.state.stroke.alpha = alpha;
        }
        if let Some(font) = dict.get::<Array<'a>>(b"Font") {
            let mut items = font.flex_iter();
            if let (Some(font), Some(size)) = (items.next::<Dict<'a>>(), items.next::<f64>()) {
                self.state.text.font = self.fonts.font(&font, self.inflated)?;
                self.state.text.size = size;
            }
        }
        let has_mask = matches!(dict.get::<Object<'a>>(b"SMask"), Some(Object::Dict(_)));
        let mode = dict.get::<Object<'a>>(b"BM");
        let is_plain = |name: &Name<'_>| matches!(&**name, b"Normal" | b"Compatible");
        if has_mask || mode.is_some() || dict.contains_key(b"SMask") {
            let mixes = mode.is_some_and(|mode| !matches!(&mode, Object::Name(name) if is_plain(name)));
            self.state.is_blended = has_mask || mixes;
        }
        Ok(())
    }

    /// The ink of images: none hides what is below unless it is opaque.
    fn is_opaque(&self) -> bool {
        !self.state.is_blended && self.state.fill.alpha >= 0.95 && self.state.fill.ink() != Ink::None
    }
}
