//! What is known of an archive besides its files, and the errors of archives.

use crate::error::{Error, ErrorKind};
use crate::limit;

/// The deepest nesting of archives.
pub(super) const DEPTH: usize = 3;

/// What was found in one archive, besides its files.
#[derive(Default)]
pub(super) struct Opened {
    pub error: Option<ErrorKind>,
    pub has_page: bool,
}

/// The error for an archive that is too deep in others.
pub(super) fn too_deep() -> ErrorKind {
    ErrorKind::TooLarge { found: "@format.nested_archives".to_owned(), limit: DEPTH.to_string() }
}

/// The error for a file packed in a way that is not unpacked here. `method` is its name in any letters.
pub(super) fn packed_with(method: &str) -> ErrorKind {
    const METHODS: [&str; 9] = ["deflate64", "deflate", "bzip2", "lzma", "zstd", "xz", "ppmd", "brotli", "lz4"];
    let method = method.to_ascii_lowercase();
    let known = METHODS.iter().find(|known| method.starts_with(*known)).unwrap_or(&"otherwise");
    ErrorKind::Unsupported { found: format!("@format.packed_{known}") }
}

/// The error for a link to another file.
pub(super) fn link() -> ErrorKind {
    ErrorKind::Unsupported { found: LINK.to_owned() }
}

/// What is said of a link.
pub(crate) const LINK: &str = "@format.link";

/// The error for a damaged archive.
pub(super) fn corrupt(format: &str, detail: &str) -> ErrorKind {
    Error::corrupt(format!("@format.{format}"), detail).into_kind()
}

/// The error for a file beyond the limits: its own, or that of all files together.
pub(super) fn too_large(size: u64) -> ErrorKind {
    let own = limit::FILE as u64;
    match size > own {
        true => limit::too_large(limit::megabytes(size), limit::megabytes(own)).into_kind(),
        false => much_unpacked(),
    }
}

/// The error for files that are too much together.
pub(super) fn much_unpacked() -> ErrorKind {
    limit::too_large("@format.much_unpacked", limit::megabytes(limit::UNPACKED)).into_kind()
}
