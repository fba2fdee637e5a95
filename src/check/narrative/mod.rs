//! The text of a report held against its table: `Report × Template → findings`.
//!
//! In: a report with its text. Out: [`Finding`]s that quote the sentence, with its place,
//! and show the table's values with theirs. [`passage`] finds the running text, [`statement`] understands its clauses,
//! [`verdict`](mod@verdict) holds them against the values; the words of the field are in `templates/narrative.toml`
//! ([`vocabulary`](mod@vocabulary)). A sentence that may mean something else is not compared: a false alarm would cost the
//! trust in all others.

mod comparison;
mod numeral;
mod own_name;
mod passage;
mod pattern;
mod source;
mod statement;
#[cfg(test)]
mod tests;
mod verdict;
mod vocabulary;

use std::ops::Range;

use rust_decimal::Decimal;

use super::SeverityOverrides;
use super::values::{Operand, Values, figure};
use crate::finding::{Figure, Finding, Severity};
use crate::report::{Period, Report, Value};
use crate::template::Template;
use own_name::masked;
use passage::{Passage, sentences};
use statement::{Assertion, Statement, StatementReader};
use verdict::Verdict;
use vocabulary::{Vocabulary, vocabulary};

/// The most characters of a sentence that a message quotes.
const LONGEST_QUOTE: usize = 72;

/// What the checks of the text require.
pub(super) fn rules() -> &'static [source::TextRule] {
    &vocabulary().rules
}

/// Holds the text around a report's table against it.
///
/// `reports` are all reports of the file. Where several stand in one running text, nobody can tell whose table a
/// sentence means, and nothing is reported. With `last`, the report of the year before, what the text says of that year
/// is held against its table.
pub(crate) fn narrative(
    reports: &[Report],
    report: &Report,
    last: Option<&Report>,
    template: &Template,
    overrides: &SeverityOverrides,
) -> Vec<Finding> {
    // The patterns take time to make, and most reports are tables alone.
    if report.narrative.is_empty() {
        return Vec::new();
    }
    let same = reports.iter().filter(|other| other.source == report.source);
    let alone = same.clone().count() == 1
        || (report.sheet.is_some() && same.filter(|other| other.sheet == report.sheet).count() == 1);
    if !alone {
        return Vec::new();
    }
    let vocabulary = vocabulary();
    let names = own_name::names(report.organization.as_deref(), vocabulary);
    let passages = passage::passages(report, vocabulary);
    let texts: Vec<String> = passages.iter().map(|passage| masked(&passage.text, &names)).collect();
    let text = RunningText { vocabulary, passages: &passages, texts: &texts };
    let mut findings = text.placeholders();
    findings.extend(text.years(report));
    // 全年 in the text of a quarter's table is another time.
    if let (Period::Year, Some(column)) = (report.period, own_column(report)) {
        let values = Values::new(report, template, column);
        let last = last.and_then(|last| Some(Values::new(last, template, own_column(last)?)));
        findings.extend(text.values(&values, last.as_ref(), report.year));
        findings.extend(text.mentions(&values));
    }
    let graded = findings.into_iter().filter_map(|finding| {
        let severity = overrides.of(&finding.code, Some(finding.severity))?;
        Some(Finding { severity, ..finding })
    });
    graded.collect()
}

/// Whether a code is one of the narrative's.
pub(super) fn is_own(code: &str) -> bool {
    code.starts_with("XG5")
}

/// The value column that a text of the year speaks of: the only one.
fn own_column(report: &Report) -> Option<Option<&str>> {
    match report.columns().as_slice() {
        [column] => Some(*column),
        _ => None,
    }
}

/// A report's running text.
struct RunningText<'a, 'd> {
    vocabulary: &'static Vocabulary,
    passages: &'a [Passage<'d>],
    /// The same with the office's own name masked.
    texts: &'a [String],
}

impl RunningText<'_, '_> {
    /// What the text says of the values and the table does not.
    fn values(&self, values: &Values<'_>, last: Option<&Values<'_>>, year: Option<i32>) -> Vec<Finding> {
        let mut reader = StatementReader::new(self.vocabulary, values.template(), year);
        let mut statements: Vec<Statement<'_>> = Vec::new();
        for (index, (passage, text)) in self.passages.iter().zip(self.texts).enumerate() {
            statements.extend(reader.passage(index, passage, text));
        }
        let judged: Vec<_> = statements
            .iter()
            .map(|statement| (statement, verdict::verdict(statement, values, self.vocabulary)))
            .collect();
        // What is right in one place and different in another may be something else there.
        let right = |statement: &Statement<'_>| {
            let same = judged.iter().filter(|(other, _)| std::ptr::eq(other.subject, statement.subject));
            same.filter(|(other, _)| matches!(other.assertion, Assertion::Number(..)))
                .any(|(_, (verdict, _))| matches!(verdict, Verdict::Fits | Verdict::Exact))
        };
        let mut findings: Vec<Finding> = Vec::new();
        for (statement, (verdict, operands)) in &judged {
            let Some(mut finding) = self.finding(statement, *verdict, operands, values) else { continue };
            match verdict {
                Verdict::Differs if right(statement) => {
                    let code = "XG512";
                    finding = Finding { code: code.to_owned(), severity: Severity::of_code(code), ..finding };
                }
                Verdict::Off if right(statement) => continue,
                _ => {}
            }
            findings.push(finding);
        }
        findings.extend(statements.iter().filter_map(|statement| self.comparison(statement, values, last)));
        findings
    }

    /// What a statement says of the year before that cannot be.
    fn comparison(&self, statement: &Statement<'_>, values: &Values<'_>, last: Option<&Values<'_>>) -> Option<Finding> {
        let (number, found) = verdict::contradiction(statement, values, last, self.vocabulary)?;
        let clause = &statement.compared.as_ref()?.clause;
        let code = if found.of_table { "XG510" } else { "XG511" };
        let (difference, percent) = found.change(number);
        let ids = statement.subject.readings.first()?;
        let mut finding = self.quoted(code, statement.passage, &statement.sentence, clause);
        finding = finding
            .with("clause", self.passages[statement.passage].original(clause.clone()))
            .with("label", label(statement, values))
            .with("figure", number.normalize())
            .with("last", found.last.normalize())
            .with("difference", difference.normalize())
            .with("percent", percent.map_or_else(|| "—".to_owned(), |percent| percent.to_string()));
        finding.figures = ids.iter().filter_map(|id| figure_of(values, values.value(id)?)).collect();
        finding.ids = finding.figures.iter().map(|figure| figure.id.clone()).collect();
        Some(finding)
    }

    fn finding(
        &self,
        statement: &Statement<'_>,
        verdict: Verdict,
        operands: &[Operand<'_>],
        values: &Values<'_>,
    ) -> Option<Finding> {
        let code = match (verdict, &statement.assertion) {
            (_, Assertion::Gap) => "XG506",
            (Verdict::Differs, _) => "XG501",
            (Verdict::Denies, _) => "XG502",
            (Verdict::Off, _) => "XG503",
            (Verdict::Exact, _) => "XG504",
            (Verdict::ShareDiffers, _) => "XG505",
            _ => return None,
        };
        let sum: Decimal = operands.iter().map(|operand| operand.number).sum();
        let label = label(statement, values);
        let clause = self.passages[statement.passage].original(statement.clause.clone());
        let mut finding = self.quoted(code, statement.passage, &statement.sentence, &statement.clause);
        if code != "XG506" {
            finding = finding.with("clause", clause).with("label", label).with("figure", sum.normalize());
        }
        if code == "XG505" {
            let whole = values.operands_of(&statement.subject.share_of).unwrap_or_default();
            let total: Decimal = whole.iter().map(|operand| operand.number).sum();
            let real = (sum * Decimal::ONE_HUNDRED).checked_div(total).unwrap_or_default().round_dp(1).normalize();
            finding = finding.with("whole", total.normalize()).with("share", real);
        }
        let beside = statement
            .subject
            .with
            .iter()
            .filter_map(|id| values.value(id))
            .filter(|_| code == "XG501" || code == "XG502");
        let beside = beside.filter(|value| value.number().is_some_and(|number| !number.is_zero()));
        let whole = statement.subject.share_of.iter().filter_map(|id| values.value(id)).filter(|_| code == "XG505");
        let shown: Vec<&Value> = operands.iter().map(|operand| operand.value).chain(beside).chain(whole).collect();
        let shown = shown.into_iter().filter(|_| code != "XG506");
        finding.figures = shown.filter_map(|value| figure_of(values, value)).collect();
        finding.ids = finding.figures.iter().map(|figure| figure.id.clone()).collect();
        Some(finding)
    }

    /// What the text speaks of and the table says there is none of; each once.
    fn mentions(&self, values: &Values<'_>) -> Vec<Finding> {
        let none = |id: &str| values.value(id).filter(|value| value.number().is_some_and(|number| number.is_zero()));
        let mentions = self.vocabulary.mentions.iter().filter_map(|mention| Some((mention, none(&mention.id)?)));
        let found = mentions.filter_map(|(mention, value)| {
            let (passage, sentence, place) = self.sentences().find_map(|(passage, sentence)| {
                let text = &self.texts[passage][sentence.clone()];
                let found = mention.patterns.iter().find_map(|pattern| pattern.regex().find(text))?;
                let place = sentence.start + found.start()..sentence.start + found.end();
                (!mention.unless.regex().is_match(text)).then_some((passage, sentence, place))
            })?;
            let label = values.template().label_of(id(value));
            let mut finding = self.quoted("XG508", passage, &sentence, &place).with("label", label);
            finding.figures.extend(figure_of(values, value));
            Some(finding.about(id(value)))
        });
        found.collect()
    }

    /// Marks that were never filled in.
    fn placeholders(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (passage, sentence) in self.sentences() {
            let text = &self.texts[passage][sentence.clone()];
            let found =
                self.vocabulary.placeholders.iter().find_map(|pattern| pattern.regex().captures(text)?.name("mark"));
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
            let found = self.vocabulary.years.iter().find_map(|pattern| pattern.regex().captures(text));
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
            sentences(text, &self.vocabulary.ends).into_iter().map(move |sentence| (passage, sentence))
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

/// The label of what a statement is about: its own, or those of the values that are added up.
fn label(statement: &Statement<'_>, values: &Values<'_>) -> String {
    let ids = statement.subject.readings.first().into_iter().flatten();
    let labels = || ids.map(|id| values.template().label_of(id)).collect::<Vec<_>>().join(" + ");
    statement.subject.label.clone().unwrap_or_else(labels)
}

/// A value of the table as a figure of a finding.
fn figure_of(values: &Values<'_>, value: &Value) -> Option<Figure> {
    Some(figure(&values.template().indicator(id(value))?.label, value))
}

fn id(value: &Value) -> &str {
    value.id.as_deref().unwrap_or_default()
}
