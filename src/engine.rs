//! Everything xxgk does with files, on bytes in memory: read, recognize, check, write, merge, compare.
//!
//! An [`Engine`] holds what many files share: templates, severities, the reports of the year before. It opens no files,
//! starts no threads and reads no clock, so the command line, a web page and other languages can all use it.

mod examine;
mod join;
mod last_year;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

use crate::check::{self, Explanation, SeverityOverrides, explain};
use crate::compare::{self, Comparison, NamedReport, UnknownOrganization};
use crate::correct::Corrections;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::merge::{self, Merged, Organization};
use crate::message::Lang;
use crate::organization::Aliases;
use crate::read::{self, Input, ReadOptions};
use crate::recognize::{self, Recognizer};
use crate::report::Report;
use crate::report::neutral::neutralize;
use crate::template::{SharedTemplate, Template, Templates, local, shipped};
use crate::write::xlsx::{blank, marked};
use crate::write::{self, BlankOptions, Format, WriteOptions};
pub(crate) use join::{FileReports, JoinFailure};
pub(crate) use last_year::{LastYear, ThisYear};

/// Most outputs have fewer bytes, so their buffer never moves.
const USUAL_OUTPUT: usize = 96 * 1024;

/// Reads, checks and writes files with the same templates and options. Clones share the templates.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
/// use xxgk::write::{Format, WriteOptions};
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let examined = engine.examine(&bytes, &ReadOptions::default())?;
/// assert_eq!(examined[0].report.organization.as_deref(), Some("中庄镇"));
/// assert!(examined[0].rule_findings().count() > 0);
/// let csv = engine.write(&[&examined[0].report], Format::Csv, &WriteOptions::default())?;
/// assert!(csv.bytes.starts_with("2017".as_bytes()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// The templates to recognize; none for those that are shipped.
    templates: Option<Templates>,
    /// The same, made ready when the first file needs them.
    recognizer: Arc<OnceLock<Recognizer>>,
    overrides: SeverityOverrides,
    aliases: Aliases,
    corrections: Arc<Corrections>,
    pub(crate) last_year: Arc<LastYear>,
}

/// A report, its template and what was found in it.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// use xxgk::message::Lang;
///
/// for examined in engine.examine(&bytes, &ReadOptions::default())? {
///     for finding in &examined.findings {
///         println!("{:?} {}: {}", examined.report.organization, finding.code, finding.message(Lang::EN));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Examined {
    /// The report. Its own findings are those of reading and recognition.
    pub report: Report,
    /// The template it names, or one made from a table of no known form; none where the template is not loaded.
    pub template: Option<SharedTemplate>,
    /// All findings: of reading and recognition, then of the checks.
    pub findings: Vec<Finding>,
}

impl Examined {
    /// The findings of the template's rules.
    pub fn rule_findings(&self) -> impl Iterator<Item = &Finding> {
        let template = self.template.as_deref();
        self.findings.iter().filter(move |finding| {
            template.is_some_and(|template| template.rules().iter().any(|rule| rule.code == finding.code))
        })
    }
}

/// Bytes of an output, and what could not be drawn as it should.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// use xxgk::write::{Format, WriteOptions};
///
/// let output = engine.write(&[&report], Format::Pdf, &WriteOptions::default())?;
/// assert!(output.bytes.starts_with(b"%PDF-") && output.findings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// Characters without a glyph, numbers too long for their cell and the like.
    pub findings: Vec<Finding>,
}

impl Engine {
    /// An engine with the shipped templates.
    pub fn new() -> Self {
        Self::default()
    }

    /// An engine that recognizes these templates alone.
    pub fn with_templates(templates: Templates) -> Self {
        Self { templates: Some(templates), ..Self::default() }
    }

    /// Sets severities that differ from those of the templates.
    #[must_use]
    pub fn overrides(self, overrides: SeverityOverrides) -> Self {
        Self { overrides, ..self }
    }

    /// Sets the reports of the year before, for rules over two years.
    #[must_use]
    pub fn last_year(self, reports: Vec<Report>) -> Self {
        let last_year = Arc::new(LastYear::new(reports, &[], &self.aliases));
        Self { last_year, ..self }
    }

    /// Sets further names of organizations.
    #[must_use]
    pub(crate) fn aliases(self, aliases: Aliases) -> Self {
        let last_year = Arc::unwrap_or_clone(self.last_year).into_reports();
        Self { aliases, last_year: Arc::default(), ..self }.last_year(last_year)
    }

    /// The templates to recognize.
    pub fn templates(&self) -> &Templates {
        self.templates.as_ref().unwrap_or_else(|| shipped())
    }

    /// Makes the templates ready, which the first file would do otherwise.
    pub(crate) fn prepare(&self) {
        self.recognizer();
    }

    fn recognizer(&self) -> &Recognizer {
        self.recognizer.get_or_init(|| Recognizer::new(self.templates()))
    }

    /// Reads what a file holds.
    ///
    /// # Errors
    /// [`ErrorKind::Empty`] and others that say why the bytes are no table that can be read.
    pub fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Input> {
        read::read(bytes, options)
    }

    /// Finds the reports in what a file holds.
    ///
    /// # Errors
    /// [`ErrorKind::NoTable`] where there is no table of a template; [`ErrorKind::TooLarge`] with more tables or more text than
    /// the limits allow.
    pub fn recognize(&self, input: &Input) -> Result<Vec<Report>> {
        let mut reports = self.recognizer().recognize(input)?;
        reports.iter().try_for_each(Report::check_columns)?;
        reports.iter_mut().for_each(|report| neutralize(report, input.stored().is_some()));
        Ok(reports)
    }

    /// The template a report names, or one made from a table of no known form; none where the template is not loaded.
    pub fn template(&self, report: &Report) -> Option<SharedTemplate> {
        match report.template.as_deref() {
            Some(id) => self.templates().find(id).or_else(|| shipped().find(id)).cloned(),
            None => Some(Arc::new(local::of_report(report))),
        }
    }

    /// Makes a template of the first table of an input, of any form.
    ///
    /// # Errors
    /// [`ErrorKind::NoTable`] where no table has rows with values.
    pub fn infer(&self, input: &Input) -> Result<Template> {
        recognize::infer(input)
    }

    /// Checks a report with the rules of its template. Findings of rules that it carries from an earlier check, as JSON
    /// does, are made anew.
    pub fn check_rules(&self, report: Report) -> Examined {
        let template = self.template(&report);
        self.check_with(report, template)
    }

    fn check_with(&self, mut report: Report, template: Option<SharedTemplate>) -> Examined {
        let findings = match &template {
            Some(template) => {
                report.findings.retain(|finding| !check::is_found_anew(&finding.code, template));
                check::check(&report, template, &self.overrides)
            }
            None => report.findings.clone(),
        };
        Examined { report, template, findings }
    }

    /// Checks the reports of an input: the rules of their templates, the year before, and the text around them, which the
    /// reports have.
    pub fn check(&self, _: &Input, reports: Vec<Report>) -> Vec<Examined> {
        let beyond_rules = |report: &Report| {
            let template = self.template(report);
            let findings = template.as_ref().map_or_else(Vec::new, |template| {
                let last = self.last_year.of(report, template);
                let text = check::narrative(&reports, report, last, template, &self.overrides);
                self.last_year.check(report, template, &self.overrides).into_iter().chain(text).collect()
            });
            (template, findings)
        };
        let beyond_rules: Vec<_> = reports.iter().map(beyond_rules).collect();
        let examined = |(report, (template, more))| {
            let mut examined = self.check_with(report, template);
            examined.findings.extend(more);
            examined
        };
        reports.into_iter().zip(beyond_rules).map(examined).collect()
    }

    /// Writes reports as one output: any number as JSON or NDJSON, one report as any other format.
    ///
    /// # Errors
    /// [`ErrorKind::SeveralReports`] and [`ErrorKind::TemplateNotLoaded`] where the format cannot hold the reports, and
    /// [`ErrorKind::Write`] where the format cannot hold the report.
    pub fn write(&self, reports: &[&Report], format: Format, options: &WriteOptions<'_>) -> Result<Output> {
        let mut output = Output { bytes: Vec::with_capacity(USUAL_OUTPUT), findings: Vec::new() };
        if format.holds_many() {
            write::write_many(reports, format, options, &mut output.bytes)?;
            return Ok(output);
        }
        let &[report] = reports else {
            let format = format.name().to_owned();
            return Err(Error::new(ErrorKind::SeveralReports { reports: reports.len(), format }));
        };
        let not_loaded = || Error::new(ErrorKind::TemplateNotLoaded { format: format.name().to_owned() });
        let template = self.template(report).ok_or_else(not_loaded)?;
        output.findings = write::write(report, &template, format, options, &mut output.bytes)?;
        Ok(output)
    }

    /// Writes a form to fill in, as a workbook: blank cells that accept what belongs there, with sums as formulas. It is read
    /// like any other workbook.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] where the form is larger than a worksheet.
    pub fn blank(
        &self,
        template: &SharedTemplate,
        organization: Option<&str>,
        year: Option<i32>,
        options: BlankOptions<'_>,
    ) -> Result<Vec<u8>> {
        blank::write(&blank::report(template, organization, year), template, options)
    }

    /// Writes the form as a workbook in which the cells with findings are filled and have a comment. Findings of the output
    /// are those that have no cell in it.
    ///
    /// # Errors
    /// [`ErrorKind::TemplateNotLoaded`] where the report names a template that the engine does not have, and
    /// [`ErrorKind::Write`] where the form is larger than a worksheet.
    pub fn mark(&self, examined: &Examined, options: &WriteOptions<'_>) -> Result<Output> {
        let not_loaded = || Error::new(ErrorKind::TemplateNotLoaded { format: Format::Xlsx.name().to_owned() });
        let template = examined.template.as_ref().ok_or_else(not_loaded)?;
        let (report, findings) = (&examined.report, &examined.findings);
        let (bytes, findings) = marked::write(report, template, findings, options.lang, options.timestamp)?;
        Ok(Output { bytes, findings })
    }

    /// What each rule of a template requires, where it comes from, and what a violation says.
    pub fn explain(&self, template: &Template, lang: Lang) -> Vec<Explanation> {
        template.rules().iter().map(|rule| explain::explain(rule, template, lang)).collect()
    }

    /// The organizations that a roster names, in its order: a text, a column of names, or a table with a column headed
    /// 单位名称 or similar.
    pub fn roster(&self, input: &Input) -> Vec<String> {
        merge::roster::roster(input).names
    }

    /// Reads and checks a file for [`merge`](Self::merge). `file` is its name in messages and in the workbook.
    ///
    /// # Errors
    /// Those of [`examine`](Self::examine).
    pub fn organizations(&self, bytes: &[u8], options: &ReadOptions, file: &str) -> Result<Vec<Organization>> {
        Ok(as_organizations(self.examine_file(bytes, options, file)?, file, bytes))
    }

    /// Joins files with one table each of one organization and year.
    pub(crate) fn join(&self, files: Vec<FileReports>) -> (Vec<FileReports>, Vec<JoinFailure>) {
        join::join(files, self.templates(), &self.aliases, &|input| self.recognize(input))
    }

    /// The checked reports of joined files. Copies are found by their values.
    pub(crate) fn organizations_of(&self, FileReports { file, input, reports }: FileReports) -> Vec<Organization> {
        as_organizations(self.check(&input, reports), &file, file.as_bytes())
    }

    /// Adds up the reports of one form; none where no report is of a known form.
    pub fn merge(&self, organizations: Vec<Organization>, options: &merge::Options) -> Option<Merged> {
        merge::merge(organizations, self.templates(), &self.aliases, options)
    }

    /// Writes the totals of a merge, with the table of all organizations where the format has room for it.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] where the format cannot hold the totals.
    pub fn write_merged(&self, merged: &Merged, format: Format, options: &WriteOptions<'_>) -> Result<Output> {
        let mut output = Output::default();
        output.findings = write::merged::write(merged, format, options, &mut output.bytes)?;
        Ok(output)
    }

    /// Reads a file for [`compare`](Self::compare). `file` is its name in messages.
    ///
    /// # Errors
    /// Those of [`read`](Self::read) and [`recognize`](Self::recognize).
    pub fn named(&self, bytes: &[u8], options: &ReadOptions, file: &str) -> Result<Vec<NamedReport>> {
        let input = self.read(bytes, options)?;
        let reports = self.correct(&input, self.recognize(&input)?, file)?;
        Ok(self.named_of(reports, file))
    }

    /// The same for reports that are known.
    pub(crate) fn named_of(&self, reports: Vec<Report>, file: &str) -> Vec<NamedReport> {
        let named = |mut report: Report| {
            // Nobody compares texts, and there may be thousands of reports.
            report.narrative = Vec::new();
            let form = self.template(&report)?;
            Some(NamedReport { file: file.to_owned(), report, form })
        };
        reports.into_iter().filter_map(named).collect()
    }

    /// Compares the reports of two years. `renamed` has the organizations with another name in the newer year.
    ///
    /// # Errors
    /// A renamed organization that is in none of the reports.
    pub fn compare(
        &self,
        old: &[NamedReport],
        new: &[NamedReport],
        renamed: &[(String, String)],
    ) -> std::result::Result<Comparison, UnknownOrganization> {
        compare::compare(old, new, renamed, &self.aliases, compare::shipped_crosswalk(), &self.overrides)
    }

    /// Writes a comparison as a workbook, a web page or JSON. `all` also lists values that are the same or have no
    /// counterpart.
    ///
    /// # Errors
    /// [`ErrorKind::Write`] where a comparison is larger than a worksheet.
    pub fn write_comparison(
        &self,
        comparison: &Comparison,
        format: compare::Format,
        all: bool,
        options: &WriteOptions<'_>,
    ) -> Result<Output> {
        let bytes = compare::render::write(comparison, &[], format, all, options.timestamp, options.lang)?;
        Ok(Output { bytes, findings: Vec::new() })
    }
}

/// Organizations of the reports of a file with some content.
fn as_organizations(examined: Vec<Examined>, file: &str, content: &[u8]) -> Vec<Organization> {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let content = hasher.finish();
    let organization = |(part, one): (usize, Examined)| {
        let template = one.template.as_deref().filter(|_| one.report.template.is_some());
        Organization::new(&one.report, template, one.findings, file, part, content)
    };
    examined.into_iter().enumerate().map(organization).collect()
}

#[cfg(test)]
mod tests;
