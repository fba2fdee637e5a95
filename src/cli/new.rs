//! `xxgk new`: blank forms or empty reports to be filled in, one or one for each organization of a roster.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{LastYear, ThisYear};
use crate::report::Report;
use crate::report_text::{self, OwnText};
use crate::template::SharedTemplate;
use crate::write::xlsx::blank::{self, BlankOptions};
use crate::write::{Format, WriteOptions, complete};

use super::args::{InputArguments, New};
use super::common;
use super::console::Console;
use super::exit::Exit;
use super::side_input::{SideInputs, outputs, protect};
use crate::batch::files::Outputs;
use crate::batch::settings::InputOptions;
use crate::batch::{Failure, name};

/// Makes blank forms.
pub(super) fn run(arguments: New, console: &Console) -> Result<Exit, Failure> {
    let templates = common::templates(&arguments.template)?;
    let Some(template) = templates.0.first() else { return Ok(Exit::Done) };
    let kind = Kind { format: format(&arguments)?, is_report: arguments.report };
    if kind.is_report && !report_text::has_text(template.id()) {
        let failure = Failure::new("usage.report_form").with("input", arguments.template.display());
        return Err(failure.with("found", template.id()));
    }
    let input = Arc::new(common::input_options(InputArguments::default())?);
    let inputs = protect(Vec::new(), arguments.side_inputs())?;
    let outputs = outputs(inputs, arguments.writing);
    let organizations = organizations(&arguments, kind.format, &input, console)?;
    let (last, unread) = common::reports(arguments.last.clone(), &input, console)?;
    if unread {
        // A form without the values that carry over looks complete.
        return Ok(Exit::Failed);
    }
    let aliases = common::aliases(arguments.aliases.clone(), &input)?;
    let listed: Vec<&str> = organizations.iter().filter_map(|(organization, _)| organization.as_deref()).collect();
    let last = LastYear::new(last, &listed, &aliases);
    let mut seen = BTreeSet::new();
    let mut exit = Exit::Done;
    for (organization, path) in organizations {
        let this = ThisYear { template: template.id(), organization: organization.as_deref(), year: arguments.year };
        let last_year = last.one(this);
        seen.insert(last.key(organization.as_deref()));
        let options = BlankOptions {
            last: last_year,
            lang: console.lang,
            timestamp: common::timestamp()?,
            landscape: arguments.landscape,
        };
        let report = blank::report(template, organization.as_deref(), arguments.year);
        if let Err(failure) = make(report, template, kind, options, &path, &outputs) {
            console.failure(None, &failure);
            exit = Exit::Failed;
            continue;
        }
        console.info(&console.text("cli.written_form", &[("output", &path.display().to_string())]));
        if let Some(finding) = last.finding(this).filter(|_| !arguments.last.is_empty()) {
            console.finding(&path.display().to_string(), &finding);
        }
    }
    if let Some(finding) = last.unmatched(&seen) {
        console.finding("--last", &finding);
    }
    Ok(exit)
}

/// What is made.
#[derive(Clone, Copy)]
struct Kind {
    format: Format,
    /// Whether it is a whole report with text.
    is_report: bool,
}

/// The format of the forms: by option, by the name of the output, or a workbook.
fn format(arguments: &New) -> Result<Format, Failure> {
    let named = arguments.output.extension().and_then(|ending| Format::from_extension(&ending.to_string_lossy()));
    let usual = if arguments.report { Format::Docx } else { Format::Xlsx };
    let format = match arguments.roster {
        // The output is a folder.
        Some(_) => arguments.to.or(Some(usual)),
        None => arguments.to.or(named),
    };
    let key = if arguments.report { "usage.report_ending" } else { "usage.form_ending" };
    let fits = |format: &Format| if arguments.report { complete::FORMATS.contains(format) } else { format.prints() };
    format.filter(fits).ok_or_else(|| Failure::new(key).with("output", arguments.output.display()))
}

/// The organizations that get a form, and where it goes.
fn organizations(
    arguments: &New,
    format: Format,
    input: &InputOptions,
    console: &Console,
) -> Result<Vec<(Option<String>, PathBuf)>, Failure> {
    let Some(roster) = &arguments.roster else {
        return Ok(vec![(arguments.organization.clone(), arguments.output.clone())]);
    };
    let (names, findings) = common::roster(roster, input)?;
    findings.iter().for_each(|finding| console.finding(&console.word("word.roster"), finding));
    let mut used = BTreeSet::new();
    let file = |organization: &String| {
        format!("{}.{}", name::unused(&name::clean(organization), &mut used), format.extensions()[0])
    };
    let files: Vec<String> = names.iter().map(file).collect();
    Ok(names.into_iter().map(Some).zip(files.into_iter().map(|file| arguments.output.join(file))).collect())
}

fn make(
    mut report: Report,
    template: &SharedTemplate,
    kind: Kind,
    options: BlankOptions<'_>,
    path: &Path,
    outputs: &Outputs,
) -> Result<(), Failure> {
    let bytes = if kind.format == Format::Xlsx {
        blank::write(&report, template, options)?
    } else {
        if let Some(last) = options.last {
            blank::carry_over(&mut report, template, last);
        }
        let mut writing = WriteOptions::default().lang(options.lang).landscape(options.landscape);
        writing.timestamp = options.timestamp;
        let mut bytes = Vec::new();
        if kind.is_report {
            let text = report_text::report_text(&report, options.last, &OwnText::default());
            complete::write(&report, template, &text, kind.format, &writing, &mut bytes)?;
        } else {
            crate::write::write(&report, template, kind.format, &writing, &mut bytes)?;
        }
        bytes
    };
    outputs.write(path, &bytes)?;
    Ok(())
}
