//! The system's fonts, searched only for characters that no other font has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fontdb::{Database, FaceInfo, ID, Style};

use super::face::{Face, FaceKey, outlines};
use crate::template::FontRole;
use crate::text::words::words;

/// The faces of the system in a fixed order, each opened when it is first needed.
#[derive(Debug, Default)]
pub(super) struct System {
    database: OnceLock<(Database, Vec<ID>)>,
    opened: Mutex<Opened>,
}

#[derive(Debug, Default)]
struct Opened {
    faces: BTreeMap<usize, Option<Arc<Face>>>,
    found: BTreeMap<(FontRole, char), Option<usize>>,
}

impl System {
    /// The first face that has a character, the ones most similar to the role's first.
    pub(super) fn face(&self, role: FontRole, character: char) -> Option<Arc<Face>> {
        let (database, order) = self.database.get_or_init(|| {
            let mut database = Database::new();
            database.load_system_fonts();
            let order = in_order(&database);
            (database, order)
        });
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = opened.found.get(&(role, character)) {
            return found.and_then(|at| opened.faces.get(&at).cloned().flatten());
        }
        let mut places: Vec<usize> = (0..order.len()).collect();
        places.sort_by_key(|at| database.face(order[*at]).map_or(u32::MAX, |info| distance(info, role)));
        let found = places.into_iter().find(|at| {
            let face = opened.faces.entry(*at).or_insert_with(|| open(database, order[*at], *at));
            face.as_ref().is_some_and(|face| face.glyph(character).is_some())
        });
        opened.found.insert((role, character), found);
        // Faces without the character are dropped: a machine may have thousands.
        let kept: Vec<usize> = opened.found.values().flatten().copied().collect();
        opened.faces.retain(|at, _| kept.contains(at));
        found.and_then(|at| opened.faces.get(&at).cloned().flatten())
    }
}

fn open(database: &Database, id: ID, place: usize) -> Option<Arc<Face>> {
    database
        .with_face_data(id, |bytes, index| {
            // Check the borrowed bytes first: most faces need no copy of a large file.
            let has_outlines = owned_ttf_parser::Face::parse(bytes, index).is_ok_and(|face| outlines(&face).is_some());
            has_outlines.then(|| Face::load(FaceKey::System(place), bytes.to_vec(), index).ok()).flatten()
        })
        .flatten()
        .map(Arc::new)
}

/// All faces by name, so that the order does not depend on the file system.
fn in_order(database: &Database) -> Vec<ID> {
    let mut faces: Vec<&FaceInfo> = database.faces().collect();
    faces.sort_by(|a, b| {
        (&a.post_script_name, a.index, source_name(a)).cmp(&(&b.post_script_name, b.index, source_name(b)))
    });
    faces.into_iter().map(|info| info.id).collect()
}

fn source_name(info: &FaceInfo) -> Option<&std::path::Path> {
    match &info.source {
        fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => Some(path),
        fontdb::Source::Binary(_) => None,
    }
}

/// How different a face looks from a role's: slant counts most, then fixed width, then strokes, region and weight.
fn distance(info: &FaceInfo, role: FontRole) -> u32 {
    let wanted = if role == FontRole::Title { 700 } else { 400 };
    let weight = u32::from(info.weight.0.abs_diff(wanted));
    let slanted = if info.style == Style::Normal { 0 } else { 20_000 };
    let fixed = if info.monospaced { 10_000 } else { 0 };
    let has = |parts: &[String]| {
        let mut names = info.families.iter().map(|(name, _)| name.as_str()).chain([info.post_script_name.as_str()]);
        names.any(|name| parts.iter().any(|part| name.contains(part.as_str())))
    };
    let strokes = if has(&words().serif_fonts) == (role != FontRole::Heading) { 0 } else { 2_000 };
    let region = if has(&words().mainland_fonts) { 0 } else { 1_000 };
    slanted + fixed + strokes + region + weight
}
