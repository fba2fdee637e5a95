//! Zip files: which document they hold, and whether they can be opened without harm.
//!
//! In: bytes that begin with a zip signature. Out: [`Sniffed`] from the names in the archive, and errors for what is
//! damaged, under a password or inflates beyond all reason, before any other reader touches it.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::error::{Error, ErrorKind, Result};

use super::{Format, Sniffed, limit};

/// Deflate never makes more than this many bytes of one.
const DEFLATE_RATIO: u64 = 1032;

/// What a zip file holds.
pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    let directory = ZipArchive::new(Cursor::new(bytes));
    let damaged = directory.is_err();
    let names = directory.map_or_else(|_| local_names(bytes), |archive| names(&archive));
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let under = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    if has("xl/workbook.bin") {
        return Sniffed::Readable(Format::Xlsb);
    }
    if under("xl/") {
        return Sniffed::Readable(Format::Xlsx);
    }
    if let Some(kind) = open_document(bytes) {
        return kind;
    }
    match () {
        () if under("word/") => Sniffed::Readable(Format::Docx),
        () if under("ppt/") => Sniffed::NotATable("pptx"),
        () if has("OFD.xml") => Sniffed::Unsupported("ofd"),
        () if damaged => Sniffed::NotATable("damaged_zip"),
        () if has("[Content_Types].xml") => workbook_by_type(bytes),
        () => Sniffed::NotATable("zip"),
    }
}

/// The names in the archive's directory.
fn names(archive: &ZipArchive<Cursor<&[u8]>>) -> Vec<String> {
    let readable = archive.file_names().filter_map(|name| name.ok());
    readable.map(|name| name.trim_start_matches('/').replace('\\', "/")).collect()
}

/// The names in local headers, for archives whose directory is lost (APPNOTE 4.3.7): signature, 22 bytes, the lengths of name and extra field, the name.
fn local_names(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|window| window == b"PK\x03\x04") {
        at += found;
        if let Some([low, high]) = bytes.get(at + 26..at + 28) {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            if let Some(name) = bytes.get(at + 30..at + 30 + length) {
                names.push(String::from_utf8_lossy(name).into_owned());
            }
        }
        at += 4;
    }
    names
}

/// OpenDocument files begin with a part `mimetype`, stored as it is.
fn open_document(bytes: &[u8]) -> Option<Sniffed> {
    let head = &bytes[..bytes.len().min(200)];
    let mark = b"application/vnd.oasis.opendocument.";
    let at = head.windows(mark.len()).position(|window| window == mark)? + mark.len();
    let rest = &head[at..];
    Some(match () {
        () if rest.starts_with(b"spreadsheet") => Sniffed::Readable(Format::Ods),
        () if rest.starts_with(b"text") => Sniffed::Unsupported("odt"),
        () => Sniffed::NotATable("open_document"),
    })
}

/// Some programs put the workbook elsewhere than under `xl/`: its type says what it is.
fn workbook_by_type(bytes: &[u8]) -> Sniffed {
    let read = || -> Option<String> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let mut types = String::new();
        archive.by_name("[Content_Types].xml").ok()?.take(1 << 20).read_to_string(&mut types).ok()?;
        Some(types)
    };
    let types = read().unwrap_or_default();
    match () {
        () if types.contains("sheet.binary.macroEnabled.main") => Sniffed::Readable(Format::Xlsb),
        () if types.contains("sheet.main+xml") || types.contains("sheet.macroEnabled.main+xml") => {
            Sniffed::Readable(Format::Xlsx)
        }
        () if types.contains("wordprocessingml") => Sniffed::Readable(Format::Docx),
        () => Sniffed::NotATable("zip"),
    }
}

/// Opens the archive of a document, or says why it must not be read.
///
/// # Errors
/// [`ErrorKind::Corrupt`] without a directory; [`ErrorKind::Encrypted`] with an encrypted part;
/// [`ErrorKind::TooLarge`] when its parts inflate beyond [`limit::INFLATED`], whatever sizes they declare.
pub(super) fn open(bytes: &[u8], format: Format) -> Result<ZipArchive<Cursor<&[u8]>>> {
    let damaged = |error: zip::result::ZipError| {
        Error::new(ErrorKind::Corrupt).with("format", format.word()).with("detail", &error).caused_by(error)
    };
    let large = |size: u64| limit::too_large(limit::megabytes(size), limit::megabytes(limit::INFLATED));
    let cut = |error: zip::result::ZipError| {
        let detail = "@detail.ends_early";
        Error::new(ErrorKind::Corrupt).with("format", format.word()).with("detail", detail).caused_by(error)
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(cut)?;
    let (mut declared, mut possible) = (0u64, 0u64);
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(damaged)?;
        if file.encrypted() {
            return Err(Error::new(ErrorKind::Encrypted));
        }
        let is_read = |name: &str| [".xml", ".rels", ".bin"].iter().any(|end| name.ends_with(end));
        if file.name().is_ok_and(|name| is_read(&name)) {
            declared = declared.saturating_add(file.size());
            possible = possible.saturating_add(file.compressed_size().saturating_mul(DEFLATE_RATIO));
            parts.push(index);
        }
    }
    if declared > limit::INFLATED {
        return Err(large(declared));
    }
    if possible > limit::INFLATED {
        let mut inflated = 0;
        for index in parts {
            let file = archive.by_index(index).map_err(damaged)?;
            let room = limit::INFLATED - inflated + 1;
            // What is damaged is told by the reader of that part; only sizes are of interest here.
            inflated += std::io::copy(&mut file.take(room), &mut std::io::sink()).unwrap_or(0);
            if inflated > limit::INFLATED {
                return Err(large(inflated));
            }
        }
    }
    Ok(archive)
}
