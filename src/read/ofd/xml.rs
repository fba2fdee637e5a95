//! XML as a tree. Prefixes of names are dropped: some programs leave them out, others use their own.

use quick_xml::{Reader, XmlVersion};
use quick_xml::events::{BytesStart, Event};

use crate::error::{Error, Result};
use crate::limit;
use crate::read::Format;

/// The deepest nesting of elements.
const DEPTH: usize = 256;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// The text directly in it.
    pub(super) text: String,
    pub(super) children: Vec<Self>,
}

impl Node {
    /// The root element of a part. Counts its elements against a limit.
    pub(super) fn parse(text: &str, left: &mut usize) -> Result<Self> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|error| corrupt(&error).caused_by(error))? {
                Event::Start(element) => {
                    *left = left.checked_sub(1).ok_or_else(|| limit::too_large("@format.many_objects", limit::OBJECTS))?;
                    if open.len() > DEPTH {
                        return Err(limit::too_large("@format.deep", DEPTH));
                    }
                    open.push(Self::start(&element)?);
                }
                Event::End(_) => {
                    if let (Some(node), Some(parent)) = (open.pop(), open.last_mut()) {
                        parent.children.push(node);
                    }
                }
                Event::Text(text) => open.last_mut().expect("the root").text.push_str(&text),
                Event::CData(text) => open.last_mut().expect("the root").text.push_str(&text),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().ok().flatten();
                    let own = character.map(String::from);
                    let named = quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                    if let (Some(text), Some(node)) = (own.or(named), open.last_mut()) {
                        node.text.push_str(&text);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let is_whole = open.len() == 1;
        let root = open.pop().and_then(|mut all| all.children.pop());
        root.filter(|_| is_whole).ok_or_else(|| corrupt("@detail.ends_early"))
    }

    fn start(element: &BytesStart<'_>) -> Result<Self> {
        let mut attributes = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| corrupt(&error).caused_by(error))?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| corrupt(&error).caused_by(error))?;
            attributes.push((local(attribute.key.0).to_owned(), value.into_owned()));
        }
        Ok(Self { name: local(element.name().0).to_owned(), attributes, ..Self::default() })
    }

    /// An attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The number of an attribute.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name)?.trim().parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// The numbers of an attribute, as many as wanted.
    pub(super) fn numbers<const N: usize>(&self, name: &str) -> Option<[f64; N]> {
        numbers(self.attribute(name)?).try_into().ok()
    }

    /// Whether an attribute says false, or true; `default` if it says neither.
    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        match self.attribute(name).map(str::trim) {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => default,
        }
    }

    /// The first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements of a name below this one.
    pub(super) fn all<'n>(&'n self, name: &str) -> Vec<&'n Self> {
        let mut found = Vec::new();
        let mut open: Vec<&Self> = self.children.iter().rev().collect();
        while let Some(node) = open.pop() {
            if node.name == name {
                found.push(node);
            }
            open.extend(node.children.iter().rev());
        }
        found
    }
}

/// The numbers of a text.
pub(super) fn numbers(text: &str) -> Vec<f64> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    words.filter_map(|word| word.parse().ok()).filter(|value: &f64| value.is_finite()).collect()
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The error for a damaged document.
pub(super) fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Ofd.word(), detail)
}
