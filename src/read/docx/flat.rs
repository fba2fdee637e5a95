//! The parts of a package in a single XML file (Flat OPC).
//!
//! In: the text of the file. Out: the XML of each part by its name. Called by [`super::read_flat`].

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::error::Result;
use crate::limit;

use super::element::{attribute, corrupt};

/// The XML of the parts by their names, such as `/word/document.xml`. Parts of other content are left out.
pub(super) fn parts(text: &str) -> Result<BTreeMap<String, &str>> {
    let mut parts = BTreeMap::new();
    let mut reader = Reader::from_str(text);
    let (mut name, mut start, mut depth) = (None, None, 0usize);
    loop {
        let before = position(&reader);
        match reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))? {
            Event::Start(element) => {
                depth += 1;
                match element.local_name().as_ref() {
                    "part" if depth == 2 => name = attribute(&element, "name"),
                    "xmlData" if depth == 3 => start = Some(position(&reader)),
                    _ => {}
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 2
                    && let (Some(name), Some(start)) = (name.take(), start.take())
                {
                    parts.insert(name, text.get(start..before).unwrap_or_default());
                }
            }
            Event::Eof if depth > 0 => return Err(corrupt("@detail.ends_early")),
            Event::Eof => return Ok(parts),
            _ => {}
        }
        if parts.len() > limit::SHEETS {
            return Err(limit::too_large("@format.many_parts", limit::SHEETS));
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}
