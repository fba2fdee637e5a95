//! Replaces the tables in an existing document: `docx × Layout → docx`.
//!
//! In: a document and a [`Layout`]. Out: the same document with the tables of the layout in the place of its own. All other parts
//! of the file stay as they are, byte for byte, and so does all other text. A table is found by its labels.

use std::io::{Cursor, Write};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::document;
use super::fill;
use super::inline::inline;
use super::style::StyleSheet;
use crate::layout::{Block, CellRole, Filling, Layout, TableLayout};
use crate::text::fold::fold;

const DOCUMENT: &str = "word/document.xml";
const NAMESPACE: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// The part of the labels of a table that the table of a document must have.
const LEAST_LABELS: f64 = 0.6;

/// What stays when its table goes: the other end may be outside.
const KEPT: [&str; 4] = ["w:bookmarkStart", "w:bookmarkEnd", "w:commentRangeStart", "w:commentRangeEnd"];

/// Why tables cannot be replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The file is no Word document that can be changed, and why.
    Document(String),
    /// So many tables of the document have the labels of a table: none or several.
    Table { caption: String, found: usize },
}

/// The document with the tables of a layout. Returns their number too.
///
/// # Errors
/// [`Refusal`]; the document is not changed in part.
pub(crate) fn replace(bytes: &[u8], layout: &Layout) -> Result<(Vec<u8>, usize), Refusal> {
    let refused = |error: &dyn std::fmt::Display| Refusal::Document(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| refused(&error))?;
    let text = document_text(&mut archive)?;
    let own = tables(&text).map_err(|error| refused(&error))?;
    let mut replaced: Vec<(Range<usize>, String)> = Vec::new();
    let folded: Vec<String> = own.iter().map(|range| labels_text(&text[range.clone()])).collect();
    for (table, xml) in drawn(layout) {
        let found: Vec<usize> = (0..own.len()).filter(|at| matches(table, layout, &folded[*at])).collect();
        let free = |at: &usize| replaced.iter().all(|(range, _)| *range != own[*at]);
        match found[..] {
            [at] if free(&at) => {
                let kept = kept(&text[own[at].clone()]) + "</w:tbl>";
                replaced.push((own[at].clone(), xml.trim_end_matches("</w:tbl>").to_owned() + &kept));
            }
            _ => {
                let caption = table.caption.clone().unwrap_or_else(|| layout.title.clone());
                return Err(Refusal::Table { caption, found: found.len() });
            }
        }
    }
    replaced.sort_by_key(|(range, _)| range.start);
    let count = replaced.len();
    let (mut out, mut done) = (String::with_capacity(text.len() * 2), 0);
    for (range, xml) in replaced {
        out.push_str(&text[done..range.start]);
        out.push_str(&xml);
        done = range.end;
    }
    out.push_str(&text[done..]);
    let bytes = packed(&mut archive, &out).map_err(|error| refused(&error))?;
    Ok((bytes, count))
}

fn document_text(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<String, Refusal> {
    let refused = |error: &dyn std::fmt::Display| Refusal::Document(error.to_string());
    let mut file = archive.by_name(DOCUMENT).map_err(|error| refused(&error))?;
    let mut text = String::new();
    let limit = crate::limit::TEXT as u64;
    std::io::Read::read_to_string(&mut std::io::Read::take(&mut file, limit), &mut text)
        .map_err(|error| refused(&error))?;
    let start = &text[..text.find("<w:body").unwrap_or(0)];
    if !start.contains(NAMESPACE) || text.len() as u64 == limit {
        return Err(Refusal::Document(DOCUMENT.to_owned()));
    }
    Ok(text)
}

/// The places of the tables that are in no other table, nor in a drawing.
fn tables(text: &str) -> Result<Vec<Range<usize>>, quick_xml::Error> {
    let mut reader = Reader::from_str(text);
    let (mut found, mut start, mut depth, mut drawing) = (Vec::new(), 0, 0usize, 0usize);
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event()? {
            Event::Start(element) => match element.name().as_ref() {
                "w:tbl" if drawing == 0 => {
                    if depth == 0 {
                        start = before;
                    }
                    depth += 1;
                }
                "w:drawing" | "w:pict" | "w:object" => drawing += 1,
                _ => {}
            },
            Event::End(element) => match element.name().as_ref() {
                "w:tbl" if drawing == 0 => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        found.push(start..reader.buffer_position() as usize);
                    }
                }
                "w:drawing" | "w:pict" | "w:object" => drawing = drawing.saturating_sub(1),
                _ => {}
            },
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// The tables of a layout as XML without styles.
fn drawn(layout: &Layout) -> Vec<(&TableLayout, String)> {
    let mut styles = StyleSheet::new(&layout.form);
    let document = document::document(&layout.form, &mut styles).fill(|slot, out| fill(slot, layout, out));
    let tables = layout.form.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Line(_) => None,
    });
    let texts = document.split("<w:tbl>").skip(1).filter_map(|rest| rest.split_once("</w:tbl>"));
    tables.zip(texts).map(|(table, (xml, _))| (table, inline(&format!("<w:tbl>{xml}</w:tbl>"), &styles))).collect()
}

/// The text of XML, folded.
fn labels_text(xml: &str) -> String {
    let mut text = String::new();
    for piece in xml.split("<w:t").skip(1).filter(|piece| piece.starts_with(['>', ' '])) {
        let inner = piece.split_once('>').map_or("", |(_, rest)| rest);
        let inner = inner.split("</w:t>").next().unwrap_or_default();
        text.push_str(&quick_xml::escape::unescape(inner).unwrap_or_default());
    }
    fold(&text)
}

/// Whether a text has most labels of a table.
fn matches(table: &TableLayout, layout: &Layout, text: &str) -> bool {
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    let labels = cells.filter(|cell| cell.role != CellRole::Data && matches!(cell.content, Filling::Fixed(_)));
    let labels: Vec<String> =
        labels.map(|cell| fold(&layout.content(cell).text())).filter(|label| !label.is_empty()).collect();
    let found = labels.iter().filter(|label| text.contains(label.as_str())).count();
    !labels.is_empty() && found as f64 >= LEAST_LABELS * labels.len() as f64
}

/// Marks in a table whose other end may be elsewhere.
fn kept(table: &str) -> String {
    let marks = table.split('<').filter(|piece| {
        KEPT.iter().any(|name| piece.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '/', '>'])))
    });
    marks.filter_map(|piece| Some(format!("<{}/>", piece.split_once('>')?.0.trim_end_matches('/')))).collect()
}

/// The archive with another main part. The other members are copied as they are.
fn packed(archive: &mut ZipArchive<Cursor<&[u8]>>, document: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at)?;
        if file.name()? != DOCUMENT {
            out.raw_copy_file(file)?;
            continue;
        }
        let mut options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        if let Some(time) = file.last_modified() {
            options = options.last_modified_time(time);
        }
        drop(file);
        out.start_file(DOCUMENT, options)?;
        out.write_all(document.as_bytes())?;
    }
    Ok(out.finish()?.into_inner())
}
