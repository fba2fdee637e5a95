//! Headers, footers, notes and comments, which are named and not read.
//!
//! In: the parts that have them, or the XML of Word 2003, which has them within the text. Out: findings. Called by
//! [`super::read`].

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::finding::Finding;
use crate::read::body::LeftOut;

/// What a part or an element has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A header or footer.
    Margin,
    /// Notes or comments, each in an element.
    Notes,
}

/// The most characters of a text that are kept.
const LONGEST: usize = 200;

/// What the part with this name has.
pub(super) fn kind(part: &str) -> Option<Kind> {
    let name = part.strip_prefix("word/")?.strip_suffix(".xml")?;
    let is = |start: &str| name.strip_prefix(start).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    match () {
        () if is("header") || is("footer") => Some(Kind::Margin),
        () if matches!(name, "footnotes" | "endnotes" | "comments") => Some(Kind::Notes),
        () => None,
    }
}

/// The texts that were found.
#[derive(Default)]
pub(super) struct MarginsAndNotes {
    margins: LeftOut,
    notes: LeftOut,
}

impl MarginsAndNotes {
    /// Adds what a part has. A broken part has what is before its error.
    pub(super) fn add(&mut self, kind: Kind, part: &str) {
        let margins = ["hdr", "ftr"];
        let notes = ["footnote", "endnote", "comment"];
        let of = if kind == Kind::Margin { &margins[..] } else { &notes[..] };
        self.elements(part, |name| of.contains(&name).then_some(kind));
    }

    /// Adds what is within the text of a document of Word 2003.
    pub(super) fn add_within(&mut self, text: &str) {
        if !["hdr", "ftr", "footnote", "endnote"].iter().any(|name| text.contains(&format!(":{name}"))) {
            return;
        }
        self.elements(text, |name| match name {
            "hdr" | "ftr" => Some(Kind::Margin),
            "footnote" | "endnote" => Some(Kind::Notes),
            _ => None,
        });
    }

    fn elements(&mut self, xml: &str, kind: impl Fn(&str) -> Option<Kind>) {
        let mut reader = Reader::from_str(xml);
        let (mut open, mut in_text) = (None::<(Kind, String)>, false);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "t" => in_text = open.is_some(),
                    name if open.is_none() => open = kind(name).map(|kind| (kind, String::new())),
                    _ => {}
                },
                Event::Text(text) if in_text => {
                    if let Some((_, kept)) = open.as_mut().filter(|(_, kept)| kept.len() < LONGEST) {
                        kept.extend(text.xml10_content().chars().take(LONGEST));
                    }
                }
                Event::End(element) => {
                    let name = element.local_name();
                    in_text = false;
                    if kind(name.as_ref()).is_some()
                        && let Some((kind, text)) = open.take()
                    {
                        let found = if kind == Kind::Margin { &mut self.margins } else { &mut self.notes };
                        found.add(&text, None);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
    }

    pub(super) fn findings(self) -> impl Iterator<Item = Finding> {
        self.margins.finding("XG394").into_iter().chain(self.notes.finding("XG395"))
    }
}
