//! What the fixtures mean: every shape of the 2014 tables against its true figures, and what is said about each.

#![allow(clippy::unwrap_used)]

mod labels;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use std::sync::{Arc, LazyLock};

use rust_decimal::Decimal;
use serde_json::Value as Json;
use xxgk::engine::Engine;
use xxgk::font::Fonts;
use xxgk::message::Lang;
use xxgk::read::{Input, ReadOptions};
use xxgk::report::{Report, Status, Value};
use xxgk::template::{Templates, from_toml_str, shipped, to_toml_string};
use xxgk::write::{Format, WriteOptions};

use labels::key;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn read(bytes: &[u8]) -> Input {
    ENGINE.read(bytes, &ReadOptions::default()).unwrap()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

fn reports(path: &Path) -> Vec<Report> {
    let mut options = ReadOptions::default();
    options.name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let document =
        ENGINE.read(&std::fs::read(path).unwrap(), &options).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    ENGINE.recognize(&document).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// How the figures of a file came out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Score {
    right: usize,
    /// Left out and said.
    flagged: usize,
}

/// The figures of a file against the true ones: `values` by id, or `values_by_label` by labels and column. A wrong figure,
/// or one left out without a word, fails.
fn score(path: &Path, truth: &Json, report: &Report) -> Score {
    let mut score = Score::default();
    let mut compare = |name: &str, figure: &Json, value: &Value| {
        let text = figure.as_str().map(str::to_owned);
        let number = figure.as_number().map(|number| number.to_string().parse::<Decimal>().unwrap());
        if text.as_ref().map_or(value.number() == number, |text| *text == value.text()) {
            score.right += 1;
            return;
        }
        assert_eq!(value.number(), None, "{path:?}: {name} is wrong");
        let named = report.findings.iter().any(|finding| finding.ids.iter().any(|id| Some(id) == value.id.as_ref()));
        assert!(value.cell.is_unreadable() || named, "{path:?}: {name} is left out in silence");
        score.flagged += 1;
    };
    for (id, figure) in truth.get("values").and_then(Json::as_object).into_iter().flatten() {
        compare(id, figure, report.value(id, None).unwrap_or_else(|| panic!("{path:?}: no {id}")));
    }
    // Labels and column as people name a figure, whether the column is the form's or the table's own.
    let named: Vec<(Vec<String>, &Value)> = report
        .values
        .iter()
        .chain(&report.extra)
        .map(|value| (value.path.iter().chain(&value.column).map(|label| key(label)).collect(), value))
        .collect();
    for (labels, figure) in truth.get("values_by_label").and_then(Json::as_object).into_iter().flatten() {
        let wanted: Vec<_> = labels.split(" / ").map(key).collect();
        let end = &wanted[wanted.len().saturating_sub(2)..];
        let alike = || named.iter().filter(|(path, _)| path.ends_with(end));
        let found = alike().find(|(path, _)| path.first() == wanted.first());
        let found = found.or_else(|| alike().find(|(path, _)| path.contains(&wanted[0])));
        compare(labels, figure, found.unwrap_or_else(|| panic!("{path:?}: no {labels}")).1);
    }
    score
}

/// The files whose figures run together, and how many of them nobody can tell apart; all other files are read whole.
const RUN_TOGETHER: [(&str, usize); 2] = [("013-pingtanqu-2020-2019", 17), ("S19-2021-run-together", 3)];

#[test]
fn every_shape_gives_its_true_figures() {
    let mut right = 0;
    let truths = ["fixtures/shapes", "fixtures/2021", "fixtures"].map(files).into_iter().flatten();
    for truth in truths.filter(|path| path.to_str().unwrap().ends_with(".truth.json")) {
        let stem = truth.to_str().unwrap().strip_suffix(".truth.json").unwrap().to_owned();
        let known: Json = serde_json::from_slice(&std::fs::read(&truth).unwrap()).unwrap();
        let is_own = |path: &PathBuf| path.with_extension("").to_str() == Some(stem.as_str());
        let own =
            files(truth.parent().unwrap().to_str().unwrap()).into_iter().filter(|path| is_own(path) && *path != truth);
        for path in own.filter(|path| path.extension().is_none_or(|extension| extension != "png")) {
            let reports = reports(&path);
            assert_eq!(reports.len(), 1, "{path:?}");
            if let Some(template) = known["template"].as_str() {
                assert_eq!(reports[0].template.as_deref(), Some(template), "{path:?}");
            }
            let score = score(&path, &known, &reports[0]);
            let flagged = RUN_TOGETHER.iter().find(|(name, _)| stem.ends_with(name)).map_or(0, |(_, flagged)| *flagged);
            assert_eq!(score.flagged, flagged, "{path:?}: {score:?}");
            right += score.right;
        }
    }
    assert!(right > 5500, "{right} figures were right");
}

#[test]
fn one_report_of_2021_gives_the_same_values_in_every_format() {
    let mut formats = 0;
    for path in files("fixtures/2021")
        .into_iter()
        .filter(|path| path.file_stem().unwrap().to_str().unwrap().starts_with("report"))
    {
        if path.extension().unwrap() == "json" {
            continue;
        }
        let report = reports(&path).remove(0);
        let known: Json = serde_json::from_slice(&std::fs::read("fixtures/2021/report.truth.json").unwrap()).unwrap();
        assert_eq!(score(&path, &known, &report), Score { right: 200, flagged: 0 }, "{path:?}");
        assert_eq!((report.organization.as_deref(), report.year), (Some("示例镇"), Some(2022)), "{path:?}");
        formats += 1;
    }
    assert!(formats >= 12, "{formats} formats");
}

#[test]
fn a_table_of_no_known_form_gives_a_template_that_reads_it() {
    for name in ["001-pingtanqu-2011-pre2014", "007-pingtanqu-2014-localvariant"] {
        let path = PathBuf::from(format!("fixtures/shapes/{name}.txt"));
        let document = read(&std::fs::read(&path).unwrap());
        let toml = to_toml_string(&ENGINE.infer(&document).unwrap());
        insta::assert_snapshot!(name, toml);
        let own = Templates(vec![Arc::new(from_toml_str(&toml, "my.toml").unwrap())]);
        let reports = Engine::with_templates(own).recognize(&document).unwrap();
        assert_eq!(reports[0].template.as_deref(), Some("local"));
        let known: Json =
            serde_json::from_slice(&std::fs::read(format!("fixtures/shapes/{name}.truth.json")).unwrap()).unwrap();
        assert_eq!(score(&path, &known, &reports[0]).flagged, 0);
    }
}

/// Headers of an inferred template name any year, and sums that hold become rules.
#[test]
fn an_inferred_template_reads_another_year_and_checks_its_sums() {
    let table = |year: u32, total: u32, parts: [u32; 2]| {
        let rows =
            [("主动公开信息数", total), ("其中：1.网站公开", parts[0]), ("2.公报公开", parts[1]), ("咨询人次", 5)];
        let rows: Vec<String> = rows.iter().map(|(label, number)| format!("{label},件,{number}")).collect();
        format!("安宁县{year}年政府信息公开情况统计表\n指标名称,计量单位,{year}年度\n{}\n", rows.join("\n"))
    };
    let toml = to_toml_string(&ENGINE.infer(&read(table(2011, 30, [10, 20]).as_bytes())).unwrap());
    assert!(toml.contains("head = \"{year}年度\"") && toml.contains("kind = \"sum\""), "{toml}");
    let template = Arc::new(from_toml_str(&toml, "my.toml").unwrap());
    let engine = Engine::with_templates(Templates(vec![Arc::clone(&template)]));
    let report = engine.recognize(&read(table(2012, 31, [10, 20]).as_bytes())).unwrap().remove(0);
    assert_eq!(report.template.as_deref(), Some("local"));
    let codes: Vec<String> =
        engine.check_rules(report.clone()).findings.iter().map(|own| own.code.to_string()).collect();
    assert!(codes.iter().any(|code| code == "LOCAL1"), "{codes:?}");
    let written = engine.write(&[&report], Format::Csv, &WriteOptions::default()).unwrap().bytes;
    let written = String::from_utf8(written).unwrap();
    assert!(written.contains("2012年度") && !written.contains("{year}"), "{written}");
}

/// A province's variant is one TOML file: two more sections and another name for a column, read and written like any form.
#[test]
fn a_provincial_variant_is_one_template_file() {
    let text = std::fs::read_to_string("fixtures/variant.toml").unwrap();
    let template = from_toml_str(&text, "variant.toml").unwrap();
    let templates = Templates(shipped().0.iter().cloned().chain([Arc::new(template)]).collect());
    let template = templates.find("example-province").unwrap();
    let mut table = String::from("2016年度示例县政府信息公开情况统计表\n统计指标\t单位\t本年合计\n");
    for (index, row) in template.tables()[0].rows.iter().enumerate() {
        let figure = if row.unit.is_some() { index.to_string() } else { String::new() };
        writeln!(table, "{}\t{}\t{figure}", row.label, row.unit.as_deref().unwrap_or("")).unwrap();
    }
    let document = read(table.as_bytes());
    let report = Engine::with_templates(templates.clone()).recognize(&document).unwrap().remove(0);
    assert_eq!(report.template.as_deref(), Some("example-province"));
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    for (index, row) in template.tables()[0].rows.iter().enumerate().filter(|(_, row)| row.unit.is_some()) {
        assert_eq!(report.value(&row.id, None).unwrap().number(), Some(Decimal::from(index)), "{}", row.id);
    }
    let fonts = Fonts::default();
    let options = WriteOptions::default().fonts(&fonts);
    let engine = Engine::with_templates(templates.clone());
    let bytes = engine.write(&[&report], Format::Csv, &options).unwrap().bytes;
    let again = Engine::with_templates(templates.clone()).recognize(&read(&bytes)).unwrap().remove(0);
    let figures =
        |report: &Report| report.values.iter().map(|value| (value.id.clone(), value.number())).collect::<Vec<_>>();
    assert_eq!(figures(&again), figures(&report));
}

#[test]
fn the_five_formats_of_the_fixture_give_the_same_values() {
    let values = |path: &str| {
        let report = reports(Path::new(path)).remove(0);
        let values = report
            .values
            .iter()
            .map(|value| (value.id.clone(), value.column.clone(), value.cell.clone(), value.unit.clone()));
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
        let name = value.id.as_deref().map_or_else(|| format!("+ {}", value.path.join(" / ")), str::to_owned);
        let column = value.column.as_deref().map(|column| format!(" [{column}]")).unwrap_or_default();
        let place = value.at.as_ref().map(ToString::to_string).unwrap_or_default();
        let unit = value.unit.as_deref().unwrap_or("");
        let figure =
            value.number().map_or_else(|| format!("{:?} {:?}", value.cell.status(), value.text()), |n| n.to_string());
        writeln!(text, "{name}{column}: {figure} {unit} @ {place}").unwrap();
    }
    for finding in &report.findings {
        let place = finding.at.as_ref().map(ToString::to_string).unwrap_or_default();
        writeln!(text, "{} {} {place}: {}", finding.severity.as_str(), finding.code, finding.message(Lang::ZH))
            .unwrap();
        writeln!(text, "    {}", finding.message(Lang::EN)).unwrap();
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
        let document = read(&bytes);
        let error = ENGINE.recognize(&document).unwrap_err();
        assert!(matches!(error.kind(), xxgk::ErrorKind::NoTable), "{name}");
        assert!(error.hint(Lang::ZH).is_some(), "{name}");
    }
}

#[test]
fn a_workbook_of_several_towns_gives_a_report_for_each() {
    let sheet = |town: &str, figure: u32| {
        let mut rows = format!("{town}2016年度政府信息公开情况统计表\n统计指标\t单位\t统计数\n");
        for row in shipped().find("2014").unwrap().tables().iter().flat_map(|table| &table.rows) {
            let unit = row.unit.as_deref().unwrap_or("");
            let figure = if unit.is_empty() { String::new() } else { figure.to_string() };
            writeln!(rows, "{}\t{unit}\t{figure}", row.label).unwrap();
        }
        rows
    };
    let text = sheet("红旗镇", 1) + "\n\n" + &sheet("柳林乡", 2);
    let document = read(text.as_bytes());
    let reports = ENGINE.recognize(&document).unwrap();
    let found: Vec<_> =
        reports.iter().map(|report| (report.organization.as_deref(), report.values[0].number())).collect();
    assert_eq!(found, [(Some("红旗镇"), Some(1.into())), (Some("柳林乡"), Some(2.into()))]);
}

#[test]
fn a_row_with_a_damaged_label_that_lost_a_figure_is_left_out() {
    let page = std::fs::read_to_string("fixtures/2021/report.html").unwrap();
    let start = page.find("6.属于四类过程性信息").unwrap();
    let (before, row) = page.split_at(start);
    let row = row.replacen("四类", "口类", 1);
    let label_end = row.find("</td>").unwrap() + "</td>".len();
    let figure_end = row[label_end..].find("</td>").unwrap() + label_end + "</td>".len();
    let damaged = format!("{before}{}{}", &row[..label_end], &row[figure_end..]);
    let document = read(damaged.as_bytes());
    let report = &ENGINE.recognize(&document).unwrap()[0];
    let figures = report.values.iter().filter(|value| value.id.as_deref().unwrap().contains("process_information"));
    assert!(figures.clone().count() == 7 && figures.into_iter().all(|value| value.cell.is_unreadable()));
}

#[test]
fn a_repeated_label_beside_a_row_out_of_its_place_is_left_out() {
    // 七 stands where 六 should and 六 below its rows, so that nothing tells whose the first row is.
    let text = "2016年度示例镇政府信息公开情况统计表\n\
        | 统计指标 | 单位 | 统计数 |\n\
        | （三）其他情形数 | 件 | 0 |\n\
        | 七、依申请公开信息收取的费用 | 万元 | 2 |\n\
        | （一）维持具体行政行为数 | 件 | 5 |\n\
        | （二）被依法纠错数 | 件 | 0 |\n\
        | （三）其他情形数 | 件 | 0 |\n\
        | 六、举报投诉数量 | 件 | 5 |\n\
        | 八、机构建设和保障经费情况 |  |  |\n\
        | （一）政府信息公开工作专门机构数 | 个 | 1 |\n\
        | （二）设置政府信息公开查阅点数 | 个 | 1 |\n\
        | （三）从事政府信息公开工作人员数 | 人 | 3 |\n\
        | 1.专职人员数（不包括政府公报及政府网站工作人员数） | 人 | 1 |\n\
        | 2.兼职人员数 | 人 | 2 |\n\
        | （四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费） | 万元 | 3 |\n\
        | 九、政府信息公开会议和培训情况 |  |  |\n\
        | （一）召开政府信息公开工作会议或专题会议数 | 次 | 4 |\n\
        | （二）举办各类培训班数 | 次 | 1 |\n\
        | （三）接受培训人员数 | 人次 | 20 |\n";
    let document = read(text.as_bytes());
    let report = ENGINE.recognize(&document).unwrap().remove(0);
    let value = |id: &str| report.values.iter().find(|value| value.id.as_deref() == Some(id)).unwrap();
    assert_eq!(value("reviews.upheld").cell.status(), Status::Unreadable);
    let finding = report.findings.iter().find(|finding| finding.code == "XG319").unwrap();
    assert_eq!(finding.ids.iter().map(|id| &**id).collect::<Vec<_>>(), ["reviews.upheld", "complaints.upheld"]);
    // The others are as certain as before.
    assert_eq!(value("complaints").number(), Some(Decimal::from(5)));
    assert_eq!(value("trainees").number(), Some(Decimal::from(20)));
}

#[test]
fn a_label_within_a_longer_word_of_running_text_is_told() {
    let whole = std::fs::read_to_string("fixtures/zhongzhuang-2017.txt").unwrap();
    let words: Vec<&str> = whole.split_whitespace().collect();
    let line = words.join(" ");
    let (label, longer) = ("5.其他方式公开政府信息数", "5.不计其他方式公开政府信息数");
    assert!(line.contains(label), "{line}");
    let told = |text: &str| {
        let document = read(text.as_bytes());
        let report = ENGINE.recognize(&document).unwrap().remove(0);
        let finding = report
            .findings
            .iter()
            .find(|finding| finding.code == "XG303" && finding.arguments().any(|word| word == ("found", longer)));
        finding.map(|finding| finding.ids.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(told(&line), None);
    assert_eq!(told(&line.replace(label, longer)), Some(vec!["disclosed_by.other".to_owned()]));
}
