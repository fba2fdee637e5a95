//! Replaces characters in the texts of a report that would steer the program that shows them.

use std::borrow::Cow;
use std::sync::Arc;

use super::{CellValue, Report, Value};
use crate::finding::Finding;
use crate::location::Location;
use crate::text::neutral::neutral;

/// What was replaced so far.
#[derive(Default)]
struct Replaced {
    count: usize,
    first: Option<(String, Option<Location>)>,
}

/// Replaces control characters and open direction marks in every text of a report. `XG353` says how many texts had some.
pub(crate) fn neutralize(report: &mut Report, is_stored: bool) {
    let mut replaced = Replaced::default();
    // Unless they were stored, the labels of a form are its template's, and there are thousands.
    let is_of_form = !is_stored && report.template.is_some();
    let filing = &mut report.filing;
    let texts = [&mut report.title, &mut report.organization, &mut report.sheet, &mut filing.responsible];
    let more = [&mut filing.reviewer, &mut filing.preparer, &mut filing.phone, &mut filing.date];
    texts.into_iter().chain(more).for_each(|text| replaced.optional(text, None));
    report.values.iter_mut().for_each(|value| replaced.value(value, !is_of_form));
    report.extra.iter_mut().for_each(|value| replaced.value(value, true));
    for finding in &mut report.findings {
        finding.arguments.for_each_mut(|text| {
            if let Cow::Owned(new) = neutral(text) {
                *text = new;
            }
        });
    }
    if let Some((text, at)) = replaced.first {
        report.findings.push(Finding::new("XG353").with("count", replaced.count).with("text", text).at(at));
    }
}

impl Replaced {
    fn text(&mut self, text: &mut String, at: Option<&Location>) {
        if let Cow::Owned(new) = neutral(text) {
            self.count += 1;
            self.first.get_or_insert_with(|| (new.clone(), at.cloned()));
            *text = new;
        }
    }

    fn optional(&mut self, text: &mut Option<String>, at: Option<&Location>) {
        if let Some(text) = text {
            self.text(text, at);
        }
    }

    fn value(&mut self, value: &mut Value, with_labels: bool) {
        let place = value.at.take();
        let at = place.as_ref();
        if with_labels && value.path.iter().any(|label| matches!(neutral(label), Cow::Owned(_))) {
            let mut path = value.path.to_vec();
            path.iter_mut().for_each(|label| self.text(label, at));
            value.path = Arc::from(path);
        }
        if let CellValue::Unreadable(text) = &mut value.cell {
            self.text(text, at);
        }
        self.text(&mut value.source_text, at);
        for text in [&mut value.column, &mut value.unit, &mut value.after, &mut value.label] {
            self.optional(text, at);
        }
        value.at = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_report_are_replaced_and_named() {
        let mut report = Report {
            organization: Some("中庄\u{1b}镇".to_owned()),
            findings: vec![Finding::new("XG309").with("text", "\0")],
            ..Report::default()
        };
        neutralize(&mut report, true);
        assert_eq!(report.organization.as_deref(), Some("中庄\u{fffd}镇"));
        assert_eq!(report.findings[0].arguments["text"], "\u{fffd}");
        assert_eq!((report.findings[1].code.as_str(), report.findings[1].arguments["count"].as_str()), ("XG353", "1"));
        let mut clean = Report { organization: Some("中庄镇".to_owned()), ..Report::default() };
        neutralize(&mut clean, true);
        assert!(clean.findings.is_empty());
    }
}
