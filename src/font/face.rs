//! One face of a font file: its glyphs, its widths and its name.
//!
//! In: the bytes of an OpenType file or one face of a collection. Out: a [`Face`] to measure and to subset. Made by
//! [`Fonts`](super::Fonts).

use owned_ttf_parser::{AsFaceRef, OwnedFace};

use crate::template::FontRole;

/// The identity of a face, the same in every run of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaceKey {
    /// The user's own font of a role.
    Own(FontRole),
    /// The shipped font of a role.
    Shipped(FontRole),
    /// One of the system's, by its place in their fixed order.
    System(usize),
}

#[derive(Debug)]
enum Data {
    Shipped(Box<owned_ttf_parser::Face<'static>>, &'static [u8]),
    Loaded(OwnedFace, u32),
}

/// How a font describes its outlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlines {
    /// Quadratic curves in a table `glyf`.
    TrueType,
    /// Cubic curves in a table `CFF `, as most fonts named `.otf` have them.
    Cff,
}

/// One face that may be embedded and has TrueType or CFF outlines.
#[derive(Debug)]
pub struct Face {
    key: FaceKey,
    name: String,
    data: Data,
}

/// A box around all glyphs and the vertical metrics, in font units, for a font descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// Font units to the em.
    pub units_per_em: u16,
    /// Height of the highest letters above the base line.
    pub ascender: i16,
    /// Depth of the lowest letters, negative.
    pub descender: i16,
    /// Left, lower, right and upper edge of all glyphs.
    pub bounds: [i16; 4],
    /// Weight from 100 to 900.
    pub weight: u16,
}

impl Face {
    /// A shipped face. The build removed the names from its file.
    pub(super) fn shipped(role: FontRole, name: &str, bytes: &'static [u8]) -> Self {
        let face = owned_ttf_parser::Face::parse(bytes, 0).expect("the shipped fonts are tested");
        Self { key: FaceKey::Shipped(role), name: name.to_owned(), data: Data::Shipped(Box::new(face), bytes) }
    }

    /// A face of a font file. The error says why it cannot be embedded.
    pub(super) fn load(key: FaceKey, bytes: Vec<u8>, index: u32) -> Result<Self, String> {
        let face = OwnedFace::from_vec(bytes, index).map_err(|error| error.to_string())?;
        let parsed = face.as_face_ref();
        usable(parsed)?;
        Ok(Self { key, name: postscript_name(parsed), data: Data::Loaded(face, index) })
    }

    fn parsed(&self) -> &owned_ttf_parser::Face<'_> {
        match &self.data {
            Data::Shipped(face, _) => face,
            Data::Loaded(face, _) => face.as_face_ref(),
        }
    }

    /// Its identity.
    pub fn key(&self) -> FaceKey {
        self.key
    }

    /// Its PostScript name, such as `NotoSerifSC-Regular`: ASCII letters, digits and hyphens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's bytes and the face's number in it.
    pub fn bytes(&self) -> (&[u8], u32) {
        match &self.data {
            Data::Shipped(_, bytes) => (bytes, 0),
            Data::Loaded(face, index) => (face.as_slice(), *index),
        }
    }

    /// The glyph of a character; none where the face has none, or only the box for missing ones.
    pub fn glyph(&self, character: char) -> Option<u16> {
        self.parsed().glyph_index(character).map(|glyph| glyph.0).filter(|glyph| *glyph != 0)
    }

    /// Advance width of a glyph in font units.
    pub fn advance(&self, glyph: u16) -> u16 {
        self.parsed().glyph_hor_advance(owned_ttf_parser::GlyphId(glyph)).unwrap_or(0)
    }

    /// How it describes its outlines.
    pub fn outlines(&self) -> Outlines {
        // A face without either is not loaded.
        outlines(self.parsed()).unwrap_or(Outlines::TrueType)
    }

    /// The metrics for a font descriptor.
    pub fn metrics(&self) -> Metrics {
        let face = self.parsed();
        let bounds = face.global_bounding_box();
        Metrics {
            units_per_em: face.units_per_em(),
            ascender: face.ascender(),
            descender: face.descender(),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max],
            weight: face.weight().to_number(),
        }
    }
}

/// How a face describes its outlines; none where no document can embed them.
pub(super) fn outlines(face: &owned_ttf_parser::Face<'_>) -> Option<Outlines> {
    let tables = face.tables();
    let cff = || tables.cff.is_some().then_some(Outlines::Cff);
    tables.glyf.is_some().then_some(Outlines::TrueType).or_else(cff)
}

/// Whether a face may be embedded: it has outlines, and its `OS/2` table permits it.
fn usable(face: &owned_ttf_parser::Face<'_>) -> Result<(), String> {
    use owned_ttf_parser::Permissions;
    if outlines(face).is_none() {
        return Err("no outlines of TrueType (glyf) or CFF".to_owned());
    }
    if face.units_per_em() == 0 {
        return Err("no units per em".to_owned());
    }
    let has_rules = face.tables().os2.is_some();
    if has_rules
        && (face.permissions() == Some(Permissions::Restricted)
            || !face.is_subsetting_allowed()
            || !face.is_outline_embedding_allowed())
    {
        return Err("embedding is not permitted (OS/2 fsType)".to_owned());
    }
    Ok(())
}

fn postscript_name(face: &owned_ttf_parser::Face<'_>) -> String {
    let name = face
        .names()
        .into_iter()
        .filter(|name| name.name_id == owned_ttf_parser::name_id::POST_SCRIPT_NAME)
        .find_map(|name| name.to_string())
        .unwrap_or_default();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(63).collect();
    if name.is_empty() { "Font".to_owned() } else { name }
}
