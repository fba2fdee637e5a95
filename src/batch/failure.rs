//! Why a call or a job cannot go on.

use std::path::Path;

use crate::location::Location;
use crate::message::{self, Arguments, Lang};

/// A failure: a sentence of the catalogue with its words, or an error of the library.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A sentence of the catalogue.
    Message(&'static str, Arguments),
    /// The library's own error.
    Library(crate::Error),
    /// A failure of a file that an option names.
    OfFile(String, Box<Failure>),
}

impl Failure {
    /// A failure the catalogue has a sentence for.
    pub(crate) fn new(key: &'static str) -> Self {
        Self::Message(key, Arguments::new())
    }

    /// Sets a word of the sentence.
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Self::Message(_, arguments) = &mut self {
            arguments.insert(name, value.to_string());
        }
        self
    }

    /// The same, about a file that an option names.
    pub(crate) fn of_file(self, path: &Path) -> Self {
        Self::OfFile(path.display().to_string(), Box::new(self))
    }

    /// The file that an option names, where the failure is about one.
    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Self::OfFile(file, _) => Some(file),
            Self::Message(..) | Self::Library(_) => None,
        }
    }

    /// Whether what failed fails for every other input as well, so that going on makes no sense.
    pub(crate) fn ends_run(&self) -> bool {
        matches!(self, Self::Message("fail.disk_full" | "fail.read_only" | "fail.output_gone" | "fail.journal", _))
    }

    /// What happened.
    pub(crate) fn message(&self, lang: Lang) -> String {
        match self {
            Self::Message(key, arguments) => message::text(key, lang, arguments),
            Self::Library(error) => error.message(lang),
            Self::OfFile(_, failure) => failure.message(lang),
        }
    }

    /// What would work.
    pub(crate) fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Message(key, arguments) => message::hint(key, lang, arguments),
            Self::Library(error) => error.hint(lang),
            Self::OfFile(_, failure) => failure.hint(lang),
        }
    }

    /// What a parser said, which is in English.
    pub(crate) fn source(&self) -> Option<String> {
        match self {
            Self::Message(..) => None,
            Self::Library(error) => std::error::Error::source(error).map(ToString::to_string),
            Self::OfFile(_, failure) => failure.source(),
        }
    }

    /// The place in the file, where there is one.
    pub(crate) fn location(&self) -> Option<&Location> {
        match self {
            Self::Message(..) => None,
            Self::Library(error) => error.location(),
            Self::OfFile(_, failure) => failure.location(),
        }
    }

    /// The same in words.
    pub(crate) fn place(&self, lang: Lang) -> Option<String> {
        self.location().map(|at| at.to_text(lang))
    }
}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        Self::Library(error)
    }
}
