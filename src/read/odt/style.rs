//! The styles of a text that hide, strike out or raise it.
//!
//! In: the XML of a part. Out: the [`Look`] of each style. Called by [`super::read`]. Source: OpenDocument 1.3 Part 3, 16.2
//! `style:style`, chapter 20 for `text:display`, `style:text-line-through-style`, `style:text-position`.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::element::attribute;
use crate::read::look::Look;

/// The longest chain of styles based on others.
const CHAIN: usize = 20;

/// Styles by family and name, with the names of those they are based on.
#[derive(Default)]
pub(super) struct Styles(BTreeMap<String, (Look, Option<String>)>);

impl Styles {
    /// Adds the styles of a part. A broken part has those before its error.
    pub(super) fn add(&mut self, part: &str) {
        // Most documents have no such style.
        if !["text:display", "line-through", "text-position"].iter().any(|name| part.contains(name)) {
            return;
        }
        let mut reader = Reader::from_str(part);
        reader.config_mut().expand_empty_elements = true;
        let mut key = None;
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(element) => match (element.local_name().as_ref(), &key) {
                    ("style", _) => {
                        let family = attribute(&element, "family").unwrap_or_default();
                        let of = |name| attribute(&element, name).map(|name| format!("{family} {name}"));
                        key = of("name");
                        if let Some(key) = &key {
                            self.0.entry(key.clone()).or_default().1 = of("parent-style-name");
                        }
                    }
                    ("text-properties", Some(key)) => {
                        self.0.entry(key.clone()).or_default().0 = look(&element);
                    }
                    ("body", _) => break,
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "style" => key = None,
                Event::Eof => break,
                _ => {}
            }
        }
    }

    /// The look of a style of a family, with those it is based on.
    pub(super) fn look(&self, family: &str, name: Option<String>) -> Look {
        let mut look = Look::default();
        let mut next = name.map(|name| format!("{family} {name}"));
        for _ in 0..CHAIN {
            let Some((own, base)) = next.as_ref().and_then(|key| self.0.get(key)) else { break };
            look = look.or(*own);
            next.clone_from(base);
        }
        look
    }
}

fn look(element: &BytesStart<'_>) -> Look {
    let value = |name| attribute(element, name);
    let line = value("text-line-through-style").or_else(|| value("text-line-through-type"));
    let is_raised = |position: String| {
        let first = position.split_whitespace().next().unwrap_or_default();
        first.trim_end_matches('%').parse::<f64>() != Ok(0.0)
    };
    Look {
        hidden: value("display").map(|shown| shown == "none"),
        struck: line.map(|line| line != "none"),
        raised: value("text-position").map(is_raised),
    }
}
