//! Unpacks zip archives.
//!
//! `rawzip` reads the directory as it is; the `zip` crate keeps only one of several files with the same name. Source: APPNOTE
//! 4.4.4 (flags), 4.6.9 (Info-ZIP Unicode path).

use rawzip::extra_fields::ExtraFieldId;
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord};

use crate::deflate::{crc32, inflated};
use crate::error::ErrorKind;

use super::collector::Collector;
use super::name;
use super::opened::{corrupt, link, packed_with, too_large};

/// Adds the files of an archive.
///
/// # Errors
/// Why there may be more files.
pub(super) fn unpack(bytes: &[u8], collector: &mut Collector) -> Result<(), ErrorKind> {
    let damaged = |_| corrupt("zip", "@detail.archive");
    let archive = ZipArchive::from_slice(bytes).map_err(damaged)?;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(damaged)? {
        if entry.is_dir() {
            continue;
        }
        if entry.mode().is_symlink() {
            collector.add(name_of(&entry), Err(link()))?;
            continue;
        }
        let packed = archive.get_entry(entry.wayfinder()).map(|found| found.data()).map_err(damaged);
        let content = packed.and_then(|packed| inflate(&entry, packed, collector));
        collector.add(name_of(&entry), content)?;
    }
    Ok(())
}

/// The bytes of a file, if there is room for them.
fn inflate(entry: &ZipFileHeaderRecord<'_>, packed: &[u8], collector: &mut Collector) -> Result<Vec<u8>, ErrorKind> {
    if entry.flags().is_encrypted() {
        return Err(ErrorKind::Encrypted);
    }
    let size = entry.uncompressed_size_hint();
    if size > collector.room() {
        return Err(too_large(size));
    }
    let bytes = match entry.compression_method() {
        CompressionMethod::STORE => packed.to_vec(),
        CompressionMethod::DEFLATE => inflated(packed, size).map_err(|_| {
            collector.spend(size);
            corrupt("zip", "@detail.deflate")
        })?,
        CompressionMethod::AES => return Err(ErrorKind::Encrypted),
        method => return Err(packed_with(method.name().unwrap_or_default())),
    };
    if bytes.len() as u64 != size || crc32(&bytes) != entry.crc32() {
        collector.spend(bytes.len() as u64);
        return Err(corrupt("zip", "@detail.checksum"));
    }
    Ok(bytes)
}

/// The name of a file: that of its Unicode field, or else its bytes in the encoding that fits.
fn name_of(entry: &ZipFileHeaderRecord<'_>) -> String {
    let path = entry.file_path();
    let raw = path.as_bytes();
    for (id, data) in entry.extra_fields() {
        if id == ExtraFieldId::INFO_ZIP_UNICODE_PATH
            && let [1, a, b, c, d, text @ ..] = data
            && u32::from_le_bytes([*a, *b, *c, *d]) == crc32(raw)
            && let Ok(text) = std::str::from_utf8(text)
        {
            return text.to_owned();
        }
    }
    // Bit 11 says UTF-8. Many archives in UTF-8 lack it.
    name::decode(raw)
}
