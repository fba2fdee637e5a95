//! Fonts as objects of a file: those of a form, and those that a report adds.
//!
//! printpdf embeds a font with the characters that its pages show. Here a font has more, since a form's reports show others,
//! and it is deflated in advance.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lopdf::ObjectId;

use super::draw::font_name;
use super::object::{self, Written};
use super::section::Section;
use super::typeface::Typefaces;
use crate::deflate::{Effort, deflated};
use crate::font::{Outlines, Subset};

/// The flag of a font whose characters are not those of the standard Latin set.
const SYMBOLIC: i64 = 4;

/// Embeds fonts: their streams go into the section, their other objects to `objects`, their names to
/// the entries of the pages' fonts. Ids are taken from `next` on.
pub(super) fn embed(
    typefaces: &Typefaces,
    section: &mut Section,
    objects: &mut Vec<Written>,
    next: &mut u32,
    names: &mut Vec<u8>,
) -> std::io::Result<()> {
    for (font, _, subset) in typefaces.fonts() {
        let (id, _) = embed_one(subset, section, objects, next)?;
        names.extend_from_slice(format!("/{} {id} 0 R", font_name(font)).as_bytes());
    }
    Ok(())
}

/// Embeds a font; returns the id of its dictionary.
///
/// Source: ISO 32000-1, 9.7 (composite fonts), 9.8 (descriptors) and 9.10.3 (ToUnicode).
fn embed_one(
    subset: &Subset,
    section: &mut Section,
    objects: &mut Vec<Written>,
    next: &mut u32,
) -> std::io::Result<ObjectId> {
    let mut id = || {
        *next += 1;
        *next - 1
    };
    let (font, descriptor, file, unicode) = (id(), id(), id(), id());
    let filter = if subset.is_deflated { "/Filter/FlateDecode" } else { "" };
    let of_file = match subset.outlines {
        Outlines::TrueType => format!("{filter}/Length1 {}", subset.length),
        Outlines::Cff => format!("{filter}/Subtype/CIDFontType0C"),
    };
    section.stream((file, 0), of_file.as_bytes(), &subset.program);
    section.stream((unicode, 0), filter.as_bytes(), &subset.to_unicode);
    let map = subset.glyphs.as_deref().map(|glyphs| glyph_map(glyphs, subset.outlines));
    let map = match map {
        None => None,
        Some((entries, bytes)) => {
            let map = id();
            let bytes = if subset.is_deflated { deflated(&bytes, Effort::Thorough)?.into() } else { bytes };
            section.stream((map, 0), format!("{filter}{entries}").as_bytes(), &bytes);
            Some(format!(" {map} 0 R"))
        }
    };
    let (file_key, subtype, to_glyphs, encoding) = match subset.outlines {
        Outlines::TrueType => {
            let map = map.as_deref().unwrap_or("/Identity");
            ("FontFile2", "CIDFontType2", format!("/CIDToGIDMap{map}"), "/Identity-H".to_owned())
        }
        Outlines::Cff => ("FontFile3", "CIDFontType0", String::new(), map.unwrap_or_else(|| "/Identity-H".to_owned())),
    };
    let mut name = Vec::with_capacity(64);
    object::name(subset.name.as_bytes(), &mut name);
    objects.push(((descriptor, 0), descriptor_entries(subset, &name, &format!("{file_key} {file}"))));
    let em = f64::from(subset.metrics.units_per_em.max(1));
    let of_descendant = format!(
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 1000\
         /W[{}]{to_glyphs}>>]/ToUnicode {unicode} 0 R>>",
        widths(subset, em)
    );
    let before_name = format!("/Encoding{encoding}/DescendantFonts[<</Type/Font/Subtype/{subtype}/BaseFont");
    let parts = [
        b"<</Type/Font/Subtype/Type0/BaseFont",
        &*name,
        before_name.as_bytes(),
        &*name,
        of_descendant.as_bytes(),
    ];
    objects.push(((font, 0), parts.concat()));
    Ok((font, 0))
}

/// The font descriptor. `file` has the key and the id of the font file.
fn descriptor_entries(subset: &Subset, name: &[u8], file: &str) -> Vec<u8> {
    let metrics = &subset.metrics;
    let em = f64::from(metrics.units_per_em.max(1));
    let scaled = |units: i16| (f64::from(units) * 1000.0 / em).round() as i64;
    let ([left, bottom, right, top], ascent) = (metrics.bounds.map(scaled), scaled(metrics.ascender));
    let descent = scaled(metrics.descender);
    // No table gives the thickness of stems; estimated from the weight, as PDF producers commonly do.
    let stem = 50 + (f64::from(metrics.weight) / 65.0).powi(2).round() as i64;
    let behind_name = format!(
        "/Flags {SYMBOLIC}/FontBBox[{left} {bottom} {right} {top}]/ItalicAngle 0/Ascent {ascent}/Descent {descent}\
         /CapHeight {ascent}/StemV {stem}/{file} 0 R>>"
    );
    [b"<</Type/FontDescriptor/FontName", name, behind_name.as_bytes()].concat()
}

/// The entries of the stream of an [`encoding`].
const ENCODING: &str = "/Type/CMap/CMapName/XXGK-H/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>";

/// The map from codes to glyphs, two bytes each, as a program of a CMap.
///
/// Source: ISO 32000-1, 9.7.5.3.
fn encoding(glyphs: &[u8]) -> String {
    let mut map = String::from(
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n\
         /CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>def\n\
         /CMapName/XXGK-H def/CMapType 1 def/WMode 0 def\n\
         1 begincodespacerange <0000> <FFFF> endcodespacerange\n",
    );
    let codes: Vec<(usize, u16)> = glyph_numbers(glyphs).enumerate().collect();
    for block in codes.chunks(100) {
        map.push_str(&format!("{} begincidchar\n", block.len()));
        block.iter().for_each(|(code, glyph)| map.push_str(&format!("<{code:04X}> {glyph}\n")));
        map.push_str("endcidchar\n");
    }
    map.push_str("endcmap CMapName currentdict/CMap defineresource pop end end\n");
    map
}

/// The entries and the bytes of the stream that leads from codes to glyphs, which `glyphs` gives by code.
fn glyph_map(glyphs: &[u8], outlines: Outlines) -> (&'static str, Cow<'_, [u8]>) {
    match outlines {
        Outlines::TrueType => ("", glyphs.into()),
        // CFF has no map behind the CIDs, so the codes have one before them.
        Outlines::Cff => (ENCODING, encoding(glyphs).into_bytes().into()),
    }
}

/// The widths of the CIDs that are not as wide as a hanzi: the first CID of each run and the widths of its CIDs.
fn widths(subset: &Subset, em: f64) -> String {
    let width = |width: &u16| (f64::from(*width) * 1000.0 / em).round() as i64;
    let codes = 1..=subset.widths.len();
    let cids: Vec<usize> = match (&subset.glyphs, subset.outlines) {
        (Some(glyphs), Outlines::Cff) => glyph_numbers(glyphs).skip(1).map(usize::from).collect(),
        _ => codes.collect(),
    };
    let widths = cids.into_iter().zip(subset.widths.iter().map(width));
    let widths: BTreeMap<usize, i64> = widths.filter(|(_, width)| *width != 1000).collect();
    let widths: Vec<(usize, i64)> = widths.into_iter().collect();
    let mut out = String::new();
    for run in widths.chunk_by(|one, next| one.0 + 1 == next.0) {
        let widths: Vec<String> = run.iter().map(|(_, width)| width.to_string()).collect();
        out.push_str(&format!("{}{}[{}]", if out.is_empty() { "" } else { " " }, run[0].0, widths.join(" ")));
    }
    out
}

/// Numbers of two bytes each.
fn glyph_numbers(glyphs: &[u8]) -> impl Iterator<Item = u16> {
    glyphs.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
}
