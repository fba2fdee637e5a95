//! The text around a table: kept in the model and in JSON, each report with its own, and checked there too.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::run;
use serde_json::Value as Json;
use xxgk::engine::Engine;
use xxgk::read::ReadOptions;
use xxgk::report::Report;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn reports(bytes: &[u8]) -> Vec<Report> {
    let engine = Engine::new();
    let input = engine.read(bytes, &ReadOptions::default().name("a")).unwrap();
    engine.recognize(&input).unwrap()
}

fn texts(report: &Report) -> Vec<&str> {
    report.narrative.iter().map(|paragraph| paragraph.text.trim()).collect()
}

#[test]
fn the_text_is_there_and_nothing_of_the_table() {
    for name in ["2021/report.docx", "2021/report.html", "2021/report.txt", "2021/report.doc", "2021/report.mht"] {
        let reports = reports(&fs::read(fixture(name)).unwrap());
        let [report] = &reports[..] else { panic!("{name}: one report") };
        let texts = texts(report);
        for part in ["2022年政府信息公开工作年度报告", "一、总体情况", "五、"] {
            assert!(texts.iter().any(|text| text.contains(part)), "{name}: no {part} in {texts:#?}");
        }
        for part in ["第二十条第（一）项", "信息内容", "行政许可", "自然人", "结果维持"] {
            assert!(!texts.iter().any(|text| text.starts_with(part)), "{name}: {part} in {texts:#?}");
        }
    }
}

#[test]
fn title_and_signatures_are_not_in_it() {
    let reports = reports(&fs::read(fixture("zhongzhuang-2017.txt")).unwrap());
    let texts = texts(&reports[0]);
    assert!(texts.iter().any(|text| text.contains("镇里没有收到过")), "{texts:#?}");
    let never = |text: &&str| text.contains("统计表") || text.contains("审核人") || text.contains("填报单位");
    assert!(!texts.iter().any(never), "{texts:#?}");
    for label in ["统计指标", "单位", "一、主动公开情况", "条", "0"] {
        assert!(!texts.contains(&label), "{label}: {texts:#?}");
    }
}

#[test]
fn several_reports_have_their_own() {
    let text = fs::read_to_string(fixture("2021/report.txt")).unwrap();
    let one = text.replace("一年来，", "甲年，");
    let two = text.replace("一年来，", "乙年，").replace("示例镇", "双河乡");
    let reports = reports(format!("{one}\n{two}").as_bytes());
    assert_eq!(reports.len(), 2);
    for (report, (own, other)) in reports.iter().zip([("甲年", "乙年"), ("乙年", "甲年")]) {
        let texts = texts(report);
        assert_eq!(texts.iter().filter(|text| text.starts_with(own)).count(), 1, "{texts:#?}");
        assert!(!texts.iter().any(|text| text.starts_with(other)), "{texts:#?}");
        assert_eq!(texts.iter().filter(|text| text.starts_with("五、")).count(), 1, "{texts:#?}");
    }
}

#[test]
fn json_keeps_the_text_and_is_checked_like_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(fixture("narrative/wrong.docx"), folder.join("wrong.docx")).unwrap();
    let (_, json, said) = run(folder, &["convert", "wrong.docx", "--to", "json"]);
    assert!(!said.contains("around the table"), "{said}");
    let report: Json = serde_json::from_str(&json).unwrap();
    let paragraph = &report["narrative"][0];
    assert!(paragraph["text"].is_string() && paragraph["at"]["paragraph"].is_number(), "{paragraph}");
    fs::write(folder.join("wrong.json"), &json).unwrap();
    let (_, again, _) = run(folder, &["convert", "wrong.json", "--to", "json"]);
    assert_eq!(serde_json::from_str::<Json>(&again).unwrap()["narrative"], report["narrative"]);
    let found = |file: &str| -> Vec<String> {
        let (_, out, _) = run(folder, &["check", file, "--output-format", "short"]);
        let lines = out.lines().filter(|line| line.contains("[XG5"));
        lines.map(|line| line.replace(file, "")).collect()
    };
    assert!(found("wrong.docx").len() > 5);
    assert_eq!(found("wrong.json"), found("wrong.docx"));
}

#[test]
fn formats_without_text_say_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    for name in ["a.docx", "b.docx"] {
        fs::copy(fixture("2021/report.docx"), folder.join("in").join(name)).unwrap();
    }
    let count = |said: &str| said.matches("text around the table").count();
    for format in ["pdf,json", "xlsx", "csv"] {
        let (status, _, said) = run(folder, &["convert", "in", "-o", "out/", "--to", format, "--force"]);
        assert_eq!((status, count(&said)), (0, 1), "{said}");
        assert!(said.contains("text around the table: 2;"), "{said}");
    }
    // The official form has the headings too.
    fs::copy(fixture("shapes/S16-2021-slash-and-blanks.txt"), folder.join("table.txt")).unwrap();
    let (_, _, said) = run(folder, &["convert", "table.txt", "-o", "table.pdf"]);
    assert_eq!(count(&said), 0, "{said}");
    let (_, _, said) = run(folder, &["convert", "in", "--tidy", "--to", "ndjson"]);
    assert_eq!(count(&said), 1, "{said}");
    let (_, _, said) = run(folder, &["convert", "in", "-o", "out/", "--to", "ndjson", "-q"]);
    assert_eq!(count(&said), 0, "{said}");
}
