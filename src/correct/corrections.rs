//! The corrections of a run, by the files that they are about.
//!
//! In: entries that [`super::file`] reads. Out: those of one file, and whether their sources are inputs of the run. Also what
//! the other files of [`super`] share: the name of a value in a list, and whether a finding is about it.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::report::{CellValue, Correction, Value};

/// Joins the labels of a row beyond the form, which has no id.
const SEPARATOR: &str = " › ";

/// Corrections of values, as `--corrections` names them.
///
/// A CSV file has a header row and the columns `source`, `report` (the number of the report in its file), `id`, `column`,
/// `original text`, `value`, `by` and `reason`, or the same in Chinese. Others are ignored.
///
/// ```
/// use xxgk::correct::Corrections;
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let file = "source,report,id,column,original text,value,by,reason\n\
///     in/a.txt,1,received,,1I0,110,王小明,原件为110\n";
/// let engine = Engine::new().corrections(Corrections::read(file.as_bytes(), "corrections.csv")?);
/// let text = std::fs::read_to_string("fixtures/zhongzhuang-2017.txt")?.replace("110", "1I0");
/// let examined = engine.examine_file(text.as_bytes(), &ReadOptions::default(), "in/a.txt")?;
/// let value = examined[0].report.value("received", None).expect("an indicator of the form");
/// assert_eq!((value.number(), value.text().trim()), (Some(110.into()), "1I0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    /// The name of the file, for messages.
    pub(super) file: String,
    pub(super) entries: Vec<Entry>,
    /// The entries by the last part of their source.
    pub(super) by_name: HashMap<String, Vec<usize>>,
}

/// One correction.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its line in the file.
    pub(super) line: u32,
    pub(super) source: String,
    /// The number of the report in the source, from 1.
    pub(super) report: usize,
    pub(super) id: String,
    pub(super) column: Option<String>,
    /// What was read.
    pub(super) text: String,
    pub(super) cell: CellValue<()>,
    pub(super) correction: Correction,
}

impl Corrections {
    /// The corrections of a file.
    pub(crate) fn of<'c>(&'c self, file: &str) -> impl Iterator<Item = &'c Entry> {
        let mut found: Vec<usize> = Vec::new();
        if !self.entries.is_empty() {
            for name in names(file) {
                let known = self.by_name.get(last_part(name)).into_iter().flatten();
                found.extend(known.filter(|at| is_source(&self.entries[**at].source, name)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| &self.entries[at])
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Looks up the sources among the inputs of a run. Returns a finding for each source that is none of them.
    ///
    /// # Errors
    /// [`ErrorKind::Correction`] for a source that can be several of them.
    pub(crate) fn check_sources(&self, inputs: impl Iterator<Item = String>) -> Result<Vec<Finding>> {
        let wanted: HashSet<&str> = self.entries.iter().flat_map(|entry| names(&entry.source)).map(last_part).collect();
        let inputs: BTreeSet<String> = inputs.filter(|input| wanted.contains(last_part(input))).collect();
        let inputs_of = |name: &str| -> Vec<&str> {
            inputs.iter().map(String::as_str).filter(|input| is_source(name, input)).collect()
        };
        let (mut findings, mut seen) = (Vec::new(), HashSet::new());
        for entry in self.entries.iter().filter(|entry| seen.insert(&entry.source)) {
            // The name of joined files has all of theirs.
            let mut of_parts = names(&entry.source).skip(1).map(inputs_of).peekable();
            let is_joined = of_parts.peek().is_some() && of_parts.all(|inputs| !inputs.is_empty());
            match inputs_of(&entry.source)[..] {
                [] if !is_joined => {
                    findings.push(Finding::new("XG372").with("source", &entry.source).with("line", entry.line));
                }
                [] | [_] => {}
                ref several => return Err(entry.error(&self.file, "@correction.several_sources", several.join("、"))),
            }
        }
        Ok(findings)
    }
}

impl Entry {
    /// Why the correction cannot be applied: the key of a text, and what was found instead.
    pub(super) fn error(&self, file: &str, reason: &str, found: impl ToString) -> Error {
        let id = match &self.column {
            Some(column) => format!("{} ({column})", self.id),
            None => self.id.clone(),
        };
        error(file, self.line, id, reason, found)
    }
}

pub(super) fn error(file: &str, line: u32, id: impl Into<String>, reason: &str, found: impl ToString) -> Error {
    let (file, reason) = (file.to_owned(), reason.to_owned());
    Error::new(ErrorKind::Correction { file, line, id: id.into(), reason, found: found.to_string() })
}

/// The name of a value in a file of corrections: its id, or its labels if it is beyond the form.
pub(super) fn name_of(value: &Value) -> String {
    value.id.as_deref().map_or_else(|| value.path.join(SEPARATOR), str::to_owned)
}

/// Whether a finding names a value: by its figures, or else by its indicators or its location.
pub(super) fn is_about(finding: &Finding, value: &Value) -> bool {
    let is_here = value.at.is_some() && finding.at == value.at;
    let Some(id) = &value.id else { return is_here };
    let mut figures = finding.figures.iter().filter(|figure| figure.id == *id).peekable();
    if figures.peek().is_some() {
        return figures.any(|figure| figure.at == value.at);
    }
    finding.ids.contains(id) || (is_here && finding.ids.is_empty())
}

/// The name of a file, and the names of the files that were joined to it.
fn names(file: &str) -> impl Iterator<Item = &str> {
    let parts = file.contains('、').then(|| file.split('、')).into_iter().flatten();
    std::iter::once(file).chain(parts)
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".")
}

pub(super) fn last_part(path: &str) -> &str {
    parts(path).next_back().unwrap_or(path)
}

/// Whether a source is a file: the file's path, or its end.
pub(super) fn is_source(source: &str, file: &str) -> bool {
    let mut file = parts(file).rev();
    parts(source).next().is_some() && parts(source).rev().all(|part| file.next() == Some(part))
}
