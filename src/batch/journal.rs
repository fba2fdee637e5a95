//! What a run has done so far, so that it can be killed at any time and go on.
//!
//! A hidden file in the folder of the outputs, locked by the run that writes it. Its first line names the options that
//! decide what outputs hold; each line after it is an input that is done, with what tells whether it is still the same and
//! what its outputs are. A line that a killed run left half written is no line. The file goes away when a run ends whole.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Failure;
use super::atomic_file;
use super::files::Stamp;
use super::summary::Row;

/// The journal's name.
const NAME: &str = ".xxgk-journal";

/// The longest line that is read; a report's names and findings stay far below.
const LINE: u64 = 1 << 20;

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    journal: String,
    options: String,
}

impl Head {
    fn new(options: &str) -> Self {
        Self { journal: "xxgk.journal/1".to_owned(), options: options.to_owned() }
    }
}

/// An input that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry<'r> {
    /// The input as it was named.
    pub input: String,
    /// What tells whether it is still the same.
    pub stamp: Stamp,
    /// The names its outputs wanted, before numbers told them from others; empty where the plan had settled the name.
    pub wanted: Vec<String>,
    /// The names they got.
    pub got: Vec<String>,
    /// Its outputs.
    pub outputs: Vec<Kept>,
    /// Its row of the account.
    pub row: Cow<'r, Row>,
}

/// An output that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The file.
    pub path: PathBuf,
    /// What tells whether it still holds the same.
    pub print: Print,
}

/// What tells bytes from others: their number and their CRC-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    length: u64,
    crc: u32,
}

impl Print {
    /// The print of some bytes.
    pub fn new(bytes: &[u8]) -> Self {
        Self { length: bytes.len() as u64, crc: crc32fast::hash(bytes) }
    }

    /// Whether a file still holds the bytes.
    pub fn fits(self, path: &Path) -> bool {
        let same_length = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == self.length);
        same_length && fs::read(path).is_ok_and(|bytes| Self::new(&bytes) == self)
    }
}

/// What was there when a journal was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: no run was interrupted.
    Nothing,
    /// An interrupted run, which goes on.
    Resumed,
    /// An interrupted run, which does not go on.
    Dropped,
    /// An interrupted run with other options, which cannot go on.
    Other,
}

/// The journal of a run.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    /// Where the line of each input is, by the hash of its name.
    lines: HashMap<u64, u64>,
}

impl Journal {
    /// Opens the journal of a folder for this run alone.
    ///
    /// # Errors
    /// `fail.two_runs` where another run has it; `fail.journal` and what ends a run where it cannot be written.
    pub fn open(folder: &Path, options: &str, resume: bool) -> Result<(Self, Before), Failure> {
        let path = folder.join(NAME);
        let failed = |error| failed(&path, error);
        let Some(mut file) = atomic_file::lock(&path).map_err(failed)? else {
            return Err(Failure::new("fail.two_runs").with("output", folder.display()));
        };
        let head = Head::new(options);
        let (found, lines, end) = load(&file).map_err(failed)?;
        let before = match found {
            None if end == 0 => Before::Nothing,
            Some(found) if resume && found == head => Before::Resumed,
            _ if resume => Before::Other,
            _ => Before::Dropped,
        };
        let lines = if before == Before::Resumed {
            file.set_len(end).map_err(failed)?;
            lines
        } else {
            file.set_len(0).map_err(failed)?;
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            file.write_all(&line(&head)).map_err(failed)?;
            HashMap::new()
        };
        Ok((Self { path, file: Mutex::new(file), lines }, before))
    }

    /// What the interrupted run noted of an input.
    pub fn entry(&self, input: &str) -> Option<Entry<'static>> {
        let at = *self.lines.get(&key(input))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut line = Vec::new();
        BufReader::new(&mut *file).take(LINE).read_until(b'\n', &mut line).ok()?;
        serde_json::from_slice::<Entry<'_>>(&line).ok().filter(|entry| entry.input == input)
    }

    /// Notes an input that is done.
    pub fn add(&self, entry: &Entry<'_>) -> Result<(), Failure> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.seek(SeekFrom::End(0)).and_then(|_| file.write_all(&line(entry)));
        written.map_err(|error| failed(&self.path, error))
    }

    /// Removes the journal of a run that ended whole.
    ///
    /// # Errors
    /// `fail.output_gone` where the folder is no longer the one that the run began with.
    pub fn remove(&self) -> Result<(), Failure> {
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
        Failure::Said(_, arguments) => Failure::Said("fail.journal", arguments),
        other @ Failure::Library(_) => other,
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

/// The head, the place of each input's last line, and where the last whole line ends.
fn load(file: &File) -> io::Result<(Option<Head>, HashMap<u64, u64>, u64)> {
    let mut reader = BufReader::new(file);
    let mut lines = HashMap::new();
    let (mut head, mut at) = (None, 0);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let length = (&mut reader).take(LINE).read_until(b'\n', &mut bytes)? as u64;
        if bytes.last() != Some(&b'\n') {
            // The end, or what a killed run was writing.
            let torn = u64::from(length > 0 && head.is_none());
            return Ok((head, lines, at.max(torn)));
        }
        if head.is_none() {
            let Ok(found) = serde_json::from_slice(&bytes) else { return Ok((None, lines, length)) };
            head = Some(found);
        } else {
            let Ok(entry) = serde_json::from_slice::<Entry<'_>>(&bytes) else { return Ok((head, lines, at)) };
            lines.insert(key(&entry.input), at);
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(input: &str) -> Entry<'static> {
        let stamp = Stamp::new(&fs::metadata(env!("CARGO_MANIFEST_DIR")).unwrap());
        let stamp =
            stamp.or_else(|| Stamp::new(&fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap()));
        Entry {
            input: input.to_owned(),
            stamp: stamp.unwrap(),
            wanted: vec!["2017".to_owned()],
            got: vec!["2017-2".to_owned()],
            outputs: vec![Kept { path: "out/2017-2.csv".into(), print: Print::new(b"x") }],
            row: Cow::Owned(Row { input: input.to_owned(), seconds: 0.5, ..Row::default() }),
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
        assert!(matches!(Journal::open(at, "csv", true), Err(Failure::Said("fail.two_runs", _))));
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
        assert!(matches!(journal.remove(), Err(Failure::Said("fail.output_gone", _))));
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
            let whole = bytes.iter().filter(|byte| **byte == b'\n').count();
            let ends = bytes.last().is_none_or(|byte| *byte == b'\n');
            // What follows a whole line must be no line by chance.
            if ends { bytes.extend(tail.bytes()); }
            fs::write(&path, bytes).unwrap();
            let (journal, _) = open(folder.path(), "csv", true);
            for (at, name) in names.iter().enumerate() {
                prop_assert_eq!(journal.entry(name).is_some(), whole > at + 1);
            }
            journal.add(&entry("new.xls")).unwrap();
            drop(journal);
            let (journal, before) = open(folder.path(), "csv", true);
            prop_assert_eq!(before, Before::Resumed);
            prop_assert!(journal.entry("new.xls").is_some());
        }
    }
}
