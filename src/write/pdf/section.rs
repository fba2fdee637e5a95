//! Objects as the bytes of a file, with the cross-reference stream that gives the place of each.
//!
//! A document has two sections: its form's, made once, and its report's, whose cross-reference stream points back to the
//! first. lopdf writes whole documents only, so sections are written here.
//!
//! Source: ISO 32000-1, 7.5.7 (object streams) and 7.5.8 (cross-reference streams).

use lopdf::ObjectId;

use super::object::{self, Written};
use crate::deflate::{Effort, deflated};

/// Bytes of an entry in a cross-reference stream: one for its kind, four for an offset or a stream, two for an index there.
const WIDTH: usize = 7;
/// Entries from which on deflating the stream pays.
const MANY: usize = 128;
/// The PNG predictor that subtracts the entry above.
const UP: i64 = 12;

/// Where an object is.
enum Place {
    /// At an offset in the file.
    Offset(usize),
    /// In an object stream, at an index.
    Packed(u32, usize),
}

/// A part of a file that ends in a cross-reference stream.
pub(super) struct Section {
    /// Its offset in the file.
    start: usize,
    effort: Effort,
    bytes: Vec<u8>,
    places: Vec<(u32, Place)>,
}

impl Section {
    /// A section at an offset in the file, and the effort with which it deflates.
    pub(super) fn new(start: usize, effort: Effort) -> Self {
        let mut section = Self { start, effort, bytes: Vec::with_capacity(16 * 1024), places: Vec::new() };
        if start == 0 {
            // Bytes above 127 tell file transfer programs that this is binary.
            section.bytes.extend_from_slice(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        }
        section
    }

    /// What it has so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn place(&self) -> usize {
        self.start + self.bytes.len()
    }

    fn begin(&mut self, (id, _): ObjectId) {
        self.places.push((id, Place::Offset(self.place())));
        object::integer(i64::from(id), &mut self.bytes);
        self.bytes.extend_from_slice(b" 0 obj\n");
    }

    /// Adds a stream as it is; `entries` are those of its dictionary without its length.
    pub(super) fn stream(&mut self, id: ObjectId, entries: &[u8], content: &[u8]) {
        self.begin(id);
        self.bytes.reserve(entries.len() + content.len() + 64);
        self.bytes.extend_from_slice(b"<<");
        self.bytes.extend_from_slice(entries);
        self.bytes.extend_from_slice(b"/Length ");
        object::integer(content.len() as i64, &mut self.bytes);
        self.bytes.extend_from_slice(b">>stream\n");
        self.bytes.extend_from_slice(content);
        // CR LF, so that a content that ends in CR keeps it.
        self.bytes.extend_from_slice(b"\r\nendstream\nendobj\n");
    }

    /// Adds objects other than streams, deflated together in an object stream of the given id.
    pub(super) fn packed(&mut self, stream: ObjectId, objects: &[Written]) -> std::io::Result<()> {
        let mut bytes = Vec::with_capacity(objects.iter().map(|(_, object)| object.len() + 12).sum());
        let mut place = 0;
        for (number, ((id, _), object)) in objects.iter().enumerate() {
            object::integer(i64::from(*id), &mut bytes);
            bytes.push(b' ');
            object::integer(place as i64, &mut bytes);
            bytes.push(b' ');
            place += object.len() + 1;
            self.places.push((*id, Place::Packed(stream.0, number)));
        }
        let first = bytes.len();
        for (_, object) in objects {
            bytes.extend_from_slice(object);
            bytes.push(b' ');
        }
        let entries = format!("/Type/ObjStm/N {}/First {first}/Filter/FlateDecode", objects.len());
        self.stream(stream, entries.as_bytes(), &deflated(&bytes, self.effort)?);
        Ok(())
    }

    /// Ends the section with its cross-reference stream, whose id is the greatest so far.
    ///
    /// `trailer` are the entries of a trailer; `previous` is the offset of the cross-reference stream before. Returns the
    /// bytes and the offset of this one.
    pub(super) fn end(
        mut self,
        id: ObjectId,
        mut trailer: Vec<u8>,
        previous: Option<usize>,
    ) -> std::io::Result<(Vec<u8>, usize)> {
        // The stream lists itself too.
        let here = self.place();
        self.places.push((id.0, Place::Offset(here)));
        let mut places = std::mem::take(&mut self.places);
        places.sort_by_key(|(id, _)| *id);
        let mut table: Vec<[u8; WIDTH]> = Vec::with_capacity(places.len());
        trailer.extend_from_slice(format!("/Type/XRef/Size {}/W[1 4 2]/Index[", id.0 + 1).as_bytes());
        for (number, run) in places.chunk_by(|one, next| one.0 + 1 == next.0).enumerate() {
            if number > 0 {
                trailer.push(b' ');
            }
            trailer.extend_from_slice(format!("{} {}", run[0].0, run.len()).as_bytes());
            for (_, place) in run {
                let (kind, first, second) = match place {
                    Place::Offset(offset) => (1, *offset as u32, 0),
                    Place::Packed(stream, number) => (2, *stream, *number as u16),
                };
                let mut entry = [kind; WIDTH];
                entry[1..5].copy_from_slice(&first.to_be_bytes());
                entry[5..].copy_from_slice(&second.to_be_bytes());
                table.push(entry);
            }
        }
        trailer.push(b']');
        if let Some(previous) = previous {
            trailer.extend_from_slice(format!("/Prev {previous}").as_bytes());
        }
        // Few entries are hardly shorter deflated.
        let table = if table.len() > MANY {
            let filter = format!("/Filter/FlateDecode/DecodeParms<</Predictor {UP}/Columns {WIDTH}>>");
            trailer.extend_from_slice(filter.as_bytes());
            deflated(&differences(&table), self.effort)?
        } else {
            table.concat()
        };
        self.stream(id, &trailer, &table);
        Ok((self.bytes, here))
    }
}

/// Entries of a cross-reference stream as differences from the one before, byte by byte. For objects packed one after the
/// other the difference is always the same.
///
/// Source: ISO 32000-1, 7.4.4.4, and PNG, filter type 2.
fn differences(table: &[[u8; WIDTH]]) -> Vec<u8> {
    let mut above = &[0; WIDTH];
    let mut out = Vec::with_capacity(table.len() * (WIDTH + 1));
    for entry in table {
        out.push(2);
        out.extend(entry.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(*above)));
        above = entry;
    }
    out
}
