//! One conversion: bytes → document → reports → bytes → files.
//!
//! In: a [`Job`], the [`Settings`] that all jobs share and the [`Ticket`] that says when the job may write. Out: an
//! [`Outcome`] with everything that happened; a failure is part of it and leaves no half output. Nothing here prints.

use std::collections::HashSet;
use std::path::Path;
use std::sync::PoisonError;
use std::time::Instant;

use crate::finding::Finding;
use crate::report::Report;
use crate::write::{Format, tidy};

use super::failure::Failure;
use super::files::{self, Written};
use super::input::Input;
use super::journal::Fingerprint;
use super::outcome::{Names, Outcome, Output, OutputState, ReportSummary};
use super::plan::{Job, Target};
use super::pool::Ticket;
use super::settings::Settings;
use super::share::{Share, file, shares};
use super::summary::ReportIdentity;

/// Converts one input.
pub(crate) fn convert(job: &Job, settings: &Settings, ticket: &Ticket) -> Outcome {
    let begun = Instant::now();
    let mut outcome = Outcome::default();
    if !resume(job, settings, ticket, &mut outcome) {
        outcome.failure = work(job, settings, ticket, &mut outcome).err();
    }
    // Rounded to microseconds, since less says nothing.
    outcome.seconds = begun.elapsed().as_micros() as f64 / 1e6;
    outcome
}

/// Finds out whether an interrupted run had done the job and everything is as it left it.
fn resume(job: &Job, settings: &Settings, ticket: &Ticket, outcome: &mut Outcome) -> bool {
    let (Some(journal), Some(path), Target::Files { folder, below, stem, formats }) =
        (&settings.journal, job.input.path(), &job.target)
    else {
        return false;
    };
    let Some(entry) = path.to_str().and_then(|path| journal.entry(path)) else { return false };
    let unchanged = files::stamp(path) == Some(entry.stamp);
    if !unchanged || !entry.outputs.iter().all(|output| output.fingerprint.fits(&output.path)) {
        return false;
    }
    if entry.wanted.is_empty() {
        // The plan settles the name, and other inputs than before may have changed it.
        let planned = formats.iter().map(|(_, extension)| file(folder, stem, extension));
        if !planned.eq(entry.outputs.iter().map(|output| output.path.clone())) {
            return false;
        }
    } else {
        if !ticket.may_write() || !ticket.wait_turn() {
            outcome.dropped = true;
            return true;
        }
        let got = take(settings, below, &entry.wanted);
        if got != entry.got {
            outcome.names = Names { wanted: entry.wanted, got };
            return false;
        }
    }
    outcome.resumed = Some(entry.row.into_owned());
    true
}

fn take(settings: &Settings, below: &Path, wanted: &[String]) -> Vec<String> {
    let mut taken = settings.taken.lock().unwrap_or_else(PoisonError::into_inner);
    wanted.iter().map(|name| taken.take(below, name)).collect()
}

fn work(job: &Job, settings: &Settings, ticket: &Ticket, outcome: &mut Outcome) -> Result<(), Failure> {
    let reports = read(job, settings, ticket, outcome)?;
    // Everything is drawn before the first file is written.
    let (shares, wanted) = shares(&job.target, &reports, settings.pattern.as_ref());
    let mut drawn = Vec::with_capacity(shares.len());
    let mut seen = HashSet::new();
    for share in &shares {
        drawn.push(match &job.target {
            Target::Rows(_) => rows(&reports, share.format, &job.input, settings)?,
            target => {
                let options = settings.output.of(matches!(target, Target::Files { .. }));
                let reports: Vec<&Report> = share.reports.iter().collect();
                let output = settings.input.engine.write(&reports, share.format, &options)?;
                note(&mut outcome.findings, &mut seen, &output.findings);
                output.bytes
            }
        });
    }
    // A resumed job may write already and has its names.
    let has_names = outcome.names.got.len() == wanted.len() && !wanted.is_empty();
    let in_turn = settings.in_turn || (!wanted.is_empty() && !has_names);
    if (!has_names && !ticket.may_write()) || (in_turn && !ticket.wait_turn()) {
        outcome.dropped = true;
        return Ok(());
    }
    if let Target::Files { below, .. } = &job.target
        && !has_names
    {
        let got = take(settings, below, &wanted);
        outcome.names = Names { wanted, got };
    }
    for (share, bytes) in shares.iter().zip(drawn) {
        let output = write(share, bytes, &job.target, settings, &outcome.names)?;
        outcome.outputs.push(output);
    }
    Ok(())
}

/// Reads an input and checks its reports.
fn read(job: &Job, settings: &Settings, ticket: &Ticket, outcome: &mut Outcome) -> Result<Vec<Report>, Failure> {
    let engine = &settings.input.engine;
    let is_stdin = job.input == Input::Stdin;
    if is_stdin {
        // A person or another program may take any time.
        ticket.stop_clock();
    }
    let (bytes, stamp) = files::read(job.input.path())?;
    if is_stdin {
        ticket.start_clock();
    }
    outcome.stamp = stamp;
    let input = engine.read(&bytes, &settings.input.of(&job.input))?;
    drop(bytes);
    note(&mut outcome.findings, &mut HashSet::new(), input.findings());
    let keeps_findings = job.target.formats().any(Format::holds_findings);
    let loses_text = !job.target.holds_narrative();
    let reports = engine.correct(&input, engine.recognize(&input)?, &job.input.display())?;
    // The same findings as those of `check`. The first report has those of the reader.
    outcome.findings.clear();
    let mut checked = Vec::with_capacity(reports.len());
    for (index, examined) in engine.check(&input, reports).into_iter().enumerate() {
        outcome.without_narrative += usize::from(loses_text && examined.has_narrative());
        if settings.lists_doubtful {
            outcome.doubtful.extend(examined.doubtful(index + 1));
        }
        outcome.findings.extend_from_slice(&examined.findings);
        let mut report = examined.report;
        if keeps_findings {
            report.findings = examined.findings;
        }
        checked.push(report);
    }
    let reports = checked;
    outcome.reports = reports.iter().map(ReportIdentity::new).collect();
    Ok(reports)
}

/// Adds findings that are not there yet: outputs in several formats have the same. `seen` has those added so far.
fn note<'f>(findings: &mut Vec<Finding>, seen: &mut HashSet<Finding>, more: impl IntoIterator<Item = &'f Finding>) {
    for finding in more {
        if seen.is_empty() {
            seen.extend(findings.iter().cloned());
        }
        if seen.insert(finding.clone()) {
            findings.push(finding.clone());
        }
    }
}

/// The rows of an input in the one table of all values.
fn rows(reports: &[Report], format: Format, input: &Input, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let (source, options) = (input.display(), settings.output.of(false));
    let mut bytes = Vec::new();
    for report in reports {
        tidy::write(report, &source, format, &options, &mut bytes)?;
    }
    Ok(bytes)
}

/// Writes an output, where it is a file.
fn write(
    share: &Share<'_>,
    bytes: Vec<u8>,
    target: &Target,
    settings: &Settings,
    names: &Names,
) -> Result<Output, Failure> {
    let path = share.path(target, &names.got);
    let mut fingerprint = None;
    let state = match &path {
        _ if settings.dry_run => OutputState::Planned,
        None => OutputState::Bytes(bytes),
        Some(path) => {
            fingerprint = settings.journal.is_some().then(|| Fingerprint::new(&bytes));
            match settings.outputs.write(path, &bytes)? {
                Written::New => OutputState::Written,
                Written::Unchanged => OutputState::Unchanged,
            }
        }
    };
    let reports = share.reports.iter().map(ReportSummary::new).collect();
    Ok(Output { path, format: share.format, reports, state, fingerprint })
}
