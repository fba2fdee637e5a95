//! Many paths in little memory: each folder once, and for each file its name and the number of its folder.
//!
//! A run may have a hundred thousand inputs.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A folder of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    /// The folder as the user names it.
    pub path: PathBuf,
    /// The same relative to the folder that the user names. Outputs keep this path below their own folder.
    pub below: PathBuf,
    /// The canonical path, known for folders that were walked.
    pub canonical: Option<PathBuf>,
}

/// Files in order.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    folders: Vec<Folder>,
    files: Vec<(u32, Box<OsStr>)>,
}

impl Paths {
    /// Adds a file. Adding the files of a folder one after the other saves memory.
    pub(crate) fn push(&mut self, folder: &Folder, name: &OsStr) {
        if self.folders.last() != Some(folder) {
            self.folders.push(folder.clone());
        }
        let number = u32::try_from(self.folders.len() - 1).unwrap_or(u32::MAX);
        self.files.push((number, name.into()));
    }

    /// Adds a file as the user names it.
    pub(crate) fn push_named(&mut self, path: &Path) {
        // A path without a file name, such as `..`, is kept whole.
        let (folder, name) = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => (parent, name),
            _ => (Path::new(""), path.as_os_str()),
        };
        self.push(&Folder { path: folder.to_owned(), below: PathBuf::new(), canonical: None }, name);
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// The folder of a file.
    pub(crate) fn folder(&self, at: usize) -> &Folder {
        &self.folders[self.files[at].0 as usize]
    }

    /// The name of a file.
    pub(crate) fn name(&self, at: usize) -> &OsStr {
        &self.files[at].1
    }

    /// The path of a file as the user names it.
    pub(crate) fn path(&self, at: usize) -> PathBuf {
        self.folder(at).path.join(self.name(at))
    }

    /// The canonical path of a file; none where the system does not say.
    pub(crate) fn canonical(&self, at: usize) -> Option<PathBuf> {
        match &self.folder(at).canonical {
            Some(folder) => Some(folder.join(self.name(at))),
            None => self.path(at).canonicalize().ok(),
        }
    }

    /// The folders; one may occur several times.
    pub(crate) fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// Keeps the files for which `wanted` is true; it is called in order.
    pub(crate) fn retain(&mut self, mut wanted: impl FnMut(&Self, usize) -> bool) {
        let keep: Vec<bool> = (0..self.len()).map(|at| wanted(self, at)).collect();
        let mut keep = keep.into_iter();
        self.files.retain(|_| keep.next().unwrap_or(true));
    }

    /// Frees memory that is not used.
    pub(crate) fn shrink(&mut self) {
        self.files.shrink_to_fit();
    }
}

/// Files that were skipped, each with the catalogue's key of the reason.
#[derive(Debug, Default)]
pub(crate) struct Skipped {
    /// Whether to list them.
    pub listed: bool,
    /// The files.
    pub files: Vec<(PathBuf, &'static str)>,
    /// How many files were skipped for each reason.
    pub counts: BTreeMap<&'static str, usize>,
}

impl Skipped {
    /// Adds a file.
    pub(crate) fn add(&mut self, path: &Path, reason: &'static str) {
        *self.counts.entry(reason).or_default() += 1;
        if self.listed {
            self.files.push((path.to_owned(), reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_they_were_named() {
        let mut paths = Paths::default();
        let named = ["-", "a.txt", "./b.txt", "in/a.txt", "in/b.txt", "..", "/"];
        named.iter().for_each(|path| paths.push_named(Path::new(path)));
        let back: Vec<_> = (0..paths.len()).map(|at| paths.path(at)).collect();
        assert_eq!(back, named.map(PathBuf::from));
        assert_eq!(paths.folders().len(), 4, "neighbours share their folder");
        paths.retain(|paths, at| paths.name(at) != "a.txt");
        assert_eq!(paths.len(), 5);
    }
}
