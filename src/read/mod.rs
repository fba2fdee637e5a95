//! Reads files into documents.
//!
//! In: the bytes of one file, and [`ReadOptions`]. Out: an [`Input`]: the file's paragraphs and tables with the location
//! of each cell, before anyone knows what they mean; or the reports that this project's JSON stores. Called by the command line and by library users;
//! `recognize` comes next.
//!
//! The format is detected from the bytes (`sniff`), never from the file's name. Each format family has a
//! file here, which describes its formats in constants, and one line in the list below, which declares the file.

mod archive;
mod beside;
mod biff;
mod block;
mod body;
mod boxes;
mod columns;
mod compound;
mod decode;
#[cfg(test)]
mod drawn;
mod field;
mod flow;
mod format;
mod formula;
mod input;
mod lattice;
mod look;
mod markup;
mod options;
mod page;
mod piece_table;
mod sheet;
mod sniff;
mod sniffed;
mod spaced;
mod span;
mod unpack;
mod xlsx;

use crate::document::{Document, Part, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::format::formats;
use crate::limit;
use crate::location::Location;

use format::{FormatInfo, FormatReader};
pub use input::{Input, StoredReports};
pub use options::{ReadOptions, SheetChoice};
pub(crate) use sniffed::Sniffed;
pub(crate) use unpack::LINK;
pub use unpack::{Member, Unpacked, unpack};

formats! {
    /// A format that can be read.
    ///
    /// ```
    /// use xxgk::read::Format;
    ///
    /// assert_eq!(Format::from_extension("xls"), Some(Format::Xls));
    /// assert_eq!(Format::Xls.name(), "xls");
    /// ```
    pub enum Format described by FormatInfo {
        text: Text = FORMAT, "Plain text, as pasted or exported.";
        csv: Csv = FORMAT, "Separated values: comma, tab, semicolon …";
        workbook:
            Xlsx = XLSX, "Office Open XML workbook (xlsx, xlsm).",
            Xlsb = XLSB, "Binary Office Open XML workbook.",
            Xls = XLS, "Excel 97–2003 workbook, also WPS `.et`.";
        ods:
            Ods = FORMAT, "OpenDocument spreadsheet.",
            Fods = FLAT, "OpenDocument spreadsheet in a single XML file.";
        spreadsheet_2003: Spreadsheet2003 = FORMAT, "XML Spreadsheet 2003.";
        docx:
            Docx = FORMAT, "Office Open XML document (docx, docm).",
            FlatOpc = FLAT, "Office Open XML document in a single XML file.",
            Word2003 = WORD_2003, "Word 2003 XML document.";
        doc: Doc = FORMAT, "Word 97–2003 document, also WPS `.wps`.";
        odt:
            Odt = FORMAT, "OpenDocument text.",
            Fodt = FLAT, "OpenDocument text in a single XML file.";
        rtf: Rtf = FORMAT, "Rich Text Format, often under the name .doc.";
        html: Html = FORMAT, "A web page, also one that Excel, WPS or Word saved under the name .xls or .doc.";
        mht: Mht = FORMAT, "A web archive, as Word, Excel and browsers save it.";
        pdf: Pdf = FORMAT, "Portable Document Format with text, not scanned.";
        ofd: Ofd = FORMAT, "Open Fixed-layout Document (GB/T 33190).";
        json: Json = FORMAT, "This project's JSON (`xxgk.report/1`), one object, an array, or one object a line.";
    }
}

/// Reads one file.
///
/// # Errors
/// - [`ErrorKind::Empty`]: there is nothing to read.
/// - [`ErrorKind::NotATable`], [`ErrorKind::Unsupported`], [`ErrorKind::WrongFormat`]: another kind of file, which the
///   error names.
/// - [`ErrorKind::Encrypted`]: the file has a password.
/// - [`ErrorKind::Corrupt`], [`ErrorKind::TooLarge`]: the error says what is wrong.
/// - [`ErrorKind::SheetNotFound`]: the error lists the worksheets.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Input> {
    if bytes.len() > limit::FILE {
        return Err(limit::too_large(limit::megabytes(bytes.len() as u64), limit::megabytes(limit::FILE as u64)));
    }
    let Some(sniffed) = sniff::signature(bytes) else { return read_text(bytes, options) };
    let format = agree(sniffed, options.format)?;
    match format.info().reader {
        FormatReader::Binary(read) => {
            let (parts, findings) = read(bytes, options)?;
            let source = Source { name: options.name.clone(), format: format.name().to_owned(), encoding: None };
            Ok(Input::Document(document(source, parts, findings, options)))
        }
        FormatReader::Paged(read) => {
            let ((parts, findings, alternatives), attached) = read(bytes, options)?;
            let source = Source { name: options.name.clone(), format: format.name().to_owned(), encoding: None };
            let document = Document { alternatives, ..document(source.clone(), parts, findings, options) };
            Ok(match attached {
                None => Input::Document(document),
                Some(text) => with_reports(document, source, &text),
            })
        }
        FormatReader::Text(_) | FormatReader::Mime(_) | FormatReader::Reports(_) => read_text(bytes, options),
    }
}

/// A document with the reports that it carries as JSON. If they cannot be read, a finding says so, and the document is read
/// like any other.
fn with_reports(mut document: Document, source: Source, text: &str) -> Input {
    match json::read(text) {
        Ok((reports, findings)) => Input::Both(document, StoredReports { source, reports, findings }),
        Err(_) => {
            document.findings.push(Finding::new("XG388"));
            Input::Document(document)
        }
    }
}

/// A document without anything that few formats have.
fn document(source: Source, parts: Vec<Part>, findings: Vec<Finding>, options: &ReadOptions) -> Document {
    Document { source, parts, findings, folder: options.folder.clone(), ..Document::default() }
}

/// The text of a file in the encoding that is detected.
///
/// # Errors
/// [`ErrorKind::TooLarge`] beyond [`limit::TEXT`].
pub(crate) fn text(bytes: &[u8]) -> Result<String> {
    if bytes.len() > limit::TEXT {
        return Err(limit::too_large(limit::megabytes(bytes.len() as u64), limit::megabytes(limit::TEXT as u64)));
    }
    Ok(decode::decode(bytes, None)?.text)
}

/// The format to read: the detected one, if it is readable and is the requested one.
fn agree(sniffed: Sniffed, wanted: Option<Format>) -> Result<Format> {
    match (sniffed, wanted) {
        (Sniffed::Empty, _) => Err(Error::new(ErrorKind::Empty)),
        (Sniffed::Encrypted, _) => Err(Error::new(ErrorKind::Encrypted)),
        (Sniffed::Readable(format), None) => Ok(format),
        (Sniffed::Readable(format), Some(wanted)) if format == wanted => Ok(format),
        (_, Some(wanted)) => {
            Err(Error::new(ErrorKind::WrongFormat { found: sniffed.word(), wanted: wanted.name().to_owned() }))
        }
        (Sniffed::Unsupported(_), None) => Err(Error::new(ErrorKind::Unsupported { found: sniffed.word() })),
        (Sniffed::NotATable(_), None) => Err(Error::new(ErrorKind::NotATable { found: sniffed.word() })),
    }
}

fn read_text(bytes: &[u8], options: &ReadOptions) -> Result<Input> {
    if bytes.len() > limit::TEXT {
        return Err(limit::too_large(limit::megabytes(bytes.len() as u64), limit::megabytes(limit::TEXT as u64)));
    }
    let decoded = decode::decode(bytes, options.encoding.as_deref())?;
    let sniffed = sniff::of_text(&decoded.text);
    // The user can request to read any text as plain text or separated values.
    let format = match options.format {
        Some(wanted) if wanted.info().any_text && !matches!(sniffed, Sniffed::Empty | Sniffed::NotATable(_)) => wanted,
        wanted => agree(sniffed, wanted)?,
    };
    let source = |encoding: &str| Source {
        name: options.name.clone(),
        format: format.name().to_owned(),
        encoding: Some(encoding.to_owned()),
    };
    match format.info().reader {
        FormatReader::Text(read) => {
            let (parts, mut findings) = read(&decoded.text, options)?;
            findings.splice(0..0, decoded.findings);
            let title = if format == Format::Html { html::title(&decoded.text) } else { None };
            let source = source(decoded.encoding);
            let alternatives = if format == Format::Text { spaced::alternatives(&parts)? } else { Vec::new() };
            Ok(Input::Document(Document { title, alternatives, ..document(source, parts, findings, options) }))
        }
        FormatReader::Reports(read) => {
            let (reports, mut findings) = read(&decoded.text)?;
            findings.splice(0..0, decoded.findings);
            Ok(Input::Reports(StoredReports { source: source(decoded.encoding), reports, findings }))
        }
        // The pages of an archive have encodings of their own.
        FormatReader::Mime(read) => {
            let ((parts, findings), encoding, title) = read(bytes)?;
            let is_text =
                matches!(parts.first(), Some(Part::Paragraph(cell)) if matches!(cell.at, Location::Text { .. }));
            let alternatives = if is_text { spaced::alternatives(&parts)? } else { Vec::new() };
            let document = document(source(encoding), parts, findings, options);
            Ok(Input::Document(Document { title, alternatives, ..document }))
        }
        FormatReader::Binary(_) | FormatReader::Paged(_) => {
            Err(Error::new(ErrorKind::WrongFormat { found: sniffed.word(), wanted: format.name().to_owned() }))
        }
    }
}
