//! Tables whose structure is damaged, as cells and as glyphs on pages: each value is right, or left out and named.
//!
//! `cargo test --test structural_damage` runs 2,000 cases of cells and 400 of pages. Environment:
//! - `XXGK_DAMAGE_CASES`, `XXGK_DAMAGE_SEED`: other cases. `PROPTEST_RNG_SEED` is the seed where there is no other.
//! - `XXGK_DAMAGE_DIR`: a folder for the smallest failing input of each kind and format, with its expected values.
//! - `XXGK_DAMAGE_KIND`: only the kinds whose name contains this.
//! - `XXGK_DAMAGE_REPLAY`: a file with seeds and kinds of cases to run instead, as `failing.txt` in that folder has them.
//!
//! A case is drawn from its kind and seed alone. The truth is not computed: each cell carries the indicators whose values
//! it holds, and damage moves, copies and removes cells (`page`). On pages (`layout`, written by `paged`), damage also changes
//! how a cell is drawn (`look`); what is true is what the page shows. `kind` has the kinds of damage, `oracle` the verdicts,
//! `ratchet` what each kind must keep.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod case;
mod fill;
mod form;
mod kind;
mod layout;
mod look;
mod oracle;
mod page;
mod paged;
mod ratchet;
mod render;
mod shrink;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use xxgk::engine::Engine;

use case::Case;
use kind::KINDS;
use oracle::Verdict;
use render::Format;

/// Cases of a plain `cargo test`: of cells, and of pages.
const CASES: usize = 2_000;
const PAGE_CASES: usize = 400;

/// The seed of the first case, the same as that of `.ci/run`.
const SEED: u64 = 20_171_231;

/// Values by verdict.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    cases: usize,
    right: usize,
    left: usize,
    silent: usize,
    wrong: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.right += other.right;
        self.left += other.left;
        self.silent += other.silent;
        self.wrong += other.wrong;
    }

    fn values(&self) -> usize {
        self.right + self.left + self.silent + self.wrong
    }

    /// The share of right values, in percent.
    fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.values().max(1) as f64
    }
}

/// Bytes and seed of the smallest case.
type Smallest = Option<(usize, u64)>;

/// What all cases of one kind, format and family of forms gave.
#[derive(Default)]
struct Outcome {
    tally: Tally,
    failing: Smallest,
    /// The seeds of all failing cases.
    failed: Vec<u64>,
    /// Many values are left out.
    unread: Smallest,
}

type Outcomes = BTreeMap<(usize, Format, &'static str), Outcome>;

fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

fn run_case(engine: &Engine, number: usize, seed: u64) -> (Case, Tally, usize) {
    let case = Case::new(engine, &KINDS[number], seed);
    let bytes = render::render(&case.document, case.format);
    let mut tally = Tally { cases: 1, ..Tally::default() };
    for one in oracle::judge(&case.document, &oracle::read(engine, &bytes)) {
        *match one.verdict {
            Verdict::Right => &mut tally.right,
            Verdict::Left => &mut tally.left,
            Verdict::Silent => &mut tally.silent,
            Verdict::Wrong => &mut tally.wrong,
        } += 1;
    }
    (case, tally, bytes.len())
}

/// Runs the cases, each a number of a kind and a seed, on all processors. The result does not depend on their number.
fn run(engine: &Engine, cases: &[(usize, u64)]) -> Outcomes {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut outcomes = Outcomes::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((number, seed)) = cases.get(at).copied() else { return outcomes };
            let (case, tally, bytes) = run_case(engine, number, seed);
            let outcome = outcomes.entry((number, case.format, case.document.form.family())).or_default();
            outcome.tally.add(tally);
            let smaller = |other: Smallest| other.into_iter().chain([(bytes, seed)]).min();
            if tally.silent + tally.wrong > 0 {
                outcome.failing = smaller(outcome.failing);
                outcome.failed.push(seed);
            } else if KINDS[number].must_read && tally.percent() < 99.0 {
                outcome.unread = smaller(outcome.unread);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Outcomes::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            for (key, outcome) in worker.join().unwrap() {
                let own = all.entry(key).or_default();
                own.tally.add(outcome.tally);
                own.failing = own.failing.into_iter().chain(outcome.failing).min();
                own.failed.extend(outcome.failed);
                own.unread = own.unread.into_iter().chain(outcome.unread).min();
            }
        }
    });
    all
}

fn sum<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> Tally {
    outcomes.fold(Tally::default(), |mut sum, outcome| {
        sum.add(outcome.tally);
        sum
    })
}

fn print(outcomes: &Outcomes) {
    let line = |name: &str, format: &str, tally: &Tally| {
        if tally.cases == 0 {
            return;
        }
        println!(
            "{name:36} {format:7} {:6} {:8} {:8} {:7.2} {:7} {:7} {:7}",
            tally.cases,
            tally.values(),
            tally.right,
            tally.percent(),
            tally.left,
            tally.silent,
            tally.wrong
        );
    };
    println!(
        "{:36} {:7} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7}",
        "kind", "format", "cases", "values", "right", "%", "named", "silent", "wrong"
    );
    for (number, kind) in KINDS.iter().enumerate() {
        let own = |format: Option<Format>| {
            let own = outcomes.iter().filter(move |((other, ..), _)| *other == number);
            sum(own.filter(move |((_, other, _), _)| format.is_none_or(|format| *other == format)).map(|(_, own)| own))
        };
        for format in Format::CELLS.iter().chain(Format::PAGES) {
            line(kind.name, format.name(), &own(Some(*format)));
        }
        line(kind.name, "all", &own(None));
    }
    for family in ["list", "matrix", "local"] {
        line("total", family, &sum(outcomes.iter().filter(|((.., own), _)| *own == family).map(|(_, own)| own)));
    }
    line("total", "all", &sum(outcomes.values()));
}

/// Writes the smallest failing inputs, all of them as they are where cases were replayed, and the smallest of which many values are left out.
fn write_failures(engine: &Engine, outcomes: &Outcomes, folder: &Path, list: &str, is_replay: bool) {
    let failed = outcomes.iter().flat_map(|((number, ..), outcome)| outcome.failed.iter().map(|seed| (*number, *seed)));
    let failed: String = failed.map(|(number, seed)| format!("{seed} {}\n", KINDS[number].name)).collect();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(list), failed).unwrap();
    for ((number, format, family), outcome) in outcomes {
        let kind = &KINDS[*number];
        let name = format!("{}-{}-{family}", kind.name.replace(' ', "-"), format.name());
        if let Some((_, seed)) = outcome.failing {
            let case = Case::new(engine, kind, seed);
            let smaller = shrink::shrink(engine, &case);
            shrink::write(engine, &case, &smaller, folder, &name, kind.name).unwrap();
        }
        if is_replay {
            for seed in &outcome.failed {
                let case = Case::new(engine, kind, *seed);
                shrink::write(engine, &case, &case.document, folder, &format!("{name}-{seed}"), kind.name).unwrap();
            }
        }
        if let Some((_, seed)) = outcome.unread {
            let case = Case::new(engine, kind, seed);
            let name = format!("{name}-unread");
            shrink::write(engine, &case, &case.document, folder, &name, kind.name).unwrap();
        }
    }
}

/// The cases in a list of seeds and kinds.
fn replayed(list: &str) -> Vec<(usize, u64)> {
    let case = |line: &str| {
        let (seed, name) = line.split_once(' ').unwrap();
        (KINDS.iter().position(|kind| kind.name == name).unwrap(), seed.parse().unwrap())
    };
    list.lines().map(case).collect()
}

#[test]
fn structural_damage_is_read_or_named() {
    check(false, CASES);
}

#[test]
fn damaged_pages_are_read_or_named() {
    check(true, PAGE_CASES);
}

/// Runs the kinds of cells or of pages.
fn check(is_on_page: bool, usual: usize) {
    let engine = Engine::new();
    let cases = variable("XXGK_DAMAGE_CASES").unwrap_or(usual);
    let seed = variable("XXGK_DAMAGE_SEED").or_else(|| variable("PROPTEST_RNG_SEED")).unwrap_or(SEED);
    let wanted: String = variable("XXGK_DAMAGE_KIND").unwrap_or_default();
    let is_wanted = |at: &usize| KINDS[*at].is_on_page() == is_on_page && KINDS[*at].name.contains(&wanted);
    let kinds: Vec<usize> = (0..KINDS.len()).filter(is_wanted).collect();
    if kinds.is_empty() {
        return;
    }
    let replay: Option<PathBuf> = variable("XXGK_DAMAGE_REPLAY");
    let numbered: Vec<(usize, u64)> = match &replay {
        Some(file) => {
            let all = replayed(&std::fs::read_to_string(file).unwrap());
            all.into_iter().filter(|(number, _)| kinds.contains(number)).collect()
        }
        None => (0..cases).map(|at| (kinds[at % kinds.len()], seed + at as u64)).collect(),
    };
    let outcomes = run(&engine, &numbered);
    print(&outcomes);
    if let Some(folder) = variable::<PathBuf>("XXGK_DAMAGE_DIR") {
        let list = if is_on_page { "failing-pages.txt" } else { "failing.txt" };
        write_failures(&engine, &outcomes, &folder, list, replay.is_some());
    }
    let is_usual = cases == usual && seed == SEED && wanted.is_empty() && replay.is_none();
    let mut worse = Vec::new();
    for number in kinds {
        let own = || outcomes.iter().filter(move |((other, ..), _)| *other == number);
        let all = sum(own().map(|(_, outcome)| outcome));
        let grids =
            sum(own().filter(|((_, format, _), _)| format.is_grid() || format.is_paged()).map(|(_, outcome)| outcome));
        worse.extend(ratchet::worse(&KINDS[number], &all, &grids, is_usual));
    }
    assert!(worse.is_empty(), "worse than ratchet.rs allows:\n{}", worse.join("\n"));
}

/// Failures that were fixed stay fixed: kind and seed.
#[test]
fn pinned_cases_are_read_or_named() {
    let engine = Engine::new();
    for (name, seed) in ratchet::PINNED {
        let number = KINDS.iter().position(|kind| kind.name == *name).unwrap();
        let (_, tally, _) = run_case(&engine, number, *seed);
        assert_eq!((tally.silent, tally.wrong), (0, 0), "{name} {seed}");
    }
}
