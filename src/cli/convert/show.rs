//! The outcome of each job, shown as it comes, and their counts.

use std::collections::BTreeSet;
use std::path::Path;

use crate::check::render::is_note_on_reading;
use crate::finding::{Finding, Severity};
use crate::write::Format;

use super::super::console::{Console, clean, one_line};
use crate::batch::Failure;
use crate::batch::atomic_file::AtomicFile;
use crate::batch::outcome::{Outcome, Output, OutputState, ReportSummary};
use crate::batch::plan::Job;
use crate::batch::summary::{Counts, SummaryRow};

/// Where bytes go that are no file of their own.
pub(super) enum Sink {
    /// Standard output.
    Stdout,
    /// One file that appears at the end.
    File(AtomicFile),
}

/// Shows the outcomes of jobs.
pub(super) struct Show<'a> {
    /// Where messages go.
    pub console: &'a Console,
    /// Whether there is one input, which gets more messages.
    pub alone: bool,
    /// Where bytes go.
    pub sink: Sink,
    /// The file of the one table, for dry runs.
    pub table: Option<&'a Path>,
}

impl Show<'_> {
    /// Shows the outcome of a job; false when nobody reads standard output any more.
    ///
    /// # Errors
    /// The bytes cannot be written where they go.
    pub(super) fn outcome(&mut self, job: &Job, outcome: &Outcome) -> Result<bool, Failure> {
        let name = job.input.display();
        let is_hidden = |finding: &&Finding| self.hides_notes() && is_note_on_reading(finding);
        self.console.collapsed(&name, outcome.findings.iter().filter(|finding| !is_hidden(finding)));
        for (wanted, got) in outcome.renamed() {
            self.renamed(&name, wanted, got);
        }
        if job.renamed
            && let Some(path) = outcome.outputs.first().and_then(|output| output.path.as_ref())
        {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let own = Path::new(&job.input.file_name()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if !stem.is_empty() && stem != own {
                self.renamed(&name, &own, &stem);
            }
        }
        for output in &outcome.outputs {
            if !self.output(&name, output)? {
                return Ok(false);
            }
        }
        if outcome.resumed.is_some() && self.console.verbose {
            self.console.line(&format!("{name}: {}", self.console.word("cli.done_before")));
        }
        if let Some(failure) = &outcome.failure {
            self.console.failure(Some(&name), failure);
        }
        Ok(true)
    }

    /// Whether notes on reading are counted only: a run over many files has too many.
    pub(super) fn hides_notes(&self) -> bool {
        !self.alone && !self.console.verbose
    }

    fn renamed(&self, input: &str, wanted: &str, got: &str) {
        self.console.info(&self.console.text("cli.renamed", &[("input", input), ("wanted", wanted), ("got", got)]));
    }

    fn output(&mut self, input: &str, output: &Output) -> Result<bool, Failure> {
        let console = self.console;
        let path = output.path.as_deref().or(self.table);
        let to = path.map_or_else(|| console.word("cli.stdout"), |path| path.display().to_string());
        match &output.state {
            OutputState::Bytes(bytes) => match &mut self.sink {
                Sink::Stdout => return console.put(bytes),
                Sink::File(file) => file.write(bytes)?,
            },
            OutputState::Planned => {
                let what = what(output.format, &output.reports, console);
                let line = console.text("cli.planned", &[("input", input), ("output", &to), ("what", &what)]);
                return console.put(format!("{}\n", clean(&line)).as_bytes());
            }
            OutputState::Written if self.alone || console.verbose => {
                console.info(
                    &console.text(
                        "cli.written",
                        &[("output", &to), ("what", &what(output.format, &output.reports, console))],
                    ),
                );
            }
            OutputState::Unchanged if self.alone || console.verbose => {
                console.info(&console.text("cli.unchanged", &[("output", &to)]));
            }
            OutputState::Written | OutputState::Unchanged => {}
        }
        Ok(true)
    }
}

/// What an output holds.
pub(super) fn what(format: Format, reports: &[ReportSummary], console: &Console) -> String {
    let format = format.name();
    match reports {
        [report] => {
            let template = report.template.clone().unwrap_or_else(|| "–".to_owned());
            let (number, total) = (report.numbers.to_string(), report.total.to_string());
            let words =
                [("format", format), ("template", template.as_str()), ("number", number.as_str()), ("total", &total)];
            console.text("cli.what", &words)
        }
        reports => console.text("cli.what_many", &[("format", format), ("reports", &reports.len().to_string())]),
    }
}

/// The line about an input that failed or has errors.
fn problem(outcome: &Outcome, row: &SummaryRow, console: &Console) -> Option<String> {
    if let Some(failure) = &outcome.failure {
        return Some(format!("{}: {}", row.input, one_line(&failure.message(console.lang))));
    }
    let errors = row.findings.errors;
    // A resumed run has the counts of the run before, without severities of codes.
    let of_errors = outcome.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let codes: BTreeSet<&str> = of_errors.map(|finding| finding.code.as_str()).collect();
    let codes = codes.into_iter().collect::<Vec<_>>().join(console.lang.list_separator());
    let key = if codes.is_empty() { "cli.problem_resumed" } else { "cli.problem" };
    let words = [("input", &*row.input), ("errors", &errors.to_string()), ("codes", &codes)];
    (errors > 0).then(|| console.text(key, &words))
}

/// The counts of a run.
#[derive(Default)]
pub(super) struct Tally {
    /// Inputs that are done, those of an interrupted run among them.
    pub done: usize,
    /// Inputs that failed.
    pub failed: usize,
    /// Inputs that an interrupted run had done.
    pub resumed: usize,
    written: usize,
    unchanged: usize,
    without_narrative: usize,
    findings: Counts,
    /// Notes on reading that were not shown.
    hidden: usize,
    /// A line for each input that failed or has errors.
    problems: Vec<String>,
}

impl Tally {
    /// Counts a job.
    pub(super) fn add(&mut self, outcome: &Outcome, row: &SummaryRow, console: &Console) {
        self.hidden += outcome.findings.iter().filter(|finding| is_note_on_reading(finding)).count();
        self.problems.extend(problem(outcome, row, console));
        match outcome.failure {
            None => self.done += 1,
            Some(_) => self.failed += 1,
        }
        self.resumed += usize::from(outcome.resumed.is_some());
        for output in &outcome.outputs {
            match output.state {
                OutputState::Written => self.written += 1,
                OutputState::Unchanged => self.unchanged += 1,
                OutputState::Planned | OutputState::Bytes(_) => {}
            }
        }
        self.findings.add(&row.findings);
        self.without_narrative += outcome.without_narrative;
    }

    /// How many inputs were tried.
    pub(super) fn tried(&self) -> usize {
        self.done + self.failed
    }

    /// Prints how many reports have text that an output does not hold.
    pub(super) fn narrative(&self, console: &Console) {
        without_narrative(self.without_narrative, console);
    }

    /// Prints the inputs with problems, then the counts.
    pub(super) fn info(&self, console: &Console) {
        if !self.problems.is_empty() {
            console.info(&console.word("cli.problems"));
            self.problems.iter().for_each(|line| console.info(&format!("  {line}")));
        }
        let counts = [
            ("inputs", self.tried()),
            ("done", self.done),
            ("failed", self.failed),
            ("outputs", self.written),
            ("unchanged", self.unchanged),
            ("errors", self.findings.errors),
            ("warnings", self.findings.warnings),
            ("notes", self.findings.notes),
        ];
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        let words: Vec<_> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
        console.info(&console.text("cli.summary", &words));
        if self.findings.errors + self.findings.warnings > 0 {
            console.info(&console.word("cli.advice"));
        }
        if self.hidden > 0 && !console.verbose {
            console.info(&console.text("cli.checked_notes", &[("notes", &self.hidden.to_string())]));
        }
        if self.resumed > 0 {
            console.info(&console.text("cli.resumed", &[("inputs", &self.resumed.to_string())]));
        }
    }
}

/// Prints that outputs do not hold the text around the tables of some reports.
pub(super) fn without_narrative(reports: usize, console: &Console) {
    if reports > 0 {
        console.info(&console.text("cli.without_narrative", &[("reports", &reports.to_string())]));
    }
}
