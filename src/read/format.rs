//! What a format that can be read says of itself. The list of all is in [`super`].

use super::flow::PagedParts;
use super::{Format, ReadOptions};
use crate::document::Part;
use crate::error::Result;
use crate::finding::Finding;
use crate::report::Report;

/// What a format is and how it is read. Each format has one, in its own file; its bytes are told from others in
/// [`sniff`](mod@super::sniff).
pub(crate) struct FormatInfo {
    /// The name in `--from`, JSON and messages.
    pub(crate) name: &'static str,
    /// File extensions, the usual one first. Reading never looks at them.
    pub(crate) extensions: &'static [&'static str],
    /// Whether any text may be read as this format when the user asks for it.
    pub(crate) any_text: bool,
    /// What is read of such a file and what is not.
    pub(crate) parts: &'static PartsRead,
    pub(crate) reader: FormatReader,
}

/// The parts of a file that are read and those that are not, by the keys of their words: `part.NAME`.
pub(crate) struct PartsRead {
    pub(crate) read: &'static [&'static str],
    pub(crate) left_out: &'static [&'static str],
}

/// What is read of the formats of each family.
pub(crate) mod parts_read {
    use super::PartsRead;

    pub(crate) const TEXT: PartsRead = PartsRead { read: &["text"], left_out: &[] };
    pub(crate) const CSV: PartsRead = PartsRead { read: &["tables"], left_out: &[] };
    pub(crate) const REPORTS: PartsRead = PartsRead { read: &["reports"], left_out: &[] };
    pub(crate) const PAGE: PartsRead =
        PartsRead { read: &["tables", "text"], left_out: &["hidden", "struck", "comments", "pictures"] };
    pub(crate) const SHEETS: PartsRead = PartsRead {
        read: &["tables"],
        left_out: &["hidden_sheets", "struck", "boxes", "comments", "margins", "charts", "pictures"],
    };
    pub(crate) const SHEETS_AND_BOXES: PartsRead = PartsRead {
        read: &["tables", "boxes"],
        left_out: &["hidden_sheets", "struck", "comments", "margins", "charts", "pictures"],
    };
    pub(crate) const DOCUMENT: PartsRead = PartsRead {
        read: &["tables", "text", "boxes"],
        left_out: &["hidden", "struck", "deleted", "margins", "notes", "comments", "charts", "pictures"],
    };
}

/// The tables and paragraphs of a file, and what its reader noticed.
pub(crate) type Parts = (Vec<Part>, Vec<Finding>);

/// The tables and paragraphs of an archive or a mail, what its reader noticed, the encoding of its first page, and its subject.
pub(crate) type Pages = (Parts, &'static str, Option<String>);

/// What pages hold, and the JSON of the report that the file carries.
pub(crate) type WithReport = (PagedParts, Option<String>);

/// The reports that a file stores, and what its reader noticed.
pub(crate) type Stored = (Vec<Report>, Vec<Finding>);

/// How bytes become tables and paragraphs.
pub(crate) enum FormatReader {
    /// From the bytes.
    Binary(fn(&[u8], &ReadOptions) -> Result<Parts>),
    /// From the bytes of pages, whose lines may be tables; with the JSON of the report that the file carries.
    Paged(fn(&[u8], &ReadOptions) -> Result<WithReport>),
    /// From decoded text.
    Text(fn(&str, &ReadOptions) -> Result<Parts>),
    /// From decoded text, which stores reports.
    Reports(fn(&str) -> Result<Stored>),
    /// From the bytes of a text whose parts have encodings of their own; returns the first of these too.
    Mime(fn(&[u8]) -> Result<Pages>),
}

impl Format {
    /// Whether the bytes are no text.
    pub fn is_binary(self) -> bool {
        matches!(self.info().reader, FormatReader::Binary(_) | FormatReader::Paged(_))
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
            for part in format.info().parts.read.iter().chain(format.info().parts.left_out) {
                assert!(crate::message::has(&format!("part.{part}")), "{part}");
            }
        }
    }
}
