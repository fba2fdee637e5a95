//! `xxgk report`: the complete annual report, or its tables in an existing document.

use std::path::Path;
use std::sync::Arc;

use crate::engine::{Engine, LastYear, ThisYear};
use crate::finding::Finding;
use crate::layout::{LayoutOptions, layout};
use crate::read::ReadOptions;
use crate::report::{Report, Value};
use crate::report_text::{self, OwnText};
use crate::template::SharedTemplate;
use crate::write::docx::into::{Refusal, replace};
use crate::write::{Format, WriteOptions, complete};

use super::args;
use super::common;
use super::console::Console;
use super::exit::Exit;
use super::side_input::{SideInputs, outputs, protect};
use crate::batch::{Failure, files, plan};

/// Writes the report of a table.
pub(super) fn run(arguments: args::Report, console: &Console) -> Result<Exit, Failure> {
    let input = Arc::new(common::input_options(arguments.input.clone())?);
    let format = format(&arguments.output)?;
    if arguments.into.is_some() && format != Format::Docx {
        return Err(Failure::new("usage.report_ending").with("output", arguments.output.display()));
    }
    let plan = Arc::new(plan::to_read(vec![arguments.table.clone()])?);
    let inputs = protect(vec![Arc::clone(&plan.inputs)], arguments.side_inputs())?;
    let outputs = outputs(inputs, arguments.writing);
    outputs.inputs.refuse(&arguments.output)?;
    let name = arguments.table.display().to_string();
    let work =
        |engine: &Engine, bytes: &[u8], options: &ReadOptions, _: &str| engine.recognize(&engine.read(bytes, options)?);
    let mut unread = false;
    let reports = common::read_all(&plan, &input, console, work, |_, _| unread = true)?;
    if unread {
        return Ok(Exit::Failed);
    }
    let (report, template) = only(reports, &name, &input.engine)?;
    // What is wrong with the table is wrong in the report too.
    console.collapsed(&name, &input.engine.check_rules(report.clone()).findings);
    if let Some(document) = &arguments.into {
        let (tables, gone) =
            into(document, &report, &template, &input.engine, |bytes| outputs.write(&arguments.output, bytes))?;
        gone.iter().for_each(|finding| console.finding(&document.display().to_string(), finding));
        let words = [("output", &*arguments.output.display().to_string()), ("tables", &tables.to_string())];
        console.info(&console.text("cli.written_into", &words));
        return Ok(Exit::Done);
    }
    if !report_text::has_text(template.id()) {
        return Err(Failure::new("usage.report_form").with("input", &name).with("found", template.id()));
    }
    let (last, last_unread) = common::reports(arguments.last.clone(), &input, console)?;
    if last_unread {
        // A report without the comparison looks complete.
        return Ok(Exit::Failed);
    }
    let aliases = common::aliases(arguments.aliases.clone(), &input)?;
    let listed: Vec<&str> = report.organization.as_deref().into_iter().collect();
    let last = LastYear::new(last, &listed, &aliases);
    let this = ThisYear::of(&report, &template);
    if let Some(finding) = last.finding(this).filter(|_| !arguments.last.is_empty()) {
        console.finding(&arguments.output.display().to_string(), &finding);
    }
    let text = report_text::report_text(&report, last.one(this), &own_text(arguments.text.as_deref())?);
    let fonts = common::fonts(&arguments.fonts)?;
    let mut options = WriteOptions::default().fonts(&fonts).lang(console.lang);
    options.timestamp = common::timestamp()?;
    let mut bytes = Vec::new();
    let findings = complete::write(&report, &template, &text, format, &options, &mut bytes)?;
    outputs.write(&arguments.output, &bytes)?;
    findings.iter().for_each(|finding| console.finding(&arguments.output.display().to_string(), finding));
    let words = [("output", &*arguments.output.display().to_string()), ("blanks", &text.open_blanks().to_string())];
    console.info(&console.text("cli.written_report", &words));
    Ok(Exit::Done)
}

/// The format by the name of the output.
pub(super) fn format(output: &Path) -> Result<Format, Failure> {
    let ending = output.extension().and_then(|ending| Format::from_extension(&ending.to_string_lossy()));
    let format = ending.filter(|format| complete::FORMATS.contains(format));
    format.ok_or_else(|| Failure::new("usage.report_ending").with("output", output.display()))
}

/// The only report of a file, with its template.
fn only(mut reports: Vec<Report>, input: &str, engine: &Engine) -> Result<(Report, SharedTemplate), Failure> {
    if reports.len() > 1 {
        return Err(Failure::new("usage.report_several").with("input", input).with("reports", reports.len()));
    }
    let Some(report) = reports.pop() else { return Err(Failure::new("fail.no_table")) };
    let template = engine.template(&report).filter(|_| report.template.is_some());
    let template = template.ok_or_else(|| Failure::new("usage.report_form").with("input", input).with("found", "?"))?;
    Ok((report, template))
}

/// Replaces the tables of a document by those of a report. What is written must read back as the report. Returns the number of
/// tables, and what was in the document alone.
fn into<T>(
    document: &Path,
    report: &Report,
    template: &SharedTemplate,
    engine: &Engine,
    write: impl FnOnce(&[u8]) -> Result<T, Failure>,
) -> Result<(usize, Vec<Finding>), Failure> {
    let named = |failure: Failure| failure.with("file", document.display());
    let (bytes, _) = files::read(Some(document)).map_err(|failure| failure.of_file(document))?;
    let old = engine.read(&bytes, &ReadOptions::default()).map_err(|error| Failure::from(error).of_file(document))?;
    let found = old.source().format.as_str();
    if found != crate::read::Format::Docx.name() {
        return Err(named(Failure::new("fail.into_kind")).with("found", format!("@format.{found}")));
    }
    let gone = gone_rows(&engine.recognize(&old).unwrap_or_default(), report);
    let layout = layout(report, template, LayoutOptions::default());
    let (bytes, tables) = replace(&bytes, &layout).map_err(|refusal| match refusal {
        Refusal::Document(detail) => named(Failure::new("fail.into_document")).with("detail", detail),
        Refusal::Table { caption, found } => {
            named(Failure::new("fail.into_table")).with("caption", caption).with("found", found)
        }
    })?;
    let again = engine.recognize(&engine.read(&bytes, &ReadOptions::default())?)?;
    let cells = |report: &Report| -> Vec<_> {
        report.values.iter().chain(&report.extra).map(|value| (value.id.clone(), value.cell.clone())).collect()
    };
    if !again.iter().any(|again| again.template == report.template && cells(again) == cells(report)) {
        return Err(named(Failure::new("fail.into_differs")));
    }
    write(&bytes)?;
    Ok((tables, gone))
}

/// A finding for each row beyond the form that a document had and the report has not.
fn gone_rows(old: &[Report], report: &Report) -> Vec<Finding> {
    let is_kept =
        |value: &Value| report.extra.iter().any(|kept| kept.path == value.path && kept.column == value.column);
    let gone = old.iter().filter(|old| old.template.is_some()).flat_map(|old| &old.extra);
    let gone = gone.filter(|value| !value.source_text.trim().is_empty() && !is_kept(value));
    let mut rows: Vec<(&Value, Vec<&str>)> = Vec::new();
    for value in gone {
        match rows.iter_mut().find(|(first, _)| first.path == value.path && first.label == value.label) {
            Some((_, figures)) => figures.push(value.source_text.trim()),
            None => rows.push((value, vec![value.source_text.trim()])),
        }
    }
    let finding = |(value, figures): (&Value, Vec<&str>)| {
        Finding::new("XG403")
            .with("label", value.path.join("・"))
            .with("figures", figures.join("、"))
            .at(value.at.clone())
    };
    rows.into_iter().map(finding).collect()
}

/// What a person wrote.
fn own_text(path: Option<&Path>) -> Result<OwnText, Failure> {
    let Some(path) = path else { return Ok(OwnText::default()) };
    let (bytes, _) = files::read(Some(path)).map_err(|failure| failure.of_file(path))?;
    let text = crate::read::text(&bytes).map_err(|error| Failure::from(error).of_file(path))?;
    if text.contains('\0') {
        return Err(Failure::new("usage.report_text_kind").with("file", path.display()));
    }
    let names = report_text::blanks();
    OwnText::parse(&text, &names, &report_text::sections()).map_err(|heading| {
        let failure = Failure::new("usage.report_text").with("file", path.display());
        failure.with("heading", heading).with("names", names.join("、"))
    })
}
