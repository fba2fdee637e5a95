//! The command line: arguments in, messages and an exit status out.
//!
//! One file or folder for each command. Commands do not know each other; what several need is in `common`.

mod args;
mod check;
mod common;
mod compare;
mod completions;
mod console;
mod convert;
mod corrections;
mod exit;
mod help;
mod inspect;
mod merge;
mod new;
mod open;
mod report;
mod rule;
mod schema;
mod side_input;
mod table;
mod template;

use std::cell::Cell;
use std::env;
use std::ffi::OsString;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{self, ExitCode};
use std::thread;

use crate::message::{self, Lang};
use clap::FromArgMatches;

use crate::batch::{Failure, memory, pool};
use args::{Arguments, Command};
use console::Console;
use exit::Exit;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    quiet_panics();
    ExitCode::from(start(wild::args_os().collect()) as u8)
}

/// Ends the process with a message that names the file: for an allocator that gets no memory. Does not allocate.
#[cold]
pub fn out_of_memory() -> ! {
    thread_local! {
        static IS_REPORTING: Cell<bool> = const { Cell::new(false) };
    }
    // Ending the process may need memory again.
    if IS_REPORTING.replace(true) {
        process::abort();
    }
    if memory::report(&mut io::stderr().lock()).is_ok_and(|is_first| !is_first) {
        loop {
            // Another thread is ending the process.
            thread::park();
        }
    }
    #[allow(clippy::exit, reason = "an allocator cannot return")]
    process::exit(Exit::Failed as i32)
}

/// Makes the message for [`out_of_memory`] while there is memory.
fn prepare_for_no_memory(lang: Lang) {
    let word = |key| message::text(key, lang, &message::Arguments::new());
    let what = format!("{}: {}\n", word("word.error"), word("fail.memory"));
    memory::set_words("xxgk: ".to_owned(), format!("{what}  {}: {}\n", word("word.hint"), word("fail.memory_hint")));
}

fn start(words: Vec<OsString>) -> Exit {
    let lang = language(&words);
    prepare_for_no_memory(lang);
    if let Some(files) = open::files(&words) {
        let has = |flags: [&str; 2]| words.iter().any(|word| flags.iter().any(|flag| word == flag));
        let (quiet, verbose) = (has(["-q", "--quiet"]), has(["-v", "--verbose"]));
        let console = Console { lang, quiet, verbose, bar: None };
        return ended(|| open::run(files, &console), &console);
    }
    // All commands and their help are built only for calls that ask for help or are wrong.
    let alone = words.iter().skip(1).find_map(|word| Command::alone(word.to_str()?));
    let parsed = alone.and_then(|command| command.try_get_matches_from(&words).ok());
    let parsed = parsed.map_or_else(|| help::command(lang).try_get_matches_from(words), Ok);
    let arguments = match parsed.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => return help::refuse(&error, &Console { lang, quiet: false, verbose: false, bar: None }),
    };
    let console = Console { lang, quiet: arguments.global.quiet, verbose: arguments.global.verbose, bar: None };
    let work = || match arguments.command {
        Command::Convert(convert) => convert::run(*convert, &console),
        Command::Check(check) => check::run(*check, &console),
        Command::Compare(compare) => compare::run(*compare, &console),
        Command::Merge(merge) => merge::run(*merge, &console),
        Command::Inspect(inspect) => inspect::run(inspect, &console),
        Command::New(new) => new::run(new, &console),
        Command::Report(report) => report::run(report, &console),
        Command::Template(template) => template::run(&template.command, &console),
        Command::Rule(rule) => rule::run(&rule, &console),
        Command::Schema(schema) => schema::run(&schema, &console),
        Command::Completions(completions) => completions::run(&completions, &console),
    };
    ended(work, &console)
}

/// The status of a run. A failure or a panic that ended it is reported.
fn ended(run: impl FnOnce() -> Result<Exit, Failure>, console: &Console) -> Exit {
    let result = catch_unwind(AssertUnwindSafe(run));
    let result = result.unwrap_or_else(|panic| Err(Failure::new("fail.panic").with("detail", pool::message(&*panic))));
    result.unwrap_or_else(|failure| {
        console.failure(None, &failure);
        Exit::of_failure(&failure)
    })
}

/// The language of messages: `--lang`, then `XXGK_LANG`, then the system's. Help and usage errors need it before the
/// arguments are parsed.
fn language(words: &[OsString]) -> Lang {
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy()).take_while(|word| *word != "--");
    let mut asked = None;
    while let Some(word) = words.next() {
        if let Some(value) = word.strip_prefix("--lang=") {
            asked = Some(value.to_owned());
        } else if word == "--lang" {
            asked = words.next().map(|value| value.into_owned());
        }
    }
    let system = || {
        let name = env::var("XXGK_LANG").ok().filter(|name| !name.is_empty()).or_else(sys_locale::get_locale);
        name.map_or(Lang::EN, |name| Lang::from_locale(&name))
    };
    asked.and_then(|code| Lang::from_code(&code)).unwrap_or_else(system)
}

/// Silences panics unless a backtrace is asked for. A panic in a job becomes a message that names the file.
fn quiet_panics() {
    if env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_asked_for_comes_first_wherever_it_stands() {
        let lang = |words: &[&str]| language(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(lang(&["xxgk", "--lang", "zh", "convert"]), Lang::ZH);
        assert_eq!(lang(&["xxgk", "convert", "--lang=en", "x"]), Lang::EN);
        assert_eq!(lang(&["xxgk", "--lang", "zh", "--lang=en"]), Lang::EN);
    }
}
