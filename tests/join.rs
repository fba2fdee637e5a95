//! `--join`: files with one table each of one organization and year are one report.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

mod command;

use std::fs;
use std::path::Path;

use command::run;
use serde_json::Value as Json;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

/// The three tables of the sample of 2022 in three files; only the first has a title.
fn three_files(folder: &Path, organization: &str) {
    let text = encoding_rs::GB18030.decode(&fixture("2021/report.csv")).0.replace("示例镇", organization);
    let mut parts: Vec<String> = Vec::new();
    for line in text.lines().take_while(|line| !line.starts_with("五、")) {
        let begins = ["收到和处理", "政府信息公开行政复议"].iter().any(|heading| {
            line.split(',').next().unwrap().split_once('、').is_some_and(|(_, rest)| rest.starts_with(heading))
        });
        if parts.is_empty() || begins {
            parts.push(String::new());
        }
        *parts.last_mut().unwrap() += &format!("{line}\n");
    }
    assert_eq!(parts.len(), 3);
    fs::create_dir_all(folder).unwrap();
    for (part, name) in parts.iter().zip(["公开", "申请", "诉讼"]) {
        fs::write(folder.join(format!("{organization}{name}.csv")), part).unwrap();
    }
}

/// Whether a report has all values of the sample.
fn assert_whole(report: &Json) {
    let truth: Json = serde_json::from_slice(&fixture("2021/report.truth.json")).unwrap();
    for (id, figure) in truth["values"].as_object().unwrap() {
        let value = report["values"].as_array().unwrap().iter().find(|value| value["id"] == **id).unwrap();
        let number = |value: &Json| value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        assert_eq!(number(&value["value"]), number(figure), "{id}");
    }
}

#[test]
fn three_files_become_one_report() {
    let folder = tempfile::tempdir().unwrap();
    three_files(&folder.path().join("in"), "示例镇");
    let (status, out, said) = run(folder.path(), &["convert", "--join", "in", "--to", "json", "-o", "-"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("XG364"), "{said}");
    let report: Json = serde_json::from_str(&out).unwrap();
    assert_eq!((report["organization"].as_str(), report["year"].as_i64()), (Some("示例镇"), Some(2022)));
    assert_whole(&report);
}

#[test]
fn files_of_two_organizations_become_two_reports() {
    let folder = tempfile::tempdir().unwrap();
    for organization in ["示例镇", "东河镇"] {
        three_files(&folder.path().join("in"), organization);
    }
    let (status, _, said) = run(folder.path(), &["convert", "--join", "in", "--to", "xlsx", "-o", "out"]);
    assert_eq!(status, 0, "{said}");
    for organization in ["示例镇", "东河镇"] {
        let path = format!("out/{organization}-2022.xlsx");
        let (_, out, _) = run(folder.path(), &["convert", &path, "--to", "json"]);
        assert_whole(&serde_json::from_str(&out).unwrap());
    }
    let (_, _, said) = run(folder.path(), &["merge", "--join", "in", "-o", "all.xlsx"]);
    assert!(said.contains("2 organizations in the totals, 0 left out"), "{said}");
    let (_, out, said) = run(folder.path(), &["check", "--join", "in", "--output-format", "json"]);
    assert_eq!(out.matches("\"file\":").count(), 2, "{out} {said}");
    let (_, out, said) = run(folder.path(), &["compare", "--join", "in", "in"]);
    assert!(said.contains("2 organizations compared"), "{out} {said}");
}

#[test]
fn a_table_twice_is_used_once_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    three_files(&folder.path().join("in"), "示例镇");
    let own = folder.path().join("in/示例镇公开.csv");
    let copy = folder.path().join("in/示例镇公开2.csv");
    fs::copy(&own, &copy).unwrap();
    let words = ["convert", "--join", "in", "--to", "csv", "-o", "out/"];
    let (status, _, said) = run(folder.path(), &words);
    assert!(status == 0 && said.contains("XG365") && said.contains("示例镇公开2.csv"), "{said}");
    let text = fs::read_to_string(&own).unwrap();
    fs::write(&copy, text.replace("1263", "1264")).unwrap();
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    let (status, _, said) = run(folder.path(), &words);
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("示例镇公开.csv and") || said.contains("and in/示例镇公开.csv"), "{said}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_file_of_nobody_stays_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for organization in ["示例镇", "东河镇"] {
        three_files(&at.join("in"), organization);
    }
    fs::rename(at.join("in/东河镇申请.csv"), at.join("in/申请.csv")).unwrap();
    let (status, _, said) = run(at, &["convert", "--join", "in", "--to", "csv", "-o", "out"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("in/申请.csv: warning[XG365]"), "{said}");
    assert_eq!(fs::read_dir(at.join("out")).unwrap().count(), 3);
}

#[test]
fn joined_reports_can_be_named_listed_and_summed_up() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for organization in ["东河镇", "西河镇"] {
        three_files(&at.join("in"), organization);
    }
    let words = ["convert", "--join", "in", "--to", "csv", "-o", "out/", "--name", "{year}{organization}"];
    let (status, out, said) = run(at, &[&words[..], &["-n", "--summary", "plan.json"]].concat());
    assert_eq!(status, 0, "{said}");
    assert!(out.lines().count() == 2 && out.contains("2022东河镇.csv"), "{out}");
    assert!(!at.join("out").exists() && !at.join("plan.json").exists());

    let (status, _, said) = run(at, &[&words[..], &["--summary", "all.json"]].concat());
    assert_eq!(status, 0, "{said}");
    assert!(at.join("out/2022东河镇.csv").exists() && at.join("out/2022西河镇.csv").exists());
    let rows: Json = serde_json::from_slice(&fs::read(at.join("all.json")).unwrap()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(rows[0]["reports"][0]["organization"], "东河镇");
    assert!(rows[0]["outputs"][0].as_str().unwrap().ends_with("2022东河镇.csv"), "{rows}");

    let (status, out, said) = run(at, &["convert", "--join", "in", "--to", "csv", "--tidy"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(out.lines().filter(|line| line.contains("organization")).count(), 1);
    assert!(out.lines().count() > 100 && out.contains("西河镇"), "{out}");
    let (status, _, said) = run(at, &["convert", "--join", "in", "--to", "json", "-o", "o/", "--encoding", "gb18030"]);
    assert_eq!(status, 2, "{said}");
}
