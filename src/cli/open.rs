//! `xxgk FILE...` without a command: a PDF beside each file, as when files are dropped on the program.
//!
//! An existing file is never replaced: an output whose name is taken gets a number.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Finding;
use crate::report::Report;
use crate::write::{Format, WriteOptions};

use super::args::{Command, InputArguments};
use super::common;
use super::console::{Console, one_line};
use super::exit::Exit;
use crate::batch::archive;
use crate::batch::driver::Driver;
use crate::batch::files::{Inputs, Outputs, Written};
use crate::batch::input::Input;
use crate::batch::plan;
use crate::batch::pool::{End, Limits, Next};
use crate::batch::settings::InputOptions;
use crate::batch::{Failure, name};

/// The time limit for a file, in seconds.
const TIMEOUT: u64 = 30;

/// The highest number that a name gets.
const NUMBERS: u32 = 1000;

/// The files named, where the words of the call are files and no command. Options that all commands have may stand beside
/// them.
pub(super) fn files(words: &[OsString]) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("-q" | "--quiet" | "-v" | "--verbose") => {}
            Some("--lang") => drop(words.next()),
            Some(text) if text.starts_with("--lang=") => {}
            Some(text) if text.starts_with('-') => return None,
            Some(text) if files.is_empty() && Command::alone(text).is_some() => return None,
            _ => files.push(PathBuf::from(word)),
        }
    }
    let looks_like_a_file =
        |path: &PathBuf| path.exists() || path.extension().is_some() || path.components().count() > 1;
    files.first().is_some_and(looks_like_a_file).then_some(files)
}

/// The PDFs of one file, with the part of the name that tells them apart.
struct Drawn {
    pages: Vec<(Option<String>, Vec<u8>)>,
    findings: Vec<Finding>,
}

/// Writes the PDFs.
pub(super) fn run(files: Vec<PathBuf>, console: &Console) -> Result<Exit, Failure> {
    let named = files.clone();
    let input = Arc::new(common::input_options(InputArguments::default())?);
    let writing = WriteOptions { lang: console.lang, timestamp: common::timestamp()?, ..WriteOptions::default() };
    let plan = Arc::new(plan::to_read(files)?);
    let outputs = Outputs { inputs: Inputs::new(vec![Arc::clone(&plan.inputs)]), ..Outputs::default() };
    let limits = Limits::new(plan.len(), None, TIMEOUT, true)?;
    let skipping = Arc::clone(&plan);
    let (ready, reader) = (Arc::clone(&input), Arc::clone(&input));
    let driver = Driver::new(&plan, limits).prepare(move || ready.engine.prepare()).interruptible();
    let mut tally = Tally::default();
    let end = driver.run(
        move |job, _| draw(&job.input, &reader, &writing),
        |job, result| {
            // An output of an earlier call, in a folder.
            let path = job.input.path().unwrap_or(Path::new("-"));
            if is_pdf(path) && !named.iter().any(|named| named == path) {
                return Next::GoOn;
            }
            match result.and_then(|drawn| save(path, drawn, &outputs, console)) {
                Ok(written) => {
                    tally.done += 1;
                    tally.written += written;
                }
                Err(failure) => {
                    let file = job.input.display();
                    console.failure(Some(&file), &failure);
                    tally.failed.push(format!("{file}: {}", one_line(&failure.message(console.lang))));
                }
            }
            Next::GoOn
        },
    )?;
    tally.show(console);
    common::skipped(&skipping, console);
    pause();
    Ok(match end {
        End::Interrupted => Exit::Interrupted,
        _ if tally.failed.is_empty() => Exit::Done,
        _ => Exit::Failed,
    })
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    done: usize,
    written: usize,
    /// A line for each file that failed.
    failed: Vec<String>,
}

impl Tally {
    /// Prints the files that failed and the counts, for several files.
    fn show(&self, console: &Console) {
        let files = self.done + self.failed.len();
        if files < 2 {
            return;
        }
        if !self.failed.is_empty() {
            console.info(&console.word("cli.problems"));
            self.failed.iter().for_each(|line| console.info(&format!("  {line}")));
        }
        let counts = [("files", files), ("done", self.done), ("failed", self.failed.len()), ("written", self.written)];
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        let words = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
        console.info(&console.text("cli.opened", &words));
    }
}

fn is_pdf(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"))
}

fn draw(input: &Input, options: &InputOptions, writing: &WriteOptions<'_>) -> Result<Drawn, Failure> {
    let engine = &options.engine;
    let examined = options.with_bytes(input, |bytes, options| engine.examine_file(bytes, options, &input.display()))?;
    let reports: Vec<Report> = examined.iter().map(|one| one.report.clone()).collect();
    let mut findings: Vec<Finding> = examined.into_iter().flat_map(|one| one.findings).collect();
    let mut pages = Vec::new();
    for (report, part) in reports.iter().zip(name::parts(&reports)) {
        let output = engine.write(&[report], Format::Pdf, writing)?;
        findings.extend(output.findings);
        pages.push(((reports.len() > 1).then_some(part), output.bytes));
    }
    Ok(Drawn { pages, findings })
}

/// Writes the PDFs of a file beside it; their number.
fn save(input: &Path, drawn: Drawn, outputs: &Outputs, console: &Console) -> Result<usize, Failure> {
    let file = input.display().to_string();
    console.collapsed(&file, &drawn.findings);
    let stem = name::clean(&input.file_stem().unwrap_or_default().to_string_lossy());
    let mut count = 0;
    for (part, bytes) in drawn.pages {
        let part = part.map_or_else(String::new, |part| format!("-{part}"));
        let (path, written) = save_as(input, &format!("{stem}{part}"), &bytes, outputs)?;
        let key = if written == Written::New { "cli.written_pdf" } else { "cli.unchanged" };
        console.info(&console.text(key, &[("input", &file), ("output", &path.display().to_string())]));
        count += usize::from(written == Written::New);
    }
    Ok(count)
}

/// Writes a file under the first name that is free, or that has the same bytes already.
fn save_as(input: &Path, stem: &str, bytes: &[u8], outputs: &Outputs) -> Result<(PathBuf, Written), Failure> {
    let mut number = 1;
    loop {
        let numbered = if number == 1 { String::new() } else { format!("-{number}") };
        let path = archive::beside(input).with_file_name(format!("{stem}{numbered}.pdf"));
        match outputs.write(&path, bytes) {
            Err(Failure::Message("fail.output_exists" | "fail.output_is_input" | "fail.output_link", _))
                if number < NUMBERS =>
            {
                number += 1;
            }
            other => return other.map(|written| (path, written)),
        }
    }
}

/// On Windows, files dropped on the program open a window that closes when it ends.
fn pause() {
    if cfg!(windows) && io::stdin().is_terminal() && io::stderr().is_terminal() {
        let _ = io::stdin().read_line(&mut String::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_no_command() {
        let of = |words: &[&str]| files(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["xxgk", "a.xls", "b"]), Some(vec!["a.xls".into(), "b".into()]));
        assert_eq!(of(&["xxgk", "--lang", "zh", "县/a"]), Some(vec!["县/a".into()]));
        for words in [&["xxgk", "check", "a.xls"][..], &["xxgk", "conver"], &["xxgk", "a.xls", "--to"], &["xxgk"]] {
            assert_eq!(of(words), None, "{words:?}");
        }
    }
}
