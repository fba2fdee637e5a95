//! Layouts into PDF/A-2a and PDF/UA-1.
//!
//! In: a [`Layout`] and [`Fonts`]. Out: bytes, the same for the same layout. Only this module knows printpdf and lopdf.
//!
//! Reports of one form differ in a few texts, so a file has two sections:
//!
//! - The **form's**, made once and copied (`drawn_form`). printpdf draws the rules, the labels and the page numbers (`draw`).
//!   Fonts (`embed`), structure tree, outline and colours are added to its lopdf document.
//! - The **report's**, written as bytes, because both libraries write whole documents only: for each page the text with the
//!   values between printpdf's labels (`content`), a font of the characters that the form lacks, title and metadata.
//!
//! Most programs copy text in the order of the content stream. It is the reading order: title, then label, unit and
//! values of each row, filing lines, page number.

mod attach;
mod content;
mod draw;
mod embed;
mod drawn_form;
mod metadata;
mod object;
mod section;
mod structure;
mod typeface;

use std::collections::BTreeSet;
use std::io::Write;

use self::content::Content;
use self::drawn_form::DrawnForm;
use self::metadata::Description;
use self::object::failed;
use self::section::Section;
use self::typeface::{Characters, FontPair, Typefaces};
use crate::deflate::{Effort, deflated};
use crate::error::Result;
use crate::finding::Finding;
use crate::font::Fonts;
use crate::layout::Layout;
use crate::layout::page::Source;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "pdf",
    extensions: &["pdf"],
    binary: true,
    writer: FormatWriter::Form(|form, out| {
        let options = form.options;
        let json = options.embed_json.then(|| attach::json(form.report, options.lang)).transpose()?;
        write(form.layout, options.fonts_or_shipped(), options.timestamp, json.as_deref(), out)
    }),
    merged: MergedWriter::Totals,
    tidy: None,
};

/// Writes a layout as PDF; returns findings on what could not be drawn as it should.
///
/// `timestamp` (seconds since 1970) is the time of creation; without it the document has none. `json` is attached, and
/// makes it PDF/A-3a. Text is searchable; a character that no font has shows as 〓, copies as itself, and is reported as
/// `XG401`.
///
/// # Errors
/// [`ErrorKind::Write`](crate::error::ErrorKind::Write) when `out` fails,
/// [`ErrorKind::Font`](crate::error::ErrorKind::Font) when a font cannot be subset.
///
/// Source: ISO 32000-1, ISO 19005-2, ISO 14289-1.
pub(crate) fn write(
    layout: &Layout,
    fonts: &Fonts,
    timestamp: Option<i64>,
    json: Option<&[u8]>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    let cached =
        layout.form.prepared(|form: &DrawnForm| form.is_for(fonts), || DrawnForm::new(&layout.form, fonts))?;
    let mut added = Typefaces::after(Some(&cached.typefaces));
    added.add(&added_characters(layout, &cached), Some(&cached.typefaces), fonts)?;
    let typefaces = FontPair { form: &cached.typefaces, report: &added };
    let mut findings = cached.pages.findings(layout);
    let mut missing = cached.missing.clone();
    let contents = contents(layout, &cached, &typefaces, &mut missing, &mut findings);
    let description = Description::new(layout, timestamp, json.is_some());
    let own = OwnParts { added: &added, contents: &contents, description: &description, json };
    let bytes = fill(&cached, &own).map_err(|error| failed(&error).caused_by(error))?;
    out.write_all(&cached.bytes)
        .and_then(|()| out.write_all(&bytes))
        .map_err(|error| failed(&error).caused_by(error))?;
    findings.extend(missing.into_iter().map(|(source, character)| {
        let code = format!("U+{:04X}", u32::from(character));
        Finding::new("XG401").with("character", character).with("code", code).at(source.at(layout).cloned())
    }));
    Ok(findings)
}

/// The characters of a report's own texts that the form's fonts were not made for.
fn added_characters(layout: &Layout, cached: &DrawnForm) -> Characters {
    let mut characters = Characters::new();
    for slot in cached.pages.pages.iter().flat_map(|page| &page.slots) {
        let role = slot.style.font;
        for character in slot.text(layout).chars() {
            if cached.typefaces.glyph(role, character).is_none() {
                characters.entry(role).or_default().insert(character);
            }
        }
    }
    characters
}

/// The content streams of text, one a page: the form's with the report's own texts in their slots.
fn contents(
    layout: &Layout,
    cached: &DrawnForm,
    typefaces: &FontPair<'_>,
    missing: &mut BTreeSet<(Source, char)>,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<u8>> {
    let mut contents = Vec::with_capacity(cached.drawn.len());
    for (page, drawn) in cached.pages.pages.iter().zip(&cached.drawn) {
        let mut content = Content::new(typefaces, layout.form.page.height, drawn.capacity());
        let (last, before_slots) = drawn.texts.split_last().expect("a page has text after its last slot");
        for ((text, slot), mark) in before_slots.iter().zip(&page.slots).zip(&drawn.slots) {
            content.fixed(text);
            let placed = slot.place(layout, typefaces);
            content.own(&placed, *mark);
            findings.extend(slot.finding(&placed, layout));
            if typefaces.have_substitutes() {
                drawn_form::note_missing(&placed, typefaces, missing);
            }
        }
        content.fixed(last);
        contents.push(content.into_bytes());
    }
    contents
}

/// What a report's section of a file has.
struct OwnParts<'a> {
    /// The fonts of the characters that the form lacks.
    added: &'a Typefaces,
    /// The content stream of each page.
    contents: &'a [Vec<u8>],
    description: &'a Description,
    /// The report, to be attached.
    json: Option<&'a [u8]>,
}

/// The report's section of a file.
fn fill(cached: &DrawnForm, own: &OwnParts<'_>) -> std::io::Result<Vec<u8>> {
    let OwnParts { added, contents, description, json } = *own;
    let xmp = description.xmp();
    let mut identity = cached.identity;
    identity.add(xmp.as_bytes());
    contents.iter().for_each(|content| identity.add(content));
    added.names().for_each(|name| identity.add(name.as_bytes()));
    json.into_iter().for_each(|json| identity.add(json));

    let ids = &cached.ids;
    let mut section = Section::new(cached.bytes.len(), Effort::Quick);
    for (content, id) in contents.iter().zip(&ids.contents) {
        section.stream(*id, b"/Filter/FlateDecode", &deflated(content, Effort::Quick)?);
    }
    let (mut next, mut names) = (ids.next, [b"<<", &*cached.font_names].concat());
    let mut objects = Vec::with_capacity(8);
    embed::embed(added, &mut section, &mut objects, &mut next, &mut names)?;
    names.extend_from_slice(b">>");
    objects.push((ids.fonts, names));
    objects.push((ids.titled, object::written(&structure::summary(&description.title))));
    objects.push((ids.information, object::written(&description.information())));
    if let Some(json) = json {
        attach::add(json, description, cached, &mut section, &mut objects, &mut next)?;
    }
    section.packed((next, 0), &objects)?;
    // Metadata is not deflated: some programs look for it without knowing PDF.
    section.stream(ids.metadata, b"/Type/Metadata/Subtype/XML", xmp.as_bytes());
    let mut trailer = format!("/Root {} 0 R/Info {} 0 R/ID", cached.catalog.0, ids.information.0).into_bytes();
    object::write(&identity.to_object(), &mut trailer);
    let (mut bytes, xref) = section.end((next + 1, 0), trailer, Some(cached.xref))?;
    write!(bytes, "startxref\n{xref}\n%%EOF\n")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
