//! Zip files: which document they hold, and whether they can be opened without harm.
//!
//! In: bytes that begin with a zip signature. Out: [`Sniffed`] from the names in the archive, and its parts, with errors for
//! what is damaged, under a password or inflates beyond all reason. What counts is what is read, whatever it is called.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

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

/// The parts of a document. All that is inflated of them, however often, stays within [`limit::INFLATED`].
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    format: Format,
    left: u64,
}

impl<'b> Archive<'b> {
    /// Opens the archive of a document, or says why it must not be read.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] without a directory; [`ErrorKind::Encrypted`] with an encrypted part.
    pub fn open(bytes: &'b [u8], format: Format) -> Result<Self> {
        let cut = |error| corrupt(format, "@detail.ends_early").caused_by(error);
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(cut)?;
        let mut archive = Self { zip, format, left: limit::INFLATED };
        for index in 0..archive.zip.len() {
            let file = archive.zip.by_index_raw(index).map_err(|error| corrupt(format, &error).caused_by(error))?;
            if file.encrypted() {
                return Err(Error::new(ErrorKind::Encrypted));
            }
        }
        Ok(archive)
    }

    /// The names of the parts in the order of the directory; none for a name that is no text.
    pub fn names(&self) -> impl Iterator<Item = Option<String>> {
        self.zip.file_names().map(|name| name.ok().map(|name| name.into_owned()))
    }

    /// The bytes of the part at a place in the directory.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] where it cannot be inflated to what it is said to be; [`ErrorKind::TooLarge`] where that is
    /// more than is left to be read.
    pub fn part(&mut self, index: usize) -> Result<Vec<u8>> {
        let format = self.format;
        let file = self.zip.by_index(index).map_err(|error| corrupt(format, &error).caused_by(error))?;
        // More than is declared is never inflated: `zip` ends there with an error.
        let size = file.size();
        let read = limit::INFLATED - self.left;
        self.left = self.left.checked_sub(size).ok_or_else(|| too_much(read.saturating_add(size)))?;
        let mut bytes = Vec::with_capacity(size.min(file.compressed_size().saturating_mul(DEFLATE_RATIO)) as usize);
        file.take(size + 1).read_to_end(&mut bytes).map_err(|error| corrupt(format, &error).caused_by(error))?;
        Ok(bytes)
    }

    /// The text of the part with a name, in UTF-8.
    ///
    /// # Errors
    /// As [`Archive::part`]; [`ErrorKind::Corrupt`] also without such a part and where it is no text.
    pub fn text(&mut self, name: &str) -> Result<String> {
        let format = self.format;
        let missing = || corrupt(format, zip::result::ZipError::FileNotFound);
        let index = self.zip.index_for_name(name).ok_or_else(missing)?;
        String::from_utf8(self.part(index)?).map_err(|error| corrupt(format, &error).caused_by(error))
    }

    /// The bytes of the archive for a reader that opens it by itself.
    pub fn metered(mut self) -> Metered<'b> {
        let mut parts = BTreeMap::new();
        for index in 0..self.zip.len() {
            // A part whose beginning is not found cannot be opened elsewhere either.
            let Ok(file) = self.zip.by_index(index) else { continue };
            let Some(start) = file.data_start() else { continue };
            let size = parts.entry(start).or_insert(0);
            *size = file.size().max(*size);
        }
        Metered { bytes: self.zip.into_inner(), parts, opened: Rc::default() }
    }
}

/// An archive's bytes as they are read elsewhere: each part counts whenever it is gone to, so that one that many names lead
/// to is not inflated again and again.
pub(super) struct Metered<'b> {
    bytes: Cursor<&'b [u8]>,
    /// The size of the part that begins at a byte.
    parts: BTreeMap<u64, u64>,
    opened: Rc<Cell<u64>>,
}

impl Metered<'_> {
    /// How much was opened so far, to be asked while another owns the bytes.
    pub fn meter(&self) -> Meter {
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

/// Counts what was opened of a [`Metered`] archive.
pub(super) struct Meter(Rc<Cell<u64>>);

impl Meter {
    /// # Errors
    /// [`ErrorKind::TooLarge`] where more was opened than [`limit::INFLATED`].
    pub fn check(&self) -> Result<()> {
        if self.0.get() > limit::INFLATED { Err(too_much(self.0.get())) } else { Ok(()) }
    }
}

fn corrupt(format: Format, detail: impl ToString) -> Error {
    Error::new(ErrorKind::Corrupt).with("format", format.word()).with("detail", detail)
}

fn too_much(size: u64) -> Error {
    limit::too_large(limit::megabytes(size), limit::megabytes(limit::INFLATED))
}
