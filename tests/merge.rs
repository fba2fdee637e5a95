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
                let found = read.get(id).copied().flatten();
                assert_eq!(found.map(|number| number.normalize()), sum.map(|sum| sum.normalize()), "{output} {id}");
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

/// A table of the form of 2014 as CSV, with headers of its value columns, a figure for each indicator, and units.
fn table(
    name: &str,
    headers: &[&str],
    figure: impl Fn(&str, usize) -> String,
    unit: impl Fn(&str) -> String,
) -> String {
    let form = xxgk::template::shipped().get("2014").unwrap();
    let mut text = format!("{name}2017年度政府信息公开情况统计表\n统计指标,单位,{}\n", headers.join(","));
    for table in form.tables() {
        for row in &table.rows {
            let id = table.indicator_id(row, &table.columns[0]);
            let is_heading = table.kind(row, &table.columns[0]) == xxgk::template::ValueKind::Heading;
            let figures = (0..headers.len()).map(|at| if is_heading { String::new() } else { figure(&id, at) });
            let official = table.unit_of(row, &table.columns[0]).unwrap_or_default();
            let unit = if unit(&id).is_empty() { official.to_owned() } else { unit(&id) };
            text += &format!("{},{unit},{}\n", row.label, figures.collect::<Vec<_>>().join(","));
        }
    }
    text
}

/// Figures whose sums hold: nothing but what was disclosed, as many of each as a number says.
fn figures(number: usize) -> impl Fn(&str, usize) -> String {
    move |id, column| {
        let many = [
            "disclosed",
            "disclosed_by.gazette",
            "disclosed_by.website",
            "meetings",
            "trainings",
            "trainees",
            "staff",
            "staff.full_time",
        ];
        let at = many.iter().position(|known| *known == id);
        at.map_or(0, |at| number * (column + 1) * if at < 3 { 100 } else { 1 }).to_string()
    }
}

fn official(_: &str) -> String {
    String::new()
}

fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("报表").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

const MERGE_ALL: [&str; 6] = ["merge", "报表", "--organization", "安宁县", "--to", "json"];

fn merged(folder: &tempfile::TempDir, more: &[&str]) -> (i32, Value) {
    json(folder.path(), &[&MERGE_ALL, more].concat())
}

fn of_column(merged: &Value, id: &str, column: Option<&str>) -> Option<Decimal> {
    let values = merged["report"]["values"].as_array().unwrap();
    let own = values.iter().find(|value| value["id"] == id && value["column"].as_str() == column);
    let own = own.unwrap_or_else(|| panic!("{id} {column:?}"));
    own["value"].as_number().map(|number| number.to_string().parse().unwrap())
}

#[test]
fn two_value_columns_are_added_each_of_its_own_or_one_of_them_by_scope() {
    let both = ["本级", "全区域"];
    let units = [("甲镇", 1), ("乙镇", 2), ("丙镇", 4)];
    let files: Vec<_> = units
        .iter()
        .map(|(name, number)| (format!("{name}.csv"), table(name, &both, figures(*number), official)))
        .collect();
    let mut files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let whole = folder(&files);
    let (status, all) = merged(&whole, &[]);
    assert_eq!((status, found(&all)), (0, vec![]));
    assert_eq!(of_column(&all, "disclosed", Some("本级")), Some(700.into()));
    assert_eq!(of_column(&all, "disclosed", Some("全区域")), Some(1400.into()));
    for (scope, sum) in [("本级", 700), ("全区域", 1400), ("1", 700), ("2", 1400)] {
        let (status, one) = merged(&whole, &["--scope", scope]);
        assert_eq!((status, found(&one)), (0, vec![]), "{scope}");
        assert_eq!(of_column(&one, "disclosed", None), Some(sum.into()), "{scope}");
        assert_eq!(
            one["report"]["values"].as_array().unwrap().len() * 2,
            all["report"]["values"].as_array().unwrap().len()
        );
    }
    // A unit with a single column has no other; one without the column named is left out and said.
    files.push(("丁镇.csv", table("丁镇", &["统计数"], figures(16), official)));
    files.push(("戊镇.csv", table("戊镇", &["机关", "下属单位"], figures(32), official)));
    let mixed = folder(&files);
    let (status, one) = merged(&mixed, &["--scope", "全区域"]);
    let said: Vec<_> = found(&one).into_iter().map(|(code, unit, _)| (code, unit)).collect();
    assert_eq!((status, said), (1, vec![("XG610".to_owned(), "戊镇".to_owned())]));
    assert_eq!(of_column(&one, "disclosed", None), Some(3000.into()));
    // Without a scope what is unlike the most is left out.
    let (status, all) = merged(&mixed, &[]);
    let mut said: Vec<_> = found(&all).into_iter().map(|(code, unit, _)| (code, unit)).collect();
    said.sort();
    assert_eq!(status, 1);
    assert_eq!(said, ["丁镇", "戊镇"].map(|unit| ("XG610".to_owned(), unit.to_owned())));
    assert_eq!(of_column(&all, "disclosed", Some("全区域")), Some(1400.into()));
}

#[test]
fn totals_and_totals_of_totals_do_not_count() {
    let csv = |name: &str, number: usize| table(name, &["统计数"], figures(number), official);
    let files = [
        ("东片/甲镇.csv", csv("甲镇", 1)),
        ("东片/乙镇.csv", csv("乙镇", 2)),
        ("东片/汇总.csv", csv("东片", 3)),
        ("西片/丙镇.csv", csv("丙镇", 4)),
        ("西片/丁镇.csv", csv("丁镇", 8)),
        ("西片/汇总.csv", csv("西片", 12)),
        ("安宁县.csv", csv("安宁县", 15)),
    ];
    // One level of totals, and two.
    for (count, left_out) in [(6, vec!["东片", "西片"]), (7, vec!["东片", "安宁县", "西片"])] {
        let (status, all) = merged(&folder(&files[..count]), &["--fail-on", "warning"]);
        let mut said: Vec<_> = found(&all).into_iter().map(|(code, unit, _)| (code, unit)).collect();
        said.sort();
        assert_eq!(said, left_out.iter().map(|unit| ("XG611".to_owned(), (*unit).to_owned())).collect::<Vec<_>>());
        assert_eq!(status, 1);
        assert_eq!(of_column(&all, "disclosed", None), Some(1500.into()));
        // The sums of the form hold over the totals.
        assert_eq!(of_column(&all, "staff", None), of_column(&all, "staff.full_time", None));
    }
}

#[test]
fn amounts_in_different_units_are_never_added() {
    let fees = |amount: &'static str| {
        move |id: &str, column: usize| if id == "fees" { amount.to_owned() } else { figures(1)(id, column) }
    };
    let yuan = |id: &str| if id == "fees" { "元".to_owned() } else { String::new() };
    let csv = |name: &str, amount| table(name, &["统计数"], fees(amount), official);
    let fine = [("甲镇.csv", csv("甲镇", "1.5")), ("乙镇.csv", csv("乙镇", "0.25"))];
    let (_, all) = merged(&folder(&fine), &[]);
    assert_eq!(of_column(&all, "fees", None), Some(Decimal::new(175, 2)));
    let unlike = |amount| [&fine[..], &[("丙镇.csv", table("丙镇", &["统计数"], fees(amount), yuan))]].concat();
    let (status, all) = merged(&folder(&unlike("3000")), &[]);
    assert_eq!(status, 1);
    assert_eq!(of_column(&all, "fees", None), None);
    let said = found(&all);
    assert!(
        said.iter().any(|(code, unit, text)| code == "XG631" && unit == "丙镇" && text.contains("3000元")),
        "{said:#?}"
    );
    // 0 is 0 in any unit, and the other totals stand.
    let (_, all) = merged(&folder(&unlike("0")), &[]);
    assert_eq!(of_column(&all, "fees", None), Some(Decimal::new(175, 2)));
    assert_eq!(of_column(&all, "disclosed", None), Some(300.into()));
    // Where all are in one unit that is not the form's, the total stays open, and each is named.
    let other = ["甲镇", "乙镇"].map(|name| (format!("{name}.csv"), table(name, &["统计数"], fees("200"), yuan)));
    let other: Vec<_> = other.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let (_, all) = merged(&folder(&other), &[]);
    assert_eq!(of_column(&all, "fees", None), None);
    assert_eq!(found(&all).iter().filter(|(code, ..)| code == "XG631").count(), 2);
}

#[test]
fn a_row_that_a_table_lacks_is_not_blank() {
    let whole = table("甲镇", &["统计数"], figures(1), official);
    let row = "规范性文件";
    let short: Vec<String> = table("乙镇", &["统计数"], figures(1), official)
        .lines()
        .filter(|line| !line.contains(row))
        .map(str::to_owned)
        .collect();
    assert!(whole.contains(row));
    let folder = folder(&[("甲镇.csv", whole), ("乙镇.csv", short.join("\n"))]);
    let (_, all) = merged(&folder, &[]);
    let named = found(&all);
    assert!(named.iter().any(|(code, unit, _)| code == "XG624" && unit == "乙镇"), "{named:#?}");
    assert!(!named.iter().any(|(code, unit, _)| code == "XG621" && unit == "乙镇"), "{named:#?}");
    let written = xxgk(folder.path(), &["merge", "报表", "--to", "xlsx", "-o", "汇总.xlsx"]);
    assert!(written.status.code().unwrap() < 2);
    let bytes = fs::read(folder.path().join("汇总.xlsx")).unwrap();
    let mut workbook: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).unwrap();
    let sheets = calamine::Reader::worksheets(&mut workbook);
    let marks = sheets.iter().flat_map(|(_, range)| range.rows().flatten()).filter(|cell| **cell == "〔缺〕").count();
    assert!(marks > 0);
}
