//! The one catalogue of everything that is said to people, in Chinese and English: `templates/messages.toml`.
//!
//! In: a key such as `error.encrypted` and named arguments. Out: a sentence. Findings, errors and the command line's
//! help all come from here, so that no wording lives in code. The build makes a table of the program of it.

mod arguments;

pub use arguments::Arguments;

use crate::finding::Severity;

/// The language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a locale name such as `zh_CN.UTF-8`; anything that is not Chinese is English.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Zh } else { Self::En }
    }
}

/// Where a text stands in [`TEXTS`]. References would have to be set right whenever the program is loaded, which takes
/// longer than to say all that most runs have to say.
#[derive(Clone, Copy)]
struct Text {
    start: u32,
    end: u32,
}

impl Text {
    fn get(self) -> &'static str {
        &TEXTS[self.start as usize..self.end as usize]
    }
}

struct Entry {
    section: Text,
    name: Text,
    severity: Option<Severity>,
    zh: Text,
    en: Text,
    zh_hint: Option<Text>,
    en_hint: Option<Text>,
}

impl Entry {
    fn key(&self) -> (&'static str, &'static str) {
        (self.section.get(), self.name.get())
    }

    fn in_language(&self, lang: Lang) -> &'static str {
        if lang == Lang::Zh { self.zh.get() } else { self.en.get() }
    }
}

/// All texts of the catalogue.
static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/messages.txt"));

/// All entries, in the order of section and name.
static CATALOGUE: &[Entry] = include!(concat!(env!("OUT_DIR"), "/messages.rs"));

fn entry(key: &str) -> Option<&'static Entry> {
    let (section, name) = key.split_once('.')?;
    entry_of(section, name)
}

fn entry_of(section: &str, name: &str) -> Option<&'static Entry> {
    CATALOGUE.binary_search_by(|entry| entry.key().cmp(&(section, name))).ok().map(|at| &CATALOGUE[at])
}

/// Fills the places of a pattern; an argument such as `@format.pdf` stands for the catalogue's own word in the same
/// language.
pub fn fill(pattern: &str, lang: Lang, arguments: &Arguments) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        out.push_str(&rest[..open]);
        match arguments.get(&rest[open + 1..open + close]) {
            Some(value) => match value.strip_prefix('@').and_then(entry) {
                Some(word) => out.push_str(word.in_language(lang)),
                None => out.push_str(value),
            },
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// The sentence of a key such as `cli.converted`, filled with its arguments; the key itself where there is none.
pub fn text(key: &str, lang: Lang, arguments: &Arguments) -> String {
    match entry(key) {
        Some(entry) => fill(entry.in_language(lang), lang, arguments),
        None => key.to_owned(),
    }
}

/// The sentence of a key with its places still open; nothing where there is none.
pub fn pattern(key: &str, lang: Lang) -> &'static str {
    entry(key).map_or("", |entry| entry.in_language(lang))
}

/// What would work, where the catalogue says so.
pub fn hint(key: &str, lang: Lang, arguments: &Arguments) -> Option<String> {
    let entry = entry(key)?;
    let pattern = if lang == Lang::Zh { entry.zh_hint } else { entry.en_hint };
    pattern.map(|pattern| fill(pattern.get(), lang, arguments))
}

/// Whether the catalogue has a key.
pub fn has(key: &str) -> bool {
    entry(key).is_some()
}

/// The message of a finding's code.
pub fn finding(code: &str, lang: Lang, arguments: &Arguments) -> String {
    text(&format!("finding.{code}"), lang, arguments)
}

/// The severity a finding's code has; `Warning` for codes that templates define.
pub fn severity(code: &str) -> Severity {
    entry_of("finding", code).and_then(|entry| entry.severity).unwrap_or(Severity::Warning)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str) -> Vec<&str> {
        let mut names: Vec<_> = pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn every_message_says_the_same_in_both_languages() {
        for entry in CATALOGUE {
            let (section, name) = entry.key();
            assert_eq!(names(entry.zh.get()), names(entry.en.get()), "{section}.{name}");
            assert_eq!(entry.zh_hint.is_some(), entry.en_hint.is_some(), "{section}.{name}");
            assert_eq!(section == "finding", entry.severity.is_some(), "{section}.{name}");
        }
    }

    #[test]
    fn arguments_fill_their_places_once() {
        let arguments = Arguments::from([("a".to_owned(), "{b}".to_owned()), ("b".to_owned(), "2".to_owned())]);
        assert_eq!(fill("{a} and {b} and {c}", Lang::En, &arguments), "{b} and 2 and {c}");
    }

    #[test]
    fn words_of_the_catalogue_are_said_in_the_language_of_the_message() {
        let arguments = Arguments::from([("found".to_owned(), "@format.png".to_owned())]);
        assert!(text("error.not_a_table", Lang::En, &arguments).contains("a picture (PNG)"));
        assert!(text("error.not_a_table", Lang::Zh, &arguments).contains("图片"));
    }
}
