//! The complete annual report: tables and text as one document.
//!
//! In: a report and its text. Out: bytes of a format that holds text. Called by `xxgk report` and `xxgk new --report`.

use std::io::Write;

use super::format::{FilledForm, FormatWriter};
use super::{Format, WriteOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::layout::{LayoutOptions, layout, with_text};
use crate::report::Report;
use crate::report_text::ReportText;
use crate::template::SharedTemplate;

/// The formats that hold running text.
pub(crate) const FORMATS: [Format; 3] = [Format::Docx, Format::Html, Format::Pdf];

/// Writes a report with its text; returns what could not be drawn as it should.
///
/// # Errors
/// [`ErrorKind::Write`] when `out` fails; [`ErrorKind::SeveralReports`] for a format that holds no text.
pub(crate) fn write(
    report: &Report,
    template: &SharedTemplate,
    text: &ReportText,
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    let FormatWriter::Form(draw) = format.info().writer else {
        return Err(Error::new(ErrorKind::SeveralReports { reports: 1, format: format.name().to_owned() }));
    };
    let titled = Report { title: Some(text.title.clone()), ..report.clone() };
    let layout = layout(&titled, template, LayoutOptions { landscape: options.landscape });
    // Paper has lines, whatever program shows it.
    let layout = with_text(layout, text, format == Format::Pdf);
    draw(&FilledForm { layout: &layout, template, report: &titled, options }, out)
}
