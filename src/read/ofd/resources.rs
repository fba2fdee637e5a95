//! What the pages of a document share: parameters of drawing, composite objects, and media.

use std::collections::HashMap;
use std::rc::Rc;

use super::xml::Node;
use crate::read::page::Ink;

/// The longest chain of parameters that refer to each other.
const CHAIN: usize = 16;

/// The shared resources of a document, by their numbers.
#[derive(Default)]
pub(super) struct Resources {
    parameters: HashMap<String, Parameters>,
    composites: HashMap<String, Rc<Node>>,
    /// Images without transparency.
    opaque: HashMap<String, bool>,
}

/// How things are drawn, as far as a set of parameters says.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    relative: Option<String>,
    pub(super) line_width: Option<f64>,
    pub(super) fill: Option<Ink>,
    pub(super) stroke: Option<Ink>,
}

impl Resources {
    /// Adds the resources of a part.
    pub(super) fn add(&mut self, part: Node) {
        for node in part.all("DrawParam") {
            let Some(id) = node.attribute("ID") else { continue };
            let parameters = Parameters {
                relative: node.attribute("Relative").map(str::to_owned),
                line_width: node.number("LineWidth"),
                fill: node.child("FillColor").map(ink),
                stroke: node.child("StrokeColor").map(ink),
            };
            self.parameters.insert(id.to_owned(), parameters);
        }
        for node in part.all("MultiMedia") {
            let file = node.child("MediaFile").map(|file| file.text.trim().to_lowercase()).unwrap_or_default();
            let is_opaque = ["jpg", "jpeg", "bmp"].iter().any(|ending| file.ends_with(ending));
            if let Some(id) = node.attribute("ID") {
                self.opaque.insert(id.to_owned(), is_opaque);
            }
        }
        self.composites_of(part);
    }

    fn composites_of(&mut self, node: Node) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match node.attribute("ID").map(str::to_owned) {
                Some(id) if matches!(node.name.as_str(), "CompositeGraphicUnit" | "CompositeGraphUnit") => {
                    self.composites.insert(id, Rc::new(node));
                }
                _ => open.extend(node.children),
            }
        }
    }

    /// The composite object of a number.
    pub(super) fn composite(&self, id: &str) -> Option<Rc<Node>> {
        self.composites.get(id).cloned()
    }

    pub(super) fn is_opaque(&self, id: &str) -> bool {
        self.opaque.get(id).copied().unwrap_or(false)
    }

    /// The parameters of a number, with those they refer to.
    pub(super) fn parameters(&self, id: &str) -> Parameters {
        let mut found = Parameters::default();
        let mut next = Some(id);
        for _ in 0..CHAIN {
            let Some(own) = next.and_then(|id| self.parameters.get(id)) else { break };
            found.line_width = found.line_width.or(own.line_width);
            found.fill = found.fill.or(own.fill);
            found.stroke = found.stroke.or(own.stroke);
            next = own.relative.as_deref();
        }
        found
    }
}

/// The ink of a color.
pub(super) fn ink(color: &Node) -> Ink {
    let alpha = color.number("Alpha").unwrap_or(255.0);
    let values = color.attribute("Value").map(values).unwrap_or_default();
    // Patterns and shadings have no values.
    let is_white = match values.as_slice() {
        [] => false,
        [_, _, _, _] => values.iter().all(|value| *value < 1.0),
        _ => values.iter().all(|value| *value > 250.0),
    };
    match () {
        () if alpha < 13.0 => Ink::None,
        () if is_white => Ink::White,
        () if alpha < 242.0 || values.is_empty() && !color.children.is_empty() => Ink::Clear,
        () => Ink::Color,
    }
}

/// The values of a color, decimal or as `#FF`.
fn values(text: &str) -> Vec<f64> {
    let value = |word: &str| match word.strip_prefix('#') {
        Some(digits) => u32::from_str_radix(digits, 16).ok().map(f64::from),
        None => word.parse().ok(),
    };
    text.split_whitespace().filter_map(value).collect()
}
