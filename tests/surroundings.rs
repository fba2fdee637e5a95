//! What is around a table: organization, year and signatures from unusual places, worksheets, hidden rows and columns.
//!
//! Each fixture has a truth file with its values and, as far as they matter, `organization`, `year`, `filing`,
//! `must_report` (codes of findings) and `reports` (the number of reports).

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde_json::Value as Json;
use xxgk::engine::Engine;
use xxgk::read::{ReadOptions, SheetChoice};
use xxgk::report::Report;

fn fixtures(folder: &str) -> Vec<(PathBuf, Json)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
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
    let input =
        engine.read(&std::fs::read(path).unwrap(), &options).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    engine.recognize(&input).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn assert_values(path: &Path, truth: &Json, report: &Report) {
    for (id, figure) in truth["values"].as_object().unwrap() {
        let number = figure.as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
        let value = report.value(id, None).unwrap_or_else(|| panic!("{path:?}: no {id}"));
        assert_eq!(value.number(), number, "{path:?}: {id}");
    }
    assert!(report.extra.is_empty(), "{path:?}: {:?}", report.extra);
}

fn assert_surroundings(path: &Path, truth: &Json, reports: &[Report]) {
    let report = &reports[0];
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    if let Some(count) = truth.get("reports") {
        assert_eq!(Some(reports.len() as u64), count.as_u64(), "{path:?}");
    }
    if let Some(organization) = truth.get("organization") {
        assert_eq!(report.organization.as_deref(), organization.as_str(), "{path:?} {codes:?}");
    }
    if let Some(year) = truth.get("year") {
        assert_eq!(report.year.map(i64::from), year.as_i64(), "{path:?} {codes:?}");
    }
    for (field, text) in truth.get("filing").and_then(Json::as_object).into_iter().flatten() {
        assert_eq!(report.filing.field(field), text.as_str(), "{path:?}: {field}");
    }
    for code in truth.get("must_report").and_then(Json::as_array).into_iter().flatten() {
        assert!(codes.contains(&code.as_str().unwrap()), "{path:?}: no {code} in {codes:?}");
    }
    for code in ["XG311", "XG327"] {
        assert!(!codes.contains(&code), "{path:?}: {code}");
    }
}

fn check(folder: &str) {
    for (path, truth) in fixtures(folder) {
        let reports = reports(&path);
        assert_values(&path, &truth, &reports[0]);
        assert_surroundings(&path, &truth, &reports);
    }
}

#[test]
fn organization_and_year_come_from_wherever_they_are_stated() {
    check("fixtures/heading");
}

#[test]
fn the_folder_is_the_last_source() {
    let engine = Engine::new();
    let text = std::fs::read("fixtures/heading/nothing.txt").unwrap();
    let options = ReadOptions::default().name("a.txt").folder("2023年白杨县审计局");
    let report = engine.recognize(&engine.read(&text, &options).unwrap()).unwrap().remove(0);
    assert_eq!((report.organization.as_deref(), report.year), (Some("白杨县审计局"), Some(2023)));
    let notes = report.findings.iter().filter(|finding| matches!(finding.code.as_str(), "XG328" | "XG329"));
    assert_eq!(notes.count(), 2);
}

#[test]
fn what_is_hidden_never_wins_over_what_is_visible() {
    check("fixtures/sheets");
}

#[test]
fn tables_that_several_worksheets_have_are_named() {
    let reports = reports(Path::new("fixtures/sheets/old-copy-unclear.xlsx"));
    let of_sheet = |name: &str| reports.iter().find(|report| report.sheet.as_deref() == Some(name)).unwrap();
    let codes = |name: &str| of_sheet(name).findings.iter().map(|finding| finding.code.clone()).collect::<Vec<_>>();
    assert!(codes("依申请公开").contains(&"XG365".to_owned()));
    assert_eq!(of_sheet("依申请公开 (2)").organization, None);
}

#[test]
fn a_hidden_worksheet_is_read_if_the_user_asks_for_it() {
    let engine = Engine::new();
    let bytes = std::fs::read("fixtures/sheets/hidden-last-sheet.xlsx").unwrap();
    let options = ReadOptions::default().sheet(SheetChoice::Name("2016年".to_owned()));
    let report = engine.recognize(&engine.read(&bytes, &options).unwrap()).unwrap().remove(0);
    assert_eq!((report.value("received", None).unwrap().number(), report.year), (Some(113.into()), Some(2016)));
    assert!(report.findings.iter().all(|finding| finding.code != "XG331"));
}
