//! One run of `convert`, from the first input to the last message.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;

use crate::write::tidy;

use super::super::args::Convert;
use super::super::common;
use super::super::console::Console;
use super::super::corrections::DoubtfulList;
use super::super::exit::Exit;
use super::super::side_input;
use super::progress::Progress;
use super::show::{Show, Sink, Tally};
use crate::batch::Failure;
use crate::batch::atomic_file::AtomicFile;
use crate::batch::convert::convert;
use crate::batch::driver::Driver;
use crate::batch::files;
use crate::batch::journal::{Before, Fingerprint, Journal};
use crate::batch::outcome::Outcome;
use crate::batch::place::OutputPlace;
use crate::batch::plan::{Job, Plan};
use crate::batch::pool::alone::GivenUp;
use crate::batch::pool::{End, Limits, Next};
use crate::batch::settings::Settings;
use crate::batch::stamp::Stamp;
use crate::batch::summary::SummaryFile;

/// Why a run ends before its last input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Early {
    /// The first failure, with `--fail-fast`.
    FailFast,
    /// A failure that every other input would have as well.
    Broken,
    /// Nobody reads standard output any more.
    Unread,
}

/// A run with all that it writes to.
pub(super) struct Run<'a> {
    plan: Arc<Plan>,
    settings: Arc<Settings>,
    console: &'a Console,
    sink: Sink,
    summary: Option<SummaryFile>,
    doubtful: Option<DoubtfulList>,
    fail_fast: bool,
    /// The folder of the outputs, where this run made it.
    made: Option<PathBuf>,
}

impl<'a> Run<'a> {
    /// Opens what outputs are written to.
    pub(super) fn begin(
        arguments: &Convert,
        plan: Plan,
        mut settings: Settings,
        console: &'a Console,
    ) -> Result<Self, Failure> {
        let writes = !arguments.dry_run;
        let folder = plan.place.folder().filter(|_| writes);
        let made = folder.filter(|folder| !folder.is_dir()).map(Path::to_owned);
        let sink = match &plan.place {
            OutputPlace::Tidy(path, format) if writes => {
                let mut sink = match path {
                    Some(path) => Sink::File(AtomicFile::create(path, &settings.outputs)?),
                    None => Sink::Stdout,
                };
                let mut header = Vec::new();
                tidy::write_header(*format, &settings.output.of(path.is_some()), &mut header)?;
                match &mut sink {
                    Sink::File(file) => file.write(&header)?,
                    Sink::Stdout => drop(console.put(&header)?),
                }
                sink
            }
            _ => Sink::Stdout,
        };
        let summary = arguments.summary.as_ref().filter(|_| writes);
        let bom = settings.output.bom.unwrap_or(true);
        let summary = summary.map(|path| SummaryFile::create(path, &settings.outputs, bom)).transpose()?;
        let inputs = side_input::of_plan(arguments, &plan)?;
        let list = |path: &PathBuf| DoubtfulList::create(path, inputs, arguments.writing, console.lang);
        let doubtful = arguments.write_corrections.as_ref().map(list).transpose()?;
        // Last, because it stays where a run ends early.
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| files::failed(folder, None, error))?;
            settings.journal = Some(journal(arguments, &plan, folder, &settings, console)?);
        }
        let (plan, settings, fail_fast) = (Arc::new(plan), Arc::new(settings), arguments.fail_fast);
        Ok(Self { plan, settings, console, sink, summary, doubtful, fail_fast, made })
    }

    /// Does all jobs.
    pub(super) fn all(mut self, limits: Limits, progress: &Progress) -> Result<Exit, Failure> {
        let plan = Arc::clone(&self.plan);
        let table = match &plan.place {
            OutputPlace::Tidy(Some(path), _) => Some(path.as_path()),
            _ => None,
        };
        let sink = std::mem::replace(&mut self.sink, Sink::Stdout);
        let mut show = Show { console: self.console, alone: plan.len() == 1, sink, table };
        let mut tally = Tally::default();
        let mut early = None;
        let (driver, settings) = (self.driver(limits), Arc::clone(&self.settings));
        let show_next = |job: &Job, result: Result<Outcome, Failure>| {
            let outcome = result.unwrap_or_else(Outcome::failed);
            let reason = self.shown(job, &outcome, &mut show, &mut tally).unwrap_or_else(|failure| {
                self.console.failure(None, &failure);
                Some(Early::Broken)
            });
            if !outcome.dropped {
                progress.set(tally.tried(), self.console);
            }
            early = early.or(reason);
            if reason.is_none() { Next::GoOn } else { Next::Stop }
        };
        let end = driver.run(move |job, ticket| Ok(convert(job, &settings, ticket)), show_next);
        progress.clear();
        let end = end?;
        let exit = self.finish(end, show.sink, &tally);
        Ok(self.report(end, early, &tally, exit))
    }

    fn driver(&self, limits: Limits) -> Driver {
        let driver = Driver::new(&self.plan, limits);
        // A single file or standard output, with nothing else to write.
        let is_single = matches!(self.plan.place, OutputPlace::Stdout(_) | OutputPlace::File { .. });
        if self.plan.len() == 1 && is_single && self.summary.is_none() && self.doubtful.is_none() {
            return driver.alone(end_process(self.console, self.plan.job(0).input.display(), limits));
        }
        let settings = Arc::clone(&self.settings);
        driver.interruptible().prepare(move || settings.input.engine.prepare())
    }

    /// Shows and records the outcome of a job. Returns why the run ends here, where it does.
    fn shown(
        &mut self,
        job: &Job,
        outcome: &Outcome,
        show: &mut Show<'_>,
        tally: &mut Tally,
    ) -> Result<Option<Early>, Failure> {
        if outcome.dropped {
            return Ok(None);
        }
        let row = outcome.row(&job.input, self.console.lang);
        tally.add(outcome, &row, self.console);
        if !show.outcome(job, outcome)? {
            return Ok(Some(Early::Unread));
        }
        if let (Some(journal), Some(entry)) = (&self.settings.journal, outcome.entry(&job.input, &row)) {
            journal.add(&entry)?;
        }
        if let Some(summary) = &mut self.summary {
            summary.add(&row)?;
        }
        if let Some(list) = &mut self.doubtful {
            list.add(&job.input.display(), &outcome.doubtful)?;
        }
        Ok(match &outcome.failure {
            Some(failure) if failure.ends_run() => Some(Early::Broken),
            Some(_) if self.fail_fast => Some(Early::FailFast),
            _ => None,
        })
    }

    /// Completes what the run has written.
    fn finish(&mut self, end: End, sink: Sink, tally: &Tally) -> Exit {
        let mut exit = if tally.failed > 0 { Exit::Failed } else { Exit::Done };
        let console = self.console;
        let mut keep = |result: Result<(), Failure>| {
            if let Err(failure) = result {
                console.failure(None, &failure);
                exit = Exit::Failed;
            }
        };
        if end == End::Complete {
            if let Sink::File(table) = sink {
                keep(table.finish().map(drop));
            }
            keep(self.summary.take().map_or(Ok(()), |summary| summary.finish().map(drop)));
            keep(self.doubtful.take().map_or(Ok(()), |list| list.finish(console)));
        }
        if let Some(journal) = self.settings.journal.as_ref().filter(|_| !self.is_resumable(end, tally)) {
            keep(journal.remove());
            if let Some(folder) = &self.made {
                // Fails where something was written to it, which is fine.
                let _ = fs::remove_dir(folder);
            }
        }
        exit
    }

    fn is_resumable(&self, end: End, tally: &Tally) -> bool {
        end != End::Complete && tally.done > 0 && self.settings.journal.is_some()
    }

    /// Prints how the run ended.
    fn report(&self, end: End, early: Option<Early>, tally: &Tally, mut exit: Exit) -> Exit {
        let (console, inputs) = (self.console, self.plan.len());
        let (tried, left) = (tally.tried().to_string(), (inputs - tally.tried()).to_string());
        let all = inputs.to_string();
        let done = [("done", tried.as_str()), ("inputs", all.as_str())];
        match (end, early) {
            (End::Interrupted, _) => {
                exit = Exit::Interrupted;
                console.line(&console.text("cli.interrupted", &done));
            }
            (_, Some(Early::Broken)) => {
                exit = Exit::Failed;
                if inputs > 1 {
                    console.line(&console.text("cli.stopped", &done));
                }
            }
            (_, Some(Early::FailFast)) if left != "0" => {
                console.info(&console.text("cli.skipped_after_failure", &[("inputs", &left)]));
            }
            (_, Some(Early::Unread)) => return Exit::Done,
            _ => {}
        }
        if self.is_resumable(end, tally) {
            console.line(&console.word("cli.resume_hint"));
        }
        tally.narrative(console);
        if inputs != 1 {
            tally.info(console);
        }
        common::skipped(&self.plan, console);
        exit
    }
}

/// Opens the journal of a folder and prints what became of an interrupted run.
fn journal(
    arguments: &Convert,
    plan: &Plan,
    folder: &Path,
    settings: &Settings,
    console: &Console,
) -> Result<Journal, Failure> {
    let OutputPlace::Folder { formats, .. } = &plan.place else { unreachable!("only folders have journals") };
    let formats: Vec<_> = formats.iter().map(|(format, _)| format.name()).collect();
    let options = options_of(arguments, &formats, settings);
    let (journal, before) = Journal::open(folder, &options, arguments.resume)?;
    if before != Before::Nothing {
        files::sweep(folder);
        plan.inputs.folders().iter().for_each(|below| files::sweep(&folder.join(&below.below)));
    }
    match before {
        Before::Dropped => console.info(&console.word("cli.dropped")),
        Before::Other => console.info(&console.word("cli.other_options")),
        Before::Nothing if arguments.resume => console.info(&console.word("cli.nothing_to_resume")),
        Before::Nothing | Before::Resumed => {}
    }
    Ok(journal)
}

/// All options that decide what outputs hold, for the journal to compare.
fn options_of(arguments: &Convert, formats: &[&str], settings: &Settings) -> String {
    let template = arguments.input.template.as_ref().map(|template| {
        // A template of the user's own may change under its name.
        (template, Fingerprint::new(format!("{:?}", settings.input.engine.templates()).as_bytes()))
    });
    let fonts: Vec<_> = arguments
        .fonts
        .iter()
        .map(|font| {
            let path = font.to_string_lossy().split_once('=').map(|(_, path)| path.to_owned());
            (font, path.and_then(|path| Stamp::new(&fs::metadata(path).ok()?)))
        })
        .collect();
    let corrections = arguments.corrections.as_ref().and_then(|path| Stamp::new(&fs::metadata(path).ok()?));
    let input = (&settings.input.options, template, &arguments.corrections, corrections);
    let output = (formats, &arguments.name, &arguments.encoding, settings.output.bom);
    let print = (
        fonts,
        arguments.landscape,
        (arguments.embed_json, arguments.fragment),
        settings.output.timestamp,
        settings.output.lang,
    );
    format!("{} {input:?} {output:?} {print:?}", env!("CARGO_PKG_VERSION"))
}

/// Ends the process when the only job of a run is given up, with a message.
fn end_process(
    console: &Console,
    input: String,
    limits: Limits,
) -> impl FnOnce(GivenUp) -> Infallible + Send + 'static {
    let console = Console { bar: console.bar.clone(), ..*console };
    move |given_up| {
        if let Some(bar) = &console.bar {
            bar.finish_and_clear();
        }
        let exit = match given_up {
            GivenUp::TimedOut => {
                console.failure(Some(&input), &limits.timed_out());
                Exit::Failed
            }
            GivenUp::Interrupted => {
                console.line(&console.text("cli.interrupted", &[("done", "0"), ("inputs", "1")]));
                Exit::Interrupted
            }
        };
        #[allow(clippy::exit, reason = "the thread that would return the status is the one that was given up")]
        process::exit(exit as i32)
    }
}
