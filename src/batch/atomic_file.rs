//! Files that one process at a time may write.
//!
//! [`lock`] opens a file for this process alone. [`AtomicFile`] is an output that is written in pieces over a whole run and
//! gets its name at the end.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;

use super::failure::Failure;
use super::files::Outputs;

/// Opens a file for this process alone and keeps its content; none where another process has it.
///
/// On a file system without locks, the file is not locked.
///
/// # Errors
/// `fail.output_link` where the path is a symbolic link, another name of a file, or a device; `failed` makes all others.
pub(crate) fn lock(path: &Path, failed: impl Fn(io::Error) -> Failure) -> Result<Option<File>, Failure> {
    loop {
        super::files::refuse_link(path, None)?;
        let file = open(path).map_err(|error| match super::files::refuse_link(path, None) {
            // It became a link in the meantime.
            Err(failure) => failure,
            Ok(()) => failed(error),
        })?;
        if !has_one_name(&file.metadata().map_err(&failed)?) {
            return Err(Failure::new("fail.output_link").with("output", path.display()));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // Its owner may have renamed or removed the file between the two calls. Then the lock is on another file.
        if is_at(&file, path) {
            return Ok(Some(file));
        }
    }
}

/// Opens a file to read and write it; a symbolic link is not followed.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options.open(path)
}

/// Whether something is a file without hard links, as far as the system tells.
fn has_one_name(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // The owner of the file may have removed it since it was opened.
        if metadata.nlink() > 1 {
            return false;
        }
    }
    metadata.is_file()
}

/// Whether a path still leads to an open file.
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    let open = file.try_clone().and_then(Handle::from_file);
    matches!((open, Handle::from_path(path)), (Ok(open), Ok(there)) if open == there)
}

/// An output that is written in pieces and appears at the end, complete or not at all.
pub(crate) struct AtomicFile {
    target: PathBuf,
    temporary: tempfile::TempPath,
    file: BufWriter<File>,
    force: bool,
    sync: bool,
}

impl AtomicFile {
    /// Starts an output in a temporary file beside its target, over what a killed run may have left there.
    ///
    /// # Errors
    /// `fail.output_there` where the target exists and must not be replaced; `fail.output_is_input` where it is an input;
    /// `fail.busy` where another process is writing it.
    pub(crate) fn create(target: &Path, outputs: &Outputs) -> Result<Self, Failure> {
        let failed = |error| super::files::failed(target, None, error);
        let existing = fs::metadata(target);
        super::files::refuse_link(target, existing.as_ref().ok())?;
        match existing {
            Ok(metadata) if metadata.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
            // The file would replace a device.
            Ok(metadata) if !metadata.is_file() => return Err(failed(io::ErrorKind::InvalidInput.into())),
            Ok(_) if outputs.inputs.contains(target) => outputs.inputs.refuse(target)?,
            Ok(_) if !outputs.force => return Err(Failure::new("fail.output_there").with("output", target.display())),
            _ => {}
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = folder.join(format!(".xxgk-{}.part", super::name::fit(name.into_owned())));
        let Some(file) = lock(&temporary, failed)? else {
            return Err(Failure::new("fail.busy").with("output", target.display()));
        };
        file.set_len(0).map_err(failed)?;
        let temporary = tempfile::TempPath::try_from_path(temporary).map_err(failed)?;
        let file = BufWriter::with_capacity(1 << 16, file);
        Ok(Self { target: target.to_owned(), temporary, file, force: outputs.force, sync: outputs.sync })
    }

    /// Adds bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| super::files::failed(&self.target, None, error))
    }

    /// Gives the output its name.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Failure> {
        let failed = |error| super::files::failed(&self.target, None, error);
        self.file.flush().map_err(failed)?;
        if self.sync {
            self.file.get_ref().sync_all().map_err(failed)?;
        }
        if self.force {
            self.temporary.persist(&self.target).map_err(|error| failed(error.error))?;
        } else {
            self.temporary.persist_noclobber(&self.target).map_err(|error| failed(error.error))?;
        }
        Ok(self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io_failed(error: io::Error) -> Failure {
        panic!("{error}")
    }

    #[test]
    fn a_file_has_one_owner_until_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let first = lock(&path, io_failed).unwrap().expect("nobody has it");
        assert!(lock(&path, io_failed).unwrap().is_none());
        drop(first);
        let second = lock(&path, io_failed).unwrap().expect("nobody has it any more");
        fs::remove_file(&path).unwrap();
        assert!(!is_at(&second, &path));
        assert!(lock(&path, io_failed).unwrap().is_some(), "a new file of the name is another file");
    }

    #[test]
    fn an_output_appears_at_the_end_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("all.csv");
        let outputs = Outputs::default();
        let mut file = AtomicFile::create(&target, &outputs).unwrap();
        file.write(b"one\n").unwrap();
        assert!(!target.exists());
        assert!(matches!(AtomicFile::create(&target, &outputs), Err(Failure::Message("fail.busy", _))));
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing stays of what was given up");
        // The file of a killed run is reused.
        fs::write(folder.path().join(".xxgk-all.csv.part"), "half of something longer").unwrap();
        let mut file = AtomicFile::create(&target, &outputs).unwrap();
        file.write(b"two\n").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(AtomicFile::create(&target, &outputs), Err(Failure::Message("fail.output_there", _))));
    }
}
