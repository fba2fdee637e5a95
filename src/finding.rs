//! What was noticed about a file: collected, never thrown.
//!
//! A [`Finding`] carries a stable code, the figures it is about and the place; its wording in Chinese and English comes
//! from the one catalogue in [`crate::message`].

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::location::Location;
use crate::message::{self, Arguments, Lang};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look.
    Note,
    /// Most likely wrong, or a figure is missing.
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

    /// The English word used in messages and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing noticed: a stable code, its figures and its place.
///
/// Codes: `XG1xx` arithmetic, `XG2xx` completeness, `XG3xx` reading, `XG4xx` layout and fonts, `XG5xx` the report's
/// text against its table, `XG7xx` two years against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable code, such as `XG306`.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// The words and figures of the message, by the names that the catalogue uses.
    pub arguments: Arguments,
    /// The indicators it is about.
    pub ids: Vec<Arc<str>>,
    /// The place in the user's file.
    pub at: Option<Location>,
    /// The figures that are held against each other, each with its place.
    pub figures: Vec<Figure>,
    /// The likely cause, where one is evident.
    pub cause: Option<Phrase>,
    /// What the message says, where it is not the catalogue's sentence for the code.
    pub wording: Option<Wording>,
}

/// A figure that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The indicator.
    pub id: Arc<str>,
    /// Its label for people.
    pub label: Arc<str>,
    /// What stands there, as it stood.
    pub text: String,
    /// Where it stands.
    pub at: Option<Location>,
}

/// A sentence of the catalogue with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The key in the catalogue.
    pub key: Cow<'static, str>,
    /// What fills its places.
    pub arguments: Arguments,
}

impl Phrase {
    /// The sentence in one language.
    pub fn text(&self, lang: Lang) -> String {
        message::text(&self.key, lang, &self.arguments)
    }
}

/// The sentence of a finding whose code the catalogue does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wording {
    /// The catalogue's sentence of another key, such as that of a kind of rule.
    Key(Cow<'static, str>),
    /// Sentences of the template's own, with the same places to fill.
    Own {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
    /// What must hold in the template's own words, followed by the figures.
    Rule {
        /// In Chinese.
        zh: Arc<str>,
        /// In English.
        en: Arc<str>,
        /// The catalogue's sentence that shows the figures.
        figures: &'static str,
    },
}

impl Wording {
    /// The sentence in one language.
    pub fn text(&self, lang: Lang, arguments: &Arguments) -> String {
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
    /// A finding with the severity its code has in the catalogue.
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
        }
    }

    /// Sets a word or figure of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.insert(name, value.to_string());
        self
    }

    /// Names an indicator.
    #[must_use]
    pub fn about(mut self, id: impl Into<Arc<str>>) -> Self {
        self.ids.push(id.into());
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, at: impl Into<Option<Location>>) -> Self {
        self.at = at.into();
        self
    }

    /// The message in one language.
    pub fn message(&self, lang: Lang) -> String {
        match &self.wording {
            None => message::text(&format!("finding.{}", self.code), lang, &self.arguments),
            Some(wording) => wording.text(lang, &self.arguments),
        }
    }
}
