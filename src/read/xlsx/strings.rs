//! Shared strings and the text of string items, which can be plain, in formatted runs, and with phonetic hints.
//!
//! In: the shared strings part. Out: [`SharedStrings`]. Called by [`super::read`] and `worksheet`. Source: ECMA-376
//! Part 1, 18.4, and 22.9.2.19 `ST_Xstring` for `_x000D_`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::error::Result;
use crate::limit;

use super::error::ends_early;
use super::events::{Element, Event, Events, whole_number};

/// The shared strings of a workbook, in one buffer.
#[derive(Default)]
pub(super) struct SharedStrings {
    text: String,
    /// The end of each string.
    ends: Vec<usize>,
    /// The struck-out text that strings had, by their index.
    struck: BTreeMap<usize, String>,
}

impl SharedStrings {
    pub(super) fn read(part: &[u8]) -> Result<Self> {
        let mut events = Events::of(part);
        let mut strings = Self::default();
        loop {
            match events.next()? {
                Event::Start(element) => match element.name {
                    b"si" => {
                        let struck = push_item(&mut events, b"si", &mut strings.text)?;
                        if !struck.is_empty() {
                            strings.struck.insert(strings.ends.len(), struck);
                        }
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

    /// The struck-out text that a string had.
    pub(super) fn struck(&self, index: usize) -> &str {
        self.struck.get(&index).map_or("", String::as_str)
    }
}

/// Properties of a run of text.
#[derive(Default)]
struct Run {
    struck: bool,
    /// Raised or lowered.
    raised: bool,
}

impl Run {
    fn add(&mut self, property: &Element<'_>) {
        let value = property.raw_attribute(b"val");
        match property.name {
            b"strike" => self.struck = !matches!(value, Some(b"0" | b"false" | b"off")),
            b"vertAlign" => self.raised = value.is_some_and(|value| value != b"baseline"),
            _ => {}
        }
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
///
/// Returns the struck-out text, which is not added. A raised digit is apart from the digits next to it.
pub(super) fn push_item(events: &mut Events<'_>, item: &[u8], out: &mut String) -> Result<String> {
    let start = out.len();
    let (mut in_phonetic, mut run, mut after_raised, mut struck) = (false, Run::default(), false, String::new());
    if let Some(text) = events.plain_element(b"t") {
        push_text(&text, false, out);
    }
    loop {
        match events.next()? {
            Event::Start(element) => match element.name {
                b"t" if !in_phonetic => {
                    let preserved = element.raw_attribute(b"space") == Some(b"preserve");
                    let text = events.content(b"t")?;
                    if run.struck {
                        push_text(&text, preserved, &mut struck);
                        continue;
                    }
                    let is_digit = |c: char| c.is_ascii_digit();
                    let seam = (run.raised || after_raised) && text.trim_start().starts_with(is_digit);
                    if seam && out[start..].ends_with(is_digit) {
                        out.push(' ');
                    }
                    push_text(&text, preserved, out);
                    after_raised = run.raised;
                }
                b"r" => run = Run::default(),
                b"strike" | b"vertAlign" => run.add(&element),
                b"rPh" => in_phonetic = true,
                _ => {}
            },
            Event::End(name) => match name {
                b"rPh" => in_phonetic = false,
                name if name == item => return Ok(struck),
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
