//! `xxgk convert`: received tables in, official tables out.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::write::{Format, WriteOptions, tidy};
use encoding_rs::Encoding;

use super::args::Convert;
use super::console::Console;
use super::progress::Progress;
use super::show::{Show, Sink, Tally};
use super::{Exit, reading};
use crate::batch::atomic_file::AtomicFile;
use crate::batch::files::{self, Inputs, Outputs, Stamp};
use crate::batch::journal::{Before, Journal};
use crate::batch::name::Pattern;
use crate::batch::plan::{self, Place, Plan, Request};
use crate::batch::pool::alone::{GivenUp, Watch};
use crate::batch::pool::{Done, End, Limits, Next, Pool};
use crate::batch::run::{self, Outcome, Reading, Settings};
use crate::batch::summary::{self, Summary};
use crate::batch::{Failure, format};

/// Jobs that may be begun before the first of them is shown: results that are files leave little behind, bytes stay.
const WINDOW_OF_FILES: usize = 256;
const WINDOW_OF_BYTES: usize = 16;

/// Converts; a call that makes no sense fails before anything is read.
pub fn run(mut arguments: Convert, console: &Console) -> Result<Exit, Failure> {
    let named = reading::inputs(std::mem::take(&mut arguments.inputs))?;
    let typed = io::stdin().is_terminal() && named.iter().any(|input| input.as_os_str() == "-");
    let pattern = arguments.name.as_deref().map(Pattern::new).transpose()?;
    let mut plan = plan::plan(&Request {
        inputs: named,
        output: arguments.output.take(),
        formats: arguments.to.clone(),
        terminal: io::stdout().is_terminal() && !arguments.dry_run,
        tidy: arguments.tidy,
        named: pattern.is_some(),
        verbose: console.verbose,
    })?;
    check(&arguments, &plan)?;
    let bytes = matches!(plan.place, Place::Stdout(_) | Place::Tidy(..));
    let limits = limits(plan.len(), arguments.jobs, arguments.timeout, bytes)?;
    let progress = Progress::new(arguments.progress, plan.len(), console);
    let console = &Console { bar: progress.bar(), ..*console };
    for (path, reason) in std::mem::take(&mut plan.skipped.files) {
        console.line(&format!("{}: {}", path.display(), console.word(reason)));
    }
    let mut settings = settings(&arguments, &mut plan, pattern, console)?;
    let run = match Run::begin(&arguments, plan, &mut settings, console) {
        Ok(run) => run,
        Err(failure) => {
            console.failure(None, &failure);
            return Ok(Exit::Failed);
        }
    };
    if typed {
        console.info(&console.word("cli.waiting"));
    }
    let exit = run.all(settings, limits, &progress);
    progress.clear();
    exit
}

/// Options that do not fit together.
fn check(arguments: &Convert, plan: &Plan) -> Result<(), Failure> {
    let in_folder = matches!(plan.place, Place::Folder { .. });
    if arguments.resume && (!in_folder || arguments.dry_run) {
        return Err(Failure::new("usage.resume_folder"));
    }
    if arguments.name.is_some() && !in_folder {
        return Err(Failure::new("usage.name_folder"));
    }
    if let Some(summary) = &arguments.summary {
        summary::ending(summary)?;
    }
    let Some(label) = &arguments.encoding else { return Ok(()) };
    let known = Encoding::for_label(label.as_bytes());
    if known.is_none_or(|known| known.output_encoding() != known) {
        return Err(Failure::new("usage.encoding").with("encoding", label));
    }
    if plan.place.writes_csv() { Ok(()) } else { Err(Failure::new("usage.encoding_not_csv")) }
}

/// How many of some inputs are done at a time, all cores where nothing is said, and how long each may take; `bytes` says
/// that what they make is kept until its turn, so that fewer may wait.
pub fn limits(inputs: usize, jobs: Option<usize>, seconds: u64, bytes: bool) -> Result<Limits, Failure> {
    let threads = match jobs {
        Some(0) => return Err(Failure::new("usage.jobs")),
        Some(threads) => threads,
        // To count the cores takes the system a while.
        None if inputs <= 1 => 1,
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let window = if bytes { WINDOW_OF_BYTES } else { WINDOW_OF_FILES }.max(2 * threads);
    let time = (seconds > 0).then(|| Duration::from_secs(seconds));
    Ok(Limits { threads, time, window })
}

fn settings(
    arguments: &Convert,
    plan: &mut Plan,
    pattern: Option<Pattern>,
    console: &Console,
) -> Result<Settings, Failure> {
    // Once a process: a job that was given up may still use them when the run is over.
    let fonts = Box::leak(Box::new(reading::fonts(&arguments.fonts)?));
    Ok(Settings {
        reading: reading::reading(arguments.reading.clone())?,
        writing: WriteOptions {
            fonts: Some(fonts),
            lang: console.lang,
            bom: false,
            encoding: arguments.encoding.clone(),
            timestamp: timestamp()?,
            landscape: arguments.landscape,
        },
        bom: if arguments.no_bom { Some(false) } else { arguments.bom.then_some(true) },
        dry_run: arguments.dry_run,
        in_turn: arguments.fail_fast,
        pattern,
        outputs: Outputs {
            inputs: Inputs::new(vec![Arc::clone(&plan.inputs), Arc::clone(&plan.own)]),
            force: arguments.force,
            root: plan.place.folder().map(Path::to_owned),
        },
        taken: Mutex::new(std::mem::take(&mut plan.taken)),
        journal: None,
    })
}

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
struct Run<'a> {
    plan: Arc<Plan>,
    console: &'a Console,
    sink: Sink,
    summary: Option<Summary>,
    fail_fast: bool,
    timeout: u64,
    /// The folder of the outputs, where this run made it.
    made: Option<PathBuf>,
}

impl<'a> Run<'a> {
    /// Makes ready what outputs are written to.
    fn begin(arguments: &Convert, plan: Plan, settings: &mut Settings, console: &'a Console) -> Result<Self, Failure> {
        let mut made = None;
        if let (Place::Folder { folder, formats }, false) = (&plan.place, arguments.dry_run) {
            if !folder.is_dir() {
                fs::create_dir_all(folder).map_err(|error| files::failed(folder, None, error))?;
                made = Some(folder.clone());
            }
            let formats: Vec<_> = formats.iter().map(|(format, _)| format::name(*format)).collect();
            let options = options(arguments, &formats, &settings.reading, &settings.writing);
            let (journal, before) = Journal::open(folder, &options, arguments.resume)?;
            settings.journal = Some(journal);
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
        }
        let bom = settings.bom.unwrap_or(true);
        let mut sink = match &plan.place {
            Place::Tidy(Some(path), _) if !arguments.dry_run => {
                Sink::File(AtomicFile::create(path, &settings.outputs)?)
            }
            _ => Sink::Stdout,
        };
        if let (Place::Tidy(path, Format::Csv), false) = (&plan.place, arguments.dry_run) {
            let mut head = Vec::new();
            let bom = settings.bom.unwrap_or(path.is_some());
            tidy::write_header(bom, arguments.encoding.as_deref(), &mut head)?;
            match &mut sink {
                Sink::File(whole) => whole.write(&head)?,
                Sink::Stdout => drop(console.put(&head)?),
            }
        }
        let summary = arguments.summary.as_ref().filter(|_| !arguments.dry_run);
        let summary = summary.map(|path| Summary::create(path, &settings.outputs, bom)).transpose()?;
        let (fail_fast, timeout) = (arguments.fail_fast, arguments.timeout);
        Ok(Self { plan: Arc::new(plan), console, sink, summary, fail_fast, timeout, made })
    }

    /// Does all jobs.
    fn all(self, settings: Settings, limits: Limits, progress: &Progress) -> Result<Exit, Failure> {
        let Self { plan, console, sink, mut summary, fail_fast, timeout, made } = self;
        let table = match &plan.place {
            Place::Tidy(Some(path), _) => Some(path.as_path()),
            _ => None,
        };
        // A single file or standard output is all there is to account for.
        let is_alone =
            plan.len() == 1 && matches!(plan.place, Place::Stdout(_) | Place::File { .. }) && summary.is_none();
        let mut show = Show { console, alone: plan.len() == 1, sink, table };
        let mut tally = Tally::default();
        let mut early = None;
        // Once a process, which ends soon after: to free the forms piece by piece takes longer than to write a file.
        let settings: &'static Settings = Box::leak(Box::new(settings));
        let work = {
            let plan = Arc::clone(&plan);
            Arc::new(move |ticket: &_| {
                let ticket: &crate::batch::pool::Ticket = ticket;
                run::run(&plan.job(ticket.at), settings, ticket)
            })
        };
        let mut shown = |at: usize, done: Done<Outcome>| {
            let job = plan.job(at);
            let outcome = match done {
                Done::Finished(outcome) => outcome,
                Done::Panicked(detail) => Outcome::failed(Failure::new("fail.panic").with("detail", detail)),
                Done::TimedOut => Outcome::failed(timed_out(timeout)),
            };
            if outcome.dropped {
                return Ok(None);
            }
            let row = outcome.row(&job.input, console.lang);
            tally.add(&outcome, &row);
            if !show.outcome(&job, &outcome)? {
                return Ok(Some(Early::Unread));
            }
            if let (Some(journal), Some(entry)) = (&settings.journal, outcome.entry(&job.input, &row)) {
                journal.add(&entry)?;
            }
            if let Some(summary) = &mut summary {
                summary.add(&row)?;
            }
            progress.set(tally.tried(), console);
            Ok(match outcome.failure {
                Some(failure) if failure.ends_run() => Some(Early::Broken),
                Some(_) if fail_fast => Some(Early::FailFast),
                _ => None,
            })
        };
        let mut next = |at, done| match shown(at, done) {
            Ok(None) => Next::GoOn,
            Ok(Some(reason)) => {
                early = early.or(Some(reason));
                Next::Stop
            }
            Err(failure) => {
                console.failure(None, &failure);
                early = Some(Early::Broken);
                Next::Stop
            }
        };
        let pool = Pool::new();
        let end = if is_alone {
            let done = pool.run_alone(limits.time, &*work, watch(console, plan.job(0).input.display(), timeout));
            done.map(|done| if next(0, done) == Next::GoOn { End::Whole } else { End::Stopped })
        } else {
            // Where no handler can be had, an interrupt ends the process, which loses no more than a kill would.
            let _ = ctrlc::set_handler(pool.stopper());
            let prepare = || {
                settings.reading.recognizer();
            };
            pool.meanwhile(prepare).run(plan.len(), limits, work, next)
        };
        progress.clear();
        let end = end.map_err(|error| Failure::new("fail.threads").with("detail", error))?;
        let sink = show.sink;
        let journal = settings.journal.as_ref();
        let whole = end == End::Whole;
        let resumable = !whole && tally.done > 0 && journal.is_some();
        let mut exit = if tally.failed > 0 { Exit::Failed } else { Exit::Done };
        let mut keep = |result: Result<Option<PathBuf>, Failure>| {
            if let Err(failure) = result {
                console.failure(None, &failure);
                exit = Exit::Failed;
            }
        };
        if whole {
            keep(match sink {
                Sink::File(table) => table.finish().map(Some),
                Sink::Stdout => Ok(None),
            });
            keep(summary.map(Summary::finish).transpose());
        }
        if let Some(journal) = journal.filter(|_| !resumable) {
            keep(journal.remove().map(|()| None));
            if let Some(folder) = made {
                // Only where nothing was written to it.
                let _ = fs::remove_dir(folder);
            }
        }
        let left = (plan.len() - tally.tried()).to_string();
        let done = [("done", tally.tried().to_string()), ("inputs", plan.len().to_string())];
        let done = done.each_ref().map(|(name, count)| (*name, count.as_str()));
        match (end, early) {
            (End::Interrupted, _) => {
                exit = Exit::Interrupted;
                console.line(&console.text("cli.interrupted", &done));
            }
            (_, Some(Early::Broken)) => {
                exit = Exit::Failed;
                if plan.len() > 1 {
                    console.line(&console.text("cli.stopped", &done));
                }
            }
            (_, Some(Early::FailFast)) if left != "0" => {
                console.info(&console.text("cli.skipped_after_failure", &[("inputs", &left)]));
            }
            (_, Some(Early::Unread)) => return Ok(Exit::Done),
            _ => {}
        }
        if resumable {
            console.line(&console.word("cli.resume_hint"));
        }
        if plan.len() != 1 {
            tally.info(console);
        }
        Ok(exit)
    }
}

/// What watches the only job of a run: when that is given up, it says so and ends the process.
fn watch(console: &Console, input: String, timeout: u64) -> impl FnOnce(Watch) + Send + 'static {
    let console = Console { bar: console.bar.clone(), ..*console };
    move |watch| {
        // Where no handler can be had, an interrupt ends the process, which loses no more than a kill would.
        let _ = ctrlc::set_handler(watch.stopper());
        let Some(given_up) = watch.wait() else { return };
        if let Some(bar) = &console.bar {
            bar.finish_and_clear();
        }
        let exit = match given_up {
            GivenUp::TimedOut => {
                console.failure(Some(&input), &timed_out(timeout));
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

fn timed_out(seconds: u64) -> Failure {
    Failure::new("fail.timeout").with("seconds", seconds)
}

/// All options that decide what outputs hold, for the journal to compare.
fn options(arguments: &Convert, formats: &[&str], reading: &Reading, writing: &WriteOptions<'_>) -> String {
    let template = arguments.reading.template.as_ref().map(|template| {
        // A template of the user's own may be changed under its name.
        (template, crate::batch::journal::Print::new(format!("{:?}", reading.templates()).as_bytes()))
    });
    let fonts: Vec<_> = arguments
        .fonts
        .iter()
        .map(|font| {
            let path = font.to_string_lossy().split_once('=').map(|(_, path)| path.to_owned());
            (font, path.and_then(|path| Stamp::new(&fs::metadata(path).ok()?)))
        })
        .collect();
    let input = (reading.format, &reading.encoding, &reading.sheet, template);
    let output = (formats, &arguments.name, &writing.encoding, arguments.bom, arguments.no_bom);
    let print = (fonts, arguments.landscape, writing.timestamp, writing.lang);
    format!("{} {input:?} {output:?} {print:?}", env!("CARGO_PKG_VERSION"))
}

/// The time documents carry, from `SOURCE_DATE_EPOCH`.
pub fn timestamp() -> Result<Option<i64>, Failure> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) else { return Ok(None) };
    let value = value.to_string_lossy();
    let seconds = value.parse().map_err(|_| Failure::new("usage.epoch").with("value", &value))?;
    Ok(Some(seconds))
}
