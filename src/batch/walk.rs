//! Finds the inputs in folders, in the order of their names.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::archive;
use super::junk::{is_junk, is_lock};
use super::paths::{Folder, Paths, Skipped};
use super::place::OutputPlace;

/// Finds the files of a folder and its sub-folders. A folder that cannot be opened becomes an input, so that it is reported
/// as unreadable. The files of an archive are found like those of a folder. Links are not followed, so nothing outside the
/// folder is found.
pub(super) fn walk(root: &Path, outputs: Option<&Path>, skipped: &mut Skipped, found: &mut Paths) {
    let canonical = root.canonicalize().ok();
    let own = outputs.and_then(|folder| folder.canonicalize().ok()).filter(|own| Some(own) != canonical.as_ref());
    let mut folder = Folder { path: root.to_owned(), below: PathBuf::new(), canonical: canonical.clone() };
    let mut entries = WalkDir::new(root).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                found.push_named(error.path().unwrap_or(root));
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let kind = entry.file_type();
        let canonical_entry = || {
            let below = entry.path().strip_prefix(root).ok()?;
            canonical.as_ref().map(|root| root.join(below))
        };
        let reason = if is_lock(entry.file_name()) {
            Some("cli.skipped_lock")
        } else if is_junk(entry.file_name()) {
            Some("cli.skipped_hidden")
        } else if entry.path_is_symlink() {
            Some("cli.skipped_link")
        } else if kind.is_dir() && own.is_some() && canonical_entry() == own {
            Some("cli.skipped_output")
        } else if !kind.is_dir() && !kind.is_file() {
            Some("cli.skipped_special")
        } else {
            None
        };
        if let Some(reason) = reason {
            if kind.is_dir() {
                entries.skip_current_dir();
            }
            skipped.add(entry.path(), reason);
        } else if kind.is_file() {
            let parent = entry.path().parent().unwrap_or(root);
            if folder.path != parent {
                let below = parent.strip_prefix(root).map_or_else(|_| PathBuf::new(), Path::to_owned);
                let canonical = canonical.as_ref().map(|root| root.join(&below));
                folder = Folder { path: parent.to_owned(), below, canonical };
            }
            if !archive::add(&folder, entry.file_name(), outputs, skipped, found) {
                found.push(&folder, entry.file_name());
            }
        }
    }
}

/// Removes inputs that are listed twice.
pub(super) fn skip_twice(found: &mut Paths, skipped: &mut Skipped) {
    let mut seen = BTreeSet::new();
    found.retain(|found, at| {
        let first = found.canonical(at).is_none_or(|path| seen.insert(path));
        if !first {
            skipped.add(&found.path(at), "cli.skipped_twice");
        }
        first
    });
}

/// Removes the outputs of an earlier run, where outputs go beside their inputs. Returns the files that were removed: they
/// stay protected, since a file of that name may be the user's own.
pub(super) fn skip_own_outputs(found: &mut Paths, place: &OutputPlace, skipped: &mut Skipped) -> Paths {
    let mut own = Paths::default();
    let OutputPlace::Folder { folder, formats } = place else { return own };
    let Ok(outputs) = folder.canonicalize() else { return own };
    let may_be = |at: usize, found: &Paths| {
        let folder = found.folder(at).canonical.as_ref();
        let ending = Path::new(found.name(at)).extension().and_then(OsStr::to_str);
        folder.is_some_and(|folder| folder.starts_with(&outputs))
            && ending.is_some_and(|ending| formats.iter().any(|(_, name)| name == ending))
    };
    let mut makers: BTreeMap<PathBuf, Vec<usize>> = (0..found.len())
        .filter(|at| may_be(*at, found))
        .filter_map(|at| Some((found.canonical(at)?, Vec::new())))
        .collect();
    if makers.is_empty() {
        return own;
    }
    for at in 0..found.len() {
        for (_, ending) in formats {
            let stem = Path::new(found.name(at)).file_stem().unwrap_or_default().to_string_lossy();
            let target = outputs.join(&found.folder(at).below).join(format!("{stem}.{ending}"));
            if let Some(makers) = makers.get_mut(&target) {
                makers.push(at);
            }
        }
    }
    found.retain(|found, at| {
        let makers = may_be(at, found).then(|| found.canonical(at)).flatten().and_then(|path| makers.get(&path));
        let made = makers.is_some_and(|makers| makers.iter().any(|maker| *maker != at));
        if made {
            own.push(found.folder(at), found.name(at));
            skipped.add(&found.path(at), "cli.skipped_output");
        }
        !made
    });
    own
}
