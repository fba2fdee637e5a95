//! The attachments of mail (eml). A mail with a table in its text is a file to read too.
//!
//! Source: RFC 5322, RFC 2045 and 2183. `mail-parser` parses the message.

use mail_parser::{MessageParser, MessagePart, MimeHeaders, PartType};

use crate::error::ErrorKind;
use crate::read::mht;

use super::collector::Collector;
use super::name;
use super::opened::{Opened, corrupt, too_large};

/// The fewest cells of a page, or numbers of a text, that may be a table of statistics. Signatures are in small tables.
const CELLS: usize = 20;

/// Whether a page may have a table of statistics.
pub(super) fn has_cells(page: &str) -> bool {
    page.to_ascii_lowercase().matches("<td").nth(CELLS - 1).is_some()
}

/// Whether a text may have a table of statistics: numbers by themselves.
pub(super) fn has_numbers(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '|' | '｜' | ',' | '，' | '、'));
    let is_number =
        |word: &&str| (1..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    words.filter(is_number).nth(CELLS - 1).is_some()
}

/// Adds the attachments of a mail. `None` if the bytes are no mail or there are none.
pub(super) fn unpack(name: &str, bytes: &[u8], collector: &mut Collector) -> Option<Opened> {
    let is_named = name.to_ascii_lowercase().ends_with(".eml");
    let head = &bytes[..bytes.len().min(if is_named { 1 << 16 } else { 2048 })];
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|found| found.eq_ignore_ascii_case(mark));
    if !holds(b"content-type:") || !(is_named || holds(b"mime-version:")) || mht::check_size(bytes).is_err() {
        return None;
    }
    let message = MessageParser::default().parse(bytes)?;
    let files = message.parts.iter().filter(|part| is_attached(part));
    let has_page = message.html_bodies().any(|page| match &page.body {
        PartType::Html(text) => has_cells(text),
        PartType::Text(text) => has_numbers(text),
        _ => false,
    });
    let mut error = None;
    for (at, part) in files.enumerate() {
        let name = part.attachment_name().map_or_else(|| unnamed(part, at), str::to_owned);
        // Some programs write names as bare bytes of code page 936.
        let name = if name.contains('\u{fffd}') { bare_name(part, bytes).unwrap_or(name) } else { name };
        if let Err(found) = collector.add(name, content(part, collector.room())) {
            error = Some(found);
            break;
        }
    }
    (!collector.is_empty()).then_some(Opened { error, has_page })
}

fn content(part: &MessagePart<'_>, room: u64) -> Result<Vec<u8>, ErrorKind> {
    if part.is_encoding_problem {
        return Err(corrupt("attachment", "@detail.structure"));
    }
    let bytes = match &part.body {
        PartType::Message(message) => message.raw_message(),
        _ => part.contents(),
    };
    if bytes.len() as u64 > room { Err(too_large(bytes.len() as u64)) } else { Ok(bytes.to_vec()) }
}

/// Whether a part is a file that somebody attached. Pictures within a page have a place in it, and the parts of a web archive
/// are no files.
fn is_attached(part: &MessagePart<'_>) -> bool {
    if matches!(part.body, PartType::Multipart(_)) {
        return false;
    }
    let is_declared = part.content_disposition().is_some_and(|kind| kind.is_attachment());
    let is_in_page = part.content_location().is_some() || part.content_id().is_some();
    is_declared
        || matches!(part.body, PartType::Message(_))
        || (part.attachment_name().is_some()
            && !(is_in_page && part.content_type().is_some_and(|kind| kind.ctype() == "image")))
            && part.content_location().is_none()
}

/// The name in the header of a part as it is written.
fn bare_name(part: &MessagePart<'_>, bytes: &[u8]) -> Option<String> {
    let head = bytes.get(part.offset_header as usize..part.offset_body as usize)?;
    let start = head.windows(6).position(|found| found.eq_ignore_ascii_case(b"name=\""))? + 6;
    let name = &head[start..];
    Some(name::decode(&name[..name.iter().position(|byte| *byte == b'"')?]))
}

/// A name for a file that has none: the subject of a forwarded mail.
fn unnamed(part: &MessagePart<'_>, at: usize) -> String {
    match &part.body {
        PartType::Message(message) => {
            let subject = message.subject().map(str::trim).filter(|subject| !subject.is_empty());
            format!(
                "{}.eml",
                subject.map_or_else(|| format!("{}", at + 1), |subject| subject.replace(['/', '\\'], "_"))
            )
        }
        _ => format!("{}", at + 1),
    }
}
