//! Why a file cannot be read or written.
//!
//! An [`Error`] ends the work on one file. What is noticed on the way is a finding ([`crate::finding`]), not an error.

use std::fmt;

use crate::location::Location;
use crate::message::{self, Arguments, Lang};

/// The result of everything that can fail here.
///
/// ```
/// fn organization(bytes: &[u8]) -> xxgk::Result<Option<String>> {
///     let reports = xxgk::engine::Engine::new().examine(bytes, &Default::default())?;
///     Ok(reports.into_iter().next().and_then(|one| one.report.organization))
/// }
/// assert!(organization(b"").is_err());
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why one file cannot be read or written: what was found, where, and what would help.
///
/// ```
/// use xxgk::ErrorKind;
/// use xxgk::engine::Engine;
/// use xxgk::message::Lang;
/// use xxgk::read::ReadOptions;
///
/// let error = Engine::new().read(b"", &ReadOptions::default()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Empty));
/// assert_eq!(error.message(Lang::EN), "the file is empty");
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    at: Option<Location>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of errors, with what each is about.
///
/// A `String` that begins with `@`, such as `@format.pdf`, is a key of the message catalogue: [`Error::message`] shows
/// its text in the language of the message.
///
/// ```
/// use xxgk::ErrorKind;
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let input = engine.read("没有表格的一段话".as_bytes(), &ReadOptions::default()).expect("text");
/// let error = engine.recognize(&input).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::NoTable));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the doc of each variant names its fields")]
pub enum ErrorKind {
    /// The file has no content.
    Empty,
    /// The content is no format that can hold a table, but `found`.
    NotATable { found: String },
    /// A password protects the file.
    Encrypted,
    /// The content is in `format`, but damaged: `detail` says how.
    Corrupt { format: String, detail: String },
    /// The content is `found`, not the format `wanted`.
    WrongFormat { found: String, wanted: String },
    /// The content is `found`, a known format that cannot be read.
    Unsupported { found: String },
    /// The file is larger than the `limit`: `found` is its size, or what there is too much of.
    TooLarge { found: String, limit: String },
    /// The workbook has no worksheet `wanted`, but those of `found`.
    SheetNotFound { wanted: String, found: Vec<String> },
    /// The file has no text, but `pages` that are images.
    Scanned { pages: usize },
    /// The file has no statistics table.
    NoTable,
    /// The visible worksheets have no statistics table; those of `sheets` are hidden.
    OnlyHidden { sheets: Vec<String> },
    /// The text is not in `encoding`, from `line` on.
    Encoding { encoding: String, line: u32 },
    /// No encoding is called `wanted`; `found` lists those that can be read.
    UnknownEncoding { wanted: String, found: Vec<String> },
    /// A template file is invalid: `detail` says why, with its `arguments` if it is a key, and `place` where.
    Template { place: String, detail: String, arguments: Vec<(String, String)> },
    /// No template is called `wanted`; `found` lists those there are.
    TemplateNotFound { wanted: String, found: Vec<String> },
    /// The JSON is not a report: `detail` says why.
    Json { detail: String },
    /// The output in `format` cannot be written: `detail` says why.
    Write { format: String, detail: String },
    /// No encoding that can be written is called `wanted`; `found` lists those there are.
    EncodingNotFound { wanted: String, found: Vec<String> },
    /// `encoding` lacks `character`, which occurs in `text`.
    Unencodable { encoding: String, character: char, text: String },
    /// A report needs its template to be written in `format`, and the template is not loaded.
    TemplateNotLoaded { format: String },
    /// There are several `reports`, and an output in `format` holds one.
    SeveralReports { reports: usize, format: String },
    /// The correction of `id` in a `line` of `file` cannot be used: `reason` says why, `found` is what was found.
    Correction { file: String, line: u32, id: String, reason: String, found: String },
    /// The font of `path` cannot be used: `detail` says why.
    Font { path: String, detail: String },
}

impl ErrorKind {
    /// The name of the kind, such as `too_large`, which stays the same in every version.
    pub fn name(&self) -> &'static str {
        let (key, _) = self.parts(Lang::default());
        key.trim_start_matches("error.")
    }

    /// The key of the message, such as `error.empty`, with its arguments in one language.
    fn parts(&self, lang: Lang) -> (&'static str, Arguments) {
        let of = |text: &String| text.clone();
        let list = |items: &[String]| items.join(lang.list_separator());
        match self {
            Self::Empty => ("error.empty", Arguments::new()),
            Self::NotATable { found } => ("error.not_a_table", [("found", of(found))].into()),
            Self::Encrypted => ("error.encrypted", Arguments::new()),
            Self::Corrupt { format, detail } => {
                ("error.corrupt", [("format", of(format)), ("detail", of(detail))].into())
            }
            Self::WrongFormat { found, wanted } => {
                ("error.wrong_format", [("found", of(found)), ("wanted", of(wanted))].into())
            }
            Self::Unsupported { found } => ("error.unsupported", [("found", of(found))].into()),
            Self::TooLarge { found, limit } => ("error.too_large", [("found", of(found)), ("limit", of(limit))].into()),
            Self::SheetNotFound { wanted, found } => {
                ("error.sheet_not_found", [("wanted", of(wanted)), ("found", lang.quoted_list(found))].into())
            }
            Self::Scanned { pages } => ("error.scanned", [("pages", pages.to_string())].into()),
            Self::NoTable => ("error.no_table", Arguments::new()),
            Self::OnlyHidden { sheets } => ("error.only_hidden", [("sheets", lang.quoted_list(sheets))].into()),
            Self::Encoding { encoding, line } => {
                ("error.encoding", [("encoding", of(encoding)), ("line", line.to_string())].into())
            }
            Self::UnknownEncoding { wanted, found } => {
                ("error.unknown_encoding", [("wanted", of(wanted)), ("found", list(found))].into())
            }
            Self::Template { place, detail, arguments } => {
                ("error.template", [("detail", format!("{place}{}", filled(detail, arguments, lang)))].into())
            }
            Self::TemplateNotFound { wanted, found } => {
                ("error.template_not_found", [("wanted", of(wanted)), ("found", list(found))].into())
            }
            Self::Json { detail } => ("error.json", [("detail", of(detail))].into()),
            Self::Write { format, detail } => ("error.write", [("format", of(format)), ("detail", of(detail))].into()),
            Self::EncodingNotFound { wanted, found } => {
                ("error.encoding_not_found", [("wanted", of(wanted)), ("found", list(found))].into())
            }
            Self::Unencodable { encoding, character, text } => (
                "error.unencodable",
                [("encoding", of(encoding)), ("character", character.to_string()), ("text", of(text))].into(),
            ),
            Self::TemplateNotLoaded { format } => ("error.template_not_loaded", [("format", of(format))].into()),
            Self::SeveralReports { reports, format } => {
                ("error.several_reports", [("reports", reports.to_string()), ("format", of(format))].into())
            }
            Self::Correction { file, line, id, reason, found } => (
                "error.correction",
                [
                    ("file", of(file)),
                    ("line", line.to_string()),
                    ("id", of(id)),
                    ("reason", of(reason)),
                    ("found", of(found)),
                ]
                .into(),
            ),
            Self::Font { path, detail } => ("error.font", [("path", of(path)), ("detail", of(detail))].into()),
        }
    }
}

impl Error {
    /// An error of a kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, at: None, source: None }))
    }

    /// The error for a format that cannot be made.
    pub(crate) fn write(format: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let error = error.into();
        Self::new(ErrorKind::Write { format: format.to_owned(), detail: error.to_string() }).caused_by(error)
    }

    /// The error of a damaged file.
    pub(crate) fn corrupt(format: impl Into<String>, detail: impl ToString) -> Self {
        Self::new(ErrorKind::Corrupt { format: format.into(), detail: detail.to_string() })
    }

    /// Sets the location.
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
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    pub(crate) fn kind_mut(&mut self) -> &mut ErrorKind {
        &mut self.0.kind
    }

    /// The kind alone.
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// The location in the file, if known.
    pub fn location(&self) -> Option<&Location> {
        self.0.at.as_ref()
    }

    /// What happened, in one language.
    pub fn message(&self, lang: Lang) -> String {
        let (key, arguments) = self.0.kind.parts(lang);
        message::text(key, lang, &arguments)
    }

    /// What would help, in one language.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        let (key, arguments) = self.0.kind.parts(lang);
        let own = arguments.get("found").and_then(|found| hint_of_format(found.strip_prefix("@format.")?));
        message::hint(own.unwrap_or(key), lang, &arguments)
    }
}

/// A detail in one language: the text of its key with the arguments, where it is a key.
fn filled(detail: &str, arguments: &[(String, String)], lang: Lang) -> String {
    let arguments: Arguments = arguments.iter().cloned().collect();
    detail.strip_prefix('@').map_or_else(|| detail.to_owned(), |key| message::text(key, lang, &arguments))
}

/// The key of the hint for a format that is no table; none where the general hint of the error fits.
fn hint_of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "zip" | "gzip" | "seven_zip" | "tar" => "error.archive",
        "rar" | "bzip2" | "xz" | "many_files" | "much_unpacked" | "slowly_packed" | "nested_archives" => {
            "error.to_unpack"
        }
        _ if format.starts_with("packed_") => "error.to_unpack",
        "link" => "error.link",
        "mail" => "error.mail",
        "outlook" => "error.bare_mail",
        "pptx" | "ppt" | "open_document" => "error.slides",
        "uof" | "iwork" | "compound" | "bare_xls" | "xml" | "epub" => "error.to_save",
        "xps" => "error.to_print",
        "tidy" => "error.tidy",
        "database" => "error.database",
        "media" => "error.media",
        "program" => "error.program",
        "png" | "jpeg" | "gif" | "tiff" | "bmp" | "webp" | "picture" => "error.picture",
        "damaged_zip" => "error.corrupt",
        "shortcut" => "error.shortcut",
        "frameset" => "error.frameset",
        _ => return None,
    })
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

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}
