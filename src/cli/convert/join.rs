//! `xxgk convert --join`: files with one table each become one report.
//!
//! All inputs are read before anything is written, because any two may belong together. There is nothing to resume then.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::engine::Examined;
use crate::finding::{Finding, Severity};
use crate::report::Report;
use crate::write::{Format, tidy};

use super::super::args::Convert;
use super::super::common;
use super::super::console::{Console, clean};
use super::super::corrections::{DoubtfulList, with_corrections};
use super::super::exit::Exit;
use super::super::side_input::{SideInputs, outputs, protect};
use super::options;
use super::show::{what, without_narrative};
use crate::batch::files::Outputs;
use crate::batch::name::{self, Pattern};
use crate::batch::outcome::ReportSummary;
use crate::batch::place::{self, OutputPlace, Request, format_of};
use crate::batch::plan;
use crate::batch::settings::{InputOptions, OutputOptions};
use crate::batch::summary::{Counts, ReportIdentity, SummaryFile, SummaryRow};
use crate::batch::{Failure, driver};

/// Joins and converts.
pub(super) fn run(mut arguments: Convert, output: OutputOptions, console: &Console) -> Result<Exit, Failure> {
    let sides = arguments.side_inputs();
    let inputs = common::inputs(std::mem::take(&mut arguments.inputs))?;
    let pattern = arguments.name.as_deref().map(Pattern::new).transpose()?;
    let place = output_place(&mut arguments)?;
    options::check(&arguments, &place)?;
    let mut input = common::input_options(arguments.input)?;
    input.jobs = arguments.jobs;
    let plan = Arc::new(plan::to_read(inputs)?);
    let corrections = arguments.corrections.as_deref();
    input.engine = with_corrections(input.engine, corrections, &[&plan], console)?;
    let inputs = protect(vec![Arc::clone(&plan.inputs)], sides)?;
    let list = |path: &PathBuf| DoubtfulList::create(path, inputs.clone(), arguments.writing, console.lang);
    let mut doubtful = arguments.write_corrections.as_ref().map(list).transpose()?;
    let outputs = outputs(inputs, arguments.writing);
    let summary = arguments.summary.as_ref().filter(|_| !arguments.dry_run);
    let bom = output.bom.unwrap_or(true);
    let summary = summary.map(|path| SummaryFile::create(path, &outputs, bom)).transpose()?;
    let input = Arc::new(input);
    let (files, refused) = common::joined(&plan, &input, console)?;
    let files = common::checked(files, &input)?;
    for (file, examined) in &files {
        let findings = examined.iter().flat_map(|one| &one.findings);
        let is_shown = |finding: &&Finding| finding.severity > Severity::Note || is_about_joining(finding);
        console.collapsed(file, findings.filter(is_shown));
        let mut values = examined.iter().enumerate().map(|(at, one)| one.doubtful(at + 1));
        if let Some(list) = &mut doubtful {
            values.try_for_each(|values| list.add(file, &values))?;
        }
    }
    let shares = shares(&place, &files, pattern.as_ref());
    let holds_text = shares.iter().all(|share| share.format.holds_narrative() && !share.is_table);
    let mut rows: Vec<SummaryRow> = files.iter().map(row).collect();
    rows.extend(refused.into_iter().map(|(file, failure)| refused_row(file, failure)));
    let (files, output) = (Arc::new(files), Arc::new(output));
    let writer = Writer { files: Arc::clone(&files), input, output, outputs, dry_run: arguments.dry_run, console };
    shares.into_iter().try_for_each(|share| writer.write(share, &mut rows))?;
    let texts = files.iter().flat_map(|(_, examined)| examined).filter(|one| one.has_narrative());
    without_narrative(if holds_text { 0 } else { texts.count() }, console);
    if let Some(mut summary) = summary {
        rows.iter().try_for_each(|row| summary.add(row))?;
        summary.finish()?;
    }
    if let Some(list) = doubtful {
        list.finish(console)?;
    }
    Ok(if rows.iter().any(|row| row.failure.is_some()) { Exit::Failed } else { Exit::Done })
}

fn is_about_joining(finding: &Finding) -> bool {
    matches!(finding.code.as_str(), "XG364" | "XG365")
}

fn output_place(arguments: &mut Convert) -> Result<OutputPlace, Failure> {
    let output = arguments.output.take();
    let is_folder = output.as_deref().is_some_and(|output| output.as_os_str() != "-" && format_of(output).is_none());
    let request = Request {
        output,
        formats: std::mem::take(&mut arguments.to),
        terminal: io::stdout().is_terminal() && !arguments.dry_run,
        tidy: arguments.tidy,
        named: arguments.name.is_some(),
        ..Request::default()
    };
    place::settle(&request, is_folder && !arguments.tidy)
}

/// A file, or several that were joined, with its checked reports.
type JoinedFile = (String, Vec<Examined>);

/// The row of the summary for a file, without its outputs.
fn row((file, examined): &JoinedFile) -> SummaryRow {
    let findings: Vec<Finding> = examined.iter().flat_map(|one| one.findings.iter().cloned()).collect();
    SummaryRow {
        input: file.clone(),
        reports: examined.iter().map(|one| ReportIdentity::new(&one.report)).collect(),
        findings: Counts::new(&findings),
        ..SummaryRow::default()
    }
}

fn refused_row(file: String, failure: String) -> SummaryRow {
    SummaryRow { input: file, failure: Some(failure), ..SummaryRow::default() }
}

/// An output and its reports.
struct Share {
    /// The file; none for standard output.
    path: Option<PathBuf>,
    format: Format,
    /// Whether it is one table of all values.
    is_table: bool,
    /// The places of its files and, in these, of its reports.
    reports: Vec<(usize, usize)>,
}

fn shares(place: &OutputPlace, files: &[JoinedFile], pattern: Option<&Pattern>) -> Vec<Share> {
    let places =
        files.iter().enumerate().flat_map(|(file, (_, examined))| (0..examined.len()).map(move |at| (file, at)));
    let all: Vec<(usize, usize)> = places.collect();
    let share = |path, format: &Format, is_table| Share { path, format: *format, is_table, reports: all.clone() };
    match place {
        OutputPlace::Stdout(format) => vec![share(None, format, false)],
        OutputPlace::Tidy(path, format) => vec![share(path.clone(), format, true)],
        OutputPlace::File { folder, stem, formats } => {
            let file = |(format, extension): &(Format, String)| {
                share(Some(folder.join(format!("{stem}.{extension}"))), format, false)
            };
            formats.iter().map(file).collect()
        }
        OutputPlace::Folder { folder, formats } => {
            let mut used = BTreeSet::new();
            let mut shares = Vec::new();
            for (file, at) in all {
                let report = &files[file].1[at].report;
                let stem = name::unused(&stem(&files[file].0, report, pattern), &mut used);
                for (format, extension) in formats {
                    let path = Some(folder.join(format!("{stem}.{extension}")));
                    shares.push(Share { path, format: *format, is_table: false, reports: vec![(file, at)] });
                }
            }
            shares
        }
    }
}

/// The name of an output: that of a pattern, or organization and year, or else the name of the file.
fn stem(file: &str, report: &Report, pattern: Option<&Pattern>) -> String {
    let of_file = || Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    if let Some(pattern) = pattern {
        return name::fit(pattern.fill(&of_file(), report));
    }
    let year = report.year.map_or_else(String::new, |year| format!("-{year}"));
    name::fit(name::clean(&report.organization.as_ref().map_or_else(of_file, |name| format!("{name}{year}"))))
}

/// Draws and writes the outputs.
struct Writer<'a> {
    files: Arc<Vec<JoinedFile>>,
    input: Arc<InputOptions>,
    output: Arc<OutputOptions>,
    outputs: Outputs,
    dry_run: bool,
    console: &'a Console,
}

impl Writer<'_> {
    /// Writes an output, and adds it, its time or its failure to the rows of its files.
    fn write(&self, share: Share, rows: &mut [SummaryRow]) -> Result<(), Failure> {
        let begun = Instant::now();
        let share = Arc::new(share);
        let path = share.path.as_ref().map(|path| path.display().to_string());
        let written = if self.dry_run { self.plan(&share).map(drop) } else { self.draw_and_put(&share) };
        let failure = written.as_ref().err().map(|failure| failure.message(self.console.lang));
        if let Err(failure) = written {
            self.console.failure(path.as_deref(), &failure);
        }
        let files: BTreeSet<usize> = share.reports.iter().map(|(file, _)| *file).collect();
        for file in files {
            let row = &mut rows[file];
            row.seconds += begun.elapsed().as_micros() as f64 / 1e6;
            row.outputs.extend(path.clone().filter(|_| failure.is_none()));
            row.failure = row.failure.take().or_else(|| failure.clone());
        }
        Ok(())
    }

    /// Prints what would be written.
    fn plan(&self, share: &Share) -> Result<bool, Failure> {
        let console = self.console;
        let files: BTreeSet<usize> = share.reports.iter().map(|(file, _)| *file).collect();
        let names: Vec<&str> = files.into_iter().map(|file| self.files[file].0.as_str()).collect();
        let reports: Vec<ReportSummary> =
            share.reports.iter().map(|(file, at)| ReportSummary::new(&self.files[*file].1[*at].report)).collect();
        let to = share.path.as_ref().map_or_else(|| console.word("cli.stdout"), |path| path.display().to_string());
        let words = [
            ("input", names.join(console.lang.list_separator())),
            ("output", to),
            ("what", what(share.format, &reports, console)),
        ];
        let line = console.text("cli.planned", &words.each_ref().map(|(name, word)| (*name, word.as_str())));
        console.put(format!("{}\n", clean(&line)).as_bytes())
    }

    fn draw_and_put(&self, share: &Arc<Share>) -> Result<(), Failure> {
        let (own, files) = (Arc::clone(share), Arc::clone(&self.files));
        let (input, output) = (Arc::clone(&self.input), Arc::clone(&self.output));
        let drawn = driver::step("step.draw", self.input.timeout, move || draw(&own, &files, &input, &output))?;
        let place =
            share.path.as_ref().map_or_else(|| self.console.word("cli.stdout"), |path| path.display().to_string());
        self.console.collapsed(&place, &drawn.findings);
        match &share.path {
            Some(path) => {
                self.outputs.write(path, &drawn.bytes)?;
                self.console.info(&place);
            }
            None => drop(self.console.put(&drawn.bytes)?),
        }
        Ok(())
    }
}

fn draw(
    share: &Share,
    files: &[JoinedFile],
    input: &InputOptions,
    output: &OutputOptions,
) -> Result<crate::engine::Output, Failure> {
    let options = output.of(share.path.is_some());
    if !share.is_table {
        let reports: Vec<&Report> = share.reports.iter().map(|(file, at)| &files[*file].1[*at].report).collect();
        return Ok(input.engine.write(&reports, share.format, &options)?);
    }
    let mut bytes = Vec::new();
    tidy::write_header(share.format, &options, &mut bytes)?;
    let options = output.of(false);
    for (file, at) in &share.reports {
        let (name, examined) = &files[*file];
        tidy::write(&examined[*at].report, name, share.format, &options, &mut bytes)?;
    }
    Ok(crate::engine::Output { bytes, findings: Vec::new() })
}
