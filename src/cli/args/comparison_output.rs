//! The formats of `xxgk compare`: text for a terminal, or a file.

use std::iter;

use crate::compare;

/// How a comparison is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComparisonOutput {
    /// Aligned text for a terminal.
    Text,
    /// A file.
    File(compare::Format),
}

impl ComparisonOutput {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        iter::once(Self::Text).chain(compare::Format::ALL.iter().map(|format| Self::File(*format)))
    }

    /// The name that options use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::File(format) => format.name(),
        }
    }

    /// The one of a file extension.
    pub(crate) fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Text),
            _ => compare::Format::from_extension(extension).map(Self::File),
        }
    }

    /// Whether the bytes are for programs, not for a terminal.
    pub(crate) fn is_binary(self) -> bool {
        matches!(self, Self::File(format) if format.is_binary())
    }
}
