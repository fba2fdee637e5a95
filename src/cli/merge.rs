//! `xxgk merge`: the reports of many organizations added up.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::check::{self, SeverityOverrides};
use crate::finding::{Finding, Severity};
use crate::merge::{self, MergeFinding, Merged, Options, Organization, place, roster};
use crate::read::{self, ReadOptions};
use crate::report::Report;
use crate::template::{Templates, shipped};
use crate::write::merged::{all_findings, findings_of};
use crate::write::{self, Format, WriteOptions};

use super::args::Merge;
use super::console::Console;
use super::convert::timestamp;
use super::{Exit, reading};
use crate::batch::files::{self, Inputs, Outputs, Written};
use crate::batch::plan::{self, Input, Plan};
use crate::batch::pool::{Done, Limits, Next, Pool, Ticket};
use crate::batch::run::Reading;
use crate::batch::{Failure, format};

/// Merges; the totals go to the output, what was found to standard error.
pub fn run(arguments: Merge, console: &Console) -> Result<Exit, Failure> {
    let inputs = reading::inputs(arguments.inputs)?;
    let (output, format) = target(arguments.output, arguments.to)?;
    let mut reading = reading::reading(arguments.reading)?;
    let template = reading.chosen.as_ref().map(|chosen| chosen.0[0].id().to_owned());
    // Reports of other forms are told by their own.
    reading.chosen = reading.chosen.as_ref().map(with_shipped);
    let options = Options {
        template,
        organization: arguments.organization,
        roster: arguments.roster.as_deref().map(names).transpose()?,
        value_column: arguments.scope,
        strict: arguments.strict,
    };
    let fonts = reading::fonts(&arguments.fonts)?;
    let writing = WriteOptions {
        fonts: Some(&fonts),
        lang: console.lang,
        bom: output.is_some(),
        encoding: None,
        timestamp: timestamp()?,
        landscape: arguments.landscape,
    };
    let plan = plan::to_read(inputs)?;
    let inputs = Inputs::new(vec![Arc::clone(&plan.inputs)]);
    if let Some(output) = output.as_deref().filter(|output| inputs.contains(output)) {
        return Err(Failure::new("fail.output_is_input").with("output", output.display()));
    }
    let reading = Arc::new(reading);
    let read = Read::all(plan, &reading, console)?;
    let failed = !read.unread.is_empty();
    let Some(mut merged) = merge::merge(read.organizations, reading.templates(), &options) else {
        console.failure(None, &Failure::new("fail.nothing_to_merge"));
        return Ok(Exit::Failed);
    };
    merged.findings.splice(0..0, read.unread);
    if format != Format::Xlsx {
        // Only the workbook has the table that these places are in.
        merged.findings.iter_mut().for_each(|found| found.finding.at = None);
    }
    let mut bytes = Vec::new();
    let drawn = write::merged::write(&merged, format, &writing, &mut bytes)?;
    merged.findings.extend(drawn.into_iter().map(|finding| MergeFinding { organization: None, finding }));
    info(&merged, console);
    let outputs = Outputs { inputs, force: arguments.force, root: None };
    if !put(output.as_deref(), &bytes, &outputs, console)? {
        return Ok(Exit::Failed);
    }
    let highest = all_findings(&merged).map(|(_, finding)| finding.severity).max();
    // The run ends here, and to free a hundred thousand small pieces takes a tenth of it.
    std::mem::forget(merged);
    Ok(Exit::of_findings(failed, &arguments.fail_on, |level| highest >= Some(level)))
}

/// Where the totals go, none for standard output, and in what format.
fn target(output: Option<PathBuf>, to: Option<Format>) -> Result<(Option<PathBuf>, Format), Failure> {
    let Some(output) = output.filter(|output| output.as_os_str() != "-") else {
        let format = to.ok_or_else(|| Failure::new("usage.merge_output"))?;
        if format::is_binary(format) && io::stdout().is_terminal() {
            return Err(Failure::new("usage.binary_terminal").with("format", format::name(format)));
        }
        return Ok((None, format));
    };
    let Some(format) = to.or_else(|| format::of_path(&output)) else {
        let names = format::MERGED.map(format::name).join(", ");
        return Err(Failure::new("usage.unknown_ending").with("output", output.display()).with("formats", names));
    };
    if !format::MERGED.contains(&format) {
        return Err(Failure::new("usage.merge_format").with("format", format::name(format)));
    }
    Ok((Some(output), format))
}

/// The user's own templates, then the shipped ones that they do not replace.
fn with_shipped(own: &Templates) -> Templates {
    let ids: BTreeSet<&str> = own.0.iter().map(|template| template.id()).collect();
    let others = shipped().0.iter().filter(|template| !ids.contains(template.id()));
    Templates(own.0.iter().chain(others).map(Arc::clone).collect())
}

/// The names of a list of organizations.
fn names(path: &Path) -> Result<Vec<String>, Failure> {
    let (bytes, _) = files::read(Some(path))?;
    let mut options = ReadOptions::default();
    options.name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names = roster::names(&read::read(&bytes, &options)?);
    if names.is_empty() {
        return Err(Failure::new("usage.roster").with("file", path.display()));
    }
    Ok(names)
}

/// What was read so far: of each report its figures and what its check found.
#[derive(Default)]
struct Read {
    organizations: Vec<Organization>,
    unread: Vec<MergeFinding>,
}

/// Files whose reports may wait for one before them.
const WINDOW: usize = 256;

impl Read {
    /// Reads all inputs, side by side, into organizations in their order.
    fn all(plan: Plan, reading: &Arc<Reading>, console: &Console) -> Result<Self, Failure> {
        let mut read = Self::default();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let limits = Limits { threads, time: None, window: WINDOW };
        let count = plan.len();
        let plan = Arc::new(plan);
        let (shared, own, ready) = (Arc::clone(&plan), Arc::clone(reading), Arc::clone(reading));
        let work = move |ticket: &Ticket| organizations(&shared.job(ticket.at).input, &own);
        Pool::new()
            .meanwhile(move || {
                ready.recognizer();
            })
            .run(count, limits, Arc::new(work), |at, done| {
                let file = plan.job(at).input.display();
                match done {
                    Done::Finished(Ok(organizations)) => read.organizations.extend(organizations),
                    Done::Finished(Err(failure)) => read.refuse(&file, &failure, console),
                    Done::Panicked(detail) => {
                        read.refuse(&file, &Failure::new("fail.panic").with("detail", detail), console);
                    }
                    // No time is set.
                    Done::TimedOut => {}
                }
                Next::GoOn
            })
            .map_err(|error| Failure::new("fail.threads").with("detail", error))?;
        Ok(read)
    }

    fn refuse(&mut self, file: &str, failure: &Failure, console: &Console) {
        console.failure(Some(file), failure);
        let finding = Finding::new("XG615").with("file", file).with("detail", failure.message(console.lang));
        self.unread.push(MergeFinding { organization: None, finding });
    }
}

/// The organizations of a file.
fn organizations(input: &Input, reading: &Reading) -> Result<Vec<Organization>, Failure> {
    let (bytes, _) = files::read(input.path())?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let content = hasher.finish();
    let document = reading.document_of(&bytes, input)?;
    let reports = reading.reports(&document)?;
    let (file, overrides) = (input.display(), SeverityOverrides::default());
    let organization = |(part, report): (usize, &Report)| {
        let template = reading.template(report).filter(|_| report.template.is_some());
        let mut findings = match &template {
            Some(template) => check::check(report, template, &overrides),
            None => report.findings.clone(),
        };
        if let Some(template) = &template {
            findings.extend(check::narrative(&document, &reports, report, template, &overrides));
        }
        Organization::new(report, template.as_deref(), findings, &file, part, content)
    };
    Ok(reports.iter().enumerate().map(organization).collect())
}

/// Says what was found: what merging found, and the errors in each organization; the rest is in the workbook and in `check`.
fn info(merged: &Merged, console: &Console) {
    for found in &merged.findings {
        if found.finding.code != "XG615" && (found.finding.severity > Severity::Note || console.verbose) {
            console.finding(&console.word("word.merge"), &found.finding);
        }
    }
    for organization in &merged.organizations {
        let told = |finding: &&Finding| finding.severity == Severity::Error || console.verbose;
        let place = place(organization);
        console.findings(findings_of(organization).filter(told).map(|finding| (&place, finding)));
    }
    let count = |severity| all_findings(merged).filter(|(_, finding)| finding.severity == severity).count().to_string();
    let counted = merged.counted.to_string();
    let left = (merged.organizations.len() - merged.counted).to_string();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let words = [("counted", counted.as_str()), ("left", &left), ("errors", &errors), ("warnings", &warnings)];
    console.info(&console.text("cli.merged", &words));
}

/// Writes the output; false where it could not be, which is said.
fn put(output: Option<&Path>, bytes: &[u8], outputs: &Outputs, console: &Console) -> Result<bool, Failure> {
    let Some(path) = output else { return console.put(bytes).map(|_| true) };
    match outputs.write(path, bytes) {
        Ok(Written::New) => {}
        Ok(Written::Unchanged) => {
            console.info(&console.text("cli.unchanged", &[("output", &path.display().to_string())]));
        }
        Err(failure) => {
            console.failure(None, &failure);
            return Ok(false);
        }
    }
    Ok(true)
}
