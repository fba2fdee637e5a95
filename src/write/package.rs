//! The ZIP file of an Office document: the parts in it, and the file of such parts.
//!
//! A part that is deflated once can be in any number of files. Called by `docx` and `xlsx`.

use std::io::Write as _;

use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchive, ZipArchiveWriter};

use crate::deflate::{Effort, crc32, deflated_bare, inflated};

/// Permissions of a part, which Office programs ignore.
const PERMISSIONS: u32 = 0o600;

/// A deflated part of the ZIP file.
pub(crate) struct Part {
    name: String,
    deflated: Vec<u8>,
    size: u64,
    checksum: u32,
}

impl Part {
    pub(crate) fn new(name: &str, xml: &str, effort: Effort) -> Option<Self> {
        let deflated = deflated_bare(xml.as_bytes(), effort).ok()?;
        let checksum = crc32(xml.as_bytes());
        Some(Self { name: name.to_owned(), deflated, size: xml.len() as u64, checksum })
    }
}

/// The names and texts of the parts of a document, in their order.
pub(crate) fn parts(document: &[u8]) -> Option<Vec<(String, String)>> {
    let archive = ZipArchive::from_slice(document).ok()?;
    let (mut entries, mut parts) = (archive.entries(), Vec::new());
    while let Some(entry) = entries.next_entry().ok()? {
        let deflated = archive.get_entry(entry.wayfinder()).ok()?;
        let part = inflated(deflated.data(), entry.uncompressed_size_hint()).ok()?;
        parts.push((String::from_utf8(entry.file_path().as_ref().to_vec()).ok()?, String::from_utf8(part).ok()?));
    }
    Some(parts)
}

/// The ZIP file of these parts. It has no timestamps, so the same parts give the same bytes.
pub(crate) fn pack<'p>(parts: impl Iterator<Item = &'p Part> + Clone) -> Option<Vec<u8>> {
    // The name of a part occurs twice in the file, each time in a header.
    let room = parts.clone().map(|part| part.deflated.len() + 2 * part.name.len() + 128);
    let mut archive = ZipArchiveWriter::new(Vec::with_capacity(room.sum()));
    for part in parts {
        let file = archive.new_file(&part.name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, _) = file.unix_permissions(PERMISSIONS).start().ok()?;
        entry.write_all(&part.deflated).ok()?;
        entry.finish(DataDescriptorOutput::new(part.checksum, part.size)).ok()?;
    }
    archive.finish().ok()
}
