//! `xxgk check`: every finding of every file, for people and programs.

mod marked;
mod overview;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::check::render::{Checked, Counts, OutputFormat, Renderer, is_note_on_reading};
use crate::correct::DoubtfulValue;
use crate::engine::{Engine, Examined};
use crate::finding::Severity;
use crate::message::Lang;
use crate::organization::Key;
use crate::write::overview::OverviewRow;

use self::marked::Marked;
use self::overview::OverviewFile;
use super::args::Check;
use super::common;
use super::console::Console;
use super::corrections::{DoubtfulList, with_corrections};
use super::exit::Exit;
use super::side_input::{SideInputs, outputs, protect};
use crate::batch::Failure;
use crate::batch::driver::Driver;
use crate::batch::input::Input;
use crate::batch::plan::{self, Job, Plan};
use crate::batch::pool::{End, Limits, Next, Ticket};
use crate::batch::settings::InputOptions;

/// Checks files; findings go to standard output.
pub(super) fn run(arguments: Check, console: &Console) -> Result<Exit, Failure> {
    let sides = arguments.side_inputs();
    let inputs = common::inputs(arguments.inputs)?;
    let input = Arc::new(common::input_options(arguments.input)?);
    let plan = Arc::new(plan::to_read(inputs)?);
    let corrections = arguments.corrections.as_deref();
    let inputs = protect(vec![Arc::clone(&plan.inputs)], sides)?;
    let overrides = common::overrides(&arguments.rules, input.engine.templates())?;
    let (last_year, unread) = common::reports(arguments.last, &input, console)?;
    let outputs = Arc::new(outputs(inputs.clone(), arguments.writing));
    let overview = arguments.overview.map(|path| OverviewFile::new(path, &outputs)).transpose()?;
    let marked = |output| Marked::new(output, &plan, Arc::clone(&outputs), console.lang);
    let marked = arguments.output.map(marked).transpose()?;
    let aliases = common::aliases(arguments.aliases, &input)?;
    let engine = input.engine.clone().overrides(overrides).aliases(aliases).last_year(last_year);
    let engine = with_corrections(engine, corrections, &[&plan], console)?;
    let list = |path: PathBuf| DoubtfulList::create(&path, inputs, arguments.writing, console.lang);
    let doubtful = arguments.write_corrections.map(list).transpose()?;
    let input = InputOptions { engine, jobs: arguments.jobs, ..(*input).clone() };
    let limits = Limits::new(plan.len(), arguments.jobs, input.timeout, true)?;
    let last = input.engine.clone();
    let checks =
        Checks { input, marked, verbose: console.verbose, join: arguments.join, lists_doubtful: doubtful.is_some() };
    // For people, the overview of several files stands first.
    let holds_back = plan.len() > 1 && arguments.output_format == OutputFormat::Full;
    let mut out = Sink { held: holds_back.then(Vec::new), stdout: io::BufWriter::new(io::stdout().lock()) };
    let (counts, messages, end) = match check_all(&plan, checks, limits, arguments.output_format, console, &mut out)? {
        Ok(checked) => checked,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        Err(error) => return Err(console.no_stdout(error)),
    };
    if !out.end(&messages.rows, console)? {
        return Ok(Exit::Done);
    }
    let overview = overview.filter(|_| end != End::Interrupted);
    let no_overview = overview.is_some_and(|file| !file.write(&messages.rows, &outputs, console));
    messages.written.iter().for_each(|line| console.info(line));
    messages.unwritten.iter().for_each(|(file, failure)| console.failure(Some(file), failure));
    if let Some(mut list) = doubtful.filter(|_| end != End::Interrupted) {
        messages.doubtful.iter().try_for_each(|(file, values)| list.add(file, values))?;
        list.finish(console)?;
    }
    if let Some(finding) = last.last_year.unmatched(&messages.organizations).filter(|_| end != End::Interrupted) {
        console.finding("--last", &finding);
    }
    if arguments.statistics {
        statistics(&counts, console);
    }
    summary(&counts, messages.hidden, console);
    common::skipped(&plan, console);
    if messages.hidden > 0 {
        console.info(&console.text("cli.checked_notes", &[("notes", &messages.hidden.to_string())]));
    }
    if end == End::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let failed = counts.failed > 0 || unread || no_overview || !messages.unwritten.is_empty();
    Ok(Exit::of_findings(failed, &arguments.fail_on, |level| counts.at_least(level) > 0))
}

/// Where findings go: to standard output, or into memory until the overview is complete.
struct Sink<'s> {
    held: Option<Vec<u8>>,
    stdout: io::BufWriter<io::StdoutLock<'s>>,
}

impl Sink<'_> {
    /// Shows what was held back, below the overview; false when nobody reads it.
    fn end(self, rows: &[OverviewRow], console: &Console) -> Result<bool, Failure> {
        drop(self.stdout);
        let Some(findings) = self.held else { return Ok(true) };
        let mut text = overview::table(rows, console).into_bytes();
        text.push(b'\n');
        text.extend(findings);
        console.put(&text)
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.held {
            Some(held) => held.write(bytes),
            None => self.stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

/// Messages beside the findings.
#[derive(Default)]
struct Messages {
    /// The rows of the overview.
    rows: Vec<OverviewRow>,
    /// How many notes on reading were left out.
    hidden: usize,
    /// Lines about workbooks that were written.
    written: Vec<String>,
    /// Why workbooks could not be written, by file.
    unwritten: Vec<(String, Failure)>,
    /// Values to look up, by file.
    doubtful: Vec<(String, Vec<DoubtfulValue>)>,
    /// The organizations of the reports.
    organizations: BTreeSet<Option<Key>>,
}

/// Checks the files side by side and renders them in order. The inner error is that of `out`.
fn check_all(
    plan: &Arc<Plan>,
    checks: Checks,
    limits: Limits,
    format: OutputFormat,
    console: &Console,
    out: &mut dyn Write,
) -> Result<io::Result<(Counts, Messages, End)>, Failure> {
    let renderer = match Renderer::begin(format, console.lang, out) {
        Ok(renderer) => renderer.collapse(!console.verbose),
        Err(error) => return Ok(Err(error)),
    };
    let checks = Arc::new(checks);
    let mut shown = Shown { renderer, messages: Messages::default(), engine: checks.input.engine.clone(), console };
    if checks.join {
        let checked = check_joined(plan, &checks, &mut shown)?;
        return Ok(checked.and_then(|()| shown.end(End::Complete)));
    }
    let ready = Arc::clone(&checks);
    let mut failed = None;
    let driver = Driver::new(plan, limits).prepare(move || ready.input.engine.prepare()).interruptible();
    let end = driver.run(
        move |job, ticket| checks.of_file(job, ticket),
        |job, result| match shown.file(&job.input.display(), result) {
            Ok(()) => Next::GoOn,
            Err(error) => {
                failed = Some(error);
                Next::Stop
            }
        },
    )?;
    Ok(match failed {
        Some(error) => Err(error),
        None => shown.end(end),
    })
}

/// The same for files that may be joined, which must all be read before any is checked.
fn check_joined(plan: &Arc<Plan>, checks: &Checks, shown: &mut Shown<'_, '_>) -> Result<io::Result<()>, Failure> {
    let (files, refused) = common::joined(plan, &Arc::new(checks.input.clone()), shown.console)?;
    for (file, detail) in refused {
        if let Err(error) = shown.file(&file, Err(Failure::new("fail.not_joined").with("detail", detail))) {
            return Ok(Err(error));
        }
    }
    for (file, reports) in common::checked(files, &checks.input)? {
        // Marked workbooks have the name of the first file.
        let first = Input::new(file.split('、').next().unwrap_or_default().into());
        let found = checks.found(reports, &first, true);
        if let Err(error) = shown.file(&file, found) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// What is shown of a run.
struct Shown<'s, 'o> {
    renderer: Renderer<'o>,
    messages: Messages,
    engine: Engine,
    console: &'s Console,
}

impl Shown<'_, '_> {
    fn file(&mut self, file: &str, result: Result<Found, Failure>) -> io::Result<()> {
        match result {
            Ok(Found { reports, hidden, written, unwritten, doubtful }) => {
                self.messages.unwritten.extend(unwritten.map(|failure| (file.to_owned(), failure)));
                self.messages.doubtful.extend((!doubtful.is_empty()).then(|| (file.to_owned(), doubtful)));
                let names = reports.iter().map(|one| one.report.organization.as_deref());
                self.messages.organizations.extend(names.map(|name| self.engine.last_year.key(name)));
                self.messages.rows.extend(reports.iter().map(|one| overview::row(file, one)));
                self.messages.hidden += hidden;
                self.messages.written.extend(written.iter().map(|written| written.line(self.console)));
                reports.iter().try_for_each(|one| self.renderer.file(&checked(one, file)))
            }
            Err(failure) => {
                self.messages.rows.push(overview::failed(file, failure.message(self.console.lang)));
                self.renderer.file(&refused(file, &failure, self.console.lang))
            }
        }
    }

    fn end(self, end: End) -> io::Result<(Counts, Messages, End)> {
        let messages = self.messages;
        self.renderer.end().map(|counts| (counts, messages, end))
    }
}

/// How files are checked in one run.
struct Checks {
    input: InputOptions,
    /// Where workbooks with marked cells go.
    marked: Option<Marked>,
    /// Whether notes on reading are shown too.
    verbose: bool,
    /// Whether files with one table each are joined.
    join: bool,
    /// Whether doubtful values are listed.
    lists_doubtful: bool,
}

/// The reports of one file with their findings.
#[derive(Default)]
struct Found {
    reports: Vec<Examined>,
    /// How many notes on reading were left out.
    hidden: usize,
    written: Vec<marked::Written>,
    unwritten: Option<Failure>,
    doubtful: Vec<DoubtfulValue>,
}

impl Checks {
    fn of_file(&self, job: &Job, ticket: &Ticket) -> Result<Found, Failure> {
        let engine = &self.input.engine;
        let reports = self
            .input
            .with_bytes(&job.input, |bytes, options| engine.examine_file(bytes, options, &job.input.display()))?;
        self.found(reports, &job.input, ticket.may_write())
    }

    /// The findings to show of the reports of a file, whose marked workbooks are written.
    fn found(&self, reports: Vec<Examined>, input: &Input, may_write: bool) -> Result<Found, Failure> {
        let mut found = Found { reports, hidden: 0, ..Found::default() };
        if self.lists_doubtful {
            let values = found.reports.iter().enumerate().flat_map(|(at, one)| one.doubtful(at + 1));
            found.doubtful = values.collect();
        }
        if !self.verbose {
            for Examined { findings, .. } in &mut found.reports {
                let all = findings.len();
                findings.retain(|finding| !is_note_on_reading(finding));
                found.hidden += all - findings.len();
            }
        }
        if let Some(marked) = self.marked.as_ref().filter(|_| may_write) {
            // The findings are shown all the same.
            (found.written, found.unwritten) = marked.write(input, &found.reports);
        }
        Ok(found)
    }
}

fn checked<'e>(one: &'e Examined, file: &str) -> Checked<'e> {
    Checked {
        file: file.to_owned(),
        template: one.template.as_deref().filter(|_| one.report.template.is_some()),
        organization: one.report.organization.clone(),
        year: one.report.year,
        findings: one.findings.clone(),
        failure: None,
    }
}

fn refused(file: &str, failure: &Failure, lang: Lang) -> Checked<'static> {
    let hint = failure.hint(lang).map_or_else(String::new, |hint| format!(" ({hint})"));
    let at = failure.location().cloned();
    let message = format!("{}{hint}", failure.message(lang));
    Checked { file: file.to_owned(), failure: Some((at, message)), ..Checked::default() }
}

/// How often each code was found.
fn statistics(counts: &Counts, console: &Console) {
    let mut codes: Vec<_> = counts.codes.iter().collect();
    codes.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (code, count) in codes {
        console.info(&format!("{count:>6}  {code}"));
    }
}

/// The counts of a run, with the notes that were not shown.
fn summary(counts: &Counts, hidden: usize, console: &Console) {
    let of = |severity| counts.severities.get(&severity).copied().unwrap_or(0).to_string();
    let (files, failed) = (counts.files.to_string(), counts.failed.to_string());
    let notes = counts.severities.get(&Severity::Note).copied().unwrap_or(0) + hidden;
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), notes.to_string());
    let words =
        [("files", &files), ("failed", &failed), ("errors", &errors), ("warnings", &warnings), ("notes", &notes)];
    console.info(&console.text("cli.checked", &words.map(|(name, word)| (name, word.as_str()))));
}
