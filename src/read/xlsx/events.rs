//! The XML of a part as events: elements, their ends and the text between them, all borrowed from the part.
//!
//! A worksheet is thousands of small elements, and telling them apart would be most of what a workbook costs. `quick-xml`
//! copies the name of each, looks for each of its quotes by itself and asks of each piece whether it is UTF-8; going through
//! the bytes once takes half the time. Only whole elements and the text between them are told apart here. All else
//! is left to `quick-xml`, what is rare and what is broken: references, CDATA, comments, declarations, a cut element. The
//! tests hold the events of any text against those of `quick-xml`.
//!
//! Excel opens files whose ends are mixed up where nothing depends on it, so the name of an end is not compared with that of
//! its start.

use std::borrow::Cow;
use std::str::from_utf8;

use encoding_rs::UTF_8;
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesRef, BytesText};

use crate::error::Result;

use super::corrupt;

/// One thing after another of a part. An element without content is one that ends where it starts.
#[derive(Debug, PartialEq)]
pub(super) enum Event<'t> {
    /// An element starts.
    Start(Element<'t>),
    /// The element of a name without prefix ends.
    End(&'t str),
    /// Text, its line ends as XML has them; a reference is a text of its own.
    Text(Cow<'t, str>),
    /// What says nothing of cells: a comment, a declaration.
    Other,
    /// The part ends.
    Eof,
}

/// An element as it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Element<'t> {
    /// Its name without prefix.
    pub name: &'t str,
    attributes: &'t str,
}

/// Goes through the events of a part.
pub(super) struct Events<'t> {
    part: &'t [u8],
    /// The part as far as it is UTF-8.
    text: &'t str,
    at: usize,
    /// How many elements have started and not ended.
    open: usize,
    /// The name of an element without content, which ends next.
    ends_next: Option<&'t str>,
}

impl<'t> Events<'t> {
    /// The events of a part in UTF-8, with a byte order mark or without.
    pub fn of(part: &'t [u8]) -> Self {
        let part = part.strip_prefix("\u{feff}".as_bytes()).unwrap_or(part);
        let text = match UTF_8.decode_without_bom_handling_and_without_replacement(part) {
            Some(Cow::Borrowed(text)) => text,
            _ => from_utf8(part).or_else(|error| from_utf8(&part[..error.valid_up_to()])).unwrap_or_default(),
        };
        Self { part, text, at: 0, open: 0, ends_next: None }
    }

    /// The next event; [`Event::Eof`] at the end, however often it is asked for.
    ///
    /// # Errors
    /// [`Corrupt`](crate::ErrorKind::Corrupt) where the part is no XML, or has an end without a start.
    pub fn next(&mut self) -> Result<Event<'t>> {
        if let Some(name) = self.ends_next.take() {
            return Ok(Event::End(name));
        }
        let rest = &self.text[self.at..];
        match rest.as_bytes() {
            [b'<', b'!' | b'?', ..] => self.other(),
            [b'<', b'/', inner @ ..] => match tag_length(inner) {
                Some(length) => self.end(&rest[2..][..length]),
                None => self.other(),
            },
            [b'<', inner @ ..] => match tag_length(inner) {
                Some(length) => Ok(self.start(&rest[1..][..length])),
                None => self.other(),
            },
            text => {
                let is_whole = self.text.len() == self.part.len();
                let markup = text.iter().position(|byte| matches!(byte, b'<' | b'&'));
                match markup.or(is_whole.then_some(text.len())) {
                    Some(length @ 1..) => {
                        self.at += length;
                        Ok(Event::Text(BytesText::from_escaped(&rest[..length]).xml10_content()))
                    }
                    _ => self.other(),
                }
            }
        }
    }

    /// Takes an element as it is written between its angle brackets.
    fn start(&mut self, written: &'t str) -> Event<'t> {
        self.at += written.len() + "<>".len();
        let is_empty = written.as_bytes().last() == Some(&b'/');
        let content = if is_empty { &written[..written.len() - 1] } else { written };
        let length = content.bytes().position(is_white_space).unwrap_or(content.len());
        let (name, attributes) = content.split_at(length);
        let name = without_prefix(name);
        if is_empty {
            self.ends_next = Some(name);
        } else {
            self.open += 1;
        }
        Event::Start(Element { name, attributes })
    }

    /// Takes the end of an element as it is written behind the stroke.
    fn end(&mut self, written: &'t str) -> Result<Event<'t>> {
        self.at += written.len() + "</>".len();
        // A name of nothing but white space is none, but one that messages show.
        let length = written.bytes().rposition(|byte| !is_white_space(byte)).map_or(written.len(), |last| last + 1);
        let name = &written[..length];
        let unmatched = || corrupt_by(Error::IllFormed(IllFormedError::UnmatchedEndTag(name.to_owned())));
        self.open = self.open.checked_sub(1).ok_or_else(unmatched)?;
        Ok(Event::End(without_prefix(name)))
    }

    /// Takes what is neither a whole element nor the text before one, and says what is wrong with what is broken.
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
    /// An attribute by its name without prefix, as it reads.
    pub fn attribute(&self, name: &str) -> Option<Cow<'t, str>> {
        let value = self.raw_attribute(name)?;
        // A reference that nothing is known of stays as it is written.
        Some(unescape(value).unwrap_or(Cow::Borrowed(value)))
    }

    /// An attribute by its name without prefix, as it is written.
    pub fn raw_attribute(&self, name: &str) -> Option<&'t str> {
        self.raw_attributes().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The names, without prefix, and values of the attributes as they are written. The values that cells have need no
    /// more, and there are thousands of them.
    pub fn raw_attributes(&self) -> RawAttributes<'t> {
        RawAttributes { rest: self.attributes }
    }
}

/// Goes through the attributes of an element.
pub(super) struct RawAttributes<'t> {
    rest: &'t str,
}

impl<'t> Iterator for RawAttributes<'t> {
    type Item = (&'t str, &'t str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // All that is looked for is ASCII, so that bytes are characters.
        let find = |text: &str, wanted: u8| text.bytes().position(|byte| byte == wanted);
        let equals = find(self.rest, b'=')?;
        let name = self.rest[..equals].trim_ascii();
        let behind = self.rest[equals + 1..].trim_ascii_start();
        let quote = behind.bytes().next().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let length = find(&behind[1..], quote)?;
        self.rest = &behind[length + 2..];
        Some((without_prefix(name), &behind[1..=length]))
    }
}

/// How long a tag is up to its `>`, which is no end where it stands in quotes.
fn tag_length(written: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &written[at..];
        let found = rest.iter().position(|byte| matches!(byte, b'>' | b'"' | b'\''))?;
        let quote = rest[found];
        if quote == b'>' {
            return Some(at + found);
        }
        let quoted = &rest[found + 1..];
        at += found + quoted.iter().position(|byte| *byte == quote)? + 2;
    }
}

fn without_prefix(name: &str) -> &str {
    name.bytes().position(|byte| byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// What XML takes for white space.
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// What a reference stands for; one that nothing is known of stays as it is written.
fn resolved<'t>(reference: &BytesRef<'t>) -> Cow<'t, str> {
    let named = resolve_xml_entity(reference).map(Cow::Borrowed);
    let character = || reference.resolve_char_ref().ok().flatten().map(|character| Cow::Owned(character.to_string()));
    named.or_else(character).unwrap_or_else(|| Cow::Owned(format!("&{};", &**reference)))
}

fn corrupt_by(error: Error) -> crate::Error {
    corrupt(&error).caused_by(error)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An event as both readers give it.
    type Drawn = Result<(&'static str, String), String>;

    fn drawn(part: &[u8]) -> Vec<Drawn> {
        let mut events = Events::of(part);
        let mut all = Vec::new();
        loop {
            let event = events.next().map_err(|error| error.to_string());
            let is_last = matches!(event, Err(_) | Ok(Event::Eof));
            all.push(event.map(|event| match event {
                Event::Start(Element { name, attributes }) => ("start", format!("{name}|{attributes}")),
                Event::End(name) => ("end", name.to_owned()),
                Event::Text(text) => ("text", text.into_owned()),
                Event::Other => ("other", String::new()),
                Event::Eof => ("eof", String::new()),
            }));
            if is_last {
                return all;
            }
        }
    }

    fn through_quick_xml(part: &[u8]) -> Vec<Drawn> {
        use quick_xml::events::Event as Read;
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = false;
        let mut all = Vec::new();
        loop {
            let event = reader.read_event().map_err(|error| corrupt_by(error).to_string());
            let is_last = matches!(event, Err(_) | Ok(Read::Eof));
            all.push(event.map(|event| match event {
                Read::Start(start) => ("start", format!("{}|{}", start.local_name().as_ref(), start.attributes_raw())),
                Read::End(end) => ("end", end.local_name().as_ref().to_owned()),
                Read::Text(text) => ("text", text.xml10_content().into_owned()),
                Read::CData(text) => ("text", text.xml10_content().into_owned()),
                Read::GeneralRef(reference) => ("text", resolved(&reference).into_owned()),
                Read::Eof => ("eof", String::new()),
                _ => ("other", String::new()),
            }));
            if is_last {
                return all;
            }
        }
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let part = br#"<x:c r = "A1" a:t='>"' s=" 1"id="&amp;&x;" odd/>"#;
        let Event::Start(element) = Events::of(part).next().unwrap() else { panic!("an element") };
        assert_eq!(element.name, "c");
        let all: Vec<_> = element.raw_attributes().collect();
        assert_eq!(all, [("r", "A1"), ("t", ">\""), ("s", " 1"), ("id", "&amp;&x;")]);
        assert_eq!((element.attribute("id").as_deref(), element.attribute("v")), (Some("&amp;&x;"), None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn events_are_those_of_quick_xml(
            pieces in prop::collection::vec(prop_oneof![
                Just("<c r=\"A1\" s='2'>"), Just("</c>"), Just("<x:v>"), Just("</x:v >"), Just("<c\tt=\">\"/>"), Just("甲乙"),
                Just(" 1 "), Just("\r\n"), Just("&lt;"), Just("&#x4e00;"), Just("&no;"), Just("&"), Just("<!--"), Just("-->"),
                Just("<!-->"), Just("<![CDATA["), Just("]]>"), Just("<?xml"), Just("?>"), Just("<!DOCTYPE a"), Just("["), Just("]"),
                Just("<"), Just(">"), Just("/"), Just("\""), Just("'"), Just("!"), Just("?"), Just("="), Just(":"),
            ], 0..12),
            marked in any::<bool>(),
            broken in prop::option::of(0usize..40),
        ) {
            let mut part = [if marked { "\u{feff}" } else { "" }, &pieces.concat()].concat().into_bytes();
            if let Some(at) = broken.filter(|at| (3..=part.len()).contains(at)) {
                part.insert(at, 0xff);
            }
            prop_assert_eq!(drawn(&part), through_quick_xml(&part));
        }
    }
}
