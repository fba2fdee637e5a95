//! What a person wrote for the blanks of a report.
//!
//! In: Markdown whose headings are the names of blanks. Out: the paragraphs for each.

use crate::text::label::ordinal_length;

/// The texts of a person by the name of their blank.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OwnText(Vec<(String, Vec<String>)>);

impl OwnText {
    /// Reads a file. Lines below each other are one paragraph, as in Markdown.
    ///
    /// # Errors
    /// A heading that is the name of no blank, or text above the first heading.
    pub(crate) fn parse(text: &str, names: &[String]) -> Result<Self, String> {
        let mut own = Self::default();
        let mut is_open = false;
        for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
            if let Some(heading) = line.strip_prefix('#') {
                let name = bare(heading.trim_start_matches('#'));
                let known = names.iter().find(|known| bare(known) == name);
                own.0.push((known.ok_or_else(|| name.clone())?.clone(), Vec::new()));
                is_open = false;
            } else if line.is_empty() {
                is_open = false;
            } else {
                let (_, paragraphs) = own.0.last_mut().ok_or_else(|| line.to_owned())?;
                match paragraphs.last_mut().filter(|_| is_open) {
                    Some(paragraph) => paragraph.push_str(line),
                    None => paragraphs.push(line.to_owned()),
                }
                is_open = true;
            }
        }
        Ok(own)
    }

    /// The paragraphs for a blank; none if nobody wrote any.
    pub(super) fn get(&self, name: &str) -> &[String] {
        self.0.iter().find(|(known, _)| known == name).map_or(&[], |(_, texts)| texts)
    }
}

/// A heading without white space, ordinal and full stop.
fn bare(heading: &str) -> String {
    let heading: String = heading.chars().filter(|c| !c.is_whitespace()).collect();
    heading[ordinal_length(&heading)..].trim_end_matches('。').to_owned()
}
