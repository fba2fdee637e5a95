//! What a rule wants, for `xxgk rule`: its words, its source, an example of a breach, how to fix one.
//!
//! In: a rule of a template, or the checks of the text. Out: an [`Explanation`]. The example of a template's rule is made by
//! the checks themselves from a few small figures, so it shows what a breach really says.

use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::document::Location;
use crate::finding::{Finding, Severity};
use crate::message::{self, Arguments, Lang};
use crate::report::{CellValue, Report, Value};
use crate::template::{ResolvedRule, Rule, RuleKind, Template};

/// A rule as people read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Its code.
    pub code: String,
    /// How much a breach matters; none where it is switched off.
    pub severity: Option<Severity>,
    /// What must hold.
    pub text: String,
    /// Where it comes from.
    pub source: String,
    /// What a breach says.
    pub example: Option<String>,
    /// How to fix one.
    pub fix: String,
}

/// Explains a rule, which is one of the template's.
pub fn explain(rule: &Rule, template: &Template, lang: Lang) -> Explanation {
    let same = |other: &&Rule| std::ptr::eq(*other, rule);
    let index = template.rules().iter().enumerate().find(|(_, other)| same(other)).map(|(index, _)| index);
    let claim = template.resolved_rules().iter().find(|claim| Some(claim.rule) == index);
    Explanation {
        code: rule.code.clone(),
        severity: rule.severity,
        text: text(rule, template, claim, lang),
        source: rule.source.clone(),
        example: claim.and_then(|claim| example(rule, claim, template)).map(|finding| finding.message(lang)),
        fix: fix(rule, lang),
    }
}

/// Explains what holds the text of a report against its table, which is the same for all templates.
pub fn narrative(lang: Lang) -> Vec<Explanation> {
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

/// How to fix a breach of a rule.
pub fn fix(rule: &Rule, lang: Lang) -> String {
    let kind = format!("fix.{}", rule.kind.as_str());
    rule.fix(lang).map_or_else(|| message::text(&kind, lang, &Arguments::new()), str::to_owned)
}

/// What must hold, in the template's words or as a formula of its labels.
pub fn text(rule: &Rule, template: &Template, claim: Option<&ResolvedRule>, lang: Lang) -> String {
    if let Some(words) = rule.words(lang) {
        return words.to_owned();
    }
    let label = |number: &usize| &*template.indicators()[*number].label;
    let labels = |numbers: &[usize]| numbers.iter().map(label).collect::<Vec<_>>().join(" + ");
    let empty = ResolvedRule::default();
    let claim = claim.unwrap_or(&empty);
    let percent = rule.above.map(|above| (above * Decimal::ONE_HUNDRED).normalize().to_string());
    let arguments = Arguments::from([
        ("total".to_owned(), labels(&claim.total)),
        ("parts".to_owned(), labels(&claim.parts)),
        ("last".to_owned(), labels(&claim.last)),
        ("percent".to_owned(), percent.unwrap_or_default()),
    ]);
    message::text(&format!("must.{}", rule.kind.as_str()), lang, &arguments)
}

/// A breach of a claim by small figures.
fn example(rule: &Rule, claim: &ResolvedRule, template: &Template) -> Option<Finding> {
    let counted = |numbers: &[usize], first: i64| {
        numbers.iter().zip(first..).map(|(number, figure)| (*number, figure)).collect::<Vec<_>>()
    };
    let all = |numbers: &[usize], first: i64| {
        let figures = std::iter::once(first).chain(std::iter::repeat(0));
        numbers.iter().zip(figures).map(|(number, figure)| (*number, figure)).collect::<Vec<_>>()
    };
    let parts = counted(&claim.parts, 1);
    let sum: i64 = parts.iter().map(|(_, number)| number).sum();
    let share = rule.above.and_then(|above| (above * Decimal::ONE_HUNDRED).to_i64()).unwrap_or(100);
    let mut figures = match rule.kind {
        RuleKind::Sum | RuleKind::Equal | RuleKind::AtLeast => [all(&claim.total, sum + 1), parts].concat(),
        RuleKind::AtMost => [all(&claim.total, 3), all(&claim.parts, 5)].concat(),
        RuleKind::ExactlyWhen => [all(&claim.total, 0), all(&claim.parts, 2)].concat(),
        RuleKind::OnlyWhen => [all(&claim.total, 0), all(&claim.parts, 2)].concat(),
        RuleKind::Share => [all(&claim.total, 100), all(&claim.parts, share + 1)].concat(),
        RuleKind::WholeNumber => all(&claim.parts, -3),
        RuleKind::LocalRow | RuleKind::Unit => all(&claim.parts, 3),
        RuleKind::Required => Vec::new(),
        RuleKind::TwoYears => [all(&claim.total, 4), all(&claim.parts, 0), all(&claim.minus, 0)].concat(),
    };
    if rule.kind.shape().is_of_each_value() {
        figures.truncate(1);
    }
    let report = report(&figures, claim, rule.kind, template);
    let last = self::report(&all(&claim.last, 5), claim, rule.kind, template);
    let values = super::Figures::new(&report, template, None);
    let breach = match rule.kind {
        RuleKind::TwoYears => {
            super::two_years::carried(claim, &values, &super::Figures::new(&last, template, None)).ok().flatten()
        }
        _ => super::rule::holds(rule, claim, &values),
    };
    breach.map(|breach| breach.finding(rule, Severity::Error))
}

fn report(figures: &[(usize, i64)], claim: &ResolvedRule, kind: RuleKind, template: &Template) -> Report {
    let at = Some(Location::Text { line: 1, column: 1 });
    let value = |indicator: usize, number: Option<i64>| Value {
        id: Some(Arc::clone(&template.indicators()[indicator].id)),
        path: [].into(),
        column: None,
        unit: match kind {
            // A unit that is no form's.
            RuleKind::Unit => Some("‰".to_owned()),
            _ => template.indicators()[indicator].unit.as_deref().map(str::to_owned),
        },
        cell: number.map_or(CellValue::Blank, |number| CellValue::Number(Decimal::from(number))),
        source_text: number.map(|number| number.to_string()).unwrap_or_default(),
        at: at.clone(),
        after: None,
        label: None,
    };
    let mut values: Vec<Value> = figures.iter().map(|(indicator, number)| value(*indicator, Some(*number))).collect();
    if kind == RuleKind::Required {
        values.extend(claim.parts.first().map(|indicator| value(*indicator, None)));
    }
    Report { template: Some(template.id().to_owned()), values, ..Report::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

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
