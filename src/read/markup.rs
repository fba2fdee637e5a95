//! What the readers of XML documents do with each event.
//!
//! In: an event of quick-xml. Out: a [`Step`]: text with its references resolved, and nothing of elements that are skipped.
//! Called by the readers of Word, OpenDocument and spreadsheets in XML, which expand empty elements.

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};

/// What an event means to a reader.
pub(super) enum Step<'e> {
    /// The start of an element.
    Start(BytesStart<'e>),
    /// Its end.
    End(BytesEnd<'e>),
    /// Text with normalized line breaks.
    Text(Cow<'e, str>),
    /// Nothing: a comment, a declaration, or a part of a skipped element.
    Nothing,
    /// The end of the document.
    Eof,
}

/// What an event means. `skipping` is how many elements are open inside a skipped one, with itself; 0 outside.
pub(super) fn step<'e>(event: Event<'e>, skipping: &mut usize) -> Step<'e> {
    match event {
        Event::Eof => Step::Eof,
        _ if *skipping > 0 => {
            match event {
                Event::Start(_) => *skipping += 1,
                Event::End(_) => *skipping -= 1,
                _ => {}
            }
            Step::Nothing
        }
        Event::Start(element) => Step::Start(element),
        Event::End(element) => Step::End(element),
        Event::Text(text) => Step::Text(text.xml10_content()),
        Event::CData(text) => Step::Text(text.xml10_content()),
        Event::GeneralRef(reference) => Step::Text(resolved(&reference)),
        _ => Step::Nothing,
    }
}

/// The text that a reference stands for. An unknown reference stays as written.
pub(super) fn resolved<'t>(reference: &BytesRef<'t>) -> Cow<'t, str> {
    let named = resolve_xml_entity(reference).map(Cow::Borrowed);
    let character = || reference.resolve_char_ref().ok().flatten().map(|character| Cow::Owned(character.to_string()));
    named.or_else(character).unwrap_or_else(|| Cow::Owned(format!("&{};", &**reference)))
}
