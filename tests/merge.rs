//! A county's sixty units with ten faults: `check` and `merge` name each by kind and unit, and nothing else; the totals are
//! those of an independent sum.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)]

mod county;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use county::{FAULTS, county, roster, sums};
use rust_decimal::Decimal;
use serde_json::Value;

fn xxgk(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "zh").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    command.args(words).output().unwrap()
}

fn written(form: &str, with_faults: bool) -> (tempfile::TempDir, county::County) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("报表")).unwrap();
    let county = county(form, with_faults);
    for file in &county.files {
        fs::write(folder.path().join("报表").join(&file.name), &file.bytes).unwrap();
    }
    fs::write(folder.path().join("名单.txt"), roster().join("\n")).unwrap();
    (folder, county)
}

fn json(folder: &Path, words: &[&str]) -> (i32, Value) {
    let output = xxgk(folder, words);
    let said = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (output.status.code().unwrap(), json)
}

const MERGE: [&str; 8] = ["merge", "报表", "--roster", "名单.txt", "--organization", "安宁县", "--to", "json"];

/// What was found at warning or above: code and message, with the unit.
fn found(merged: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let found = merged["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] != "note");
    let unit = |finding: &Value| match finding["unit"].as_u64() {
        Some(at) => text(&merged["units"][at as usize]["organization"]),
        None => String::new(),
    };
    found
        .map(|finding| {
            let cause = text(&finding["cause"]);
            (text(&finding["code"]), unit(finding), format!("{} {cause}", text(&finding["message"])))
        })
        .collect()
}

fn totals(merged: &Value) -> BTreeMap<String, Option<Decimal>> {
    let values = merged["report"]["values"].as_array().unwrap();
    let number = |value: &Value| value["value"].as_number().map(|number| number.to_string().parse().unwrap());
    values.iter().map(|value| (value["id"].as_str().unwrap().to_owned(), number(value))).collect()
}

fn ten_faults(form: &str) {
    let (folder, county) = written(form, true);
    let (status, merged) = json(folder.path(), &MERGE);
    assert_eq!(status, 1);
    let found = found(&merged);
    let said = |code: &str, unit: &str, words: &str| {
        let found = found.iter().any(|(own, about, message)| {
            own == code && (about == unit || message.contains(unit)) && message.contains(words)
        });
        assert!(found, "{code} {unit} {words}: {found:#?}");
    };
    let (transposed, shifted) = if form == "2021" { ("XG123", "XG121") } else { ("XG102", "XG103") };
    let wanted: [(&str, &str, &str); 10] = [
        (transposed, "石门镇", "颠倒"),
        (
            shifted,
            "柳河镇",
            if form == "2021" {
                "从属于国家秘密起，各数可能都往下错了一行"
            } else {
                "从网络申请数起，各数可能都往下错了一行"
            },
        ),
        ("XG201", "青山乡", ""),
        ("XG306", "水务局", "30余"),
        ("XG605", "教育局", "教育局 - 副本.xlsx"),
        ("XG601", "审计局", ""),
        ("XG602", "统计局", ""),
        ("XG603", "林业局", "2022"),
        ("XG608", "白塔镇", "定稿"),
        ("XG609", "人力资源社会保障局", "人力资源和社会保障局"),
    ];
    for (code, unit, words) in wanted {
        said(code, unit, words);
    }
    said("XG621", "青山乡", "");
    said("XG631", "水务局", "30余");
    said("XG601", "人力资源和社会保障局", "人力资源社会保障局");
    // Nothing else: every finding is about a unit with a fault.
    let faulty: BTreeSet<&str> = FAULTS.iter().map(|(_, unit)| *unit).collect();
    for (code, unit, message) in &found {
        let about = if unit.is_empty() {
            faulty.iter().find(|unit| message.contains(**unit))
        } else {
            faulty.get(unit.as_str())
        };
        assert!(about.is_some() || unit == "人力资源社会保障局", "{code} {unit}: {message}");
    }
    // `check` says the same of the files alone.
    let (_, checked) = json(folder.path(), &["check", "报表", "--output-format", "json"]);
    for file in checked["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let bad = file["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] != "note").count();
        // The misspelt name differs from that of its file.
        let is_faulty =
            ["石门镇", "柳河镇", "青山乡", "水务局", "人力资源和社会保障局"].iter().any(|unit| name.contains(unit));
        assert_eq!(bad > 0, is_faulty, "{name}: {:#}", file["findings"]);
    }
    assert_eq!(totals(&merged), sums(&county.counted));
    let counted = merged["units"].as_array().unwrap().iter().filter(|unit| unit["counted"] == true).count();
    assert_eq!(counted, county.counted.len());
}

#[test]
fn ten_faults_among_sixty_units_are_named_and_nothing_else_on_the_form_of_2014() {
    ten_faults("2014-extended");
}

#[test]
fn ten_faults_among_sixty_units_are_named_and_nothing_else_on_the_form_of_2021() {
    ten_faults("2021");
}

#[test]
fn sixty_units_without_faults_are_added_without_a_word() {
    for form in ["2014-extended", "2021"] {
        let (folder, county) = written(form, false);
        let (status, merged) = json(folder.path(), &MERGE);
        assert_eq!(found(&merged), []);
        assert_eq!(status, 0);
        assert_eq!(totals(&merged), sums(&county.counted));
        assert_eq!(county.counted.len(), 60);
    }
}

#[test]
fn the_workbook_reads_back_as_the_totals_and_is_the_same_each_time() {
    for form in ["2014-extended", "2021"] {
        let (folder, county) = written(form, true);
        let merge = |name: &str| {
            let mut words = MERGE[..6].to_vec();
            words.extend(["-o", name]);
            assert_eq!(xxgk(folder.path(), &words).status.code(), Some(1));
            fs::read(folder.path().join(name)).unwrap()
        };
        assert_eq!(merge("一.xlsx"), merge("二.xlsx"));
        for output in ["一.xlsx", "三.csv"] {
            if output.ends_with("csv") {
                merge(output);
            }
            let mut words = vec!["convert", output, "--to", "json"];
            if output.ends_with("xlsx") {
                words.extend(["--sheet", "统计表"]);
            }
            let (status, report) = json(folder.path(), &words);
            assert_eq!(status, 0);
            assert_eq!(report["organization"], "安宁县");
            assert_eq!(report["template"], form);
            let read = totals(&serde_json::json!({ "report": report }));
            let sums = sums(&county.counted);
            for (id, sum) in &sums {
                assert_eq!(read[id].map(|number| number.normalize()), sum.map(|sum| sum.normalize()), "{output} {id}");
            }
        }
    }
}

#[test]
fn strict_leaves_out_units_with_errors_and_other_years() {
    let (folder, county) = written("2014-extended", true);
    let mut words = MERGE.to_vec();
    words.push("--strict");
    let (status, merged) = json(folder.path(), &words);
    assert_eq!(status, 1);
    let left_out = ["石门镇", "柳河镇", "林业局"];
    let kept: Vec<_> = county
        .counted
        .into_iter()
        .filter(|report| !left_out.contains(&report.organization.as_deref().unwrap()))
        .collect();
    assert_eq!(totals(&merged), sums(&kept));
    let said = found(&merged);
    for unit in left_out {
        assert!(
            said.iter().any(|(_, about, message)| about == unit && message.contains("未计入（--strict）")),
            "{unit}"
        );
    }
}
