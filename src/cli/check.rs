//! `xxgk check`: every finding of every file, for people and programs.

use std::io::{self, IsTerminal, Write};

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
use crate::batch::plan::{self, Input, Request};
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
    let grades = grades(&arguments.rules)?;
    let reading = reading::reading(arguments.reading)?;
    let request = Request { inputs, formats: vec![Format::Ndjson], ..Request::default() };
    let jobs = plan::plan(&request)?.jobs;
    let failed =
        |error: io::Error| Failure::new("fail.output").with("output", voice.word("cli.stdout")).with("detail", error);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let counts = all(&jobs, &reading, &grades, arguments.output_format, voice, &mut out);
    let counts = match counts {
        Ok(counts) => counts,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        Err(error) => return Err(failed(error)),
    };
    if arguments.statistics {
        statistics(&counts, voice);
    }
    summary(&counts, voice);
    let level = match arguments.fail_on.as_str() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "note" => Some(Severity::Note),
        _ => None,
    };
    Ok(match level {
        _ if counts.failed > 0 => Exit::Failed,
        Some(level) if counts.at_least(level) > 0 => Exit::Found,
        _ => Exit::Done,
    })
}

fn all(
    jobs: &[plan::Job],
    reading: &Reading,
    grades: &Grades,
    format: check::render::OutputFormat,
    voice: &Voice,
    out: &mut dyn Write,
) -> io::Result<Counts> {
    let mut renderer = Renderer::begin(format, voice.lang, out)?;
    for job in jobs {
        let file = job.input.display();
        match run::guarded(|| of_file(&job.input, reading, grades)) {
            Ok(reports) => {
                for (report, template, findings) in &reports {
                    renderer.file(&checked(&file, report, template, findings.clone()))?;
                }
            }
            Err(failure) => renderer.file(&refused(&file, &failure, voice.lang))?,
        }
    }
    renderer.end()
}

type Found = (Report, Option<SharedTemplate>, Vec<Finding>);

/// The reports of a file with what was found in each.
fn of_file(input: &Input, reading: &Reading, grades: &Grades) -> Result<Vec<Found>, Failure> {
    let document = reading.document(input)?;
    let reports = reading.reports(&document)?;
    let found = reports.into_iter().map(|report| {
        let template = reading.template(&report);
        let findings = match &template {
            Some(template) => check::check(&report, template, grades),
            None => report.findings.clone(),
        };
        (report, template, findings)
    });
    Ok(found.collect())
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
fn grades(words: &[String]) -> Result<Grades, Failure> {
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
