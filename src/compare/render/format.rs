//! The formats of files with a comparison. Text for a terminal is the command line's.

use crate::format::formats;

formats! {
    /// A format of files with a comparison.
    ///
    /// ```
    /// use xxgk::compare::Format;
    ///
    /// assert_eq!(Format::from_extension("htm"), Some(Format::Html));
    /// assert!(Format::Xlsx.is_binary());
    /// ```
    pub enum Format described by FormatInfo {
        /// A workbook.
        Xlsx => XLSX,
        /// A web page.
        Html => HTML,
        /// JSON, schema `xxgk.compare/1`.
        Json => JSON,
    }
}

pub(crate) struct FormatInfo {
    name: &'static str,
    extensions: &'static [&'static str],
    binary: bool,
}

const XLSX: FormatInfo = FormatInfo { name: "xlsx", extensions: &["xlsx"], binary: true };
const HTML: FormatInfo = FormatInfo { name: "html", extensions: &["html", "htm"], binary: false };
const JSON: FormatInfo = FormatInfo { name: "json", extensions: &["json"], binary: false };

impl Format {
    /// Whether the bytes are for programs, not for a terminal.
    pub fn is_binary(self) -> bool {
        self.info().binary
    }
}
