//! What a rule requires, for `xxgk rule`: its words, its source, an example of a violation, how to fix one.
//!
//! In: a rule of a template, or the checks of the text. Out: an [`Explanation`]. The example of a template's rule is made by
//! the checks themselves from a few small values, so it shows what a violation really says.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::rule::kind::{Case, ExampleValue};
use super::rule::kind_of;
use super::values::Values;
use crate::document::Location;
use crate::finding::{Finding, Severity};
use crate::message::{self, Arguments, Lang};
use crate::report::{CellValue, Report, Value};
use crate::template::{ResolvedRule, Rule, Template};

/// A rule as people read it.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::message::Lang;
///
/// let engine = Engine::new();
/// let template = engine.templates().get("2021")?;
/// for explanation in engine.explain(template, Lang::EN) {
///     println!("{}: {} (source: {})", explanation.code, explanation.text, explanation.source);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Its code.
    pub code: String,
    /// How much a violation matters; none where it is switched off.
    pub severity: Option<Severity>,
    /// What must hold.
    pub text: String,
    /// Where it comes from; empty for what the program itself reports.
    pub source: String,
    /// What a violation says.
    pub example: Option<String>,
    /// How to fix one.
    pub fix: String,
}

/// Explains a rule, which is one of the template's.
pub(crate) fn explain(rule: &Rule, template: &Template, lang: Lang) -> Explanation {
    let same = |other: &&Rule| std::ptr::eq(*other, rule);
    let index = template.rules().iter().enumerate().find(|(_, other)| same(other)).map(|(index, _)| index);
    let resolved = template.resolved_rules().iter().find(|resolved| Some(resolved.rule) == index);
    Explanation {
        code: rule.code.clone(),
        severity: rule.severity,
        text: text(rule, template, resolved, lang),
        source: rule.source.clone(),
        example: resolved.and_then(|resolved| example(rule, resolved, template)).map(|finding| finding.message(lang)),
        fix: fix(rule, lang),
    }
}

/// Explains what holds the text of a report against its table, which is the same for all templates.
pub(crate) fn narrative(lang: Lang) -> Vec<Explanation> {
    let explained = super::narrative::rules().iter().map(|rule| {
        let finding = format!("finding.{}", rule.code);
        let example: Arguments = rule.example.iter().map(|(name, word)| (name.clone(), word.clone())).collect();
        Explanation {
            code: rule.code.clone(),
            severity: Some(Severity::of_code(&rule.code)),
            text: lang.choose(&rule.zh, &rule.en).clone(),
            source: rule.source.clone(),
            example: Some(message::text(&finding, lang, &example)),
            fix: message::hint(&finding, lang, &example).unwrap_or_default(),
        }
    });
    explained.collect()
}

/// Explains what reading, writing, merging and comparing report of any form, by the step that reports it: the key of the
/// step's name, and its codes.
pub(crate) fn findings(lang: Lang) -> Vec<(&'static str, Vec<Explanation>)> {
    let stages =
        [("XG3", "stage.reading"), ("XG4", "stage.writing"), ("XG6", "stage.merging"), ("XG7", "stage.comparing")];
    let of_stage = |(prefix, stage): (&str, &'static str)| {
        let codes = Severity::codes().filter(|(code, _)| code.starts_with(prefix));
        (stage, codes.map(|(code, severity)| of_code(code, severity, lang)).collect())
    };
    stages.into_iter().map(of_stage).collect()
}

fn of_code(code: &str, severity: Severity, lang: Lang) -> Explanation {
    let finding = format!("finding.{code}");
    let hint = Some(format!("{finding}_hint")).filter(|hint| message::has(hint));
    Explanation {
        code: code.to_owned(),
        severity: Some(severity),
        text: message::outline(&finding, lang),
        source: String::new(),
        example: None,
        fix: message::outline(hint.as_deref().unwrap_or("fix.note"), lang),
    }
}

/// How to fix a violation of a rule.
pub(crate) fn fix(rule: &Rule, lang: Lang) -> String {
    let kind = format!("fix.{}", rule.kind.as_str());
    rule.fix(lang).map_or_else(|| message::text(&kind, lang, &Arguments::new()), str::to_owned)
}

/// What must hold, in the template's words or as a formula of its labels.
pub(crate) fn text(rule: &Rule, template: &Template, resolved: Option<&ResolvedRule>, lang: Lang) -> String {
    if let Some(words) = rule.words(lang) {
        return words.to_owned();
    }
    let label = |number: &usize| &*template.indicators()[*number].label;
    let labels = |numbers: &[usize]| numbers.iter().map(label).collect::<Vec<_>>().join(" + ");
    let empty = ResolvedRule::default();
    let resolved = resolved.unwrap_or(&empty);
    let percent = rule.above.map(|above| (above * Decimal::ONE_HUNDRED).normalize().to_string());
    let arguments = Arguments::from([
        ("total".to_owned(), labels(&resolved.total)),
        ("parts".to_owned(), labels(&resolved.parts)),
        ("last".to_owned(), labels(&resolved.last)),
        ("percent".to_owned(), percent.unwrap_or_default()),
    ]);
    message::text(&format!("must.{}", rule.kind.as_str()), lang, &arguments)
}

/// What a few small values that violate the rule lead to.
fn example(rule: &Rule, resolved: &ResolvedRule, template: &Template) -> Option<Finding> {
    let kind = kind_of(rule.kind);
    let example = kind.example(rule, resolved);
    let (this, last) = (report(&example.values, template), report(&example.last, template));
    let (values, last) = (Values::new(&this, template, None), Values::new(&last, template, None));
    let violation = kind.evaluate(&Case { rule, resolved, values: &values, last: Some(&last) })?;
    Some(violation.finding(rule, Severity::Error))
}

fn report(values: &[ExampleValue], template: &Template) -> Report {
    let value = |example: &ExampleValue| {
        let indicator = &template.indicators()[example.indicator];
        Value {
            id: Some(Arc::clone(&indicator.id)),
            path: [].into(),
            column: None,
            unit: example.unit.or(indicator.unit.as_deref()).map(str::to_owned),
            cell: example.number.map_or(CellValue::Blank, |number| CellValue::Number(number.into())),
            source_text: example.number.map(|number| number.to_string()).unwrap_or_default(),
            at: Some(Location::Text { line: 1, column: 1 }),
            after: None,
            label: None,
            correction: None,
        }
    };
    let values = values.iter().map(value).collect();
    Report { template: Some(template.id().to_owned()), values, ..Report::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_explained_and_says_what_to_do() {
        for lang in [Lang::ZH, Lang::EN] {
            let explained: Vec<Explanation> = findings(lang).into_iter().flat_map(|(_, codes)| codes).collect();
            let explained = explained.iter().chain(&narrative(lang)).map(|one| one.code.clone()).collect::<Vec<_>>();
            for (code, severity) in Severity::codes() {
                assert!(explained.iter().any(|known| known == code), "{code} is not explained");
                let has_hint = message::has(&format!("finding.{code}_hint"));
                assert!(severity == Severity::Note || has_hint, "{code} does not say what to do");
            }
        }
    }

    #[test]
    fn every_check_of_the_text_is_explained_in_both_languages() {
        let codes: Vec<String> = narrative(Lang::ZH).into_iter().map(|rule| rule.code).collect();
        let known: Vec<String> = (500..600)
            .map(|code| format!("XG{code}"))
            .filter(|code| message::has(&format!("finding.{code}")))
            .collect();
        assert_eq!(codes, known);
        for rule in [Lang::ZH, Lang::EN].into_iter().flat_map(narrative) {
            let example = rule.example.unwrap_or_default();
            assert!(!example.contains(['{', '}']), "{}: {example}", rule.code);
            assert!(![&rule.text, &rule.source, &rule.fix].into_iter().any(String::is_empty), "{}", rule.code);
        }
    }
}
