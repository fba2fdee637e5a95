//! The result of one conversion.

use std::borrow::Cow;
use std::path::PathBuf;

use crate::correct::DoubtfulValue;
use crate::finding::Finding;
use crate::message::Lang;
use crate::report::Report;
use crate::write::Format;

use super::failure::Failure;
use super::input::Input;
use super::journal::{Fingerprint, JournalEntry, RecordedOutput};
use super::stamp::Stamp;
use super::summary::{Counts, ReportIdentity, SummaryRow};

/// The result of one conversion.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Findings, each once.
    pub findings: Vec<Finding>,
    /// Values to look up in the source, where the run lists them.
    pub doubtful: Vec<DoubtfulValue>,
    /// The outputs, in order.
    pub outputs: Vec<Output>,
    /// How many reports have text around their table that an output does not hold.
    pub without_narrative: usize,
    /// Why the job stopped, where it did.
    pub failure: Option<Failure>,
    /// Whether the run ended before the job could write. It is then as if the job had never begun.
    pub dropped: bool,
    /// The row of a job that an interrupted run had done already.
    pub resumed: Option<SummaryRow>,
    /// The identities of the input's reports.
    pub(super) reports: Vec<ReportIdentity>,
    /// Tells whether the input is still the same.
    pub(super) stamp: Option<Stamp>,
    /// The names of outputs that depend on what reports say.
    pub(super) names: Names,
    pub(super) seconds: f64,
}

/// Names of outputs that depend on what reports say: wanted, and got instead because another output had the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) wanted: Vec<String>,
    pub(super) got: Vec<String>,
}

/// One output.
pub(crate) struct Output {
    /// The file; none for standard output.
    pub path: Option<PathBuf>,
    /// The format.
    pub format: Format,
    /// Its reports in short.
    pub reports: Vec<ReportSummary>,
    /// Whether and how it was written.
    pub state: OutputState,
    /// Tells the bytes of a file from others.
    pub(super) fingerprint: Option<Fingerprint>,
}

/// A report in short.
pub(crate) struct ReportSummary {
    /// The template's id.
    pub template: Option<String>,
    /// How many indicators hold a number.
    pub numbers: usize,
    /// How many indicators there are.
    pub total: usize,
}

/// Whether and how an output was written.
pub(crate) enum OutputState {
    /// The file was written.
    Written,
    /// The file had the same bytes already.
    Unchanged,
    /// A dry run: the file would be written.
    Planned,
    /// Bytes for standard output or for the one table of all values.
    Bytes(Vec<u8>),
}

impl Outcome {
    /// An outcome that is only a failure.
    pub(crate) fn failed(failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// Names that another output had already, with those used instead.
    pub(crate) fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.names.wanted.iter().zip(&self.names.got);
        pairs.filter(|(wanted, got)| wanted != got).map(|(wanted, got)| (wanted.as_str(), got.as_str()))
    }

    /// The row of the summary.
    pub(crate) fn row(&self, input: &Input, lang: Lang) -> SummaryRow {
        if let Some(row) = &self.resumed {
            return row.clone();
        }
        let path = |output: &Output| output.path.as_ref().map(|path| path.display().to_string());
        SummaryRow {
            input: input.display(),
            reports: self.reports.clone(),
            outputs: self.outputs.iter().filter_map(path).collect(),
            findings: Counts::new(&self.findings),
            failure: self.failure.as_ref().map(|failure| failure.message(lang)),
            seconds: self.seconds,
        }
    }

    /// The entry of the journal; none for a job that a resumed run must do again.
    pub(crate) fn entry<'r>(&self, input: &Input, row: &'r SummaryRow) -> Option<JournalEntry<'r>> {
        if self.failure.is_some() || self.resumed.is_some() {
            return None;
        }
        let recorded = |output: &Output| {
            // The journal is UTF-8, so names that are no Unicode could not be told apart.
            let path = output.path.clone().filter(|path| path.to_str().is_some())?;
            Some(RecordedOutput { path, fingerprint: output.fingerprint? })
        };
        Some(JournalEntry {
            input: input.path()?.to_str()?.to_owned(),
            stamp: self.stamp?,
            wanted: self.names.wanted.clone(),
            got: self.names.got.clone(),
            outputs: self.outputs.iter().map(recorded).collect::<Option<_>>()?,
            row: Cow::Borrowed(row),
        })
    }
}

impl ReportSummary {
    /// A report in short.
    pub(crate) fn new(report: &Report) -> Self {
        Self {
            template: report.template.clone(),
            numbers: report.values.iter().filter(|value| value.cell.is_number()).count(),
            total: report.values.len(),
        }
    }
}
