//! Reads OpenDocument texts (odt, fodt), which LibreOffice and the word processors of Kylin and UOS write.
//!
//! In: the bytes of an odt file, or the text of a fodt file. Out: [`Part`]s in reading order, in the same shape as those of
//! [`super::docx`]. Called by [`crate::read`].
//!
//! Tracked changes are accepted. Headers, footers, notes and comments are named, not read. Source: OpenDocument 1.3 Part 3,
//! chapters 5, 6, 7, 9 and 10.

use quick_xml::Reader;

use crate::document::Part;
use crate::error::{ErrorKind, Result};
use crate::finding::Finding;

use super::Format;
use super::archive::Archive;
use crate::read::format::{FormatInfo, FormatReader, parts_read};

mod element;
mod frame;
mod style;
mod table;
mod walker;

use element::corrupt;
use walker::OdtWalker;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "odt",
    extensions: &["odt"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Binary(|bytes, _| read(bytes)),
};

pub(super) const FLAT: FormatInfo = FormatInfo {
    name: "fodt",
    extensions: &["fodt"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Text(|text, _| read_flat(text)),
};

/// Reads the paragraphs and tables of a document.
///
/// # Errors
/// [`Encrypted`](ErrorKind::Encrypted), [`Corrupt`](ErrorKind::Corrupt) or [`TooLarge`](ErrorKind::TooLarge);
/// [`Empty`](ErrorKind::Empty) without any text.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut archive = Archive::open_document(bytes, Format::Odt)?;
    let content = archive.text("content.xml")?;
    let mut walker = OdtWalker::default();
    // The styles that texts share, and headers and footers.
    if let Ok(part) = archive.text("styles.xml") {
        walker.styles.add(&part);
        walk(&part, &mut walker)?;
    }
    walker.styles.add(&content);
    walk(&content, &mut walker)?;
    drop(content);
    walker.finish()
}

/// Reads a document in a single XML file from its decoded text.
///
/// # Errors
/// As [`read`].
pub(super) fn read_flat(text: &str) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut walker = OdtWalker::default();
    walker.styles.add(text);
    walk(text, &mut walker).and_then(|()| walker.finish()).map_err(|mut error| {
        if let ErrorKind::Corrupt { format, .. } = error.kind_mut() {
            *format = Format::Fodt.word();
        }
        error
    })
}

fn walk(content: &str, walker: &mut OdtWalker) -> Result<()> {
    let mut reader = Reader::from_str(content);
    reader.config_mut().expand_empty_elements = true;
    while walker.step(reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))?)? {}
    Ok(())
}

#[cfg(test)]
mod tests;
