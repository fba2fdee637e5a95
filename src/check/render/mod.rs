//! Findings for people and programs: one file a format.
//!
//! In: what was found in each file, in order. Out: bytes on a writer. The text formats go out file by file; JSON and SARIF
//! are one document, begun before the first file and ended after the last.

mod full;
mod github;
mod json;
mod sarif;
mod short;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use crate::document::Location;
use crate::finding::{Finding, Severity};
use crate::message::{self, Arguments, Lang};
use crate::template::Template;

/// How many places of findings that are not shown are named.
const PLACES: usize = 5;

/// More findings of one code than this are shown as one.
const OFTEN: usize = 3;

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// Each with its figures, cause and help.
    #[default]
    Full,
    /// Each in one line.
    Short,
    /// One JSON document, schema `xxgk.check/1` (`templates/schema/check.json`).
    Json,
    /// Commands that GitHub shows beside the file.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

impl OutputFormat {
    /// Every format with its name.
    pub(crate) const ALL: [(&str, Self); 5] = [
        ("full", Self::Full),
        ("short", Self::Short),
        ("json", Self::Json),
        ("github", Self::Github),
        ("sarif", Self::Sarif),
    ];
}

/// What one file came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked<'a> {
    /// The file's name as the user gave it.
    pub file: String,
    /// The template of its report.
    pub template: Option<&'a Template>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Why it could not be read, with its place, where it could not.
    pub failure: Option<(Option<Location>, String)>,
}

/// Shows findings in one format.
pub(crate) struct Renderer<'o> {
    format: OutputFormat,
    lang: Lang,
    out: &'o mut dyn Write,
    files: usize,
    rules: sarif::Rules,
    counts: Counts,
    collapse: bool,
}

/// How many findings there are, by severity, code and file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Files that were looked at.
    pub files: usize,
    /// Files that could not be read.
    pub failed: usize,
    /// By severity.
    pub severities: BTreeMap<Severity, usize>,
    /// By code.
    pub codes: BTreeMap<String, usize>,
}

impl Counts {
    fn add(&mut self, checked: &Checked<'_>) {
        self.files += 1;
        self.failed += usize::from(checked.failure.is_some());
        for finding in &checked.findings {
            *self.severities.entry(finding.severity).or_default() += 1;
            *self.codes.entry(finding.code.clone()).or_default() += 1;
        }
    }

    /// How many findings are at least so severe.
    pub(crate) fn at_least(&self, severity: Severity) -> usize {
        self.severities.range(severity..).map(|(_, count)| count).sum()
    }
}

impl<'o> Renderer<'o> {
    /// Begins.
    ///
    /// # Errors
    /// Those of the writer, here and in all that follows.
    pub(crate) fn begin(format: OutputFormat, lang: Lang, out: &'o mut dyn Write) -> io::Result<Self> {
        match format {
            OutputFormat::Json => json::begin(out)?,
            OutputFormat::Sarif => sarif::begin(out)?,
            OutputFormat::Full | OutputFormat::Short | OutputFormat::Github => {}
        }
        Ok(Self {
            format,
            lang,
            out,
            files: 0,
            rules: sarif::Rules::default(),
            counts: Counts::default(),
            collapse: false,
        })
    }

    /// Shows findings of one code that occur often in a file as one, in the formats for people.
    pub(crate) fn collapse(self, collapse: bool) -> Self {
        Self { collapse, ..self }
    }

    /// Shows what was found in one file.
    pub(crate) fn file(&mut self, checked: &Checked<'_>) -> io::Result<()> {
        let first = self.files == 0;
        self.files += 1;
        self.counts.add(checked);
        match self.format {
            OutputFormat::Full => full::file(checked, self.collapse, self.lang, self.out),
            OutputFormat::Short => short::file(checked, self.collapse, self.lang, self.out),
            OutputFormat::Github => github::file(checked, self.lang, self.out),
            OutputFormat::Json => json::file(checked, self.lang, first, self.out),
            OutputFormat::Sarif => sarif::file(checked, self.lang, &mut self.rules, self.out),
        }
    }

    /// Ends; gives back what was counted.
    pub(crate) fn end(self) -> io::Result<Counts> {
        match self.format {
            OutputFormat::Json => json::end(&self.counts, self.out)?,
            OutputFormat::Sarif => sarif::end(&self.rules, self.lang, self.out)?,
            OutputFormat::Full | OutputFormat::Short | OutputFormat::Github => {}
        }
        self.out.flush()?;
        Ok(self.counts)
    }
}

/// Findings of a code and severity together, where a test allows it: the first, and those like it. In the order of the
/// first ones.
pub(crate) fn alike<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    together: impl Fn(&Finding) -> bool,
) -> Vec<(&'f Finding, Vec<&'f Finding>)> {
    let mut groups: Vec<(&Finding, Vec<&Finding>)> = Vec::new();
    let mut places: HashMap<(&str, Severity), usize> = HashMap::new();
    for finding in findings {
        let key = (finding.code.as_str(), finding.severity);
        match places.get(&key).filter(|_| together(finding)) {
            Some(at) => groups[*at].1.push(finding),
            None => {
                places.entry(key).or_insert(groups.len());
                groups.push((finding, Vec::new()));
            }
        }
    }
    groups
}

/// How many findings are like the one shown, and where the first of them are.
pub(crate) fn others_like(others: &[&Finding], lang: Lang) -> String {
    if others.is_empty() {
        return String::new();
    }
    let mut places: Vec<String> = Vec::new();
    for place in others.iter().filter_map(|finding| finding.at.as_ref()).map(|at| at.to_text(lang)) {
        if !places.contains(&place) {
            places.push(place);
        }
        if places.len() > PLACES {
            break;
        }
    }
    let more = if places.len() > PLACES { "…" } else { "" };
    places.truncate(PLACES);
    let key = if places.is_empty() { "cli.more_unplaced" } else { "cli.more" };
    let words = [("count", others.len().to_string()), ("places", places.join(lang.list_separator()) + more)];
    message::text(key, lang, &words.into())
}

/// The findings of a file as people get them: of a code that occurs often, the first and the places of the others. Errors
/// are all shown.
fn groups<'c>(checked: &'c Checked<'_>, collapse: bool) -> Vec<(&'c Finding, Vec<&'c Finding>)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    checked.findings.iter().for_each(|finding| *counts.entry(&finding.code).or_default() += 1);
    let often = |finding: &Finding| finding.severity != Severity::Error && counts[&*finding.code] > OFTEN;
    alike(&checked.findings, |finding| collapse && often(finding))
}

/// Notes on how a text was read do not matter to those who check figures.
pub(crate) fn is_note_on_reading(finding: &Finding) -> bool {
    // What a person has set is part of the figures.
    finding.severity == Severity::Note && finding.code.starts_with("XG3") && finding.code != "XG371"
}

/// A word of the catalogue.
fn word(key: &str, lang: Lang) -> String {
    message::text(key, lang, &Arguments::new())
}

fn severity(severity: Severity, lang: Lang) -> String {
    word(&format!("word.{}", severity.as_str()), lang)
}

/// File and place: `中庄镇2017.xlsx:统计表!C31`.
fn place(file: &str, at: Option<&Location>, lang: Lang) -> String {
    match at {
        Some(at) => format!("{file}:{}", at.to_text(lang)),
        None => file.to_owned(),
    }
}

/// A text without line breaks and characters that steer a terminal.
fn plain(text: &str) -> String {
    let text = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// How to fix what a finding names: the template's words for its rules, the catalogue's for all else.
fn help(finding: &Finding, template: Option<&Template>, lang: Lang) -> Option<String> {
    let rule = template.and_then(|template| template.rules().iter().find(|rule| rule.code == finding.code));
    match rule {
        Some(rule) => Some(super::explain::fix(rule, lang)),
        None => message::hint(&format!("finding.{}", finding.code), lang, &finding.arguments),
    }
}
