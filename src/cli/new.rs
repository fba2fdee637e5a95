//! `xxgk new`: blank forms to be filled in, one or one for each organization of a roster.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{LastYear, ThisYear};
use crate::report::Report;
use crate::template::SharedTemplate;
use crate::write::xlsx::blank::{self, BlankOptions};

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
    let input = Arc::new(common::input_options(InputArguments::default())?);
    let inputs = protect(Vec::new(), arguments.side_inputs())?;
    let outputs = outputs(inputs, arguments.writing);
    let organizations = organizations(&arguments, &input, console)?;
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
        if let Err(failure) = make(&report, template, options, &path, &outputs) {
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

/// The organizations that get a form, and where it goes.
fn organizations(
    arguments: &New,
    input: &InputOptions,
    console: &Console,
) -> Result<Vec<(Option<String>, PathBuf)>, Failure> {
    let Some(roster) = &arguments.roster else {
        let organization = arguments.organization.clone();
        if arguments.output.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("xlsx")) {
            return Err(Failure::new("usage.form_is_xlsx").with("output", arguments.output.display()));
        }
        return Ok(vec![(organization, arguments.output.clone())]);
    };
    let (names, findings) = common::roster(roster, input)?;
    findings.iter().for_each(|finding| console.finding(&console.word("word.roster"), finding));
    let mut used = BTreeSet::new();
    let file = |organization: &String| format!("{}.xlsx", name::unused(&name::clean(organization), &mut used));
    let files: Vec<String> = names.iter().map(file).collect();
    Ok(names.into_iter().map(Some).zip(files.into_iter().map(|file| arguments.output.join(file))).collect())
}

fn make(
    report: &Report,
    template: &SharedTemplate,
    options: BlankOptions<'_>,
    path: &Path,
    outputs: &Outputs,
) -> Result<(), Failure> {
    let bytes = blank::write(report, template, options)?;
    outputs.write(path, &bytes)?;
    Ok(())
}
