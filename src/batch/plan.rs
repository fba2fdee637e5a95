//! What is to be done: inputs and an output become jobs.
//!
//! In: a [`Request`]. Out: a [`Plan`]: one [`Job`] an input with the target of each format, and what was skipped. Folders
//! are walked, names settled; no input is opened and nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;
use xxgk::write::Format;

use super::files::Inputs;
use super::{Failure, format, name};

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
    /// Files that are called `folder/stem.ending`, one a format; the ending is as the user typed it or the format's name.
    Files {
        /// The folder.
        folder: PathBuf,
        /// The name without its ending.
        stem: String,
        /// Formats with their endings.
        formats: Vec<(Format, String)>,
    },
}

/// One input and where its outputs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The input.
    pub input: Input,
    /// Its outputs.
    pub target: Target,
}

/// The jobs of a request in the order of its inputs.
#[derive(Debug, Default)]
pub struct Plan {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// Files that are no inputs, with the catalogue's reason.
    pub skipped: Vec<(PathBuf, &'static str)>,
    /// The files that no output may replace.
    pub inputs: Inputs,
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
    let mut plan = Plan::default();
    let mut found = Vec::new();
    for input in &request.inputs {
        if input.is_dir() {
            walk(input, place.folder(), &mut plan, &mut found);
        } else {
            found.push(Found { input: Input::new(input.clone()), below: PathBuf::new(), walked: false });
        }
    }
    skip_own_outputs(&mut found, &place, &mut plan);
    found.retain(|found| match found.input.path() {
        Some(path) if !plan.inputs.add(path) => {
            plan.skipped.push((path.to_owned(), "cli.skipped_twice"));
            false
        }
        _ => true,
    });
    plan.jobs = match place {
        Place::Stdout(format) => {
            found.into_iter().map(|found| Job { input: found.input, target: Target::Stdout(format) }).collect()
        }
        Place::File { folder, stem, formats } => {
            let target = Target::Files { folder, stem, formats };
            found.into_iter().map(|found| Job { input: found.input, target: target.clone() }).collect()
        }
        Place::Folder { folder, formats } => name_all(found, &folder, &formats),
    };
    Ok(plan)
}

/// An input with the folders it stands in below the folder given.
struct Found {
    input: Input,
    below: PathBuf,
    walked: bool,
}

/// Where the outputs of a request go.
enum Place {
    Stdout(Format),
    File { folder: PathBuf, stem: String, formats: Vec<(Format, String)> },
    Folder { folder: PathBuf, formats: Vec<(Format, String)> },
}

impl Place {
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder { folder, .. } => Some(folder),
            _ => None,
        }
    }
}

fn place(request: &Request, several: bool) -> Result<Place, Failure> {
    let mut formats = request.formats.clone();
    let mut seen = BTreeSet::new();
    formats.retain(|format| seen.insert(*format));
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

/// Finds the files of a folder and its sub-folders in the order of their names. A folder that cannot be opened becomes an
/// input that cannot be read, so that it is named like any other.
fn walk(root: &Path, outputs: Option<&Path>, plan: &mut Plan, found: &mut Vec<Found>) {
    let outputs = outputs.and_then(|folder| folder.canonicalize().ok());
    let own = outputs.filter(|folder| root.canonicalize().is_ok_and(|root| *folder != root));
    let mut entries = WalkDir::new(root).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                found.push(Found { input: Input::File(path), below: PathBuf::new(), walked: true });
                continue;
            }
        };
        if entry.depth() == 0 {
            continue;
        }
        let reason = if is_junk(entry.file_name()) {
            Some("cli.skipped_hidden")
        } else if entry.path_is_symlink() {
            Some("cli.skipped_link")
        } else if entry.file_type().is_dir() && own.is_some() && entry.path().canonicalize().ok() == own {
            Some("cli.skipped_output")
        } else {
            None
        };
        if let Some(reason) = reason {
            if entry.file_type().is_dir() {
                entries.skip_current_dir();
            }
            plan.skipped.push((entry.into_path(), reason));
        } else if !entry.file_type().is_dir() {
            let below = entry.path().parent().and_then(|folder| folder.strip_prefix(root).ok());
            let below = below.map_or_else(PathBuf::new, Path::to_owned);
            found.push(Found { input: Input::File(entry.into_path()), below, walked: true });
        }
    }
}

/// Hidden files and what office programs and Windows leave in folders.
fn is_junk(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with('.')
        || name.starts_with("~$")
        || ["thumbs.db", "desktop.ini"].iter().any(|junk| name.eq_ignore_ascii_case(junk))
}

/// Where outputs stand beside their inputs, the outputs of an earlier run are no inputs of this one. They stay protected,
/// since a file of that name may be the user's own.
fn skip_own_outputs(found: &mut Vec<Found>, place: &Place, plan: &mut Plan) {
    let Place::Folder { folder, formats } = place else { return };
    let mut makers: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    for (at, found) in found.iter().enumerate() {
        for (_, ending) in formats {
            let target = folder.join(&found.below).join(format!("{}.{ending}", found.input.stem()));
            if let Ok(target) = target.canonicalize() {
                makers.entry(target).or_default().push(at);
            }
        }
    }
    let mut at = 0;
    found.retain(|found| {
        let here = at;
        at += 1;
        let Some(path) = found.input.path().filter(|_| found.walked) else { return true };
        let made_by = path.canonicalize().ok().and_then(|path| makers.get(&path).cloned()).unwrap_or_default();
        let made = made_by.iter().any(|maker| *maker != here);
        if made {
            plan.inputs.add(path);
            plan.skipped.push((path.to_owned(), "cli.skipped_output"));
        }
        !made
    });
}

/// Names the outputs of all jobs in one folder. Inputs that differ only in their ending keep it in the name
/// (`a-xls.pdf`, `a-xlsx.pdf`); what is still the same gets a number in the order of the inputs.
fn name_all(found: Vec<Found>, folder: &Path, formats: &[(Format, String)]) -> Vec<Job> {
    let key = |below: &Path, stem: &str| below.join(stem).to_string_lossy().to_lowercase();
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for found in &found {
        *count.entry(key(&found.below, &name::clean(&found.input.stem()))).or_default() += 1;
    }
    let mut used: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let mut jobs = Vec::with_capacity(found.len());
    for found in found {
        let mut stem = name::clean(&found.input.stem());
        if count[&key(&found.below, &stem)] > 1
            && let Some(ending) = found.input.path().and_then(Path::extension)
        {
            stem = name::clean(&format!("{}-{}", found.input.stem(), ending.to_string_lossy()));
        }
        let stem = name::unused(&stem, used.entry(found.below.clone()).or_default());
        let target = Target::Files { folder: folder.join(&found.below), stem, formats: formats.to_vec() };
        jobs.push(Job { input: found.input, target });
    }
    jobs
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
            terminal: false,
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
        plan.jobs
            .iter()
            .map(|job| {
                let outputs = match &job.target {
                    Target::Stdout(format) => vec![format!("- {}", format::name(*format))],
                    Target::Files { folder, stem, formats } => {
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
        assert_eq!(plan.skipped.len(), 5);
    }

    #[test]
    fn outputs_beside_their_inputs_are_not_read_again_and_stay_protected() {
        let root = folder(&["a.txt", "a.csv", "b.csv"]);
        let plan = plan(&request(&[root.path()], Some(root.path()), &[Format::Csv])).unwrap();
        assert_eq!(drawn(&plan, root.path()), ["a.txt → a.csv", "b.csv → b.csv"]);
        assert!(plan.inputs.contains(&root.path().join("a.csv")));
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
        assert_eq!(plan.skipped.len(), 1, "the file given twice is done once");
    }
}
