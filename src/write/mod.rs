//! Reports into files: `Report → bytes`.
//!
//! In: a report, its template and options. Out: bytes on a writer. Each format has one file here, which describes it in
//! a constant `FORMAT`, and one line in the list below, which declares the file. All that print draw the one `Layout`.

pub(crate) mod complete;
mod form_text;
mod format;
mod marks;
pub(crate) mod merged;
pub(crate) mod overview;
mod package;
pub(crate) mod record;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod tidy;
mod time;

use std::io::Write;

use format::{FilledForm, FormatInfo, FormatWriter};
pub use xlsx::blank::BlankOptions;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::font::Fonts;
use crate::format::formats;
use crate::layout::{LayoutOptions, layout};
use crate::message::Lang;
use crate::report::Report;
use crate::template::SharedTemplate;

formats! {
    /// A format that can be written.
    ///
    /// ```
    /// use xxgk::write::Format;
    ///
    /// assert_eq!(Format::from_extension("PDF"), Some(Format::Pdf));
    /// assert!(Format::Ndjson.holds_many() && !Format::Json.needs_template());
    /// ```
    pub enum Format described by FormatInfo {
        xlsx: Xlsx = FORMAT, "Office Open XML workbook.";
        pdf: Pdf = FORMAT, "PDF/A-2a and PDF/UA-1.";
        docx: Docx = FORMAT, "Office Open XML document.";
        html: Html = FORMAT, "Web page.";
        csv: Csv = FORMAT, "Comma separated values.";
        json: Json = FORMAT, "JSON, schema `xxgk.report/1`.";
        ndjson: Ndjson = FORMAT, "The same JSON, one object a line.";
    }
}

/// How to write.
///
/// ```
/// use xxgk::write::WriteOptions;
///
/// let options = WriteOptions::default().encoding("gb18030").landscape(true);
/// assert!(options.landscape);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct WriteOptions<'a> {
    /// Fonts to embed in PDF; the shipped ones where none are given.
    pub fonts: Option<&'a Fonts>,
    /// The language of finding messages in JSON.
    pub lang: Lang,
    /// Whether CSV starts with a byte order mark; only with UTF-8.
    pub bom: bool,
    /// The encoding of CSV, by its WHATWG label; UTF-8 where none.
    pub encoding: Option<String>,
    /// Seconds since 1970 for document timestamps (`SOURCE_DATE_EPOCH`); none writes none that changes.
    pub timestamp: Option<i64>,
    /// Whether pages of PDF and workbooks are landscape.
    pub landscape: bool,
    /// Whether PDF has the report as JSON attached; it is PDF/A-3a then.
    pub embed_json: bool,
    /// Whether HTML is a fragment for the editor of a website, not a page.
    pub fragment: bool,
}

impl<'a> WriteOptions<'a> {
    /// Sets the fonts.
    #[must_use]
    pub fn fonts(self, fonts: &'a Fonts) -> Self {
        Self { fonts: Some(fonts), ..self }
    }

    /// Sets the language of messages.
    #[must_use]
    pub fn lang(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// Sets whether CSV starts with a byte order mark.
    #[must_use]
    pub fn bom(self, bom: bool) -> Self {
        Self { bom, ..self }
    }

    /// Sets the encoding of CSV.
    #[must_use]
    pub fn encoding(self, label: impl Into<String>) -> Self {
        Self { encoding: Some(label.into()), ..self }
    }

    /// Sets the timestamp of documents, in seconds since 1970.
    #[must_use]
    pub fn timestamp(self, seconds: i64) -> Self {
        Self { timestamp: Some(seconds), ..self }
    }

    /// Sets whether pages are landscape.
    #[must_use]
    pub fn landscape(self, landscape: bool) -> Self {
        Self { landscape, ..self }
    }

    /// Sets whether PDF has the report as JSON attached.
    #[must_use]
    pub fn embed_json(self, embed_json: bool) -> Self {
        Self { embed_json, ..self }
    }

    /// Sets whether HTML is a fragment.
    #[must_use]
    pub fn fragment(self, fragment: bool) -> Self {
        Self { fragment, ..self }
    }

    fn fonts_or_shipped(&self) -> &'a Fonts {
        self.fonts.unwrap_or_else(|| Fonts::shipped())
    }
}

/// Writes one report; returns what could not be drawn as it should.
///
/// # Errors
/// [`ErrorKind::Write`] when `out` fails or the format cannot hold the report.
pub(crate) fn write(
    report: &Report,
    template: &SharedTemplate,
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    match format.info().writer {
        FormatWriter::Form(draw) => {
            let layout = layout(report, template, LayoutOptions { landscape: options.landscape });
            draw(&FilledForm { layout: &layout, template, report, options }, out)
        }
        FormatWriter::Data(write) => write(&[report], options, out).map(|()| Vec::new()),
    }
}

/// Writes any number of reports as one output, in a format that [holds many](Format::holds_many).
///
/// # Errors
/// [`ErrorKind::Write`] when `out` fails; [`ErrorKind::SeveralReports`] where the format holds one.
pub(crate) fn write_many(
    reports: &[&Report],
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    match format.info().writer {
        FormatWriter::Data(write) => write(reports, options, out),
        FormatWriter::Form(_) => {
            let format = format.name().to_owned();
            Err(Error::new(ErrorKind::SeveralReports { reports: reports.len(), format }))
        }
    }
}

/// The error for a format that cannot be made.
pub(crate) fn failed(format: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::write(format, error)
}
