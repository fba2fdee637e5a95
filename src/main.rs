//! The binary's door: the command line runs, its exit status goes out.

mod batch;
mod cli;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A report is many short texts; the allocators of musl and Windows, and to a lesser degree of glibc, take long over them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
