//! One input: a file or standard input.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::archive;

/// Where one input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// The input of a path or `-`.
    pub(crate) fn new(path: PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path) }
    }

    /// The path; none for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path),
        }
    }

    /// The name in messages.
    pub(crate) fn display(&self) -> String {
        self.path().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// The file's name without its folder.
    pub(crate) fn file_name(&self) -> String {
        self.path().and_then(Path::file_name).unwrap_or(OsStr::new("-")).to_string_lossy().into_owned()
    }

    /// The name of the file's folder; none if the path does not have it.
    pub(crate) fn folder_name(&self) -> Option<String> {
        let folder = self.path()?.parent()?;
        // The files of an archive are in a folder of its name.
        let name = if archive::may_be(folder) { folder.file_stem() } else { folder.file_name() };
        Some(name?.to_string_lossy().into_owned())
    }

    /// The name without folder and extension.
    pub(crate) fn stem(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
        }
    }
}
