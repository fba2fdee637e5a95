//! What a file is, as detected from its bytes.
//!
//! Made by [`super::sniff`] and the two containers, [`super::archive`] and [`super::compound`].

use super::Format;

/// What a file is. Names such as `pdf` are keys of the message catalogue (`format.pdf`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// A readable format.
    Readable(Format),
    /// A document that may hold a table, in a format that is not read.
    Unsupported(&'static str),
    /// Not a document with a table.
    NotATable(&'static str),
    /// A document with a password.
    Encrypted,
    /// No bytes, or white space only.
    Empty,
}

impl Sniffed {
    /// The reference for messages, such as `@format.pdf`. Empty for empty and encrypted files.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Readable(format) => format.word(),
            Self::Unsupported(name) | Self::NotATable(name) => format!("@format.{name}"),
            Self::Encrypted | Self::Empty => String::new(),
        }
    }
}
