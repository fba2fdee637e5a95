//! `xxgk new`: blank forms to be filled in, one or one for each unit of a roster.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::report::Report;
use crate::template::SharedTemplate;
use crate::write::xlsx::blank::{self, BlankOptions};

use super::args::{self, New};
use super::console::Console;
use super::{Exit, check, convert, reading};
use crate::batch::files::Outputs;
use crate::batch::plan::Input;
use crate::batch::run::Reading;
use crate::batch::{Failure, name};

/// Makes blank forms.
pub fn run(arguments: New, console: &Console) -> Result<Exit, Failure> {
    let templates = reading::templates(&arguments.template)?;
    let Some(template) = templates.0.first() else { return Ok(Exit::Done) };
    let reading = reading::reading(args::Reading::default())?;
    let units = units(&arguments, &reading)?;
    let (last, unread) = check::reports(arguments.from.clone(), &reading, console)?;
    let mut exit = if unread { Exit::Failed } else { Exit::Done };
    for (organization, path) in units {
        let last_year = check::year_before(&last, template.id(), organization.as_deref(), arguments.year);
        let mut options = BlankOptions::default();
        options.last = last_year;
        options.lang = console.lang;
        options.timestamp = convert::timestamp()?;
        options.landscape = arguments.landscape;
        let report = blank::report(template, organization.as_deref(), arguments.year);
        if let Err(failure) = make(&report, template, options, &path, arguments.force) {
            console.failure(None, &failure);
            exit = Exit::Failed;
            continue;
        }
        console.info(&console.text("cli.written_form", &[("output", &path.display().to_string())]));
        if !arguments.from.is_empty() && last_year.is_none() {
            let unit = organization.unwrap_or_default();
            console.info(&console.text("cli.no_last_year", &[("organization", &unit)]));
        }
    }
    Ok(exit)
}

/// The units that get a form, and where it goes.
fn units(arguments: &New, reading: &Reading) -> Result<Vec<(Option<String>, PathBuf)>, Failure> {
    let Some(roster) = &arguments.roster else {
        let organization = arguments.organization.clone();
        if arguments.output.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("xlsx")) {
            return Err(Failure::new("usage.form_is_xlsx").with("output", arguments.output.display()));
        }
        return Ok(vec![(organization, arguments.output.clone())]);
    };
    let names = crate::merge::roster::names(&reading.document(&Input::new(roster.clone()))?);
    if names.is_empty() {
        return Err(Failure::new("usage.roster").with("file", roster.display()));
    }
    let mut used = BTreeSet::new();
    let file = |unit: &String| format!("{}.xlsx", name::unused(&name::clean(unit), &mut used));
    let files: Vec<String> = names.iter().map(file).collect();
    Ok(names.into_iter().map(Some).zip(files.into_iter().map(|file| arguments.output.join(file))).collect())
}

fn make(
    report: &Report,
    template: &SharedTemplate,
    options: BlankOptions<'_>,
    path: &Path,
    force: bool,
) -> Result<(), Failure> {
    let bytes = blank::write(report, template, options)?;
    Outputs { force, ..Outputs::default() }.write(path, &bytes)?;
    Ok(())
}
