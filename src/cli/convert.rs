//! `xxgk convert`: received tables in, official tables out.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::sync::Mutex;

use encoding_rs::Encoding;
use xxgk::finding::Severity;
use xxgk::write::{Format, WriteOptions};

use super::args::Convert;
use super::say::Voice;
use super::{Exit, reading};
use crate::batch::plan::{self, Input, Job, Plan, Request, Target};
use crate::batch::run::{self, Outcome, Output, Settings, State};
use crate::batch::{Failure, format};

/// Converts; a call that makes no sense fails before anything is read.
pub fn run(arguments: Convert, voice: &Voice) -> Result<Exit, Failure> {
    let mut named = arguments.inputs;
    if named.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::new("usage.no_input"));
        }
        named.push("-".into());
    }
    let terminal = io::stdout().is_terminal() && !arguments.dry_run;
    let Plan { jobs, skipped, inputs } =
        plan::plan(&Request { inputs: named, output: arguments.output, formats: arguments.to, terminal })?;
    check_encoding(arguments.encoding.as_deref(), &jobs)?;
    let fonts = reading::fonts(&arguments.fonts)?;
    let settings = Settings {
        reading: reading::reading(arguments.reading)?,
        writing: WriteOptions {
            fonts: &fonts,
            lang: voice.lang,
            bom: false,
            encoding: arguments.encoding,
            timestamp: timestamp()?,
            landscape: arguments.landscape,
        },
        bom: if arguments.no_bom { Some(false) } else { arguments.bom.then_some(true) },
        force: arguments.force,
        dry_run: arguments.dry_run,
        inputs,
        written: Mutex::new(BTreeSet::new()),
    };
    if voice.verbose {
        for (path, reason) in &skipped {
            voice.line(&format!("{}: {}", path.display(), voice.word(reason)));
        }
    }
    all(&jobs, &settings, arguments.fail_fast, voice)
}

fn all(jobs: &[Job], settings: &Settings<'_>, fail_fast: bool, voice: &Voice) -> Result<Exit, Failure> {
    let mut tally = Tally::default();
    for (at, job) in jobs.iter().enumerate() {
        if job.input == Input::Stdin && io::stdin().is_terminal() {
            voice.tell(&voice.word("cli.waiting"));
        }
        let outcome = run::run(job, settings);
        let name = job.input.display();
        tally.add(&outcome);
        for finding in &outcome.findings {
            voice.finding(&name, finding);
        }
        for output in &outcome.outputs {
            match show(&name, output, jobs.len() == 1, voice) {
                Ok(true) => {}
                Ok(false) => return Ok(Exit::Done),
                Err(failure) => {
                    voice.failure(None, &failure);
                    return Ok(Exit::Failed);
                }
            }
        }
        if let Some(failure) = &outcome.failure {
            voice.failure(Some(&name), failure);
            if fail_fast {
                let left = jobs.len() - at - 1;
                if left > 0 {
                    voice.tell(&voice.text("cli.skipped_after_failure", &[("inputs", &left.to_string())]));
                }
                break;
            }
        }
    }
    if jobs.len() != 1 {
        tally.tell(voice);
    }
    Ok(if tally.failed > 0 { Exit::Failed } else { Exit::Done })
}

/// Shows what became of an output; false when nobody reads standard output any more.
fn show(input: &str, output: &Output, alone: bool, voice: &Voice) -> Result<bool, Failure> {
    let to = output.path.as_ref().map_or_else(|| voice.word("cli.stdout"), |path| path.display().to_string());
    let what = what(output, voice);
    match &output.state {
        State::Bytes(bytes) => return voice.put(bytes),
        State::Planned => {
            let line = voice.text("cli.planned", &[("input", input), ("output", &to), ("what", &what)]);
            return voice.put(format!("{}\n", super::say::clean(&line)).as_bytes());
        }
        State::Written if alone || voice.verbose => {
            voice.tell(&voice.text("cli.written", &[("output", &to), ("what", &what)]));
        }
        State::Unchanged if alone || voice.verbose => voice.tell(&voice.text("cli.unchanged", &[("output", &to)])),
        State::Written | State::Unchanged => {}
    }
    Ok(true)
}

fn what(output: &Output, voice: &Voice) -> String {
    let format = format::name(output.format);
    match &output.reports[..] {
        [report] => {
            let template = report.template.clone().unwrap_or_else(|| "–".to_owned());
            let (number, total) = (report.numbers.to_string(), report.total.to_string());
            let words =
                [("format", format), ("template", template.as_str()), ("number", number.as_str()), ("total", &total)];
            voice.text("cli.what", &words)
        }
        reports => voice.text("cli.what_many", &[("format", format), ("reports", &reports.len().to_string())]),
    }
}

/// What a run of several inputs came to.
#[derive(Default)]
struct Tally {
    done: usize,
    failed: usize,
    written: usize,
    unchanged: usize,
    findings: [usize; 3],
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        match outcome.failure {
            None => self.done += 1,
            Some(_) => self.failed += 1,
        }
        for output in &outcome.outputs {
            match output.state {
                State::Written => self.written += 1,
                State::Unchanged => self.unchanged += 1,
                State::Planned | State::Bytes(_) => {}
            }
        }
        for finding in &outcome.findings {
            self.findings[match finding.severity {
                Severity::Error => 0,
                Severity::Warning => 1,
                Severity::Note => 2,
            }] += 1;
        }
    }

    fn tell(&self, voice: &Voice) {
        let [errors, warnings, notes] = self.findings;
        let counts = [
            ("inputs", self.done + self.failed),
            ("done", self.done),
            ("failed", self.failed),
            ("outputs", self.written),
            ("unchanged", self.unchanged),
            ("errors", errors),
            ("warnings", warnings),
            ("notes", notes),
        ];
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        let words: Vec<_> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
        voice.tell(&voice.text("cli.summary", &words));
    }
}

/// `--encoding` is for CSV, and must be one that text can be written in.
fn check_encoding(encoding: Option<&str>, jobs: &[Job]) -> Result<(), Failure> {
    let Some(label) = encoding else { return Ok(()) };
    let known = Encoding::for_label(label.as_bytes());
    if known.is_none_or(|known| known.output_encoding() != known) {
        return Err(Failure::new("usage.encoding").with("encoding", label));
    }
    let writes_csv = |job: &Job| match &job.target {
        Target::Stdout(format) => *format == Format::Csv,
        Target::Files { formats, .. } => formats.iter().any(|(format, _)| *format == Format::Csv),
    };
    if jobs.iter().any(writes_csv) { Ok(()) } else { Err(Failure::new("usage.encoding_not_csv")) }
}

/// The time documents carry, from `SOURCE_DATE_EPOCH`.
fn timestamp() -> Result<Option<i64>, Failure> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.to_string_lossy();
    let seconds = value.parse().map_err(|_| Failure::new("usage.epoch").with("value", &value))?;
    Ok(Some(seconds))
}
