//! Layouts into PDF/A-2a and PDF/UA-1.
//!
//! In: a [`Layout`] and [`Fonts`]. Out: bytes, the same for the same layout. This module alone knows printpdf and lopdf.
//!
//! Reports of a form share all but a few texts, so a document here is two sections. The first is the form's, made once
//! and copied (`blank`): printpdf makes its pages, and what it has no words for (structure, outline, colours, shared
//! fonts) or takes long over (text and rules) is added to its lopdf document. The second is the report's: for each page a
//! content stream with its figures, a font of the characters that the form lacks, title and metadata. It is written below
//! both libraries, which know only whole documents: making one anew for each report takes ten times as long as all that
//! differs.

mod blank;
mod content;
mod metadata;
mod object;
mod section;
mod structure;
mod typeface;

use std::collections::BTreeSet;
use std::io::Write;

use lopdf::Object;

use self::blank::Blank;
use self::content::Content;
use self::metadata::Description;
use self::section::Section;
use self::typeface::{Characters, Pair, Typefaces};
use crate::deflate::{Effort, deflated};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::font::Fonts;
use crate::layout::Layout;
use crate::layout::page::{Source, TextBox};
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "pdf",
    extensions: &["pdf"],
    binary: true,
    writer: FormatWriter::Form(|layout, _, options, out| {
        write(layout, options.fonts_or_shipped(), options.timestamp, out)
    }),
    merged: MergedWriter::Totals,
    tidy: None,
};

/// Writes a layout as PDF; returns what could not be drawn as it should.
///
/// `timestamp` (seconds since 1970) is the time of creation; without it the document has none. Text is searchable; a
/// character that no font has shows as 〓, copies as itself, and is reported as `XG401`.
///
/// # Errors
/// [`ErrorKind::Write`] when `out` fails, [`ErrorKind::Font`] when a font cannot be cut down.
///
/// Source: ISO 32000-1, ISO 19005-2, ISO 14289-1.
pub fn write(layout: &Layout, fonts: &Fonts, timestamp: Option<i64>, out: &mut dyn Write) -> Result<Vec<Finding>> {
    let blank = layout.form.prepared(|blank: &Blank| blank.is_for(fonts), || Blank::new(&layout.form, fonts))?;
    let mut added = Typefaces::after(Some(&blank.typefaces));
    added.add(&own_characters(layout, &blank), Some(&blank.typefaces), fonts)?;
    let typefaces = Pair { form: &blank.typefaces, report: &added };
    let mut findings = blank.pages.findings(layout);
    let mut missing = blank.missing.clone();
    let contents = draw(layout, &blank, &typefaces, &mut missing, &mut findings);
    let bytes = fill(layout, &blank, &added, &contents, timestamp).map_err(|error| failed(&error).caused_by(error))?;
    out.write_all(&blank.bytes)
        .and_then(|()| out.write_all(&bytes))
        .map_err(|error| failed(&error).caused_by(error))?;
    findings.extend(missing.into_iter().map(|(source, character)| {
        let code = format!("U+{:04X}", u32::from(character));
        Finding::new("XG401").with("character", character).with("code", code).at(source.at(layout).cloned())
    }));
    Ok(findings)
}

/// The characters of a report's own that the form's fonts were not made for.
fn own_characters(layout: &Layout, blank: &Blank) -> Characters {
    let mut characters = Characters::new();
    for slot in blank.pages.pages.iter().flat_map(|page| &page.slots) {
        let role = slot.style.font;
        for character in slot.text(layout).chars() {
            if blank.typefaces.glyph(role, character).is_none() {
                characters.entry(role).or_default().insert(character);
            }
        }
    }
    characters
}

/// The content streams of a report's own texts, one a page.
fn draw(
    layout: &Layout,
    blank: &Blank,
    typefaces: &Pair<'_>,
    missing: &mut BTreeSet<(Source, char)>,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<u8>> {
    let glyph = |text: &TextBox, character: char| typefaces.glyph(text.style.font, character);
    let mut contents = Vec::with_capacity(blank.pages.pages.len());
    for (page, marks) in blank.pages.pages.iter().zip(&blank.marks) {
        let mut content = Content::new(&layout.form, &[], &glyph);
        for (slot, mark) in page.slots.iter().zip(marks) {
            let placed = slot.place(layout, typefaces);
            content.text(&placed, *mark);
            findings.extend(slot.finding(&placed, layout));
            if typefaces.have_substitutes() {
                blank::note_missing(&placed, &glyph, missing);
            }
        }
        contents.push(content.into_bytes());
    }
    contents
}

/// The section of a file that fills its form.
fn fill(
    layout: &Layout,
    blank: &Blank,
    added: &Typefaces,
    contents: &[Vec<u8>],
    timestamp: Option<i64>,
) -> std::io::Result<Vec<u8>> {
    let description = Description::new(layout, timestamp);
    let xmp = description.xmp();
    let mut identity = blank.identity;
    identity.add(xmp.as_bytes());
    contents.iter().for_each(|content| identity.add(content));
    added.names().for_each(|name| identity.add(name.as_bytes()));

    let own = &blank.own;
    let mut section = Section::new(blank.bytes.len(), Effort::Quick);
    for (content, id) in contents.iter().zip(&own.contents) {
        section.stream(*id, b"/Filter/FlateDecode", &deflated(content, Effort::Quick)?);
    }
    let (mut next, mut names) = (own.next, [b"<<", &*blank.names].concat());
    let mut objects = Vec::with_capacity(8);
    added.embed(&mut section, &mut objects, &mut next, &mut names)?;
    names.extend_from_slice(b">>");
    objects.push((own.fonts, names));
    objects.push((own.titled, object::written(&structure::summary(&description.title))));
    objects.push((own.information, object::written(&description.information())));
    section.packed((next, 0), &objects)?;
    // Metadata stays readable for programs that look for it without knowing PDF.
    section.stream(own.metadata, b"/Type/Metadata/Subtype/XML", xmp.as_bytes());
    let mut trailer = format!("/Root {} 0 R/Info {} 0 R/ID", blank.catalog.0, own.information.0).into_bytes();
    object::write(&identity.to_object(), &mut trailer);
    let (mut bytes, place) = section.end((next + 1, 0), trailer, Some(blank.places))?;
    write!(bytes, "startxref\n{place}\n%%EOF\n")?;
    Ok(bytes)
}

fn failed(detail: impl ToString) -> Error {
    Error::new(ErrorKind::Write { format: "PDF".to_owned(), detail: detail.to_string() })
}

/// A text string: ASCII as it is, anything else in UTF-16 with its mark.
fn text_string(text: &str) -> Object {
    if text.is_ascii() { Object::string_literal(text) } else { Object::string_literal(utf16(text)) }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// Hundredths of a point from mm, since more digits only make the file larger.
fn hundredths(mm: f64) -> i64 {
    let hundredths = (mm / crate::layout::text::MM_PER_POINT * 100.0).round();
    // Far beyond any paper, and far from where the numbers of PDF end.
    hundredths.clamp(-1e7, 1e7) as i64
}

/// Points from mm, to a hundredth.
fn points(mm: f64) -> f32 {
    hundredths(mm) as f32 / 100.0
}

#[cfg(test)]
mod tests;
