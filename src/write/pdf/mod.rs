//! Layouts into PDF/A-2a and PDF/UA-1.
//!
//! In: a [`Layout`] and [`Fonts`]. Out: bytes, the same for the same layout. This module alone knows printpdf and lopdf:
//! printpdf draws the pages, and what it has no words for (metadata, structure, outline, shared fonts) is added to its
//! lopdf document before that is written.

mod content;
mod metadata;
mod structure;
mod typeface;

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Document, Object, ObjectId, SaveOptions, Stream};
use printpdf::{Mm, PdfDocument, PdfPage, PdfParseErrorSeverity, PdfSaveOptions};

use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::font::Fonts;
use crate::layout::Layout;
use crate::layout::page;

/// Objects that share an object stream: all of a usual document's, so that they deflate well.
const OBJECTS_PER_STREAM: usize = 1000;

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
    let mut paged = page::pages(&layout.form, fonts);
    let mut findings = paged.findings(layout);
    for page in &mut paged.pages {
        for slot in std::mem::take(&mut page.slots) {
            let placed = slot.place(layout, fonts);
            findings.extend(slot.finding(&placed, layout));
            page.texts.push(placed);
        }
    }
    let typefaces = typeface::Typefaces::new(layout, &paged.pages, fonts)?;
    let mut pdf = PdfDocument::new(&layout.title);
    typefaces.register(&mut pdf);
    let mut marks = Vec::with_capacity(paged.pages.len());
    for page in &paged.pages {
        let drawn = content::draw(layout, page, &typefaces);
        let (width, height) = (Mm(layout.form.page.width as f32), Mm(layout.form.page.height as f32));
        pdf.pages.push(PdfPage::new(width, height, drawn.operations));
        marks.push(drawn.marks);
    }
    let mut warnings = Vec::new();
    let mut document = pdf.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if let Some(wrong) = warnings.iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
        return Err(failed(&wrong.msg));
    }
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    finish(&mut document, layout, &paged.pages, &marks, &pages, &typefaces, timestamp)
        .map_err(|error| failed(error).caused_by("the document that was built lacks a part"))?;
    save(document, out)?;
    findings.extend(typefaces.missing(layout));
    Ok(findings)
}

fn failed(detail: impl ToString) -> Error {
    Error::new(ErrorKind::Write).with("format", "PDF").with("detail", detail)
}

/// Adds to printpdf's document all that makes it PDF/A and PDF/UA.
fn finish(
    document: &mut Document,
    layout: &Layout,
    pages: &[page::Page],
    marks: &[Vec<page::Source>],
    page_ids: &[ObjectId],
    typefaces: &typeface::Typefaces,
    timestamp: Option<i64>,
) -> lopdf::Result<()> {
    document.version = "1.7".to_owned();
    if let Some(first) = page_ids.first() {
        typefaces.embed(document, *first)?;
    }
    let tree = structure::tree(document, layout, marks, page_ids)?;
    let outline = structure::outline(document, layout, pages, page_ids);
    metadata::add(document, layout, timestamp)?;
    let catalog = document.catalog_mut()?;
    catalog.set("StructTreeRoot", Object::Reference(tree));
    if let Some(outline) = outline {
        catalog.set("Outlines", Object::Reference(outline));
    }
    Ok(())
}

/// Deflates what is not yet deflated and writes the document with object streams.
fn save(mut document: Document, out: &mut dyn Write) -> Result<()> {
    for object in document.objects.values_mut() {
        if let Object::Stream(stream) = object
            && stream.allows_compression
            && !stream.dict.has(b"Filter")
        {
            deflate(stream).map_err(|error| failed(&error).caused_by(error))?;
        }
    }
    let options = SaveOptions::builder()
        .use_object_streams(true)
        .use_xref_streams(true)
        .max_objects_per_stream(OBJECTS_PER_STREAM)
        .build();
    let mut bytes = Vec::new();
    document.save_with_options(&mut bytes, options).map_err(|error| failed(&error).caused_by(error))?;
    out.write_all(&bytes).map_err(|error| failed(&error).caused_by(error))
}

/// Deflates at the usual level: lopdf's own way takes the highest, which costs three times the time for nothing.
fn deflate(stream: &mut Stream) -> std::io::Result<()> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(stream.content.len() / 2), Compression::default());
    encoder.write_all(&stream.content)?;
    let content = encoder.finish()?;
    stream.dict.set("Filter", "FlateDecode");
    stream.set_content(content);
    Ok(())
}

/// A text string: ASCII as it is, anything else in UTF-16 with its mark.
fn text_string(text: &str) -> Object {
    if text.is_ascii() { Object::string_literal(text) } else { Object::string_literal(utf16(text)) }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// Points from mm, to a thousandth, since more digits only make the file larger.
fn points(mm: f64) -> f32 {
    let points = (mm / crate::layout::text::MM_PER_POINT * 1000.0).round() / 1000.0;
    if points.is_finite() { points as f32 } else { 0.0 }
}

#[cfg(test)]
mod tests;
