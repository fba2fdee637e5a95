//! The parts of a package and the relationships between them.
//!
//! In: the bytes of an xlsx file. Out: parts by name. Called by [`super::read`]. Names of parts are not case-sensitive,
//! and `\` counts as `/`, because some programs write it. Source: ECMA-376 Part 2, chapters 8 to 10.

use std::collections::HashMap;

use encoding_rs::{Encoding, UTF_8};

use crate::error::Result;
use crate::read::Format;
use crate::read::archive::Archive;

use super::error::structure;
use super::events::{Event, Events};

/// An open package.
pub(super) struct Package<'b> {
    archive: Archive<'b>,
    places: HashMap<String, usize>,
}

/// A relationship from one part to another.
pub(super) struct Relationship {
    /// Its id in the source part.
    pub id: String,
    /// The end of its type. The beginning differs between transitional and strict files.
    kind: String,
    /// The name of the target part.
    pub target: String,
}

impl Relationship {
    /// Whether it is of this kind.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

impl<'b> Package<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self> {
        let archive = Archive::open(bytes, Format::Xlsx)?;
        let places = archive.names().enumerate().filter_map(|(index, name)| Some((key(&name?), index))).collect();
        Ok(Self { archive, places })
    }

    /// The content of a part in UTF-8. `None` if there is no such part. The content is validated when it is parsed.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(index) = self.places.get(&key(name)) else { return Ok(None) };
        let bytes = self.archive.part(*index)?;
        match Encoding::for_bom(&bytes) {
            Some((encoding, _)) if encoding != UTF_8 => match encoding.decode(&bytes) {
                (text, _, false) => Ok(Some(text.into_owned().into_bytes())),
                _ => Err(structure()),
            },
            _ => Ok(Some(bytes)),
        }
    }

    /// Whether a part has relationships.
    pub(super) fn has_relationships(&self, part: &str) -> bool {
        self.places.contains_key(&key(&relationships_of(part)))
    }

    /// The relationships of a part, or of the package if the name is empty.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>> {
        let text = self.part(&relationships_of(part))?.ok_or_else(structure)?;
        let mut events = Events::of(&text);
        let mut found = Vec::new();
        loop {
            match events.next()? {
                Event::Start(element) if element.name == b"Relationship" => {
                    let value = |name: &[u8]| element.attribute(name).unwrap_or_default();
                    let kind = value(b"Type").rsplit('/').next().unwrap_or_default().to_owned();
                    found.push(Relationship {
                        id: value(b"Id").into_owned(),
                        kind,
                        target: resolve(part, &value(b"Target")),
                    });
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
        }
    }
}

/// The name of the part with the relationships of a part.
fn relationships_of(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{name}.rels")
}

fn key(name: &str) -> String {
    let key = name.trim_start_matches(['/', '\\']).to_ascii_lowercase();
    if key.contains('\\') { key.replace('\\', "/") } else { key }
}

/// The part name of a relationship's target, which is relative to the folder of the source part, or absolute.
pub(super) fn resolve(from: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = from.split('/').collect();
    steps.pop();
    for step in target.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}
