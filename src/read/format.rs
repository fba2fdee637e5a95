//! The formats that can be read.

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Plain text, as pasted or exported.
    Text,
    /// Separated values: comma, tab, semicolon …
    Csv,
    /// Office Open XML workbook (xlsx, xlsm).
    Xlsx,
    /// Binary Office Open XML workbook.
    Xlsb,
    /// Excel 97–2003 workbook, also WPS `.et`.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument spreadsheet in a single XML file.
    Fods,
    /// XML Spreadsheet 2003.
    Spreadsheet2003,
    /// Office Open XML document (docx, docm).
    Docx,
    /// Word 97–2003 document, also WPS `.wps`.
    Doc,
    /// A web page, also one that Excel, WPS or Word saved under the name .xls or .doc.
    Html,
    /// A web archive, as Word, Excel and browsers save it.
    Mht,
    /// This project's JSON (`xxgk.report/1`), one object, an array, or one object a line.
    Json,
}

impl Format {
    /// The name used in `--from`, JSON and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Fods => "fods",
            Self::Spreadsheet2003 => "xml-2003",
            Self::Docx => "docx",
            Self::Doc => "doc",
            Self::Html => "html",
            Self::Mht => "mht",
            Self::Json => "json",
        }
    }

    /// The reference by which messages name the format in their own language.
    pub(super) fn word(self) -> String {
        format!("@format.{}", self.name())
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Csv | Self::Html | Self::Json)
    }
}
