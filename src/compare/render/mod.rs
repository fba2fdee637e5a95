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
pub use html::html;
pub use json::{Failed, json};
pub use words::{
    counts, finding_values, name, not_compared, organization, places, reason, remark, report, severity, signed, unit,
    value_text, word, years,
};
pub use xlsx::xlsx;
