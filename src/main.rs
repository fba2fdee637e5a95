//! The binary's door: the command line runs, its exit status goes out.

mod batch;
mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
