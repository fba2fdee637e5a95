//! The `xxgk` program: runs the command line and returns its exit status.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A report is many short texts, which the allocators of musl and Windows handle slowly.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    xxgk::cli::run()
}
