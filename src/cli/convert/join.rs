//! `xxgk convert --join`: files with one table each become one report.
//!
//! All inputs are read before anything is written, because any two may belong together.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{Examined, FileReports};
use crate::finding::{Finding, Severity};
use crate::report::Report;
use crate::write::Format;

use super::super::args::Convert;
use super::super::common;
use super::super::console::Console;
use super::super::corrections::{DoubtfulList, with_corrections};
use super::super::exit::Exit;
use super::super::side_input::{SideInputs, outputs, protect};
use super::show::without_narrative;
use crate::batch::Failure;
use crate::batch::name;
use crate::batch::place::{self, OutputPlace, Request, format_of};
use crate::batch::plan;
use crate::batch::settings::OutputOptions;

/// Joins and converts.
pub(super) fn run(mut arguments: Convert, output: &OutputOptions, console: &Console) -> Result<Exit, Failure> {
    let sides = arguments.side_inputs();
    let inputs = common::inputs(std::mem::take(&mut arguments.inputs))?;
    let place = output_place(&mut arguments)?;
    let mut input = common::input_options(arguments.input)?;
    let plan = Arc::new(plan::to_read(inputs)?);
    let corrections = arguments.corrections.as_deref();
    input.engine = with_corrections(input.engine, corrections, &[&plan], console)?;
    let inputs = protect(vec![Arc::clone(&plan.inputs)], sides)?;
    let list = |path: &PathBuf| DoubtfulList::create(path, inputs.clone(), arguments.writing, console.lang);
    let mut doubtful = arguments.write_corrections.as_ref().map(list).transpose()?;
    let input = Arc::new(input);
    let (files, refused) = common::joined(&plan, &input, console)?;
    let engine = &input.engine;
    let check = |file: FileReports| -> (String, Vec<Examined>) { (file.file, engine.check(&file.input, file.reports)) };
    let files: Vec<(String, Vec<Examined>)> = files.into_iter().map(check).collect();
    for (file, examined) in &files {
        let findings = examined.iter().flat_map(|one| &one.findings);
        let is_shown = |finding: &&Finding| finding.severity > Severity::Note || is_about_joining(finding);
        console.collapsed(file, findings.filter(is_shown));
    }
    for (file, examined) in &files {
        let mut values = examined.iter().enumerate().map(|(at, one)| one.doubtful(at + 1));
        if let Some(list) = &mut doubtful {
            values.try_for_each(|values| list.add(file, &values))?;
        }
    }
    let outputs = outputs(inputs, arguments.writing);
    let shares = shares(&place, &files);
    let holds_text = shares.iter().all(|(_, format, _)| format.holds_narrative());
    let mut exit = if !refused.is_empty() { Exit::Failed } else { Exit::Done };
    for (path, format, reports) in shares {
        let written = engine.write(&reports, format, &output.of(path.is_some())).map_err(Failure::from);
        let written = written.and_then(|drawn| match &path {
            Some(path) => outputs.write(path, &drawn.bytes).map(drop),
            None => console.put(&drawn.bytes).map(drop),
        });
        match (written, path) {
            (Err(failure), path) => {
                console.failure(path.map(|path| path.display().to_string()).as_deref(), &failure);
                exit = Exit::Failed;
            }
            (Ok(()), Some(path)) => console.info(&path.display().to_string()),
            (Ok(()), None) => {}
        }
    }
    let texts = files.iter().flat_map(|(_, examined)| examined).filter(|one| one.has_narrative());
    without_narrative(if holds_text { 0 } else { texts.count() }, console);
    if let Some(list) = doubtful {
        list.finish(console)?;
    }
    Ok(exit)
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
        terminal: io::stdout().is_terminal(),
        ..Request::default()
    };
    place::settle(&request, is_folder)
}

/// The outputs: path, none for standard output, format and reports.
fn shares<'r>(
    place: &OutputPlace,
    files: &'r [(String, Vec<Examined>)],
) -> Vec<(Option<PathBuf>, Format, Vec<&'r Report>)> {
    let all = || files.iter().flat_map(|(_, examined)| examined).map(|one| &one.report).collect();
    match place {
        OutputPlace::Stdout(format) | OutputPlace::Tidy(_, format) => vec![(None, *format, all())],
        OutputPlace::File { folder, stem, formats } => {
            let file = |(format, extension): &(Format, String)| {
                (Some(folder.join(format!("{stem}.{extension}"))), *format, all())
            };
            formats.iter().map(file).collect()
        }
        OutputPlace::Folder { folder, formats } => {
            let mut used = BTreeSet::new();
            let mut shares = Vec::new();
            for (file, examined) in files {
                for one in examined {
                    let stem = name::unused(&stem(file, &one.report), &mut used);
                    for (format, extension) in formats {
                        shares.push((Some(folder.join(format!("{stem}.{extension}"))), *format, vec![&one.report]));
                    }
                }
            }
            shares
        }
    }
}

/// The name of an output: organization and year, or else the name of the file.
fn stem(file: &str, report: &Report) -> String {
    let of_file = || Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let year = report.year.map_or_else(String::new, |year| format!("-{year}"));
    name::fit(name::clean(&report.organization.as_ref().map_or_else(of_file, |name| format!("{name}{year}"))))
}
