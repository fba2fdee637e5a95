//! What was found in a file: collected, never thrown.
//!
//! A [`Finding`] has a stable code, the figures it is about and their locations. Its message comes from the catalogue in
//! [`crate::message`], its default severity from `templates/findings.toml`.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::location::Location;
use crate::message::{self, Arguments, Lang};
use crate::text::neutral::neutral;

/// How severe a finding is.
///
/// ```
/// use xxgk::finding::Severity;
///
/// assert!(Severity::Error > Severity::Warning);
/// assert_eq!(Severity::Note.as_str(), "note");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information.
    Note,
    /// Probably wrong, or a figure is missing.
    Warning,
    /// Wrong by definition.
    Error,
}

/// The severity of every code, sorted by code; from `templates/findings.toml`.
static SEVERITIES: &[(&str, Severity)] = include!(concat!(env!("OUT_DIR"), "/findings.rs"));

impl Severity {
    /// The severity of the findings of a code; `Warning` for codes that templates define.
    pub fn of_code(code: &str) -> Self {
        let found = SEVERITIES.binary_search_by_key(&code, |(known, _)| known);
        found.map_or(Self::Warning, |at| SEVERITIES[at].1)
    }

    /// Every code with a severity of its own, sorted.
    pub(crate) fn codes() -> impl Iterator<Item = (&'static str, Self)> {
        SEVERITIES.iter().copied()
    }

    /// The English word used in messages and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding: a stable code, its figures and its location.
///
/// Codes: `XG1xx` arithmetic, `XG2xx` completeness, `XG3xx` reading, `XG4xx` layout and fonts, `XG5xx` narrative and
/// table, `XG6xx` merging, `XG7xx` comparing two years.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// use xxgk::finding::Finding;
/// use xxgk::message::Lang;
///
/// let examined = engine.examine(&bytes, &ReadOptions::default())?;
/// let finding: &Finding = examined[0].rule_findings().next().expect("a sum that does not hold");
/// assert!(finding.code.starts_with("XG") && finding.at.is_some());
/// assert!(!finding.message(Lang::EN).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// The stable code, such as `XG306`.
    pub code: String,
    /// The severity.
    pub severity: Severity,
    /// The arguments of the message, by the names that the catalogue uses.
    pub(crate) arguments: Arguments,
    /// The indicators it is about.
    pub ids: Vec<Arc<str>>,
    /// The location in the file.
    pub at: Option<Location>,
    /// The figures that were compared, each with its location.
    pub figures: Vec<Figure>,
    /// The likely cause, if known.
    pub(crate) cause: Option<Phrase>,
    /// The message, if it is not the catalogue's text for the code.
    pub(crate) wording: Option<Wording>,
    /// Texts that were left out: some may be the labels of indicators.
    pub(crate) texts: Vec<String>,
}

/// A figure that a finding is about.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let examined = engine.examine(&bytes, &ReadOptions::default())?;
/// for figure in examined[0].rule_findings().flat_map(|finding| &finding.figures) {
///     println!("{} = {} ({:?})", figure.label, figure.text, figure.at);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Figure {
    /// The indicator.
    pub id: Arc<str>,
    /// Its label.
    pub label: Arc<str>,
    /// The text of its cell.
    pub text: String,
    /// The location of the cell.
    pub at: Option<Location>,
}

/// A text of the catalogue with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Phrase {
    /// The key in the catalogue.
    pub key: Cow<'static, str>,
    /// Its arguments.
    pub arguments: Arguments,
}

impl Phrase {
    /// The text in one language.
    pub(crate) fn text(&self, lang: Lang) -> String {
        message::text(&self.key, lang, &self.arguments)
    }
}

/// The message of a finding whose code the catalogue does not have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wording {
    /// The catalogue's text of another key, such as that of a kind of rule.
    Key(Cow<'static, str>),
    /// A text of the template, with the same arguments.
    Own {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// What the template requires, in its own words, followed by the figures.
    Rule {
        /// In Chinese.
        zh: Arc<str>,
        /// In English.
        en: Arc<str>,
        /// The key of the text that shows the figures.
        figures: &'static str,
    },
}

impl Wording {
    /// The text in one language.
    pub(crate) fn text(&self, lang: Lang, arguments: &Arguments) -> String {
        match self {
            Self::Key(key) => message::text(key, lang, arguments),
            Self::Own { zh, en } => message::fill(lang.choose(zh, en), lang, arguments),
            Self::Rule { zh, en, figures } => {
                let (words, colon) = (lang.choose(zh, en), lang.colon());
                message::fill(&format!("{words}{colon}{}", message::pattern(figures, lang)), lang, arguments)
            }
        }
    }
}

impl Finding {
    /// A finding with the default severity of its code.
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            severity: Severity::of_code(code),
            arguments: Arguments::new(),
            ids: Vec::new(),
            at: None,
            figures: Vec::new(),
            cause: None,
            wording: None,
            texts: Vec::new(),
        }
    }

    /// Sets an argument of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        let text = value.to_string();
        let neutral = match neutral(&text) {
            Cow::Owned(neutral) => Some(neutral),
            Cow::Borrowed(_) => None,
        };
        self.arguments.insert(name, neutral.unwrap_or(text));
        self
    }

    /// Adds an indicator that the finding is about.
    #[must_use]
    pub fn about(mut self, id: impl Into<Arc<str>>) -> Self {
        self.ids.push(id.into());
        self
    }

    /// Sets the location.
    #[must_use]
    pub fn at(mut self, at: impl Into<Option<Location>>) -> Self {
        self.at = at.into();
        self
    }

    /// The arguments of the message, by the names that the catalogue uses.
    pub fn arguments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.arguments.iter()
    }

    /// The likely cause in one language, if known.
    pub fn cause(&self, lang: Lang) -> Option<String> {
        self.cause.as_ref().map(|cause| cause.text(lang))
    }

    /// The message with a long list of labels cut short, for a terminal.
    pub(crate) fn brief_message(&self, lang: Lang) -> String {
        let Some(few) = self.arguments.get("labels").and_then(first_few) else { return self.message(lang) };
        let mut brief =
            Self { arguments: self.arguments.clone(), wording: self.wording.clone(), ..Self::new(&self.code) };
        brief.arguments.insert("labels", few);
        brief.message(lang)
    }

    /// The message in one language.
    pub fn message(&self, lang: Lang) -> String {
        match &self.wording {
            None => message::text(&format!("finding.{}", self.code), lang, &self.arguments),
            Some(wording) => wording.text(lang, &self.arguments),
        }
    }
}

/// The most labels that a message on a terminal lists.
const FEW: usize = 6;

/// The first labels of a list with more than a few.
fn first_few(labels: &str) -> Option<String> {
    // Labels contain the mark of most lists, but not that of lists of rows.
    let mark = if labels.contains('；') { '；' } else { '、' };
    let (end, _) = labels.match_indices(mark).nth(FEW - 1)?;
    Some(labels[..end].to_owned() + "……")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_the_first_labels_of_many() {
        let labels: Vec<String> = (1..=9).map(|number| format!("第{number}行")).collect();
        let finding = Finding::new("XG304").with("count", 9).with("labels", labels.join("；"));
        assert!(finding.message(Lang::ZH).contains("第9行"));
        assert!(finding.brief_message(Lang::ZH).ends_with("第5行；第6行……"), "{}", finding.brief_message(Lang::ZH));
        let finding = finding.with("labels", labels[..6].join("；"));
        assert_eq!(finding.brief_message(Lang::ZH), finding.message(Lang::ZH));
    }
}
