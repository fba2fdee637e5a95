//! Containers for hostile files: zip archives whose sizes may lie, compound files, workbook streams.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compress, Compression, FlushCompress};

#[derive(Clone)]
/// One part of an archive: its name, its deflated bytes, and the size it claims to have.
pub struct Part {
    pub name: String,
    pub deflated: Vec<u8>,
    pub claimed: u32,
    /// The checksum of the content.
    pub sum: u32,
}

impl Part {
    /// A part with its true size.
    pub fn new(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        let deflated = encoder.finish().unwrap();
        Self { name: name.to_owned(), deflated, claimed: content.len() as u32, sum: sum(content).sum() }
    }

    /// A part that begins with one text, repeats another many times and ends with a third.
    pub fn repeated(name: &str, open: impl AsRef<[u8]>, piece: &str, times: usize, close: &str) -> Self {
        let open = open.as_ref();
        let block = (1 << 20) / piece.len();
        let mut deflated = deflated(open);
        let (whole, rest) = (deflated_repeat(piece, block), deflated_repeat(piece, times % block));
        let mut all = sum(open);
        let of_whole = sum(piece.repeat(block).as_bytes());
        for _ in 0..times / block {
            deflated.extend(&whole);
            all.combine(&of_whole);
        }
        all.combine(&sum(piece.repeat(times % block).as_bytes()));
        all.combine(&sum(close.as_bytes()));
        deflated.extend(rest);
        deflated.extend(deflated_end(close.as_bytes()));
        let size = open.len() + piece.len() * times + close.len();
        Self { name: name.to_owned(), deflated, claimed: u32::try_from(size).unwrap_or(u32::MAX - 1), sum: all.sum() }
    }

    /// The same part claiming another size.
    pub fn claiming(mut self, size: u32) -> Self {
        self.claimed = size;
        self
    }
}

fn sum(content: &[u8]) -> flate2::Crc {
    let mut sum = flate2::Crc::new();
    sum.update(content);
    sum
}

fn deflated_repeat(piece: &str, times: usize) -> Vec<u8> {
    deflated(piece.repeat(times).as_bytes())
}

/// Deflated bytes that end at a byte boundary and refer to nothing before them, so that they can be concatenated.
fn deflated(content: &[u8]) -> Vec<u8> {
    with_flush(content, FlushCompress::Full)
}

fn deflated_end(content: &[u8]) -> Vec<u8> {
    with_flush(content, FlushCompress::Finish)
}

fn with_flush(content: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut compress = Compress::new(Compression::fast(), false);
    let mut out = Vec::with_capacity(content.len() + 1024);
    compress.compress_vec(content, &mut out, flush).unwrap();
    assert_eq!(compress.total_in(), content.len() as u64);
    out
}

/// A zip archive.
pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let at = out.len() as u32;
        let mut fields = vec![20u8, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        fields.extend(part.sum.to_le_bytes());
        fields.extend((part.deflated.len() as u32).to_le_bytes());
        fields.extend(part.claimed.to_le_bytes());
        fields.extend((part.name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(part.name.bytes());
        out.extend(&part.deflated);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(part.name.bytes());
    }
    let (count, at) = (parts.len() as u16, out.len() as u32);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A compound file with one stream, or with a second one whose name sorts before it.
pub fn compound(name: &str, stream: &[u8], before: Option<(&str, &[u8])>) -> Vec<u8> {
    const SECTOR: usize = 512;
    let mut data = stream.to_vec();
    data.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let own = data.len();
    if let Some((_, second)) = before {
        data.extend(second);
        data.resize((own + second.len().max(4096)).next_multiple_of(SECTOR), 0);
    }
    let count = data.len() / SECTOR;
    // Tables of sectors first, then tables of tables, the directory, the stream.
    let mut tables = 1;
    let mut more = 0;
    while tables * 128 < tables + more + 1 + count {
        tables += 1;
        more = usize::div_ceil(tables.max(109) - 109, 127);
    }
    let (directory, first) = (tables + more, tables + more + 1);
    let mut chain: Vec<u32> = vec![0xFFFF_FFFD; tables];
    chain.resize(tables + more, 0xFFFF_FFFC);
    chain.push(0xFFFF_FFFE);
    // A stream ends before the next one begins.
    let ends = [own / SECTOR, count];
    chain.extend((1..=count).map(|at| if ends.contains(&at) { 0xFFFF_FFFE } else { (first + at) as u32 }));
    chain.resize(tables * 128, 0xFFFF_FFFF);

    let mut out = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    out.resize(24, 0);
    out.extend([62, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    let last = if more > 0 { tables as u32 } else { 0xFFFF_FFFE };
    let numbers = [0, tables as u32, directory as u32, 0, 4096, 0xFFFF_FFFE, 0, last, more as u32];
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    out.extend((0..109).flat_map(|at: usize| (if at < tables { at as u32 } else { 0xFFFF_FFFF }).to_le_bytes()));
    out.extend(chain.iter().flat_map(|number| number.to_le_bytes()));
    for at in 0..more {
        for slot in 0..127 {
            let table = 109 + at * 127 + slot;
            out.extend((if table < tables { table as u32 } else { 0xFFFF_FFFF }).to_le_bytes());
        }
        let next = if at + 1 < more { (tables + at + 1) as u32 } else { 0xFFFF_FFFE };
        out.extend(next.to_le_bytes());
    }
    let second = before.map_or(("", 0u8), |(name, _)| (name, 2));
    for (at, (name, kind)) in [("Root Entry", 5u8), (name, 2), second, ("", 0)].into_iter().enumerate() {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = if name.is_empty() { 0 } else { entry.len() as u16 + 2 };
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        let left = if at == 1 && before.is_some() { 2 } else { u32::MAX };
        let child = if at == 0 { 1 } else { u32::MAX };
        entry.extend([left, u32::MAX, child].iter().flat_map(|link| link.to_le_bytes()));
        entry.resize(116, 0);
        let (start, length) = match at {
            1 => (first, own),
            2 if before.is_some() => (first + own / SECTOR, data.len() - own),
            _ => (0xFFFF_FFFE, 0),
        };
        entry.extend((start as u32).to_le_bytes());
        entry.extend((length as u64).to_le_bytes());
        out.extend(entry);
    }
    out.extend(data);
    out
}

/// One record of a workbook stream.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = kind.to_le_bytes().to_vec();
    out.extend((data.len() as u16).to_le_bytes());
    out.extend(data);
    out
}

/// The header of a cell record: row, column, format.
pub fn place(row: u16, column: u16) -> Vec<u8> {
    [row, column, 0].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// An xls workbook of worksheets, each given by its records, with more records for the whole workbook.
pub fn xls(globals: &[u8], sheets: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| {
        let data: Vec<u8> =
            [0x0600, kind, 0x0DBB, 0x07CC, 0, 0, 6, 0].iter().flat_map(|n: &u16| n.to_le_bytes()).collect();
        record(0x0809, &data)
    };
    let head = |starts: &[usize]| {
        let mut out = begin(5);
        for (at, start) in starts.iter().enumerate() {
            let name = format!("S{at:04}");
            let mut data = (*start as u32).to_le_bytes().to_vec();
            data.extend([0, 0, name.len() as u8, 0]);
            data.extend(name.bytes());
            out.extend(record(0x0085, &data));
        }
        out.extend(globals);
        out.extend(record(0x000A, &[]));
        out
    };
    let first = head(&vec![0; sheets.len()]).len();
    let bodies: Vec<Vec<u8>> =
        sheets.iter().map(|body| [begin(0x10), body.clone(), record(0x000A, &[])].concat()).collect();
    let starts: Vec<usize> = bodies
        .iter()
        .scan(first, |at, body| {
            let start = *at;
            *at += body.len();
            Some(start)
        })
        .collect();
    compound("Workbook", &[head(&starts), bodies.concat()].concat(), None)
}

/// A record of a binary workbook (xlsb): its number and its length in seven bits a byte.
pub fn brt(kind: u16, data: &[u8]) -> Vec<u8> {
    [head_of_brt(kind, data.len()), data.to_vec()].concat()
}

/// The header of a record that claims a number of bytes.
pub fn head_of_brt(kind: u16, length: usize) -> Vec<u8> {
    let mut out = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
    let mut rest = length;
    loop {
        out.push((rest & 0x7F) as u8 | if rest > 0x7F { 0x80 } else { 0 });
        rest >>= 7;
        if rest == 0 {
            return out;
        }
    }
}

/// An xlsb workbook with a number of sheets that are all the same part.
pub fn xlsb(sheets: usize, part: &str, sheet: Part) -> Vec<u8> {
    let wide = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        (text.len() as u32).to_le_bytes().into_iter().chain(units).collect::<Vec<u8>>()
    };
    let entry = |at: usize| brt(0x9C, &[vec![0; 8], wide("r1"), wide(&format!("s{at}"))].concat());
    let entries: Vec<u8> = (0..sheets).flat_map(entry).collect();
    let book = [brt(0x83, &[]), brt(0x8F, &[]), entries, brt(0x90, &[]), brt(0x9D, &[])].concat();
    let relations = format!("<Relationships><Relationship Id='r1' Target='{part}'/></Relationships>");
    zip(&[Part::new("xl/workbook.bin", &book), Part::new("xl/_rels/workbook.bin.rels", relations.as_bytes()), sheet])
}

/// The records before the cells of an xlsb worksheet.
pub fn xlsb_head() -> Vec<u8> {
    [brt(0x81, &[]), brt(0x94, &[0; 16]), brt(0x91, &[])].concat()
}

/// A Word 97-2003 document whose text is one stretch of single-byte characters, named by a number of pieces, with all its
/// paragraphs of one kind: the property modifiers given.
pub fn doc(text: &[u8], pieces: u32, paragraphs: &[u8]) -> Vec<u8> {
    const TEXT: u32 = 2048;
    const PAGE: usize = 512;
    let count = pieces * text.len() as u32;
    let mut table: Vec<u8> = (0..=pieces).flat_map(|at| (at * text.len() as u32).to_le_bytes()).collect();
    for _ in 0..pieces {
        table.extend([0, 0]);
        table.extend(((TEXT * 2) | 0x4000_0000).to_le_bytes());
        table.extend([0, 0]);
    }
    let pieces_end = table.len() as u32;
    table.splice(0..0, [vec![2], pieces_end.to_le_bytes().to_vec()].concat());
    let pieces_end = table.len() as u32;
    // One page of paragraph properties for all of the text (MS-DOC 2.9.175).
    let mut stream = vec![0; TEXT as usize];
    stream.extend(text);
    stream.resize(stream.len().next_multiple_of(PAGE), 0);
    let page = (stream.len() / PAGE) as u32;
    let end = TEXT + text.len() as u32;
    for number in [TEXT, end, page] {
        table.extend(number.to_le_bytes());
    }
    let mut properties = [TEXT.to_le_bytes(), end.to_le_bytes()].concat();
    properties.push(100);
    properties.resize(200, 0);
    let with_style = [&[0, 0], paragraphs].concat();
    properties.extend([0, with_style.len().div_ceil(2) as u8]);
    properties.extend(with_style);
    properties.resize(PAGE - 1, 0);
    properties.push(1);
    stream.extend(properties);
    let mut put = |at: usize, bytes: &[u8]| stream[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &[0xEC, 0xA5, 0xC1, 0]);
    put(0x0A, &[0, 2]);
    put(0x20, &[14, 0]);
    put(0x3E, &[22, 0]);
    put(0x4C, &count.to_le_bytes());
    put(0x98, &[93, 0]);
    put(0x0102, &[pieces_end.to_le_bytes(), 12u32.to_le_bytes()].concat());
    put(0x01A2, &[0u32.to_le_bytes(), pieces_end.to_le_bytes()].concat());
    compound("WordDocument", &stream, Some(("1Table", &table)))
}
