//! What several commands need: options made ready, inputs read.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::SeverityOverrides;
use crate::encoding;
use crate::engine::{Engine, Examined, FileReports, JoinFailure};
use crate::finding::{Finding, Severity};
use crate::font::Fonts;
use crate::limit;
use crate::merge;
use crate::organization::Aliases;
use crate::read::ReadOptions;
use crate::report::Report;
use crate::template::{self, FontRole, Templates};
use crate::{Error, ErrorKind};

use super::args::InputArguments;
use super::console::Console;
use crate::batch::driver::{self, Driver};
use crate::batch::input::Input;
use crate::batch::plan::{self, Plan};
use crate::batch::pool::{Limits, Next};
use crate::batch::settings::InputOptions;
use crate::batch::{Failure, files};

/// The time limit for an input, in seconds, unless `--timeout` sets another.
pub(super) const TIMEOUT: u64 = 30;

/// Checks the options for inputs and loads the template they name.
pub(super) fn input_options(arguments: InputArguments) -> Result<InputOptions, Failure> {
    if let Some(label) = &arguments.input_encoding {
        encoding::to_read(label)?;
    }
    let engine = match &arguments.template {
        Some(named) => Engine::with_templates(templates(named)?),
        None => Engine::new(),
    };
    let options = ReadOptions {
        format: arguments.from,
        encoding: arguments.input_encoding,
        sheet: arguments.sheet,
        ..ReadOptions::default()
    };
    Ok(InputOptions { engine, options, timeout: arguments.timeout.unwrap_or(TIMEOUT), jobs: None })
}

/// What a list that an option names holds.
pub(super) fn list(path: &Path, input: &InputOptions) -> Result<crate::read::Input, Failure> {
    let input = InputOptions { options: ReadOptions::default(), ..input.clone() };
    input.read(&Input::new(path.to_owned())).map_err(|failure| failure.of_file(path))
}

/// The names in a file that mean the same organization.
pub(super) fn aliases(path: Option<PathBuf>, input: &InputOptions) -> Result<Aliases, Failure> {
    let Some(path) = path else { return Ok(Aliases::default()) };
    let aliases = merge::aliases::aliases(&list(&path, input)?)
        .map_err(|name| Failure::new("usage.alias_of_two").with("file", path.display()).with("name", name))?;
    if aliases.is_empty() {
        return Err(Failure::new("usage.aliases").with("file", path.display()));
    }
    Ok(aliases)
}

/// The organizations of a list, and a finding for each line without a name.
pub(super) fn roster(path: &Path, input: &InputOptions) -> Result<(Vec<String>, Vec<Finding>), Failure> {
    let roster = merge::roster::roster(&list(path, input)?);
    if roster.names.is_empty() {
        return Err(Failure::new("usage.roster").with("file", path.display()));
    }
    let findings = roster.findings(&path.display().to_string());
    Ok((roster.names, findings))
}

/// The inputs named, or standard input where something is piped into it.
pub(super) fn inputs(named: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    if !named.is_empty() {
        return Ok(named);
    }
    if io::stdin().is_terminal() {
        return Err(Failure::new("usage.no_input"));
    }
    Ok(vec!["-".into()])
}

/// The one template a user names: a shipped one by its id, or a file.
pub(super) fn templates(named: &Path) -> Result<Templates, Failure> {
    let shipped = template::shipped();
    let id = named.to_string_lossy();
    if let Some(template) = shipped.find(&id) {
        return Ok(Templates(vec![Arc::clone(template)]));
    }
    if !named.exists() && named.extension().is_none() {
        // The library's error lists the ids there are.
        shipped.get(&id)?;
    }
    let (bytes, _) = files::read(Some(named)).map_err(|failure| failure.of_file(named))?;
    if bytes.len() > limit::TEMPLATE {
        let found = limit::megabytes(bytes.len() as u64);
        return Err(Failure::from(limit::too_large(found, limit::megabytes(limit::TEMPLATE as u64))).of_file(named));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let (place, detail) = (String::new(), "@detail.utf8".to_owned());
        let kind = ErrorKind::Template { place, detail, arguments: Vec::new() };
        Failure::from(Error::new(kind).caused_by(error)).of_file(named)
    })?;
    Ok(Templates(vec![Arc::new(template::from_toml_str(&text, &id)?)]))
}

/// The fonts a user names as `ROLE=PATH`.
pub(super) fn fonts(named: &[OsString]) -> Result<Fonts, Failure> {
    let mut own = BTreeMap::new();
    for word in named {
        let text = word.to_str().ok_or_else(|| Failure::new("usage.font"))?;
        let (role, path) = text.split_once('=').ok_or_else(|| Failure::new("usage.font"))?;
        let role = FontRole::ALL.into_iter().find(|known| known.as_str() == role);
        let role = role.ok_or_else(|| Failure::new("usage.font"))?;
        let (bytes, _) = files::read(Some(Path::new(path))).map_err(|failure| failure.of_file(Path::new(path)))?;
        own.insert(role, (path.to_owned(), bytes));
    }
    Ok(Fonts::new(own)?)
}

/// The time documents carry, from `SOURCE_DATE_EPOCH`.
pub(super) fn timestamp() -> Result<Option<i64>, Failure> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.to_string_lossy();
    let seconds = value.parse().map_err(|_| Failure::new("usage.epoch").with("value", &value))?;
    Ok(Some(seconds))
}

/// `--rule XG201=off`: the severities of codes for this run. A code that nothing reports is a typing error.
pub(super) fn overrides(words: &[String], templates: &Templates) -> Result<SeverityOverrides, Failure> {
    let severity = |word: &String| {
        let wrong = || Failure::new("usage.rule").with("word", word);
        let (code, level) = word.split_once('=').ok_or_else(wrong)?;
        let severity = match level {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "note" => Some(Severity::Note),
            "off" => None,
            _ => return Err(wrong()),
        };
        let code = known_code(code, templates).ok_or_else(|| Failure::new("usage.no_rule").with("code", code))?;
        Ok((code.to_owned(), severity))
    };
    words.iter().map(severity).collect::<Result<_, _>>().map(SeverityOverrides)
}

/// The code of a rule or finding as it is written, whatever its case here.
fn known_code<'t>(code: &str, templates: &'t Templates) -> Option<&'t str> {
    let rules = templates
        .0
        .iter()
        .chain(&template::shipped().0)
        .flat_map(|template| template.rules())
        .map(|rule| rule.code.as_str());
    let mut codes = Severity::codes().map(|(code, _)| code).chain(rules);
    codes.find(|known| known.eq_ignore_ascii_case(code))
}

/// Prints how many links and lock files a plan left out: a link may lead to a report, and a lock says that somebody is
/// still writing one. Also how many files of archives have a name that could not be kept.
pub(super) fn skipped(plan: &Plan, console: &Console) {
    for (reason, line) in [
        ("cli.skipped_link", "cli.links_skipped"),
        ("cli.skipped_lock", "cli.locks_skipped"),
        ("cli.renamed_member", "cli.members_renamed"),
    ] {
        if let Some(count) = plan.skipped.counts.get(reason) {
            console.info(&console.text(line, &[("count", &count.to_string())]));
        }
    }
}

/// Reads all files of a plan with all cores. `work` makes something of one file; `refused` gets the files that cannot be
/// read, after they were reported.
pub(super) fn read_all<T: Send + 'static>(
    plan: &Arc<Plan>,
    input: &Arc<InputOptions>,
    console: &Console,
    work: impl Fn(&Engine, &[u8], &ReadOptions, &str) -> crate::Result<Vec<T>> + Send + Sync + 'static,
    mut refused: impl FnMut(String, &Failure),
) -> Result<Vec<T>, Failure> {
    let mut all = Vec::new();
    let limits = Limits::new(plan.len(), input.jobs, input.timeout, false)?;
    let (ready, input) = (Arc::clone(input), Arc::clone(input));
    let driver = Driver::new(plan, limits).prepare(move || ready.engine.prepare());
    driver.run(
        move |job, _| {
            let read = |bytes: &[u8], options: &ReadOptions| work(&input.engine, bytes, options, &job.input.display());
            input.with_bytes(&job.input, read)
        },
        |job, result| {
            match result {
                Ok(found) => all.extend(found),
                Err(failure) => {
                    let file = job.input.display();
                    console.failure(Some(&file), &failure);
                    refused(file, &failure);
                }
            }
            Next::GoOn
        },
    )?;
    skipped(plan, console);
    Ok(all)
}

/// A file that could not be read or joined, and why.
pub(super) type Refused = (String, String);

/// The reports of all files of a plan, those of tables in several files joined; and the files that could not be read or
/// joined, which are reported.
pub(super) fn joined(
    plan: &Arc<Plan>,
    input: &Arc<InputOptions>,
    console: &Console,
) -> Result<(Vec<FileReports>, Vec<Refused>), Failure> {
    let work = |engine: &Engine, bytes: &[u8], options: &ReadOptions, file: &str| {
        let input = engine.read(bytes, options)?;
        let reports = engine.recognize(&input)?;
        Ok(vec![FileReports { file: file.to_owned(), input, reports }])
    };
    let mut refused = Vec::new();
    let files =
        read_all(plan, input, console, work, |file, failure| refused.push((file, failure.message(console.lang))))?;
    let engine = input.engine.clone();
    let correct = move |engine: &Engine, file: FileReports| {
        let FileReports { file, input, reports } = file;
        match engine.correct(&input, reports, &file) {
            Ok(reports) => Ok(FileReports { file, input, reports }),
            Err(error) => Err((file, Failure::from(error))),
        }
    };
    let (files, failures): (Vec<_>, _) = driver::step("step.join", input.timeout, move || {
        let (files, failures) = engine.join(files);
        Ok((files.into_iter().map(|file| correct(&engine, file)).collect(), failures))
    })?;
    for JoinFailure(key, arguments) in failures {
        let file = arguments.get("file").or(arguments.get("files")).unwrap_or_default().to_owned();
        let failure = Failure::Message(key, arguments);
        console.failure(None, &failure);
        refused.push((file, failure.message(console.lang)));
    }
    let mut joined = Vec::with_capacity(files.len());
    for file in files {
        match file {
            Ok(file) => joined.push(file),
            Err((file, failure)) => {
                console.failure(Some(&file), &failure);
                refused.push((file, failure.message(console.lang)));
            }
        }
    }
    Ok((joined, refused))
}

/// The checked reports of joined files.
pub(super) fn checked(files: Vec<FileReports>, input: &InputOptions) -> Result<Vec<(String, Vec<Examined>)>, Failure> {
    let engine = input.engine.clone();
    let check = move |file: FileReports| (file.file, engine.check(&file.input, file.reports));
    driver::step("step.check", input.timeout, move || Ok(files.into_iter().map(check).collect()))
}

/// The reports of files and folders; true where some could not be read, which is reported.
pub(super) fn reports(
    named: Vec<PathBuf>,
    input: &Arc<InputOptions>,
    console: &Console,
) -> Result<(Vec<Report>, bool), Failure> {
    if named.is_empty() {
        return Ok((Vec::new(), false));
    }
    let plan = Arc::new(plan::to_read(named)?);
    let mut unread = false;
    let work =
        |engine: &Engine, bytes: &[u8], options: &ReadOptions, _: &str| engine.recognize(&engine.read(bytes, options)?);
    let reports = read_all(&plan, input, console, work, |_, _| unread = true)?;
    Ok((reports, unread))
}
