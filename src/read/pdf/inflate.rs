//! Measures streams before they are inflated.
//!
//! In: the bytes of a file, and its streams. Out: nothing, or [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
//!
//! `hayro-syntax` inflates a stream whole, whatever its size. A kilobyte can become a megabyte, and streams of objects are
//! inflated as soon as the file is opened. So [`Inflated::scan`] measures all streams in the bytes of the file before it
//! is opened, except images, which nobody inflates; [`Inflated::take`] measures each stream again when it is used, since
//! an encrypted file shows its streams only then, and one stream can be used many times.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};
use hayro_syntax::Filter;
use hayro_syntax::object::stream::Stream;
use memchr::memmem;

use crate::deflate::DEFLATE_RATIO;
use crate::error::{Error, Result};
use crate::limit;
use crate::read::Format;

/// The most bytes that a byte becomes: of LZW, by the entries of its table, which grow by one byte for each code; of run
/// lengths, 128 for two.
const LZW_RATIO: u64 = 1400;
const RUN_RATIO: u64 = 64;

/// The longest dictionary of a stream that is searched for what the stream is.
const DICTIONARY: usize = 1 << 13;

/// The most bytes in the dictionaries of all streams.
const DICTIONARIES: usize = 1 << 26;

/// Counts inflated bytes.
pub(super) struct Inflated {
    left: u64,
    inflater: Decompress,
    buffer: Vec<u8>,
}

/// Whether a stream is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    Cut,
}

impl Inflated {
    pub(super) fn new() -> Self {
        Self::up_to(limit::INFLATED)
    }

    fn up_to(left: u64) -> Self {
        Self { left, inflater: Decompress::new(false), buffer: vec![0; 1 << 15] }
    }

    fn count(&mut self, bytes: u64) -> Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }

    /// Measures the streams in the bytes of a file.
    pub(super) fn scan(&self, bytes: &[u8]) -> Result<()> {
        let is_encrypted = memmem::find(bytes, b"/Encrypt").is_some();
        let mut measured = Self::up_to(self.left);
        let mut searched = 0;
        let mut end = 0;
        for at in memmem::find_iter(bytes, b"stream") {
            if bytes[..at].ends_with(b"end") {
                continue;
            }
            if end <= at {
                end = memmem::find(&bytes[at..], b"endstream").map_or(bytes.len(), |found| at + found);
            }
            let head = &bytes[at.saturating_sub(DICTIONARY)..at];
            let start = memmem::rfind(head, b"obj");
            let is_long = start.is_none() && at > DICTIONARY;
            let dictionary = unescaped(&head[start.unwrap_or(0)..]);
            searched += dictionary.len();
            if searched > DICTIONARIES {
                return Err(limit::too_large("@format.many_parts", DICTIONARIES / DICTIONARY));
            }
            let has = |name: &[u8]| memmem::find(&dictionary, name).is_some();
            if has(b"Image") && !has(b"First") && !is_long {
                continue;
            }
            let mut content = bytes.get(at + b"stream".len()..end).unwrap_or_default();
            content = content.strip_prefix(b"\r").unwrap_or(content);
            content = content.strip_prefix(b"\n").unwrap_or(content);
            if is_encrypted && (has(b"ObjStm") || has(b"First") || is_long) {
                // What it holds shows only behind the password.
                measured.count(content.len() as u64 * DEFLATE_RATIO / 2)?;
                continue;
            }
            measured.measure(content, &filters(&dictionary))?;
        }
        Ok(())
    }

    /// Counts a stream that is about to be inflated.
    pub(super) fn take(&mut self, stream: &Stream<'_>) -> Result<Ending> {
        self.measure(&stream.raw_data(), &stream.filters())
    }

    fn measure(&mut self, raw: &[u8], filters: &[Filter]) -> Result<Ending> {
        let mut data = Cow::Borrowed(raw);
        let mut ending = Ending::Whole;
        let mut is_bound = false;
        for (index, filter) in filters.iter().enumerate() {
            let is_last = index + 1 == filters.len();
            // Of what such a filter makes, only the size is known.
            if is_bound && !matches!(filter, Filter::AsciiHexDecode | Filter::Ascii85Decode) {
                return Err(too_large());
            }
            match filter {
                Filter::AsciiHexDecode => data = Cow::Owned(hexadecimal(&data)),
                Filter::Ascii85Decode => data = Cow::Owned(ascii85(&data)),
                Filter::FlateDecode => {
                    let mut inflated = (!is_last).then(Vec::new);
                    let (size, own) = self.inflate(&data, inflated.as_mut())?;
                    self.count(size)?;
                    ending = own;
                    if let Some(inflated) = inflated {
                        data = Cow::Owned(inflated);
                    }
                }
                Filter::LzwDecode => {
                    self.count(data.len() as u64 * LZW_RATIO)?;
                    is_bound = true;
                }
                Filter::RunLengthDecode => {
                    self.count(data.len() as u64 * RUN_RATIO)?;
                    is_bound = true;
                }
                _ => break,
            }
        }
        if filters.is_empty() {
            self.count(raw.len() as u64)?;
        }
        Ok(ending)
    }

    /// The inflated size of deflated bytes, and whether they are complete.
    fn inflate(&mut self, data: &[u8], mut out: Option<&mut Vec<u8>>) -> Result<(u64, Ending)> {
        // The checksum of zlib at the end is often missing, so the bytes are read without.
        let is_zlib = matches!(data, [one, other, ..] if one & 15 == 8 && (u16::from(*one) << 8 | u16::from(*other)) % 31 == 0);
        let mut rest = if is_zlib { &data[2..] } else { data };
        let Self { left, inflater, buffer } = self;
        inflater.reset(false);
        loop {
            let (read, written) = (inflater.total_in(), inflater.total_out());
            let status = inflater.decompress(rest, buffer, FlushDecompress::None);
            let made = (inflater.total_out() - written) as usize;
            rest = &rest[(inflater.total_in() - read) as usize..];
            if let Some(out) = out.as_deref_mut() {
                out.extend_from_slice(&buffer[..made]);
            }
            if inflater.total_out() > *left {
                return Err(too_large());
            }
            match status {
                Ok(Status::StreamEnd) => return Ok((inflater.total_out(), Ending::Whole)),
                Ok(_) if made > 0 || inflater.total_in() > read => {}
                _ => return Ok((inflater.total_out(), Ending::Cut)),
            }
        }
    }
}

/// The error for a document that ends early.
pub(super) fn damaged() -> Error {
    Error::corrupt(Format::Pdf.word(), "@detail.ends_early")
}

fn too_large() -> Error {
    let limit = limit::megabytes(limit::INFLATED);
    limit::too_large(format!("> {limit}"), limit)
}

/// The bytes of a dictionary with `#53` in names written out.
fn unescaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'#') {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| bytes[at] == b'#') {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(plain)
}

/// The filters that a dictionary names, in their order. Without any, the stream is taken to be deflated: the name may be
/// elsewhere in the file.
fn filters(dictionary: &[u8]) -> Vec<Filter> {
    let names: [(&[u8], Filter); 9] = [
        (b"ASCIIHexDecode", Filter::AsciiHexDecode),
        (b"/AHx", Filter::AsciiHexDecode),
        (b"ASCII85Decode", Filter::Ascii85Decode),
        (b"/A85", Filter::Ascii85Decode),
        (b"LZWDecode", Filter::LzwDecode),
        (b"/LZW", Filter::LzwDecode),
        (b"RunLengthDecode", Filter::RunLengthDecode),
        (b"FlateDecode", Filter::FlateDecode),
        (b"DCTDecode", Filter::DctDecode),
    ];
    let mut found: Vec<(usize, Filter)> = Vec::new();
    for (name, filter) in names {
        found.extend(memmem::find_iter(dictionary, name).map(|at| (at, filter)));
    }
    found.sort_by_key(|(at, _)| *at);
    found.dedup_by(|next, before| next.1 == before.1 && next.0 < before.0 + 4);
    let mut filters: Vec<Filter> = found.into_iter().map(|(_, filter)| filter).collect();
    if filters.is_empty() {
        filters.push(Filter::FlateDecode);
    }
    filters
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|byte| **byte != b'>').filter_map(|byte| char::from(*byte).to_digit(16));
    let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(data.len());
    let mut group: Vec<u8> = Vec::with_capacity(5);
    let write = |group: &mut Vec<u8>, bytes: &mut Vec<u8>| {
        let count = group.len();
        group.resize(5, 84);
        let value = group.iter().fold(0u32, |value, digit| value.wrapping_mul(85).wrapping_add(u32::from(*digit)));
        bytes.extend_from_slice(&value.to_be_bytes()[..count.saturating_sub(1)]);
        group.clear();
    };
    for byte in data {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => bytes.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => {}
        }
        if group.len() == 5 {
            write(&mut group, &mut bytes);
        }
    }
    write(&mut group, &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn deflated(size: usize) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![0; 1 << 20];
        for _ in 0..size >> 20 {
            writer.write_all(&zeros).unwrap();
        }
        writer.finish().unwrap()
    }

    fn file(dictionary: &str, content: &[u8]) -> Vec<u8> {
        let mut file = format!("%PDF-1.7\n1 0 obj\n<<{dictionary}>>\nstream\n").into_bytes();
        file.extend_from_slice(content);
        file.extend_from_slice(b"\nendstream\nendobj\n");
        file
    }

    #[test]
    fn streams_that_inflate_too_much_are_refused_before_they_do() {
        let bomb = deflated(5 << 20);
        let scan = |bytes: &[u8]| Inflated::up_to(4 << 20).scan(bytes).is_ok();
        assert!(scan(&file("/Filter /FlateDecode", &deflated(1 << 20))));
        for dictionary in [
            "/Filter /FlateDecode",
            "/Filter/#46lateDecode /Type/ObjStm",
            "/Filter 7 0 R",
            "/Subtype/Image /First 1 /Filter/FlateDecode",
        ] {
            assert!(!scan(&file(dictionary, &bomb)), "{dictionary}");
        }
        assert!(scan(&file("/Subtype /Image /Filter /FlateDecode", &bomb)), "nobody inflates images");
        let hex: String = bomb.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!scan(&file("/Filter [/ASCIIHexDecode /FlateDecode]", hex.as_bytes())));
        let mut many = Vec::new();
        (0..3).for_each(|_| many.extend(file("/Filter /FlateDecode", &deflated(2 << 20))));
        assert!(!scan(&many), "together");
    }

    #[test]
    fn a_cut_stream_is_known() {
        let whole = deflated(1 << 20);
        let mut inflated = Inflated::new();
        assert_eq!(inflated.measure(&whole, &[Filter::FlateDecode]).unwrap(), Ending::Whole);
        assert_eq!(inflated.measure(&whole[..whole.len() - 4], &[Filter::FlateDecode]).unwrap(), Ending::Whole);
        assert_eq!(inflated.measure(&whole[..whole.len() / 2], &[Filter::FlateDecode]).unwrap(), Ending::Cut);
        assert_eq!(ascii85(b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(hexadecimal(b"48 65 6c6>"), b"Hel`");
    }
}
