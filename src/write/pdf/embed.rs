//! Fonts as objects of a file: those of a form, and those that a report adds.
//!
//! printpdf embeds a font with the characters that its pages show. Here a font has more, since a form's reports show others,
//! and it is deflated in advance.

use lopdf::ObjectId;

use super::draw::font_name;
use super::object::{self, Written};
use super::section::Section;
use super::typeface::Typefaces;
use crate::deflate::{Effort, deflated};
use crate::font::Subset;

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
    section.stream((file, 0), format!("{filter}/Length1 {}", subset.length).as_bytes(), &subset.program);
    section.stream((unicode, 0), filter.as_bytes(), &subset.to_unicode);
    let map = match &subset.glyphs {
        None => "/Identity".to_owned(),
        Some(glyphs) => {
            let map = id();
            let glyphs = if subset.is_deflated { deflated(glyphs, Effort::Thorough)?.into() } else { glyphs.clone() };
            section.stream((map, 0), filter.as_bytes(), &glyphs);
            format!(" {map} 0 R")
        }
    };
    let mut name = Vec::with_capacity(64);
    object::name(subset.name.as_bytes(), &mut name);
    let metrics = &subset.metrics;
    let em = f64::from(metrics.units_per_em.max(1));
    let scaled = |units: i16| (f64::from(units) * 1000.0 / em).round() as i64;
    let ([left, bottom, right, top], ascent) = (metrics.bounds.map(scaled), scaled(metrics.ascender));
    let descent = scaled(metrics.descender);
    // No table gives the thickness of stems; estimated from the weight, as PDF producers commonly do.
    let stem = 50 + (f64::from(metrics.weight) / 65.0).powi(2).round() as i64;
    let behind_name = format!(
        "/Flags {SYMBOLIC}/FontBBox[{left} {bottom} {right} {top}]/ItalicAngle 0/Ascent {ascent}/Descent {descent}\
         /CapHeight {ascent}/StemV {stem}/FontFile2 {file} 0 R>>"
    );
    let parts = [b"<</Type/FontDescriptor/FontName", &*name, behind_name.as_bytes()];
    objects.push(((descriptor, 0), parts.concat()));
    let of_descendant = format!(
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 1000\
         /W[{}]/CIDToGIDMap{map}>>]/ToUnicode {unicode} 0 R>>",
        widths(subset, em)
    );
    let parts = [
        b"<</Type/Font/Subtype/Type0/BaseFont",
        &*name,
        b"/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont",
        &*name,
        of_descendant.as_bytes(),
    ];
    objects.push(((font, 0), parts.concat()));
    Ok((font, 0))
}

/// The widths of the codes that are not as wide as a hanzi: the first code of each run and the widths of its codes.
fn widths(subset: &Subset, em: f64) -> String {
    let width = |width: &u16| (f64::from(*width) * 1000.0 / em).round() as i64;
    let widths: Vec<(i64, i64)> =
        (1..).zip(subset.widths.iter().map(width)).filter(|(_, width)| *width != 1000).collect();
    let mut out = String::new();
    for run in widths.chunk_by(|one, next| one.0 + 1 == next.0) {
        let widths: Vec<String> = run.iter().map(|(_, width)| width.to_string()).collect();
        out.push_str(&format!("{}{}[{}]", if out.is_empty() { "" } else { " " }, run[0].0, widths.join(" ")));
    }
    out
}
