//! Subsets of faces with the characters that a document needs, ready to be embedded.
//!
//! In: a [`Face`] and characters. Out: a [`Subset`]: the smaller font and the code of each character in it. `write::pdf`
//! asks for one with the characters of a template, which is deflated and cached (or [prebuilt](super::prebuilt)), and a small
//! one for what a report adds, which is neither.

use std::borrow::Cow;
use std::io;

use owned_ttf_parser::{RawFace, Tag};
use subsetter::GlyphRemapper;

use super::face::{Face, Metrics, Outlines};
use super::sfnt;

/// A subset of a face. Codes count from 1 in the order of the characters.
#[derive(Clone, Debug, PartialEq)]
pub struct Subset {
    /// PostScript name with the tag of six letters that marks a subset.
    pub name: Cow<'static, str>,
    /// How the font file describes its outlines.
    pub outlines: Outlines,
    /// Whether font file and map are deflated (zlib). Outlines hardly get shorter, and deflating takes as long as subsetting.
    pub is_deflated: bool,
    /// The font file. Of CFF, its table alone.
    pub program: Cow<'static, [u8]>,
    /// Length of the font file before deflating.
    pub length: usize,
    /// The characters in order; the code of the first is 1.
    pub characters: Vec<char>,
    /// Advance widths in font units, by character.
    pub widths: Vec<u16>,
    /// Glyph of each code from 0, two bytes each, big end first; none where code and glyph are the same.
    pub glyphs: Option<Cow<'static, [u8]>>,
    /// The map from codes to characters that PDF calls ToUnicode.
    pub to_unicode: Cow<'static, [u8]>,
    /// What the font descriptor says.
    pub metrics: Metrics,
}

impl Subset {
    /// The code of a character.
    pub fn code(&self, character: char) -> Option<u16> {
        self.characters.binary_search(&character).ok().map(|at| at as u16 + 1)
    }

    /// As [`Subset::new`] for one report: nothing is deflated.
    pub(super) fn once(face: &Face, characters: &[char]) -> Result<Self, String> {
        Ok(Self { is_deflated: false, ..Self::new(face, characters, |bytes| Ok(bytes.to_vec()))? })
    }

    /// Makes a subset. `characters` are sorted and each has a glyph. The error says why the font cannot be subset.
    pub(super) fn new(
        face: &Face,
        characters: &[char],
        deflate: impl Fn(&[u8]) -> io::Result<Vec<u8>>,
    ) -> Result<Self, String> {
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
        let outlines = face.outlines();
        let program = match outlines {
            // A PDF states the names itself and does not need the rest.
            Outlines::TrueType => sfnt::without(&program, &[b"name", b"post"]).unwrap_or(program),
            Outlines::Cff => cff_table(&program).ok_or("no table CFF")?,
        };
        let to_unicode = to_unicode(characters);
        let deflate = |bytes: &[u8]| deflate(bytes).map_err(|error| error.to_string());
        Ok(Self {
            name: format!("{}+{}", tag(face.name(), characters), face.name()).into(),
            outlines,
            is_deflated: true,
            program: deflate(&program)?.into(),
            length: program.len(),
            characters: characters.to_vec(),
            widths,
            glyphs: (!plain).then(|| glyphs.iter().flat_map(|glyph| glyph.to_be_bytes()).collect()),
            to_unicode: deflate(to_unicode.as_bytes())?.into(),
            metrics: face.metrics(),
        })
    }
}

/// The outlines of an OpenType file with CFF.
fn cff_table(file: &[u8]) -> Option<Vec<u8>> {
    let face = RawFace::parse(file, 0).ok()?;
    face.table(Tag::from_bytes(b"CFF ")).map(<[u8]>::to_vec)
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

/// The map from codes, counted from 1, to characters.
///
/// Source: ISO 32000-1, 9.10.3. Ranges with a list of characters would be shorter, but not all programs read them.
fn to_unicode(characters: &[char]) -> String {
    let mut map = String::from(
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n\
         /CMapName/Adobe-Identity-UCS def/CMapType 2 def\n\
         1 begincodespacerange <0000> <FFFF> endcodespacerange\n",
    );
    let mut codes = 1u16..;
    for block in characters.chunks(100) {
        map.push_str(&format!("{} beginbfchar\n", block.len()));
        for (character, code) in block.iter().zip(codes.by_ref()) {
            map.push('<');
            hexadecimal(code, &mut map);
            map.push_str("> <");
            character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| hexadecimal(*unit, &mut map));
            map.push_str(">\n");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap CMapName currentdict/CMap defineresource pop end end\n");
    map
}

/// Four digits for two bytes.
fn hexadecimal(number: u16, out: &mut String) {
    let digits = (0..4).rev().map(|place| u32::from(number >> (4 * place)) & 15);
    out.extend(digits.filter_map(|digit| char::from_digit(digit, 16)).map(|digit| digit.to_ascii_uppercase()));
}
