//! Writes comparisons, one file for each format.
//!
//! In: a [`Comparison`](super::Comparison). Out: bytes of a web page, JSON or a workbook. Called by `xxgk compare`, which
//! draws the text for a terminal itself.

mod format;
mod words;

pub(crate) use format::Failed;
use format::{FormatInfo, RenderOptions};
pub(crate) use words::{
    counts, finding_values, name, organization, remark, report, severity, signed, unit, value_text, word, years,
};

use super::Comparison;
use crate::error::Result;
use crate::format::formats;
use crate::message::Lang;

formats! {
    /// A format of files with a comparison. Text for a terminal is the command line's.
    ///
    /// ```
    /// use xxgk::compare::Format;
    ///
    /// assert_eq!(Format::from_extension("htm"), Some(Format::Html));
    /// assert!(Format::Xlsx.is_binary());
    /// ```
    pub enum Format described by FormatInfo {
        xlsx: Xlsx = FORMAT, "A workbook.";
        html: Html = FORMAT, "A web page.";
        json: Json = FORMAT, "JSON, schema `xxgk.compare/1`.";
    }
}

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
    (format.info().writer)(comparison, &RenderOptions { failures, all, timestamp, lang })
}
