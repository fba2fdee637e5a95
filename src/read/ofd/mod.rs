//! Reads OFD documents, the Chinese standard for fixed layouts.
//!
//! In: the bytes of a file. Out: [`PagedParts`]. Called by [`crate::read`].
//!
//! An OFD document is a zip archive of XML: a list of documents, their pages and what these share. Source:
//! GB/T 33190-2016.

mod content;
mod package;
mod path;
mod resources;
mod text;
mod xml;

use super::flow::{self, PagedParts};
use super::format::{FormatInfo, FormatReader, parts_read};
use crate::error::Result;
use crate::limit::PageBudget;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "ofd",
    extensions: &["ofd"],
    any_text: false, parts: &parts_read::PAGE,
    reader: FormatReader::Paged(|bytes, _| Ok((read(bytes)?, None))),
};

/// Reads the text and the tables of all pages; see [`super::pdf`] for their shape.
///
/// # Errors
/// [`Encrypted`](crate::ErrorKind::Encrypted), [`Corrupt`](crate::ErrorKind::Corrupt),
/// [`TooLarge`](crate::ErrorKind::TooLarge); [`Scanned`](crate::ErrorKind::Scanned) if the pages are images;
/// [`Empty`](crate::ErrorKind::Empty) without any text.
fn read(bytes: &[u8]) -> Result<PagedParts> {
    let mut budget = PageBudget::default();
    let pages = package::pages(bytes, &mut budget)?;
    flow::parts(pages, &mut budget, &mut |_, _| ())
}

#[cfg(test)]
mod tests;
