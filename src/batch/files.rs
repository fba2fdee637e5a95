//! Whole files or none: reading with a limit, writing beside the target and renaming.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use xxgk::{Error, ErrorKind};

use super::Failure;

/// The largest input that is read, in bytes.
const LIMIT: u64 = xxgk::read::limit::FILE as u64;

/// Reads a file, or standard input where there is no path.
pub fn read(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match path {
        None => io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes),
        Some(path) => File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::new("fail.not_found"),
        _ => Failure::new("fail.read").with("detail", error),
    })?;
    if bytes.len() as u64 > LIMIT {
        let error = Error::new(ErrorKind::TooLarge).with("found", format!("> {} MB", LIMIT >> 20));
        return Err(error.with("limit", format!("{} MB", LIMIT >> 20)).into());
    }
    Ok(bytes)
}

/// The files that are never written: every input, by any of its names.
#[derive(Debug, Default)]
pub struct Inputs {
    canonical: BTreeSet<PathBuf>,
    by_size: BTreeMap<u64, Vec<PathBuf>>,
}

impl Inputs {
    /// Adds an input; false when the same file was there before.
    pub fn add(&mut self, path: &Path) -> bool {
        let Ok(canonical) = path.canonicalize() else { return true };
        if let Ok(metadata) = fs::metadata(&canonical) {
            self.by_size.entry(metadata.len()).or_default().push(canonical.clone());
        }
        self.canonical.insert(canonical)
    }

    /// Whether a path leads to an input, through links of either kind too.
    pub fn contains(&self, path: &Path) -> bool {
        if path.canonicalize().is_ok_and(|canonical| self.canonical.contains(&canonical)) {
            return true;
        }
        // Hard links have the same size, so few files need to be opened.
        let Ok(metadata) = fs::metadata(path) else { return false };
        let same_size = self.by_size.get(&metadata.len()).map_or(&[][..], Vec::as_slice);
        same_size.iter().any(|input| same_file::is_same_file(path, input).unwrap_or(false))
    }
}

/// What became of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The file is there now.
    New,
    /// The file was there with the same bytes.
    Unchanged,
}

/// Writes a file whole or not at all.
///
/// A file with the same bytes is left alone; one with other bytes is replaced only by `force`; an input never is. A
/// device or a pipe gets the bytes as they come.
pub fn write(path: &Path, bytes: &[u8], inputs: &Inputs, force: bool) -> Result<Written, Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new("fail.output_exists").with("output", path.display()),
        _ => Failure::new("fail.output").with("output", path.display()).with("detail", error),
    };
    let existing = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
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
        if inputs.contains(path) {
            return Err(Failure::new("fail.output_is_input").with("output", path.display()));
        }
        if !force {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".xxgk-").suffix(".tmp");
    #[cfg(unix)]
    {
        // As any program's new file: what the umask leaves of rw-rw-rw-.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    if let Some(metadata) = existing {
        file.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
    } else {
        file.persist_noclobber(path).map_err(|error| failed(error.error))?;
    }
    Ok(Written::New)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(result: Result<Written, Failure>) -> &'static str {
        match result {
            Err(Failure::Said(key, _)) => key,
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
        let inputs = Inputs::default();
        assert_eq!(write(&path, b"one", &inputs, false).unwrap(), Written::New);
        assert_eq!(write(&path, b"one", &inputs, false).unwrap(), Written::Unchanged);
        assert_eq!(key(write(&path, b"two", &inputs, false)), "fail.output_exists");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(write(&path, b"two", &inputs, true).unwrap(), Written::New);
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
        let mut inputs = Inputs::default();
        assert!(inputs.add(&input));
        assert!(!inputs.add(&folder.path().join("./input.csv")));
        for path in [&input, &hard, &folder.path().join("./input.csv")] {
            assert_eq!(key(write(path, b"other", &inputs, true)), "fail.output_is_input");
        }
        assert_eq!(fs::read(&input).unwrap(), b"figures");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(key(write(&file.join("below/report.csv"), b"x", &Inputs::default(), false)), "fail.output");
        assert_eq!(key(write(folder.path(), b"x", &Inputs::default(), true)), "fail.output");
    }
}
