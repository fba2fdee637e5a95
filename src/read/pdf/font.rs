//! What the codes of a font mean.
//!
//! In: the dictionary of a font. Out: for each code its characters and its advance. Called by [`super::text`].
//!
//! `hayro-font` knows the characters that the file states (`ToUnicode`) or that glyphs are named after. Reports often
//! have fonts without either, in encodings that were common in China; these are decoded here. A font that is in the file
//! may know the characters of its glyphs itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS};
use hayro_font::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn};
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Array, Name, Object, String as PdfString};
use owned_ttf_parser as ttf;

use super::inflate::Inflated;
use crate::error::Result;
use crate::limit::{self, FONT_CODES};

/// A code of a font.
#[derive(Debug)]
pub(super) struct Code {
    /// Its characters; none if they are not known.
    pub(super) text: Vec<char>,
    /// How far the next glyph is, in units of the font's size.
    pub(super) advance: (f64, f64),
    /// Where the glyph's origin is.
    pub(super) origin: (f64, f64),
}

/// A font, and what is known of its codes.
pub(super) struct PdfFont<'a> {
    font: Font<'a>,
    scheme: Scheme,
    codes: RefCell<HashMap<(u32, usize), Rc<Code>>>,
    /// The characters of glyphs by the font itself, made when first needed.
    reverse: RefCell<Option<HashMap<u32, char>>>,
}

/// How codes mean characters, apart from what `hayro-font` knows.
enum Scheme {
    /// By nothing else.
    Unknown,
    /// The code is in this encoding.
    Encoded(&'static Encoding),
    /// The code is UTF-16.
    Utf16,
    /// The code is the number of a character in a collection.
    Collection(Box<CMap>),
}

impl PdfFont<'_> {
    /// The code at the start of some bytes, and its length.
    pub(super) fn read(&self, bytes: &[u8]) -> (u32, usize) {
        let (code, length) = self.font.read_code(bytes, 0);
        (code, length.max(1))
    }

    pub(super) fn is_horizontal(&self) -> bool {
        self.font.is_horizontal()
    }

    /// What a code of some bytes is.
    pub(super) fn code(&self, code: u32, length: usize) -> Rc<Code> {
        if let Some(known) = self.codes.borrow().get(&(code, length)) {
            return known.clone();
        }
        let scale = 1.0 / f64::from(hayro_font::UNITS_PER_EM);
        let (advance, origin) = (self.font.code_advance(code), self.font.origin_displacement(code));
        let found = Rc::new(Code {
            text: self.text(code, length),
            advance: (advance.x * scale, advance.y * scale),
            origin: (origin.x * scale, origin.y * scale),
        });
        self.codes.borrow_mut().insert((code, length), found.clone());
        found
    }

    fn text(&self, code: u32, length: usize) -> Vec<char> {
        let text = self.by_scheme(code, length).or_else(|| {
            let glyph = self.font.glyph(self.font.map_code(code), code);
            let stated = match &glyph {
                FontGlyph::Outline(glyph) => glyph.as_unicode(),
                FontGlyph::Type3(glyph) => glyph.as_unicode(),
            };
            let stated = stated.map(|text| match text {
                BfString::Char(c) => vec![c],
                BfString::String(text) => text.chars().collect(),
            });
            stated.filter(|text| is_text(text)).or_else(|| self.by_font(&glyph).map(|c| vec![c]))
        });
        text.filter(|text| is_text(text)).unwrap_or_default()
    }

    fn by_scheme(&self, code: u32, length: usize) -> Option<Vec<char>> {
        let bytes = code.to_be_bytes();
        let own = &bytes[4 - length.clamp(1, 4)..];
        match &self.scheme {
            Scheme::Unknown => None,
            Scheme::Encoded(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(own)?;
                Some(text.chars().collect())
            }
            Scheme::Utf16 => {
                let units = own.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).collect::<std::result::Result<_, _>>().ok()
            }
            Scheme::Collection(map) => match map.lookup_bf_string(code)? {
                BfString::Char(c) => Some(vec![c]),
                BfString::String(text) => Some(text.chars().collect()),
            },
        }
    }

    /// The character of a glyph by the tables of its own font.
    fn by_font(&self, glyph: &FontGlyph<'_>) -> Option<char> {
        let FontGlyph::Outline(glyph) = glyph else { return None };
        let mut reverse = self.reverse.borrow_mut();
        let known = reverse.get_or_insert_with(|| {
            let data = glyph.font_data();
            data.map(|font| characters((*font.data).as_ref())).unwrap_or_default()
        });
        known.get(&glyph.glyph_id().to_u32()).copied()
    }
}

/// Whether characters are such as text has.
fn is_text(text: &[char]) -> bool {
    let is_none = |c: &char| (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{fff0}'..='\u{ffff}');
    !text.is_empty() && !text.iter().any(is_none)
}

/// The characters of glyphs by the Unicode tables of a font. A glyph of several characters has the first one.
fn characters(font: &[u8]) -> HashMap<u32, char> {
    let mut known = HashMap::new();
    let Ok(face) = ttf::Face::parse(font, 0) else { return known };
    let tables = face.tables().cmap.into_iter().flat_map(|table| table.subtables);
    for table in tables.filter(ttf::cmap::Subtable::is_unicode) {
        table.codepoints(|code| {
            if let (Some(c), Some(glyph)) = (char::from_u32(code), table.glyph_index(code)) {
                known.entry(u32::from(glyph.0)).or_insert(c);
            }
        });
    }
    // Symbol fonts have their glyphs in the private use area.
    known.retain(|_, c| !matches!(c, '\u{e000}'..='\u{f8ff}'));
    known
}

/// The fonts of a document.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    fonts: HashMap<Key, Option<Rc<PdfFont<'a>>>>,
    /// By the place of the dictionary that names them, and the name. Looking up a name parses that dictionary.
    named: HashMap<(Key, Vec<u8>), Option<Rc<PdfFont<'a>>>>,
    programs: FontResolverFn,
    maps: CMapResolverFn,
    /// The same without those from a collection to Unicode, which are long, for codes whose characters are known.
    code_maps: CMapResolverFn,
}

/// The maps from a collection to Unicode.
const TO_UNICODE: [CMapName<'_>; 4] =
    [CMapName::AdobeGb1Ucs2, CMapName::AdobeCns1Ucs2, CMapName::AdobeJapan1Ucs2, CMapName::AdobeKorea1Ucs2];

/// The place of a dictionary in the file.
type Key = (usize, usize);

impl<'a> Fonts<'a> {
    pub(super) fn new() -> Self {
        // Glyphs are not drawn, but a font that is not in the file needs some program.
        let programs: FontResolverFn = Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(query) => Some(query.pick_standard_font().get_font_data()),
        });
        let maps: CMapResolverFn = Arc::new(load_embedded);
        let is_to_unicode = |name: &CMapName<'_>| TO_UNICODE.contains(name);
        let code_maps: CMapResolverFn =
            Arc::new(move |name| if is_to_unicode(&name) { None } else { load_embedded(name) });
        Self { cache: FontCache::new(), fonts: HashMap::new(), named: HashMap::new(), programs, maps, code_maps }
    }

    /// The font of a name in the resources of a page; none if it cannot be used.
    pub(super) fn named(
        &mut self,
        name: &Name<'_>,
        names: &Dict<'a>,
        inflated: &mut Inflated,
    ) -> Result<Option<Rc<PdfFont<'a>>>> {
        let key = (place(names), name.to_vec());
        if let Some(known) = self.named.get(&key) {
            return Ok(known.clone());
        }
        let font = match names.get::<Dict<'a>>(name) {
            Some(dict) => self.font(&dict, inflated)?,
            None => None,
        };
        self.named.insert(key, font.clone());
        Ok(font)
    }

    /// The font of a dictionary; none if it cannot be used.
    pub(super) fn font(&mut self, dict: &Dict<'a>, inflated: &mut Inflated) -> Result<Option<Rc<PdfFont<'a>>>> {
        let key = place(dict);
        if let Some(known) = self.fonts.get(&key) {
            return Ok(known.clone());
        }
        check(dict, inflated)?;
        let scheme = scheme(dict);
        let maps = if matches!(scheme, Scheme::Unknown) { &self.maps } else { &self.code_maps };
        let font = self.cache.font(dict, &self.programs, maps).map(|font| {
            Rc::new(PdfFont { font, scheme, codes: RefCell::default(), reverse: RefCell::default() })
        });
        self.fonts.insert(key, font.clone());
        Ok(font)
    }
}

fn place(dict: &Dict<'_>) -> Key {
    let data = dict.data();
    (data.as_ptr() as usize, data.len())
}

/// Counts what loading a font takes before it is loaded.
fn check(dict: &Dict<'_>, inflated: &mut Inflated) -> Result<()> {
    let descendants = dict.get::<Array<'_>>(b"DescendantFonts");
    let descendant = descendants.and_then(|list| list.iter::<Dict<'_>>().next()).unwrap_or_default();
    let mut streams: Vec<Stream<'_>> = Vec::new();
    for font in [dict, &descendant] {
        for key in [&b"ToUnicode"[..], b"Encoding", b"CIDToGIDMap"] {
            streams.extend(font.get::<Stream<'_>>(key));
        }
        let descriptor = font.get::<Dict<'_>>(b"FontDescriptor").unwrap_or_default();
        for key in [&b"FontFile"[..], b"FontFile2", b"FontFile3"] {
            streams.extend(descriptor.get::<Stream<'_>>(key));
        }
        let widths = font.get::<Array<'_>>(b"Widths").map_or(0, |list| list.data().len());
        let ranges: usize = [(&b"W"[..], 3), (b"W2", 5)]
            .into_iter()
            .filter_map(|(key, numbers)| Some(ranged(&font.get::<Array<'_>>(key)?, numbers)))
            .sum();
        if widths > FONT_CODES || ranges > FONT_CODES {
            return Err(limit::too_large("@format.many_glyphs", FONT_CODES));
        }
    }
    for stream in streams {
        inflated.take(&stream)?;
    }
    Ok(())
}

/// How many codes the widths of a font are for: `first last width`, with three numbers for a vertical font, or
/// `first [width …]`.
fn ranged(widths: &Array<'_>, numbers_of_range: usize) -> usize {
    let mut count = 0usize;
    let mut numbers: Vec<f64> = Vec::new();
    for item in widths.iter::<Object<'_>>() {
        match item {
            Object::Number(number) => numbers.push(number.as_f64()),
            Object::Array(list) => {
                count = count.saturating_add(list.data().len());
                numbers.clear();
            }
            _ => numbers.clear(),
        }
        if numbers.len() == numbers_of_range {
            count = count.saturating_add((numbers[1] - numbers[0]).max(0.0) as usize);
            numbers.clear();
        }
    }
    count
}

/// How the codes of a font without `ToUnicode` mean characters.
fn scheme(dict: &Dict<'_>) -> Scheme {
    if dict.contains_key(b"ToUnicode") || dict.get::<Name<'_>>(b"Subtype").as_deref() != Some(b"Type0") {
        return Scheme::Unknown;
    }
    let encoding = dict.get::<Name<'_>>(b"Encoding");
    let name = encoding.as_deref().unwrap_or_default();
    let has = |part: &str| memchr::memmem::find(name, part.as_bytes()).is_some();
    let known = match () {
        () if has("UCS2") || has("UTF16") => return Scheme::Utf16,
        () if name.starts_with(b"GB") => Some(GB18030),
        () if has("B5") || has("HKscs") => Some(BIG5),
        () if has("RKSJ") => Some(SHIFT_JIS),
        () if name.starts_with(b"KSC") => Some(EUC_KR),
        () => None,
    };
    if let Some(encoding) = known {
        return Scheme::Encoded(encoding);
    }
    if !matches!(name, b"Identity-H" | b"Identity-V") {
        return Scheme::Unknown;
    }
    let collection = collection(dict).and_then(|family| load_embedded(family.ucs2_cmap()?));
    let map = collection.and_then(|data| CMap::parse(data, |name: CMapName<'_>| load_embedded(name)));
    map.map_or(Scheme::Unknown, |map| Scheme::Collection(Box::new(map)))
}

/// The character collection whose numbers the codes are.
fn collection(dict: &Dict<'_>) -> Option<CidFamily> {
    let descendant = dict.get::<Array<'_>>(b"DescendantFonts")?.iter::<Dict<'_>>().next()?;
    let info = descendant.get::<Dict<'_>>(b"CIDSystemInfo")?;
    let text = |key: &[u8]| info.get::<PdfString<'_>>(key);
    Some(CidFamily::from_registry_ordering(&text(b"Registry")?, &text(b"Ordering")?))
}
