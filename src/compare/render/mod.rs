//! Writes comparisons, one file for each format.
//!
//! In: a [`Comparison`](super::Comparison). Out: bytes of a web page, JSON or a workbook. Called by `xxgk compare`, which
//! draws the text for a terminal itself.

mod format;
mod html;
mod json;
mod words;
mod xlsx;

pub use format::Format;
use html::html;
pub(crate) use json::Failed;
use json::json;
pub(crate) use words::{
    counts, finding_values, name, organization, remark, report, severity, signed, unit, value_text, word, years,
};
use xlsx::xlsx;

use super::Comparison;
use crate::error::Result;
use crate::message::Lang;

/// Writes a comparison, and the files that could not be read. `all` also lists values that are the same or have no
/// counterpart.
pub(crate) fn write(
    comparison: &Comparison,
    failures: &[Failed],
    format: Format,
    all: bool,
    timestamp: Option<i64>,
    lang: Lang,
) -> Result<Vec<u8>> {
    match format {
        Format::Xlsx => xlsx(comparison, failures, all, timestamp, lang),
        Format::Html => Ok(html(comparison, failures, all, lang)),
        Format::Json => json(comparison, failures, lang),
    }
}
