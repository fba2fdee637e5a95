//! Zip archives, the container of docx, xlsx, xlsb and ods.
//!
//! In: bytes with a zip signature. Out: the kind of document ([`sniff`]), and its parts ([`Archive`]) with errors for
//! parts that are damaged, encrypted or too large. Called by [`mod@super::sniff`] and by the readers of these formats.
//! The kind is detected from the names of parts, never from the file's name.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::result::{ZipError, ZipResult};
use zip::{CompressionMethod, ZipArchive};

use crate::deflate::{crc32, inflated};
use crate::error::{Error, ErrorKind, Result};

use super::{Format, Sniffed, limit};

/// The signature of the header of a part. Source: APPNOTE 4.3.7.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// Detects what a zip archive contains.
pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    let directory = directory(bytes);
    let damaged = directory.is_err();
    let names = match &directory {
        Ok(archive) => names(archive),
        Err(_) => local_names(bytes).into_iter().map(Cow::Owned).collect(),
    };
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
        () if has("content.xml") && has("META-INF/manifest.xml") => open_document_by_content(bytes),
        () if under("ppt/") => Sniffed::NotATable("pptx"),
        () if has("uof.xml") => Sniffed::Unsupported("uof"),
        () if has("Index/Document.iwa") || has("index.apxl") => Sniffed::Unsupported("iwork"),
        () if has("FixedDocSeq.fdseq") || has("FixedDocumentSequence.fdseq") => Sniffed::Unsupported("xps"),
        () if has("META-INF/container.xml") && has("mimetype") => Sniffed::Unsupported("epub"),
        () if has("AndroidManifest.xml") || has("META-INF/MANIFEST.MF") => Sniffed::NotATable("program"),
        () if has("OFD.xml") => Sniffed::Readable(Format::Ofd),
        () if damaged => Sniffed::NotATable("damaged_zip"),
        () if has("[Content_Types].xml") => workbook_by_type(bytes),
        () => Sniffed::NotATable("zip"),
    }
}

/// Reads the directory of an archive.
///
/// The directory of an archive that is cut off may be that of an archive stored inside it. It must then not pass for the
/// whole: bytes before an archive are accepted only if no archive begins with them.
///
/// # Errors
/// Without a directory of the whole file.
fn directory(bytes: &[u8]) -> ZipResult<ZipArchive<Cursor<&[u8]>>> {
    let archive = ZipArchive::new(Cursor::new(bytes))?;
    if archive.offset() > 0 && bytes.starts_with(LOCAL_HEADER) {
        return Err(ZipError::InvalidArchive("the directory is not that of the whole file".into()));
    }
    Ok(archive)
}

/// The names in the archive's directory.
fn names<'a>(archive: &'a ZipArchive<Cursor<&[u8]>>) -> Vec<Cow<'a, str>> {
    let plain = |name: &str| !name.starts_with('/') && !name.contains('\\');
    let bare = |name: Cow<'a, str>| match plain(&name) {
        true => name,
        false => Cow::Owned(name.trim_start_matches('/').replace('\\', "/")),
    };
    archive.file_names().filter_map(|name| name.ok()).map(bare).collect()
}

/// The names in local headers, for archives without a directory. Source: APPNOTE 4.3.7 (signature, 22 bytes, the
/// lengths of name and extra field, the name).
fn local_names(bytes: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|window| window == LOCAL_HEADER) {
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

/// Detects OpenDocument files, which start with an uncompressed part `mimetype`.
fn open_document(bytes: &[u8]) -> Option<Sniffed> {
    let head = &bytes[..bytes.len().min(200)];
    let mark = b"application/vnd.oasis.opendocument.";
    let at = head.windows(mark.len()).position(|window| window == mark)? + mark.len();
    let rest = &head[at..];
    Some(match () {
        () if rest.starts_with(b"spreadsheet") => Sniffed::Readable(Format::Ods),
        () if rest.starts_with(b"text") => Sniffed::Readable(Format::Odt),
        () => Sniffed::NotATable("open_document"),
    })
}

/// Detects OpenDocument files whose first part is another one.
fn open_document_by_content(bytes: &[u8]) -> Sniffed {
    let read = || -> Option<String> {
        let mut archive = directory(bytes).ok()?;
        let mut content = String::new();
        // The body begins behind the styles.
        archive.by_name("content.xml").ok()?.take(limit::INFLATED).read_to_string(&mut content).ok()?;
        Some(content)
    };
    let content = read().unwrap_or_default();
    match () {
        () if content.contains("<office:spreadsheet") => Sniffed::Readable(Format::Ods),
        () if content.contains("<office:text") => Sniffed::Readable(Format::Odt),
        () => Sniffed::NotATable("open_document"),
    }
}

/// Detects documents by content type, because some programs do not write a workbook to `xl/`.
fn workbook_by_type(bytes: &[u8]) -> Sniffed {
    let read = || -> Option<String> {
        let mut archive = directory(bytes).ok()?;
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

/// The parts of a document. All parts together inflate to at most [`limit::INFLATED`] bytes, counted each time one is
/// read.
///
/// The `zip` crate reads the directory, and libdeflate inflates whole parts: three times as fast for short parts like
/// these.
pub(super) struct Archive<'b> {
    bytes: &'b [u8],
    zip: ZipArchive<Cursor<&'b [u8]>>,
    format: Format,
    left: u64,
}

impl<'b> Archive<'b> {
    /// Opens an archive.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] without a directory; [`ErrorKind::Encrypted`] if a part is encrypted.
    pub(super) fn open(bytes: &'b [u8], format: Format) -> Result<Self> {
        let cut = |error| corrupt(format, "@detail.ends_early").caused_by(error);
        let zip = directory(bytes).map_err(cut)?;
        let mut archive = Self { bytes, zip, format, left: limit::INFLATED };
        for index in 0..archive.zip.len() {
            let file =
                archive.zip.by_index_raw(index).map_err(|error| corrupt(format, "@detail.archive").caused_by(error))?;
            if file.encrypted() {
                return Err(Error::new(ErrorKind::Encrypted));
            }
        }
        Ok(archive)
    }

    /// Opens an OpenDocument file.
    ///
    /// # Errors
    /// As [`Archive::open`]; also [`ErrorKind::Encrypted`] if the manifest says so.
    pub(super) fn open_document(bytes: &'b [u8], format: Format) -> Result<Self> {
        let mut archive = Self::open(bytes, format)?;
        if archive.text("META-INF/manifest.xml").is_ok_and(|manifest| manifest.contains(":encryption-data")) {
            return Err(Error::new(ErrorKind::Encrypted));
        }
        Ok(archive)
    }

    /// The names of the parts in directory order. `None` for a name that is not text.
    pub(super) fn names(&self) -> impl Iterator<Item = Option<String>> {
        self.zip.file_names().map(|name| name.ok().map(|name| name.into_owned()))
    }

    /// The content of the part at an index of the directory.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] if size or checksum differ from what the directory declares; [`ErrorKind::TooLarge`] if
    /// the part exceeds the bytes left to read.
    pub(super) fn part(&mut self, index: usize) -> Result<Vec<u8>> {
        let format = self.format;
        let file = self.zip.by_index_raw(index).map_err(|error| corrupt(format, "@detail.archive").caused_by(error))?;
        let (size, method, checksum) = (file.size(), file.compression(), file.crc32());
        let start = file.data_start().and_then(|start| usize::try_from(start).ok());
        let length = usize::try_from(file.compressed_size()).ok();
        let packed = start.zip(length).and_then(|(start, length)| self.bytes.get(start..)?.get(..length));
        let packed = packed.ok_or_else(|| corrupt(format, "@detail.ends_early"))?;
        let read = limit::INFLATED - self.left;
        self.left = self.left.checked_sub(size).ok_or_else(|| too_much(read.saturating_add(size)))?;
        let bytes = match method {
            CompressionMethod::Stored => packed.to_vec(),
            CompressionMethod::Deflated => {
                inflated(packed, size).map_err(|error| corrupt(format, "@detail.deflate").caused_by(error))?
            }
            _ => return Err(corrupt(format, "@detail.method")),
        };
        if bytes.len() as u64 != size || crc32(&bytes) != checksum {
            return Err(corrupt(format, "@detail.checksum"));
        }
        Ok(bytes)
    }

    /// The text of a part, which must be UTF-8.
    ///
    /// # Errors
    /// As [`Archive::part`]; also [`ErrorKind::Corrupt`] if there is no such part or if it is not UTF-8.
    pub(super) fn text(&mut self, name: &str) -> Result<String> {
        let format = self.format;
        let missing = || corrupt(format, "@detail.part");
        let index = self.zip.index_for_name(name).ok_or_else(missing)?;
        String::from_utf8(self.part(index)?).map_err(|error| corrupt(format, "@detail.utf8").caused_by(error))
    }

    /// The bytes of the archive for another reader, with a meter of what it inflates.
    pub(super) fn metered(mut self) -> Metered<'b> {
        let mut parts = BTreeMap::new();
        for index in 0..self.zip.len() {
            // If the start of a part is unknown here, no other reader can open it either.
            let Ok(file) = self.zip.by_index(index) else { continue };
            let Some(start) = file.data_start() else { continue };
            let size = parts.entry(start).or_insert(0);
            *size = file.size().max(*size);
        }
        Metered { bytes: self.zip.into_inner(), parts, opened: Rc::default() }
    }
}

/// An archive for a reader that opens parts itself. Each seek to a part counts its full size, so that a part with many
/// names is not inflated without limit.
pub(super) struct Metered<'b> {
    bytes: Cursor<&'b [u8]>,
    /// The size of each part by its first byte.
    parts: BTreeMap<u64, u64>,
    opened: Rc<Cell<u64>>,
}

impl Metered<'_> {
    /// The meter, to be checked while the other reader owns the bytes.
    pub(super) fn meter(&self) -> Meter {
        Meter(Rc::clone(&self.opened))
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

impl Seek for Metered<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.bytes.seek(to)?;
        if let Some(size) = self.parts.get(&at) {
            self.opened.set(self.opened.get().saturating_add(*size));
            if self.opened.get() > limit::INFLATED {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(at)
    }
}

/// The bytes inflated from a [`Metered`] archive.
pub(super) struct Meter(Rc<Cell<u64>>);

impl Meter {
    /// # Errors
    /// [`ErrorKind::TooLarge`] if more than [`limit::INFLATED`] bytes were inflated.
    pub(super) fn check(&self) -> Result<()> {
        if self.0.get() > limit::INFLATED { Err(too_much(self.0.get())) } else { Ok(()) }
    }
}

fn corrupt(format: Format, detail: impl ToString) -> Error {
    Error::corrupt(format.word(), detail)
}

fn too_much(size: u64) -> Error {
    limit::too_large(limit::megabytes(size), limit::megabytes(limit::INFLATED))
}
