//! Unpacks tar archives, and gzip files with an archive or a single file.
//!
//! Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar, "Basic Tar Format" for long names.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use crate::error::ErrorKind;
use crate::limit;

use super::collector::Collector;
use super::name;
use super::opened::{corrupt, link, much_unpacked, packed_with, too_large};

const BLOCK: usize = 512;

/// The longest name that is read, with what stands beside it in its header.
const LONGEST_NAME: u64 = 1 << 16;

/// Whether bytes are a tar archive.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b")
}

/// Adds the files of a gzip file: those of the archive in it, or the only one.
///
/// # Errors
/// Why there may be more files.
pub(super) fn gunzip(outer: &str, bytes: &[u8], collector: &mut Collector) -> Result<(), ErrorKind> {
    let damage = corrupt("gzip", "@detail.deflate");
    let mut decoder = MultiGzDecoder::new(bytes);
    let mut head = Vec::new();
    (&mut decoder).take(BLOCK as u64).read_to_end(&mut head).map_err(|_| damage.clone())?;
    let whole = (&head[..]).chain(decoder);
    if is(&head) {
        // Headers and padding take little room beside the files, which are counted one by one.
        let mut limited = whole.take(limit::UNPACKED + (limit::UNPACKED >> 3));
        let outcome = files(&mut limited, collector, &damage);
        // The checksum is at the end.
        let rest = io::copy(&mut limited, &mut io::sink()).map(drop).map_err(|_| damage);
        let outcome = outcome.and(rest);
        return if limited.limit() == 0 { Err(much_unpacked()) } else { outcome };
    }
    let content = collector.read(whole, &damage);
    let own = outer.rsplit('/').next().unwrap_or_default();
    let end = own.len() - own.to_ascii_lowercase().strip_suffix(".gz").map_or(0, |_| 3);
    collector.add(own[..end].to_owned(), content)
}

/// Adds the files of a tar archive.
///
/// # Errors
/// Why there may be more files.
pub(super) fn unpack(bytes: &[u8], collector: &mut Collector) -> Result<(), ErrorKind> {
    files(bytes, collector, &damage())
}

/// Adds the files of an archive as it is unpacked. `unread` is the error if that fails.
fn files(mut from: impl Read, collector: &mut Collector, unread: &ErrorKind) -> Result<(), ErrorKind> {
    let mut long_name: Option<String> = None;
    loop {
        let mut header = Vec::with_capacity(BLOCK);
        (&mut from).take(BLOCK as u64).read_to_end(&mut header).map_err(|_| unread.clone())?;
        if header.len() < BLOCK || header.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let size = number(&header[124..136]).filter(|_| has_checksum(&header)).ok_or_else(damage)?;
        let padded = size.checked_next_multiple_of(BLOCK as u64).ok_or_else(damage)?;
        let kind = header[156];
        let is_file = matches!(kind, b'0' | 0 | b'7');
        let is_read = (is_file && size <= collector.room()) || (matches!(kind, b'L' | b'x') && size <= LONGEST_NAME);
        if is_file && !is_read {
            let name = long_name.take().unwrap_or_else(|| name_of(&header));
            collector.add(name, Err(too_large(size)))?;
            skip(&mut from, padded, unread)?;
            continue;
        }
        let content = if is_read { exactly(&mut from, size, unread)? } else { Vec::new() };
        skip(&mut from, padded - content.len() as u64, unread)?;
        match kind {
            b'L' => long_name = Some(name::decode(until_nul(&content))),
            b'x' => long_name = pax_path(&content).or(long_name),
            // Headers of keys for the whole archive, and what a link with a long name leads to.
            b'g' | b'K' => {}
            _ => {
                let name = long_name.take().unwrap_or_else(|| name_of(&header));
                match kind {
                    _ if name.ends_with('/') => {}
                    _ if is_read => collector.add(name, Ok(content))?,
                    b'1' | b'2' => collector.add(name, Err(link()))?,
                    // With holes.
                    b'S' => collector.add(name, Err(packed_with("")))?,
                    // Folders and devices.
                    _ => {}
                }
            }
        }
    }
}

/// Reads bytes of a known number, which are there or the archive ends early.
fn exactly(from: impl Read, size: u64, unread: &ErrorKind) -> Result<Vec<u8>, ErrorKind> {
    let mut bytes = Vec::new();
    from.take(size).read_to_end(&mut bytes).map_err(|_| unread.clone())?;
    if (bytes.len() as u64) < size { Err(corrupt("tar", "@detail.ends_early")) } else { Ok(bytes) }
}

/// Skips bytes. The last file needs no padding.
fn skip(from: impl Read, size: u64, unread: &ErrorKind) -> Result<(), ErrorKind> {
    let skipped = io::copy(&mut from.take(size), &mut io::sink()).map_err(|_| unread.clone())?;
    if skipped < size && size >= BLOCK as u64 { Err(corrupt("tar", "@detail.ends_early")) } else { Ok(()) }
}

fn damage() -> ErrorKind {
    corrupt("tar", "@detail.structure")
}

/// Whether the sum of the header's bytes is the one that it states.
fn has_checksum(header: &[u8]) -> bool {
    let own = |at: usize, byte: u8| if (148..156).contains(&at) { b' ' } else { byte };
    let sum: u64 = header.iter().enumerate().map(|(at, byte)| u64::from(own(at, *byte))).sum();
    number(&header[148..156]) == Some(sum)
}

/// A number in octal digits, or in binary if its first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field.first().is_some_and(|first| first & 0x80 != 0) {
        let (high, low) = field.split_at(field.len() - 8);
        let is_small = high.iter().skip(1).all(|byte| *byte == 0);
        return is_small.then(|| low.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    }
    let digits = std::str::from_utf8(until_nul(field)).ok()?.trim();
    u64::from_str_radix(digits, 8).ok()
}

fn until_nul(field: &[u8]) -> &[u8] {
    &field[..field.iter().position(|byte| *byte == 0).unwrap_or(field.len())]
}

fn name_of(header: &[u8]) -> String {
    let name = name::decode(until_nul(&header[..100]));
    // GNU tar has other fields in the place of the prefix.
    match until_nul(&header[345..500]) {
        prefix if !prefix.is_empty() && header[257..263] == *b"ustar\0" => format!("{}/{name}", name::decode(prefix)),
        _ => name,
    }
}

/// The path of the next file in a header of keys: `length key=value` and a line break.
fn pax_path(mut content: &[u8]) -> Option<String> {
    while let Some(space) = content.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(&content[..space]).ok()?.parse().ok()?;
        let record = content.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            return Some(name::decode(path.strip_suffix(b"\n").unwrap_or(path)));
        }
        content = &content[length..];
    }
    None
}
