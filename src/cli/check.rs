//! `xxgk check`: every finding of every file, for people and programs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::check::render::{Checked, Counts, Renderer};
use crate::check::{self, SeverityOverrides};
use crate::finding::{Finding, Severity};
use crate::message::Lang;
use crate::report::Report;
use crate::template::SharedTemplate;

use super::args::Check;
use super::console::Console;
use super::marked::Marked;
use super::{Exit, reading};
use crate::batch::Failure;
use crate::batch::plan::{self, Input, Plan};
use crate::batch::pool::{Done, End, Limits, Next, Pool};
use crate::batch::run::{self, Reading};

/// Checks; what it finds goes to standard output in the format asked for.
pub fn run(arguments: Check, console: &Console) -> Result<Exit, Failure> {
    let inputs = reading::inputs(arguments.inputs)?;
    let reading = reading::reading(arguments.reading)?;
    let plan = Arc::new(plan::to_read(inputs)?);
    let overrides = overrides(&arguments.rules)?;
    let (last, unread) = reports(arguments.last, &reading, console)?;
    let marked =
        arguments.output.map(|output| Marked::new(output, &plan, arguments.force, console.lang)).transpose()?;
    let checks = Checks { reading, overrides, last, marked, verbose: console.verbose };
    let limits = super::convert::limits(plan.len(), arguments.jobs, arguments.timeout, true)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let shown = all(&plan, checks, limits, arguments.output_format, console, &mut out);
    let (counts, said, end) = match shown {
        Ok(shown) => shown,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        Err(error) => {
            let failure = Failure::new("fail.output").with("output", console.word("cli.stdout"));
            return Err(failure.with("detail", error));
        }
    };
    drop(out);
    said.written.iter().for_each(|line| console.info(line));
    if arguments.statistics {
        statistics(&counts, console);
    }
    summary(&counts, console);
    if said.hidden > 0 {
        console.info(&console.text("cli.checked_notes", &[("notes", &said.hidden.to_string())]));
    }
    if end == End::Interrupted {
        return Ok(Exit::Interrupted);
    }
    let failed = counts.failed > 0 || unread;
    Ok(Exit::of_findings(failed, &arguments.fail_on, |level| counts.at_least(level) > 0))
}

/// What is told beside the findings.
#[derive(Default)]
struct Said {
    /// Notes on reading that were not shown.
    hidden: usize,
    /// Lines about workbooks that were written.
    written: Vec<String>,
}

/// Checks the files side by side and shows them in order.
fn all(
    plan: &Arc<Plan>,
    checks: Checks,
    limits: Limits,
    format: check::render::OutputFormat,
    console: &Console,
    out: &mut dyn Write,
) -> io::Result<(Counts, Said, End)> {
    let mut renderer = Renderer::begin(format, console.lang, out)?;
    let checks = Arc::new(checks);
    let ready = Arc::clone(&checks);
    let pool = Pool::new().meanwhile(move || {
        ready.reading.recognizer();
    });
    // Where no handler can be had, an interrupt ends the process; there is nothing to lose.
    let _ = ctrlc::set_handler(pool.stopper());
    let work = {
        let plan = Arc::clone(plan);
        Arc::new(move |ticket: &crate::batch::pool::Ticket| {
            let input = plan.job(ticket.at).input;
            run::guarded(|| checks.of_file(&input, || ticket.may_write()))
        })
    };
    let mut said = Said::default();
    let mut failed = None;
    let mut show = |at: usize, done: Done<Result<Found, Failure>>| -> io::Result<()> {
        let file = plan.job(at).input.display();
        let found = match done {
            Done::Finished(found) => found,
            Done::Panicked(detail) => Err(Failure::new("fail.panic").with("detail", detail)),
            Done::TimedOut => {
                Err(Failure::new("fail.timeout").with("seconds", limits.time.unwrap_or_default().as_secs()))
            }
        };
        match found {
            Ok(Found { reports, hidden, written }) => {
                said.hidden += hidden;
                said.written.extend(written.iter().map(|written| written.line(console)));
                reports.iter().try_for_each(|report| renderer.file(&report.checked(&file)))
            }
            Err(failure) => renderer.file(&refused(&file, &failure, console.lang)),
        }
    };
    let end = pool.run(plan.len(), limits, work, |at, done| match show(at, done) {
        Ok(()) => Next::GoOn,
        Err(error) => {
            failed = Some(error);
            Next::Stop
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok((renderer.end()?, said, end)),
    }
}

/// How files are checked in one run.
struct Checks {
    reading: Reading,
    overrides: SeverityOverrides,
    /// The reports of the year before.
    last: Vec<Report>,
    /// Where workbooks with the cells in question marked go.
    marked: Option<Marked>,
    /// Whether notes on reading are shown too.
    verbose: bool,
}

/// What one file came to.
struct Found {
    reports: Vec<Examined>,
    hidden: usize,
    written: Vec<super::marked::Written>,
}

/// A report with what was found in it.
pub struct Examined {
    pub report: Report,
    pub template: Option<SharedTemplate>,
    pub findings: Vec<Finding>,
}

impl Examined {
    fn checked(&self, file: &str) -> Checked<'_> {
        Checked {
            file: file.to_owned(),
            template: self.template.as_deref().filter(|_| self.report.template.is_some()),
            organization: self.report.organization.clone(),
            year: self.report.year,
            findings: self.findings.clone(),
            failure: None,
        }
    }
}

impl Checks {
    /// The reports of a file with what was found in each.
    fn of_file(&self, input: &Input, may_write: impl FnOnce() -> bool) -> Result<Found, Failure> {
        let document = self.reading.document(input)?;
        let reports = self.reading.reports(&document)?;
        let mut found = Found { reports: Vec::new(), hidden: 0, written: Vec::new() };
        for report in &reports {
            let template = self.reading.template(report);
            let mut findings = match &template {
                Some(template) => check::check(report, template, &self.overrides),
                None => report.findings.clone(),
            };
            if let Some(template) = &template {
                let last = year_before(&self.last, template.id(), report.organization.as_deref(), report.year);
                let two_years = |last| check::two_years(report, last, template, &self.overrides);
                findings.extend(last.into_iter().flat_map(two_years));
                findings.extend(check::narrative(&document, &reports, report, template, &self.overrides));
            }
            if !self.verbose {
                let all = findings.len();
                findings.retain(|finding| !is_note_on_reading(finding));
                found.hidden += all - findings.len();
            }
            found.reports.push(Examined { report: report.clone(), template, findings });
        }
        if let Some(marked) = self.marked.as_ref().filter(|_| may_write()) {
            found.written = marked.write(input, &found.reports)?;
        }
        Ok(found)
    }
}

/// The reports of files and folders; true where some could not be read, which is said.
pub fn reports(named: Vec<PathBuf>, reading: &Reading, console: &Console) -> Result<(Vec<Report>, bool), Failure> {
    let (mut found, mut unread) = (Vec::new(), false);
    if named.is_empty() {
        return Ok((found, unread));
    }
    let plan = plan::to_read(named)?;
    for at in 0..plan.len() {
        let input = plan.job(at).input;
        match run::guarded(|| reading.reports(&reading.document(&input)?)) {
            Ok(reports) => found.extend(reports),
            Err(failure) => {
                console.failure(Some(&input.display()), &failure);
                unread = true;
            }
        }
    }
    Ok((found, unread))
}

/// The report of an organization and form for the year before; none where several claim to be it.
pub fn year_before<'r>(
    reports: &'r [Report],
    template: &str,
    organization: Option<&str>,
    year: Option<i32>,
) -> Option<&'r Report> {
    let before = reports.iter().filter(|last| {
        let follows = last.year.is_none() || year.is_none() || last.year.map(|year| year + 1) == year;
        last.template.as_deref() == Some(template) && last.organization.as_deref() == organization && follows
    });
    let before: Vec<_> = before.collect();
    if let [last] = before[..] { Some(last) } else { None }
}

/// How a text was understood is of no concern to who asks whether its figures are right.
fn is_note_on_reading(finding: &Finding) -> bool {
    finding.severity == Severity::Note && finding.code.starts_with("XG3")
}

fn refused(file: &str, failure: &Failure, lang: Lang) -> Checked<'static> {
    let hint = failure.hint(lang).map_or_else(String::new, |hint| format!(" ({hint})"));
    let at = failure.location().cloned();
    let message = format!("{}{hint}", failure.message(lang));
    Checked { file: file.to_owned(), failure: Some((at, message)), ..Checked::default() }
}

/// `--rule XG201=off`: the grade of a code for this run.
pub fn overrides(words: &[String]) -> Result<SeverityOverrides, Failure> {
    let grade = |word: &String| {
        let wrong = || Failure::new("usage.rule").with("word", word);
        let (code, level) = word.split_once('=').ok_or_else(wrong)?;
        let severity = match level {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "note" => Some(Severity::Note),
            "off" => None,
            _ => return Err(wrong()),
        };
        Ok((code.to_owned(), severity))
    };
    words.iter().map(grade).collect::<Result<_, _>>().map(SeverityOverrides)
}

/// How often each code was found.
fn statistics(counts: &Counts, console: &Console) {
    let mut codes: Vec<_> = counts.codes.iter().collect();
    codes.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (code, count) in codes {
        console.info(&format!("{count:>6}  {code}"));
    }
}

fn summary(counts: &Counts, console: &Console) {
    let of = |severity| counts.severities.get(&severity).copied().unwrap_or(0).to_string();
    let (files, failed) = (counts.files.to_string(), counts.failed.to_string());
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let words =
        [("files", &files), ("failed", &failed), ("errors", &errors), ("warnings", &warnings), ("notes", &notes)];
    console.info(&console.text("cli.checked", &words.map(|(name, word)| (name, word.as_str()))));
}
