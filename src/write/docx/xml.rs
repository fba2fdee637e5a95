//! The XML of a part.
//!
//! In: names, attributes and texts. Out: XML without white space between elements. quick-xml escapes and nests.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::escape::minimal_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::text::neutral::neutral;

/// The namespaces of parts with text.
pub(super) const NAMESPACES: [(&str, &str); 2] = [
    ("xmlns:w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    ("xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
];

/// Writes XML into memory, which cannot fail.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// XML without a declaration, to be a piece of a part.
    pub(super) fn piece() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// XML with the declaration of a part.
    pub(super) fn part() -> Self {
        let mut xml = Self::piece();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), Some("yes"))));
        xml
    }

    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("memory takes all bytes");
    }

    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    pub(super) fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    /// An element with the attribute `w:val`.
    pub(super) fn val(&mut self, name: &str, value: &str) {
        self.empty(name, &[("w:val", value)]);
    }

    /// An element around others.
    pub(super) fn within<T>(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self) -> T) {
        self.open(name, attributes);
        content(self);
        self.close(name);
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        self.event(Event::Text(BytesText::from_escaped(escaped(text))));
        self.close(name);
    }

    /// XML as it is.
    pub(super) fn raw(&mut self, xml: &str) {
        self.event(Event::Text(BytesText::from_escaped(xml)));
    }

    /// How many bytes there are so far.
    pub(super) fn length(&self) -> usize {
        self.0.get_ref().len()
    }

    pub(super) fn into_string(self) -> String {
        String::from_utf8(self.0.into_inner()).expect("all that was written is text")
    }
}

/// A text in XML: escaped, without characters that XML cannot hold.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let text = neutral(text);
    if !text.contains(['&', '<', '>', '\u{fffe}', '\u{ffff}']) {
        return text;
    }
    let text = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    Cow::Owned(minimal_escape(text).replace('>', "&gt;"))
}

/// Appends a run of text. Line breaks and tabs become elements. `size` is in half points where it is not the style's.
pub(super) fn push_run(out: &mut String, text: &str, size: Option<u32>) {
    out.push_str("<w:r>");
    if let Some(size) = size {
        let size = size.to_string();
        out.extend(["<w:rPr><w:sz w:val=\"", &size, "\"/><w:szCs w:val=\"", &size, "\"/></w:rPr>"]);
    }
    let text = text.replace("\r\n", "\n");
    for (at, piece) in text.split_inclusive(['\n', '\r', '\t']).enumerate() {
        let bare = piece.trim_end_matches(['\n', '\r', '\t']);
        if !bare.is_empty() || (at == 0 && piece.is_empty()) {
            let space = bare.starts_with(char::is_whitespace) || bare.ends_with(char::is_whitespace);
            let start = if space { "<w:t xml:space=\"preserve\">" } else { "<w:t>" };
            out.extend([start, &escaped(bare), "</w:t>"]);
        }
        if piece.ends_with('\t') {
            out.push_str("<w:tab/>");
        } else if piece.ends_with(['\n', '\r']) {
            out.push_str("<w:br/>");
        }
    }
    out.push_str("</w:r>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_elements_for_breaks_and_no_character_that_xml_lacks() {
        let mut out = String::new();
        push_run(&mut out, " 甲<&\u{1}\r\n乙\t\u{ffff}", Some(15));
        assert_eq!(
            out,
            "<w:r><w:rPr><w:sz w:val=\"15\"/><w:szCs w:val=\"15\"/></w:rPr><w:t xml:space=\"preserve\"> 甲&lt;&amp;\u{fffd}</w:t>\
             <w:br/><w:t>乙</w:t><w:tab/><w:t>\u{fffd}</w:t></w:r>"
        );
    }
}
