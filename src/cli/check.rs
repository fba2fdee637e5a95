//! `xxgk check`: every finding of every file, for people and programs.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use xxgk::check::render::{Checked, Counts, Renderer};
use xxgk::check::{self, Grades};
use xxgk::finding::{Finding, Severity};
use xxgk::message::Lang;
use xxgk::report::Report;
use xxgk::template::SharedTemplate;
use xxgk::write::Format;

use super::args::Check;
use super::say::Voice;
use super::{Exit, reading};
use crate::batch::Failure;
use crate::batch::plan::{self, Input, Plan, Request};
use crate::batch::run::{self, Reading};

/// Checks; what it finds goes to standard output in the format asked for.
pub fn run(arguments: Check, voice: &Voice) -> Result<Exit, Failure> {
    let mut inputs = arguments.inputs;
    if inputs.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::new("usage.no_input"));
        }
        inputs.push("-".into());
    }
    let reading = reading::reading(arguments.reading)?;
    let plan = plan_of(inputs)?;
    let mut checks = Checks { grades: grades(&arguments.rules)?, last: Vec::new(), hidden: 0, voice };
    let unread = checks.read_last(arguments.last, &reading)?;
    let failed =
        |error: io::Error| Failure::new("fail.output").with("output", voice.word("cli.stdout")).with("detail", error);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let counts = all(&plan, &reading, &mut checks, arguments.output_format, &mut out);
    let counts = match counts {
        Ok(counts) => counts,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        Err(error) => return Err(failed(error)),
    };
    if arguments.statistics {
        statistics(&counts, voice);
    }
    summary(&counts, voice);
    if checks.hidden > 0 {
        voice.tell(&voice.text("cli.checked_notes", &[("notes", &checks.hidden.to_string())]));
    }
    let level = match arguments.fail_on.as_str() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "note" => Some(Severity::Note),
        _ => None,
    };
    Ok(match level {
        _ if counts.failed > 0 || unread => Exit::Failed,
        Some(level) if counts.at_least(level) > 0 => Exit::Found,
        _ => Exit::Done,
    })
}

fn plan_of(inputs: Vec<PathBuf>) -> Result<Plan, Failure> {
    let request = Request { inputs, formats: vec![Format::Ndjson], ..Request::default() };
    plan::plan(&request)
}

fn all(
    plan: &Plan,
    reading: &Reading,
    checks: &mut Checks<'_>,
    format: check::render::OutputFormat,
    out: &mut dyn Write,
) -> io::Result<Counts> {
    let lang = checks.voice.lang;
    let mut renderer = Renderer::begin(format, lang, out)?;
    for at in 0..plan.len() {
        let input = plan.job(at).input;
        let file = input.display();
        match run::guarded(|| checks.of_file(&input, reading)) {
            Ok(reports) => {
                for (report, template, findings) in reports {
                    renderer.file(&checked(&file, &report, &template, findings))?;
                }
            }
            Err(failure) => renderer.file(&refused(&file, &failure, lang))?,
        }
    }
    renderer.end()
}

/// How files are checked in one run.
struct Checks<'v> {
    grades: Grades,
    /// The reports of the year before.
    last: Vec<Report>,
    /// Notes on reading that were not shown.
    hidden: usize,
    voice: &'v Voice,
}

impl Checks<'_> {
    /// Reads the reports of the year before; true where some file could not be read, which is said.
    fn read_last(&mut self, named: Vec<PathBuf>, reading: &Reading) -> Result<bool, Failure> {
        let mut unread = false;
        if named.is_empty() {
            return Ok(unread);
        }
        let plan = plan_of(named)?;
        for at in 0..plan.len() {
            let input = plan.job(at).input;
            match run::guarded(|| reading.reports(&reading.document(&input)?)) {
                Ok(reports) => self.last.extend(reports),
                Err(failure) => {
                    self.voice.failure(Some(&input.display()), &failure);
                    unread = true;
                }
            }
        }
        Ok(unread)
    }

    /// The reports of a file with what was found in each.
    fn of_file(&mut self, input: &Input, reading: &Reading) -> Result<Vec<Found>, Failure> {
        let document = reading.document(input)?;
        let reports = reading.reports(&document)?;
        let mut found = Vec::with_capacity(reports.len());
        for report in &reports {
            let template = reading.template(report);
            let mut findings = match &template {
                Some(template) => check::check(report, template, &self.grades),
                None => report.findings.clone(),
            };
            if let (Some(template), Some(last)) = (&template, self.year_before(report)) {
                findings.extend(check::two_years(report, last, template, &self.grades));
            }
            if let Some(template) = &template {
                findings.extend(check::narrative(&document, &reports, report, template, &self.grades));
            }
            if !self.voice.verbose {
                let all = findings.len();
                findings.retain(|finding| !is_note_on_reading(finding));
                self.hidden += all - findings.len();
            }
            found.push((template, findings));
        }
        Ok(reports.into_iter().zip(found).map(|(report, (template, findings))| (report, template, findings)).collect())
    }

    /// The report of the same organization and form for the year before; none where several claim to be it.
    fn year_before(&self, report: &Report) -> Option<&Report> {
        let before = self.last.iter().filter(|last| {
            last.template == report.template
                && last.organization == report.organization
                && (last.year.is_none() || report.year.is_none() || last.year.map(|year| year + 1) == report.year)
        });
        let before: Vec<_> = before.collect();
        if let [last] = before[..] { Some(last) } else { None }
    }
}

type Found = (Report, Option<SharedTemplate>, Vec<Finding>);

/// How a text was understood is of no concern to who asks whether its figures are right.
fn is_note_on_reading(finding: &Finding) -> bool {
    finding.severity == Severity::Note && finding.code.starts_with("XG3")
}

fn checked<'t>(
    file: &str,
    report: &Report,
    template: &'t Option<SharedTemplate>,
    findings: Vec<Finding>,
) -> Checked<'t> {
    Checked {
        file: file.to_owned(),
        template: template.as_deref().filter(|_| report.template.is_some()),
        organization: report.organization.clone(),
        year: report.year,
        findings,
        failure: None,
    }
}

fn refused(file: &str, failure: &Failure, lang: Lang) -> Checked<'static> {
    let hint = failure.hint(lang).map_or_else(String::new, |hint| format!(" ({hint})"));
    let at = failure.location().cloned();
    Checked {
        file: file.to_owned(),
        failure: Some((at, format!("{}{hint}", failure.message(lang)))),
        ..Checked::default()
    }
}

/// `--rule XG201=off`: the grade of a code for this run.
pub fn grades(words: &[String]) -> Result<Grades, Failure> {
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
    words.iter().map(grade).collect::<Result<_, _>>().map(Grades)
}

/// How often each code was found.
fn statistics(counts: &Counts, voice: &Voice) {
    let mut codes: Vec<_> = counts.codes.iter().collect();
    codes.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (code, count) in codes {
        voice.tell(&format!("{count:>6}  {code}"));
    }
}

fn summary(counts: &Counts, voice: &Voice) {
    let of = |severity| counts.severities.get(&severity).copied().unwrap_or(0).to_string();
    let (files, failed) = (counts.files.to_string(), counts.failed.to_string());
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let words = [
        ("files", files.as_str()),
        ("failed", &failed),
        ("errors", &errors),
        ("warnings", &warnings),
        ("notes", &notes),
    ];
    voice.tell(&voice.text("cli.checked", &words));
}
