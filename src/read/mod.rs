//! Files into documents: `bytes → Document`.
//!
//! In: the bytes of one file. Out: a [`Document`](crate::document::Document). The format comes from the bytes
//! ([`sniff`]), never from the name; each format family has one file here.

pub mod json;

use crate::document::Document;
use crate::error::Result;

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
    /// This project's JSON (`xxgk.report/1`), one object, an array, or one object a line.
    Json,
}

/// Which worksheet to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetChoice {
    /// By name.
    Name(String),
    /// By its place in the workbook, from 1.
    Number(usize),
}

/// What a reader is told beside the bytes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The file's name without its folder, for messages and as a last source of organization and year.
    pub name: String,
    /// The format, where the user says it; otherwise it is found from the bytes.
    pub format: Option<Format>,
    /// The encoding of text, by its WHATWG label, where the user says it.
    pub encoding: Option<String>,
    /// Only this worksheet.
    pub sheet: Option<SheetChoice>,
}

/// Reads one file.
pub fn read(_bytes: &[u8], _options: &ReadOptions) -> Result<Document> {
    todo!()
}
