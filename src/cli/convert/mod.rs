//! `xxgk convert`: received tables in, official tables out.

mod join;
mod options;
mod progress;
mod run;
mod show;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Mutex;

use self::progress::Progress;
use self::run::Run;
use super::args::Convert;
use super::common;
use super::console::Console;
use super::corrections::with_corrections;
use super::exit::Exit;
use super::side_input;
use crate::batch::Failure;
use crate::batch::files::Outputs;
use crate::batch::name::Pattern;
use crate::batch::place::{OutputPlace, Request};
use crate::batch::plan::{self, Plan};
use crate::batch::pool::Limits;
use crate::batch::settings::{OutputOptions, Settings};

/// Converts; a call that makes no sense fails before anything is read.
pub(super) fn run(mut arguments: Convert, console: &Console) -> Result<Exit, Failure> {
    if arguments.join {
        let output = output_options(&arguments, console)?;
        return join::run(arguments, output, console);
    }
    let named = common::inputs(std::mem::take(&mut arguments.inputs))?;
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
    options::check(&arguments, &plan.place)?;
    let keeps_bytes = matches!(plan.place, OutputPlace::Stdout(_) | OutputPlace::Tidy(..));
    let limits =
        Limits::new(plan.len(), arguments.jobs, arguments.input.timeout.unwrap_or(common::TIMEOUT), keeps_bytes)?;
    let progress = Progress::new(arguments.progress, plan.len(), console);
    let console = &Console { bar: progress.bar(), ..*console };
    for (path, reason) in std::mem::take(&mut plan.skipped.files) {
        console.line(&format!("{}: {}", path.display(), console.word(reason)));
    }
    let settings = settings(&arguments, &mut plan, pattern, console)?;
    let run = match Run::begin(&arguments, plan, settings, console) {
        Ok(run) => run,
        Err(failure) => {
            console.failure(None, &failure);
            return Ok(Exit::Failed);
        }
    };
    if typed {
        console.info(&console.word("cli.waiting"));
    }
    let exit = run.all(limits, &progress);
    progress.clear();
    exit
}

fn output_options(arguments: &Convert, console: &Console) -> Result<OutputOptions, Failure> {
    Ok(OutputOptions {
        fonts: common::fonts(&arguments.fonts)?,
        lang: console.lang,
        bom: if arguments.no_bom { Some(false) } else { arguments.bom.then_some(true) },
        encoding: arguments.encoding.clone(),
        timestamp: common::timestamp()?,
        landscape: arguments.landscape,
        embed_json: arguments.embed_json,
        fragment: arguments.fragment,
    })
}

fn settings(
    arguments: &Convert,
    plan: &mut Plan,
    pattern: Option<Pattern>,
    console: &Console,
) -> Result<Settings, Failure> {
    let mut input = common::input_options(arguments.input.clone())?;
    input.engine = with_corrections(input.engine, arguments.corrections.as_deref(), &[plan], console)?;
    Ok(Settings {
        output: output_options(arguments, console)?,
        input,
        lists_doubtful: arguments.write_corrections.is_some(),
        dry_run: arguments.dry_run,
        in_turn: arguments.fail_fast,
        pattern,
        outputs: Outputs {
            root: plan.place.folder().map(Path::to_owned),
            ..side_input::outputs(side_input::of_plan(arguments, plan)?, arguments.writing)
        },
        taken: Mutex::new(std::mem::take(&mut plan.taken)),
        journal: None,
    })
}
