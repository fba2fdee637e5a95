//! What the fixtures mean: every shape of the 2014 tables against its true figures, and what is said about each.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use xxgk::message::Lang;
use xxgk::read::{ReadOptions, read};
use xxgk::recognize::Recognizer;
use xxgk::report::Report;
use xxgk::template::shipped;

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

fn reports(path: &Path) -> Vec<Report> {
    let mut options = ReadOptions::default();
    options.name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let document = read(&std::fs::read(path).unwrap(), &options).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    Recognizer::new(shipped()).recognize(&document).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// Folded as the truth files are: without ordinals, brackets and white space.
fn key(label: &str) -> String {
    xxgk::recognize::label::without_brackets(&xxgk::recognize::fold::fold(xxgk::recognize::label::without_ordinal(
        label,
    )))
}

/// The true figures of a file: `values` by id, or `values_by_label` by labels and column.
fn check(path: &Path, truth: &Json, report: &Report) -> usize {
    let number =
        |value: &Json| value.as_number().map(|number| number.to_string().parse::<rust_decimal::Decimal>().unwrap());
    let mut count = 0;
    if let Some(values) = truth.get("values").and_then(Json::as_object) {
        for (id, figure) in values {
            let value = report.value(id, None).unwrap_or_else(|| panic!("{path:?}: no {id}"));
            assert_eq!(value.number, number(figure), "{path:?}: {id}");
            count += 1;
        }
    }
    if let Some(values) = truth.get("values_by_label").and_then(Json::as_object) {
        for (labels, figure) in values {
            let labels: Vec<_> = labels.split(" / ").map(key).collect();
            let (column, labels) = labels.split_last().unwrap();
            let value = report.values.iter().find(|value| {
                value.column.as_deref().map(key).as_ref() == Some(column)
                    && value.path.last().map(|label| key(label)).as_ref() == labels.last()
                    && value.path.first().map(|label| key(label)).as_ref() == labels.first()
            });
            let value = value.unwrap_or_else(|| panic!("{path:?}: no {labels:?} {column}"));
            assert_eq!(value.number, number(figure), "{path:?}: {labels:?}");
            count += 1;
        }
    }
    count
}

#[test]
fn every_shape_gives_its_true_figures() {
    let mut figures = 0;
    let truths = files("fixtures/shapes").into_iter().chain(files("fixtures"));
    for truth in truths.filter(|path| path.to_str().unwrap().ends_with(".truth.json")) {
        let stem = truth.to_str().unwrap().strip_suffix(".truth.json").unwrap().to_owned();
        let known: Json = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
        let own = files(truth.parent().unwrap().to_str().unwrap())
            .into_iter()
            .filter(|path| path != &truth && path.with_extension("").to_str() == Some(stem.as_str()));
        for path in own.filter(|path| path.extension().is_none_or(|extension| extension != "png")) {
            let reports = reports(&path);
            assert_eq!(reports.len(), 1, "{path:?}");
            if let Some(template) = known["template"].as_str() {
                assert_eq!(reports[0].template.as_deref(), Some(template), "{path:?}");
            }
            figures += check(&path, &known, &reports[0]);
        }
    }
    assert!(figures > 1000, "{figures} figures were compared");
}

#[test]
fn the_five_formats_of_the_fixture_give_the_same_values() {
    let values = |path: &str| {
        let report = reports(Path::new(path)).remove(0);
        let values = report
            .values
            .iter()
            .map(|value| (value.id.clone(), value.column.clone(), value.number, value.status, value.unit.clone()));
        (report.organization.clone(), report.year, report.title.clone(), values.collect::<Vec<_>>())
    };
    let text = values("fixtures/zhongzhuang-2017.txt");
    for ending in ["xlsx", "xls", "ods", "csv"] {
        assert_eq!(values(&format!("fixtures/zhongzhuang-2017.{ending}")), text, "{ending}");
    }
}

/// A report as a few lines: whose it is, what it holds, and everything said about it.
fn described(report: &Report) -> String {
    let mut text = String::new();
    let Report { template, title, organization, year, period, filing, .. } = report;
    writeln!(text, "{template:?} {title:?} {organization:?} {year:?} {period:?}").unwrap();
    if !filing.is_empty() {
        writeln!(text, "{filing:?}").unwrap();
    }
    for value in report.values.iter().chain(&report.extra) {
        let name = value.id.clone().unwrap_or_else(|| format!("+ {}", value.path.join(" / ")));
        let column = value.column.as_deref().map(|column| format!(" [{column}]")).unwrap_or_default();
        let place = value.at.as_ref().map(ToString::to_string).unwrap_or_default();
        let unit = value.unit.as_deref().unwrap_or("");
        let figure = value.number.map_or_else(|| format!("{:?} {:?}", value.status, value.text), |n| n.to_string());
        writeln!(text, "{name}{column}: {figure} {unit} @ {place}").unwrap();
    }
    for finding in &report.findings {
        let place = finding.at.as_ref().map(ToString::to_string).unwrap_or_default();
        writeln!(text, "{} {} {place}: {}", finding.severity.as_str(), finding.code, finding.message(Lang::Zh))
            .unwrap();
        writeln!(text, "    {}", finding.message(Lang::En)).unwrap();
    }
    text
}

#[test]
fn recognition_says_what_it_did() {
    for path in
        ["fixtures/zhongzhuang-2017.txt", "fixtures/zhongzhuang-2017.xlsx", "fixtures/shapes/S08-2014-odd-values.txt"]
    {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
        let described: String = reports(Path::new(path)).iter().map(described).collect();
        insta::assert_snapshot!(name, described);
    }
}

#[test]
fn files_without_a_table_are_refused_with_what_to_do() {
    for name in ["letter.csv", "not-a-table.txt"] {
        let bytes = std::fs::read(Path::new("fixtures/broken").join(name)).unwrap();
        let document = read(&bytes, &ReadOptions::default()).unwrap();
        let error = Recognizer::new(shipped()).recognize(&document).unwrap_err();
        assert_eq!(error.kind(), xxgk::ErrorKind::NoTemplate, "{name}");
        assert!(error.hint(Lang::Zh).is_some(), "{name}");
    }
}

#[test]
fn a_workbook_of_several_towns_gives_a_report_for_each() {
    let sheet = |town: &str, figure: u32| {
        let mut rows = format!("{town}2016年度政府信息公开情况统计表\n统计指标\t单位\t统计数\n");
        for row in shipped().find("2014").unwrap().tables.iter().flat_map(|table| &table.rows) {
            let unit = row.unit.as_deref().unwrap_or("");
            let figure = if unit.is_empty() { String::new() } else { figure.to_string() };
            writeln!(rows, "{}\t{unit}\t{figure}", row.label).unwrap();
        }
        rows
    };
    let text = sheet("红旗镇", 1) + "\n\n" + &sheet("柳林乡", 2);
    let document = read(text.as_bytes(), &ReadOptions::default()).unwrap();
    let reports = Recognizer::new(shipped()).recognize(&document).unwrap();
    let found: Vec<_> =
        reports.iter().map(|report| (report.organization.as_deref(), report.values[0].number)).collect();
    assert_eq!(found, [(Some("红旗镇"), Some(1.into())), (Some("柳林乡"), Some(2.into()))]);
}
