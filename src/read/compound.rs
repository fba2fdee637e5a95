//! Compound files (OLE2), the container of xls, doc and of Office documents under a password.
//!
//! In: bytes that begin with [`MAGIC`]. Out: what the container holds, from the names of its streams. The names are
//! looked for in every directory-sized block rather than along the allocation tables, so that damaged files are still
//! named right. Source: MS-CFB 2.6, MS-XLS 2.4.117 `FilePass`, MS-OFFCRYPTO.

use super::{Format, Sniffed};

/// The first bytes of every compound file.
pub(super) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const DIRECTORY_ENTRY: usize = 128;

/// What a compound file holds.
pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    let has = |names: &[&str]| names.iter().any(|name| has_stream(bytes, name));
    if has(&["EncryptedPackage", "EncryptionInfo"]) {
        return Sniffed::Encrypted;
    }
    if has(&["Workbook", "Book", "WORKBOOK", "BOOK"]) {
        return if is_under_password(bytes) { Sniffed::Encrypted } else { Sniffed::Readable(Format::Xls) };
    }
    if has(&["WordDocument"]) {
        return Sniffed::Unsupported("doc");
    }
    if has(&["PowerPoint Document"]) {
        return Sniffed::NotATable("ppt");
    }
    Sniffed::NotATable("compound")
}

/// Whether a directory entry has a name: UTF-16 with its length in bytes, the closing NUL included, behind it.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let mut wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    wanted.extend([0, 0]);
    let length = (wanted.len() as u16).to_le_bytes();
    bytes.chunks_exact(DIRECTORY_ENTRY).any(|entry| entry.starts_with(&wanted) && entry[64..66] == length)
}

/// Whether a workbook stream has a `FilePass` record among its first ones.
fn is_under_password(bytes: &[u8]) -> bool {
    const FILE_PASS: u16 = 0x2F;
    const END: u16 = 0x0A;
    let begins = |sector: &&[u8]| {
        sector.starts_with(&[0x09, 0x08, 0x10, 0, 0, 6, 5, 0]) || sector.starts_with(&[0x09, 0x08, 0x08, 0, 0, 5, 5, 0])
    };
    // Streams shorter than 4096 bytes live in sectors of 64 bytes.
    bytes.chunks_exact(64).enumerate().filter(|(_, sector)| begins(sector)).any(|(at, _)| {
        let mut rest = &bytes[at * 64..bytes.len().min(at * 64 + 512)];
        while let [a, b, c, d, after @ ..] = rest {
            match u16::from_le_bytes([*a, *b]) {
                FILE_PASS => return true,
                END => return false,
                _ => rest = after.get(usize::from(u16::from_le_bytes([*c, *d]))..).unwrap_or_default(),
            }
        }
        false
    })
}
