//! What is to be done: inputs and an output become jobs.
//!
//! In: a [`Request`]. Out: a [`Plan`]: one [`Job`] an input with the target of each format, and what was skipped. Folders
//! are walked, names settled; no input is opened and nothing is written. A plan holds little of each input, since there may
//! be a hundred thousand; a job is made when its turn comes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::write::Format;

use super::name::Taken;
use super::paths::Paths;
use super::{Failure, format, name, walk};

/// What the user asked for.
#[derive(Debug, Default)]
pub struct Request {
    /// Files, folders and `-`.
    pub inputs: Vec<PathBuf>,
    /// File, folder or `-`.
    pub output: Option<PathBuf>,
    /// Output formats; none leaves them to the output's ending.
    pub formats: Vec<Format>,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Whether the output is one table of all values.
    pub tidy: bool,
    /// Whether a pattern names the outputs.
    pub named: bool,
    /// Whether what is skipped is to be told.
    pub verbose: bool,
}

/// Where one input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// The input of a path or `-`.
    pub fn new(path: PathBuf) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path) }
    }

    /// The path; none for standard input.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path),
        }
    }

    /// The name in messages.
    pub fn display(&self) -> String {
        self.path().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// The file's name without its folder.
    pub fn file_name(&self) -> String {
        self.path().and_then(Path::file_name).unwrap_or(OsStr::new("-")).to_string_lossy().into_owned()
    }

    fn stem(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
        }
    }
}

/// Where the outputs of one job go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output, in one format.
    Stdout(Format),
    /// Rows of the one table of all values, in CSV or NDJSON.
    Rows(Format),
    /// Files that are called `folder/stem.ending`, one a format; the ending is as the user typed it or the format's name.
    Files {
        /// The folder.
        folder: PathBuf,
        /// The same below the folder of all outputs.
        below: PathBuf,
        /// The name without its ending.
        stem: String,
        /// Formats with their endings.
        formats: Vec<(Format, String)>,
    },
}

impl Target {
    /// The formats that are written.
    pub fn formats(&self) -> impl Iterator<Item = Format> {
        let (one, several) = match self {
            Self::Stdout(format) | Self::Rows(format) => (Some(*format), &[][..]),
            Self::Files { formats, .. } => (None, &formats[..]),
        };
        one.into_iter().chain(several.iter().map(|(format, _)| *format))
    }
}

/// One input and where its outputs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The input.
    pub input: Input,
    /// Its outputs.
    pub target: Target,
    /// Whether the outputs have another name than the input because another input has the same.
    pub renamed: bool,
}

/// Where the outputs of all jobs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Standard output.
    Stdout(Format),
    /// The file of a user's choice for the one input.
    File {
        /// Its folder.
        folder: PathBuf,
        /// Its name without the ending.
        stem: String,
        /// Its format and ending.
        formats: Vec<(Format, String)>,
    },
    /// A folder with an output for each input and format.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Formats with their endings.
        formats: Vec<(Format, String)>,
    },
    /// One table of all values, in a file or on standard output.
    Tidy(Option<PathBuf>, Format),
}

impl Place {
    /// The folder of all outputs.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder { folder, .. } => Some(folder),
            _ => None,
        }
    }

    /// Whether an output is CSV.
    pub fn writes_csv(&self) -> bool {
        match self {
            Self::Stdout(format) | Self::Tidy(_, format) => *format == Format::Csv,
            Self::File { formats, .. } | Self::Folder { formats, .. } => {
                formats.iter().any(|(format, _)| *format == Format::Csv)
            }
        }
    }
}

/// Files that are no inputs, with the catalogue's reason; kept only where they are to be told.
#[derive(Debug, Default)]
pub struct Skipped {
    told: bool,
    /// The files.
    pub files: Vec<(PathBuf, &'static str)>,
}

impl Skipped {
    /// Notes a file.
    pub fn add(&mut self, path: &Path, reason: &'static str) {
        if self.told {
            self.files.push((path.to_owned(), reason));
        }
    }
}

/// What is to be done with the inputs, in their order.
#[derive(Debug)]
pub struct Plan {
    /// Where the outputs go.
    pub place: Place,
    /// The inputs.
    pub inputs: Arc<Paths>,
    /// Outputs of an earlier run that stand among the inputs and are none.
    pub own: Arc<Paths>,
    /// Files that are no inputs.
    pub skipped: Skipped,
    /// The names that the jobs' outputs have.
    pub taken: Taken,
    /// The names of jobs whose outputs cannot have that of their input.
    renamed: BTreeMap<usize, Box<str>>,
}

impl Plan {
    /// How many jobs there are.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// A job by its number.
    pub fn job(&self, at: usize) -> Job {
        let input = Input::new(self.inputs.path(at));
        let renamed = self.renamed.get(&at);
        let target = match &self.place {
            Place::Stdout(format) => Target::Stdout(*format),
            Place::Tidy(_, format) => Target::Rows(*format),
            Place::File { folder, stem, formats } => Target::Files {
                folder: folder.clone(),
                below: PathBuf::new(),
                stem: stem.clone(),
                formats: formats.clone(),
            },
            Place::Folder { folder, formats } => {
                let below = self.inputs.folder(at).below.clone();
                let stem = renamed.map_or_else(|| own_name(&input), |name| name.to_string());
                Target::Files { folder: folder.join(&below), below, stem, formats: formats.clone() }
            }
        };
        Job { input, target, renamed: renamed.is_some() }
    }
}

/// Settles which files are read, where nothing is written for each.
///
/// # Errors
/// As [`plan`].
pub fn to_read(inputs: Vec<PathBuf>) -> Result<Plan, Failure> {
    plan(&Request { inputs, formats: vec![Format::Ndjson], ..Request::default() })
}

/// Settles what is to be done.
///
/// # Errors
/// What the user asked for does not fit together: `usage.*`.
pub fn plan(request: &Request) -> Result<Plan, Failure> {
    if request.inputs.iter().filter(|input| input.as_os_str() == "-").count() > 1 {
        return Err(Failure::new("usage.stdin_twice"));
    }
    let several = request.inputs.len() > 1 || request.inputs.iter().any(|input| input.is_dir());
    let place = place(request, several)?;
    let mut skipped = Skipped { told: request.verbose, files: Vec::new() };
    let mut found = Paths::default();
    for input in &request.inputs {
        if input.is_dir() {
            beside_inputs(request, input, &place)?;
            walk::walk(input, place.folder(), &mut skipped, &mut found);
        } else {
            found.push_named(input);
        }
    }
    let own = walk::skip_own_outputs(&mut found, &place, &mut skipped);
    if request.inputs.len() > 1 {
        walk::skip_twice(&mut found, &mut skipped);
    }
    found.shrink();
    let (taken, renamed) = match &place {
        Place::Folder { .. } if !request.named => name_all(&found),
        _ => Default::default(),
    };
    Ok(Plan { place, inputs: Arc::new(found), own: Arc::new(own), skipped, taken, renamed })
}

/// Outputs whose names say nothing of their inputs would be read as inputs by the next run.
fn beside_inputs(request: &Request, input: &Path, place: &Place) -> Result<(), Failure> {
    let Some(outputs) = place.folder().filter(|_| request.named) else { return Ok(()) };
    match (outputs.canonicalize(), input.canonicalize()) {
        (Ok(outputs), Ok(input)) if outputs == input => Err(Failure::new("usage.name_beside_inputs")
            .with("output", place.folder().unwrap_or(input.as_path()).display())),
        _ => Ok(()),
    }
}

fn place(request: &Request, several: bool) -> Result<Place, Failure> {
    let mut formats = request.formats.clone();
    let mut seen = BTreeSet::new();
    formats.retain(|format| seen.insert(*format));
    if request.tidy {
        return tidy_place(request, &formats);
    }
    let no_format = || Failure::new("usage.no_format").with("formats", format::output_names());
    let output = match &request.output {
        Some(output) if output.as_os_str() != "-" => output,
        output => {
            let &[format] = &formats[..] else {
                return Err(if !formats.is_empty() {
                    Failure::new("usage.several_formats")
                } else if several && output.is_none() {
                    Failure::new("usage.output_needed")
                } else {
                    no_format()
                });
            };
            if several && format != Format::Ndjson {
                return Err(Failure::new("usage.output_needed"));
            }
            if request.terminal && format::is_binary(format) {
                return Err(Failure::new("usage.binary_terminal").with("format", format::name(format)));
            }
            return Ok(Place::Stdout(format));
        }
    };
    let ending = format::of_path(output);
    let is_folder = output.is_dir() || ends_with_separator(output);
    if is_folder || several || formats.len() > 1 {
        if !is_folder && ending.is_some() {
            return Err(Failure::new("usage.folder_needed").with("output", output.display()));
        }
        if output.is_file() {
            return Err(Failure::new("usage.folder_is_file").with("output", output.display()));
        }
        if formats.is_empty() {
            return Err(no_format());
        }
        let formats = formats.into_iter().map(|format| (format, format::name(format).to_owned())).collect();
        return Ok(Place::Folder { folder: output.clone(), formats });
    }
    let Some(format) = formats.first().copied().or(ending) else {
        let failure = Failure::new("usage.unknown_ending").with("output", output.display());
        return Err(failure.with("formats", format::output_names()));
    };
    let text = |part: Option<&OsStr>| part.map_or_else(String::new, |part| part.to_string_lossy().into_owned());
    Ok(Place::File {
        folder: output.parent().map_or_else(PathBuf::new, Path::to_owned),
        stem: text(output.file_stem()),
        formats: vec![(format, text(output.extension()))],
    })
}

fn ends_with_separator(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}

/// Where the one table of all values goes.
fn tidy_place(request: &Request, formats: &[Format]) -> Result<Place, Failure> {
    let output = request.output.as_deref().filter(|output| output.as_os_str() != "-");
    let format = match (formats, output.and_then(format::of_path)) {
        ([format], _) => *format,
        ([], Some(format)) => format,
        _ => return Err(Failure::new("usage.tidy_format")),
    };
    if !matches!(format, Format::Csv | Format::Ndjson) {
        return Err(Failure::new("usage.tidy_format"));
    }
    match output {
        Some(output) if output.is_dir() || ends_with_separator(output) => {
            Err(Failure::new("usage.tidy_folder").with("output", output.display()))
        }
        output => Ok(Place::Tidy(output.map(Path::to_owned), format)),
    }
}

/// The name that an input gives its outputs.
fn own_name(input: &Input) -> String {
    name::fit(name::clean(&input.stem()))
}

/// Names the outputs of all jobs in one folder. Inputs that differ only in their ending keep it in the name
/// (`a-xls.pdf`, `a-xlsx.pdf`); what is still the same gets a number in the order of the inputs. Returned are the names that
/// are taken and those that are not the input's own.
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
            && let Some(ending) = Path::new(found.name(at)).extension()
        {
            let input = Input::new(found.path(at));
            stem = name::clean(&format!("{}-{}", input.stem(), ending.to_string_lossy()));
        }
        let stem = taken.take(&found.folder(at).below, &stem);
        if stem != own {
            renamed.insert(at, stem.into_boxed_str());
        }
    }
    (taken, renamed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn request(inputs: &[&Path], output: Option<&Path>, formats: &[Format]) -> Request {
        Request {
            inputs: inputs.iter().map(|path| path.to_path_buf()).collect(),
            output: output.map(Path::to_path_buf),
            formats: formats.to_vec(),
            verbose: true,
            ..Request::default()
        }
    }

    fn usage(request: &Request) -> &'static str {
        match plan(request) {
            Err(Failure::Said(key, _)) => key,
            other => panic!("{other:?}"),
        }
    }

    /// Each job as `input → output, output`, below the folder of the test.
    fn drawn(plan: &Plan, root: &Path) -> Vec<String> {
        let short = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string().replace('\\', "/");
        (0..plan.len())
            .map(|at| plan.job(at))
            .map(|job| {
                let outputs = match &job.target {
                    Target::Stdout(format) | Target::Rows(format) => vec![format!("- {}", format::name(*format))],
                    Target::Files { folder, stem, formats, .. } => {
                        formats.iter().map(|(_, ending)| short(&folder.join(format!("{stem}.{ending}")))).collect()
                    }
                };
                format!("{} → {}", job.input.path().map_or("-".to_owned(), short), outputs.join(", "))
            })
            .collect()
    }

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        root
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        let root = folder(&["a.txt", "b.txt"]);
        let (a, b, dash) = (&*root.path().join("a.txt"), &*root.path().join("b.txt"), Path::new("-"));
        let new = &*root.path().join("new");
        let pdf = &*root.path().join("x.pdf");
        for (request, wanted) in [
            (request(&[a], None, &[]), "usage.no_format"),
            (request(&[a], Some(dash), &[]), "usage.no_format"),
            (request(&[a], Some(new), &[]), "usage.unknown_ending"),
            (request(&[a], None, &[Format::Pdf, Format::Csv]), "usage.several_formats"),
            (request(&[a, b], None, &[Format::Pdf]), "usage.output_needed"),
            (request(&[a, b], None, &[]), "usage.output_needed"),
            (request(&[root.path()], None, &[Format::Json]), "usage.output_needed"),
            (request(&[a, b], Some(pdf), &[]), "usage.folder_needed"),
            (request(&[a], Some(pdf), &[Format::Pdf, Format::Csv]), "usage.folder_needed"),
            (request(&[a, b], Some(new), &[]), "usage.no_format"),
            (request(&[a, b], Some(a), &[Format::Pdf]), "usage.folder_is_file"),
            (request(&[dash, dash], None, &[Format::Pdf]), "usage.stdin_twice"),
        ] {
            assert_eq!(usage(&request), wanted, "{request:?}");
        }
        let mut terminal = request(&[a], None, &[Format::Xlsx]);
        terminal.terminal = true;
        assert_eq!(usage(&terminal), "usage.binary_terminal");
        terminal.formats = vec![Format::Csv];
        assert!(plan(&terminal).is_ok());
    }

    #[test]
    fn one_input_goes_to_the_file_named_or_to_standard_output() {
        let root = folder(&["a.txt"]);
        let a = &*root.path().join("a.txt");
        let out = |output: &str, formats: &[Format]| {
            drawn(&plan(&request(&[a], Some(&root.path().join(output)), formats)).unwrap(), root.path()).join("; ")
        };
        assert_eq!(out("报告.pdf", &[]), "a.txt → 报告.pdf");
        assert_eq!(out("x.PDF", &[]), "a.txt → x.PDF");
        assert_eq!(out("x.dat", &[Format::Csv]), "a.txt → x.dat");
        assert_eq!(out("out/", &[Format::Csv]), "a.txt → out/a.csv");
        assert_eq!(out("out", &[Format::Csv, Format::Pdf, Format::Csv]), "a.txt → out/a.csv, out/a.pdf");
        let plan = plan(&request(&[Path::new("-")], None, &[Format::Pdf])).unwrap();
        assert_eq!(drawn(&plan, root.path()), ["- → - pdf"]);
    }

    #[test]
    fn folders_keep_their_shape_and_junk_is_skipped() {
        let root = folder(&[
            "in/b/c.xls",
            "in/a.txt",
            "in/~$a.xls",
            "in/.~lock.a.ods#",
            "in/Thumbs.db",
            "in/.git/x.txt",
            "in/out/a.pdf",
        ]);
        let (input, out) = (root.path().join("in"), root.path().join("in/out"));
        let plan = plan(&request(&[&input], Some(&out), &[Format::Pdf])).unwrap();
        assert_eq!(drawn(&plan, root.path()), ["in/a.txt → in/out/a.pdf", "in/b/c.xls → in/out/b/c.pdf"]);
        assert_eq!(plan.skipped.files.len(), 5);
    }

    #[test]
    fn outputs_beside_their_inputs_are_not_read_again_and_stay_protected() {
        let root = folder(&["a.txt", "a.csv", "b.csv"]);
        let plan = plan(&request(&[root.path()], Some(root.path()), &[Format::Csv])).unwrap();
        assert_eq!(drawn(&plan, root.path()), ["a.txt → a.csv", "b.csv → b.csv"]);
        assert_eq!(plan.own.path(0), root.path().join("a.csv"));
    }

    #[test]
    fn outputs_never_share_a_name() {
        let root = folder(&["x/a.xls", "x/A.xlsx", "y/a.xls", "y/b.xls"]);
        let paths: Vec<_> = ["x/a.xls", "x/A.xlsx", "y/a.xls", "y/b.xls", "x/a.xls"]
            .iter()
            .map(|name| root.path().join(name))
            .collect();
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        let plan = plan(&request(&paths, Some(&root.path().join("out")), &[Format::Pdf])).unwrap();
        assert_eq!(
            drawn(&plan, root.path()),
            [
                "x/a.xls → out/a-xls.pdf",
                "x/A.xlsx → out/A-xlsx.pdf",
                "y/a.xls → out/a-xls-2.pdf",
                "y/b.xls → out/b.pdf",
            ]
        );
        assert_eq!(plan.skipped.files.len(), 1, "the file given twice is done once");
    }
}
