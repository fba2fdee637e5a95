//! `templates/narrative.toml` as it stands: the words in which a text speaks of values.

use indexmap::IndexMap;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub number: NumberWords,
    pub money: IndexMap<String, u32>,
    pub own: OwnName,
    pub word: IndexMap<String, Vec<String>>,
    pub pattern: IndexMap<String, Vec<String>>,
    pub context: ContextSource,
    pub share: Patterns,
    pub comparison: ComparisonSource,
    pub year: Patterns,
    pub placeholder: Patterns,
    pub mention: Vec<MentionSource>,
    pub subject: Vec<SubjectSource>,
    pub rule: Vec<TextRule>,
}

/// What one of the checks of the text requires.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextRule {
    /// The code of its findings.
    pub code: String,
    /// What must hold, in Chinese.
    pub zh: String,
    /// What must hold, in English.
    pub en: String,
    /// Where it comes from.
    pub source: String,
    /// What fills the places of the finding's message in an example.
    pub example: IndexMap<String, String>,
}

/// Words before and behind numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberWords {
    /// Behind: more than that.
    pub more: Vec<String>,
    /// Before: more than that.
    pub above: Vec<String>,
    /// Before: that or more.
    pub at_least: Vec<String>,
    /// Behind: that or more.
    pub at_least_behind: Vec<String>,
    /// Before: not far below that.
    pub nearly: Vec<String>,
    /// Before: below that.
    pub below: Vec<String>,
    /// Before: about that.
    pub about: Vec<String>,
    /// Behind: about that.
    pub about_behind: Vec<String>,
    /// Before: no more than "is".
    pub plain: Vec<String>,
}

/// How the reporting office's name is shortened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnName {
    /// Ends that may be missing.
    pub ends: Vec<String>,
    /// Ends of the names of what the office belongs to, which may be missing before its own.
    pub above: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patterns {
    pub patterns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparisonSource {
    pub patterns: Vec<String>,
    /// Words of an increase.
    pub more: Vec<String>,
    /// Words of a decrease.
    pub fewer: Vec<String>,
    /// Words of neither.
    pub same: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextSource {
    pub ends: String,
    pub other_time: Vec<String>,
    pub cumulative: Vec<String>,
    pub own_time: Vec<String>,
    pub narrowing: Vec<String>,
    pub doubtful: Vec<String>,
    pub parts: Vec<String>,
    pub including: Vec<String>,
    pub not_under: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MentionSource {
    pub id: String,
    pub patterns: Vec<String>,
    pub unless: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectSource {
    #[serde(default)]
    pub label: Option<String>,
    pub readings: Vec<Vec<String>>,
    #[serde(default)]
    pub with: Vec<String>,
    #[serde(default)]
    pub share_of: Vec<String>,
    #[serde(default)]
    pub part: bool,
    #[serde(default)]
    pub after: Vec<String>,
    pub units: Vec<String>,
    pub patterns: Vec<String>,
    #[serde(default)]
    pub denials: Vec<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub narrowed: Vec<String>,
}
