//! Reports as JSON, one object a line: `Report → bytes`.
//!
//! The objects are those of [`super::json`], schema `xxgk.report/1`. [`crate::read::json`] reads them back.

use std::io::Write;

use crate::error::Result;
use crate::message::Lang;
use crate::report::Report;
use crate::report::json::ReportJson;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter, TidyWriter};
use crate::write::{failed, tidy};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "ndjson",
    extensions: &["ndjson", "jsonl"],
    binary: false,
    writer: FormatWriter::Data(|reports, options, out| write(reports, options.lang, out)),
    merged: MergedWriter::None,
    tidy: Some(TidyWriter { header: |_, _| Ok(()), rows: tidy::write_lines }),
};

/// Writes each report as an object on a line of its own, with messages in one language.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails.
pub(crate) fn write(reports: &[&Report], lang: Lang, out: &mut dyn Write) -> Result<()> {
    for report in reports {
        let mut bytes = serde_json::to_vec(&ReportJson::new(report, lang)).map_err(|error| failed("NDJSON", error))?;
        bytes.push(b'\n');
        out.write_all(&bytes).map_err(|error| failed("NDJSON", error))?;
    }
    Ok(())
}
