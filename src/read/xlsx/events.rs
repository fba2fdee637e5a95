//! A fast pull parser for the XML in workbooks.
//!
//! In: a part of the package in UTF-8. Out: [`Event`]s that borrow from the part. Called by all other files of
//! [`super`].
//!
//! A worksheet is thousands of small elements, so parsing them dominates the cost of a workbook. `quick-xml` copies
//! each name, searches for each quote separately and validates each piece as UTF-8. One pass over the bytes takes half
//! the time. This parser handles only complete tags and plain text. Everything rare or broken (references, CDATA,
//! comments, declarations, truncated tags) goes to `quick-xml`. A property test compares the events of arbitrary text
//! with those of `quick-xml`.
//!
//! The name of an end tag is not compared with that of its start tag, because Excel opens files in which they differ.

use std::borrow::Cow;
use std::str::{FromStr, from_utf8};

use encoding_rs::UTF_8;
use memchr::memchr2;
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::unescape;
use quick_xml::events::BytesText;

use crate::error::Result;
use crate::read::markup::resolved;

use super::error::{corrupt, ends_early};

/// An event. An element without content (`<c/>`) has a start and an end.
#[derive(Debug, PartialEq)]
pub(super) enum Event<'t> {
    /// A start tag.
    Start(Element<'t>),
    /// An end tag, by its local name.
    End(&'t [u8]),
    /// Text with normalized line breaks. A reference is a text of its own.
    Text(Cow<'t, str>),
    /// A comment, declaration or the like.
    Other,
    /// The end of the part.
    Eof,
}

/// A start tag. The slices are UTF-8, kept as bytes to avoid checks of character boundaries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Element<'t> {
    /// The local name.
    pub name: &'t [u8],
    /// The text between the angle brackets.
    written: &'t [u8],
    /// The length of the qualified name.
    name_length: usize,
    quotes: Quotes,
}

/// The positions of the first quotes in a tag, so that reading attributes need not search for them again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Quotes {
    places: [u16; 2 * KNOWN],
    count: usize,
}

/// How many attributes have their quotes recorded: as many as any cell has.
const KNOWN: usize = 4;

/// Iterates over the events of a part.
pub(super) struct Events<'t> {
    part: &'t [u8],
    /// The part up to the first byte that is not UTF-8.
    text: &'t str,
    at: usize,
    /// The number of open elements.
    open: usize,
    /// The name of an element without content whose end comes next.
    ends_next: Option<&'t [u8]>,
}

impl<'t> Events<'t> {
    /// The events of a part in UTF-8. A byte order mark is skipped.
    pub(super) fn of(part: &'t [u8]) -> Self {
        let part = part.strip_prefix("\u{feff}".as_bytes()).unwrap_or(part);
        let text = match UTF_8.decode_without_bom_handling_and_without_replacement(part) {
            Some(Cow::Borrowed(text)) => text,
            _ => from_utf8(part).or_else(|error| from_utf8(&part[..error.valid_up_to()])).unwrap_or_default(),
        };
        Self { part, text, at: 0, open: 0, ends_next: None }
    }

    /// The next event. After the end, always [`Event::Eof`].
    ///
    /// # Errors
    /// [`Corrupt`](crate::ErrorKind::Corrupt) if the part is not XML, or for an end tag without a start tag.
    pub(super) fn next(&mut self) -> Result<Event<'t>> {
        if let Some(name) = self.ends_next.take() {
            return Ok(Event::End(name));
        }
        match &self.text.as_bytes()[self.at..] {
            [b'<', b'!' | b'?', ..] => self.other(),
            [b'<', b'/', inner @ ..] => match tag_length(inner, |_| {}) {
                Some(length) => self.end(&inner[..length]),
                None => self.other(),
            },
            [b'<', inner @ ..] => {
                let mut quotes = Quotes::default();
                match tag_length(inner, |place| quotes.note(place)) {
                    Some(length) => Ok(self.start(&inner[..length], quotes)),
                    None => self.other(),
                }
            }
            text => {
                let is_whole = self.text.len() == self.part.len();
                match memchr2(b'<', b'&', text).or(is_whole.then_some(text.len())) {
                    Some(length @ 1..) => Ok(Event::Text(self.text(length))),
                    _ => self.other(),
                }
            }
        }
    }

    /// Returns the next `length` bytes of text and moves past them.
    fn text(&mut self, length: usize) -> Cow<'t, str> {
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        BytesText::from_escaped(text).xml10_content()
    }

    /// The text of the element that has just started. Moves past its end tag.
    ///
    /// # Errors
    /// As [`Events::next`]; also if the part ends first.
    pub(super) fn content(&mut self, name: &[u8]) -> Result<Cow<'t, str>> {
        if let Some(text) = self.plain_content(name) {
            return Ok(text);
        }
        let mut content = Cow::Borrowed("");
        loop {
            match self.next()? {
                // Usually there is only one piece, which stays borrowed.
                Event::Text(piece) => content += piece,
                Event::End(ended) if ended == name => return Ok(content),
                Event::Eof => return Err(ends_early()),
                _ => {}
            }
        }
    }

    /// The same for an element that contains only text, as nearly all cells do.
    fn plain_content(&mut self, name: &[u8]) -> Option<Cow<'t, str>> {
        if self.ends_next.is_some() {
            return None;
        }
        let length = plain_length(&self.text.as_bytes()[self.at..], name)?;
        self.open = self.open.checked_sub(1)?;
        let text = self.text(length);
        self.at += name.len() + "</>".len();
        Some(text)
    }

    /// The text of the next element, if it has this name, no attributes and only text. Otherwise does not move.
    pub(super) fn plain_element(&mut self, name: &[u8]) -> Option<Cow<'t, str>> {
        if self.ends_next.is_some() {
            return None;
        }
        let inner = self.text.as_bytes()[self.at..].strip_prefix(b"<")?.strip_prefix(name)?.strip_prefix(b">")?;
        let length = plain_length(inner, name)?;
        self.at += name.len() + "<>".len();
        let text = self.text(length);
        self.at += name.len() + "</>".len();
        Some(text)
    }

    /// Handles a start tag, given the text between its angle brackets.
    fn start(&mut self, written: &'t [u8], quotes: Quotes) -> Event<'t> {
        self.at += written.len() + "<>".len();
        let (content, is_empty) = written.strip_suffix(b"/").map_or((written, false), |content| (content, true));
        let length = content.iter().position(|byte| is_white_space(*byte)).unwrap_or(content.len());
        let name = without_prefix(&content[..length]);
        if is_empty {
            self.ends_next = Some(name);
        } else {
            self.open += 1;
        }
        Event::Start(Element { name, written: content, name_length: length, quotes })
    }

    /// Handles an end tag, given the text after the slash.
    fn end(&mut self, written: &'t [u8]) -> Result<Event<'t>> {
        self.at += written.len() + "</>".len();
        // A name of white space only is kept for the error message.
        let length = written.iter().rposition(|byte| !is_white_space(*byte)).map_or(written.len(), |last| last + 1);
        let name = &written[..length];
        let unmatched = || {
            let name = String::from_utf8_lossy(name).into_owned();
            corrupt_by(Error::IllFormed(IllFormedError::UnmatchedEndTag(name)))
        };
        self.open = self.open.checked_sub(1).ok_or_else(unmatched)?;
        Ok(Event::End(without_prefix(name)))
    }

    /// Passes everything else to `quick-xml`, including errors.
    fn other(&mut self) -> Result<Event<'t>> {
        use quick_xml::events::Event as Read;
        let mut reader = Reader::from_reader(&self.part[self.at..]);
        let event = match reader.read_event().map_err(corrupt_by)? {
            Read::Text(text) => Event::Text(text.xml10_content()),
            Read::CData(text) => Event::Text(text.xml10_content()),
            Read::GeneralRef(reference) => Event::Text(resolved(&reference)),
            Read::Eof => Event::Eof,
            _ => Event::Other,
        };
        self.at += usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        Ok(event)
    }
}

impl<'t> Element<'t> {
    /// The value of an attribute, by its local name.
    pub(super) fn attribute(&self, name: &[u8]) -> Option<Cow<'t, str>> {
        let value = from_utf8(self.raw_attribute(name)?).ok()?;
        // An unknown reference stays as written.
        Some(unescape(value).unwrap_or(Cow::Borrowed(value)))
    }

    /// The value of an attribute as written, by its local name.
    pub(super) fn raw_attribute(&self, name: &[u8]) -> Option<&'t [u8]> {
        self.raw_attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The local names and values of all attributes as written. Cell attributes need no unescaping.
    pub(super) fn raw_attributes(&self) -> RawAttributes<'t> {
        RawAttributes { written: self.written, at: self.name_length, quotes: self.quotes, known: 0 }
    }
}

impl Quotes {
    fn note(&mut self, place: usize) {
        if let (Ok(place), Some(free)) = (u16::try_from(place), self.places.get_mut(self.count)) {
            *free = place;
            self.count += 1;
        }
    }
}

/// Iterates over the attributes of an element.
pub(super) struct RawAttributes<'t> {
    written: &'t [u8],
    /// The position after the last attribute.
    at: usize,
    quotes: Quotes,
    /// The number of recorded quotes before that position.
    known: usize,
}

impl<'t> Iterator for RawAttributes<'t> {
    type Item = (&'t [u8], &'t [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (first, last) = self.next_quotes()?;
        let name = self.written[self.at..first].trim_ascii().strip_suffix(b"=")?.trim_ascii_end();
        self.at = last + 1;
        Some((without_prefix(name), &self.written[first + 1..last]))
    }
}

impl RawAttributes<'_> {
    /// The positions of the next attribute's quotes.
    #[inline]
    fn next_quotes(&mut self) -> Option<(usize, usize)> {
        if let [first, last, ..] = self.quotes.places[self.known..self.quotes.count] {
            self.known += 2;
            return Some((first.into(), last.into()));
        }
        let first = self.at + self.written[self.at..].iter().position(|byte| is_quote(*byte))?;
        let length = self.written[first + 1..].iter().position(|byte| *byte == self.written[first])?;
        Some((first, first + 1 + length))
    }
}

/// Parses a whole number.
pub(super) fn whole_number<T: FromStr>(value: &[u8]) -> Option<T> {
    from_utf8(value).ok()?.parse().ok()
}

/// The length of a tag up to its `>`. A `>` inside quotes does not count. Calls `note` with the position of each quote.
#[inline]
fn tag_length(written: &[u8], mut note: impl FnMut(usize)) -> Option<usize> {
    let mut at = 0;
    loop {
        at += written[at..].iter().position(|byte| *byte == b'>' || is_quote(*byte))?;
        if written[at] == b'>' {
            return Some(at);
        }
        let last = at + 1 + written[at + 1..].iter().position(|byte| *byte == written[at])?;
        note(at);
        note(last);
        at = last + 1;
    }
}

/// The length of the text before the end tag of this name, if there is only text before it.
fn plain_length(rest: &[u8], name: &[u8]) -> Option<usize> {
    let length = memchr2(b'<', b'&', rest)?;
    rest[length..].strip_prefix(b"</")?.strip_prefix(name)?.strip_prefix(b">")?;
    Some(length)
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

fn without_prefix(name: &[u8]) -> &[u8] {
    name.iter().position(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Whether XML treats a byte as white space.
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn corrupt_by(error: Error) -> crate::Error {
    corrupt("@detail.xml").caused_by(error)
}

#[cfg(test)]
mod tests;
