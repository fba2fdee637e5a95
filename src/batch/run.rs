//! One job: bytes → document → reports → bytes → files.
//!
//! In: a [`Job`], the [`Settings`] all jobs share and the [`Ticket`] that says when it may write. Out: an [`Outcome`], which
//! says everything that happened; a failure is part of it and leaves no half output. Nothing here prints.

use std::borrow::Cow;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use crate::Result;
use crate::check::{self, SeverityOverrides};
use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::read::{self, ReadOptions, SheetChoice};
use crate::recognize::Recognizer;
use crate::report::Report;
use crate::template::{SharedTemplate, Templates, local, shipped};
use crate::write::{self, Format, WriteOptions, tidy};

use super::files::{self, Outputs, Stamp, Written};
use super::journal::{Entry, Journal, Kept, Print};
use super::name::{Pattern, Taken};
use super::plan::{Input, Job, Target};
use super::pool::{Ticket, words};
use super::summary::{Counts, Known, Row};
use super::{Failure, format, name};

/// How inputs are read.
#[derive(Debug)]
pub struct Reading {
    /// The templates to choose from, where the user says it; otherwise all that are shipped.
    pub chosen: Option<Templates>,
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
    /// The templates to choose from.
    pub fn templates(&self) -> &Templates {
        self.chosen.as_ref().unwrap_or_else(|| shipped())
    }

    /// The templates made ready for recognition.
    pub fn recognizer(&self) -> &Recognizer {
        self.recognizer.get_or_init(|| Recognizer::new(self.templates()))
    }

    /// What an input holds.
    pub fn document(&self, input: &Input) -> Result<Document, Failure> {
        let (bytes, _) = files::read(input.path())?;
        self.document_of(&bytes, input)
    }

    /// What the bytes of an input hold.
    pub fn document_of(&self, bytes: &[u8], input: &Input) -> Result<Document, Failure> {
        let mut options = ReadOptions::default();
        options.name = input.file_name();
        options.format = self.format;
        options.encoding = self.encoding.clone();
        options.sheet = self.sheet.clone();
        Ok(read::read(bytes, &options)?)
    }

    /// What a document means.
    pub fn reports(&self, document: &Document) -> Result<Vec<Report>, Failure> {
        Ok(self.recognizer().recognize(document)?)
    }

    /// What its form's rules find in a report; what it carries of them from an earlier check is taken off.
    pub fn check(&self, report: &mut Report) -> Vec<Finding> {
        let Some(template) = self.template(report) else { return Vec::new() };
        report.findings.retain(|finding| template.rules().iter().all(|rule| rule.code != finding.code));
        check::rules(report, &template, &SeverityOverrides::default())
    }

    /// The template of a report: the one it names, or one made from a table of no known form.
    pub fn template(&self, report: &Report) -> Option<SharedTemplate> {
        match report.template.as_deref() {
            Some(id) => self.templates().find(id).or_else(|| shipped().find(id)).cloned(),
            None => Some(Arc::new(local::of_report(report))),
        }
    }
}

/// What all jobs of a run share.
pub struct Settings {
    /// How inputs are read.
    pub reading: Reading,
    /// How outputs are written; its `bom` is for files, see [`Settings::bom`]. What it borrows lives as long as the process,
    /// since a job that was given up may outlive the run.
    pub writing: WriteOptions<'static>,
    /// Whether CSV starts with a byte order mark, where the user says it; otherwise files do and standard output does not.
    pub bom: Option<bool>,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Whether outputs are written only after those of all inputs before.
    pub in_turn: bool,
    /// How outputs are called, where the user says it.
    pub pattern: Option<Pattern>,
    /// Where outputs are written.
    pub outputs: Outputs,
    /// The names that outputs have, so that none replaces another. Changed only by a job whose turn it is, so that numbers
    /// do not depend on which job is done first.
    pub taken: Mutex<Taken>,
    /// What the run has done so far.
    pub journal: Option<Journal>,
}

/// What one job came to.
#[derive(Default)]
pub struct Outcome {
    /// What was noticed, each once.
    pub findings: Vec<Finding>,
    /// The outputs, in order.
    pub outputs: Vec<Output>,
    /// Why the job stopped, where it did.
    pub failure: Option<Failure>,
    /// Whether the run ended before the job's turn to write: it is as if it had never begun.
    pub dropped: bool,
    /// The row of a job that an interrupted run had done, and that was not done again.
    pub resumed: Option<Row>,
    /// What is known of the reports.
    reports: Vec<Known>,
    /// What tells whether the input is still the same.
    stamp: Option<Stamp>,
    /// Names that reports gave their outputs, and those they got.
    names: Names,
    seconds: f64,
}

impl Outcome {
    /// An outcome that is a failure and nothing else.
    pub fn failed(failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::default() }
    }

    /// Names that another output had already, with those taken instead.
    pub fn renamed(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.names.wanted.iter().zip(&self.names.got);
        pairs.filter(|(wanted, got)| wanted != got).map(|(wanted, got)| (wanted.as_str(), got.as_str()))
    }

    /// The row of the account.
    pub fn row(&self, input: &Input, lang: crate::message::Lang) -> Row {
        if let Some(row) = &self.resumed {
            return row.clone();
        }
        let path = |output: &Output| output.path.as_ref().map(|path| path.display().to_string());
        Row {
            input: input.display(),
            reports: self.reports.clone(),
            outputs: self.outputs.iter().filter_map(path).collect(),
            findings: Counts::new(&self.findings),
            failure: self.failure.as_ref().map(|failure| failure.message(lang)),
            seconds: self.seconds,
        }
    }

    /// The line of the journal; none for what is to be done again by a run that goes on.
    pub fn entry<'r>(&self, input: &Input, row: &'r Row) -> Option<Entry<'r>> {
        if self.failure.is_some() || self.resumed.is_some() {
            return None;
        }
        let kept = |output: &Output| {
            // A name that is no Unicode could not be told from others in the journal.
            let path = output.path.clone().filter(|path| path.to_str().is_some())?;
            Some(Kept { path, print: output.print? })
        };
        Some(Entry {
            input: input.path()?.to_str()?.to_owned(),
            stamp: self.stamp?,
            wanted: self.names.wanted.clone(),
            got: self.names.got.clone(),
            outputs: self.outputs.iter().map(kept).collect::<Option<_>>()?,
            row: Cow::Borrowed(row),
        })
    }
}

/// Names that depend on what reports say: wanted, and got in their place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    wanted: Vec<String>,
    got: Vec<String>,
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
    /// What tells the bytes of a file from others.
    print: Option<Print>,
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
    /// The bytes for standard output or the one table.
    Bytes(Vec<u8>),
}

/// Does one job.
pub fn run(job: &Job, settings: &Settings, ticket: &Ticket) -> Outcome {
    let begun = Instant::now();
    let mut outcome = Outcome::default();
    outcome.failure = guarded(|| match resume(job, settings, ticket, &mut outcome) {
        true => Ok(()),
        false => work(job, settings, ticket, &mut outcome),
    })
    .err();
    // Microseconds: what is below says nothing.
    outcome.seconds = begun.elapsed().as_micros() as f64 / 1e6;
    outcome
}

/// Does work on one file; a panic in it is a failure of that file and no other.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Failure::new("fail.panic").with("detail", words(&*panic))))
}

/// Finds out whether an interrupted run had done the job and all is as it left it.
fn resume(job: &Job, settings: &Settings, ticket: &Ticket, outcome: &mut Outcome) -> bool {
    let (Some(journal), Some(path), Target::Files { folder, below, stem, formats }) =
        (&settings.journal, job.input.path(), &job.target)
    else {
        return false;
    };
    let Some(entry) = path.to_str().and_then(|path| journal.entry(path)) else { return false };
    let unchanged = fs::metadata(path).ok().and_then(|metadata| Stamp::new(&metadata)) == Some(entry.stamp);
    if !unchanged || !entry.outputs.iter().all(|output| output.print.fits(&output.path)) {
        return false;
    }
    if entry.wanted.is_empty() {
        // The name is the plan's, which other inputs than before may have changed.
        let planned = formats.iter().map(|(_, ending)| file(folder, stem, ending));
        if !planned.eq(entry.outputs.iter().map(|output| output.path.clone())) {
            return false;
        }
    } else {
        if !ticket.may_write() || !ticket.wait_turn() {
            outcome.dropped = true;
            return true;
        }
        let got = take(settings, below, &entry.wanted);
        if got != entry.got {
            outcome.names = Names { wanted: entry.wanted, got };
            return false;
        }
    }
    outcome.resumed = Some(entry.row.into_owned());
    true
}

fn take(settings: &Settings, below: &Path, wanted: &[String]) -> Vec<String> {
    let mut taken = settings.taken.lock().unwrap_or_else(PoisonError::into_inner);
    wanted.iter().map(|name| taken.take(below, name)).collect()
}

fn work(job: &Job, settings: &Settings, ticket: &Ticket, outcome: &mut Outcome) -> Result<(), Failure> {
    let typed = job.input == Input::Stdin;
    if typed {
        // However long a person or another program takes.
        ticket.stop_clock();
    }
    let (bytes, stamp) = files::read(job.input.path())?;
    if typed {
        ticket.start_clock();
    }
    outcome.stamp = stamp;
    let document = settings.reading.document_of(&bytes, &job.input)?;
    drop(bytes);
    note(&mut outcome.findings, &document.findings);
    let mut reports = settings.reading.reports(&document)?;
    let keeps = job.target.formats().any(format::holds_findings);
    for report in &mut reports {
        // What the form's rules find keeps its weight with the report. It is told as a note: the file converts all the same.
        let found = settings.reading.check(report);
        note(&mut outcome.findings, &report.findings);
        if keeps {
            report.findings.extend(found.iter().cloned());
        }
        outcome.findings.extend(found.into_iter().map(|finding| Finding { severity: Severity::Note, ..finding }));
    }
    outcome.reports = reports.iter().map(known).collect();
    // Everything is drawn before the first file is written.
    let (shares, wanted) = shares(&job.target, &reports, settings.pattern.as_ref())?;
    let mut drawn = Vec::with_capacity(shares.len());
    for share in &shares {
        drawn.push(match &job.target {
            Target::Rows(_) => rows(&reports, share.format, &job.input.display(), settings)?,
            target => {
                let is_file = matches!(target, Target::Files { .. });
                let options = WriteOptions { bom: settings.bom.unwrap_or(is_file), ..settings.writing.clone() };
                draw(share.reports, share.format, &options, &settings.reading, &mut outcome.findings)?
            }
        });
    }
    let claimed = outcome.names.got.len() == wanted.len() && !wanted.is_empty();
    let in_turn = settings.in_turn || (!wanted.is_empty() && !claimed);
    if (!claimed && !ticket.may_write()) || (in_turn && !ticket.wait_turn()) {
        outcome.dropped = true;
        return Ok(());
    }
    if let Target::Files { below, .. } = &job.target
        && !claimed
    {
        let got = take(settings, below, &wanted);
        outcome.names = Names { wanted, got };
    }
    for (share, bytes) in shares.into_iter().zip(drawn) {
        let path = share.path(&job.target, &outcome.names.got);
        let (mut print, reports) = (None, share.reports.iter().map(summary).collect());
        let state = match &path {
            _ if settings.dry_run => State::Planned,
            None => State::Bytes(bytes),
            Some(path) => {
                print = settings.journal.is_some().then(|| Print::new(&bytes));
                match settings.outputs.write(path, &bytes)? {
                    Written::New => State::Written,
                    Written::Unchanged => State::Unchanged,
                }
            }
        };
        outcome.outputs.push(Output { path, format: share.format, reports, state, print });
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

/// An output before its file has a name.
struct Share<'r> {
    format: Format,
    ending: &'r str,
    reports: &'r [Report],
    /// Which of the names wanted is its own; none for the name that the plan has settled.
    name: Option<usize>,
}

impl Share<'_> {
    fn path(&self, target: &Target, names: &[String]) -> Option<PathBuf> {
        let Target::Files { folder, stem, .. } = target else { return None };
        Some(file(folder, self.name.map_or(stem, |at| &names[at]), self.ending))
    }
}

fn file(folder: &Path, stem: &str, ending: &str) -> PathBuf {
    let dot = if ending.is_empty() { "" } else { "." };
    folder.join(format!("{stem}{dot}{ending}"))
}

/// Which reports go where: JSON holds all of a file, other formats one each. Returned with the names that they want where
/// the plan could not settle them.
fn shares<'r>(
    target: &'r Target,
    reports: &'r [Report],
    pattern: Option<&Pattern>,
) -> Result<(Vec<Share<'r>>, Vec<String>), Failure> {
    let (stem, formats) = match target {
        Target::Stdout(format) if reports.len() > 1 && !format::holds_many(*format) => {
            let failure = Failure::new("fail.several_reports").with("reports", reports.len());
            return Err(failure.with("format", format::name(*format)));
        }
        Target::Stdout(format) | Target::Rows(format) => {
            return Ok((vec![Share { format: *format, ending: "", reports, name: None }], Vec::new()));
        }
        Target::Files { stem, formats, .. } => (stem, formats),
    };
    let one = reports.len() == 1;
    let mut wanted: Vec<String> = match pattern {
        Some(pattern) => reports.iter().map(|report| pattern.fill(stem, report)).collect(),
        None if one => Vec::new(),
        None => name::parts(reports).iter().map(|part| name::fit(format!("{stem}-{part}"))).collect(),
    };
    // A file of several reports has no year or organization of its own, so it keeps the name of its input.
    let together = !one && formats.iter().any(|(format, _)| format::holds_many(*format));
    let apart = one || formats.iter().any(|(format, _)| !format::holds_many(*format));
    if !apart {
        wanted.clear();
    }
    let all = (together && pattern.is_some()).then(|| {
        wanted.push(stem.clone());
        wanted.len() - 1
    });
    let mut shares = Vec::new();
    for (format, ending) in formats {
        let share = |reports, name| Share { format: *format, ending, reports, name };
        if one {
            shares.push(share(reports, pattern.map(|_| 0)));
        } else if format::holds_many(*format) {
            shares.push(share(reports, all));
        } else {
            shares.extend(reports.chunks(1).enumerate().map(|(at, report)| share(report, Some(at))));
        }
    }
    Ok((shares, wanted))
}

/// The rows of an input in the one table of all values.
fn rows(reports: &[Report], format: Format, source: &str, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    for report in reports {
        match format {
            Format::Csv => tidy::write_csv(report, source, settings.writing.encoding.as_deref(), &mut bytes)?,
            _ => tidy::write_lines(report, source, &mut bytes)?,
        }
    }
    Ok(bytes)
}

/// Bytes that most outputs have at most, so that what is written is not moved as it grows.
const USUAL_OUTPUT: usize = 96 * 1024;

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
        let mut bytes = Vec::with_capacity(USUAL_OUTPUT);
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

fn summary(report: &Report) -> Summary {
    Summary {
        template: report.template.clone(),
        numbers: report.values.iter().filter(|value| value.cell.is_number()).count(),
        total: report.values.len(),
    }
}

fn known(report: &Report) -> Known {
    Known { template: report.template.clone(), organization: report.organization.clone(), year: report.year }
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
        let names = |reports, pattern: Option<Pattern>| {
            let formats = vec![(Format::Pdf, "pdf".to_owned()), (Format::Json, "json".to_owned())];
            let target =
                Target::Files { folder: "out".into(), below: PathBuf::new(), stem: "county".to_owned(), formats };
            let (shares, wanted) = shares(&target, reports, pattern.as_ref()).unwrap();
            shares.iter().map(|share| share.path(&target, &wanted).unwrap()).collect::<Vec<_>>()
        };
        let out = |file: &str| Path::new("out").join(file);
        assert_eq!(names(&reports, None), [out("county-东镇.pdf"), out("county-西_镇.pdf"), out("county.json")]);
        assert_eq!(names(&reports[..1], None), [out("county.pdf"), out("county.json")]);
        let pattern = || Some(Pattern::new("{sheet}").unwrap());
        assert_eq!(names(&reports, pattern()), [out("东镇.pdf"), out("西_镇.pdf"), out("county.json")]);
        assert_eq!(names(&reports[..1], pattern()), [out("东镇.pdf"), out("东镇.json")]);
        assert!(shares(&Target::Stdout(Format::Csv), &reports, None).is_err());
        assert_eq!(shares(&Target::Stdout(Format::Json), &reports, None).unwrap().0.len(), 1);
    }
}
