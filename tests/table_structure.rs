//! Tables of unusual structure: every value is right, or left out and named.
//!
//! The truth files of `fixtures/structure` say which values a table has, how many must be left out with a finding
//! (`flagged`), which findings there must be (`codes`), and which values are kept beside the form (`extra`).

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde_json::Value as Json;
use xxgk::engine::Engine;
use xxgk::read::ReadOptions;
use xxgk::report::{Report, Value};

fn fixtures() -> Vec<(PathBuf, Json)> {
    let entries = std::fs::read_dir("fixtures/structure").unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.to_str().unwrap().ends_with(".truth.json") && path.extension().unwrap() != "py");
    paths.sort();
    let truth = |path: PathBuf| {
        let own = path.with_extension("truth.json");
        let truth = serde_json::from_slice(&std::fs::read(&own).unwrap_or_else(|_| panic!("{own:?}"))).unwrap();
        (path, truth)
    };
    paths.into_iter().map(truth).collect()
}

fn reports(path: &Path) -> Vec<Report> {
    let engine = Engine::new();
    let options = ReadOptions::default().name(path.file_name().unwrap().to_str().unwrap());
    let input = engine.read(&std::fs::read(path).unwrap(), &options).unwrap();
    engine.recognize(&input).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// A label without ordinals, brackets and marks.
fn bare(label: &str) -> String {
    let label = label.split(['（', '(']).next().unwrap().trim_end_matches('*');
    label.rsplit(['：', '.']).next().unwrap().to_owned()
}

/// The value with a label and column, as in `网站公开 / 2011年度`.
fn by_label<'r>(report: &'r Report, key: &str) -> Option<&'r Value> {
    let (label, column) = key.split_once(" / ").unwrap();
    report.values.iter().find(|value| {
        bare(value.path.last().unwrap()) == label && value.column.as_deref().is_none_or(|own| own == column)
    })
}

#[test]
fn each_value_is_right_or_left_out_and_named() {
    for (path, truth) in fixtures() {
        let reports = reports(&path);
        let report = &reports[0];
        let mut flagged = 0;
        let mut compare = |key: &str, expected: &Json, value: Option<&Value>| {
            let number = expected.as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
            let value = value.unwrap_or_else(|| panic!("{path:?}: no {key}"));
            let is_named = report.findings.iter().any(|own| own.ids.iter().any(|id| Some(id) == value.id.as_ref()));
            flagged += u64::from(value.number().is_none() && is_named);
            assert_eq!(value.number(), number, "{path:?}: {key} {:?}", value.at);
        };
        for (id, expected) in truth.get("values").and_then(Json::as_object).into_iter().flatten() {
            compare(id, expected, report.value(id, None));
        }
        for (label, expected) in truth.get("values_by_label").and_then(Json::as_object).into_iter().flatten() {
            compare(label, expected, by_label(report, label));
        }
        let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        for code in truth.get("codes").and_then(Json::as_array).into_iter().flatten() {
            assert!(codes.contains(&code.as_str().unwrap()), "{path:?}: no {code} in {codes:?}");
        }
        if let Some(expected) = truth.get("flagged") {
            assert_eq!(Some(flagged), expected.as_u64(), "{path:?}");
        }
        if let Some(count) = truth.get("reports") {
            assert_eq!(Some(reports.len() as u64), count.as_u64(), "{path:?}");
        }
        let expected: Vec<Option<Decimal>> = truth
            .get("extra")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .map(|number| number.to_string().parse().ok())
            .collect();
        let extra: Vec<Option<Decimal>> = report.extra.iter().map(Value::number).collect();
        assert_eq!(extra, expected, "{path:?}");
    }
}

/// Joining any two rows of a table with bars loses no value and moves none.
#[test]
fn any_two_joined_rows_are_read() {
    let text = std::fs::read_to_string("fixtures/shapes/S03-2014-pipes.txt").unwrap();
    let truth = std::fs::read("fixtures/shapes/S03-2014-pipes.truth.json").unwrap();
    let truth: Json = serde_json::from_slice(&truth).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let engine = Engine::new();
    for at in 2..lines.len() - 1 {
        let mut joined: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let next = joined.remove(at + 1);
        joined[at] = format!("{} {next}", joined[at]);
        let input = engine.read(joined.join("\n").as_bytes(), &ReadOptions::default()).unwrap();
        let report = &engine.recognize(&input).unwrap()[0];
        for (id, expected) in truth["values"].as_object().unwrap() {
            let value = report.value(id, None).unwrap();
            let number = expected.as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
            let is_named = report.findings.iter().any(|own| own.ids.iter().any(|own| **own == *id.as_str()));
            let is_left_out = value.number().is_none() && (is_named || value.cell.is_unreadable());
            assert!(value.number() == number || is_left_out, "{at}: {id} {:?}\n{}", value.number(), joined[at]);
        }
    }
}
