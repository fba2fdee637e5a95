//! Documents of pages: `fixtures/pages` against the true values of the table that they show.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use xxgk::engine::Engine;
use xxgk::message::Lang;
use xxgk::read::ReadOptions;
use xxgk::report::{CellValue, Report};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new("fixtures/pages").join(name)).unwrap()
}

fn report(name: &str) -> Report {
    let mut options = ReadOptions::default();
    options.name = name.to_owned();
    let mut reports = Engine::new().examine(&bytes(name), &options).unwrap();
    assert_eq!(reports.len(), 1, "{name}");
    reports.remove(0).report
}

/// The true values by their ids; blank ones have none.
fn truth() -> BTreeMap<String, Option<String>> {
    let truth = std::fs::read("fixtures/zhongzhuang-2017.truth.json").unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
    let values = truth["values"].as_object().unwrap().iter();
    values.map(|(id, value)| (id.clone(), (!value.is_null()).then(|| value.to_string().replace('"', "")))).collect()
}

/// The values that are not the true ones: their ids, and what was read.
fn differences(report: &Report) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (id, value) in truth() {
        let own = report.values.iter().find(|value| value.id.as_deref() == Some(&id));
        let read = match own.map(|value| &value.cell) {
            Some(CellValue::Number(number)) => Some(number.to_string()),
            Some(CellValue::Blank) => None,
            Some(_) => Some("?".to_owned()),
            None => Some("-".to_owned()),
        };
        if read != value {
            found.push((id, read.unwrap_or_default()));
        }
    }
    found
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn ruled_tables_are_read_whatever_they_look_like() {
    for name in ["ruled.pdf", "ruled.ofd", "turned.pdf", "bold.pdf"] {
        let report = report(name);
        assert_eq!(differences(&report), [], "{name}");
        assert_eq!((report.organization.as_deref(), report.year), (Some("中庄镇"), Some(2017)), "{name}");
        let value = report.values.iter().find(|value| value.id.as_deref() == Some("funds")).unwrap();
        let at = value.at.as_ref().unwrap();
        assert!(at.to_text(Lang::ZH).starts_with("第2页 表1 第") || at.to_text(Lang::ZH).starts_with("第3页"), "{at}");
    }
}

#[test]
fn tables_with_few_ruling_lines_have_no_wrong_value() {
    for name in ["unruled.pdf", "columns.pdf"] {
        let report = report(name);
        let found = differences(&report);
        assert!(found.len() <= 2 && found.iter().all(|(_, read)| read.is_empty() || read == "?"), "{name}: {found:?}");
    }
}

#[test]
fn what_shows_counts_and_what_does_not_is_in_doubt() {
    // A new value covers the old one.
    assert_eq!(differences(&report("covered.pdf")), [("disclosed".to_owned(), "171".to_owned())]);
    let hidden = report("hidden.pdf");
    assert_eq!(differences(&hidden), [("disclosed".to_owned(), "?".to_owned())]);
    assert!(codes(&hidden).contains(&"XG382"));
}

#[test]
fn scans_and_passwords_are_named() {
    let engine = Engine::new();
    let error = |name: &str| engine.read(&bytes(name), &ReadOptions::default()).unwrap_err();
    assert_eq!(error("scan.pdf").kind().name(), "scanned");
    assert_eq!(error("password.pdf").kind().name(), "encrypted");
    assert!(error("scan.pdf").message(Lang::ZH).contains("扫描"));
}

#[test]
fn damaged_documents_are_errors_and_never_panics() {
    let engine = Engine::new();
    for name in ["ruled.pdf", "ruled.ofd", "password.pdf"] {
        let whole = bytes(name);
        for end in (0..whole.len()).step_by(97) {
            drop(engine.read(&whole[..end], &ReadOptions::default()));
        }
        for at in (0..whole.len()).step_by(53) {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            drop(engine.examine(&changed, &ReadOptions::default()));
        }
    }
}
