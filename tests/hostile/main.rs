//! Hostile files: small to send, large to read. Each is refused or read within bounded memory.
//!
//! `XXGK_HOSTILE_DIR=DIR cargo test --test hostile` writes the files into a folder instead; `tests/hostile.sh` measures time and
//! memory of the binary on each. `XXGK_HOSTILE_ONLY=PART` runs the files with PART in their names, `XXGK_HOSTILE_ALL=1` the
//! slow ones too.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod documents;
mod files;
mod pack;
mod pages;

use std::alloc::System;
use std::path::Path;

use cap::Cap;
use files::{FILES, Fate, LONG};
use xxgk::ErrorKind;
use xxgk::engine::Engine;
use xxgk::message::Lang;
use xxgk::read::ReadOptions;

/// The memory that a file may allocate, itself included; an allocation beyond it ends the test. This is half as much again as
/// the limit of 512 MB in use, because buffers that grow by doubling allocate more than they use.
const MEMORY: usize = 768 << 20;

#[global_allocator]
static MEASURED: Cap<System> = Cap::new(System, usize::MAX);

/// One test, because the memory is that of the whole process.
#[test]
fn every_hostile_file_ends_within_bounds() {
    let engine = Engine::new();
    let folder = std::env::var_os("XXGK_HOSTILE_DIR");
    let only = std::env::var("XXGK_HOSTILE_ONLY").ok();
    let all = folder.is_some() || std::env::var_os("XXGK_HOSTILE_ALL").is_some();
    let chosen = |name: &str| only.as_ref().map_or(all || !LONG.contains(&name), |only| name.contains(only));
    for (name, fate, make) in FILES.iter().chain(pages::FILES).chain(documents::FILES).filter(|(name, ..)| chosen(name))
    {
        MEASURED.set_limit(usize::MAX).unwrap();
        let bytes = make();
        if let Some(folder) = &folder {
            std::fs::write(Path::new(folder).join(name), &bytes).unwrap();
            continue;
        }
        eprintln!("{name}: {} bytes", bytes.len());
        let begun = std::time::Instant::now();
        MEASURED.set_limit(MEMORY).unwrap();
        let mut options = ReadOptions::default();
        options.name = (*name).to_owned();
        // An archive is refused as a file; what is in it counts as well.
        for member in xxgk::read::unpack(name, &bytes).into_iter().flat_map(|unpacked| unpacked.members) {
            if let Ok(content) = &member.content {
                drop(engine.read(content, &options).and_then(|input| engine.recognize(&input)));
            }
        }
        let outcome = engine.read(&bytes, &options).and_then(|input| engine.recognize(&input));
        let said = match &outcome {
            Ok(reports) => format!("{} reports", reports.len()),
            Err(error) => error.message(Lang::EN),
        };
        eprintln!("    {said} ({:.1} s)", begun.elapsed().as_secs_f32());
        let kind = outcome.as_ref().err().map(xxgk::Error::kind);
        let as_it_must = match fate {
            Fate::TooLarge => matches!(kind, Some(ErrorKind::TooLarge { .. })),
            Fate::Corrupt => matches!(kind, Some(ErrorKind::Corrupt { .. })),
            Fate::Refused => kind.is_some(),
            Fate::Read => !matches!(kind, Some(ErrorKind::TooLarge { .. } | ErrorKind::Corrupt { .. })),
            Fate::Ends => true,
        };
        assert!(as_it_must, "{name}: {fate:?}, but {said}");
    }
}
