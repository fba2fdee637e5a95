//! The overview of a check: a row for each report, on the terminal and in a file.

use std::path::PathBuf;

use crate::engine::Examined;
use crate::finding::Severity;
use crate::message::Lang;
use crate::report::Status;
use crate::write::overview::{HEADERS, OverviewRow, html, xlsx};

use super::super::common;
use super::super::console::{Console, clean, one_line};
use super::super::table::Table;
use crate::batch::Failure;
use crate::batch::files::Outputs;

/// The file of an overview.
pub(super) struct OverviewFile {
    path: PathBuf,
    is_page: bool,
    timestamp: Option<i64>,
}

impl OverviewFile {
    /// A file whose extension names its format.
    pub(super) fn new(path: PathBuf, outputs: &Outputs) -> Result<Self, Failure> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let is_page = match ending.as_deref() {
            Some("html" | "htm") => true,
            Some("xlsx") => false,
            _ => return Err(Failure::new("usage.overview_ending").with("output", path.display())),
        };
        // Before all the reading.
        outputs.inputs.refuse(&path)?;
        Ok(Self { path, is_page, timestamp: common::timestamp()? })
    }

    /// Writes it; false where that failed, which is reported.
    pub(super) fn write(&self, rows: &[OverviewRow], outputs: &Outputs, console: &Console) -> bool {
        match self.try_write(rows, outputs, console.lang) {
            Ok(()) => console.info(&self.path.display().to_string()),
            Err(failure) => {
                console.failure(None, &failure);
                return false;
            }
        }
        true
    }

    fn try_write(&self, rows: &[OverviewRow], outputs: &Outputs, lang: Lang) -> Result<(), Failure> {
        let bytes = if self.is_page { html(rows, lang) } else { xlsx(rows, self.timestamp, lang)? };
        outputs.write(&self.path, &bytes).map(drop)
    }
}

/// The row of a report.
pub(super) fn row(file: &str, one: &Examined) -> OverviewRow {
    let count = |severity| one.findings.iter().filter(|finding| finding.severity == severity).count();
    let values = one.report.values.iter().chain(&one.report.extra);
    let unreadable = values.filter(|value| value.cell.is_unreadable()).count();
    let missing = one.report.values.iter().filter(|value| value.cell.status() == Status::Missing).count();
    OverviewRow {
        file: file.to_owned(),
        organization: one.report.organization.clone(),
        year: one.report.year,
        form: one.report.template.clone(),
        counts: [count(Severity::Error), count(Severity::Warning), unreadable, missing],
        failure: None,
    }
}

/// The row of a file that cannot be read.
pub(super) fn failed(file: &str, message: String) -> OverviewRow {
    OverviewRow { file: file.to_owned(), failure: Some(message), ..OverviewRow::default() }
}

/// An overview of more rows leaves out those that are fine, so that it fits on a screen.
const ROWS: usize = 20;

/// The overview for a terminal: a table of the reports, then the files that cannot be read.
pub(super) fn table(rows: &[OverviewRow], console: &Console) -> String {
    let mut table = Table::new(HEADERS.map(|key| console.word(key)));
    table.align_right(4..HEADERS.len());
    let hides = !console.verbose && rows.len() > ROWS;
    let (failed, read): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.failure.is_some());
    let (fine, shown): (Vec<_>, Vec<_>) = read.into_iter().partition(|row| hides && row.is_fine());
    for row in &shown {
        let cells = row.cells().map(|cell| one_line(&cell));
        table.row(cells.each_ref().map(String::as_str));
    }
    let mut text = if shown.is_empty() { String::new() } else { table.draw() };
    if !fine.is_empty() {
        let key = if shown.is_empty() { "overview.all_fine" } else { "overview.fine" };
        text += &(console.text(key, &[("count", &fine.len().to_string())]) + "\n");
    }
    if !failed.is_empty() {
        text += &(console.text("overview.failed", &[("count", &failed.len().to_string())]) + "\n");
    }
    for row in failed {
        let reason = one_line(row.failure.as_deref().unwrap_or_default());
        text += &(clean(&format!("  {}: {reason}", row.file)) + "\n");
    }
    text
}
