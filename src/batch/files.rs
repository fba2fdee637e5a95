//! Reading files with a limit, and writing them atomically: beside the target, then renamed.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::{Error, ErrorKind};
use same_file::Handle;

use super::archive;
use super::failure::Failure;
use super::paths::Paths;
use super::stamp::{Content, LIMIT, Stamp, read_all};
use super::system_error::system_error;

/// Prefix and suffix of temporary files.
const TEMPORARY: (&str, &str) = (".xxgk-", ".tmp");

/// The stamp of an input: of the file, or of the archive that it is in.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let own = fs::metadata(path).ok().and_then(|metadata| Stamp::new(&metadata));
    own.or_else(|| Stamp::new(&fs::metadata(archive::split(path)?.0).ok()?))
}

/// The size of an input; 0 where it is not known.
pub(super) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or_else(|_| archive::size(path).unwrap_or(0), |metadata| metadata.len())
}

/// Reads a file with its stamp, also one in an archive, or standard input where there is no path.
pub(crate) fn read(path: Option<&Path>) -> Result<Content, Failure> {
    let read = match path {
        None => read_all(io::stdin().lock(), 0).map(|bytes| (bytes, None)),
        Some(path) => match File::open(path) {
            Ok(file) => {
                if let Some(failure) = archive::failure(path) {
                    return Err(failure);
                }
                let length = file.metadata();
                length.and_then(|metadata| Ok((read_all(file, metadata.len())?, Stamp::new(&metadata))))
            }
            Err(error) => match archive::read(path) {
                Some(outcome) => return outcome,
                None => Err(error),
            },
        },
    };
    let (bytes, stamp) = read.map_err(unread)?;
    if bytes.len() as u64 > LIMIT {
        let limit = format!("{} MB", LIMIT >> 20);
        return Err(Error::new(ErrorKind::TooLarge { found: format!("> {limit}"), limit }).into());
    }
    Ok((bytes, stamp))
}

/// Why an input could not be read.
fn unread(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new("fail.not_found"),
        io::ErrorKind::PermissionDenied => Failure::new("fail.read_denied"),
        _ => Failure::new("fail.read").with("detail", system_error(&error)),
    }
}

/// The files that are never written: every input, by any of its names.
///
/// Their identities are collected when the first output would replace a file, which few runs do.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    lists: Vec<Arc<Paths>>,
    identities: OnceLock<Vec<u64>>,
}

impl Inputs {
    /// The files of some lists.
    pub(crate) fn new(lists: Vec<Arc<Paths>>) -> Self {
        Self { lists, identities: OnceLock::new() }
    }

    /// Refuses an output that is an input.
    pub(crate) fn refuse(&self, output: &Path) -> Result<(), Failure> {
        if self.contains(output) {
            return Err(Failure::new("fail.output_is_input").with("output", output.display()));
        }
        Ok(())
    }

    /// Whether a path leads to an input, also through symbolic and hard links.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        let Some(wanted) = identity(path) else { return false };
        let identities = self.identities.get_or_init(|| {
            let all = self.lists.iter().flat_map(|list| (0..list.len()).map(|at| list.path(at)));
            let mut all: Vec<u64> =
                all.filter_map(|path| identity(archive::split(&path).map_or(&*path, |(archive, _)| archive))).collect();
            all.sort_unstable();
            all
        });
        identities.binary_search(&wanted).is_ok()
    }
}

/// A number that is the same for all names of a file; none for anything but a file. If two files shared one, the only effect
/// would be that an output is not replaced.
fn identity(path: &Path) -> Option<u64> {
    // Opening a pipe would wait for its other end.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut hasher = DefaultHasher::new();
    Handle::from_path(path).ok()?.hash(&mut hasher);
    Some(hasher.finish())
}

/// How an output was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// The file is new or was replaced.
    New,
    /// The file had the same bytes already.
    Unchanged,
}

/// Where outputs are written, and what they may replace.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    /// The files that are never written.
    pub inputs: Inputs,
    /// Whether existing outputs are replaced.
    pub force: bool,
    /// Whether the bytes of an output must be on the disk before it gets its name.
    pub sync: bool,
    /// The folder of all outputs. It existed when the run began and is not created again if it vanishes.
    pub root: Option<PathBuf>,
}

impl Outputs {
    /// Writes a file completely or not at all.
    ///
    /// A file with the same bytes is left alone. One with other bytes is replaced only with `force`, an input never. A
    /// device or a pipe gets the bytes directly.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<Written, Failure> {
        let root = self.root.as_deref();
        let failed = |error| failed(path, root, error);
        let existing = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        refuse_link(path, existing.as_ref())?;
        if let Some(metadata) = &existing {
            if metadata.is_dir() {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            if !metadata.is_file() {
                let mut file = fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
                file.write_all(bytes).map_err(failed)?;
                return Ok(Written::New);
            }
            if metadata.len() == bytes.len() as u64 && fs::read(path).is_ok_and(|there| there == bytes) {
                return Ok(Written::Unchanged);
            }
            self.inputs.refuse(path)?;
            if !self.force {
                return Err(failed(io::ErrorKind::AlreadyExists.into()));
            }
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = temporary(folder)
            .or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => make(folder, root).and_then(|()| temporary(folder)),
                _ => Err(error),
            })
            .map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        if self.sync {
            file.as_file().sync_all().map_err(failed)?;
        }
        if let Some(metadata) = existing {
            file.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
            file.persist(path).map_err(|error| failed(error.error))?;
        } else {
            file.persist_noclobber(path).map_err(|error| failed(error.error))?;
        }
        Ok(Written::New)
    }
}

/// Refuses a symbolic link at the path of an output: whoever put it there chose what would be written. The system's names of
/// open devices and pipes, such as `/dev/stdout`, are links too. `existing` is what the path leads to.
pub(super) fn refuse_link(path: &Path, existing: Option<&fs::Metadata>) -> Result<(), Failure> {
    let is_open = existing.is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    let folder = path.parent().and_then(Path::to_str);
    let is_system = is_open && matches!(folder, Some("/dev" | "/dev/fd" | "/proc/self/fd"));
    if !is_system && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(Failure::new("fail.output_link").with("output", path.display()));
    }
    Ok(())
}

fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    {
        // The usual permissions of new files: rw-rw-rw- without the bits of the umask.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Creates a folder and its parents, up to the root, which must exist.
fn make(folder: &Path, root: Option<&Path>) -> io::Result<()> {
    let Some(root) = root else { return fs::create_dir_all(folder) };
    let below = folder.strip_prefix(root).map_err(|_| io::ErrorKind::NotFound)?;
    let mut path = root.to_owned();
    for part in below {
        path.push(part);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Removes temporary files that a killed run left in a folder.
pub(crate) fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1) {
            // A file that cannot be removed does no harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Why an output could not be written. Some failures of the disk or the folder end the run, see [`Failure::ends_run`].
pub(crate) fn failed(path: &Path, root: Option<&Path>, error: io::Error) -> Failure {
    let key = match error.kind() {
        io::ErrorKind::AlreadyExists => "fail.output_exists",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "fail.disk_full",
        io::ErrorKind::ReadOnlyFilesystem => "fail.read_only",
        io::ErrorKind::PermissionDenied => "fail.output_denied",
        io::ErrorKind::NotFound => match root {
            Some(root) if !root.is_dir() => return Failure::new("fail.output_gone").with("output", root.display()),
            _ => "fail.output",
        },
        _ => "fail.output",
    };
    Failure::new(key).with("output", path.display()).with("detail", system_error(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(result: Result<Written, Failure>) -> &'static str {
        match result {
            Err(Failure::Message(key, _)) => key,
            other => panic!("{other:?}"),
        }
    }

    fn files_in(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn an_existing_file_is_replaced_only_by_force_and_the_same_bytes_are_fine() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/report.csv");
        let (kept, forced) = (Outputs::default(), Outputs { force: true, ..Outputs::default() });
        assert_eq!(kept.write(&path, b"one").unwrap(), Written::New);
        assert_eq!(kept.write(&path, b"one").unwrap(), Written::Unchanged);
        assert_eq!(key(kept.write(&path, b"two")), "fail.output_exists");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(forced.write(&path, b"two").unwrap(), Written::New);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(files_in(path.parent().unwrap()), 1, "no temporary file stays");
    }

    #[test]
    fn an_input_is_never_written_by_any_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("input.csv");
        fs::write(&input, "figures").unwrap();
        let hard = folder.path().join("hard.csv");
        fs::hard_link(&input, &hard).unwrap();
        let mut paths = Paths::default();
        paths.push_named(&input);
        let inputs = Inputs::new(vec![Arc::new(paths)]);
        let outputs = Outputs { inputs, force: true, ..Outputs::default() };
        for path in [&input, &hard, &folder.path().join("./input.csv")] {
            assert_eq!(key(outputs.write(path, b"other")), "fail.output_is_input");
        }
        assert_eq!(fs::read(&input).unwrap(), b"figures");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let outputs = Outputs { force: true, ..Outputs::default() };
        assert_eq!(key(outputs.write(&file.join("below/report.csv"), b"x")), "fail.output");
        assert_eq!(key(outputs.write(folder.path(), b"x")), "fail.output");
    }

    #[test]
    fn the_folder_of_all_outputs_is_not_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("out");
        let outputs = Outputs { root: Some(root.clone()), ..Outputs::default() };
        fs::create_dir(&root).unwrap();
        assert_eq!(outputs.write(&root.join("a/b/report.csv"), b"x").unwrap(), Written::New);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(key(outputs.write(&root.join("a/b/report.csv"), b"x")), "fail.output_gone");
        assert_eq!(files_in(folder.path()), 0);
    }

    #[test]
    fn what_a_killed_run_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".xxgk-a1B2c3.tmp", "report.csv", ".xxgk-journal"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        sweep(folder.path());
        assert_eq!(files_in(folder.path()), 2);
    }

    #[test]
    fn the_temporary_file_is_not_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = temporary(&folder.path().join("nowhere")).unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
        let Failure::Message(key, words) = failed(Path::new("a.csv"), None, error) else { panic!("a message") };
        assert_eq!((key, &*words["output"]), ("fail.output", "a.csv"));
        assert!(!words["detail"].contains("nowhere"), "{}", words["detail"]);
        let denied = failed(Path::new("a.csv"), None, io::ErrorKind::PermissionDenied.into());
        assert!(matches!(denied, Failure::Message("fail.output_denied", _)));
        assert!(matches!(unread(io::ErrorKind::PermissionDenied.into()), Failure::Message("fail.read_denied", _)));
    }

    #[test]
    fn failures_that_end_a_run_differ_from_those_of_one_file() {
        let failure = |kind: io::ErrorKind| failed(Path::new("a"), None, kind.into()).ends_run();
        assert!(failure(io::ErrorKind::StorageFull) && failure(io::ErrorKind::ReadOnlyFilesystem));
        assert!(!failure(io::ErrorKind::PermissionDenied) && !failure(io::ErrorKind::AlreadyExists));
    }
}
