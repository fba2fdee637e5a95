//! Finds the report that a document of this program carries.
//!
//! In: a document. Out: the text of its JSON. Only the file that the catalogue associates with the whole document, under the
//! name that this program gives it, is read. Source: ISO 32000-2, 14.13; ISO 19005-3, annex E.

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Array, String as PdfString};

use super::inflate::{Ending, Inflated, damaged};
use crate::error::Result;
use crate::limit;
use crate::report::json::ATTACHMENT;

/// The most associated files that are looked at.
const FILES: usize = 100;

/// The JSON of the attached report, if there is one.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge) beyond the limits; [`Corrupt`](crate::ErrorKind::Corrupt) if it is cut or no text.
pub(super) fn report(pdf: &Pdf, inflated: &mut Inflated) -> Result<Option<String>> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    let files = catalog.get::<Array<'_>>(b"AF").unwrap_or_default();
    let mut files = files.iter::<Dict<'_>>().take(FILES);
    let is_ours = |file: &Dict<'_>| {
        let name = file.get::<PdfString<'_>>(b"UF").or_else(|| file.get::<PdfString<'_>>(b"F"));
        name.is_some_and(|name| *name == *ATTACHMENT.as_bytes())
    };
    let Some(file) = files.find(is_ours) else { return Ok(None) };
    let Some(stream) = file.get::<Dict<'_>>(b"EF").and_then(|content| content.get::<Stream<'_>>(b"F")) else {
        return Err(damaged());
    };
    if inflated.take(&stream)? == Ending::Cut {
        return Err(damaged());
    }
    let bytes = stream.decoded_data().map_err(|_| damaged())?;
    if bytes.len() > limit::TEXT {
        return Err(limit::too_large(limit::megabytes(bytes.len() as u64), limit::megabytes(limit::TEXT as u64)));
    }
    String::from_utf8(bytes.into_owned()).map(Some).map_err(|_| damaged())
}
