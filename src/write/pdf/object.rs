//! PDF objects as bytes. lopdf has the model of objects, but writes whole documents only.
//!
//! What each report has of its own is written as bytes; what a form has once is a lopdf object first.
//!
//! Source: ISO 32000-1, 7.3.

use lopdf::{Dictionary, Object, ObjectId};

use crate::error::{Error, ErrorKind};

/// Writes an object. [`Section`](super::section::Section) writes streams, which are never part of other objects.
pub(super) fn write(object: &Object, out: &mut Vec<u8>) {
    match object {
        Object::Null | Object::Stream(_) => out.extend_from_slice(b"null"),
        Object::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Object::Integer(value) => integer(*value, out),
        Object::Real(value) => decimal(*value, out),
        Object::Name(text) => name(text, out),
        Object::String(text, _) => string(text, out),
        Object::Array(objects) => {
            out.push(b'[');
            for (at, object) in objects.iter().enumerate() {
                if at > 0 && needs_space(object) {
                    out.push(b' ');
                }
                write(object, out);
            }
            out.push(b']');
        }
        Object::Dictionary(entries) => dictionary(entries, out),
        Object::Reference(id) => {
            out.reference(*id);
        }
    }
}

/// The error of a document that cannot be written.
pub(super) fn failed(detail: impl ToString) -> Error {
    Error::new(ErrorKind::Write { format: "PDF".to_owned(), detail: detail.to_string() })
}

/// An object as bytes, with its id.
pub(super) type Written = (ObjectId, Vec<u8>);

/// Appends the pieces of an object. A document has thousands of them, and `format!` takes ten times as long.
pub(super) trait Put {
    /// Appends text as it is.
    fn put(&mut self, text: &str) -> &mut Self;
    /// Appends a whole number.
    fn number(&mut self, number: usize) -> &mut Self;
    /// Appends a reference to an object.
    fn reference(&mut self, id: ObjectId) -> &mut Self;
    /// Appends references to objects, separated by spaces.
    fn references(&mut self, ids: &[ObjectId]) -> &mut Self;
}

impl Put for Vec<u8> {
    fn put(&mut self, text: &str) -> &mut Self {
        self.extend_from_slice(text.as_bytes());
        self
    }

    fn number(&mut self, number: usize) -> &mut Self {
        integer(number as i64, self);
        self
    }

    fn reference(&mut self, (id, generation): ObjectId) -> &mut Self {
        self.number(id as usize).put(" ").number(generation.into()).put(" R")
    }

    fn references(&mut self, ids: &[ObjectId]) -> &mut Self {
        for (at, id) in ids.iter().enumerate() {
            self.put(if at > 0 { " " } else { "" }).reference(*id);
        }
        self
    }
}

/// An object as bytes.
pub(super) fn written(object: &Object) -> Vec<u8> {
    let mut out = Vec::new();
    write(object, &mut out);
    out
}

fn dictionary(dictionary: &Dictionary, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<<");
    entries(dictionary, out);
    out.extend_from_slice(b">>");
}

/// Writes the entries of a dictionary, without the brackets around them.
pub(super) fn entries(dictionary: &Dictionary, out: &mut Vec<u8>) {
    for (key, value) in dictionary {
        name(key, out);
        if needs_space(value) {
            out.push(b' ');
        }
        write(value, out);
    }
}

/// Whether an object begins with a regular character, which would join the one before.
fn needs_space(object: &Object) -> bool {
    !matches!(object, Object::Name(_) | Object::String(..) | Object::Array(_) | Object::Dictionary(_))
}

/// Writes a name.
pub(super) fn name(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &byte in text {
        if is_regular(byte) {
            out.push(byte);
        } else {
            out.push(b'#');
            hexadecimal(byte, out);
        }
    }
}

/// Whether a name may contain a byte as it is.
fn is_regular(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%' | b'#')
}

/// Writes a string.
pub(super) fn string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'(');
    for &byte in text {
        match byte {
            b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            // Readers turn a bare carriage return into a line feed.
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => out.push(byte),
        }
    }
    out.push(b')');
}

/// A byte as two hexadecimal digits.
pub(super) fn hexadecimal(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

/// A whole number.
pub(super) fn integer(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A number with up to three decimals.
pub(super) fn decimal(number: f32, out: &mut Vec<u8>) {
    thousandths((f64::from(number) * 1000.0).round() as i64, out);
}

/// A number of thousandths as a decimal.
pub(super) fn thousandths(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    integer((number / 1000).saturating_abs(), out);
    let rest = number.unsigned_abs() % 1000;
    if rest > 0 {
        out.push(b'.');
        for (part, divisor) in [(rest, 100), (rest % 100, 10), (rest % 10, 1)] {
            if part == 0 {
                break;
            }
            out.push(b'0' + (part / divisor) as u8);
        }
    }
}

/// A text string: ASCII as it is, anything else in UTF-16 with a byte order mark.
pub(super) fn text_string(text: &str) -> Object {
    if text.is_ascii() { Object::string_literal(text) } else { Object::string_literal(utf16(text)) }
}

/// A text in UTF-16 with a byte order mark.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// Hundredths of a point from mm; more digits only make the file larger.
pub(super) fn hundredths(mm: f64) -> i64 {
    let hundredths = (mm / crate::layout::text::MM_PER_POINT * 100.0).round();
    // Beyond any paper, and within the limits of numbers in PDF.
    hundredths.clamp(-1e7, 1e7) as i64
}

/// Points from mm, to a hundredth.
pub(super) fn points(mm: f64) -> f32 {
    hundredths(mm) as f32 / 100.0
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (number, text) in [
            (0.0, "0"),
            (10.5, "10.5"),
            (-0.25, "-0.25"),
            (123.456, "123.456"),
            (7.005, "7.005"),
            (-3.0, "-3"),
            (100.02, "100.02"),
            (f32::NAN, "0"),
        ] {
            let mut out = Vec::new();
            decimal(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn objects_are_read_back_as_they_were() {
        let object = Object::Dictionary(dictionary! {
            "A b#" => Object::string_literal(&b"(\\\r\n)\x00\xfe"[..]),
            "B" => vec![1.into(), Object::Reference((3, 0)), "N".into(), Object::Null, true.into(), (-0.5).into()],
            "C" => dictionary! { "D" => -7, "E" => "F" },
        });
        let mut bytes = Vec::new();
        write(&object, &mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("/B[1 3 0 R/N null true -0.5]/C<</D -7/E/F>>"), "{text}");
        let mut file = b"%PDF-1.7\n1 0 obj\n".to_vec();
        file.extend(&bytes);
        let xref = file.len() + 8;
        file.extend(b"\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n");
        file.extend(format!("trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF").bytes());
        let document = lopdf::Document::load_mem(&file).unwrap();
        assert_eq!(document.get_object((1, 0)).unwrap(), &object);
    }
}
