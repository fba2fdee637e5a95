//! Unpacks archives and mail: bytes become the files in them.
//!
//! In: the bytes of a file. Out: [`Unpacked`], the files inside with their names, each with its bytes or the reason why they
//! could not be had. Nothing is written anywhere. Called by [`crate::batch`] and by library users, before
//! [`Engine::read`](crate::engine::Engine::read).
//!
//! Archives in archives are unpacked too, three deep. All files together have at most [`UNPACKED`](crate::limit::UNPACKED) bytes, counted
//! while they are unpacked; what an archive declares is never trusted.

mod collector;
mod mail;
mod name;
mod opened;
mod outlook;
mod seven_zip;
mod tar;
mod zip;

use crate::error::ErrorKind;

use super::{Sniffed, archive, compound};
use collector::Collector;
pub(crate) use opened::LINK;
use opened::{DEPTH, Opened, too_deep};

/// A file in an archive or an attachment of a mail.
///
/// ```
/// let member = xxgk::read::Member { name: "东河镇/统计表.xls".to_owned(), content: Ok(vec![]), is_renamed: false };
/// assert!(member.name.ends_with(".xls"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path in the archive, with `/` between folders and the names of archives: never absolute, never with `..`, and
    /// unlike any other in the archive.
    pub name: String,
    /// Its bytes, or why they could not be had: a password, damage, a limit.
    pub content: Result<Vec<u8>, ErrorKind>,
    /// Whether the archive has it under a name that leads out of the archive or that another file has.
    pub is_renamed: bool,
}

/// What an archive or a mail holds.
///
/// ```
/// let nothing = xxgk::read::Unpacked::default();
/// assert!(nothing.members.is_empty() && nothing.error.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unpacked {
    /// The files inside, in the order of the archive.
    pub members: Vec<Member>,
    /// Why there may be more files than these.
    pub error: Option<ErrorKind>,
    /// Whether the file is a mail with a page to read, besides its attachments.
    pub has_page: bool,
}

/// The files in an archive (zip, 7z, tar, gz) or the attachments of a mail (eml, msg). `None` if the bytes are no such file, or
/// a mail without attachments; then they are read as one file.
///
/// ```
/// assert!(xxgk::read::unpack("统计表.csv", "指标,数\n".as_bytes()).is_none());
/// ```
pub fn unpack(name: &str, bytes: &[u8]) -> Option<Unpacked> {
    let mut collector = Collector::default();
    let found = open(name, bytes, &mut collector)?;
    let mut unpacked = Unpacked { error: found.error, has_page: found.has_page, ..Unpacked::default() };
    let mut names = name::Names::default();
    deeper(collector.take(), "", 1, &mut collector, &mut names, &mut unpacked);
    if unpacked.members.is_empty() && !unpacked.has_page {
        unpacked.error.get_or_insert(ErrorKind::Empty);
    }
    Some(unpacked)
}

/// Adds files, or what is in them.
fn deeper(
    files: Vec<collector::File>,
    prefix: &str,
    depth: usize,
    collector: &mut Collector,
    names: &mut name::Names,
    unpacked: &mut Unpacked,
) {
    for file in files {
        let (name, is_renamed) = names.take(prefix, &file.name);
        let opened = match &file.content {
            Ok(bytes) if depth < DEPTH => open(&name, bytes, collector),
            Ok(bytes) if is_archive(bytes) => Some(Opened { error: Some(too_deep()), has_page: false }),
            _ => None,
        };
        let Some(opened) = opened else {
            unpacked.members.push(Member { name, content: file.content, is_renamed });
            continue;
        };
        let inner = collector.take();
        if opened.has_page {
            unpacked.members.push(Member { name: name.clone(), content: file.content, is_renamed });
        } else if let Some(error) = opened.error {
            unpacked.members.push(Member { name: name.clone(), content: Err(error), is_renamed });
        } else if inner.is_empty() {
            unpacked.members.push(Member { name, content: Err(ErrorKind::Empty), is_renamed });
            continue;
        }
        deeper(inner, &format!("{name}/"), depth + 1, collector, names, unpacked);
    }
}

/// Whether bytes are an archive, other than a document that is one.
fn is_archive(bytes: &[u8]) -> bool {
    seven_zip::is(bytes) || tar::is(bytes) || tar::is_gzip(bytes) || is_zip(bytes) || outlook::is(bytes)
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") && archive::sniff(bytes) == Sniffed::NotATable("zip")
}

/// Unpacks one archive into the collector. `None` if it is none.
fn open(name: &str, bytes: &[u8], collector: &mut Collector) -> Option<Opened> {
    let alone = |outcome: Result<(), ErrorKind>| Some(Opened { error: outcome.err(), has_page: false });
    match () {
        () if bytes.starts_with(b"PK") => is_zip(bytes).then(|| alone(zip::unpack(bytes, collector)))?,
        () if seven_zip::is(bytes) => alone(seven_zip::unpack(bytes, collector)),
        () if tar::is_gzip(bytes) => alone(tar::gunzip(name, bytes, collector)),
        () if tar::is(bytes) => alone(tar::unpack(bytes, collector)),
        () if bytes.starts_with(&compound::MAGIC) => {
            outlook::is(bytes).then(|| outlook::unpack(bytes, collector)).filter(|_| !collector.is_empty())?;
            alone(Ok(()))
        }
        () => mail::unpack(name, bytes, collector),
    }
}

#[cfg(test)]
mod tests;
