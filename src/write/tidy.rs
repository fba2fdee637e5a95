//! The values of reports as tidy data, a row a value: `Report → bytes`.
//!
//! In: a report and the name of its source. Out: a record or an object for every indicator and every row beyond the form,
//! whose `id` is empty. Rows of any number of reports follow one another under one header, so that a table of all inputs of a
//! folder is made in little memory.
//!
//! `path` is the labels from the section down, joined by ` › `; a `›` inside a label stands doubled, so the labels can be told
//! apart again. `text` is the cell as it stands in the source. `at` is the place in the source as messages have it: `Sheet1!C31`, `line 176`. Blank, zero and "not applicable"
//! are told by `status`; `value` is empty unless it is `number`. `corrected_by` and `correction_reason` say who set a value and why.

use std::io::Write;

use serde::Serialize;
use serde_json::Number;

use crate::encoding;
use crate::error::{Error, ErrorKind, Result};
use crate::escape_formula::escape_formula;
use crate::report::{Report, Status, Value};
use crate::write::format::TidyWriter;
use crate::write::record::record;
use crate::write::{Format, WriteOptions, failed};

/// What stands between the labels of a path.
pub(crate) const SEPARATOR: &str = " › ";

/// The columns, in order.
pub(crate) const COLUMNS: [&str; 14] = [
    "source",
    "organization",
    "year",
    "template",
    "id",
    "path",
    "column",
    "unit",
    "value",
    "status",
    "text",
    "at",
    "corrected_by",
    "correction_reason",
];

#[derive(Serialize)]
struct Row<'a> {
    source: &'a str,
    organization: Option<&'a str>,
    year: Option<i32>,
    template: Option<&'a str>,
    id: Option<&'a str>,
    path: String,
    column: Option<&'a str>,
    unit: Option<&'a str>,
    value: Option<Number>,
    status: Status,
    text: &'a str,
    at: Option<String>,
    corrected_by: Option<&'a str>,
    correction_reason: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(report: &'a Report, value: &'a Value, source: &'a str) -> Self {
        let labels: Vec<_> = value.path.iter().map(|label| label.replace('›', "››")).collect();
        Self {
            source,
            organization: report.organization.as_deref(),
            year: report.year,
            template: report.template.as_deref(),
            id: value.id.as_deref(),
            path: labels.join(SEPARATOR),
            column: value.column.as_deref(),
            unit: value.unit.as_deref(),
            // The digits as printed.
            value: value.number().and_then(|number| number.to_string().parse().ok()),
            status: value.cell.status(),
            text: value.text(),
            at: value.at.as_ref().map(ToString::to_string),
            corrected_by: value.correction.as_ref().map(|correction| correction.by.as_str()),
            correction_reason: value.correction.as_ref().map(|correction| correction.reason.as_str()),
        }
    }

    fn fields(&self) -> [String; 14] {
        let text = |text: Option<&str>| escape_formula(text.unwrap_or_default()).into_owned();
        [
            text(Some(self.source)),
            text(self.organization),
            self.year.map(|year| year.to_string()).unwrap_or_default(),
            text(self.template),
            text(self.id),
            text(Some(&self.path)),
            text(self.column),
            text(self.unit),
            self.value.as_ref().map(ToString::to_string).unwrap_or_default(),
            self.status.as_str().to_owned(),
            text(Some(self.text)),
            text(self.at.as_deref()),
            text(self.corrected_by),
            text(self.correction_reason),
        ]
    }
}

fn rows<'a>(report: &'a Report, source: &'a str) -> impl Iterator<Item = Row<'a>> {
    report.values.iter().chain(&report.extra).map(move |value| Row::new(report, value, source))
}

/// Writes what comes before the first row: in CSV the names of the columns, in NDJSON nothing.
///
/// CSV is in the encoding that the options name, UTF-8 after a byte order mark where they ask for one.
///
/// # Errors
/// [`ErrorKind::EncodingNotFound`]; [`ErrorKind::Write`] when `out` fails or the format has no such table: see
/// [`Format::holds_tidy`].
pub(crate) fn write_header(format: Format, options: &WriteOptions<'_>, out: &mut dyn Write) -> Result<()> {
    (writer(format)?.header)(options, out)
}

/// Writes a row for every value of a report from a source of that name.
///
/// # Errors
/// Those of [`write_header`]; [`ErrorKind::Unencodable`] for a character that the encoding lacks.
pub(crate) fn write(
    report: &Report,
    source: &str,
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    (writer(format)?.rows)(report, source, options, out)
}

fn writer(format: Format) -> Result<&'static TidyWriter> {
    let none = || Error::new(ErrorKind::Write { format: format.name().to_uppercase(), detail: "tidy".to_owned() });
    format.info().tidy.as_ref().ok_or_else(none)
}

pub(super) fn write_csv_header(options: &WriteOptions<'_>, out: &mut dyn Write) -> Result<()> {
    let encoding = encoding::to_write(options.encoding.as_deref())?;
    if options.bom && encoding == encoding_rs::UTF_8 {
        out.write_all("\u{feff}".as_bytes()).map_err(|error| failed("CSV", error))?;
    }
    out.write_all(&record(&COLUMNS, encoding)?).map_err(|error| failed("CSV", error))
}

pub(super) fn write_csv(report: &Report, source: &str, options: &WriteOptions<'_>, out: &mut dyn Write) -> Result<()> {
    let encoding = encoding::to_write(options.encoding.as_deref())?;
    for row in rows(report, source) {
        out.write_all(&record(&row.fields(), encoding)?).map_err(|error| failed("CSV", error))?;
    }
    Ok(())
}

pub(super) fn write_lines(report: &Report, source: &str, _: &WriteOptions<'_>, out: &mut dyn Write) -> Result<()> {
    for row in rows(report, source) {
        let mut bytes = serde_json::to_vec(&row).map_err(|error| failed("NDJSON", error))?;
        bytes.push(b'\n');
        out.write_all(&bytes).map_err(|error| failed("NDJSON", error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::sample;

    fn csv(report: &Report) -> Vec<Vec<String>> {
        let mut bytes = Vec::new();
        write_header(Format::Csv, &WriteOptions::default(), &mut bytes).unwrap();
        write(report, "in/a.xls", Format::Csv, &WriteOptions::default(), &mut bytes).unwrap();
        let reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.into_records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_value_has_a_row_and_keeps_its_digits_and_status() {
        let report = sample::report();
        let records = csv(&report);
        assert_eq!(records[0], COLUMNS);
        assert_eq!(records.len(), 1 + report.values.len() + report.extra.len());
        for (record, value) in records[1..].iter().zip(report.values.iter().chain(&report.extra)) {
            assert_eq!(record[0], "in/a.xls");
            assert_eq!(record[4], value.id.as_deref().unwrap_or_default());
            assert_eq!(record[8], value.number().map(|number| number.to_string()).unwrap_or_default());
            assert_eq!(record[9] == "number", value.number().is_some());
        }
        let mut lines = Vec::new();
        write(&report, "in/a.xls", Format::Ndjson, &WriteOptions::default(), &mut lines).unwrap();
        let lines = String::from_utf8(lines).unwrap();
        for (line, record) in lines.lines().zip(&records[1..]) {
            let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            assert_eq!(row.keys().collect::<Vec<_>>().len(), COLUMNS.len());
            for (column, field) in COLUMNS.iter().zip(record) {
                let json = match &row[*column] {
                    serde_json::Value::Null => String::new(),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(&json, field.strip_prefix('\'').unwrap_or(field), "{column}");
            }
        }
    }

    #[test]
    fn labels_can_be_told_apart_whatever_they_hold() {
        let mut report = sample::report();
        report.values.truncate(1);
        report.extra.clear();
        report.values[0].path = ["=1+1", "a › b", "›", "-7"].map(str::to_owned).into();
        report.organization = Some("@东镇".to_owned());
        let record = csv(&report).pop().unwrap();
        assert_eq!((record[1].as_str(), record[5].as_str()), ("'@东镇", "'=1+1 › a ›› b › ›› › -7"));
        let labels: Vec<_> = record[5][1..].split(SEPARATOR).map(|label| label.replace("››", "›")).collect();
        assert_eq!(labels, *report.values[0].path);
    }
}
