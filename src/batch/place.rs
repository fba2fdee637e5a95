//! Where outputs go: standard output, a file, a folder, or one table of all values.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::write::Format;

use super::failure::Failure;

/// What the user asked for.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// Files, folders and `-`.
    pub inputs: Vec<PathBuf>,
    /// File, folder or `-`.
    pub output: Option<PathBuf>,
    /// Output formats; without any, the extension of the output decides.
    pub formats: Vec<Format>,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Whether the output is one table of all values.
    pub tidy: bool,
    /// Whether a pattern names the outputs.
    pub named: bool,
    /// Whether to list what is skipped.
    pub verbose: bool,
}

/// Where the outputs of all jobs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OutputPlace {
    /// Standard output.
    Stdout(Format),
    /// The file the user names, for the only input.
    File {
        /// Its folder.
        folder: PathBuf,
        /// Its name without the extension.
        stem: String,
        /// Its format and extension.
        formats: Vec<(Format, String)>,
    },
    /// A folder with one output for each input and format.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Formats with their extensions.
        formats: Vec<(Format, String)>,
    },
    /// One table of all values, in a file or on standard output.
    Tidy(Option<PathBuf>, Format),
}

impl OutputPlace {
    /// The folder of all outputs.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder { folder, .. } => Some(folder),
            _ => None,
        }
    }

    /// Whether any output is CSV.
    pub(crate) fn writes_csv(&self) -> bool {
        match self {
            Self::Stdout(format) | Self::Tidy(_, format) => *format == Format::Csv,
            Self::File { formats, .. } | Self::Folder { formats, .. } => {
                formats.iter().any(|(format, _)| *format == Format::Csv)
            }
        }
    }
}

/// Settles where outputs go; `several` says that there is more than one input, or a folder.
///
/// # Errors
/// `usage.*` for an output and formats that do not fit together.
pub(crate) fn settle(request: &Request, several: bool) -> Result<OutputPlace, Failure> {
    let mut formats = request.formats.clone();
    let mut seen = BTreeSet::new();
    formats.retain(|format| seen.insert(*format));
    if request.tidy {
        return tidy(request, &formats);
    }
    let output = match &request.output {
        Some(output) if output.as_os_str() != "-" => output,
        _ => return stdout(request, &formats, several),
    };
    let is_folder = output.is_dir() || ends_with_separator(output);
    if is_folder || several || formats.len() > 1 {
        return folder(output, is_folder, formats);
    }
    let Some(format) = formats.first().copied().or(format_of(output)) else {
        let failure = Failure::new("usage.unknown_ending").with("output", output.display());
        return Err(failure.with("formats", format_names(|_| true)));
    };
    let text = |part: Option<&OsStr>| part.map_or_else(String::new, |part| part.to_string_lossy().into_owned());
    Ok(OutputPlace::File {
        folder: output.parent().map_or_else(PathBuf::new, Path::to_owned),
        stem: text(output.file_stem()),
        formats: vec![(format, text(output.extension()))],
    })
}

fn stdout(request: &Request, formats: &[Format], several: bool) -> Result<OutputPlace, Failure> {
    let &[format] = formats else {
        return Err(if !formats.is_empty() {
            Failure::new("usage.several_formats")
        } else if several && request.output.is_none() {
            Failure::new("usage.output_needed")
        } else {
            no_format()
        });
    };
    if several && format != Format::Ndjson {
        return Err(Failure::new("usage.output_needed"));
    }
    if request.terminal && format.is_binary() {
        return Err(Failure::new("usage.binary_terminal").with("format", format.name()));
    }
    Ok(OutputPlace::Stdout(format))
}

fn folder(output: &Path, is_folder: bool, formats: Vec<Format>) -> Result<OutputPlace, Failure> {
    if !is_folder && format_of(output).is_some() {
        return Err(Failure::new("usage.folder_needed").with("output", output.display()));
    }
    if output.is_file() {
        return Err(Failure::new("usage.folder_is_file").with("output", output.display()));
    }
    if formats.is_empty() {
        return Err(no_format());
    }
    let formats = formats.into_iter().map(|format| (format, format.extensions()[0].to_owned())).collect();
    Ok(OutputPlace::Folder { folder: output.to_owned(), formats })
}

fn no_format() -> Failure {
    Failure::new("usage.no_format").with("formats", format_names(|_| true))
}

/// The format that a file's extension names.
pub(crate) fn format_of(path: &Path) -> Option<Format> {
    Format::from_extension(path.extension()?.to_str()?)
}

/// The names of some formats in one line.
pub(crate) fn format_names(listed: impl Fn(Format) -> bool) -> String {
    let listed = Format::ALL.iter().copied().filter(|format| listed(*format));
    listed.map(Format::name).collect::<Vec<_>>().join(", ")
}

fn ends_with_separator(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}

/// Where the one table of all values goes.
fn tidy(request: &Request, formats: &[Format]) -> Result<OutputPlace, Failure> {
    let output = request.output.as_deref().filter(|output| output.as_os_str() != "-");
    let format = match (formats, output.and_then(format_of)) {
        ([format], _) => *format,
        ([], Some(format)) => format,
        _ => return Err(Failure::new("usage.tidy_format")),
    };
    if !format.holds_tidy() {
        return Err(Failure::new("usage.tidy_format"));
    }
    match output {
        Some(output) if output.is_dir() || ends_with_separator(output) => {
            Err(Failure::new("usage.tidy_folder").with("output", output.display()))
        }
        output => Ok(OutputPlace::Tidy(output.map(Path::to_owned), format)),
    }
}
