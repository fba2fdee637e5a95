//! `xxgk merge`: the reports of many organizations added up.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::Engine;
use crate::finding::{Finding, Severity};
use crate::merge::{MergeFinding, Merged, Options, Organization, place};
use crate::organization::Aliases;
use crate::template::{Templates, shipped};
use crate::write::merged::{all_findings, findings_of};
use crate::write::{self, Format, WriteOptions};

use super::args::Merge;
use super::common;
use super::console::Console;
use super::corrections::with_corrections;
use super::exit::Exit;
use super::side_input::{SideInputs, outputs, protect};
use crate::batch::files::{Outputs, Written};
use crate::batch::place::{format_names, format_of};
use crate::batch::plan::{self, Plan};
use crate::batch::settings::{InputOptions, OutputOptions};
use crate::batch::{Failure, driver};

/// Merges; the totals go to the output, findings to standard error.
pub(super) fn run(arguments: Merge, console: &Console) -> Result<Exit, Failure> {
    let sides = arguments.side_inputs();
    let inputs = common::inputs(arguments.inputs)?;
    let (output, format) = target(arguments.output, arguments.to)?;
    let is_named = arguments.input.template.is_some();
    let read = common::input_options(arguments.input)?;
    let aliases = common::aliases(arguments.aliases, &read)?;
    let (input, template) = with_shipped(read, is_named, aliases);
    let roster = arguments.roster.map(|path| common::roster(&path, &input)).transpose()?;
    let (roster, unnamed) = roster.map_or_else(Default::default, |(names, findings)| (Some(names), findings));
    let options = Options {
        template,
        organization: arguments.organization,
        roster,
        value_column: arguments.value_column,
        strict: arguments.strict,
    };
    let writing = OutputOptions {
        fonts: common::fonts(&arguments.fonts)?,
        lang: console.lang,
        bom: Some(output.is_some()),
        encoding: None,
        timestamp: common::timestamp()?,
        landscape: arguments.landscape,
        embed_json: arguments.embed_json,
        fragment: false,
    };
    let plan = Arc::new(plan::to_read(inputs)?);
    let corrections = arguments.corrections.as_deref();
    let engine = with_corrections(input.engine.clone(), corrections, &[&plan], console)?;
    let input = Arc::new(InputOptions { engine, ..(*input).clone() });
    let outputs = outputs(protect(vec![Arc::clone(&plan.inputs)], sides)?, arguments.writing);
    // Before all the reading.
    output.as_deref().map_or(Ok(()), |output| outputs.inputs.refuse(output))?;
    let (organizations, unread) = read_all(&plan, &input, arguments.join, console)?;
    let unread_files = unread.len();
    let (engine, is_file) = (input.engine.clone(), output.is_some());
    let (merged, bytes) = driver::step("step.merge", input.timeout, move || {
        let nothing = || Failure::new("fail.nothing_to_merge");
        let mut merged = engine.merge(organizations, &options).ok_or_else(nothing)?;
        let noted = unread.into_iter().chain(unnamed).map(|finding| MergeFinding { organization: None, finding });
        merged.findings.splice(0..0, noted);
        let bytes = draw(&mut merged, format, &writing.of(is_file))?;
        Ok((merged, bytes))
    })?;
    let is_written = put(output.as_deref(), &bytes, &outputs, console)?;
    info(&merged, unread_files, output.as_deref(), console);
    if !is_written {
        return Ok(Exit::Failed);
    }
    let highest = all_findings(&merged).map(|(_, finding)| finding.severity).max();
    Ok(Exit::of_findings(unread_files > 0, &arguments.fail_on, |level| highest >= Some(level)))
}

/// The organizations of all files, and a finding for each file that cannot be read.
fn read_all(
    plan: &Arc<Plan>,
    input: &Arc<InputOptions>,
    join: bool,
    console: &Console,
) -> Result<(Vec<Organization>, Vec<Finding>), Failure> {
    let mut unread = Vec::new();
    let mut refused = |file: String, detail: String| {
        unread.push(Finding::new("XG615").with("file", file).with("detail", detail));
    };
    let organizations = if join {
        let (files, failures) = common::joined(plan, input, console)?;
        failures.into_iter().for_each(|(file, detail)| refused(file, detail));
        let engine = input.engine.clone();
        let organizations = move |file| engine.organizations_of(file);
        driver::step("step.check", input.timeout, move || Ok(files.into_iter().flat_map(organizations).collect()))?
    } else {
        common::read_all(plan, input, console, Engine::organizations, |file, failure| {
            refused(file, failure.message(console.lang));
        })?
    };
    Ok((organizations, unread))
}

/// Draws the output; what could not be drawn as it should is one of the findings.
fn draw(merged: &mut Merged, format: Format, options: &WriteOptions<'_>) -> Result<Vec<u8>, Failure> {
    if format != Format::Xlsx {
        // Only the workbook has the table that these places are in.
        merged.findings.iter_mut().for_each(|noted| noted.finding.at = None);
    }
    let mut bytes = Vec::new();
    let drawn = write::merged::write(merged, format, options, &mut bytes)?;
    merged.findings.extend(drawn.into_iter().map(|finding| MergeFinding { organization: None, finding }));
    Ok(bytes)
}

/// Where the totals go, none for standard output, and in what format.
fn target(output: Option<PathBuf>, to: Option<Format>) -> Result<(Option<PathBuf>, Format), Failure> {
    let Some(output) = output.filter(|output| output.as_os_str() != "-") else {
        let format = to.ok_or_else(|| Failure::new("usage.merge_output"))?;
        if format.is_binary() && io::stdout().is_terminal() {
            return Err(Failure::new("usage.binary_terminal").with("format", format.name()));
        }
        return Ok((None, format));
    };
    let Some(format) = to.or_else(|| format_of(&output)) else {
        let names = format_names(Format::holds_merged);
        return Err(Failure::new("usage.unknown_ending").with("output", output.display()).with("formats", names));
    };
    if !format.holds_merged() {
        return Err(Failure::new("usage.merge_format").with("format", format.name()));
    }
    Ok((Some(output), format))
}

/// The same options with the shipped templates beside the one named, since reports of other forms are named with theirs;
/// and the id of the one named.
fn with_shipped(input: InputOptions, is_named: bool, aliases: Aliases) -> (Arc<InputOptions>, Option<String>) {
    if !is_named {
        return (Arc::new(InputOptions { engine: input.engine.aliases(aliases), ..input }), None);
    }
    let own = &input.engine.templates().0;
    let ids: BTreeSet<&str> = own.iter().map(|template| template.id()).collect();
    let others = shipped().0.iter().filter(|template| !ids.contains(template.id()));
    let templates = Templates(own.iter().chain(others).map(Arc::clone).collect());
    let id = own.first().map(|template| template.id().to_owned());
    let engine = Engine::with_templates(templates).aliases(aliases);
    let input = InputOptions { engine, ..input };
    (Arc::new(input), id)
}

/// Prints what merging found and the errors of each organization; the workbook and `check` have the rest.
fn info(merged: &Merged, unread: usize, output: Option<&Path>, console: &Console) {
    for found in &merged.findings {
        if found.finding.code != "XG615" && (found.finding.severity > Severity::Note || console.verbose) {
            // A place is a cell of the output.
            let output = output.filter(|_| found.finding.at.is_some()).map(|path| path.display().to_string());
            console.finding(&output.unwrap_or_else(|| console.word("word.merge")), &found.finding);
        }
    }
    for organization in &merged.organizations {
        let is_shown = |finding: &&Finding| finding.severity == Severity::Error || console.verbose;
        let place = place(organization);
        console.findings(findings_of(organization).filter(is_shown).map(|finding| (&place, finding)));
    }
    let count = |severity| all_findings(merged).filter(|(_, finding)| finding.severity == severity).count().to_string();
    let counted = merged.counted.to_string();
    let left = (merged.organizations.len() - merged.counted).to_string();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let unread = unread.to_string();
    let words = [
        ("counted", counted.as_str()),
        ("left", &left),
        ("unread", &unread),
        ("errors", &errors),
        ("warnings", &warnings),
    ];
    console.info(&console.text("cli.merged", &words));
    if errors != "0" || warnings != "0" {
        console.info(&console.word("cli.advice"));
    }
}

/// Writes the output; false where that failed, which is reported.
fn put(output: Option<&Path>, bytes: &[u8], outputs: &Outputs, console: &Console) -> Result<bool, Failure> {
    let Some(path) = output else { return console.put(bytes).map(|_| true) };
    match outputs.write(path, bytes) {
        Ok(Written::New) => console.info(&path.display().to_string()),
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
