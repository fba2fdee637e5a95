//! Patterns with names to fill in, as `templates/narrative.toml` has them, made into regular expressions.

use std::sync::OnceLock;

use regex_lite::Regex;

use super::source::Source;

/// What stands for the reporting office's own name in a text that is looked through, as often as the name has characters.
pub(super) const OWN: char = '\u{e000}';

const YEAR: &str = "[0-9]{4}|[一二三四五六七八九零〇○]{4}";

/// A regular expression that is compiled when it is first used: most texts use few of them.
#[derive(Debug)]
pub(super) struct Pattern {
    pub source: String,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// A pattern of the text of a regular expression.
    pub(super) fn new(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The regular expression.
    pub(super) fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| Regex::new(&self.source).expect("the embedded patterns are tested"))
    }
}

/// A pattern that takes any of some.
pub(super) fn any(words: &[String]) -> String {
    format!("(?:{})", words.join("|"))
}

/// One of some words, the longest first.
pub(super) fn one_of<'w>(words: impl IntoIterator<Item = &'w String>) -> String {
    let mut words: Vec<&str> = words.into_iter().map(String::as_str).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.iter().map(|word| regex_lite::escape(word)).collect::<Vec<_>>().join("|")
}

/// What the names in patterns stand for: `{request}` in `收到{request}{n}`.
pub(super) struct Macros(Vec<(String, String)>);

impl Macros {
    /// The names of the file, and those that code fills in.
    pub(super) fn new(source: &Source) -> Self {
        let year = |name: &str| (format!("{{{name}}}"), format!("(?P<{name}>{YEAR})"));
        let mut macros = vec![
            ("{own}".to_owned(), format!("{OWN}+")),
            ("{year}".to_owned(), format!("(?:{YEAR})年度?")),
            year("any_year"),
            year("any_year_too"),
        ];
        macros
            .extend(source.word.iter().map(|(name, words)| (format!("{{{name}}}"), format!("(?:{})", one_of(words)))));
        macros.extend(source.pattern.iter().map(|(name, words)| (format!("{{{name}}}"), any(words))));
        Self(macros)
    }

    /// A pattern with all its names filled in.
    pub(super) fn fill(&self, pattern: &str) -> String {
        let mut filled = pattern.to_owned();
        // A pattern may name one that names another.
        for _ in 0..4 {
            for (name, pattern) in &self.0 {
                if filled.contains(name.as_str()) {
                    filled = filled.replace(name.as_str(), pattern);
                }
            }
        }
        filled
    }

    /// The same, compiled when it is first used.
    pub(super) fn pattern(&self, pattern: &str) -> Pattern {
        Pattern::new(self.fill(pattern))
    }

    /// Several of them.
    pub(super) fn patterns(&self, patterns: &[String]) -> Vec<Pattern> {
        patterns.iter().map(|pattern| self.pattern(pattern)).collect()
    }
}
