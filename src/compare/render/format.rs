//! What a format of files with a comparison says of itself. The list of all is in [`super`].

use serde::Serialize;

use super::Format;
use crate::compare::Comparison;
use crate::error::Result;
use crate::message::Lang;

/// What a format is and how it is written. Each format has one, in its own file.
pub(crate) struct FormatInfo {
    /// The name in `--to` and in messages.
    pub(crate) name: &'static str,
    /// File extensions, the usual one first.
    pub(crate) extensions: &'static [&'static str],
    /// Whether the bytes are for programs, not for a terminal.
    pub(crate) binary: bool,
    /// Writes a comparison.
    pub(crate) writer: fn(&Comparison, &RenderOptions<'_>) -> Result<Vec<u8>>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failed {
    /// The file's name as the user gave it.
    pub file: String,
    /// The reason.
    pub message: String,
}

/// What is written, and how.
pub(crate) struct RenderOptions<'a> {
    /// The files that could not be read.
    pub(crate) failures: &'a [Failed],
    /// Whether values that are the same or have no counterpart are listed too.
    pub(crate) all: bool,
    /// Seconds since 1970.
    pub(crate) timestamp: Option<i64>,
    pub(crate) lang: Lang,
}

impl Format {
    /// Whether the bytes are for programs, not for a terminal.
    pub fn is_binary(self) -> bool {
        self.info().binary
    }
}
