//! Reads PDF documents.
//!
//! In: the bytes of a file. Out: [`PagedParts`]. Called by [`crate::read`].
//!
//! `hayro-syntax` reads the objects of the file, `hayro-font` its fonts. What the pages paint is carried out here
//! ([`interpreter`]), since nothing can stop `hayro-interpret` within a page: 54 KB of operators kept it busy for eight
//! seconds. [`inflate`] measures streams before they are inflated. Source: ISO 32000-1.

mod attachment;
mod color;
mod font;
mod inflate;
mod interpreter;
mod layers;
mod loss;
mod state;
mod structure;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::object::dict::Dict;
use hayro_syntax::{LoadPdfError, Pdf};

use super::format::{FormatInfo, FormatReader, parts_read};
use super::flow::{self, PagedParts};
use super::sniff;
use crate::error::{Error, ErrorKind, Result};
use crate::limit::{self, PageBudget};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "pdf",
    extensions: &["pdf"],
    any_text: false, parts: &parts_read::PAGE,
    reader: FormatReader::Paged(|bytes, _| read(bytes)),
};

/// Reads the text and the tables of a document, and the JSON of the report that it carries.
///
/// Shape: each table with ruling lines is a [`Grid`](crate::document::Grid) without a name, whose cells are at
/// [`Location::PageCell`](crate::document::Location::PageCell). All other text is a paragraph for each line, at
/// [`Location::PageLine`](crate::document::Location::PageLine); lines that may be a table have another reading.
///
/// # Errors
/// [`Encrypted`](ErrorKind::Encrypted) with a password; [`Corrupt`](ErrorKind::Corrupt), [`TooLarge`](ErrorKind::TooLarge);
/// [`Scanned`](ErrorKind::Scanned) if the pages are images; [`Empty`](ErrorKind::Empty) without any text.
fn read(bytes: &[u8]) -> Result<(PagedParts, Option<String>)> {
    // The parsers of objects and fonts may panic.
    let work = || read_document(bytes);
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(inflate::damaged()))
}

fn read_document(bytes: &[u8]) -> Result<(PagedParts, Option<String>)> {
    let bytes = &bytes[sniff::pdf_header(bytes).unwrap_or(0)..];
    let mut inflated = inflate::Inflated::new();
    inflated.scan(bytes)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Error::new(ErrorKind::Encrypted),
        LoadPdfError::Invalid => inflate::damaged(),
    })?;
    limit::check_pages(pdf.pages().len())?;
    let mut budget = PageBudget::default();
    let pages = interpreter::pages(&pdf, &mut budget, &mut inflated)?;
    let mut structure = structure::Structure::new(&pdf);
    let (parts, mut findings, alternatives) =
        flow::parts(pages, &mut budget, &mut |number, tables| structure.compare(number, tables))
            .map_err(|error| if is_portfolio(&pdf) { portfolio() } else { error })?;
    findings.extend(structure.finding());
    findings.extend(loss::finding(bytes, &pdf));
    let attached = attachment::report(&pdf, &mut inflated)?;
    Ok(((parts, findings, alternatives), attached))
}

/// Whether a document is a cover for other files.
fn is_portfolio(pdf: &Pdf) -> bool {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    catalog.contains_key(b"Collection")
}

fn portfolio() -> Error {
    Error::new(ErrorKind::NotATable { found: "@format.portfolio".into() })
}

#[cfg(test)]
mod tests;
