//! Every rule of every form: a breach by one is found, with its figures; what only just holds is not.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;
use xxgk::document::Location;
use xxgk::engine::Engine;
use xxgk::finding::Finding;
use xxgk::message::Lang;
use xxgk::read::{Input, ReadOptions, StoredReports};
use xxgk::report::{CellValue, Report, Value};
use xxgk::template::{Template, shipped};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

/// Figures as a clerk would type them.
type Figures = BTreeMap<String, Figure>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Figure {
    Number(i64),
    Typed(String),
}

#[derive(Deserialize)]
struct Case {
    breaks: Figures,
    passes: Figures,
    #[serde(default)]
    last: Figures,
}

fn report(template: &Template, figures: &Figures) -> Report {
    let values = figures.iter().zip(1..).map(|((id, figure), line)| {
        let (t, r, c) = template.place(id).unwrap_or_else(|| panic!("{id}"));
        let table = &template.tables()[t];
        let text = match figure {
            Figure::Number(number) => number.to_string(),
            Figure::Typed(text) => text.clone(),
        };
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: Option<Decimal> = digits.parse().ok();
        let unit = Some(&text[digits.len()..]).filter(|unit| number.is_some() && !unit.is_empty());
        Value {
            id: Some(id.as_str().into()),
            path: [].into(),
            column: None,
            unit: unit.or(table.unit_of(&table.rows[r], &table.columns[c])).map(str::to_owned),
            cell: match (text.as_str(), number) {
                (_, Some(number)) => CellValue::Number(number),
                ("/", None) => CellValue::NotApplicable,
                _ => CellValue::Blank,
            },
            source_text: text,
            at: Some(Location::Text { line, column: 1 }),
            after: None,
            label: None,
            correction: None,
        }
    });
    Report { template: Some(template.id().to_owned()), values: values.collect(), ..Report::default() }
}

/// The findings of the rules, and of the rules over two years where there is a year before.
fn check(this: Report, last: Option<Report>) -> Vec<Finding> {
    let engine = Engine::new().last_year(last.into_iter().collect());
    let input = Input::Reports(StoredReports::default());
    engine.check(&input, vec![this]).remove(0).findings
}

fn findings(template: &Template, figures: &Figures, last: &Figures, code: &str) -> Vec<Finding> {
    let last = (!last.is_empty()).then(|| report(template, last));
    let mut findings = check(report(template, figures), last);
    findings.retain(|finding| finding.code == code);
    findings
}

#[test]
fn the_largest_figures_that_are_read_can_be_reckoned_with() {
    let largest = ["99999999999999999999", "-99999999999999999999", "99999999999999999999.99999999", "0.00000001", "0"];
    for template in &shipped().0 {
        let ids: Vec<&str> = template.indicators().iter().map(|indicator| &*indicator.id).collect();
        let filled = |pick: &dyn Fn(usize) -> usize| -> Figures {
            let numbers = ids.iter().enumerate();
            numbers.map(|(at, id)| ((*id).to_owned(), Figure::Typed(largest[pick(at)].to_owned()))).collect()
        };
        let all: Vec<Figures> = (0..largest.len()).map(|pick| filled(&move |_| pick)).collect();
        let mixed = (0..8usize).map(|turn| filled(&move |at| (at * turn + turn / 2) % largest.len()));
        for figures in all.into_iter().chain(mixed) {
            let report = report(template, &figures);
            let findings = check(report.clone(), Some(report));
            let is_negative = |figure: &Figure| matches!(figure, Figure::Typed(text) if text.starts_with('-'));
            assert!(!findings.is_empty() || !figures.values().any(is_negative), "{}", template.id());
        }
    }
}

#[test]
fn every_rule_finds_what_breaks_it_and_lets_pass_what_only_just_holds() {
    for template in &shipped().0 {
        let path = format!("fixtures/rules/{}.toml", template.id());
        let cases = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let cases: BTreeMap<String, Case> = toml::from_str(&cases).unwrap_or_else(|error| panic!("{path}: {error}"));
        let codes: BTreeSet<&String> = template.rules().iter().map(|rule| &rule.code).collect();
        assert_eq!(cases.keys().collect::<BTreeSet<_>>(), codes, "{}", template.id());
        let mut said = String::new();
        for (code, case) in &cases {
            let found = findings(template, &case.breaks, &case.last, code);
            assert_eq!(found.len(), 1, "{} {code}: {found:?}", template.id());
            assert!(!found[0].figures.is_empty() && found[0].at.is_some(), "{code}");
            let severity = found[0].severity.as_str();
            said += &format!("{severity}[{code}] {}\n", found[0].message(Lang::ZH));
            said += &format!("{severity}[{code}] {}\n", found[0].message(Lang::EN));
            let found = findings(template, &case.passes, &case.last, code);
            assert_eq!(found, [], "{} {code}", template.id());
        }
        insta::assert_snapshot!(format!("rules_{}", template.id()), said);
    }
}

#[test]
fn every_rule_is_explained_with_an_example_in_both_languages() {
    for template in &shipped().0 {
        for lang in [Lang::ZH, Lang::EN] {
            let explanations = ENGINE.explain(template, lang);
            assert_eq!(explanations.len(), template.rules().len());
            for explanation in explanations {
                let code = explanation.code;
                let example = explanation.example.unwrap_or_else(|| panic!("{} {code}", template.id()));
                for text in [&explanation.text, &explanation.fix, &explanation.source, &example] {
                    assert!(!text.is_empty() && !text.contains(['{', '}']), "{code}: {text}");
                    assert!(!text.starts_with("rule.") && !text.starts_with("must.") && !text.starts_with("fix."));
                }
            }
        }
    }
}

/// What a file says of itself: every finding with its place.
fn said(path: &str) -> String {
    let bytes = fs::read(path).unwrap();
    let mut said = String::new();
    for examined in ENGINE.examine(&bytes, &ReadOptions::default()).unwrap() {
        for finding in ENGINE.check_rules(examined.report).findings {
            let at = finding.at.as_ref().map_or_else(String::new, |at| at.to_text(Lang::ZH));
            said += &format!("{} {} {at}: {}\n", finding.severity.as_str(), finding.code, finding.message(Lang::ZH));
            for figure in &finding.figures {
                let at = figure.at.as_ref().map_or_else(String::new, |at| at.to_text(Lang::ZH));
                said += &format!("    {at} {} {}\n", figure.label, figure.text);
            }
        }
    }
    said
}

#[test]
fn the_fixture_shows_what_is_in_its_figures_with_lines_and_with_cells() {
    for file in ["zhongzhuang-2017.txt", "zhongzhuang-2017.xlsx"] {
        insta::assert_snapshot!(format!("check_{file}"), said(&format!("fixtures/{file}")));
    }
}
