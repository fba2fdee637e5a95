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
}

impl Default for Collector {
    fn default() -> Self {
        Self { files: Vec::new(), count: 0, left: limit::UNPACKED }
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
    pub(super) fn read(&self, from: impl Read, damage: &ErrorKind) -> Result<Vec<u8>, ErrorKind> {
        let room = self.room();
        let mut bytes = Vec::new();
        from.take(room + 1).read_to_end(&mut bytes).map_err(|_| damage.clone())?;
        if bytes.len() as u64 > room { Err(too_large(room + 1)) } else { Ok(bytes) }
    }
}
