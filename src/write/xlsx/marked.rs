//! A report with the cells in question marked, as an office sends it back: `Report × findings → bytes`.
//!
//! In: a report and the findings of a check. Out: a workbook of the report. Each value that a finding is about has a
//! background colour for the severity of the finding, and a note with the finding and its place in the file that was sent.
//! The workbook has the official layout, whatever was sent: text and Word files have no cells to mark, and an office should
//! not return the other content of the sender's workbook changed.

use super::cells::PlacedCell;
use super::draw::CellExtras;
use crate::error::Result;
use crate::finding::{Finding, Severity};
use crate::layout::{LayoutOptions, layout};
use crate::message::Lang;
use crate::report::Report;
use crate::template::SharedTemplate;
use crate::write::marks::Marks;

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
    let marks = Marks::new(report, template, findings, lang);
    let extras = |placed: &PlacedCell<'_>| match placed.value.and_then(|value| marks.values.get(&value)) {
        Some(mark) => CellExtras {
            fill: ground(mark.severity),
            note: Some(mark.notes.iter().chain(&mark.place).cloned().collect::<Vec<_>>().join("\n\n")),
            ..CellExtras::default()
        },
        None => CellExtras::default(),
    };
    let bytes = super::with_sheet(&layout, template, |sheet| sheet.draw(timestamp, extras, |_, _| Ok(())))?;
    Ok((bytes, marks.elsewhere.into_iter().cloned().collect()))
}

/// The background colour of a cell with a finding.
pub(super) fn ground(severity: Severity) -> Option<u32> {
    GROUNDS.iter().find(|(of, _)| *of == severity).map(|(_, ground)| *ground)
}
