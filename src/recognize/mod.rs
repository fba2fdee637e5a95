//! What a document means: `Document × Templates → Report`.

pub mod fold;
pub mod label;
pub mod words;

use crate::document::Document;
use crate::error::Result;
use crate::report::Report;
use crate::template::Templates;

/// Finds every report in a document.
///
/// # Errors
/// [`ErrorKind::NoTemplate`](crate::ErrorKind::NoTemplate) when there is no table of a template.
pub fn recognize(_document: &Document, _templates: &Templates) -> Result<Vec<Report>> {
    todo!()
}
