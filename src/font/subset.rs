//! Faces cut down to the characters a document needs, ready to be embedded.
//!
//! In: a [`Face`] and characters. Out: a [`Subset`]: the cut-down font, deflated, and the code of each character in it.
//! Subsets are kept, since the reports of one form share nearly all their characters: `write::pdf` asks for one with the
//! form's own characters and a small one for what a report adds.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use subsetter::GlyphRemapper;

use super::face::{Face, FaceKey, Metrics};

/// Subsets that are kept at most; beyond that they are made each time, with the same bytes.
const KEPT: usize = 64;

/// A face cut down to some characters. Codes count from 1 in the order of the characters.
#[derive(Debug)]
pub struct Subset {
    /// PostScript name with the tag of six letters that marks a subset.
    pub name: String,
    /// The font file, deflated (zlib).
    pub program: Vec<u8>,
    /// Length of the font file before it was deflated.
    pub length: usize,
    /// The characters in order; the code of the first is 1.
    pub characters: Vec<char>,
    /// Advance widths in font units, by character.
    pub widths: Vec<u16>,
    /// Glyph of each code from 0, two bytes each, big end first; none where code and glyph are the same.
    pub glyphs: Option<Vec<u8>>,
    /// What the font descriptor says.
    pub metrics: Metrics,
}

impl Subset {
    /// The code of a character.
    pub fn code(&self, character: char) -> Option<u16> {
        self.characters.binary_search(&character).ok().map(|at| at as u16 + 1)
    }

    /// Cuts a face down. `characters` are sorted and each has a glyph; says why the font cannot be cut down.
    fn new(face: &Face, characters: &[char]) -> Result<Self, String> {
        let (bytes, index) = face.bytes();
        let mut remapper = GlyphRemapper::new();
        let mut widths = Vec::with_capacity(characters.len());
        let mut glyphs = vec![0u16];
        for character in characters {
            let glyph = face.glyph(*character).ok_or_else(|| format!("no glyph for {character}"))?;
            widths.push(face.advance(glyph));
            glyphs.push(remapper.remap(glyph));
        }
        let plain = glyphs.iter().enumerate().all(|(code, glyph)| code == usize::from(*glyph));
        let program = subsetter::subset(bytes, index, &remapper).map_err(|error| error.to_string())?;
        let mut deflated = ZlibEncoder::new(Vec::with_capacity(program.len()), Compression::default());
        deflated.write_all(&program).map_err(|error| error.to_string())?;
        Ok(Self {
            name: format!("{}+{}", tag(face.name(), characters), face.name()),
            program: deflated.finish().map_err(|error| error.to_string())?,
            length: program.len(),
            characters: characters.to_vec(),
            widths,
            glyphs: (!plain).then(|| glyphs.iter().flat_map(|glyph| glyph.to_be_bytes()).collect()),
            metrics: face.metrics(),
        })
    }
}

/// Six capital letters that follow from the font and its characters.
fn tag(name: &str, characters: &[char]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let bytes = name.bytes().map(u32::from).chain(characters.iter().map(|c| u32::from(*c)));
    for value in bytes {
        hash = (hash ^ u64::from(value)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (0..6).map(|place| char::from(b'A' + ((hash >> (place * 9)) % 26) as u8)).collect()
}

/// A face and the characters it was cut down to.
type Wanted = (FaceKey, Vec<char>);

/// The subsets made so far.
#[derive(Debug, Default)]
pub(super) struct Subsets(Mutex<BTreeMap<Wanted, Arc<Subset>>>);

impl Subsets {
    /// The subset of a face with some characters: one made before, or a new one.
    pub(super) fn get(&self, face: &Face, characters: Vec<char>) -> Result<Arc<Subset>, String> {
        let wanted = (face.key(), characters);
        if let Some(made) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&wanted) {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(Subset::new(face, &wanted.1)?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.insert(wanted, Arc::clone(&made));
        }
        Ok(made)
    }
}
