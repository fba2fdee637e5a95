//! Sets the values of reports that corrections name.
//!
//! In: the reports of a file, their findings, and the corrections of the file. Out: the reports with the values set, a note
//! on each (`XG371`), and without the findings of reading that named nothing else.

use super::corrections::{Corrections, Entry, is_about, name_of};
use crate::error::Result;
use crate::finding::Finding;
use crate::recognize::value::parse;
use crate::report::{CellValue, Report, Value};
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::words::words;

/// The note on a value that was set.
const CORRECTED: &str = "XG371";

/// Applies the corrections of a file to its reports. `findings` has those of each report.
///
/// # Errors
/// [`crate::ErrorKind::Correction`]: no such report, indicator or column, a text that is not what was read, or a value that was
/// read with certainty.
pub(crate) fn apply<'c>(
    corrections: &'c Corrections,
    entries: impl Iterator<Item = &'c Entry>,
    reports: &mut [Report],
    findings: &[Vec<Finding>],
) -> Result<()> {
    let count = reports.len();
    // The values of each report that were set.
    let mut set: Vec<Vec<Value>> = vec![Vec::new(); count];
    for entry in entries {
        let wrong = |reason: &str, found: String| entry.error(&corrections.file, reason, found);
        let at = entry.report - 1;
        let Some(report) = reports.get_mut(at) else {
            return Err(wrong("@correction.unknown_report", count.to_string()));
        };
        let value = value_of(entry, report).map_err(|(reason, found)| wrong(reason, found))?;
        if !is_same_text(&entry.text, value) {
            return Err(wrong("@correction.other_text", format!("“{}”", value.text().trim())));
        }
        let is_open = matches!(value.cell, CellValue::Unreadable(_) | CellValue::Missing)
            || findings[at].iter().any(|finding| is_about(finding, value));
        if !is_open {
            return Err(wrong("@correction.certain", format!("“{}”", value.text().trim())));
        }
        let text = value.text().to_owned();
        value.correct(entry.cell, entry.correction.clone());
        let finding = note(value, &text);
        set[at].push(value.clone());
        report.findings.retain(|known| known.code != CORRECTED || known.ids != finding.ids || known.at != finding.at);
        report.findings.push(finding);
    }
    for (report, set) in reports.iter_mut().zip(&set) {
        report.findings.retain(|finding| !is_settled(finding, set));
    }
    Ok(())
}

fn note(value: &Value, text: &str) -> Finding {
    let correction = value.correction.clone().unwrap_or_default();
    let new = match value.cell {
        CellValue::Number(number) => number.to_string(),
        CellValue::NotApplicable => "/".to_owned(),
        _ => String::new(),
    };
    let mut finding = Finding::new(CORRECTED)
        .with("label", value.path.last().map_or("", String::as_str))
        .with("text", text.trim())
        .with("value", new)
        .with("by", correction.by)
        .with("reason", correction.reason)
        .at(value.at.clone());
    finding.ids.extend(value.id.clone());
    finding
}

/// The value that a correction names. Without a column: the only one of the indicator, or that of the table's own column.
fn value_of<'r>(entry: &Entry, report: &'r mut Report) -> Result<&'r mut Value, (&'static str, String)> {
    let wanted = fold(&entry.id);
    let of_id = |value: &Value| value.id.as_deref() == Some(&*entry.id) || fold(&name_of(value)) == wanted;
    let columns: Vec<Option<String>> = report
        .values
        .iter()
        .chain(&report.extra)
        .filter(|value| of_id(value))
        .map(|value| value.column.clone())
        .collect();
    let is_wanted = |column: &Option<String>| match &entry.column {
        Some(wanted) => column.as_deref().is_some_and(|column| fold(column) == fold(wanted)),
        None => column.is_none() || columns.len() == 1,
    };
    let list = || columns.iter().map(|column| column.as_deref().unwrap_or("–")).collect::<Vec<_>>().join("、");
    match columns.iter().filter(|column| is_wanted(column)).count() {
        0 if columns.is_empty() => {
            Err(("@correction.unknown_id", report.template.clone().unwrap_or_else(|| "–".to_owned())))
        }
        0 => Err(("@correction.unknown_column", list())),
        1 => {
            let values = report.values.iter_mut().chain(&mut report.extra);
            let found = values.into_iter().find(|value| of_id(value) && is_wanted(&value.column));
            found.ok_or_else(|| ("@correction.unknown_id", String::new()))
        }
        _ => Err(("@correction.several_values", list())),
    }
}

/// Whether a text is what was read. White space and the width of characters make no difference; neither does another notation
/// of the same number, which programs change when they save a CSV.
fn is_same_text(text: &str, value: &Value) -> bool {
    let words = words();
    if value.cell == CellValue::Missing && words.is_missing_mark(text) {
        return true;
    }
    let plain = |text: &str| fold(words.without_mark(text).unwrap_or(text));
    if plain(text) == plain(value.text()) {
        return true;
    }
    let number = value.number().filter(|_| value.correction.is_none());
    number.is_some() && parse(text, ValueKind::Decimal).cell.number() == number && !text.trim().is_empty()
}

/// Whether a finding of reading is only about values that were set.
fn is_settled(finding: &Finding, set: &[Value]) -> bool {
    let is_reading = finding.code.starts_with("XG3") && finding.code != CORRECTED;
    let is_here = || set.iter().any(|value| value.at.is_some() && value.at == finding.at);
    let has = |id| set.iter().any(|value| value.id.as_ref() == Some(id));
    is_reading && finding.at.is_some() && is_here() && finding.ids.iter().all(has)
}
