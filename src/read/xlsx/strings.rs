//! Shared strings and the text of string items, which can be plain, in formatted runs, and with phonetic hints.
//!
//! In: the shared strings part. Out: [`SharedStrings`]. Called by [`super::read`] and `worksheet`. Source: ECMA-376
//! Part 1, 18.4, and 22.9.2.19 `ST_Xstring` for `_x000D_`.

use std::borrow::Cow;

use crate::error::Result;
use crate::limit;

use super::error::ends_early;
use super::events::{Event, Events, whole_number};

/// The shared strings of a workbook, in one buffer.
#[derive(Default)]
pub(super) struct SharedStrings {
    text: String,
    /// The end of each string.
    ends: Vec<usize>,
}

impl SharedStrings {
    pub(super) fn read(part: &[u8]) -> Result<Self> {
        let mut events = Events::of(part);
        let mut strings = Self::default();
        loop {
            match events.next()? {
                Event::Start(element) => match element.name {
                    b"si" => {
                        push_item(&mut events, b"si", &mut strings.text)?;
                        strings.ends.push(strings.text.len());
                        count(strings.ends.len() as u64)?;
                    }
                    b"sst" => {
                        count(element.raw_attribute(b"uniqueCount").and_then(whole_number).unwrap_or(0))?;
                    }
                    _ => {}
                },
                Event::End(b"sst") => return Ok(strings),
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(index)?)
    }
}

/// Checks the number of strings, found or declared, against the limit.
fn count(strings: u64) -> Result<()> {
    match strings > limit::SHARED_STRINGS {
        true => Err(limit::too_large("@format.many_strings", limit::SHARED_STRINGS)),
        false => Ok(()),
    }
}

/// Adds the text of a string item with its runs, but without phonetic hints. Moves past its end tag.
pub(super) fn push_item(events: &mut Events<'_>, item: &[u8], out: &mut String) -> Result<()> {
    let mut in_phonetic = false;
    if let Some(text) = events.plain_element(b"t") {
        push_text(&text, false, out);
    }
    loop {
        match events.next()? {
            Event::Start(element) => match element.name {
                b"t" if !in_phonetic => {
                    let preserved = element.raw_attribute(b"space") == Some(b"preserve");
                    push_text(&events.content(b"t")?, preserved, out);
                }
                b"rPh" => in_phonetic = true,
                _ => {}
            },
            Event::End(name) => match name {
                b"rPh" => in_phonetic = false,
                name if name == item => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

fn push_text(text: &str, preserved: bool, out: &mut String) {
    let text = if preserved { text } else { text.trim_matches([' ', '\t', '\r', '\n']) };
    out.push_str(&without_escapes(text));
}

/// Replaces escapes like `_x000D_`, for characters that XML cannot contain.
pub(super) fn without_escapes(text: &str) -> Cow<'_, str> {
    // Few texts contain an underscore, and the search for it is fast.
    if !text.contains('_') {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.match_indices("_x").find_map(|(at, _)| escape(text, at).map(|_| at)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut at = 0;
    let mut next = Some(first);
    while let Some(start) = next {
        if start > at {
            flush(&mut units, &mut out);
            out.push_str(&text[at..start]);
        }
        units.extend(escape(text, start));
        at = start + ESCAPE;
        next = text[at..].match_indices("_x").map(|(found, _)| at + found).find(|found| escape(text, *found).is_some());
    }
    flush(&mut units, &mut out);
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// The length of an escape.
const ESCAPE: usize = "_x000D_".len();

/// The UTF-16 code unit of an escape at this position.
fn escape(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + ESCAPE)?.strip_prefix("_x")?.strip_suffix('_')?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Adds consecutive code units as characters. An unpaired surrogate becomes U+FFFD.
fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}
