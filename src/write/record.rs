//! Records of CSV in an encoding.

use std::borrow::Cow;

use encoding_rs::{EncoderResult, Encoding, UTF_8};

use crate::error::{Error, ErrorKind, Result};
use crate::text::neutral::neutral;
use crate::write::failed;

/// One record, ended by CR LF.
///
/// # Errors
/// [`ErrorKind::Unencodable`] for a character that the encoding lacks.
pub(crate) fn record(fields: &[impl AsRef<str>], encoding: &'static Encoding) -> Result<Vec<u8>> {
    // Names of files may have characters that steer a terminal.
    let fields: Vec<_> = fields.iter().map(|field| neutral(field.as_ref())).collect();
    let encoded = |field| encode(field, encoding).map_err(|lacking| unencodable(lacking, encoding, field));
    let fields = fields.iter().map(|field| encoded(&**field)).collect::<Result<Vec<_>>>()?;
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(fields).map_err(|error| failed("CSV", error))?;
    writer.into_inner().map_err(|error| failed("CSV", error.into_error()))
}

/// Text in the bytes of an encoding that can be written, or the first character that the encoding lacks.
pub(super) fn encode<'t>(text: &'t str, encoding: &'static Encoding) -> Result<Cow<'t, [u8]>, char> {
    if encoding == UTF_8 {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    let mut encoder = encoding.new_encoder();
    let room = encoder.max_buffer_length_from_utf8_without_replacement(text.len()).unwrap_or(text.len() * 4);
    let mut bytes = Vec::with_capacity(room);
    match encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true).0 {
        EncoderResult::Unmappable(character) => Err(character),
        EncoderResult::InputEmpty | EncoderResult::OutputFull => Ok(Cow::Owned(bytes)),
    }
}

/// The error for a character that an encoding lacks, in a text.
pub(super) fn unencodable(character: char, encoding: &'static Encoding, text: &str) -> Error {
    let encoding = encoding.name().to_owned();
    Error::new(ErrorKind::Unencodable { encoding, character, text: text.to_owned() })
}
