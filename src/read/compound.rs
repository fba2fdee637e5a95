//! Compound files (OLE2), the container of xls, doc and encrypted Office documents.
//!
//! In: bytes that start with [`MAGIC`]. Out: the kind of document ([`sniff`]), and its streams. Called by
//! [`mod@super::sniff`], [`super::workbook`], [`super::doc`] and [`super::piece_table`].
//!
//! Detection searches every directory-sized block for stream names instead of following the allocation tables, so that
//! it also works for damaged files. Source: MS-CFB 2.6, MS-XLS 2.4.117 `FilePass`, MS-DOC 2.5.1 `Fib`, MS-OFFCRYPTO.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Format, Sniffed};

/// The signature of compound files.
pub(super) const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const DIRECTORY_ENTRY: usize = 128;

/// Detects what a compound file contains.
pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    let has = |names: &[&str]| names.iter().any(|name| has_stream(bytes, name));
    if has(&["EncryptedPackage", "EncryptionInfo"]) {
        return Sniffed::Encrypted;
    }
    if has(&["Workbook", "Book", "WORKBOOK", "BOOK"]) {
        return if is_under_password(bytes) { Sniffed::Encrypted } else { Sniffed::Readable(Format::Xls) };
    }
    if has(&["WordDocument"]) {
        return Sniffed::Readable(Format::Doc);
    }
    if has(&["PowerPoint Document"]) {
        return Sniffed::NotATable("ppt");
    }
    if workbook_starts(bytes).next().is_some() {
        // The directory is missing, as in a truncated file. The reader reports that.
        return Sniffed::Readable(Format::Xls);
    }
    if bytes.chunks_exact(512).any(|sector| matches!(sector, [0xEC, 0xA5, _, 0 | 1, ..])) {
        return Sniffed::Readable(Format::Doc);
    }
    Sniffed::NotATable(if has(&["__properties_version1.0"]) { "outlook" } else { "compound" })
}

/// Whether a directory entry has this name: UTF-16 with a NUL, then its length in bytes with the NUL.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let mut wanted: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    wanted.extend([0, 0]);
    let length = (wanted.len() as u16).to_le_bytes();
    bytes.chunks_exact(DIRECTORY_ENTRY).any(|entry| entry.starts_with(&wanted) && entry[64..66] == length)
}

/// Where workbook streams start: at sectors with the first record of a BIFF8 or BIFF5 workbook.
fn workbook_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    const OPENINGS: [[u8; 8]; 2] = [[0x09, 0x08, 0x10, 0, 0, 6, 5, 0], [0x09, 0x08, 0x08, 0, 0, 5, 5, 0]];
    // Streams shorter than 4096 bytes are in sectors of 64 bytes.
    let sectors = bytes.chunks_exact(64).enumerate();
    sectors.filter(|(_, sector)| OPENINGS.iter().any(|opening| sector.starts_with(opening))).map(|(at, _)| at * 64)
}

/// Whether a workbook stream has a `FilePass` record near its start.
fn is_under_password(bytes: &[u8]) -> bool {
    const FILE_PASS: u16 = 0x2F;
    const END: u16 = 0x0A;
    workbook_starts(bytes).any(|start| {
        let mut rest = &bytes[start..bytes.len().min(start + 512)];
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

/// The workbook stream. It is never longer than the file.
///
/// `None` if the allocation tables do not lead to one. The stream may be truncated.
pub(super) fn workbook_stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let container = Container::open(bytes)?;
    ["Workbook", "Book"].iter().find_map(|name| container.stream(name))
}

/// The stream with this name, with the limits of [`workbook_stream`].
pub(super) fn stream(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    Container::open(bytes)?.stream(name)
}

/// Builds a valid compound file with one workbook stream, for readers that trust allocation tables.
///
/// The sectors have 4096 bytes, so that the header alone can list the allocation table of any file within the limits.
pub(super) fn with_workbook(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 4096;
    const PER_SECTOR: usize = SECTOR / 4;
    const END: u32 = 0xFFFF_FFFE;
    const TABLE: u32 = 0xFFFF_FFFD;
    const FREE: u32 = 0xFFFF_FFFF;
    let data = stream.len().div_ceil(SECTOR).max(1);
    let tables = (1..).find(|tables| tables * PER_SECTOR > data + tables).unwrap_or(1);
    let number = |value: usize| u32::try_from(value).unwrap_or(END);

    let mut out = vec![0u8; SECTOR];
    let put = |out: &mut [u8], at: usize, value: &[u8]| out[at..at + value.len()].copy_from_slice(value);
    put(&mut out, 0, &MAGIC);
    put(&mut out, 24, &[0x3E, 0, 4, 0, 0xFE, 0xFF, 12, 0, 6, 0]);
    put(&mut out, 40, &1u32.to_le_bytes());
    put(&mut out, 44, &number(tables).to_le_bytes());
    put(&mut out, 48, &number(tables).to_le_bytes());
    put(&mut out, 56, &4096u32.to_le_bytes());
    put(&mut out, 60, &END.to_le_bytes());
    put(&mut out, 68, &END.to_le_bytes());
    for slot in 0..109 {
        let table = if slot < tables { number(slot) } else { FREE };
        put(&mut out, 76 + slot * 4, &table.to_le_bytes());
    }

    let first = tables + 1;
    let next = |sector: usize| match sector {
        table if table < tables => TABLE,
        directory if directory == tables => END,
        last if last + 1 == first + data => END,
        inside if inside < first + data => number(inside + 1),
        _ => FREE,
    };
    out.extend((0..tables * PER_SECTOR).flat_map(|sector| next(sector).to_le_bytes()));

    let mut directory = vec![0u8; SECTOR];
    for (at, (name, kind)) in [("Root Entry", 5u8), ("Workbook", 2)].into_iter().enumerate() {
        let entry = &mut directory[at * DIRECTORY_ENTRY..(at + 1) * DIRECTORY_ENTRY];
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(entry, 0, &units);
        put(entry, 64, &((units.len() + 2) as u16).to_le_bytes());
        put(entry, 66, &[kind, 1]);
        put(entry, 68, &[0xFF; 12]);
        put(entry, 116, &number(first).to_le_bytes());
        put(entry, 120, &((data * SECTOR) as u64).to_le_bytes());
    }
    put(&mut directory, 76, &1u32.to_le_bytes());
    out.extend(directory);
    out.extend_from_slice(stream);
    out.resize(SECTOR * (1 + first + data), 0);
    out
}

/// A compound file with its allocation tables.
struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    directory: Vec<u8>,
    short_table: Vec<u32>,
}

impl<'a> Container<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = u16::from_le_bytes(bytes.get(30..32)?.try_into().ok()?);
        if !matches!(shift, 9 | 12) {
            return None;
        }
        let mut container =
            Self { bytes, sector: 1 << shift, table: Vec::new(), directory: Vec::new(), short_table: Vec::new() };
        let header = numbers(bytes.get(..512)?);
        let mut tables: Vec<u32> = header[19..].to_vec();
        let mut next = header[17];
        for _ in 0..container.sectors() {
            let Some(more) = container.at(next) else { break };
            let mut more = numbers(more);
            next = more.pop()?;
            tables.extend(more);
        }
        let valid = tables.iter().filter_map(|id| container.at(*id)).take(container.sectors());
        container.table = valid.flat_map(numbers).collect();
        container.directory = container.chain(header[12], &container.table, |id| container.at(id));
        container.short_table = numbers(&container.chain(header[15], &container.table, |id| container.at(id)));
        Some(container)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    fn at(&self, id: u32) -> Option<&'a [u8]> {
        let start = (id as usize).checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        Some(&rest[..rest.len().min(self.sector)])
    }

    /// The bytes of a chain of sectors. The chain is never longer than its allocation table.
    fn chain<'b>(&self, start: u32, table: &[u32], at: impl Fn(u32) -> Option<&'b [u8]>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut id = start;
        for _ in 0..table.len() {
            let Some(sector) = at(id) else { break };
            out.extend_from_slice(sector);
            let Some(next) = table.get(id as usize) else { break };
            id = *next;
        }
        out
    }

    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        self.directory.chunks_exact(DIRECTORY_ENTRY)
    }

    fn entry(&self, at: u32) -> Option<&[u8]> {
        self.entries().nth(usize::try_from(at).ok()?)
    }

    fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries().find(|entry| entry_name(entry).eq_ignore_ascii_case(name))?;
        self.content(entry).filter(|content| !content.is_empty())
    }

    /// The content of a directory entry that is a stream.
    fn content(&self, entry: &[u8]) -> Option<Vec<u8>> {
        let (start, length) = (number(entry, 116)?, number(entry, 120)? as usize);
        let mut out = if length < 4096 {
            let root = self.chain(number(self.entries().next()?, 116)?, &self.table, |id| self.at(id));
            let at = |id: u32| root.get((id as usize).checked_mul(64)?..)?.get(..64);
            self.chain(start, &self.short_table, at)
        } else {
            self.chain(start, &self.table, |id| self.at(id))
        };
        out.truncate(length);
        Some(out)
    }
}

fn number(entry: &[u8], at: usize) -> Option<u32> {
    numbers(entry.get(at..at + 4)?).first().copied()
}

fn entry_name(entry: &[u8]) -> String {
    let units = entry[..64].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).flatten().collect()
}

/// A storage or a stream of a compound file, which know what is in them.
pub(super) struct Storage<'a> {
    container: Rc<Container<'a>>,
    at: u32,
}

impl<'a> Storage<'a> {
    /// The outermost storage.
    pub(super) fn root(bytes: &'a [u8]) -> Option<Self> {
        Some(Self { container: Rc::new(Container::open(bytes)?), at: 0 })
    }

    /// What is in a storage, with names. Source: MS-CFB 2.6.4, the tree of siblings.
    pub(super) fn children(&self) -> Vec<(String, Self)> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<u32> = self.number(76).into_iter().collect();
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            if let Some(entry) = self.container.entry(at) {
                open.extend(number(entry, 68).into_iter().chain(number(entry, 72)));
                found.push((entry_name(entry), Self { container: Rc::clone(&self.container), at }));
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found
    }

    /// The storage or stream with this name.
    pub(super) fn child(&self, name: &str) -> Option<Self> {
        self.children().into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, child)| child)
    }

    /// The size of a stream.
    pub(super) fn size(&self) -> u64 {
        self.number(120).map_or(0, u64::from)
    }

    /// The content of a stream. `None` if it is not complete.
    pub(super) fn content(&self) -> Option<Vec<u8>> {
        let content = self.container.content(self.container.entry(self.at)?)?;
        (content.len() as u64 == self.size()).then_some(content)
    }

    fn number(&self, at: usize) -> Option<u32> {
        number(self.container.entry(self.at)?, at)
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}
