//! Which values of a report findings are about.
//!
//! In: a report and the findings of a check. Out: for each value in its place in the layout, the most severe finding and
//! what all of them say. Called by the writers of marked reports.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::Location;
use crate::finding::{Finding, Severity};
use crate::layout::values_in_place;
use crate::message::{self, Arguments, Lang};
use crate::report::{Report, Value};
use crate::template::Template;

/// The findings about one value.
pub(super) struct Mark {
    /// That of the most severe finding.
    pub(super) severity: Severity,
    /// What the findings say.
    pub(super) notes: Vec<String>,
    /// The place of the value in the file that was sent, in words.
    pub(super) place: Option<String>,
}

/// The findings about a report.
pub(super) struct Marks<'f> {
    /// By the index of the value in [`Layout::values`](crate::layout::Layout::values).
    pub(super) values: HashMap<usize, Mark>,
    /// The findings that are about no value of the table.
    pub(super) elsewhere: Vec<&'f Finding>,
    pub(super) lang: Lang,
}

impl<'f> Marks<'f> {
    pub(super) fn new(report: &Report, template: &Template, findings: &'f [Finding], lang: Lang) -> Self {
        let in_place = values_in_place(report, template);
        let mut values: HashMap<usize, Mark> = HashMap::new();
        let mut elsewhere = Vec::new();
        for finding in findings {
            let mut shown = false;
            for (index, value) in in_place.iter().enumerate() {
                let Some(value) = value.filter(|value| is_about(finding, value)) else { continue };
                let place = || value.at.as_ref().map(|at| self::place(at, lang));
                let new = || Mark { severity: finding.severity, notes: Vec::new(), place: place() };
                let mark = values.entry(index).or_insert_with(new);
                mark.severity = mark.severity.max(finding.severity);
                mark.notes.push(note(finding, lang));
                shown = true;
            }
            if !shown {
                elsewhere.push(finding);
            }
        }
        Self { values, elsewhere, lang }
    }
}

/// Whether a finding is about a value: by its place where both have one, else by its indicator.
fn is_about(finding: &Finding, value: &Value) -> bool {
    let of = |id: &Arc<str>| value.id.as_ref() == Some(id);
    if finding.figures.is_empty() {
        return finding.ids.iter().any(of) || (finding.at.is_some() && finding.at == value.at);
    }
    finding.figures.iter().any(|figure| of(&figure.id) && (figure.at == value.at || value.at.is_none()))
}

/// The place of a value in the file that was sent.
pub(super) fn place(at: &Location, lang: Lang) -> String {
    let arguments = [("at".to_owned(), at.to_text(lang))].into_iter().collect();
    message::text("word.place_sent", lang, &arguments)
}

/// What a finding says, with its severity, code and cause.
pub(super) fn note(finding: &Finding, lang: Lang) -> String {
    let severity = message::text(&format!("word.{}", finding.severity.as_str()), lang, &Arguments::new());
    let mut note = format!("{severity}[{}] {}", finding.code, finding.message(lang));
    if let Some(cause) = &finding.cause {
        note += &lang.parentheses(&cause.text(lang));
    }
    note
}
