//! What is written reads back as the same report: values, extras, organization, year, title and filing.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;
use xxgk::document::Location;
use xxgk::engine::Engine;
use xxgk::font::Fonts;
use xxgk::read::ReadOptions;
use xxgk::report::{CellValue, Filing, Report, Value};
use xxgk::template::{Column, FontRole, Row, Template, ValueKind, shipped};
use xxgk::write::{Format, WriteOptions};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

/// Everything of a value that a file carries, without its place.
type Essence = (Option<Arc<str>>, Arc<[String]>, Option<String>, Option<String>, CellValue);

fn essence(value: &Value) -> Essence {
    let Value { id, path, column, unit, cell, .. } = value.clone();
    (id, path, column, unit, cell)
}

fn written(report: &Report, format: Format, encoding: Option<&str>) -> Vec<u8> {
    let fonts = Fonts::default();
    let encoding = encoding.map(str::to_owned);
    let mut options = WriteOptions::default().fonts(&fonts).bom(encoding.is_none());
    options.encoding = encoding;
    ENGINE.write(&[report], format, &options).unwrap().bytes
}

fn read_back(bytes: &[u8]) -> Report {
    let mut reports = ENGINE.recognize(&ENGINE.read(bytes, &ReadOptions::default()).unwrap()).unwrap();
    assert_eq!(reports.len(), 1);
    reports.pop().unwrap()
}

fn assert_same(report: &Report, again: &Report) {
    assert_eq!(again.template, report.template);
    assert_eq!(again.organization, report.organization);
    assert_eq!(again.year, report.year);
    assert_eq!(again.filing, report.filing);
    let essences = |values: &[Value]| values.iter().map(essence).collect::<Vec<_>>();
    for (again, value) in again.values.iter().zip(&report.values) {
        assert_eq!(essence(again), essence(value), "{:?}", again.text());
    }
    assert_eq!(essences(&again.extra), essences(&report.extra));
    assert_eq!(again.values.len(), report.values.len());
    let places = |values: &[Value]| values.iter().map(|value| value.after.clone()).collect::<Vec<_>>();
    assert_eq!(places(&again.extra), places(&report.extra));
}

const FORMATS: [(Format, Option<&str>); 7] = [
    (Format::Docx, None),
    (Format::Html, None),
    (Format::Xlsx, None),
    (Format::Csv, None),
    (Format::Csv, Some("gb18030")),
    (Format::Json, None),
    (Format::Ndjson, None),
];

#[test]
fn long_names_come_back_from_every_format() {
    let bytes = std::fs::read("fixtures/2021/report.csv").unwrap();
    let mut report = read_back(&bytes);
    let name = "东风市新技术产业开发区生态环境综合治理与可持续发展事务管理委员会办公室政策研究与法制工作处综合协调宣传教育统计调查监察科";
    let year = report.year.unwrap();
    let title = format!("{name}{year}年政府信息公开工作年度报告统计表");
    (report.organization, report.title) = (Some(name.to_owned()), Some(title.clone()));
    report.filing.responsible = Some("欧阳慕容（副主任、党组成员）".to_owned());
    report.filing.phone = Some("0379-65510000、0379-65510001转8008、13800000000".to_owned());
    for (format, encoding) in FORMATS.into_iter().chain([(Format::Pdf, None)]) {
        let again = read_back(&written(&report, format, encoding));
        assert_eq!(again.title.as_ref(), Some(&title), "{format:?}");
        assert_same(&report, &again);
    }
}

/// A font with CFF outlines that has the digits, and one glyph for both kinds of space.
#[test]
fn figures_in_a_font_with_cff_outlines_come_back() {
    let mut report = read_back(&std::fs::read("fixtures/2021/report.csv").unwrap());
    report.title = Some(format!("政府 信息\u{a0}公开{}年度统计表", report.year.unwrap()));
    let font = std::fs::read("fixtures/fonts/cff.otf").unwrap();
    let roles = [FontRole::Title, FontRole::Body];
    let own = roles.map(|role| (role, ("cff.otf".to_owned(), font.clone())));
    let fonts = Fonts::new(own.into_iter().collect()).unwrap().without_system_fonts();
    let bytes = ENGINE.write(&[&report], Format::Pdf, &WriteOptions::default().fonts(&fonts)).unwrap().bytes;
    let says = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    assert!(says(b"CIDFontType0C") && says(b"Length1"), "both kinds of outlines");
    let again = read_back(&bytes);
    let without_spaces = |title: Option<String>| title.unwrap().split_whitespace().collect::<String>();
    assert_eq!(without_spaces(again.title), without_spaces(report.title));
    for (again, value) in again.values.iter().zip(&report.values) {
        assert_eq!(essence(again), essence(value));
    }
}

#[test]
fn the_fixture_comes_back_from_every_format() {
    let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt").unwrap();
    let report = read_back(&bytes);
    assert_eq!((report.organization.as_deref(), report.year), (Some("中庄镇"), Some(2017)));
    assert_eq!(report.values.len(), 74);
    for (format, encoding) in FORMATS {
        let again = read_back(&written(&report, format, encoding));
        assert_same(&report, &again);
        assert_eq!(again.title, report.title);
    }
}

#[test]
fn a_table_of_several_columns_comes_back_from_every_format() {
    let report = read_back(&std::fs::read("fixtures/shapes/S04-2014-serial-3cols.txt").unwrap());
    assert_eq!(report.columns().len(), 3);
    for (format, encoding) in FORMATS {
        assert_same(&report, &read_back(&written(&report, format, encoding)));
    }
}

/// Reports that are hard to draw.
fn hard_cases() -> Vec<Report> {
    let table = read_back(&std::fs::read("fixtures/zhongzhuang-2017.txt").unwrap());
    let columns = read_back(&std::fs::read("fixtures/shapes/S04-2014-serial-3cols.txt").unwrap());
    let matrix = read_back(&std::fs::read("fixtures/2021/report.xlsx").unwrap());
    let mut cases = Vec::new();
    for report in [table, columns, matrix] {
        let title =
            |organization: &str| Report { organization: Some(organization.to_owned()), title: None, ..report.clone() };
        cases.push(title(&format!("{}管理委员会", "某某高新技术产业开发区".repeat(5))));
        cases.push(title("㐀龘𠀀䶮镇人民政府"));
        let digits = report.values.iter().map(|value| Value {
            cell: match value.cell {
                CellValue::Number(_) => CellValue::Number(Decimal::from(987_654_321)),
                _ => value.cell.clone(),
            },
            ..value.clone()
        });
        cases.push(Report { values: digits.collect(), ..report.clone() });
    }
    let table = cases[0].clone();
    let extra = (0..30).map(|number| {
        let label = format!("{}.本地补充事项之第{number}", number + 7);
        Value {
            id: None,
            path: ["依申请公开情况", "收到申请数", &format!("本地补充事项之第{number}")].map(str::to_owned).into(),
            column: None,
            unit: Some("件".to_owned()),
            cell: CellValue::Number(Decimal::from(number)),
            source_text: number.to_string(),
            at: None,
            after: Some("received.other".to_owned()),
            label: Some(label),
            correction: None,
        }
    });
    cases.push(Report { extra: extra.collect(), ..table.clone() });
    cases
}

#[test]
fn hard_cases_come_back_from_every_format() {
    for report in hard_cases() {
        for (format, encoding) in FORMATS.into_iter().filter(|(_, encoding)| encoding.is_none()) {
            let again = read_back(&written(&report, format, encoding));
            assert_eq!(again.organization, report.organization, "{format:?} {:?}", report.template);
            assert_same(&report, &again);
        }
    }
}

/// A page without an attribute.
fn without_attribute(page: &str, name: &str) -> String {
    let start = format!(" {name}=\"");
    let mut parts = page.split(&start);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('"').unwrap().1)
}

#[test]
fn fragments_come_back() {
    let page = WriteOptions::default().fragment(true);
    for report in hard_cases() {
        let bytes = ENGINE.write(&[&report], Format::Html, &page).unwrap().bytes;
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(" class=") && !text.contains("<style") && !text.contains("<script"));
        assert_same(&report, &read_back(text.as_bytes()));
        // Some editors keep neither ids nor styles.
        let attributes = ["style", "id", "headers", "role", "tabindex", "aria-labelledby"];
        let bare = attributes.iter().fold(text, |text, name| without_attribute(&text, name));
        assert!(!bare.contains("style="));
        assert_same(&report, &read_back(bare.as_bytes()));
    }
}

#[test]
fn a_report_without_organization_comes_back() {
    let report = read_back(&std::fs::read("fixtures/2021/report.xlsx").unwrap());
    let nameless = Report { organization: None, title: None, year: None, ..report.clone() };
    for (format, encoding) in FORMATS {
        let again = read_back(&written(&nameless, format, encoding));
        assert!(again.values.iter().map(essence).eq(report.values.iter().map(essence)));
        assert_eq!(again.organization, None, "{format:?}");
    }
}

fn figure(kind: ValueKind) -> BoxedStrategy<(CellValue, String)> {
    let number = match kind {
        ValueKind::Decimal => {
            (0..100_000_000i64, 0..5u32).prop_map(|(digits, scale)| Decimal::new(digits, scale)).boxed()
        }
        _ => (0..10_000_000i64).prop_map(Decimal::from).boxed(),
    };
    prop_oneof![
        6 => number.prop_map(|number| (CellValue::Number(number), number.to_string())),
        2 => Just((CellValue::Blank, String::new())),
        1 => Just((CellValue::NotApplicable, "/".to_owned())),
        1 => Just((CellValue::Unreadable("约3".to_owned()), String::new())),
        1 => Just((CellValue::Unreadable("693665".to_owned()), String::new())),
        1 => Just((CellValue::Missing, String::new())),
    ]
    .boxed()
}

/// The labels of a figure; those of a matrix end with its column's, and a row without labels has its headers alone.
fn path(template: &Template, row: &Row, column: Option<&Column>) -> Vec<String> {
    let mut path = template.path(row);
    if let Some(column) = column {
        if row.label.is_empty() {
            path.extend(column.groups.iter().cloned());
        }
        path.push(column.header.clone());
    }
    path
}

prop_compose! {
    fn values(template: &'static Template)(
        figures in template
            .indicators()
            .iter()
            .map(|indicator| {
                let (table, row, column) = indicator.place;
                let table = &template.tables()[table];
                figure(table.kind(&table.rows[row], &table.columns[column]))
            })
            .collect::<Vec<_>>()
    ) -> Vec<Value> {
        template.indicators().iter().zip(figures).map(|(indicator, (cell, source_text))| {
            let (table, row, column) = indicator.place;
            let table = &template.tables()[table];
            let (row, column) = (&table.rows[row], &table.columns[column]);
            Value {
                id: Some(indicator.id.clone()),
                path: path(template, row, table.is_matrix().then_some(column)).into(),
                column: None,
                unit: table.unit_of(row, column).map(str::to_owned),
                cell,
                source_text,
                // Rows that only some places print have no values where they are not there.
                at: (!row.optional || !table.is_matrix()).then_some(Location::Text { line: 1, column: 1 }),
                after: None,
                label: None,
                correction: None,
            }
        }).filter(|value| value.at.is_some()).collect()
    }
}

/// Rows beyond a matrix: a figure a column.
fn matrix_extras(template: &'static Template) -> impl Strategy<Value = Vec<Value>> {
    let table = template.tables().iter().find(|table| !table.stubs.is_empty()).unwrap();
    let count = table.columns.len();
    let rows = prop::collection::vec((0..table.rows.len(), prop::collection::vec(0..1_000_000i64, count)), 0..3);
    rows.prop_map(move |mut rows| {
        rows.sort_unstable();
        rows.dedup_by_key(|(row, _)| *row);
        let rows = rows.into_iter().enumerate().filter(|(_, (row, _))| !table.rows[*row].optional);
        let values = rows.flat_map(|(index, (row, figures))| {
            let row = &table.rows[row];
            let mut path = template.path(row);
            path.pop();
            let label = format!("{}.本地补充事项之{}", index + 7, ["甲", "乙", "丙"][index]);
            path.push(label.split_once('.').unwrap().1.to_owned());
            table.columns.iter().zip(figures).map(move |(column, number)| Value {
                id: None,
                path: path.clone().into(),
                column: Some(column.header.clone()),
                // The table does not print units.
                unit: None,
                cell: CellValue::Number(Decimal::from(number)),
                source_text: number.to_string(),
                at: None,
                after: Some(row.id.clone()),
                label: Some(label.clone()),
                correction: None,
            })
        });
        values.collect()
    })
}

prop_compose! {
    fn extras(template: &'static Template)(
        rows in prop::collection::vec((0..template.tables()[0].rows.len(), 0..1000i64), 0..3)
    ) -> Vec<Value> {
        let mut rows = rows;
        rows.sort_unstable();
        rows.dedup_by_key(|(row, _)| *row);
        rows.into_iter().enumerate().map(|(index, (row, number))| {
            let row = &template.tables()[0].rows[row];
            let mut path = template.path(row);
            if row.kind != ValueKind::Heading {
                path.pop();
            }
            let label = format!("{}.本地补充事项之{}", index + 7, ["甲", "乙", "丙"][index]);
            path.push(label.split_once('.').unwrap().1.to_owned());
            Value {
                id: None,
                path: path.into(),
                column: None,
                unit: Some("件".to_owned()),
                cell: CellValue::Number(Decimal::from(number)),
                source_text: number.to_string(),
                at: None,
                after: Some(row.id.clone()),
                label: Some(label),
                correction: None,
            }
        }).collect()
    }
}

fn extra_rows(template: &'static Template) -> BoxedStrategy<Vec<Value>> {
    if template.is_matrix() { matrix_extras(template).boxed() } else { extras(template).boxed() }
}

fn reports() -> impl Strategy<Value = Report> {
    let name =
        prop::sample::select(vec!["中庄镇", "安宁县红旗镇人民政府", "长河市卫生和计划生育局", "云阳县白塔街道办事处"]);
    let person = prop::option::of(prop::sample::select(vec!["张三", "欧阳小明"]));
    (0..shipped().0.len(), name, 2010..2025i32, person.clone(), person).prop_flat_map(
        |(template, name, year, one, other)| {
            let template: &'static Template = &shipped().0[template];
            (values(template), extra_rows(template)).prop_map(move |(values, extra)| Report {
                template: Some(template.id().to_owned()),
                organization: Some(name.to_owned()),
                year: Some(year),
                // The three tables have no lines for it.
                filing: if template.is_matrix() {
                    Filing::default()
                } else {
                    Filing {
                        responsible: one.map(str::to_owned),
                        preparer: other.map(str::to_owned),
                        phone: one.map(|_| "0312-5550123".to_owned()),
                        date: other.map(|_| "2018年1月20日".to_owned()),
                        ..Filing::default()
                    }
                },
                values,
                extra,
                ..Report::default()
            })
        },
    )
}

#[test]
fn marks_that_repeat_in_a_row_are_no_headers() {
    let mut report = read_back(&std::fs::read("fixtures/2021/report.csv").unwrap());
    report.findings.clear();
    let doubt = || CellValue::Unreadable("约3".to_owned());
    let marks = [CellValue::Missing, doubt(), doubt(), CellValue::Missing, CellValue::Blank, CellValue::Blank, doubt()];
    let is_own =
        |value: &&mut Value| value.id.as_deref().is_some_and(|id| id.starts_with("handled.other.fee_not_paid."));
    for (value, mark) in report.values.iter_mut().filter(is_own).zip(marks) {
        value.source_text =
            if mark == CellValue::Unreadable("约3".to_owned()) { "约3".to_owned() } else { String::new() };
        value.cell = mark;
    }
    for (format, encoding) in FORMATS {
        assert_same(&report, &read_back(&written(&report, format, encoding)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_reports_come_back_from_every_format(report in reports()) {
        for (format, encoding) in FORMATS {
            assert_same(&report, &read_back(&written(&report, format, encoding)));
        }
    }
}

/// Version 0.1 put the columns of a matrix with extra rows into `column` instead of the path.
#[test]
fn json_of_version_0_1_is_read() {
    let report = read_back(&std::fs::read("fixtures/json-0.1/matrix-extra-row.json").unwrap());
    let again = read_back(&written(&report, Format::Json, None));
    assert_same(&report, &again);
    assert!(!report.extra.is_empty());
    let value = report.values.iter().find(|value| value.id.as_deref() == Some("requests.new.total")).unwrap();
    assert_eq!((value.column.as_deref(), value.path.last().map(String::as_str)), (None, Some("总计")));
}

#[test]
fn a_value_in_doubt_is_no_number_for_any_program() {
    let mut report = read_back(&std::fs::read("fixtures/zhongzhuang-2017.txt").unwrap());
    report.values[0].cell = CellValue::Unreadable("693665".to_owned());
    report.values[1].cell = CellValue::Missing;
    let csv = String::from_utf8(written(&report, Format::Csv, None)).unwrap();
    assert!(csv.contains("〔693665？〕") && csv.contains("〔缺〕"), "{csv}");
    for (format, encoding) in FORMATS {
        let again = read_back(&written(&report, format, encoding));
        assert_eq!(again.values[0].cell, report.values[0].cell, "{format:?}");
        assert_eq!(again.values[1].cell, report.values[1].cell, "{format:?}");
    }
}

#[test]
fn an_indicator_that_is_there_twice_is_an_error() {
    let report = read_back(&std::fs::read("fixtures/zhongzhuang-2017.txt").unwrap());
    let mut twice = report.clone();
    twice.values.push(twice.values[0].clone());
    let json = written(&twice, Format::Json, None);
    let error = ENGINE.read(&json, &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("×2"), "{error}");
}
