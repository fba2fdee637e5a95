//! Files in, files out: the only place beside the command line that touches a disk.
//!
//! In: a [`plan::Request`] naming inputs and where the outputs go. [`plan::plan`] turns it into jobs, [`run::run`] does one
//! job: bytes → document → reports → bytes → files, whole or not at all. [`pool`] does many side by side and hands
//! over what they came to in the order of the inputs; [`journal`] remembers what is done, [`summary`] accounts for it. The
//! command line shows what they return.

pub mod atomic_file;
pub mod files;
pub mod format;
pub mod journal;
pub mod name;
pub mod paths;
pub mod plan;
pub mod pool;
pub mod run;
pub mod summary;
mod walk;

use crate::message::{self, Arguments, Lang};

/// Why a call or a job cannot go on: a sentence of the catalogue with its words, or an error of the library.
#[derive(Debug)]
pub enum Failure {
    /// A sentence of the catalogue.
    Said(&'static str, Arguments),
    /// The library's own error.
    Library(crate::Error),
}

impl Failure {
    /// A failure the catalogue has a sentence for.
    pub fn new(key: &'static str) -> Self {
        Self::Said(key, Arguments::new())
    }

    /// Sets a word of the sentence.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Self::Said(_, arguments) = &mut self {
            arguments.insert(name, value.to_string());
        }
        self
    }

    /// Whether what failed fails for every other input as well, so that going on makes no sense.
    pub fn ends_run(&self) -> bool {
        matches!(self, Self::Said("fail.disk_full" | "fail.read_only" | "fail.output_gone" | "fail.journal", _))
    }

    /// What happened.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::Said(key, arguments) => message::text(key, lang, arguments),
            Self::Library(error) => error.message(lang),
        }
    }

    /// What would work.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Said(key, arguments) => message::hint(key, lang, arguments),
            Self::Library(error) => error.hint(lang),
        }
    }

    /// The place in the file, where there is one.
    pub fn location(&self) -> Option<&crate::document::Location> {
        match self {
            Self::Said(..) => None,
            Self::Library(error) => error.location(),
        }
    }

    /// The same in words.
    pub fn place(&self, lang: Lang) -> Option<String> {
        self.location().map(|at| at.to_text(lang))
    }
}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        Self::Library(error)
    }
}
