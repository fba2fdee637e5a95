//! The jobs of a run: inputs and an output become jobs.
//!
//! In: a [`Request`]. Out: a [`Plan`] with one [`Job`] for each input, the targets of its outputs, and what was skipped.
//! Planning walks folders and settles names; of inputs, it opens only
//! archives, and it writes nothing. A run may have a hundred thousand
//! inputs, so a plan keeps little of each and makes a job when its turn comes.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::write::Format;

use super::archive;
use super::failure::Failure;
use super::input::Input;
use super::name::{self, Taken};
use super::paths::{Folder, Paths, Skipped};
use super::place::{self, OutputPlace, Request};
use super::walk;

/// Where the outputs of one job go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Standard output, in one format.
    Stdout(Format),
    /// Rows of the one table of all values, in CSV or NDJSON.
    Rows(Format),
    /// Files called `folder/stem.extension`, one for each format.
    Files {
        /// The folder.
        folder: PathBuf,
        /// The same below the folder of all outputs.
        below: PathBuf,
        /// The name without its extension.
        stem: String,
        /// Formats with their extensions: as the user typed it, or the format's own.
        formats: Vec<(Format, String)>,
    },
}

impl Target {
    /// Whether all outputs hold the text around tables.
    pub(crate) fn holds_narrative(&self) -> bool {
        !matches!(self, Self::Rows(_)) && self.formats().all(Format::holds_narrative)
    }

    /// The formats that are written.
    pub(crate) fn formats(&self) -> impl Iterator<Item = Format> {
        let (one, several) = match self {
            Self::Stdout(format) | Self::Rows(format) => (Some(*format), &[][..]),
            Self::Files { formats, .. } => (None, &formats[..]),
        };
        one.into_iter().chain(several.iter().map(|(format, _)| *format))
    }
}

/// One input and where its outputs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// The input.
    pub input: Input,
    /// Its outputs.
    pub target: Target,
    /// Whether the outputs have another name than the input, because another input has the same name.
    pub renamed: bool,
}

/// The jobs, one for each input, in order.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where the outputs go.
    pub place: OutputPlace,
    /// The inputs.
    pub inputs: Arc<Paths>,
    /// Outputs of an earlier run among the inputs. They are not read, and never overwritten.
    pub own: Arc<Paths>,
    /// Files that were skipped.
    pub skipped: Skipped,
    /// The names of all outputs.
    pub taken: Taken,
    /// The names of outputs that cannot have the name of their input, by job.
    renamed: BTreeMap<usize, Box<str>>,
}

impl Plan {
    /// How many jobs there are.
    pub(crate) fn len(&self) -> usize {
        self.inputs.len()
    }

    /// The name in a folder that each input gives to its outputs, without extension, by its path. Unlike those of jobs,
    /// these are known where the inputs are only read.
    pub(crate) fn names(&self) -> HashMap<PathBuf, PathBuf> {
        let (_, renamed) = name_all(&self.inputs);
        let name = |at: usize| {
            let path = self.inputs.path(at);
            let stem = renamed.get(&at).map_or_else(|| own_name(&Input::new(path.clone())), |name| name.to_string());
            (path, self.inputs.folder(at).below.join(stem))
        };
        (0..self.inputs.len()).map(name).collect()
    }

    /// A job by its number.
    pub(crate) fn job(&self, at: usize) -> Job {
        let input = Input::new(self.inputs.path(at));
        let renamed = self.renamed.get(&at);
        let target = match &self.place {
            OutputPlace::Stdout(format) => Target::Stdout(*format),
            OutputPlace::Tidy(_, format) => Target::Rows(*format),
            OutputPlace::File { folder, stem, formats } => Target::Files {
                folder: folder.clone(),
                below: PathBuf::new(),
                stem: stem.clone(),
                formats: formats.clone(),
            },
            OutputPlace::Folder { folder, formats } => {
                let below = self.inputs.folder(at).below.clone();
                let stem = renamed.map_or_else(|| own_name(&input), |name| name.to_string());
                Target::Files { folder: folder.join(&below), below, stem, formats: formats.clone() }
            }
        };
        Job { input, target, renamed: renamed.is_some() }
    }
}

/// Plans to read files without writing an output for each.
///
/// # Errors
/// As [`plan`].
pub(crate) fn to_read(inputs: Vec<PathBuf>) -> Result<Plan, Failure> {
    plan(&Request { inputs, formats: vec![Format::Ndjson], ..Request::default() })
}

/// Plans the jobs of a run.
///
/// # Errors
/// `usage.*` for inputs, output and formats that do not fit together.
pub(crate) fn plan(request: &Request) -> Result<Plan, Failure> {
    if request.inputs.iter().filter(|input| input.as_os_str() == "-").count() > 1 {
        return Err(Failure::new("usage.stdin_twice"));
    }
    let is_many =
        |input: &PathBuf| input.is_dir() || (archive::is(input) && !(names_file(request) && holds_one(input)));
    let several = request.inputs.len() > 1 || request.inputs.iter().any(is_many);
    let place = place::settle(request, several)?;
    let mut skipped = Skipped { listed: request.verbose, ..Skipped::default() };
    let mut found = Paths::default();
    for input in &request.inputs {
        if input.is_dir() {
            beside_inputs(request, input, &place)?;
            walk::walk(input, place.folder(), &mut skipped, &mut found);
        } else if !add_archive(input, place.folder(), &mut skipped, &mut found) {
            found.push_named(input);
        }
    }
    let own = walk::skip_own_outputs(&mut found, &place, &mut skipped);
    if request.inputs.len() > 1 {
        walk::skip_twice(&mut found, &mut skipped);
    }
    if found.len() == 0 && own.len() == 0 {
        let inputs = request.inputs.iter().map(|input| input.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(Failure::new("fail.no_files").with("inputs", inputs));
    }
    found.shrink();
    let (taken, renamed) = match &place {
        OutputPlace::Folder { .. } if !request.named => name_all(&found),
        _ => Default::default(),
    };
    Ok(Plan { place, inputs: Arc::new(found), own: Arc::new(own), skipped, taken, renamed })
}

/// Whether a run has a file or the standard output for its output, not a folder.
fn names_file(request: &Request) -> bool {
    let is_file = |output: &PathBuf| output.as_os_str() == "-" || place::format_of(output).is_some();
    request.output.as_ref().is_none_or(is_file)
}

/// Whether an archive has one file to read.
fn holds_one(path: &Path) -> bool {
    let mut found = Paths::default();
    add_archive(path, None, &mut Skipped::default(), &mut found) && found.len() == 1
}

/// Adds the files of an archive that the user names.
fn add_archive(path: &Path, outputs: Option<&Path>, skipped: &mut Skipped, found: &mut Paths) -> bool {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return false };
    let folder = Folder { path: parent.to_owned(), below: PathBuf::new(), canonical: None };
    archive::add(&folder, name, outputs, skipped, found)
}

/// Refuses outputs with a name pattern beside their inputs: the next run could not tell them from inputs.
fn beside_inputs(request: &Request, input: &Path, place: &OutputPlace) -> Result<(), Failure> {
    let Some(outputs) = place.folder().filter(|_| request.named) else { return Ok(()) };
    match (outputs.canonicalize(), input.canonicalize()) {
        (Ok(outputs), Ok(input)) if outputs == input => Err(Failure::new("usage.name_beside_inputs")
            .with("output", place.folder().unwrap_or(input.as_path()).display())),
        _ => Ok(()),
    }
}

/// The name that an input gives to its outputs.
fn own_name(input: &Input) -> String {
    name::fit(name::clean(&input.stem()))
}

/// Names the outputs of all jobs in one folder. Inputs that differ only in their extension keep it in the name
/// (`a-xls.pdf`, `a-xlsx.pdf`); names that are still equal get numbers in the order of the inputs. Returns all names in use,
/// and those that are not the input's own.
fn name_all(found: &Paths) -> (Taken, BTreeMap<usize, Box<str>>) {
    let own = |at: usize| own_name(&Input::new(found.path(at)));
    let key = |at: usize, stem: &str| name::key(&found.folder(at).below, stem);
    let mut count: HashMap<u64, u32> = HashMap::with_capacity(found.len());
    for at in 0..found.len() {
        *count.entry(key(at, &own(at))).or_default() += 1;
    }
    let (mut taken, mut renamed) = (Taken::default(), BTreeMap::new());
    for at in 0..found.len() {
        let own = own(at);
        let mut stem = own.clone();
        if count[&key(at, &own)] > 1
            && let Some(extension) = Path::new(found.name(at)).extension()
        {
            let input = Input::new(found.path(at));
            stem = name::clean(&format!("{}-{}", input.stem(), extension.to_string_lossy()));
        }
        let stem = taken.take(&found.folder(at).below, &stem);
        if stem != own {
            renamed.insert(at, stem.into_boxed_str());
        }
    }
    (taken, renamed)
}

#[cfg(test)]
mod tests;
