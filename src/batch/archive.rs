//! Archives and mail among the inputs: the files in them are inputs like those of a folder.
//!
//! In: the path of an archive, or a path that leads into one, such as `a.zip/东河镇.xls`. Out: inputs, or the bytes of one. An
//! archive is unpacked in memory ([`crate::read::unpack`]); nothing is written. What the last one holds is kept, since the
//! files of an archive are read one after the other; of older ones, what is small. Threads unpack one at a time.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind};
use crate::read::{LINK, Unpacked, unpack};

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
    /// The sizes of its files.
    sizes: Vec<u64>,
    /// The bytes of each file until they are read, and of small ones longer.
    contents: Vec<Mutex<Option<Vec<u8>>>>,
}

/// What the last archives hold, the last one first.
static KNOWN: Mutex<Vec<Arc<Known>>> = Mutex::new(Vec::new());

/// The most archives that are kept: while one is read to its end, the next one begins.
const KEPT: usize = 2;

/// The most bytes of archives that are kept while another one is unpacked.
const KEPT_BYTES: u64 = 16 << 20;

/// Larger files are not kept once they are read.
const LARGE: usize = 4 << 20;

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
    let mut known = locked(&KNOWN);
    if let Some(at) = known.iter().position(|known| known.path == path && known.stamp == stamp) {
        known[..=at].rotate_right(1);
    } else {
        // Before the next one is unpacked, so that memory holds one large archive.
        let mut room = KEPT_BYTES;
        known.truncate(KEPT - 1);
        known.retain(|known| {
            let left = room.checked_sub(known.sizes.iter().sum());
            room = left.unwrap_or(room);
            left.is_some()
        });
        let unpacked = Known::unpack(path, stamp)?;
        known.insert(0, Arc::new(unpacked));
    }
    Some(Arc::clone(&known[0]))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Known {
    fn unpack(path: &Path, stamp: Stamp) -> Option<Self> {
        let bytes = File::open(path).and_then(|file| stamp::read_all(file, 0)).ok()?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_whole = bytes.len() <= crate::limit::FILE;
        let mut unpacked = if is_whole { unpack(&name, &bytes) } else { None };
        let members = unpacked.iter_mut().flat_map(|unpacked| &mut unpacked.members);
        let contents: Vec<_> = members.map(|member| member.content.as_mut().ok().map(std::mem::take)).collect();
        let size = |content: &Option<Vec<u8>>| content.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let sizes = contents.iter().map(size).collect();
        let contents = contents.into_iter().map(Mutex::new).collect();
        Some(Self { path: path.to_owned(), stamp, unpacked, sizes, contents })
    }

    /// The place of a file in the archive.
    fn find(&self, name: &str) -> Option<usize> {
        self.unpacked.as_ref()?.members.iter().position(|member| member.name == name)
    }

    /// The bytes of a file; none if a large one was read already.
    fn bytes(&self, at: usize) -> Option<Vec<u8>> {
        let mut content = locked(self.contents.get(at)?);
        if content.as_ref().is_some_and(|bytes| bytes.len() >= LARGE) { content.take() } else { content.clone() }
    }
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
        } else if matches!(&member.content, Err(ErrorKind::Unsupported { found }) if found == LINK) {
            Some("cli.skipped_link")
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
    loop {
        let known = known(archive)?;
        let at = known.find(&name)?;
        return Some(match &known.unpacked.as_ref()?.members[at].content {
            Ok(_) => match known.bytes(at) {
                Some(bytes) => Ok((bytes, Some(known.stamp))),
                None => {
                    // Unpack the archive again.
                    locked(&KNOWN).retain(|other| !Arc::ptr_eq(other, &known));
                    continue;
                }
            },
            // The password is that of the archive, not of a document.
            Err(ErrorKind::Encrypted) => Err(Failure::new("fail.encrypted_member")),
            Err(kind) => Err(Error::new(kind.clone()).into()),
        });
    }
}

/// The size of a file in an archive. `None` if the path does not lead into one.
pub(super) fn size(path: &Path) -> Option<u64> {
    let (archive, name) = split(path)?;
    let known = known(archive)?;
    known.sizes.get(known.find(&name)?).copied()
}

/// Why an archive is an input itself: not all of it could be unpacked.
pub(super) fn failure(path: &Path) -> Option<Failure> {
    let known = known(path)?;
    let error = known.unpacked.as_ref()?.error.clone()?;
    Some(Error::new(error).into())
}
