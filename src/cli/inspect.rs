//! `xxgk inspect`: what was found in a file, and how each row was read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::document::Part;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::finding::Finding;
use crate::message::Lang;
use crate::read::{self, ReadOptions};
use crate::report::{CellValue, Report, Status, Value};
use crate::write::{Format, WriteOptions};

use super::args::Inspect;
use super::common;
use super::console::{Console, clean, one_line};
use super::exit::Exit;
use super::table::Table;
use crate::batch::{Failure, plan};

/// What one file holds: drawn, or its reports for JSON; and why there is none.
struct Shown {
    file: String,
    text: String,
    reports: Vec<Report>,
    failure: Option<Error>,
}

/// Inspects one file, or all files of an archive. What it holds is shown even where there is no report in it.
pub(super) fn run(arguments: Inspect, console: &Console) -> Result<Exit, Failure> {
    if arguments.file.is_dir() {
        return Err(Failure::new("usage.folder_input").with("input", arguments.file.display()));
    }
    let input = Arc::new(common::input_options(arguments.input)?);
    let plan = Arc::new(plan::to_read(vec![arguments.file])?);
    let as_json = arguments.to.as_deref() == Some("json");
    // Drawing counts as work on the file, so it has the same limits.
    let drawing = Console { bar: None, ..*console };
    let work = move |engine: &Engine, bytes: &[u8], options: &ReadOptions, file: &str| {
        let read = engine.read(bytes, options)?;
        let (reports, failure) = match engine.recognize(&read) {
            Ok(reports) => (reports, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let text = if as_json { String::new() } else { text(&read, &reports, engine, &drawing) };
        Ok(vec![Shown { file: file.to_owned(), text, reports, failure }])
    };
    let mut exit = Exit::Done;
    let files = common::read_all(&plan, &input, console, work, |_, _| exit = Exit::Failed)?;
    if as_json && files.iter().any(|shown| shown.failure.is_none()) {
        let reports: Vec<Report> = files.iter().flat_map(|shown| shown.reports.clone()).collect();
        console.put(&json(&reports, &input.engine, console.lang)?)?;
    }
    for (at, shown) in files.into_iter().enumerate() {
        // The files of an archive have their names above them.
        let heading = if plan.len() > 1 {
            format!("{}{}:\n", if at > 0 { "\n" } else { "" }, clean(&shown.file))
        } else {
            String::new()
        };
        let put = if as_json { Ok(true) } else { console.put(format!("{heading}{}", shown.text).as_bytes()) };
        if let Some(failure) = put.err().or(shown.failure.map(|error| no_table(error, as_json))) {
            console.failure(Some(&shown.file), &failure);
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}

/// Why there is no report. The hint of other commands is to inspect the file.
fn no_table(error: Error, as_json: bool) -> Failure {
    match error.kind() {
        ErrorKind::NoTable if !as_json => Failure::new("fail.no_table"),
        _ => Failure::from(error),
    }
}

/// The reports as `convert --to json` prints them, without what checks found.
fn json(reports: &[Report], engine: &Engine, lang: Lang) -> crate::Result<Vec<u8>> {
    let options = WriteOptions::default().lang(lang);
    Ok(engine.write(&reports.iter().collect::<Vec<_>>(), Format::Json, &options)?.bytes)
}

fn text(read: &read::Input, reports: &[Report], engine: &Engine, console: &Console) -> String {
    let mut facts = vec![("word.format", read.source().format.clone())];
    facts.extend(read.source().encoding.clone().map(|encoding| ("word.encoding", encoding)));
    let parts = read::Format::from_name(&read.source().format).map(|format| format.info().parts);
    for (key, parts) in parts.iter().flat_map(|parts| [("word.read", parts.read), ("word.not_read", parts.left_out)]) {
        let words: Vec<String> = parts.iter().map(|part| console.word(&format!("part.{part}"))).collect();
        if !words.is_empty() {
            facts.push((key, words.join(console.lang.list_separator())));
        }
    }
    let mut lines = 0usize;
    for part in read.document().into_iter().flat_map(|document| &document.parts) {
        match part {
            Part::Paragraph(_) => lines += 1,
            Part::Table(grid) => {
                let (rows, columns) = grid.size();
                let size = [("rows", rows.to_string()), ("columns", columns.to_string())];
                let size = console.text("cli.size", &[("rows", &size[0].1), ("columns", &size[1].1)]);
                let hidden = if grid.hidden { format!(" ({})", console.word("word.hidden")) } else { String::new() };
                match &grid.name {
                    Some(name) => facts.push(("word.sheet", format!("{name}{hidden}: {size}"))),
                    None => facts.push(("word.table", format!("{size}{hidden}"))),
                }
            }
        }
    }
    if lines > 0 {
        facts.push(("word.paragraphs", console.text("cli.lines", &[("lines", &lines.to_string())])));
    }
    let mut out = draw_facts(&facts, console);
    let mut shown = BTreeSet::new();
    let of_reader: Vec<Finding> = read.findings().cloned().collect();
    draw_findings(&mut out, &of_reader, &mut shown, console);
    for report in reports {
        out += "\n";
        out += &draw_report(report, engine, console);
        draw_findings(&mut out, &report.findings, &mut shown, console);
    }
    out
}

/// Lines of `name: fact`.
fn draw_facts(facts: &[(&str, String)], console: &Console) -> String {
    facts.iter().map(|(key, fact)| format!("{}: {}\n", console.word(key), clean(fact))).collect()
}

/// Adds the findings that are not shown yet.
fn draw_findings(out: &mut String, findings: &[Finding], shown: &mut BTreeSet<String>, console: &Console) {
    let mut heading = Some(format!("\n{}\n", console.word("word.findings")));
    for finding in findings {
        let at = finding.at.as_ref().map_or_else(String::new, |at| format!(" {}", at.to_text(console.lang)));
        let severity = console.word(&format!("word.{}", finding.severity.as_str()));
        let line = format!("  {severity}[{}]{at}: {}", finding.code, one_line(&finding.message(console.lang)));
        let line = clean(&line) + "\n";
        if !shown.contains(&line) {
            *out += &heading.take().unwrap_or_default();
            *out += &line;
            shown.insert(line);
        }
    }
}

fn draw_report(report: &Report, engine: &Engine, console: &Console) -> String {
    let unknown = || console.word("word.unknown");
    let found = report.values.iter().filter(|value| value.at.is_some()).count();
    let fit = report.template.as_ref().map(|id| {
        let (found, total) = (found.to_string(), report.values.len().to_string());
        let template = engine.template(report);
        let id = template.as_ref().map_or(id.as_str(), |template| template.id());
        console.text("cli.fit", &[("id", id), ("found", &found), ("total", &total)])
    });
    let count = |status| report.values.iter().filter(|value| value.cell.status() == status).count().to_string();
    let counts = console.text(
        "cli.counts",
        &[
            ("number", &count(Status::Number)),
            ("blank", &count(Status::Blank)),
            ("not_applicable", &count(Status::NotApplicable)),
            ("unreadable", &count(Status::Unreadable)),
            ("missing", &count(Status::Missing)),
        ],
    );
    let mut facts = Vec::new();
    facts.extend(report.sheet.clone().map(|sheet| ("word.sheet", sheet)));
    facts.push(("word.title", report.title.clone().unwrap_or_else(unknown)));
    facts.push(("word.organization", report.organization.clone().unwrap_or_else(unknown)));
    facts.push(("word.year", report.year.map_or_else(unknown, |year| year.to_string())));
    facts.push(("word.template", fit.unwrap_or_else(unknown)));
    facts.push(("word.values", counts));
    let mut out = draw_facts(&facts, console);
    out += "\n";
    let matrix = engine.template(report).is_some_and(|template| template.is_matrix());
    out += &draw_values(&report.values, matrix, console);
    if !report.extra.is_empty() {
        out += &format!("\n{}\n", console.word("word.extra"));
        out += &draw_values(&report.extra, false, console);
    }
    out
}

fn draw_values(values: &[Value], matrix: bool, console: &Console) -> String {
    let header = ["word.id", "word.value", "word.unit", "word.place", "word.label"];
    let mut table = Table::new(header.map(|key| console.word(key)));
    for value in values {
        let shown = match &value.cell {
            CellValue::Number(number) => number.to_string(),
            CellValue::Blank => console.word("status.blank"),
            CellValue::Missing => console.word("status.missing"),
            CellValue::NotApplicable => console.word("status.not_applicable"),
            CellValue::Unreadable(text) => console.text("status.unreadable", &[("text", text.trim())]),
        };
        let at = value.at.as_ref().map_or_else(String::new, |at| at.to_text(console.lang));
        // In a matrix the last label of the path is the column's, and the one before it the row's.
        let names = value.path.len().saturating_sub(if matrix { 2 } else { 1 });
        let label = value.path[names..].join("・");
        let label = match &value.column {
            Some(column) => format!("{label} | {column}"),
            None => label,
        };
        table.row([value.id.as_deref().unwrap_or(""), &shown, value.unit.as_deref().unwrap_or(""), &at, &label]);
    }
    table.draw()
}
