//! Unpacks tar archives, and gzip files with an archive or a single file.
//!
//! Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block"; GNU tar, "Basic Tar Format" for long names.

use flate2::read::MultiGzDecoder;

use crate::error::ErrorKind;
use crate::limit;

use super::collector::Collector;
use super::name;
use super::opened::{corrupt, too_large};

const BLOCK: usize = 512;

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
    std::io::Read::read_to_end(&mut std::io::Read::take(&mut decoder, BLOCK as u64), &mut head)
        .map_err(|_| damage.clone())?;
    let whole = std::io::Read::chain(&head[..], decoder);
    if is(&head) {
        // Headers and padding take little room beside the files, which are counted one by one.
        let most = limit::UNPACKED + (limit::UNPACKED >> 3);
        let mut archive = Vec::new();
        let outcome = std::io::Read::read_to_end(&mut std::io::Read::take(whole, most + 1), &mut archive);
        let is_cut = archive.len() as u64 > most;
        let unpacked = unpack(&archive, collector);
        return match outcome {
            Err(_) => Err(damage),
            Ok(_) if is_cut => Err(too_large(most)),
            Ok(_) => unpacked,
        };
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
    let mut at = 0usize;
    let mut long_name: Option<String> = None;
    while let Some(header) = bytes.get(at..at + BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let size = number(&header[124..136]).filter(|_| has_checksum(header)).ok_or_else(damage)?;
        let start = at + BLOCK;
        let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size)).ok_or_else(damage)?;
        let content = bytes.get(start..end).ok_or_else(|| corrupt("tar", "@detail.ends_early"))?;
        match header[156] {
            b'L' => long_name = Some(name::decode(until_nul(content))),
            b'x' => long_name = pax_path(content).or(long_name),
            b'0' | 0 | b'7' => {
                let name = long_name.take().unwrap_or_else(|| name_of(header));
                if !name.ends_with('/') {
                    let room = collector.room();
                    collector.add(name, if size > room { Err(too_large(size)) } else { Ok(content.to_vec()) })?;
                }
            }
            // Folders, links and devices.
            _ => long_name = None,
        }
        at = end.div_ceil(BLOCK).saturating_mul(BLOCK);
    }
    Ok(())
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
