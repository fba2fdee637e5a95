//! Runs the targets on mutated fixtures: no panic, no hang, no unbounded memory.
//!
//! Runs on a stable compiler as a test of its own: a few rounds with `cargo test --test fuzz`, more in `.ci/run`. The same
//! seed gives the same inputs in the same order.
//!
//! | variable | meaning |
//! |---|---|
//! | `XXGK_FUZZ_ROUNDS` | inputs for each target (20) |
//! | `XXGK_FUZZ_SECONDS` | time for each target, instead of rounds |
//! | `XXGK_FUZZ_SEED` | starts another sequence |
//! | `XXGK_FUZZ_INPUT` | one file for one target, to reproduce a failure |
//!
//! `cargo test --test fuzz -- xls doc` runs only these targets. Failures are in `target/fuzz/`: an input that panicked has the
//! target's name and a number; the input that was running when the process ended (out of memory, or after a minute) has the
//! target's name alone. Each becomes a file in `fixtures/broken` and a test.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod mutate;
mod targets;

use std::alloc::System;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use cap::Cap;
use fastrand::Rng;
use targets::{TARGETS, Target};

/// The memory that one input may allocate; an allocation beyond it ends the process.
const MEMORY: usize = 768 << 20;

/// The time limit for one input, without optimization and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[global_allocator]
static MEASURED: Cap<System> = Cap::new(System, MEMORY);

/// The current input: since when it runs, and the file that keeps it.
static IN_HAND: Mutex<Option<(Instant, PathBuf)>> = Mutex::new(None);

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (options, named): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with("--"));
    if options.iter().any(|option| option == "--list") {
        return ExitCode::SUCCESS;
    }
    let kept = root.join("target/fuzz");
    fs::create_dir_all(&kept).unwrap();
    std::thread::spawn(watch);
    std::panic::set_hook(Box::new(|panic| eprintln!("    {panic}")));
    let seeds = seeds(root);
    let (mut passed, mut failed) = (0, 0);
    for target in TARGETS.iter().filter(|target| named.is_empty() || named.iter().any(|name| name == target.name)) {
        let (inputs, panics) = drive(target, &seeds, &kept);
        println!("fuzz {}: {inputs} inputs, {panics} panics", target.name);
        if panics == 0 { passed += 1 } else { failed += 1 }
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored");
    ExitCode::from(u8::from(failed > 0))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs one target. Returns the number of inputs and the number of panics.
fn drive(target: &Target, seeds: &[(String, Vec<u8>)], kept: &Path) -> (u64, u64) {
    let in_hand = kept.join(target.name);
    let mut panics = 0;
    let mut try_one = |bytes: &[u8], number: u64| {
        fs::write(&in_hand, bytes).unwrap();
        *IN_HAND.lock().unwrap() = Some((Instant::now(), in_hand.clone()));
        if catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))).is_err() {
            panics += 1;
            fs::write(kept.join(format!("{}-{number}", target.name)), bytes).unwrap();
        }
        *IN_HAND.lock().unwrap() = None;
    };
    if let Some(path) = std::env::var_os("XXGK_FUZZ_INPUT") {
        try_one(&fs::read(path).unwrap(), 0);
        return (1, panics);
    }
    let fits = |ending: &str| target.seeds.iter().any(|seed| *seed == "*" || *seed == ending);
    let own: Vec<&[u8]> = seeds.iter().filter(|(ending, _)| fits(ending)).map(|(_, bytes)| bytes.as_slice()).collect();
    assert!(!own.is_empty(), "no fixture for {}", target.name);
    let limit = number("XXGK_FUZZ_SECONDS").map(Duration::from_secs);
    let rounds = number("XXGK_FUZZ_ROUNDS").unwrap_or(20);
    let (mut random, begun) = (Rng::with_seed(number("XXGK_FUZZ_SEED").unwrap_or(20_171_231)), Instant::now());
    let mut inputs = 0;
    while limit.map_or(inputs < rounds, |limit| begun.elapsed() < limit) {
        let (seed, other) = (own[random.usize(..own.len())], own[random.usize(..own.len())]);
        let input = mutate::mutated(seed, other, &mut random);
        try_one(&input, inputs);
        inputs += 1;
    }
    fs::remove_file(in_hand).unwrap();
    (inputs, panics)
}

/// Ends the process when an input takes too long; the input is kept.
fn watch() {
    loop {
        std::thread::sleep(Duration::from_millis(500));
        if let Some((since, path)) = IN_HAND.lock().unwrap().as_ref()
            && since.elapsed() > PATIENCE
        {
            eprintln!("no end: {}", path.display());
            std::process::abort();
        }
    }
}

/// All fixtures and templates with their file extensions, in a fixed order.
fn seeds(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut paths = Vec::new();
    let mut folders = vec![root.join("fixtures"), root.join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let ending = |path: &Path| path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let kept = paths.into_iter().filter(|path| fs::metadata(path).is_ok_and(|file| file.len() < 1 << 20));
    kept.map(|path| (ending(&path), fs::read(&path).unwrap())).collect()
}
