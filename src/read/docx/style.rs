//! The styles of a document that hide, strike out or raise text.
//!
//! In: the styles part. Out: the [`Look`] of each character style. Called by [`super::read`]. Source: ECMA-376 Part 1,
//! 17.7.4.17 `style`, 17.7.2 for styles based on others.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::element::{attribute, is_on};
use crate::read::look::Look;

impl Look {
    /// Adds what a property says. Returns whether it is one of those that count.
    pub(super) fn add(&mut self, element: &quick_xml::events::BytesStart<'_>) -> bool {
        match element.local_name().as_ref() {
            "vanish" => self.hidden = Some(is_on(element)),
            // Either of both strikes out.
            "strike" | "dstrike" => self.struck = Some(self.struck == Some(true) || is_on(element)),
            "vertAlign" => self.raised = Some(attribute(element, "val").is_some_and(|value| value != "baseline")),
            "position" if self.raised != Some(true) => {
                self.raised = Some(attribute(element, "val").is_some_and(|value| !matches!(&*value, "0" | "0pt")));
            }
            "position" => {}
            _ => return false,
        }
        true
    }
}

/// Looks by the ids of their styles.
pub(super) type Styles = BTreeMap<String, Look>;

/// The longest chain of styles based on others.
const CHAIN: usize = 20;

/// The looks of all styles that say something. A broken part has those before its error.
pub(super) fn styles(part: &str) -> Styles {
    let mut own: BTreeMap<String, (Look, Option<String>)> = BTreeMap::new();
    let (mut id, mut in_text) = (None, false);
    let mut reader = Reader::from_str(part);
    reader.config_mut().expand_empty_elements = true;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(element) => match (element.local_name().as_ref(), &id) {
                ("style", _) => id = attribute(&element, "styleId"),
                ("basedOn", Some(id)) => own.entry(id.clone()).or_default().1 = attribute(&element, "val"),
                // A table style has such elements for its header and its other parts.
                ("tblStylePr", _) => id = None,
                ("rPr", _) => in_text = true,
                (_, Some(id)) if in_text => {
                    own.entry(id.clone()).or_default().0.add(&element);
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "rPr" => in_text = false,
            Event::Eof => break,
            _ => {}
        }
    }
    let whole = |id: &String| {
        let (mut look, mut next) = (Look::default(), Some(id));
        for _ in 0..CHAIN {
            let Some((found, base)) = next.and_then(|id| own.get(id)) else { break };
            look = look.or(*found);
            next = base.as_ref();
        }
        look
    };
    own.keys().map(|id| (id.clone(), whole(id))).filter(|(_, look)| *look != Look::default()).collect()
}
