//! Sentences in `fixtures/narrative/sentences.toml`, each held against figures, with what must be said of it.

use indexmap::IndexMap;
use serde::Deserialize;

use super::*;
use crate::document::{Location, PageBox};
use crate::message::Lang;
use crate::report::{CellValue, Paragraph};
use crate::template::shipped;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    table: IndexMap<String, Table>,
    case: Vec<Case>,
}

/// A report's figures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    template: String,
    organization: String,
    year: i32,
    figures: IndexMap<String, toml::Value>,
}

/// A text beside a table's figures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    table: String,
    text: String,
    /// Figures that differ from the table's.
    #[serde(default)]
    figures: IndexMap<String, toml::Value>,
    /// Figures of the year before; none where its table is not known.
    #[serde(default)]
    last: IndexMap<String, toml::Value>,
    /// The codes of what is said; nothing where none is given.
    #[serde(default)]
    says: Vec<String>,
    /// Why nothing is said, for the reader.
    #[serde(default)]
    because: Option<String>,
}

fn value(id: &str, figure: &toml::Value, at: u32) -> Value {
    let text = figure.as_str().map_or_else(|| figure.to_string(), str::to_owned);
    let cell = match (text.parse().ok(), text.as_str()) {
        (Some(number), _) => CellValue::Number(number),
        (None, "") => CellValue::Blank,
        (None, _) => CellValue::NotApplicable,
    };
    let at = Some(Location::Text { line: at, column: 1 });
    let (id, path) = (Some(id.into()), [].into());
    Value {
        id,
        path,
        column: None,
        unit: None,
        cell,
        source_text: text,
        at,
        after: None,
        label: None,
        correction: None,
    }
}

type Figures = IndexMap<String, toml::Value>;

/// The report of a table with these figures.
fn report(table: &Table, figures: &Figures) -> Report {
    let template = shipped().find(&table.template).expect("a shipped form");
    let values = figures.iter().enumerate().map(|(index, (id, figure))| {
        assert!(template.place(id).is_some(), "{id}");
        value(id, figure, 1000 + index as u32)
    });
    Report { template: Some(table.template.clone()), values: values.collect(), ..Report::default() }
}

/// `last` has figures of the year before, if its table is known.
fn findings(table: &Table, other: &Figures, last: &Figures, text: &str) -> Vec<Finding> {
    let template = shipped().find(&table.template).expect("a shipped form");
    let mut figures = table.figures.clone();
    figures.extend(other.clone());
    let line = |(index, line): (usize, &str)| Paragraph {
        text: line.to_owned(),
        at: Location::Text { line: index as u32 + 1, column: 1 },
    };
    let last = (!last.is_empty()).then(|| report(table, last));
    let report = Report {
        organization: Some(table.organization.clone()),
        year: Some(table.year),
        narrative: text.lines().enumerate().map(line).filter(|line| !line.text.trim().is_empty()).collect(),
        ..report(table, &figures)
    };
    narrative(std::slice::from_ref(&report), &report, last.as_ref(), template, &SeverityOverrides::default())
}

fn sentences_of_fixture() -> Sentences {
    toml::from_str(include_str!("../../../fixtures/narrative/sentences.toml")).expect("the fixture is whole")
}

#[test]
fn sentences_are_held_against_figures_and_traps_stay_silent() {
    let sentences = sentences_of_fixture();
    let mut wrong = Vec::new();
    for case in &sentences.case {
        let found = findings(&sentences.table[&case.table], &case.figures, &case.last, &case.text);
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
        if codes != case.says {
            let messages: Vec<_> = found.iter().map(|finding| finding.message(Lang::ZH)).collect();
            wrong.push(format!("{}\n  wanted {:?}, found {messages:#?}", case.text, case.says));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), sentences.case.len(), wrong.join("\n"));
}

/// The reader of a sentence that must be understood is of no use where it is silent for another reason: with every
/// figure off by one, the same sentences that fit must be said to differ.
#[test]
fn sentences_that_fit_differ_from_other_figures() {
    let sentences = sentences_of_fixture();
    let understood = |case: &&Case| case.says.is_empty() && case.because.is_none();
    let mut silent = Vec::new();
    for case in sentences.case.iter().filter(understood) {
        let table = &sentences.table[&case.table];
        let mut figures = table.figures.clone();
        figures.extend(case.figures.clone());
        let off = figures.into_iter().map(|(id, figure)| {
            let number: rust_decimal::Decimal = figure.to_string().trim_matches('"').parse().unwrap_or_default();
            (id, toml::Value::String((number * Decimal::from(3) + Decimal::from(5000)).to_string()))
        });
        let found = findings(table, &off.collect(), &Figures::new(), &case.text);
        if !found.iter().any(|finding| ["XG501", "XG502", "XG503"].contains(&finding.code.as_str())) {
            silent.push(case.text.as_str());
        }
    }
    assert!(silent.is_empty(), "not understood:\n{}", silent.join("\n"));
}

#[test]
fn a_finding_quotes_the_sentence_with_its_place_and_the_figures_with_theirs() {
    let sentences = sentences_of_fixture();
    let town = &sentences.table["town"];
    let text = "一、概述\n　　镇里重视此项工作。2017年度，本镇共收到政府信息公\n开申请15件，均已答复。";
    let found = findings(town, &Figures::new(), &Figures::new(), text);
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.arguments["quote"], "2017年度，本镇共收到政府信息公开申请15件，均已答复。");
    assert_eq!(finding.at, Some(Location::Text { line: 2, column: 19 }));
    assert_eq!(&*finding.figures[0].id, "received");
    assert!(matches!(finding.figures[0].at, Some(Location::Text { line: 1000.., .. })));
}

#[test]
fn lines_of_a_page_are_joined_unless_the_next_is_indented() {
    let line = |(index, (left, text)): (usize, (i32, &str))| Paragraph {
        text: text.to_owned(),
        at: Location::PageLine {
            page: 1,
            line: index as u32 + 1,
            area: PageBox([left, index as i32 * 29, 500, index as i32 * 29 + 16]),
        },
    };
    let texts = |lines: &[(i32, &str)]| -> Vec<String> {
        let report = Report { narrative: lines.iter().copied().enumerate().map(line).collect(), ..Report::default() };
        passage::passages(&report, vocabulary()).into_iter().map(|passage| passage.text).collect()
    };
    let first = (111, "本年新收政府信息公开申请52件，比上年增加1");
    assert_eq!(texts(&[first, (79, "2件，增长30%。")]), ["本年新收政府信息公开申请52件，比上年增加12件，增长30%。"]);
    assert_eq!(texts(&[(79, "无"), first, (111, "2件，增长30%。")]).len(), 3);
}

/// Whole reports, read and recognized as files are: one says what its table has and much that may not be compared, the
/// other differs in places that are known.
#[test]
fn whole_reports_are_held_against_their_tables() {
    let codes = |bytes: &[u8], name: &str| -> Vec<(String, Option<Location>)> {
        let options = crate::read::ReadOptions { name: name.to_owned(), ..Default::default() };
        let input = crate::read::read(bytes, &options).expect("the fixture reads");
        let reports = crate::recognize::recognize(&input, shipped()).expect("it has a table");
        let template = shipped().find("2021").expect("a shipped form");
        let found = narrative(&reports, &reports[0], None, template, &SeverityOverrides::default());
        found.into_iter().map(|finding| (finding.code, finding.at)).collect()
    };
    let right = codes(include_bytes!("../../../fixtures/narrative/right.docx"), "right.docx");
    assert_eq!(right, []);
    let wrong = codes(include_bytes!("../../../fixtures/narrative/wrong.docx"), "wrong.docx");
    let known = [
        ("XG507", 6),
        ("XG509", 2),
        ("XG501", 4),
        ("XG501", 4),
        ("XG501", 4),
        ("XG505", 4),
        ("XG501", 5),
        ("XG502", 5),
        ("XG503", 6),
        ("XG502", 10),
    ];
    let known = known.map(|(code, paragraph)| (code.to_owned(), Some(Location::Paragraph { paragraph })));
    assert_eq!(wrong, known);
}
