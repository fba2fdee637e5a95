//! One file from its bytes to checked reports, with the values set that a person has read in it.

use std::sync::Arc;

use super::{Engine, Examined};
use crate::correct::{self, Corrections, DoubtfulValue};
use crate::error::Result;
use crate::finding::Finding;
use crate::read::{Input, ReadOptions};
use crate::report::Report;
use crate::text::fold::fold;
use crate::text::label;

impl Engine {
    /// Sets corrections of values, which [`correct`](Self::correct) and the methods that call it apply.
    #[must_use]
    pub fn corrections(self, corrections: Corrections) -> Self {
        Self { corrections: Arc::new(corrections), ..self }
    }

    /// Applies the corrections of a file to its reports. `file` is its path, of which a correction may name the end.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Correction`] where a correction names nothing in the reports, or a value that was read with
    /// certainty or as another text.
    pub fn correct(&self, input: &Input, mut reports: Vec<Report>, file: &str) -> Result<Vec<Report>> {
        let mut entries = self.corrections.of(file).peekable();
        if entries.peek().is_none() {
            return Ok(reports);
        }
        let examined = self.check(input, reports.clone());
        let findings: Vec<Vec<Finding>> = examined.into_iter().map(|one| one.findings).collect();
        correct::apply(&self.corrections, entries, &mut reports, &findings)?;
        Ok(reports)
    }

    /// Reads a file, finds its reports and checks them.
    ///
    /// # Errors
    /// Those of [`examine_file`](Self::examine_file).
    pub fn examine(&self, bytes: &[u8], options: &ReadOptions) -> Result<Vec<Examined>> {
        self.examine_file(bytes, options, &options.name)
    }

    /// The same as [`examine`](Self::examine) for a file whose path is known: corrections may name its folders.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), [`recognize`](Self::recognize) and [`correct`](Self::correct).
    pub fn examine_file(&self, bytes: &[u8], options: &ReadOptions, file: &str) -> Result<Vec<Examined>> {
        let input = self.read(bytes, options)?;
        let reports = self.correct(&input, self.recognize(&input)?, file)?;
        Ok(self.check(&input, reports))
    }

    /// Looks up the sources of corrections among the inputs of a run. Returns a finding for each source that is none of them.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Correction`] for a source that can be several of them.
    pub(crate) fn check_sources(&self, inputs: impl Iterator<Item = String>) -> Result<Vec<Finding>> {
        if self.corrections.is_empty() { Ok(Vec::new()) } else { self.corrections.check_sources(inputs) }
    }
}

impl Examined {
    /// Whether there is text around the table beside the headings that its form has too.
    pub(crate) fn has_narrative(&self) -> bool {
        let tables = self.template.iter().flat_map(|template| template.tables());
        let headings: Vec<String> = tables
            .filter_map(|table| table.heading.as_deref())
            .map(|heading| fold(label::without_ordinal(heading)))
            .collect();
        let is_heading = |text: &str| headings.contains(&fold(label::without_ordinal(text.trim())));
        self.report.narrative.iter().any(|paragraph| !is_heading(&paragraph.text))
    }

    /// The values that a person should look up. `number` is that of the report in its file, from 1.
    pub(crate) fn doubtful(&self, number: usize) -> Vec<DoubtfulValue> {
        correct::doubtful(&self.report, &self.findings, number)
    }
}
