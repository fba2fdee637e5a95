//! The record of a run, so that it can be killed at any time and resumed.
//!
//! A journal is a hidden file in the folder of the outputs, locked by the run that writes it. Its first line names the
//! options that decide what outputs hold. Each further line is an input that is done, with its stamp and the fingerprints of
//! its outputs. An incomplete last line of a killed run does not count. A run that completes removes the file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::atomic_file;
use super::failure::Failure;
use super::stamp::Stamp;
use super::summary::SummaryRow;

/// The journal's name.
const NAME: &str = ".xxgk-journal";

/// The longest line that is read. Names and counts of findings stay far below.
const LINE: u64 = 1 << 20;

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct JournalHeader {
    journal: String,
    options: String,
}

impl JournalHeader {
    fn new(options: &str) -> Self {
        Self { journal: "xxgk.journal/1".to_owned(), options: options.to_owned() }
    }
}

/// An input that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JournalEntry<'r> {
    /// The input as it was named.
    pub input: String,
    /// Tells whether the input is still the same.
    pub stamp: Stamp,
    /// The names its outputs wanted, before numbers made them unique; empty where the plan had settled the name.
    pub wanted: Vec<String>,
    /// The names they got.
    pub got: Vec<String>,
    /// Its outputs.
    pub outputs: Vec<RecordedOutput>,
    /// Its row of the summary.
    pub row: Cow<'r, SummaryRow>,
}

/// An output that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedOutput {
    /// The file.
    pub path: PathBuf,
    /// Tells whether it still holds the same.
    pub fingerprint: Fingerprint,
}

/// The length and CRC-32 of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    length: u64,
    crc: u32,
}

impl Fingerprint {
    /// The fingerprint of some bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self { length: bytes.len() as u64, crc: crc32fast::hash(bytes) }
    }

    /// Whether a file still holds the bytes.
    pub(crate) fn fits(self, path: &Path) -> bool {
        let same_length = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == self.length);
        same_length && fs::read(path).is_ok_and(|bytes| Self::new(&bytes) == self)
    }
}

/// What an earlier run left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing: no run was interrupted.
    Nothing,
    /// An interrupted run, which is resumed.
    Resumed,
    /// An interrupted run, which is not resumed.
    Dropped,
    /// An interrupted run with other options, which cannot be resumed.
    Other,
}

/// The journal of a run.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// The offset of the line of each input, by the hash of its name.
    lines: HashMap<u64, u64>,
}

impl Journal {
    /// Opens the journal of a folder for this run alone.
    ///
    /// # Errors
    /// `fail.two_runs` where another run has it; `fail.journal` or a failure that ends the run where it cannot be written.
    pub(crate) fn open(folder: &Path, options: &str, resume: bool) -> Result<(Self, Before), Failure> {
        let path = folder.join(NAME);
        let failed = |error| failed(&path, error);
        let Some(mut file) = atomic_file::lock(&path, failed)? else {
            return Err(Failure::new("fail.two_runs").with("output", folder.display()));
        };
        let header = JournalHeader::new(options);
        let (found, lines, end) = load(&file).map_err(failed)?;
        let before = match found {
            None if end == 0 => Before::Nothing,
            Some(found) if resume && found == header => Before::Resumed,
            _ if resume => Before::Other,
            _ => Before::Dropped,
        };
        let lines = if before == Before::Resumed {
            file.set_len(end).map_err(failed)?;
            lines
        } else {
            file.set_len(0).map_err(failed)?;
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            file.write_all(&line(&header)).map_err(failed)?;
            HashMap::new()
        };
        Ok((Self { path, file: Mutex::new(file), lines }, before))
    }

    /// The entry that the interrupted run made for an input.
    pub(crate) fn entry(&self, input: &str) -> Option<JournalEntry<'static>> {
        let at = *self.lines.get(&key(input))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut line = Vec::new();
        BufReader::new(&mut *file).take(LINE).read_until(b'\n', &mut line).ok()?;
        serde_json::from_slice::<JournalEntry<'_>>(&line).ok().filter(|entry| entry.input == input)
    }

    /// Adds an input that is done.
    pub(crate) fn add(&self, entry: &JournalEntry<'_>) -> Result<(), Failure> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.seek(SeekFrom::End(0)).and_then(|_| file.write_all(&line(entry)));
        written.map_err(|error| failed(&self.path, error))
    }

    /// Removes the journal of a run that is complete.
    ///
    /// # Errors
    /// `fail.output_gone` where the folder is no longer the one that the run began with.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if !atomic_file::is_at(&file, &self.path) {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            return Err(Failure::new("fail.output_gone").with("output", folder.display()));
        }
        fs::remove_file(&self.path).map_err(|error| failed(&self.path, error))
    }
}

fn failed(path: &Path, error: io::Error) -> Failure {
    let failure = super::files::failed(path, path.parent(), error);
    if failure.ends_run() {
        return failure;
    }
    match failure {
        Failure::Message(_, arguments) => Failure::Message("fail.journal", arguments),
        other => other,
    }
}

/// A value as one line.
fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

fn key(input: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    hasher.finish()
}

/// The header, the offset of each input's last line, and the end of the last complete line.
fn load(file: &File) -> io::Result<(Option<JournalHeader>, HashMap<u64, u64>, u64)> {
    let mut reader = BufReader::new(file);
    let mut lines = HashMap::new();
    let (mut header, mut at) = (None, 0);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let length = (&mut reader).take(LINE).read_until(b'\n', &mut bytes)? as u64;
        if bytes.last() != Some(&b'\n') {
            // The end, or what a killed run was writing.
            let torn = u64::from(length > 0 && header.is_none());
            return Ok((header, lines, at.max(torn)));
        }
        if header.is_none() {
            let Ok(found) = serde_json::from_slice(&bytes) else { return Ok((None, lines, length)) };
            header = Some(found);
        } else {
            let Ok(entry) = serde_json::from_slice::<JournalEntry<'_>>(&bytes) else { return Ok((header, lines, at)) };
            lines.insert(key(&entry.input), at);
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(input: &str) -> JournalEntry<'static> {
        let stamp = Stamp::new(&fs::metadata(env!("CARGO_MANIFEST_DIR")).unwrap());
        let stamp =
            stamp.or_else(|| Stamp::new(&fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap()));
        JournalEntry {
            input: input.to_owned(),
            stamp: stamp.unwrap(),
            wanted: vec!["2017".to_owned()],
            got: vec!["2017-2".to_owned()],
            outputs: vec![RecordedOutput { path: "out/2017-2.csv".into(), fingerprint: Fingerprint::new(b"x") }],
            row: Cow::Owned(SummaryRow { input: input.to_owned(), seconds: 0.5, ..SummaryRow::default() }),
        }
    }

    fn open(folder: &Path, options: &str, resume: bool) -> (Journal, Before) {
        Journal::open(folder, options, resume).unwrap()
    }

    #[test]
    fn an_interrupted_run_goes_on_only_when_asked_and_with_the_same_options() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let (journal, before) = open(at, "csv", true);
        assert_eq!(before, Before::Nothing);
        journal.add(&entry("a.xls")).unwrap();
        assert!(matches!(Journal::open(at, "csv", true), Err(Failure::Message("fail.two_runs", _))));
        drop(journal);
        let (journal, before) = open(at, "csv", true);
        assert_eq!((before, journal.entry("a.xls")), (Before::Resumed, Some(entry("a.xls"))));
        assert_eq!(journal.entry("b.xls"), None);
        journal.add(&entry("b.xls")).unwrap();
        drop(journal);
        let (journal, _) = open(at, "csv", true);
        assert!(journal.entry("a.xls").is_some() && journal.entry("b.xls").is_some());
        drop(journal);
        assert_eq!(open(at, "pdf", true).1, Before::Other);
        let (journal, before) = open(at, "pdf", false);
        assert_eq!((before, journal.entry("a.xls")), (Before::Dropped, None));
        journal.remove().unwrap();
        assert_eq!(fs::read_dir(at).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_was_replaced_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = open(folder.path(), "csv", false);
        fs::remove_file(folder.path().join(NAME)).unwrap();
        assert!(matches!(journal.remove(), Err(Failure::Message("fail.output_gone", _))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_journal_torn_anywhere_keeps_its_whole_lines(cut in 0usize..2000, tail in "\\PC{0,9}\n?") {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(NAME);
            let names = ["a.xls", "县/b.xls", "c.xls"];
            let (journal, _) = open(folder.path(), "csv", false);
            names.iter().for_each(|name| journal.add(&entry(name)).unwrap());
            drop(journal);
            let mut bytes = fs::read(&path).unwrap();
            let cut = cut % (bytes.len() + 1);
            bytes.truncate(cut);
            let complete = bytes.iter().filter(|byte| **byte == b'\n').count();
            let ends = bytes.last().is_none_or(|byte| *byte == b'\n');
            // The tail must not be a valid line by chance.
            if ends { bytes.extend(tail.bytes()); }
            fs::write(&path, bytes).unwrap();
            let (journal, _) = open(folder.path(), "csv", true);
            for (at, name) in names.iter().enumerate() {
                prop_assert_eq!(journal.entry(name).is_some(), complete > at + 1);
            }
            journal.add(&entry("new.xls")).unwrap();
            drop(journal);
            let (journal, before) = open(folder.path(), "csv", true);
            prop_assert_eq!(before, Before::Resumed);
            prop_assert!(journal.entry("new.xls").is_some());
        }
    }
}
