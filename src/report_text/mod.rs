//! The text of the complete annual report: `Report × year before × texts of a person → paragraphs`.
//!
//! In: a report, that of the year before, and what a person wrote. Out: a [`ReportText`], which [`crate::layout`] puts around
//! the tables. What nobody wrote is a marked blank, which the check of the narrative reports (`XG507`). The texts are in
//! `templates/annual.toml`. Called by `xxgk report` and `xxgk new --report`.

mod own_text;
mod sentence;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use own_text::OwnText;
use sentence::Years;
pub(crate) use source::Font;
use source::{Point, Source, source};

use crate::report::Report;

/// What stands where organization or year are not known.
const UNKNOWN: [(&str, &str); 2] = [("{organization}", "单位名称"), ("{year}", "年度")];

/// The purpose of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParagraphKind {
    /// 一、总体情况.
    Section,
    /// Running text.
    Body,
    /// The organization and the date at the end.
    Signature,
}

/// A paragraph of the report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paragraph {
    pub(crate) kind: ParagraphKind,
    /// The beginning in the font of points: （一）主动公开。
    pub(crate) heading: String,
    pub(crate) text: String,
}

/// The text of a report around its tables.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReportText {
    pub(crate) title: String,
    pub(crate) before: Vec<Paragraph>,
    pub(crate) after: Vec<Paragraph>,
    pub(crate) body: Font,
    pub(crate) point: Font,
    /// The distance of lines, in points.
    pub(crate) line: f64,
}

impl ReportText {
    /// How many blanks nobody has filled in.
    pub(crate) fn open_blanks(&self) -> usize {
        let mark = source().blank.split("{name}").next().unwrap_or_default();
        let texts = self.before.iter().chain(&self.after).map(|paragraph| paragraph.text.as_str());
        texts.chain([self.title.as_str()]).map(|text| text.matches(mark).count()).sum()
    }
}

/// Whether reports of a form have such a text.
pub(crate) fn has_text(template: &str) -> bool {
    source().forms.iter().any(|form| form == template)
}

/// The names of what a person writes.
pub(crate) fn blanks() -> Vec<String> {
    let source = source();
    let points = source.sections.iter().flat_map(|section| &section.points).map(|point| point.blank.clone());
    let mut names: Vec<String> = points.collect();
    for text in source.opening.iter().chain(&source.signature) {
        names.extend(text.split("{blank:").skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned));
    }
    names
}

/// The headings of the sections with blanks.
pub(crate) fn sections() -> Vec<String> {
    let sections =
        source().sections.iter().filter(|section| section.points.iter().any(|point| !point.heading.is_empty()));
    sections.map(|section| section.heading.clone()).collect()
}

/// The text of a report.
pub(crate) fn report_text(report: &Report, last: Option<&Report>, own: &OwnText) -> ReportText {
    let source = source();
    let text = Writer { source, report, own };
    let years = Years { this: report, last, compared: &source.compared, blank: text.blank("数量") };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    before.extend(source.opening.iter().map(|pattern| body(text.filled(pattern))));
    for section in &source.sections {
        let paragraphs = if section.after_tables { &mut after } else { &mut before };
        let heading = section.heading.clone();
        paragraphs.push(Paragraph { kind: ParagraphKind::Section, heading: String::new(), text: heading });
        section.points.iter().for_each(|point| paragraphs.extend(text.point(point, &years)));
    }
    after.extend(
        source
            .signature
            .iter()
            .map(|pattern| Paragraph { kind: ParagraphKind::Signature, ..body(text.filled(pattern)) }),
    );
    let style = &source.style;
    let title = text.filled(&source.title);
    ReportText { title, before, after, body: style.body.clone(), point: style.point.clone(), line: style.line }
}

fn body(text: String) -> Paragraph {
    Paragraph { kind: ParagraphKind::Body, heading: String::new(), text }
}

struct Writer<'a> {
    source: &'a Source,
    report: &'a Report,
    own: &'a OwnText,
}

impl Writer<'_> {
    /// The mark of a blank.
    fn blank(&self, name: &str) -> String {
        self.source.blank.replace("{name}", name)
    }

    /// A text with organization, year and blanks filled in.
    fn filled(&self, pattern: &str) -> String {
        let year = self.report.year.map(|year| year.to_string());
        let known = [self.report.organization.clone(), year];
        let mut text = pattern.to_owned();
        for ((name, blank), known) in UNKNOWN.iter().zip(known) {
            text = text.replace(name, &known.unwrap_or_else(|| self.blank(blank)));
        }
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once("{blank:") {
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            out.push_str(before);
            match self.own.get(name) {
                [] => out.push_str(&self.blank(name)),
                texts => out.push_str(texts.join("；").trim_end_matches(['。', '；'])),
            }
            rest = after;
        }
        out + rest
    }

    /// The paragraphs of a point: what the table says, then what a person wrote.
    fn point(&self, point: &Point, years: &Years<'_>) -> Vec<Paragraph> {
        let sentences: String = point.sentences.iter().filter_map(|sentence| years.sentence(sentence)).collect();
        let blank = [self.blank(&point.blank)];
        let own = match self.own.get(&point.blank) {
            [] => &blank,
            texts => texts,
        };
        let mut paragraphs: Vec<Paragraph> = own.iter().map(|text| body(text.clone())).collect();
        if let Some(first) = paragraphs.first_mut() {
            first.text.insert_str(0, &sentences);
            first.heading = point.heading.clone();
        }
        paragraphs
    }
}
