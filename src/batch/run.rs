//! One job: bytes → document → reports → bytes → files.
//!
//! In: a [`Job`] and the [`Settings`] all jobs share. Out: an [`Outcome`], which says everything that happened; a failure
//! is part of it and leaves no half output. Nothing here prints.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use xxgk::Result;
use xxgk::document::Document;
use xxgk::finding::Finding;
use xxgk::read::{self, ReadOptions, SheetChoice};
use xxgk::recognize::Recognizer;
use xxgk::report::{Report, Status};
use xxgk::template::{SharedTemplate, Templates, local, shipped};
use xxgk::write::{self, Format, WriteOptions};

use super::files::{self, Inputs, Written};
use super::plan::{Input, Job, Target};
use super::{Failure, format, name};

/// How inputs are read.
#[derive(Debug)]
pub struct Reading {
    /// The templates to choose from.
    pub templates: Templates,
    /// The same, made ready for recognition when the first file needs them.
    pub recognizer: OnceLock<Recognizer>,
    /// The input format, where the user says it.
    pub format: Option<read::Format>,
    /// The encoding of text, where the user says it.
    pub encoding: Option<String>,
    /// Only this worksheet.
    pub sheet: Option<SheetChoice>,
}

impl Reading {
    /// What an input holds.
    pub fn document(&self, input: &Input) -> Result<Document, Failure> {
        let bytes = files::read(input.path())?;
        let mut options = ReadOptions::default();
        options.name = input.file_name();
        options.format = self.format;
        options.encoding = self.encoding.clone();
        options.sheet = self.sheet.clone();
        Ok(read::read(&bytes, &options)?)
    }

    /// What a document means.
    pub fn reports(&self, document: &Document) -> Result<Vec<Report>, Failure> {
        Ok(self.recognizer.get_or_init(|| Recognizer::new(&self.templates)).recognize(document)?)
    }

    /// The template of a report: the one it names, or one made from a table of no known form.
    pub fn template(&self, report: &Report) -> Option<SharedTemplate> {
        match report.template.as_deref() {
            Some(id) => self.templates.find(id).or_else(|| shipped().find(id)).cloned(),
            None => Some(Arc::new(local::of_report(report))),
        }
    }
}

/// What all jobs of a run share.
pub struct Settings<'a> {
    /// How inputs are read.
    pub reading: Reading,
    /// How outputs are written; its `bom` is for files, see [`Settings::bom`].
    pub writing: WriteOptions<'a>,
    /// Whether CSV starts with a byte order mark, where the user says it; otherwise files do and standard output does not.
    pub bom: Option<bool>,
    /// Whether existing outputs are replaced.
    pub force: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// The files that are never written.
    pub inputs: Inputs,
    /// The files this run wrote, so that no output replaces another.
    pub written: Mutex<BTreeSet<String>>,
}

/// What one job came to.
pub struct Outcome {
    /// What was noticed, each once.
    pub findings: Vec<Finding>,
    /// The outputs, in order.
    pub outputs: Vec<Output>,
    /// Why the job stopped, where it did.
    pub failure: Option<Failure>,
}

/// One output.
pub struct Output {
    /// The file; none for standard output.
    pub path: Option<PathBuf>,
    /// The format.
    pub format: Format,
    /// What each of its reports is.
    pub reports: Vec<Summary>,
    /// What became of it.
    pub state: State,
}

/// A report in one line.
pub struct Summary {
    /// The template's id.
    pub template: Option<String>,
    /// How many of the indicators hold a number.
    pub numbers: usize,
    /// How many indicators there are.
    pub total: usize,
}

/// What became of an output.
pub enum State {
    /// The file was written.
    Written,
    /// The file had the same bytes already.
    Unchanged,
    /// A dry run: it would be written.
    Planned,
    /// The bytes for standard output.
    Bytes(Vec<u8>),
}

/// Does one job.
pub fn run(job: &Job, settings: &Settings<'_>) -> Outcome {
    let mut outcome = Outcome { findings: Vec::new(), outputs: Vec::new(), failure: None };
    outcome.failure = guarded(|| work(job, settings, &mut outcome)).err();
    outcome
}

/// Does work on one file; a panic in it is a failure of that file and no other.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let detail = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic");
        Err(Failure::new("fail.panic").with("detail", detail))
    })
}

fn work(job: &Job, settings: &Settings<'_>, outcome: &mut Outcome) -> Result<(), Failure> {
    let document = settings.reading.document(&job.input)?;
    note(&mut outcome.findings, &document.findings);
    let reports = settings.reading.reports(&document)?;
    for report in &reports {
        note(&mut outcome.findings, &report.findings);
    }
    // Everything is drawn before the first file is written.
    let mut drawn = Vec::new();
    for (path, format, reports) in outputs(&job.target, &reports)? {
        let options = WriteOptions { bom: settings.bom.unwrap_or(path.is_some()), ..settings.writing.clone() };
        let bytes = draw(reports, format, &options, &settings.reading, &mut outcome.findings)?;
        drawn.push((path, format, reports, bytes));
    }
    for (path, format, reports, bytes) in drawn {
        let state = match &path {
            _ if settings.dry_run => State::Planned,
            None => State::Bytes(bytes),
            Some(path) => put(path, &bytes, settings)?,
        };
        let reports = reports.iter().map(summary).collect();
        outcome.outputs.push(Output { path, format, reports, state });
    }
    Ok(())
}

/// Adds findings that are not there yet: a report may carry those of its document.
fn note(findings: &mut Vec<Finding>, more: &[Finding]) {
    for finding in more {
        if !findings.contains(finding) {
            findings.push(finding.clone());
        }
    }
}

/// A file (none for standard output), its format and the reports it holds.
type Share<'r> = (Option<PathBuf>, Format, &'r [Report]);

/// Which reports go where: JSON holds all of a file, other formats one each.
fn outputs<'r>(target: &Target, reports: &'r [Report]) -> Result<Vec<Share<'r>>, Failure> {
    match target {
        Target::Stdout(format) if reports.len() > 1 && !format::holds_many(*format) => {
            let failure = Failure::new("fail.several_reports").with("reports", reports.len());
            Err(failure.with("format", format::name(*format)))
        }
        Target::Stdout(format) => Ok(vec![(None, *format, reports)]),
        Target::Files { folder, stem, formats } => {
            let parts = name::parts(reports);
            let mut outputs = Vec::new();
            for (format, ending) in formats {
                let mut add = |stem: &str, reports: &'r [Report]| {
                    let dot = if ending.is_empty() { "" } else { "." };
                    outputs.push((Some(folder.join(format!("{stem}{dot}{ending}"))), *format, reports));
                };
                if reports.len() == 1 || format::holds_many(*format) {
                    add(stem, reports);
                } else {
                    reports.chunks(1).zip(&parts).for_each(|(report, part)| add(&format!("{stem}-{part}"), report));
                }
            }
            Ok(outputs)
        }
    }
}

/// Reports as the bytes of one output.
pub fn draw(
    reports: &[Report],
    format: Format,
    options: &WriteOptions<'_>,
    reading: &Reading,
    findings: &mut Vec<Finding>,
) -> Result<Vec<u8>, Failure> {
    let mut pieces = Vec::with_capacity(reports.len());
    for report in reports {
        let no_template = || Failure::new("fail.no_template_to_write").with("format", format::name(format));
        let template = reading.template(report).ok_or_else(no_template)?;
        let mut bytes = Vec::new();
        note(findings, &write::write(report, &template, format, options, &mut bytes)?);
        pieces.push(bytes);
    }
    Ok(join(pieces, format))
}

fn join(mut pieces: Vec<Vec<u8>>, format: Format) -> Vec<u8> {
    if pieces.len() == 1 {
        return pieces.swap_remove(0);
    }
    let lines = pieces.iter().map(|piece| piece.trim_ascii_end());
    if format == Format::Json {
        let mut bytes = b"[\n".to_vec();
        bytes.extend(lines.collect::<Vec<_>>().join(&b",\n"[..]));
        bytes.extend(b"\n]\n");
        bytes
    } else {
        lines.flat_map(|line| [line, b"\n"]).flatten().copied().collect()
    }
}

fn put(path: &Path, bytes: &[u8], settings: &Settings<'_>) -> Result<State, Failure> {
    let key = path.to_string_lossy().to_lowercase();
    if !settings.written.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
        return Err(Failure::new("fail.output_twice").with("output", path.display()));
    }
    Ok(match files::write(path, bytes, &settings.inputs, settings.force)? {
        Written::New => State::Written,
        Written::Unchanged => State::Unchanged,
    })
}

fn summary(report: &Report) -> Summary {
    Summary {
        template: report.template.clone(),
        numbers: report.values.iter().filter(|value| value.status == Status::Number).count(),
        total: report.values.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_reports_are_an_array_or_a_line_each() {
        let pieces = || vec![b"{\"a\":1}\n".to_vec(), b"{\"b\":2}".to_vec()];
        assert_eq!(join(pieces(), Format::Json), b"[\n{\"a\":1},\n{\"b\":2}\n]\n");
        assert_eq!(join(pieces(), Format::Ndjson), b"{\"a\":1}\n{\"b\":2}\n");
        assert_eq!(join(pieces()[..1].to_vec(), Format::Json), b"{\"a\":1}\n");
    }

    #[test]
    fn each_report_has_an_output_of_its_own_but_json_holds_them_all() {
        let town = |name: &str| Report { sheet: Some(name.to_owned()), ..Report::default() };
        let reports = [town("东镇"), town("西/镇")];
        let names = |reports| {
            let formats = vec![(Format::Pdf, "pdf".to_owned()), (Format::Json, "json".to_owned())];
            let target = Target::Files { folder: "out".into(), stem: "county".to_owned(), formats };
            let outputs = outputs(&target, reports).unwrap();
            outputs.iter().map(|(path, ..)| path.clone().unwrap()).collect::<Vec<_>>()
        };
        let out = |file: &str| Path::new("out").join(file);
        assert_eq!(names(&reports), [out("county-东镇.pdf"), out("county-西_镇.pdf"), out("county.json")]);
        assert_eq!(names(&reports[..1]), [out("county.pdf"), out("county.json")]);
        assert!(outputs(&Target::Stdout(Format::Csv), &reports).is_err());
        assert_eq!(outputs(&Target::Stdout(Format::Json), &reports).unwrap().len(), 1);
    }
}
