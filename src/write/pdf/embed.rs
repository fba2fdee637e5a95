//! Fonts as objects of a file: those of a form by printpdf, those that a report adds as bytes.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use printpdf::{FontId, FontMetrics, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, Pt, TextItem};

use super::draw::font_name;
use super::object::{self, Written};
use super::section::Section;
use super::typeface::Typefaces;
use crate::deflate::{Effort, deflated};
use crate::font::Subset;

/// Adds the fonts of a form to printpdf's document; gives back operations that show each of their characters once.
///
/// printpdf embeds the fonts that its pages use, with the widths of the characters there. A report's own texts use others, so
/// a page of these operations goes into the document and is taken out again afterwards.
pub(super) fn add(typefaces: &Typefaces, document: &mut PdfDocument) -> Vec<Op> {
    let mut ops = vec![Op::StartTextSection];
    for (font, _, subset) in typefaces.fonts() {
        let id = FontId(font_name(font));
        document.resources.fonts.map.insert(id.clone(), PdfFont::new(parsed(subset)));
        ops.push(Op::SetFont { font: PdfFontHandle::External(id), size: Pt(1.0) });
        ops.push(Op::ShowText { items: vec![TextItem::Text(subset.characters.iter().collect())] });
    }
    ops.push(Op::EndTextSection);
    ops
}

/// A font as printpdf takes it, in thousandths of an em. Without its feature `text_layout` it embeds the font file as it
/// is given, which may be deflated.
fn parsed(subset: &Subset) -> ParsedFont {
    let em = f64::from(subset.metrics.units_per_em.max(1));
    let scaled = |units: f64| (units * 1000.0 / em).round();
    let signed = |units: i16| scaled(units.into()) as i16;
    let codes = subset.characters.iter().map(|character| u32::from(*character)).zip(1..).collect();
    let widths = (1..).zip(subset.widths.iter().map(|width| scaled((*width).into()) as u16)).collect();
    let metrics = FontMetrics { ascent: signed(subset.metrics.ascender), descent: signed(subset.metrics.descender) };
    let name = Some(subset.name.to_string());
    let mut font = ParsedFont::with_glyph_data(subset.program.to_vec(), 0, name, codes, widths, 1000, metrics);
    let [left, bottom, right, top] = subset.metrics.bounds.map(signed);
    let more = &mut font.pdf_font_metrics;
    (more.x_min, more.y_min, more.x_max, more.y_max) = (left, bottom, right, top);
    more.us_weight_class = subset.metrics.weight;
    font
}

/// Completes the fonts that printpdf wrote: it takes codes for glyphs, knows nothing of deflated files, and its maps to
/// Unicode are longer. `fonts` are the fonts by name.
pub(super) fn complete(typefaces: &Typefaces, document: &mut Document, fonts: &Dictionary) -> lopdf::Result<()> {
    for (font, _, subset) in typefaces.fonts() {
        let id = fonts.get(font_name(font).as_bytes())?.as_reference()?;
        let map = match &subset.glyphs {
            None => None,
            Some(glyphs) => {
                let stream =
                    Stream::new(dictionary! { "Filter" => "FlateDecode" }, deflated(glyphs, Effort::Thorough)?);
                Some(document.add_object(stream))
            }
        };
        let dictionary = document.get_dictionary_mut(id)?;
        let to_unicode = dictionary.get(b"ToUnicode")?.as_reference()?;
        let Some(descendant) = dictionary.get_mut(b"DescendantFonts")?.as_array_mut()?.first_mut() else { continue };
        let descendant = descendant.as_dict_mut()?;
        if let Some(map) = map {
            descendant.set("CIDToGIDMap", Object::Reference(map));
        }
        let descriptor = descendant.get(b"FontDescriptor")?.as_reference()?;
        let descriptor = document.get_dictionary_mut(descriptor)?;
        descriptor.set("Flags", SYMBOLIC);
        let file = descriptor.get(b"FontFile2")?.as_reference()?;
        let filter = if subset.is_deflated {
            dictionary! { "Filter" => "FlateDecode" }
        } else {
            Dictionary::new()
        };
        document.objects.insert(to_unicode, Stream::new(filter.clone(), subset.to_unicode.to_vec()).into());
        let file = document.get_object_mut(file)?.as_stream_mut()?;
        file.dict = filter;
        file.dict.set("Length1", subset.length as i64);
    }
    Ok(())
}

/// The flag of a font whose characters are not those of the standard Latin set.
const SYMBOLIC: i64 = 4;

/// Embeds the fonts that a report adds: their streams go into the section, their other objects to `objects`, their names to
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
