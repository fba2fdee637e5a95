//! Carries out what a page paints. Source: GB/T 33190-2016, 7.7 and 8.

use super::path::subpaths;
use super::resources::{Parameters, Resources, ink};
use super::text;
use super::xml::Node;
use crate::error::Result;
use crate::limit;
use crate::read::page::{Canvas, Ink, Matrix, Rect};

/// The deepest nesting of composite objects and blocks.
const DEPTH: usize = 32;

/// The width of a line for which nothing else is said, in millimetres.
const LINE_WIDTH: f64 = 0.353;

/// Paints the content of pages.
pub(super) struct Painter<'p, 'c> {
    pub(super) canvas: &'p mut Canvas<'c>,
    pub(super) resources: &'p Resources,
}

/// Where the objects of a container are, and how they are drawn unless they say it themselves.
#[derive(Clone)]
struct Place {
    matrix: Matrix,
    clip: Rect,
    parameters: Parameters,
    depth: usize,
}

impl Painter<'_, '_> {
    /// Paints the objects of a page, a template or an annotation. Coordinates are millimetres.
    pub(super) fn paint(&mut self, content: &Node, matrix: Matrix) -> Result<()> {
        let clip = self.canvas.room();
        self.container(content, &Place { matrix, clip, parameters: Parameters::default(), depth: 0 })
    }

    fn container(&mut self, container: &Node, place: &Place) -> Result<()> {
        if place.depth > DEPTH {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
        for object in &container.children {
            self.canvas.budget().operators(1)?;
            if object.flag("Visible", true) {
                self.object(object, place)?;
            }
        }
        Ok(())
    }

    fn object(&mut self, object: &Node, outer: &Place) -> Result<()> {
        let mut place = Place { depth: outer.depth + 1, ..outer.clone() };
        if let Some(id) = object.attribute("DrawParam") {
            let own = self.resources.parameters(id);
            let given = &mut place.parameters;
            given.line_width = own.line_width.or(given.line_width);
            given.fill = own.fill.or(given.fill);
            given.stroke = own.stroke.or(given.stroke);
        }
        let own = object.numbers::<6>("CTM").map_or(Matrix::IDENTITY, Matrix);
        let boundary = object.numbers::<4>("Boundary");
        let [x, y, ..] = boundary.unwrap_or_default();
        place.matrix = own.then(&Matrix::translation(x, y)).then(&outer.matrix);
        for area in object.children.iter().filter(|child| child.name == "Clips").flat_map(|clips| clips.all("Area")) {
            let by = clip(area, &place).unwrap_or(place.clip);
            place.clip = self.canvas.clipped(&place.clip, &by);
        }
        match object.name.as_str() {
            "TextObject" => self.text(object, &place),
            "PathObject" => self.path(object, &place),
            "ImageObject" => {
                let shown = boundary.map(|[x, y, width, height]| [(x, y), (x + width, y + height)]);
                let Some(corners) = shown else { return Ok(()) };
                let Some(rect) = Rect::around(corners.map(|(x, y)| outer.matrix.point(x, y))) else { return Ok(()) };
                let is_opaque = object.attribute("ResourceID").is_some_and(|id| self.resources.is_opaque(id))
                    && object.number("Alpha").is_none_or(|alpha| alpha > 242.0)
                    && object.attribute("ImageMask").is_none();
                self.canvas.image(&rect, is_opaque, &place.clip)
            }
            "CompositeObject" => {
                let composite = object.attribute("ResourceID").and_then(|id| self.resources.composite(id));
                match composite.as_deref().and_then(|composite| composite.child("Content")) {
                    Some(content) => self.container(content, &place),
                    None => Ok(()),
                }
            }
            "Layer" | "PageBlock" | "Content" => self.container(object, &place),
            _ => Ok(()),
        }
    }

    fn text(&mut self, object: &Node, place: &Place) -> Result<()> {
        let alpha = object.number("Alpha").unwrap_or(255.0);
        let fill = object.child("FillColor").map(ink).or(place.parameters.fill).unwrap_or(Ink::Color);
        let stroke = object.child("StrokeColor").map(ink).or(place.parameters.stroke).unwrap_or(Ink::Color);
        let ink = match (object.flag("Fill", true), object.flag("Stroke", false)) {
            _ if alpha < 13.0 => Ink::None,
            (true, false) => fill,
            (true, true) if fill == Ink::Color => fill,
            (_, true) => stroke,
            (false, false) => Ink::None,
        };
        // Text that is nearly clear still shows.
        let ink = if ink == Ink::Clear { Ink::Color } else { ink };
        self.canvas.run(&mut text::glyphs(object, &place.matrix), ink, &place.clip)
    }

    fn path(&mut self, object: &Node, place: &Place) -> Result<()> {
        let Some(data) = object.child("AbbreviatedData") else { return Ok(()) };
        let outline = subpaths(&data.text, &place.matrix);
        let parameters = &place.parameters;
        let is_clear = object.number("Alpha").is_some_and(|alpha| alpha < 242.0);
        let color = |name: &str, given: Option<Ink>| {
            let ink = object.child(name).map(ink).or(given).unwrap_or(Ink::Color);
            if is_clear && ink != Ink::None { Ink::Clear } else { ink }
        };
        if object.flag("Fill", false) {
            self.canvas.fill(&outline, color("FillColor", parameters.fill), &place.clip)?;
        }
        if object.flag("Stroke", true) {
            let width = object.number("LineWidth").or(parameters.line_width).unwrap_or(LINE_WIDTH);
            let width = width * place.matrix.factor();
            self.canvas.stroke(&outline, width, color("StrokeColor", parameters.stroke), &place.clip)?;
        }
        Ok(())
    }
}

/// The rectangle around an area that clips.
fn clip(area: &Node, place: &Place) -> Option<Rect> {
    let path = area.child("Path")?;
    let data = path.child("AbbreviatedData")?;
    let own = area.numbers::<6>("CTM").map_or(Matrix::IDENTITY, Matrix);
    let [x, y, ..] = path.numbers::<4>("Boundary").unwrap_or_default();
    let matrix = Matrix::translation(x, y).then(&own).then(&place.matrix);
    Rect::around(subpaths(&data.text, &matrix).into_iter().flat_map(|subpath| subpath.points))
}
