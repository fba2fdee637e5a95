//! What a person wrote for the blanks of a report.
//!
//! In: Markdown whose headings are the names of blanks. Out: the paragraphs for each, as plain text: a report has no
//! emphasis, and its lists are numbered paragraphs.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::text::label::ordinal_length;

/// The texts of a person by the name of their blank.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OwnText(Vec<(String, Vec<String>)>);

impl OwnText {
    /// Reads a file. `names` are those of the blanks, `sections` headings that may stand above them. Lines below each other are one paragraph, items of a list one each.
    ///
    /// # Errors
    /// A heading that is the name of no blank, or text above the first heading.
    pub(crate) fn parse(text: &str, names: &[String], sections: &[String]) -> Result<Self, String> {
        let text = with_spaced_headings(text.trim_start_matches('\u{feff}'));
        let mut reader = Reader { names, sections, ..Reader::default() };
        for event in Parser::new(&text) {
            reader.event(event)?;
        }
        reader.end_paragraph()?;
        Ok(reader.own)
    }

    /// The paragraphs for a blank; none if nobody wrote any.
    pub(super) fn get(&self, name: &str) -> &[String] {
        self.0.iter().find(|(known, _)| known == name).map_or(&[], |(_, texts)| texts)
    }
}

/// Puts the space behind the marks of a heading that Markdown wants and Chinese writers leave out, and takes the indent of
/// a paragraph away, which is code to Markdown.
fn with_spaced_headings(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for line in text.lines() {
        let bare = line.trim();
        let heading = bare.trim_start_matches('#');
        match &bare[..bare.len() - heading.len()] {
            "" => spaced.push_str(bare),
            marks => spaced.extend([marks, " ", heading]),
        }
        spaced.push('\n');
    }
    spaced
}

#[derive(Default)]
struct Reader<'n> {
    names: &'n [String],
    sections: &'n [String],
    own: OwnText,
    /// The blank whose text is being read.
    blank: Option<usize>,
    /// The paragraph or heading being read.
    paragraph: String,
    is_heading: bool,
    /// The next number of each list that is open; none for one without numbers.
    lists: Vec<Option<u64>>,
    /// Where the link being read leads, and where its text starts.
    link: Option<(String, usize)>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                self.end_paragraph()?;
                self.is_heading = true;
            }
            Event::Start(Tag::List(first)) => {
                self.end_paragraph()?;
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => {
                self.end_paragraph()?;
                if let Some(Some(number)) = self.lists.last_mut() {
                    self.paragraph = format!("{number}.");
                    *number += 1;
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.link = Some((dest_url.into_string(), self.paragraph.len()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.end_link(),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.paragraph.push_str(&text);
            }
            Event::SoftBreak => self.join_line(),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock | TagEnd::HtmlBlock,
            )
            | Event::HardBreak => self.end_paragraph()?,
            _ => {}
        }
        Ok(())
    }

    /// Chinese lines are joined without a space. One stays behind a Latin word, for the next may be another.
    fn join_line(&mut self) {
        if self.paragraph.ends_with(|c: char| c.is_ascii_alphabetic()) {
            self.paragraph.push(' ');
        }
    }

    /// Keeps where a link leads, which paper would lose.
    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else { return };
        if !self.paragraph[start..].contains(&address) {
            self.paragraph.push_str(&format!("（{address}）"));
        }
    }

    fn end_paragraph(&mut self) -> Result<(), String> {
        let text = std::mem::take(&mut self.paragraph).trim().to_owned();
        if std::mem::take(&mut self.is_heading) {
            let name = bare(&text);
            // The heading of a section may stand above those of its blanks, and a blank may come twice.
            self.blank = None;
            if !self.sections.iter().any(|section| bare(section) == name) {
                let known = self.names.iter().find(|known| bare(known) == name).ok_or(name)?;
                let place = self.own.0.iter().position(|(own, _)| own == known);
                self.blank = Some(place.unwrap_or(self.own.0.len()));
                if place.is_none() {
                    self.own.0.push((known.clone(), Vec::new()));
                }
            }
        } else if !text.is_empty() {
            let Some((_, paragraphs)) = self.blank.and_then(|blank| self.own.0.get_mut(blank)) else {
                return Err(text);
            };
            paragraphs.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        }
        Ok(())
    }
}

/// A heading without white space, ordinal and full stop.
fn bare(heading: &str) -> String {
    let heading: String = heading.chars().filter(|c| !c.is_whitespace()).collect();
    heading[ordinal_length(&heading)..].trim_end_matches(['。', '：', ':']).to_owned()
}
