//! Collects the files of archives within limits.

use std::io::Read;

use crate::error::ErrorKind;
use crate::limit;

use super::opened::too_large;

/// A file with the name that the archive gives it.
pub(super) struct File {
    pub name: String,
    pub content: Result<Vec<u8>, ErrorKind>,
}

/// The files of the archive that is being unpacked. The limits are for all archives together.
pub(super) struct Collector {
    files: Vec<File>,
    count: usize,
    left: u64,
    slow: u64,
}

impl Default for Collector {
    fn default() -> Self {
        Self { files: Vec::new(), count: 0, left: limit::UNPACKED, slow: limit::SLOWLY_PACKED }
    }
}

impl Collector {
    /// The files so far, which leaves none.
    pub(super) fn take(&mut self) -> Vec<File> {
        std::mem::take(&mut self.files)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The most bytes that the next file may have.
    pub(super) fn room(&self) -> u64 {
        self.left.min(limit::FILE as u64)
    }

    /// Counts bytes that were unpacked in vain: a damaged file takes as much time as a whole one.
    pub(super) fn spend(&mut self, size: u64) {
        self.left = self.left.saturating_sub(size);
    }

    /// Counts bytes to unpack with LZMA.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for too many of them; then none is counted.
    pub(super) fn spend_slowly(&mut self, packed: u64) -> Result<(), ErrorKind> {
        let most = limit::megabytes(limit::SLOWLY_PACKED);
        let left = self.slow.checked_sub(packed);
        self.slow = left.ok_or_else(|| limit::too_large("@format.slowly_packed", most).into_kind())?;
        Ok(())
    }

    /// Adds a file.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for too many files.
    pub(super) fn add(&mut self, name: String, content: Result<Vec<u8>, ErrorKind>) -> Result<(), ErrorKind> {
        self.count += 1;
        if self.count > limit::MEMBERS {
            return Err(limit::too_large("@format.many_files", limit::MEMBERS).into_kind());
        }
        let content = content.and_then(|bytes| {
            let size = bytes.len() as u64;
            if size > self.room() {
                return Err(too_large(size));
            }
            self.left -= size;
            Ok(bytes)
        });
        self.files.push(File { name, content });
        Ok(())
    }

    /// Reads the bytes of a file as they are unpacked, never more than there is room for. `damage` is the error if that fails.
    pub(super) fn read(&mut self, from: impl Read, damage: &ErrorKind) -> Result<Vec<u8>, ErrorKind> {
        let room = self.room();
        let mut bytes = Vec::new();
        let outcome = from.take(room + 1).read_to_end(&mut bytes).map_err(|_| damage.clone());
        let size = bytes.len() as u64;
        let outcome = outcome.and_then(|_| if size > room { Err(too_large(size)) } else { Ok(()) });
        if outcome.is_err() {
            self.spend(size);
        }
        outcome.map(|()| bytes)
    }
}
