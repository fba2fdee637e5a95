//! The command line: arguments in, messages and an exit status out. One file a command.

mod args;
mod check;
mod compare;
mod completions;
mod console;
mod convert;
mod help;
mod inspect;
mod marked;
mod merge;
mod new;
mod progress;
mod reading;
mod rule;
mod show;
mod table;
mod template;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use crate::finding::Severity;
use crate::message::Lang;
use clap::FromArgMatches;

use args::{Arguments, Command};
use console::Console;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All done.
    Done = 0,
    /// `check`, `merge` or `compare` found something at or above `--fail-on`.
    Found = 1,
    /// The call itself is wrong.
    Usage = 2,
    /// Some input could not be read or some output not written.
    Failed = 3,
    /// The user ended it.
    Interrupted = 130,
}

impl Exit {
    /// How a run ends that looked for findings: whether some input or output failed, the word of `--fail-on`, and whether
    /// something at or above a severity was found.
    fn of_findings(failed: bool, fail_on: &str, found: impl Fn(Severity) -> bool) -> Self {
        let level = match fail_on {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "note" => Some(Severity::Note),
            _ => None,
        };
        match level {
            _ if failed => Self::Failed,
            Some(level) if found(level) => Self::Found,
            _ => Self::Done,
        }
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    quiet_panics();
    ExitCode::from(start(wild::args_os().collect()) as u8)
}

fn start(words: Vec<OsString>) -> Exit {
    let lang = language(&words);
    // The other commands and the words of help are put together only for a call that asks for them or is not understood.
    let alone = words.iter().skip(1).find_map(|word| Command::alone(word.to_str()?));
    let parsed = alone.and_then(|command| command.try_get_matches_from(&words).ok());
    let parsed = parsed.map_or_else(|| help::command(lang).try_get_matches_from(words), Ok);
    let arguments = match parsed.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => return help::refuse(&error, lang),
    };
    let console = Console { lang, quiet: arguments.global.quiet, verbose: arguments.global.verbose, bar: None };
    let result = match arguments.command {
        Command::Convert(convert) => convert::run(*convert, &console),
        Command::Check(check) => check::run(*check, &console),
        Command::Compare(compare) => compare::run(*compare, &console),
        Command::Merge(merge) => merge::run(*merge, &console),
        Command::Inspect(inspect) => inspect::run(inspect, &console),
        Command::New(new) => new::run(new, &console),
        Command::Template(template) => template::run(&template.command, &console),
        Command::Rule(rule) => rule::run(&rule, &console),
        Command::Completions(completions) => completions::run(&completions, &console),
    };
    result.unwrap_or_else(|failure| {
        console.failure(None, &failure);
        Exit::Usage
    })
}

/// The language of messages: `--lang`, then `XXGK_LANG`, then the system's. It is needed before the arguments are parsed,
/// since help and usage errors are messages too.
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

/// A panic in one job becomes a message that names the file; the trace is for those who ask for one.
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
