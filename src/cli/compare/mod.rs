//! `xxgk compare`: two years held against each other, as text, workbook, web page or JSON.

mod text;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use crate::compare::render::{self, Failed};
use crate::compare::{self, Comparison, Named};
use crate::finding::Severity;

use super::args::Compare;
use super::console::Console;
use super::{Exit, check, convert, reading};
use crate::batch::Failure;
use crate::batch::files::{Inputs, Outputs};
use crate::batch::paths::Paths;
use crate::batch::plan;
use crate::batch::run::{self, Reading};

/// How a comparison is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Aligned text.
    Text,
    /// A workbook.
    Xlsx,
    /// A web page.
    Html,
    /// JSON.
    Json,
}

/// The formats by name, which is the file ending as well.
pub const FORMATS: [(&str, Shown); 4] =
    [("text", Shown::Text), ("xlsx", Shown::Xlsx), ("html", Shown::Html), ("json", Shown::Json)];

/// Compares; the result goes to standard output or a file, what is said about it to standard error.
pub fn run(arguments: Compare, console: &Console) -> Result<Exit, Failure> {
    let output = arguments.output.as_deref().filter(|output| output.as_os_str() != "-");
    let shown = shown(arguments.to, output)?;
    if output.is_none() && shown == Shown::Xlsx && io::stdout().is_terminal() {
        return Err(Failure::new("usage.binary_terminal").with("format", "xlsx"));
    }
    if arguments.old.as_os_str() == "-" && arguments.new.as_os_str() == "-" {
        return Err(Failure::new("usage.compare_stdin"));
    }
    let accepted = arguments.accept.iter().map(|word| renaming(word)).collect::<Result<Vec<_>, _>>()?;
    let overrides = check::overrides(&arguments.rules)?;
    let timestamp = convert::timestamp()?;
    let reading = reading::reading(arguments.reading)?;
    let mut inputs = Vec::new();
    let mut failed = Vec::new();
    let old = reports(&arguments.old, &reading, &mut inputs, &mut failed, console)?;
    let new = reports(&arguments.new, &reading, &mut inputs, &mut failed, console)?;
    let comparison = compare::compare(&old, &new, &accepted, compare::shipped_crosswalk(), &overrides);
    let comparison = comparison.map_err(|unknown| {
        let (key, reports) = if unknown.old { ("usage.match_old", &old) } else { ("usage.match_new", &new) };
        let found: Vec<_> = reports.iter().filter_map(|named| named.report.organization.as_deref()).collect();
        Failure::new(key).with("name", unknown.name).with("found", found.join(", "))
    })?;
    let bytes = match shown {
        Shown::Text => text::draw(&comparison, arguments.all, console.lang).into_bytes(),
        Shown::Xlsx => render::xlsx(&comparison, &failed, arguments.all, timestamp, console.lang)?,
        Shown::Html => render::html(&comparison, &failed, arguments.all, console.lang),
        Shown::Json => render::json(&comparison, &failed, console.lang)?,
    };
    let written = match output {
        None => console.put(&bytes).map(|_| ()),
        Some(path) => {
            let outputs = Outputs { inputs: Inputs::new(inputs), force: arguments.force, root: None };
            outputs.write(path, &bytes).map(|_| ())
        }
    };
    if let Err(failure) = written {
        console.failure(None, &failure);
        return Ok(Exit::Failed);
    }
    summary(&comparison, console);
    Ok(Exit::of_findings(!failed.is_empty(), &arguments.fail_on, |level| comparison.at_least(level) > 0))
}

/// The format asked for, or that of the output's ending.
fn shown(asked: Option<Shown>, output: Option<&Path>) -> Result<Shown, Failure> {
    if let Some(shown) = asked {
        return Ok(shown);
    }
    let Some(output) = output else { return Ok(Shown::Text) };
    let ending = output.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let known = ending.as_deref().and_then(|ending| {
        let name = match ending {
            "txt" => "text",
            "htm" => "html",
            other => other,
        };
        FORMATS.iter().find(|(known, _)| *known == name)
    });
    known.map(|(_, shown)| *shown).ok_or_else(|| {
        let formats = FORMATS.map(|(name, _)| name).join(", ");
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

/// The reports of a file or of all files of a folder; what cannot be read is named.
fn reports(
    named: &Path,
    reading: &Reading,
    inputs: &mut Vec<Arc<Paths>>,
    failed: &mut Vec<Failed>,
    console: &Console,
) -> Result<Vec<Named>, Failure> {
    let plan = plan::to_read(vec![named.to_owned()])?;
    inputs.push(Arc::clone(&plan.inputs));
    let mut found = Vec::new();
    for at in 0..plan.len() {
        let job = plan.job(at);
        let file = job.input.display();
        match run::guarded(|| reading.reports(&reading.document(&job.input)?)) {
            Ok(reports) => found.extend(reports.into_iter().filter_map(|report| {
                let form = reading.template(&report)?;
                Some(Named { file: file.clone(), report, form })
            })),
            Err(failure) => {
                console.failure(Some(&file), &failure);
                let message = failure.message(console.lang);
                failed.push(Failed { file, message });
            }
        }
    }
    Ok(found)
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

    #[test]
    fn the_ending_names_the_format_unless_one_is_asked_for() {
        let of = |output: &str| shown(None, Some(Path::new(output))).ok();
        assert_eq!(of("a.XLSX"), Some(Shown::Xlsx));
        assert_eq!(of("a.htm"), Some(Shown::Html));
        assert_eq!(of("a.txt"), Some(Shown::Text));
        assert_eq!(of("a.pdf"), None);
        assert_eq!(shown(Some(Shown::Json), Some(Path::new("a.pdf"))).ok(), Some(Shown::Json));
        assert_eq!(shown(None, None).ok(), Some(Shown::Text));
    }

    #[test]
    fn a_renaming_has_both_names() {
        assert_eq!(renaming("甲局=乙局").unwrap(), ("甲局".to_owned(), "乙局".to_owned()));
        for word in ["甲局", "=乙局", "甲局= "] {
            assert!(renaming(word).is_err(), "{word}");
        }
    }
}
