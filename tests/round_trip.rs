//! What is written reads back as the same report: values, extras, organization, year, title and filing.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use rust_decimal::Decimal;
use xxgk::font::Fonts;
use xxgk::message::Lang;
use xxgk::read::{ReadOptions, read};
use xxgk::recognize::recognize;
use xxgk::report::{Filing, Report, Status, Value};
use xxgk::template::{Kind, Template, shipped};
use xxgk::write::{Format, WriteOptions, write};

/// Everything of a value that a file carries, without its place.
type Essence = (Option<String>, Vec<String>, Option<String>, Option<String>, Option<Decimal>, Status);

fn essence(value: &Value) -> Essence {
    let Value { id, path, column, unit, number, status, .. } = value.clone();
    (id, path, column, unit, number, status)
}

fn written(report: &Report, format: Format, encoding: Option<&str>) -> Vec<u8> {
    let template = shipped().get(report.template.as_deref().unwrap()).unwrap();
    let fonts = Fonts::default();
    let encoding = encoding.map(str::to_owned);
    let options = WriteOptions {
        fonts: &fonts,
        lang: Lang::Zh,
        bom: encoding.is_none(),
        encoding,
        timestamp: None,
        landscape: false,
    };
    let mut bytes = Vec::new();
    write(report, template, format, &options, &mut bytes).unwrap();
    bytes
}

fn read_back(bytes: &[u8]) -> Report {
    let document = read(bytes, &ReadOptions::default()).unwrap();
    let mut reports = recognize(&document, shipped()).unwrap();
    assert_eq!(reports.len(), 1);
    reports.pop().unwrap()
}

fn assert_same(report: &Report, again: &Report) {
    assert_eq!(again.template, report.template);
    assert_eq!(again.organization, report.organization);
    assert_eq!(again.year, report.year);
    assert_eq!(again.filing, report.filing);
    let essences = |values: &[Value]| values.iter().map(essence).collect::<Vec<_>>();
    assert_eq!(essences(&again.values), essences(&report.values));
    assert_eq!(essences(&again.extra), essences(&report.extra));
    let places = |values: &[Value]| values.iter().map(|value| value.after.clone()).collect::<Vec<_>>();
    assert_eq!(places(&again.extra), places(&report.extra));
}

const FORMATS: [(Format, Option<&str>); 5] = [
    (Format::Xlsx, None),
    (Format::Csv, None),
    (Format::Csv, Some("gb18030")),
    (Format::Json, None),
    (Format::Ndjson, None),
];

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

fn figure(kind: Kind) -> BoxedStrategy<(Status, Option<Decimal>, String)> {
    let number = match kind {
        Kind::Decimal => (0..100_000_000i64, 0..5u32).prop_map(|(digits, scale)| Decimal::new(digits, scale)).boxed(),
        _ => (0..10_000_000i64).prop_map(Decimal::from).boxed(),
    };
    prop_oneof![
        6 => number.prop_map(|number| (Status::Number, Some(number), number.to_string())),
        2 => Just((Status::Blank, None, String::new())),
        1 => Just((Status::NotApplicable, None, "/".to_owned())),
        1 => Just((Status::Unreadable, None, "约3".to_owned())),
    ]
    .boxed()
}

prop_compose! {
    fn values(template: &'static Template)(
        figures in template
            .tables
            .iter()
            .flat_map(|table| &table.rows)
            .filter(|row| row.kind != Kind::Heading)
            .map(|row| figure(row.kind))
            .collect::<Vec<_>>()
    ) -> Vec<Value> {
        let rows = template.tables.iter().flat_map(|table| &table.rows).filter(|row| row.kind != Kind::Heading);
        rows.zip(figures).map(|(row, (status, number, text))| Value {
            id: Some(row.id.clone()),
            path: template.path(row),
            column: None,
            unit: row.unit.clone(),
            number,
            status,
            text,
            // Rows that only some places print are there when they have a place.
            at: Some(xxgk::document::Location::Text { line: 1, column: 1 }),
            after: None,
            label: None,
        }).collect()
    }
}

prop_compose! {
    fn extras(template: &'static Template)(
        rows in prop::collection::vec((0..template.tables[0].rows.len(), 0..1000i64), 0..3)
    ) -> Vec<Value> {
        let mut rows = rows;
        rows.sort_unstable();
        rows.dedup_by_key(|(row, _)| *row);
        rows.into_iter().enumerate().map(|(index, (row, number))| {
            let row = &template.tables[0].rows[row];
            let mut path = template.path(row);
            if row.kind != Kind::Heading {
                path.pop();
            }
            let label = format!("{}.本地补充事项之{}", index + 7, ["甲", "乙", "丙"][index]);
            path.push(label.split_once('.').unwrap().1.to_owned());
            Value {
                id: None,
                path,
                column: None,
                unit: Some("件".to_owned()),
                number: Some(Decimal::from(number)),
                status: Status::Number,
                text: number.to_string(),
                at: None,
                after: Some(row.id.clone()),
                label: Some(label),
            }
        }).collect()
    }
}

fn reports() -> impl Strategy<Value = Report> {
    let name =
        prop::sample::select(vec!["中庄镇", "安宁县红旗镇人民政府", "长河市卫生和计划生育局", "云阳县白塔街道办事处"]);
    let person = prop::option::of(prop::sample::select(vec!["张三", "欧阳小明"]));
    (0..shipped().0.len(), name, 2010..2025i32, person.clone(), person).prop_flat_map(
        |(template, name, year, one, other)| {
            let template: &'static Template = &shipped().0[template];
            (values(template), extras(template)).prop_map(move |(values, extra)| Report {
                template: Some(template.id.clone()),
                organization: Some(name.to_owned()),
                year: Some(year),
                filing: Filing {
                    responsible: one.map(str::to_owned),
                    preparer: other.map(str::to_owned),
                    phone: one.map(|_| "0312-5550123".to_owned()),
                    date: other.map(|_| "2018年1月20日".to_owned()),
                    ..Filing::default()
                },
                values,
                extra,
                ..Report::default()
            })
        },
    )
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
