//! Reads files with a limit, and tells whether they are still the same.

use std::fs;
use std::io::{self, Read};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// The largest input that is read, in bytes.
pub(super) const LIMIT: u64 = crate::limit::FILE as u64;

/// Tells whether an input is still the same: its length and the time it was last written, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    length: u64,
    modified: u64,
}

impl Stamp {
    /// The stamp of a file; none for anything else and for files without a time.
    pub(crate) fn new(metadata: &fs::Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        metadata.is_file().then_some(Self { length: metadata.len(), modified: u64::try_from(modified).ok()? })
    }
}

/// The bytes of an input, and its stamp if it has one.
pub(super) type Content = (Vec<u8>, Option<Stamp>);

/// All bytes up to one beyond the limit. `length` is the length that the file system reports.
pub(super) fn read_all(file: impl Read, length: u64) -> io::Result<Vec<u8>> {
    let room = usize::try_from(length.min(LIMIT)).unwrap_or(0) + 1;
    let mut bytes = Vec::with_capacity(room);
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
