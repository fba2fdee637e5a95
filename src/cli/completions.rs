//! `xxgk completions`: a script that lets a shell complete commands and options.

use super::args::Completions;
use super::console::Console;
use super::exit::Exit;
use super::help;
use crate::batch::Failure;

/// Prints the script, with help in the language of messages.
pub(super) fn run(arguments: &Completions, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut help::command(console.lang), "xxgk", &mut script);
    console.put(&script)?;
    Ok(Exit::Done)
}
