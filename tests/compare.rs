//! `xxgk compare` as a user meets it, on the units of two years and on forms of different times.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn xxgk(words: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compare");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "en").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    command.arg("compare").args(words).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// What was shown and said, with the status.
fn all(words: &[&str]) -> String {
    let output = xxgk(words);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!("{}--- status {}\n{}", text(&output.stdout), status(&output), text(&output.stderr))
}

#[test]
fn two_folders_are_matched_unit_by_unit() {
    insta::assert_snapshot!("folders_zh", all(&["2016", "2017", "--lang", "zh"]));
    insta::assert_snapshot!("folders_en", all(&["2016", "2017", "--lang", "en", "--fail-on", "warning"]));
}

#[test]
fn a_renaming_is_accepted_by_the_option_that_was_proposed() {
    let words = ["2016", "2017", "--match", "红旗乡=红旗乡人民政府", "--match=文化旅游和体育局=文化体育和旅游局"];
    insta::assert_snapshot!("renamed", all(&words));
    let wrong = xxgk(&["2016", "2017", "--match", "红旗=红旗乡人民政府"]);
    assert_eq!(status(&wrong), 2);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("档案局"), "the names there are");
}

#[test]
fn what_is_carried_over_two_years_is_found_with_both_files() {
    let words = ["county-2021.csv", "../2021/report.xlsx"];
    insta::assert_snapshot!("two_years_en", all(&words));
    insta::assert_snapshot!("two_years_zh", all(&[words[0], words[1], "--lang", "zh"]));
    let off = xxgk(&[words[0], words[1], "--rule", "XG161=off"]);
    assert_eq!(status(&off), 0);
    assert_eq!(status(&xxgk(&[words[0], words[1], "--fail-on", "never"])), 0);
}

#[test]
fn forms_of_different_times_are_led_over() {
    insta::assert_snapshot!(
        "forms_zh",
        all(&["../zhongzhuang-2017.xls", "../2021/report.docx", "--all", "--lang", "zh"])
    );
    insta::assert_snapshot!("forms_en", all(&["../zhongzhuang-2017.xls", "../2021/report.docx"]));
}

#[test]
fn the_wrong_order_is_said_and_nothing_is_swapped() {
    let said = all(&["2017/中庄镇.csv", "2016/中庄镇.csv"]);
    assert!(said.contains("XG703") && said.contains("2017/中庄镇.csv (2017"), "{said}");
    assert!(said.contains("−82"), "{said}");
}

#[test]
fn one_table_in_two_formats_is_the_same_table() {
    let said = all(&["../zhongzhuang-2017.txt", "../zhongzhuang-2017.xlsx"]);
    assert!(said.contains("nothing changed") && said.contains("XG702") && said.contains("XG704"), "{said}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy("fixtures/compare/2017/中庄镇.csv", folder.path().join("a.csv")).unwrap();
    fs::copy("fixtures/broken/letter.csv", folder.path().join("b.csv")).unwrap();
    let new = folder.path().to_str().unwrap();
    let output = xxgk(&["2016", new, "--to", "json"]);
    assert_eq!(status(&output), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("b.csv"));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["failed"].as_array().unwrap().len(), 1);
    assert_eq!(json["units"].as_array().unwrap().len(), 1);
    assert_eq!(status(&xxgk(&["no-such-file.csv", "2017"])), 3);
    assert_eq!(status(&xxgk(&["2016"])), 2);
}

#[test]
fn outputs_are_whole_and_replace_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, start) in
        [("a.html", &b"<!DOCTYPE html>"[..]), ("a.xlsx", b"PK"), ("a.json", b"{"), ("a.txt", "中庄镇".as_bytes())]
    {
        let output = xxgk(&["2016", "2017", "-o", &path(name)]);
        assert_eq!(status(&output), 0, "{name}");
        assert!(output.stdout.is_empty());
        let bytes = fs::read(path(name)).unwrap();
        assert!(bytes.starts_with(start), "{name}");
        let again = xxgk(&["2016", "2017", "-o", &path(name)]);
        assert_eq!(status(&again), 0, "the same bytes are fine: {name}");
    }
    let other = ["2017", "2016", "-o", &path("a.html")];
    assert_eq!(status(&xxgk(&other)), 3);
    assert_eq!(status(&xxgk(&[&other[..], &["--force"]].concat())), 0);
    assert_eq!(status(&xxgk(&["2016", "2017", "-o", &path("a.pdf")])), 2);
    fs::copy("fixtures/compare/2017/中庄镇.csv", path("input.csv")).unwrap();
    let onto_itself = ["2016", &path("input.csv"), "-o", &path("input.csv"), "--to", "text", "--force"];
    assert_eq!(status(&xxgk(&onto_itself)), 3);
    assert!(fs::read(path("input.csv")).unwrap() == fs::read("fixtures/compare/2017/中庄镇.csv").unwrap());
}

#[test]
fn the_page_names_every_row_and_column() {
    let output = xxgk(&["county-2021.csv", "../2021/report.html", "--to", "html", "--lang", "zh"]);
    let page = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!("page_zh", page);
    for (open, close) in [("<table>", "</table>"), ("<caption>", "</caption>"), ("<tr", "</tr>"), ("<th ", "</th>")] {
        assert_eq!(page.matches(open).count(), page.matches(close).count(), "{open}");
    }
    assert_eq!(page.matches("<th ").count(), page.matches("scope=").count());
}
