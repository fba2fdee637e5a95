//! The summary of a run: a row for each input, in order, as JSON or CSV.
//!
//! In: [`SummaryRow`]s, as they come. Out: an array of objects, or records below a header, in a file that appears at the
//! end of the run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::escape_formula::escape_formula;
use crate::finding::{Finding, Severity};
use crate::report::Report;
use crate::write::{Format, record};
use serde::{Deserialize, Serialize};

use super::atomic_file::AtomicFile;
use super::failure::Failure;
use super::files::Outputs;
use super::place;

/// One input of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SummaryRow {
    /// The input as it was named.
    pub input: String,
    /// Its reports.
    pub reports: Vec<ReportIdentity>,
    /// The files written for it.
    pub outputs: Vec<String>,
    /// Its findings, counted.
    pub findings: Counts,
    /// Why it failed, where it did.
    pub failure: Option<String>,
    /// The time it took, in seconds.
    pub seconds: f64,
}

/// The identity of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReportIdentity {
    /// The template's id.
    pub template: Option<String>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year.
    pub year: Option<i32>,
}

impl ReportIdentity {
    /// The identity of a report.
    pub(crate) fn new(report: &Report) -> Self {
        Self { template: report.template.clone(), organization: report.organization.clone(), year: report.year }
    }
}

/// How many findings there are of each severity and code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// By code.
    pub codes: BTreeMap<String, usize>,
}

impl Counts {
    /// Counts findings.
    pub(crate) fn new(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match finding.severity {
                Severity::Error => &mut counts.errors,
                Severity::Warning => &mut counts.warnings,
                Severity::Note => &mut counts.notes,
            } += 1;
            *counts.codes.entry(finding.code.clone()).or_default() += 1;
        }
        counts
    }

    /// Adds the counts of another input, codes left aside.
    pub(crate) fn add(&mut self, other: &Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.notes += other.notes;
    }
}

/// The header of the records.
const HEADER: [&str; 11] = [
    "input",
    "template",
    "organization",
    "year",
    "outputs",
    "errors",
    "warnings",
    "notes",
    "codes",
    "failure",
    "seconds",
];

/// A summary that is being written.
pub(crate) struct SummaryFile {
    file: AtomicFile,
    csv: bool,
    rows: usize,
}

impl SummaryFile {
    /// Starts a summary; its extension names the format.
    ///
    /// # Errors
    /// `usage.summary_ending`, and those of [`AtomicFile::create`].
    pub(crate) fn create(path: &Path, outputs: &Outputs, bom: bool) -> Result<Self, Failure> {
        let csv = format(path)? == Format::Csv;
        let mut file = AtomicFile::create(path, outputs)?;
        if csv {
            if bom {
                file.write("\u{feff}".as_bytes())?;
            }
            file.write(&record(HEADER.map(str::to_owned))?)?;
        } else {
            file.write(b"[")?;
        }
        Ok(Self { file, csv, rows: 0 })
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, row: &SummaryRow) -> Result<(), Failure> {
        let bytes = if self.csv {
            record(row.fields())?
        } else {
            let mut bytes = if self.rows == 0 { b"\n".to_vec() } else { b",\n".to_vec() };
            bytes.extend(serde_json::to_vec(row).unwrap_or_default());
            bytes
        };
        self.rows += 1;
        self.file.write(&bytes)
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Failure> {
        if !self.csv {
            self.file.write(b"\n]\n")?;
        }
        self.file.finish()
    }
}

/// The format that the extension of a summary names.
///
/// # Errors
/// `usage.summary_ending` for other formats than JSON and CSV.
pub(crate) fn format(path: &Path) -> Result<Format, Failure> {
    place::format_of(path)
        .filter(|format| matches!(format, Format::Csv | Format::Json))
        .ok_or_else(|| Failure::new("usage.summary_ending").with("output", path.display()))
}

impl SummaryRow {
    fn fields(&self) -> [String; 11] {
        let join = |texts: Vec<String>| texts.join("; ");
        let of = |field: fn(&ReportIdentity) -> Option<String>| {
            let texts: Vec<_> = self.reports.iter().map(|report| field(report).unwrap_or_default()).collect();
            // What all reports have in common appears once.
            if texts.windows(2).all(|pair| pair[0] == pair[1]) {
                texts.into_iter().take(1).collect()
            } else {
                join(texts)
            }
        };
        let codes = self.findings.codes.iter().map(|(code, count)| format!("{code}×{count}")).collect();
        [
            escape_formula(&self.input).into_owned(),
            escape_formula(&of(|report| report.template.clone())).into_owned(),
            escape_formula(&of(|report| report.organization.clone())).into_owned(),
            of(|report| report.year.map(|year| year.to_string())),
            escape_formula(&join(self.outputs.clone())).into_owned(),
            self.findings.errors.to_string(),
            self.findings.warnings.to_string(),
            self.findings.notes.to_string(),
            join(codes),
            escape_formula(self.failure.as_deref().unwrap_or_default()).into_owned(),
            self.seconds.to_string(),
        ]
    }
}

fn record(fields: [String; 11]) -> Result<Vec<u8>, Failure> {
    Ok(record::record(&fields[..], encoding_rs::UTF_8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> [SummaryRow; 2] {
        let known = |organization: &str| ReportIdentity {
            template: Some("2014".to_owned()),
            organization: Some(organization.to_owned()),
            year: Some(2017),
        };
        let done = SummaryRow {
            input: "in/a.xls".to_owned(),
            reports: vec![known("东镇"), known("西镇")],
            outputs: vec!["out/a-东镇.csv".to_owned(), "out/a-西镇.csv".to_owned()],
            findings: Counts::new(&[Finding::new("XG301"), Finding::new("XG301"), Finding::new("XG306")]),
            failure: None,
            seconds: 0.25,
        };
        let failed =
            SummaryRow { input: "=b.xls".to_owned(), failure: Some("空".to_owned()), ..SummaryRow::default() };
        [done, failed]
    }

    fn written(name: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let mut summary = SummaryFile::create(&path, &Outputs::default(), false).unwrap();
        rows().iter().for_each(|row| summary.add(row).unwrap());
        summary.finish().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn json_reads_back_as_the_same_rows() {
        let back: Vec<SummaryRow> = serde_json::from_str(&written("run.json")).unwrap();
        assert_eq!(back, rows());
    }

    #[test]
    fn csv_has_a_record_an_input_and_starts_no_formula() {
        let text = written("run.csv");
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0], HEADER.join(","));
        assert_eq!(
            lines[1],
            "in/a.xls,2014,东镇; 西镇,2017,out/a-东镇.csv; out/a-西镇.csv,0,1,2,XG301×2; XG306×1,,0.25"
        );
        assert_eq!(lines[2], "'=b.xls,,,,,0,0,0,,空,0");
        assert!(format(Path::new("run.txt")).is_err());
    }
}
