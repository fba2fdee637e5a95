//! `xxgk completions`: a script that lets a shell complete commands and options.

use super::args::Completions;
use super::say::Voice;
use super::{Exit, help};
use crate::batch::Failure;

/// Prints the script, with help in the language of messages.
pub fn run(arguments: &Completions, voice: &Voice) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut help::command(voice.lang), "xxgk", &mut script);
    voice.put(&script)?;
    Ok(Exit::Done)
}
