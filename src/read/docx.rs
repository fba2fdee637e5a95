//! Reads Word documents: docx and docm, the same in a single XML file (Flat OPC), and Word 2003 XML.
//!
//! In: the bytes of a docx file, or the decoded text of an XML file. Out: [`Part`]s in reading order. Called by
//! [`crate::read`].
//!
//! Tracked changes are accepted: insertions are read, deletions are not. Headers, footers, notes and comments are named, not
//! read. Automatic numbers are not in the file, so they are not in the text either. Source: ECMA-376 Part 1, chapter
//! 17; Flat OPC: ECMA-376 Part 2; Word 2003 XML: WordprocessingML Schema Reference of Office 2003.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::document::Part;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::Format;
use super::archive::Archive;
use crate::read::format::{FormatInfo, FormatReader, parts_read};

mod element;
mod field;
mod flat;
mod frame;
mod left_out;
mod style;
mod text_box;
mod walker;

use element::{attribute, corrupt};
use left_out::MarginsAndNotes;
use style::{Styles, styles};
use walker::DocxWalker;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "docx",
    extensions: &["docx", "docm"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Binary(|bytes, _| read(bytes)),
};

pub(super) const FLAT: FormatInfo = FormatInfo {
    name: "flat-opc",
    extensions: &["xml"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Text(|text, _| read_flat(text)),
};

pub(super) const WORD_2003: FormatInfo = FormatInfo {
    name: "word-2003",
    extensions: &["xml"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Text(|text, _| read_2003(text)),
};

/// Reads the paragraphs and tables of a document.
///
/// Shape: each table is a [`Grid`](crate::document::Grid) without a name; its cells, also blank ones, are at
/// [`Location::Table`](crate::document::Location::Table). In a cell, line breaks and paragraphs become line breaks.
/// Elsewhere each starts a paragraph.
///
/// # Errors
/// [`Encrypted`](crate::ErrorKind::Encrypted), [`Corrupt`](crate::ErrorKind::Corrupt) or
/// [`TooLarge`](crate::ErrorKind::TooLarge); [`Empty`](crate::ErrorKind::Empty) without any text.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut archive = Archive::open(bytes, Format::Docx)?;
    let main = archive.text("_rels/.rels").ok().and_then(|relations| main_part(&relations));
    let content = archive.text(main.as_deref().unwrap_or("word/document.xml"))?;
    let styles = match content.contains("rStyle") {
        true => archive.text("word/styles.xml").map(|part| styles(&part)).unwrap_or_default(),
        false => Styles::default(),
    };
    let (parts, mut findings) = walk(content, styles, false)?;
    let mut left_out = MarginsAndNotes::default();
    for (index, name) in archive.names().collect::<Vec<_>>().into_iter().enumerate() {
        if let Some(kind) = name.and_then(|name| left_out::kind(&name))
            && let Ok(part) = archive.part(index)
        {
            left_out.add(kind, &String::from_utf8_lossy(&part));
        }
    }
    findings.extend(left_out.findings());
    Ok((parts, findings))
}

/// Reads a document whose parts are in a single XML file.
///
/// # Errors
/// As [`read`].
fn read_flat(text: &str) -> Result<(Vec<Part>, Vec<Finding>)> {
    let work = || {
        let parts = flat::parts(text)?;
        let main = parts.get("/_rels/.rels").and_then(|relations| main_part(relations));
        let name = main.map_or_else(|| "/word/document.xml".to_owned(), |name| format!("/{name}"));
        let content = parts.get(name.as_str()).ok_or_else(|| corrupt("@detail.part"))?;
        let styles = parts.get("/word/styles.xml").map(|part| styles(part)).unwrap_or_default();
        let (read, mut findings) = walk((*content).to_owned(), styles, false)?;
        let mut left_out = MarginsAndNotes::default();
        for (name, part) in &parts {
            if let Some(kind) = left_out::kind(name.trim_start_matches('/')) {
                left_out.add(kind, part);
            }
        }
        findings.extend(left_out.findings());
        Ok((read, findings))
    };
    work().map_err(|error| named(error, Format::FlatOpc))
}

/// Reads a document of Word 2003 in XML.
///
/// # Errors
/// As [`read`].
fn read_2003(text: &str) -> Result<(Vec<Part>, Vec<Finding>)> {
    let (parts, mut findings) =
        walk(text.to_owned(), styles(text), true).map_err(|error| named(error, Format::Word2003))?;
    let mut left_out = MarginsAndNotes::default();
    left_out.add_within(text);
    findings.extend(left_out.findings());
    Ok((parts, findings))
}

/// An error of a file in another format.
fn named(mut error: Error, in_format: Format) -> Error {
    if let ErrorKind::Corrupt { format, .. } = error.kind_mut() {
        *format = in_format.word();
    }
    error
}

fn walk(content: String, styles: Styles, is_2003: bool) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut walker = DocxWalker::new(styles, is_2003);
    let mut reader = Reader::from_str(&content);
    reader.config_mut().expand_empty_elements = true;
    while walker.step(reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))?)? {}
    // Free the XML before the parts are built: it is as large as the blocks.
    drop(content);
    walker.finish()
}

/// The name of the part with the document.
fn main_part(relations: &str) -> Option<String> {
    let mut reader = Reader::from_str(relations);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element)
                if attribute(&element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")) =>
            {
                return attribute(&element, "Target").map(|target| target.trim_start_matches('/').to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
