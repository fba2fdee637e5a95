//! The `xxgk` program: runs the command line and returns its exit status.

mod allocator;

use std::process::ExitCode;

use allocator::Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    xxgk::cli::run()
}
