//! The formats in which a comparison is shown.

use crate::format::formats;

formats! {
    /// How a comparison is shown.
    pub enum Format described by FormatInfo {
        /// Aligned text for a terminal.
        Text => TEXT,
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

const TEXT: FormatInfo = FormatInfo { name: "text", extensions: &["txt", "text"], binary: false };
const XLSX: FormatInfo = FormatInfo { name: "xlsx", extensions: &["xlsx"], binary: true };
const HTML: FormatInfo = FormatInfo { name: "html", extensions: &["html", "htm"], binary: false };
const JSON: FormatInfo = FormatInfo { name: "json", extensions: &["json"], binary: false };

impl Format {
    /// Whether the bytes are for programs, not for a terminal.
    pub fn is_binary(self) -> bool {
        self.info().binary
    }
}
