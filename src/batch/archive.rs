//! Archives and mail among the inputs: the files in them are inputs like those of a folder.
//!
//! In: the path of an archive, or a path that leads into one, such as `a.zip/东河镇.xls`. Out: inputs, or the bytes of one. An
//! archive is unpacked in memory ([`crate::read::unpack`]); nothing is written. What the last ones hold is kept, since the
//! files of an archive are read one after the other.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::cache::Cache;
use crate::error::{Error, ErrorKind};
use crate::read::{Unpacked, unpack};

use super::failure::Failure;
use super::junk::{is_junk, is_lock};
use super::paths::{Folder, Paths, Skipped};
use super::stamp::{self, Content, Stamp};

/// The endings of archives and mail. Other files are never opened to see whether they are one.
const ENDINGS: [&str; 7] = ["zip", "7z", "tar", "gz", "tgz", "eml", "msg"];

/// What a file holds; none if it is no archive.
struct Known {
    path: PathBuf,
    stamp: Stamp,
    unpacked: Option<Unpacked>,
}

/// While one archive is read to its end, the next one begins.
static KNOWN: Cache<Known, 2> = Cache::new();

/// Whether the ending is that of an archive.
pub(super) fn may_be(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What an archive holds. `None` if the file has another ending, or cannot be opened.
fn known(path: &Path) -> Option<Arc<Known>> {
    if !may_be(path) {
        return None;
    }
    let stamp = fs::metadata(path).ok().and_then(|metadata| Stamp::new(&metadata))?;
    let make = || {
        let bytes = File::open(path).and_then(|file| stamp::read_all(file, 0)).map_err(|_| ())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_whole = bytes.len() <= crate::limit::FILE;
        let unpacked = if is_whole { unpack(&name, &bytes) } else { None };
        Ok::<_, ()>(Arc::new(Known { path: path.to_owned(), stamp, unpacked }))
    };
    KNOWN.get(|known| known.path == path && known.stamp == stamp, make).ok()
}

/// Whether a file is an archive, or a mail with attachments.
pub(super) fn is(path: &Path) -> bool {
    known(path).is_some_and(|known| known.unpacked.is_some())
}

/// Adds the files of an archive to the inputs. `folder` is that of the archive. Returns false if it is none.
///
/// The archive itself is an input too if it has a page to read, or if not all of it could be unpacked.
pub(super) fn add(
    folder: &Folder,
    name: &OsStr,
    outputs: Option<&Path>,
    skipped: &mut Skipped,
    found: &mut Paths,
) -> bool {
    let path = folder.path.join(name);
    let Some(known) = known(&path) else { return false };
    let Some(unpacked) = &known.unpacked else { return false };
    if unpacked.has_page || unpacked.error.is_some() || unpacked.members.is_empty() {
        found.push(folder, name);
    }
    // Beside the archive, a folder cannot have its name.
    let below = folder.below.join(name);
    let is_beside = outputs.is_some_and(|outputs| outputs.join(&below).is_file());
    let below = if is_beside { unpacked_beside(&below) } else { below };
    let canonical = match &folder.canonical {
        Some(folder) => Some(folder.join(name)),
        None => path.canonicalize().ok(),
    };
    for member in &unpacked.members {
        let parts: Vec<&str> = member.name.split('/').collect();
        let reason = if parts.iter().any(|part| is_lock(OsStr::new(part))) {
            Some("cli.skipped_lock")
        } else if parts.iter().any(|part| is_junk(OsStr::new(part)) || *part == "__MACOSX") {
            Some("cli.skipped_hidden")
        } else {
            None
        };
        if let Some(reason) = reason {
            skipped.add(&path.join(&member.name), reason);
            continue;
        }
        if member.is_renamed {
            skipped.add(&path.join(&member.name), "cli.renamed_member");
        }
        let (inner, name) = member.name.rsplit_once('/').unwrap_or(("", &member.name));
        let within = |outer: &Path| if inner.is_empty() { outer.to_owned() } else { outer.join(inner) };
        let folder = Folder { path: within(&path), below: within(&below), canonical: canonical.as_deref().map(within) };
        found.push(&folder, OsStr::new(name));
    }
    true
}

/// The path of a folder for what is in an archive, beside the archive: without its ending, or with another one.
fn unpacked_beside(archive: &Path) -> PathBuf {
    let bare = archive.with_extension("");
    if bare.is_file() { archive.with_extension("files") } else { bare }
}

/// The archive that a path leads into, and the name of the file in it.
pub(super) fn split(path: &Path) -> Option<(&Path, String)> {
    let archive = path.ancestors().skip(1).find(|ancestor| may_be(ancestor) && ancestor.is_file())?;
    let inside = path.strip_prefix(archive).ok()?;
    let parts = inside.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    Some((archive, parts.collect::<Option<Vec<_>>>()?.join("/")))
}

/// Where an output goes that is to be beside an input: for a file in an archive, into a folder beside the archive.
pub(crate) fn beside(path: &Path) -> PathBuf {
    match split(path) {
        Some((archive, name)) => unpacked_beside(archive).join(name),
        None => path.to_owned(),
    }
}

/// The bytes of a file in an archive, and the stamp of the archive. `None` if the path does not lead into one.
pub(super) fn read(path: &Path) -> Option<Result<Content, Failure>> {
    let (archive, name) = split(path)?;
    let known = known(archive)?;
    let members = known.unpacked.iter().flat_map(|unpacked| &unpacked.members);
    let member = members.into_iter().find(|member| member.name == name)?;
    Some(match &member.content {
        Ok(bytes) => Ok((bytes.clone(), Some(known.stamp))),
        // The password is that of the archive, not of a document.
        Err(ErrorKind::Encrypted) => Err(Failure::new("fail.encrypted_member")),
        Err(kind) => Err(Error::new(kind.clone()).into()),
    })
}

/// Why an archive is an input itself: not all of it could be unpacked.
pub(super) fn failure(path: &Path) -> Option<Failure> {
    let known = known(path)?;
    let error = known.unpacked.as_ref()?.error.clone()?;
    Some(Error::new(error).into())
}
