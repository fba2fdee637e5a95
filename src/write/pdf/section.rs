//! Objects into the bytes of a file, with the cross-reference stream that says where each stands.
//!
//! A document here is two sections: its form's, made once, and its report's, whose cross-reference stream points back to
//! the first. lopdf writes whole documents only, with all places counted anew; so the sections are written here.
//!
//! Source: ISO 32000-1, 7.5.7 (object streams) and 7.5.8 (cross-reference streams).

use lopdf::ObjectId;

use super::object::{self, Written};
use crate::deflate::{Effort, deflated};

/// Bytes of an entry in a cross-reference stream: its kind, four for an offset or a stream, two for a number there.
const WIDTH: usize = 7;
/// So many entries are worth being deflated.
const MANY: usize = 128;
/// The predictor of PNG that takes the entry above away.
const UP: i64 = 12;

/// Where an object stands.
enum Place {
    /// By itself, so many bytes into the file.
    Offset(usize),
    /// In an object stream, by its number there.
    Packed(u32, usize),
}

/// A stretch of a file that ends in a cross-reference stream.
pub(super) struct Section {
    /// Where in the file it starts.
    start: usize,
    effort: Effort,
    bytes: Vec<u8>,
    places: Vec<(u32, Place)>,
}

impl Section {
    /// A section that starts so many bytes into the file, and how much time what it deflates may take.
    pub(super) fn new(start: usize, effort: Effort) -> Self {
        let mut section = Self { start, effort, bytes: Vec::with_capacity(16 * 1024), places: Vec::new() };
        if start == 0 {
            // Bytes above 127 tell programs that move files that this is no text.
            section.bytes.extend_from_slice(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        }
        section
    }

    fn place(&self) -> usize {
        self.start + self.bytes.len()
    }

    fn begin(&mut self, (id, _): ObjectId) {
        self.places.push((id, Place::Offset(self.place())));
        object::integer(i64::from(id), &mut self.bytes);
        self.bytes.extend_from_slice(b" 0 obj\n");
    }

    /// Adds a stream as it is; `entries` are those of its dictionary but its length.
    pub(super) fn stream(&mut self, id: ObjectId, entries: &[u8], content: &[u8]) {
        self.begin(id);
        self.bytes.reserve(entries.len() + content.len() + 64);
        self.bytes.extend_from_slice(b"<<");
        self.bytes.extend_from_slice(entries);
        self.bytes.extend_from_slice(b"/Length ");
        object::integer(content.len() as i64, &mut self.bytes);
        self.bytes.extend_from_slice(b">>stream\n");
        self.bytes.extend_from_slice(content);
        // Both characters of a line end, so that content that ends in the first cannot be taken for a part of it.
        self.bytes.extend_from_slice(b"\r\nendstream\nendobj\n");
    }

    /// Adds objects that are no streams, deflated together in an object stream of the given id.
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

    /// Ends the section with its cross-reference stream, the object of the greatest id so far.
    ///
    /// `trailer` are the entries of a trailer; `previous` is the place of the cross-reference stream before. Gives back the bytes
    /// and the place of this one.
    pub(super) fn end(
        mut self,
        id: ObjectId,
        mut trailer: Vec<u8>,
        previous: Option<usize>,
    ) -> std::io::Result<(Vec<u8>, usize)> {
        // The stream says where it stands itself.
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
        // A handful of places takes less time and hardly more room as they are.
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

/// Entries of a cross-reference stream by what differs from the one before, byte by byte: for objects packed one after
/// the other, always the same.
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
