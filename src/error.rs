//! Why a file cannot go on.
//!
//! An [`Error`] ends the work on one file. Things noticed on the way are findings ([`crate::finding`]), not errors.

use std::fmt;

use crate::location::Location;
use crate::message::{self, Arguments, Lang};

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why one file cannot go on: what was found, where, and what would work.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    at: Option<Location>,
    arguments: Arguments,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of errors; [`ErrorKind::key`] names the sentence in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing is in the file.
    Empty,
    /// The bytes are no format that can hold a table: `found` says what they are.
    NotATable,
    /// A password protects the file.
    Encrypted,
    /// The bytes are `format`, but damaged: `detail` says how.
    Corrupt,
    /// The bytes are `found`, not the `wanted` format that was asked for.
    WrongFormat,
    /// The bytes are a known format that is not read.
    Unsupported,
    /// The file is larger than what is read: `found`, `limit`.
    TooLarge,
    /// The worksheet `wanted` is not in the workbook, which has `found`.
    SheetNotFound,
    /// No table of a known template was found.
    NoTemplate,
    /// The bytes are not text in `encoding`.
    Encoding,
    /// No encoding is called `wanted`; there are `found`.
    UnknownEncoding,
    /// A template file is wrong: `detail`.
    Template,
    /// No template is called `wanted`; there are `found`.
    TemplateNotFound,
    /// The JSON is no report: `detail`.
    Json,
    /// The output could not be made: `detail`.
    Write,
    /// No encoding that can be written is called `wanted`; there are `found`.
    EncodingNotFound,
    /// `encoding` has no `character`, which stands in `text`.
    Unencodable,
    /// A font cannot be used: `path`, `detail`.
    Font,
}

impl ErrorKind {
    /// The catalogue's key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "error.empty",
            Self::NotATable => "error.not_a_table",
            Self::Encrypted => "error.encrypted",
            Self::Corrupt => "error.corrupt",
            Self::WrongFormat => "error.wrong_format",
            Self::Unsupported => "error.unsupported",
            Self::TooLarge => "error.too_large",
            Self::SheetNotFound => "error.sheet_not_found",
            Self::NoTemplate => "error.no_template",
            Self::Encoding => "error.encoding",
            Self::UnknownEncoding => "error.unknown_encoding",
            Self::Template => "error.template",
            Self::TemplateNotFound => "error.template_not_found",
            Self::Json => "error.json",
            Self::Write => "error.write",
            Self::EncodingNotFound => "error.encoding_not_found",
            Self::Unencodable => "error.unencodable",
            Self::Font => "error.font",
        }
    }
}

impl Error {
    /// An error of a kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, at: None, arguments: Arguments::new(), source: None }))
    }

    /// Sets a word or figure of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.arguments.insert(name, value.to_string());
        self
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, at: Location) -> Self {
        self.0.at = Some(at);
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The place, where there is one.
    pub fn location(&self) -> Option<&Location> {
        self.0.at.as_ref()
    }

    /// What happened, in one language.
    pub fn message(&self, lang: Lang) -> String {
        message::text(self.0.kind.key(), lang, &self.0.arguments)
    }

    /// What would work, in one language.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        message::hint(self.0.kind.key(), lang, &self.0.arguments)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = &self.0.at {
            write!(f, "{at}: ")?;
        }
        f.write_str(&self.message(Lang::EN))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
