//! The formats that can be read.

use super::{ReadOptions, csv, doc, docx, html, json, mht, ods, spreadsheet_2003, text, workbook};
use crate::document::Part;
use crate::error::Result;
use crate::finding::Finding;
use crate::format::formats;
use crate::report::Report;

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
        /// Plain text, as pasted or exported.
        Text => text::FORMAT,
        /// Separated values: comma, tab, semicolon …
        Csv => csv::FORMAT,
        /// Office Open XML workbook (xlsx, xlsm).
        Xlsx => workbook::XLSX,
        /// Binary Office Open XML workbook.
        Xlsb => workbook::XLSB,
        /// Excel 97–2003 workbook, also WPS `.et`.
        Xls => workbook::XLS,
        /// OpenDocument spreadsheet.
        Ods => ods::FORMAT,
        /// OpenDocument spreadsheet in a single XML file.
        Fods => ods::FLAT,
        /// XML Spreadsheet 2003.
        Spreadsheet2003 => spreadsheet_2003::FORMAT,
        /// Office Open XML document (docx, docm).
        Docx => docx::FORMAT,
        /// Word 97–2003 document, also WPS `.wps`.
        Doc => doc::FORMAT,
        /// A web page, also one that Excel, WPS or Word saved under the name .xls or .doc.
        Html => html::FORMAT,
        /// A web archive, as Word, Excel and browsers save it.
        Mht => mht::FORMAT,
        /// This project's JSON (`xxgk.report/1`), one object, an array, or one object a line.
        Json => json::FORMAT,
    }
}

/// What a format is and how it is read. Each format has one, in its own file; its bytes are told from others in
/// [`sniff`](mod@super::sniff).
pub(crate) struct FormatInfo {
    /// The name in `--from`, JSON and messages.
    pub(crate) name: &'static str,
    /// File extensions, the usual one first. Reading never looks at them.
    pub(crate) extensions: &'static [&'static str],
    /// Whether any text may be read as this format when the user asks for it.
    pub(crate) any_text: bool,
    pub(crate) reader: FormatReader,
}

/// The tables and paragraphs of a file, and what its reader noticed.
pub(crate) type Parts = (Vec<Part>, Vec<Finding>);

/// The reports that a file stores, and what its reader noticed.
pub(crate) type Stored = (Vec<Report>, Vec<Finding>);

/// How bytes become tables and paragraphs.
pub(crate) enum FormatReader {
    /// From the bytes.
    Binary(fn(&[u8], &ReadOptions) -> Result<Parts>),
    /// From decoded text.
    Text(fn(&str, &ReadOptions) -> Result<Parts>),
    /// From decoded text, which stores reports.
    Reports(fn(&str) -> Result<Stored>),
    /// From the bytes of a text whose parts have encodings of their own; returns the first of these too.
    Mime(fn(&[u8]) -> Result<mht::Pages>),
}

impl Format {
    /// Whether the bytes are no text.
    pub fn is_binary(self) -> bool {
        matches!(self.info().reader, FormatReader::Binary(_))
    }

    /// The reference by which messages name the format in their own language.
    pub(super) fn word(self) -> String {
        format!("@format.{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_name_of_its_own_and_a_word_in_messages() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(*format));
            assert!(crate::message::has(&format!("format.{}", format.name())), "{format:?}");
        }
    }
}
