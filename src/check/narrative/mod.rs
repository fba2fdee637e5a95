//! The text of a report held against its table: `Document × Report × Template → findings`.
//!
//! In: what was on the page and the report recognized in it. Out: [`Finding`]s that quote the sentence, with its place,
//! and show the table's figures with theirs. [`passage`] finds the running text, [`statement`] understands its clauses,
//! [`compare`] holds them against the figures; the words of the field are in `templates/narrative.toml` ([`words`]). A
//! sentence that may mean something else is not compared: a false alarm would cost the trust in all others.

mod compare;
mod numeral;
mod passage;
mod statement;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use rust_decimal::Decimal;

use super::SeverityOverrides;
use super::values::{Operand, Values, figure};
use crate::document::Document;
use crate::finding::{Figure, Finding};
use crate::report::{Period, Report, Value};
use crate::template::Template;
use compare::Verdict;
use passage::Passage;
use statement::{Reader, Said, Word, masked, sentences};
use words::{Words, words};

/// The most characters of a sentence that a message quotes.
const LONGEST_QUOTE: usize = 72;

/// What the checks of the text want.
pub(super) fn rules() -> &'static [words::Rule] {
    &words().rules
}

/// Holds the text around a report's table against it.
///
/// `reports` are all reports of the document. Where several stand in one running text, whose table a sentence means cannot
/// be told, and nothing is said.
pub fn narrative(
    document: &Document,
    reports: &[Report],
    report: &Report,
    template: &Template,
    overrides: &SeverityOverrides,
) -> Vec<Finding> {
    let alone = reports.len() == 1
        || (report.sheet.is_some() && reports.iter().filter(|other| other.sheet == report.sheet).count() == 1);
    if !alone {
        return Vec::new();
    }
    let words = words();
    let names = statement::names(report.organization.as_deref(), words);
    let passages = passage::passages(document, report, words);
    let texts: Vec<String> = passages.iter().map(|passage| masked(&passage.text, &names)).collect();
    let text = Text { words, passages: &passages, texts: &texts };
    let mut findings = text.placeholders();
    findings.extend(text.years(report));
    // 全年 in the text of a quarter's table is another time.
    if let (Period::Year, Some(column)) = (report.period, own_column(report)) {
        let figures = Values::new(report, template, column);
        findings.extend(text.figures(&figures, report.year));
        findings.extend(text.mentions(&figures));
    }
    let graded = findings.into_iter().filter_map(|finding| {
        let severity = overrides.of(&finding.code, Some(finding.severity))?;
        Some(Finding { severity, ..finding })
    });
    graded.collect()
}

/// The value column that a text of the year speaks of: the only one.
fn own_column(report: &Report) -> Option<Option<&str>> {
    match report.columns().as_slice() {
        [column] => Some(*column),
        _ => None,
    }
}

/// A report's running text.
struct Text<'a, 'd> {
    words: &'static Words,
    passages: &'a [Passage<'d>],
    /// The same with the office's own name masked.
    texts: &'a [String],
}

impl Text<'_, '_> {
    /// What the text says of the figures and the table does not.
    fn figures(&self, figures: &Values<'_>, year: Option<i32>) -> Vec<Finding> {
        let mut reader = Reader::new(self.words, figures.template(), year);
        let mut said: Vec<Said<'_>> = Vec::new();
        for (index, (passage, text)) in self.passages.iter().zip(self.texts).enumerate() {
            said.extend(reader.passage(index, passage, text));
        }
        let judged: Vec<_> = said.iter().map(|said| (said, compare::verdict(said, figures, self.words))).collect();
        // What is told rightly in one place and otherwise in another may be something else in the other.
        let right = |said: &Said<'_>| {
            let same = judged.iter().filter(|(other, _)| std::ptr::eq(other.claim, said.claim));
            same.filter(|(other, _)| matches!(other.word, Word::Number(..)))
                .any(|(_, (verdict, _))| matches!(verdict, Verdict::Fits | Verdict::Exact))
        };
        let wrong = judged.iter().filter(|(said, (verdict, _))| match verdict {
            Verdict::Differs | Verdict::Off => !right(said),
            _ => true,
        });
        wrong.filter_map(|(said, (verdict, operands))| self.finding(said, *verdict, operands, figures)).collect()
    }

    fn finding(
        &self,
        said: &Said<'_>,
        verdict: Verdict,
        operands: &[Operand<'_>],
        figures: &Values<'_>,
    ) -> Option<Finding> {
        let code = match (verdict, &said.word) {
            (_, Word::Gap) => "XG506",
            (Verdict::Differs, _) => "XG501",
            (Verdict::Denies, _) => "XG502",
            (Verdict::Off, _) => "XG503",
            (Verdict::Exact, _) => "XG504",
            (Verdict::ShareDiffers, _) => "XG505",
            _ => return None,
        };
        let sum: Decimal = operands.iter().map(|operand| operand.number).sum();
        let label = said.claim.label.clone().unwrap_or_else(|| {
            let labels = operands.iter().map(|operand| &*operand.indicator.label);
            labels.collect::<Vec<_>>().join(" + ")
        });
        let clause = self.passages[said.passage].original(said.clause.clone());
        let mut finding = self.quoted(code, said.passage, &said.sentence, &said.clause);
        if code != "XG506" {
            finding = finding.with("clause", clause).with("label", label).with("figure", sum.normalize());
        }
        if code == "XG505" {
            let whole = figures.operands_of(&said.claim.share_of).unwrap_or_default();
            let total: Decimal = whole.iter().map(|operand| operand.number).sum();
            let real = (sum * Decimal::ONE_HUNDRED).checked_div(total).unwrap_or_default().round_dp(1).normalize();
            finding = finding.with("whole", total.normalize()).with("share", real);
        }
        let beside =
            said.claim.with.iter().filter_map(|id| figures.value(id)).filter(|_| code == "XG501" || code == "XG502");
        let beside = beside.filter(|value| value.number().is_some_and(|number| !number.is_zero()));
        let whole = said.claim.share_of.iter().filter_map(|id| figures.value(id)).filter(|_| code == "XG505");
        let shown: Vec<&Value> = operands.iter().map(|operand| operand.value).chain(beside).chain(whole).collect();
        let shown = shown.into_iter().filter(|_| code != "XG506");
        finding.figures = shown.filter_map(|value| figure_of(figures, value)).collect();
        finding.ids = finding.figures.iter().map(|figure| figure.id.clone()).collect();
        Some(finding)
    }

    /// What the text speaks of and the table says there is none of; each once.
    fn mentions(&self, figures: &Values<'_>) -> Vec<Finding> {
        let none = |id: &str| figures.value(id).filter(|value| value.number().is_some_and(|number| number.is_zero()));
        let mentions = self.words.mentions.iter().filter_map(|mention| Some((mention, none(&mention.id)?)));
        let found = mentions.filter_map(|(mention, value)| {
            let (passage, sentence, place) = self.sentences().find_map(|(passage, sentence)| {
                let text = &self.texts[passage][sentence.clone()];
                let found = mention.patterns.iter().find_map(|pattern| pattern.regex().find(text))?;
                let place = sentence.start + found.start()..sentence.start + found.end();
                (!mention.unless.regex().is_match(text)).then_some((passage, sentence, place))
            })?;
            let label = figures.template().label_of(id(value));
            let mut finding = self.quoted("XG508", passage, &sentence, &place).with("label", label);
            finding.figures.extend(figure_of(figures, value));
            Some(finding.about(id(value)))
        });
        found.collect()
    }

    /// Marks that were never filled in.
    fn placeholders(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (passage, sentence) in self.sentences() {
            let text = &self.texts[passage][sentence.clone()];
            let found = self.words.placeholders.iter().find_map(|pattern| pattern.regex().captures(text)?.name("mark"));
            if let Some(mark) = found {
                let place = sentence.start + mark.start()..sentence.start + mark.end();
                findings.push(self.quoted("XG507", passage, &sentence, &place));
            }
        }
        findings
    }

    /// Years that the text says of itself and that are not the table's, unless reading found that already.
    fn years(&self, report: &Report) -> Vec<Finding> {
        let Some(own) = report.year else { return Vec::new() };
        let known = |year: i32| {
            let other = report.findings.iter().filter(|finding| finding.code == "XG327");
            other.filter_map(|finding| finding.arguments.get("two")).any(|two| *two == year.to_string())
        };
        let mut findings = Vec::new();
        for (passage, sentence) in self.sentences() {
            let text = &self.texts[passage][sentence.clone()];
            let found = self.words.years.iter().find_map(|pattern| pattern.regex().captures(text));
            let Some(found) = found else { continue };
            let years = [found.name("any_year"), found.name("any_year_too")].into_iter().flatten();
            let wrong = years.filter_map(|year| Some((year.range(), numeral::year(year.as_str())?)));
            if let Some((place, year)) = wrong.into_iter().find(|(_, year)| *year != own && !known(*year)) {
                let place = sentence.start + place.start..sentence.start + place.end;
                let finding = self.quoted("XG509", passage, &sentence, &place);
                findings.push(finding.with("year", year).with("own", own));
            }
        }
        findings
    }

    fn sentences(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let all = self.texts.iter().enumerate();
        all.flat_map(|(passage, text)| {
            sentences(text, &self.words.ends).into_iter().map(move |sentence| (passage, sentence))
        })
    }

    /// A finding about a clause, with its sentence as it stood; a long one is cut to the clause.
    fn quoted(&self, code: &str, passage: usize, sentence: &Range<usize>, clause: &Range<usize>) -> Finding {
        let text = &self.passages[passage];
        let whole = text.original(sentence.clone());
        let quote = if whole.chars().count() <= LONGEST_QUOTE {
            whole
        } else {
            let before = if clause.start > sentence.start { "…" } else { "" };
            let after = if clause.end < sentence.end { "…" } else { "" };
            let part: String = text.original(clause.clone()).chars().take(LONGEST_QUOTE).collect();
            format!("{before}{part}{after}")
        };
        Finding::new(code).with("quote", quote).at(text.at(clause.start))
    }
}

/// A value of the table as a figure of a finding.
fn figure_of(figures: &Values<'_>, value: &Value) -> Option<Figure> {
    Some(figure(&figures.template().indicator(id(value))?.label, value))
}

fn id(value: &Value) -> &str {
    value.id.as_deref().unwrap_or_default()
}
