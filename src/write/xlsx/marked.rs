//! A report with the cells in question marked, as an office sends it back: `Report × findings → bytes`.
//!
//! In: a report and the findings of a check. Out: a workbook of the report. Each value that a finding is about has a
//! background colour for the severity of the finding, and a note with the finding and its place in the file that was sent.
//! The workbook has the official layout, whatever was sent: text and Word files have no cells to mark, and an office should
//! not return the other content of the sender's workbook changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::cells::PlacedCell;
use super::draw::CellExtras;
use crate::document::Location;
use crate::error::Result;
use crate::finding::{Finding, Severity};
use crate::layout::{LayoutOptions, layout, values_in_place};
use crate::message::{self, Arguments, Lang};
use crate::report::{Report, Value};
use crate::template::SharedTemplate;

/// Background colours on which black digits are easy to read, also in grey print.
const GROUNDS: [(Severity, u32); 3] =
    [(Severity::Error, 0xFF_C7_CE), (Severity::Warning, 0xFF_EB_9C), (Severity::Note, 0xDD_EB_F7)];

/// Writes a report with its findings.
///
/// Returns the findings that are about no value of the table, which no cell can show.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when the report is larger than a worksheet.
pub(crate) fn write(
    report: &Report,
    template: &SharedTemplate,
    findings: &[Finding],
    lang: Lang,
    timestamp: Option<i64>,
) -> Result<(Vec<u8>, Vec<Finding>)> {
    let layout = layout(report, template, LayoutOptions::default());
    let values = values_in_place(report, template);
    let mut marks: HashMap<usize, (Severity, Vec<String>)> = HashMap::new();
    let mut elsewhere = Vec::new();
    for finding in findings {
        let mut shown = false;
        for (index, value) in values.iter().enumerate() {
            if value.is_some_and(|value| is_about(finding, value)) {
                let (severity, notes) = marks.entry(index).or_insert((finding.severity, Vec::new()));
                *severity = (*severity).max(finding.severity);
                notes.push(note(finding, lang));
                shown = true;
            }
        }
        if !shown {
            elsewhere.push(finding.clone());
        }
    }
    let sent = |value: usize| values[value].and_then(|value| value.at.as_ref()).map(|at| place(at, lang));
    let extras = |placed: &PlacedCell<'_>| match placed.value.and_then(|value| Some((value, marks.get(&value)?))) {
        Some((value, (severity, notes))) => CellExtras {
            fill: ground(*severity),
            note: Some(notes.iter().cloned().chain(sent(value)).collect::<Vec<_>>().join("\n\n")),
            ..CellExtras::default()
        },
        None => CellExtras::default(),
    };
    let bytes = super::with_sheet(&layout, template, |sheet| sheet.draw(timestamp, extras, |_, _| Ok(())))?;
    Ok((bytes, elsewhere))
}

/// The background colour of a cell with a finding.
pub(super) fn ground(severity: Severity) -> Option<u32> {
    GROUNDS.iter().find(|(of, _)| *of == severity).map(|(_, ground)| *ground)
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

fn note(finding: &Finding, lang: Lang) -> String {
    let severity = message::text(&format!("word.{}", finding.severity.as_str()), lang, &Arguments::new());
    let mut note = format!("{severity}[{}] {}", finding.code, finding.message(lang));
    if let Some(cause) = &finding.cause {
        note += &lang.parentheses(&cause.text(lang));
    }
    note
}
