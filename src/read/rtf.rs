//! Reads RTF documents, which often have the name .doc.
//!
//! In: the bytes of a file. Out: [`Part`]s in reading order, in the same shape as those of [`super::docx`]. Called by
//! [`crate::read`].
//!
//! Tracked changes are accepted. Headers, footers, notes and comments are named, not read. No crate on crates.io reads the
//! tables of RTF. Source: Rich Text Format Specification 1.9.1.

use crate::document::Part;
use crate::error::{Error, Result};
use crate::finding::Finding;

use super::Format;
use crate::read::format::{FormatInfo, FormatReader, parts_read};

mod charset;
mod control;
mod frame;
mod group;
mod layout;
mod lexer;
mod table;
mod walker;

use lexer::Lexer;
use walker::RtfWalker;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "rtf",
    extensions: &["rtf"],
    any_text: false,
    parts: &parts_read::DOCUMENT,
    reader: FormatReader::Binary(|bytes, _| read(bytes)),
};

/// Reads the paragraphs and tables of a document.
///
/// # Errors
/// [`Corrupt`](crate::ErrorKind::Corrupt) if the file ends early; [`TooLarge`](crate::ErrorKind::TooLarge);
/// [`Empty`](crate::ErrorKind::Empty) without any text.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Part>, Vec<Finding>)> {
    let mut walker = RtfWalker::default();
    for token in Lexer::new(bytes) {
        walker.step(token)?;
        if walker.is_done {
            break;
        }
    }
    if !walker.is_done {
        return Err(Error::corrupt(Format::Rtf.word(), "@detail.ends_early"));
    }
    walker.finish()
}

#[cfg(test)]
mod tests;
