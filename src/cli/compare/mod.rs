//! `xxgk compare`: two years compared, as text, workbook, web page or JSON.

mod text;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use crate::compare::render::{self, Failed};
use crate::compare::{Comparison, NamedReport, UnknownOrganization};
use crate::engine::Engine;
use crate::finding::Severity;
use crate::message::Lang;

use super::args::{Compare, ComparisonOutput};
use super::common;
use super::console::Console;
use super::corrections::with_corrections;
use super::exit::Exit;
use super::side_input::{SideInputs, outputs, protect};
use crate::batch::plan::{self, Plan};
use crate::batch::settings::InputOptions;
use crate::batch::{Failure, driver};

/// Compares; the result goes to standard output or a file, messages to standard error.
pub(super) fn run(arguments: Compare, console: &Console) -> Result<Exit, Failure> {
    let sides = arguments.side_inputs();
    let output = arguments.output.as_deref().filter(|output| output.as_os_str() != "-");
    let format = format(arguments.to, output)?;
    if output.is_none() && format.is_binary() && io::stdout().is_terminal() {
        return Err(Failure::new("usage.binary_terminal").with("format", format.name()));
    }
    if arguments.old.as_os_str() == "-" && arguments.new.as_os_str() == "-" {
        return Err(Failure::new("usage.compare_stdin"));
    }
    let accepted = arguments.accept.iter().map(|word| renaming(word)).collect::<Result<Vec<_>, _>>()?;
    let timestamp = common::timestamp()?;
    let input = common::input_options(arguments.input)?;
    let overrides = common::overrides(&arguments.rules, input.engine.templates())?;
    let aliases = common::aliases(arguments.aliases, &input)?;
    let plan = |named: &Path| plan::to_read(vec![named.to_owned()]).map(Arc::new);
    let (old, new) = (plan(&arguments.old)?, plan(&arguments.new)?);
    let corrections = arguments.corrections.as_deref();
    let engine = input.engine.overrides(overrides).aliases(aliases);
    let engine = with_corrections(engine, corrections, &[&old, &new], console)?;
    let input = Arc::new(InputOptions { engine, ..input });
    let inputs = protect(vec![Arc::clone(&old.inputs), Arc::clone(&new.inputs)], sides)?;
    let mut failed = Vec::new();
    let mut read = |plan: &Arc<Plan>| reports((plan, arguments.join), &input, &mut failed, console);
    let (old, new) = (read(&old)?, read(&new)?);
    let any_failed = !failed.is_empty();
    let (engine, lang, all) = (input.engine.clone(), console.lang, arguments.all);
    let (comparison, bytes) = driver::step("step.compare", input.timeout, move || {
        let unknown = |unknown| unknown_organization(unknown, &old, &new, lang);
        let comparison = engine.compare(&old, &new, &accepted).map_err(unknown)?;
        let bytes = match format {
            ComparisonOutput::Text => text::draw(&comparison, all, lang).into_bytes(),
            ComparisonOutput::File(format) => render::write(&comparison, &failed, format, all, timestamp, lang)?,
        };
        Ok((comparison, bytes))
    })?;
    let written = match output {
        None => console.put(&bytes).map(|_| ()),
        Some(path) => {
            outputs(inputs, arguments.writing).write(path, &bytes).map(|_| console.info(&path.display().to_string()))
        }
    };
    if let Err(failure) = written {
        console.failure(None, &failure);
        return Ok(Exit::Failed);
    }
    summary(&comparison, console);
    Ok(Exit::of_findings(any_failed, &arguments.fail_on, |level| comparison.at_least(level) > 0))
}

/// Why `--match` cannot be followed.
fn unknown_organization(unknown: UnknownOrganization, old: &[NamedReport], new: &[NamedReport], lang: Lang) -> Failure {
    let (key, reports) = if unknown.old { ("usage.match_old", old) } else { ("usage.match_new", new) };
    let found = reports.iter().filter_map(|named| named.report.organization.as_deref());
    Failure::new(key).with("name", unknown.name).with("found", lang.quoted_list(found))
}

/// The format asked for, or that of the output's extension.
fn format(asked: Option<ComparisonOutput>, output: Option<&Path>) -> Result<ComparisonOutput, Failure> {
    if let Some(format) = asked {
        return Ok(format);
    }
    let Some(output) = output else { return Ok(ComparisonOutput::Text) };
    let extension = output.extension().and_then(|extension| extension.to_str());
    extension.and_then(ComparisonOutput::from_extension).ok_or_else(|| {
        let formats = ComparisonOutput::all().map(ComparisonOutput::name).collect::<Vec<_>>().join(", ");
        Failure::new("usage.compare_format").with("output", output.display()).with("formats", formats)
    })
}

/// `--match OLD=NEW`.
fn renaming(word: &str) -> Result<(String, String), Failure> {
    match word.split_once('=') {
        Some((old, new)) if !old.trim().is_empty() && !new.trim().is_empty() => {
            Ok((old.trim().to_owned(), new.trim().to_owned()))
        }
        _ => Err(Failure::new("usage.match").with("word", word)),
    }
}

/// The reports of a file or of all files of a folder; files that cannot be read are reported.
fn reports(
    (plan, join): (&Arc<Plan>, bool),
    input: &Arc<InputOptions>,
    failed: &mut Vec<Failed>,
    console: &Console,
) -> Result<Vec<NamedReport>, Failure> {
    if join {
        let (files, refused) = common::joined(plan, input, console)?;
        failed.extend(refused.into_iter().map(|(file, message)| Failed { file, message }));
        return Ok(files.into_iter().flat_map(|file| input.engine.named_of(file.reports, &file.file)).collect());
    }
    common::read_all(plan, input, console, Engine::named, |file, failure| {
        failed.push(Failed { file, message: failure.message(console.lang) });
    })
}

fn summary(comparison: &Comparison, console: &Console) {
    let of = |severity| {
        let found = comparison.organizations.iter().flat_map(|compared| &compared.findings);
        found.filter(|found| found.finding.severity == severity).count().to_string()
    };
    let organizations = comparison.organizations.len().to_string();
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let words = [("units", organizations.as_str()), ("errors", &errors), ("warnings", &warnings), ("notes", &notes)];
    console.info(&console.text("cli.compared", &words));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Format;

    #[test]
    fn the_ending_names_the_format_unless_one_is_asked_for() {
        let of = |output: &str| format(None, Some(Path::new(output))).ok();
        assert_eq!(of("a.XLSX"), Some(ComparisonOutput::File(Format::Xlsx)));
        assert_eq!(of("a.htm"), Some(ComparisonOutput::File(Format::Html)));
        assert_eq!(of("a.txt"), Some(ComparisonOutput::Text));
        assert_eq!(of("a.pdf"), None);
        let json = ComparisonOutput::File(Format::Json);
        assert_eq!(format(Some(json), Some(Path::new("a.pdf"))).ok(), Some(json));
        assert_eq!(format(None, None).ok(), Some(ComparisonOutput::Text));
    }

    #[test]
    fn a_renaming_has_both_names() {
        assert_eq!(renaming("甲局=乙局").unwrap(), ("甲局".to_owned(), "乙局".to_owned()));
        for word in ["甲局", "=乙局", "甲局= "] {
            assert!(renaming(word).is_err(), "{word}");
        }
    }
}
