//! The values of a run that a person should look up in the source.
//!
//! In: a report and its findings. Out: a row of CSV for each unreadable value, and for each that a warning or an error names.
//! The rows have the columns of a file of corrections, and are one as soon as somebody fills them in. A missing value is in
//! no cell; it is listed only if a finding says where to look.

use super::corrections::{is_about, name_of};
use crate::error::{Error, Result};
use crate::escape_formula::escape_formula;
use crate::finding::{Finding, Severity};
use crate::location::Location;
use crate::message::{self, Lang};
use crate::report::{CellValue, Report, Value};
use crate::text::words::words;

/// The columns of the list, by their keys in the catalogue.
const COLUMNS: [&str; 11] =
    ["source", "report", "id", "column", "text", "value", "by", "reason", "label", "place", "message"];

/// A value to look up.
#[derive(Clone, Debug)]
pub(crate) struct DoubtfulValue {
    /// The number of the report in its file, from 1.
    report: usize,
    id: String,
    column: Option<String>,
    text: String,
    label: String,
    at: Option<Location>,
    findings: Vec<Finding>,
}

/// The header row.
pub(crate) fn header(lang: Lang) -> Result<Vec<u8>> {
    let head = COLUMNS.map(|key| message::pattern(&format!("correction.head.{key}"), lang).to_owned());
    // Excel reads UTF-8 only after a byte order mark.
    Ok([&b"\xef\xbb\xbf"[..], &record(&head)?].concat())
}

/// The values of a report to look up, in its order. `number` is that of the report in its file.
pub(crate) fn doubtful(report: &Report, findings: &[Finding], number: usize) -> Vec<DoubtfulValue> {
    let findings: Vec<&Finding> = findings.iter().filter(|finding| finding.severity > Severity::Note).collect();
    let values = report.values.iter().chain(&report.extra).filter(|value| value.correction.is_none());
    let of_value = |value: &Value| {
        let own: Vec<Finding> = findings
            .iter()
            .filter(|finding| is_about(finding, value))
            .filter(|finding| value.cell != CellValue::Missing || finding.at.is_some())
            .map(|finding| (*finding).clone())
            .collect();
        let is_doubtful = value.cell.is_unreadable() || !own.is_empty();
        is_doubtful.then(|| DoubtfulValue {
            report: number,
            id: name_of(value),
            column: value.column.clone(),
            text: text(value),
            label: value.path.last().cloned().unwrap_or_default(),
            at: value.at.clone().or_else(|| own.iter().find_map(|finding| finding.at.clone())),
            findings: own,
        })
    };
    values.filter_map(of_value).collect()
}

/// The original text. An unreadable one is marked, since Excel would make another of `00` or `4/2`.
fn text(value: &Value) -> String {
    match &value.cell {
        CellValue::Unreadable(text) if !text.trim().is_empty() => words().marked_unreadable(text),
        _ => value.text().to_owned(),
    }
}

impl DoubtfulValue {
    /// The row of the value in a file of a name.
    pub(crate) fn row(&self, file: &str, lang: Lang) -> Result<Vec<u8>> {
        let messages: Vec<String> =
            self.findings.iter().map(|finding| format!("{} {}", finding.code, finding.message(lang))).collect();
        let place = self.at.as_ref().map_or_else(String::new, |at| at.to_text(lang));
        let fields = [
            file.to_owned(),
            self.report.to_string(),
            self.id.clone(),
            self.column.clone().unwrap_or_default(),
            self.text.clone(),
            String::new(),
            String::new(),
            String::new(),
            self.label.clone(),
            place,
            messages.join(lang.list_separator()),
        ];
        record(&fields.map(|field| escape_formula(&field).into_owned()))
    }
}

fn record(fields: &[String]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(fields).map_err(|error| Error::write("CSV", error))?;
    writer.into_inner().map_err(|error| Error::write("CSV", error.into_error()))
}
