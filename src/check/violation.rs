//! What a rule found wrong.

use std::sync::Arc;

use super::cause::Typo;
use crate::finding::{Figure, Finding, Phrase, Severity, Wording};
use crate::message::Arguments;
use crate::template::Rule;

/// What a rule found wrong.
pub(crate) struct Violation<'r> {
    /// The kind's sentence, such as `rule.sum`.
    pub key: &'static str,
    /// What fills its places.
    pub arguments: Arguments,
    /// The values, the one in question first.
    pub figures: Vec<Figure>,
    /// The likely cause, where one is evident.
    pub cause: Option<Phrase>,
    /// For a sum: the slips of the pen that would explain it.
    pub typos: Option<Vec<Typo<'r>>>,
}

impl Violation<'_> {
    /// As a finding of its rule.
    pub(crate) fn finding(self, rule: &Rule, severity: Severity) -> Finding {
        let wording = match (&rule.zh, &rule.en) {
            (Some(zh), Some(en)) => Wording::Rule { zh: Arc::clone(zh), en: Arc::clone(en), figures: self.key },
            _ => Wording::Key(self.key.into()),
        };
        Finding {
            code: rule.code.clone(),
            severity,
            arguments: self.arguments,
            ids: self.figures.iter().map(|figure| figure.id.clone()).collect(),
            at: self.figures.iter().find_map(|figure| figure.at.clone()),
            figures: self.figures,
            cause: self.cause,
            wording: Some(wording),
            texts: Vec::new(),
        }
    }
}
