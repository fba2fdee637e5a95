use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};

use rust_decimal::Decimal;

use super::style::{NumberFormat, fits_a_number};
use super::*;
use crate::layout::{Align, Block, CellLayout, Content, Filling, Form, LayoutOptions, TableLayout, layout};
use crate::message::Lang;
use crate::report::{CellValue, Report, Value};
use crate::template::{FontRole, TextStyle, shipped};
use crate::write::sample;

fn written(report: &Report, timestamp: Option<i64>) -> (Layout, Vec<u8>, Vec<Finding>) {
    let template = shipped().get("2014-extended").unwrap();
    let layout = layout(report, template, LayoutOptions::default());
    let mut bytes = Vec::new();
    let findings = write(&layout, template, Lang::ZH, timestamp, &mut bytes).unwrap();
    (layout, bytes, findings)
}

pub(super) fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn rows(bytes: &[u8]) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range(SHEET).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// The attributes of a worksheet's row, counted from 1, up to its first cell.
fn row_height(sheet: &str, row: usize) -> f64 {
    let rest = sheet.split_once(&format!("<row r=\"{row}\"")).unwrap().1;
    rest.split_once("ht=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()
}

#[test]
fn another_reader_finds_every_cell() {
    let (layout, bytes, findings) = written(&sample::report(), None);
    assert_eq!(findings, []);
    let rows = rows(&bytes);
    let Some(Block::Table(table)) = layout.form.blocks.iter().find(|block| matches!(block, Block::Table(_))) else {
        panic!("a table")
    };
    assert_eq!(rows[1][0], Data::String("2017年度中庄镇\n政府信息公开工作情况统计表".to_owned()));
    assert_eq!(
        rows[2][..2],
        [Data::String("填报单位（盖章）：中庄镇".to_owned()), Data::String("2017年度".to_owned())]
    );
    for (row, found) in table.rows.iter().zip(&rows[3..]) {
        for cell in &row.cells {
            let content = layout.content(cell);
            match (content.number(), content.as_str(), &found[cell.column]) {
                (None, None, Data::Empty) => {}
                (None, Some(text), Data::String(found)) => assert_eq!(text, found),
                (Some(number), _, Data::Float(found)) => {
                    assert_eq!(number.normalize().to_string(), found.to_string());
                }
                (.., found) => panic!("{content:?} became {found:?}"),
            }
        }
    }
    assert_eq!(rows.len(), 3 + table.rows.len() + 2);
    let filing = rows[rows.len() - 2][0].to_string();
    assert!(filing.starts_with("单位负责人：王小明　　") && filing.contains("　　审核人："), "{filing}");
}

#[test]
fn it_prints_as_the_form_asks() {
    let (_, bytes, _) = written(&sample::report(), None);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "<pageSetUpPr fitToPage=\"1\"/>",
        "paperSize=\"9\" fitToHeight=\"0\" orientation=\"portrait\"",
        "<printOptions horizontalCentered=\"1\"/>",
        "left=\"1.10236220472440",
        "top=\"1.45669291338582",
        "&amp;14— &amp;P —</oddFooter>",
        "<pane ySplit=\"4\" topLeftCell=\"A5\"",
        "<mergeCell ref=\"A2:C2\"/>",
        "<mergeCell ref=\"B3:C3\"/>",
        "<col min=\"1\" max=\"1\" width=\"52.875\"",
    ] {
        assert!(sheet.contains(expected), "{expected}");
    }
    let workbook = part(&bytes, "xl/workbook.xml");
    assert!(workbook.contains("Print_Titles\" localSheetId=\"0\">统计表!$4:$4<"), "{workbook}");
    assert!(workbook.contains("Print_Area\" localSheetId=\"0\">统计表!$A$1:$C$"), "{workbook}");
    let styles = part(&bytes, "xl/styles.xml");
    for expected in
        ["方正小标宋简体", "黑体", "宋体", "indent=\"2\"", "indent=\"5\"", "formatCode=\"0.000\"", "shrinkToFit"]
    {
        assert!(styles.contains(expected), "{expected}");
    }
    // 回应公众关注 … takes two lines, and the row has room for them.
    let index = rows(&bytes).iter().position(|row| row[0].to_string().contains("回应公众关注热点")).unwrap();
    assert!(row_height(&sheet, index + 1) >= 2.0 * 10.5 * 1.3);
    assert!(row_height(&sheet, index) < 2.0 * 10.5 * 1.3);
}

#[test]
fn no_heading_stands_alone_at_the_foot_of_a_page() {
    let mut report = sample::report();
    let (extra, mut last) = (report.extra[0].clone(), 0);
    let mut moved = 0;
    for _ in 0..8 {
        let (layout, bytes, _) = written(&report, None);
        let table = layout.form.blocks.iter().find_map(|block| match block {
            Block::Table(table) => Some(table),
            Block::Line(_) => None,
        });
        let table = table.unwrap();
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        let breaks = sheet.split_once("<rowBreaks").unwrap().1;
        let breaks: Vec<usize> =
            breaks.split("<brk id=\"").skip(1).map(|id| id.split_once('"').unwrap().0.parse().unwrap()).collect();
        let mut opened = 0;
        for &row in &breaks {
            assert!(!table.rows[row - 4].keep_with_next, "a page ends after row {row}");
            let header = if opened > 0 { 26.0 / 96.0 * 25.4 } else { 0.0 };
            let height: f64 = (opened + 1..=row).map(|row| row_height(&sheet, row) / 72.0 * 25.4).sum();
            assert!(header + height <= 225.0 && height > 160.0, "{height}");
            opened = row;
        }
        // Each row more moves the breaks; where they move by less than a row, a heading went along.
        moved += usize::from(breaks[0] != last);
        last = breaks[0];
        report.extra.insert(0, extra.clone());
    }
    assert!(moved > 1);
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = sample::report();
    let (_, bytes, _) = written(&report, None);
    assert_eq!(bytes, written(&report, None).1);
    let dated = written(&report, Some(1_500_000_000)).1;
    assert!(part(&dated, "docProps/core.xml").contains("2017-07-14T02:40:00Z"));
    let core = part(&bytes, "docProps/core.xml");
    assert!(core.contains("<dc:title>2017年度中庄镇政府信息公开工作情况统计表</dc:title>"), "{core}");
    assert!(core.contains("<dc:creator>中庄镇</dc:creator>"), "{core}");
}

#[test]
fn numbers_keep_their_digits_or_become_text() {
    for (digits, fits, format) in [
        ("0", true, None),
        ("-8", true, None),
        ("75394432", true, None),
        ("123456789012", true, Some("0")),
        ("0.350", true, Some("0.000")),
        ("75394432.52", true, Some("0.00")),
        ("123456789012345", true, Some("0")),
        ("1234567890123456", false, Some("0")),
        ("1000000000000000000000", true, Some("0")),
        ("0.1234567890123456", false, Some("0.0000000000000000")),
    ] {
        let number: Decimal = digits.parse().unwrap();
        assert_eq!(fits_a_number(number), fits, "{digits}");
        let style = TextStyle { font: FontRole::Body, size: 10.5 };
        assert_eq!(NumberFormat::of(number, 98.0, style).pattern().as_deref(), format, "{digits}");
        let mut report = sample::report();
        report.values[0].cell = CellValue::Number(number);
        let (_, bytes, findings) = written(&report, None);
        let found = &rows(&bytes)[5][2];
        if fits {
            assert_eq!(*found, Data::Float(digits.parse().unwrap()));
            assert_eq!(findings, []);
        } else {
            assert_eq!(*found, Data::String(digits.to_owned()));
            assert_eq!(findings, [Finding::new("XG421").with("value", digits)]);
        }
    }
}

#[test]
fn text_without_end_is_a_finding_or_an_error() {
    let mut report = sample::report();
    report.extra[0].label = Some("长".repeat(3000));
    let (_, bytes, findings) = written(&report, None);
    assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["XG422"]);
    assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("ht=\"409.5\""));
    report.extra[0].label = Some("长".repeat(40_000));
    let template = shipped().get("2014-extended").unwrap();
    let error = write(&layout(&report, template, LayoutOptions::default()), template, Lang::ZH, None, &mut Vec::new())
        .unwrap_err();
    assert!(matches!(error.kind(), crate::ErrorKind::Write { .. }));
}

#[test]
fn several_value_columns_stand_side_by_side() {
    let mut report = sample::report();
    let second = report.values.iter().map(|value| Value { column: Some("累计".to_owned()), ..value.clone() });
    report.values.extend(second.collect::<Vec<_>>());
    let rows = rows(&written(&report, None).1);
    assert_eq!(rows[3][2..], [Data::String("统计数".to_owned()), Data::String("累计".to_owned())]);
    assert_eq!(rows[5][2..], [Data::Float(0.35), Data::Float(0.35)]);
}

#[test]
fn cells_may_span_rows_and_tables_may_differ() {
    let style = TextStyle { font: FontRole::Body, size: 10.5 };
    let cell = |column, column_span, row_span, content| CellLayout {
        column,
        column_span,
        row_span,
        content: Filling::Fixed(content),
        role: crate::layout::CellRole::Data,
        style,
        align: Align::Center,
        indent: 0.0,
        vertical: false,
        value: None,
    };
    let row = |cells| crate::layout::RowLayout { cells, min_height: 7.0, keep_with_next: false, outline: None };
    let one = Content::Value(CellValue::Number(1.into()));
    let table = |widths: &[f64], rows| {
        Block::Table(TableLayout { caption: None, widths: widths.to_vec(), header_rows: 1, rows })
    };
    let template = shipped().get("2014-extended").unwrap();
    let mut layout = layout(&Report::default(), template, LayoutOptions::default());
    let blocks = vec![
        table(
            &[50.0, 50.0, 50.0],
            vec![
                row(vec![cell(0, 1, 2, Content::Text("两行".to_owned())), cell(1, 2, 1, one.clone())]),
                row(vec![cell(1, 1, 1, one.clone()), cell(2, 1, 1, Content::BLANK)]),
            ],
        ),
        table(&[75.0, 75.0], vec![row(vec![cell(0, 1, 1, one.clone()), cell(1, 1, 1, one)])]),
    ];
    layout.form = std::sync::Arc::new(Form::new(layout.form.page, layout.form.page_number, blocks));
    let mut bytes = Vec::new();
    write(&layout, template, Lang::ZH, None, &mut bytes).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for range in ["A1:A2", "B1:D1", "B2:C2", "A3:B3", "C3:D3"] {
        assert!(sheet.contains(&format!("<mergeCell ref=\"{range}\"/>")), "{range}: {sheet}");
    }
    assert!(!sheet.contains("<pane"));
    assert_eq!(rows(&bytes)[0][..2], [Data::String("两行".to_owned()), Data::Float(1.0)]);
}

/// The page breaks of a worksheet: the rows above them, counted from 1.
fn page_breaks(sheet: &str) -> Vec<usize> {
    let Some((_, breaks)) = sheet.split_once("<rowBreaks") else { return Vec::new() };
    breaks.split("<brk id=\"").skip(1).map(|id| id.split_once('"').unwrap().0.parse().unwrap()).collect()
}

/// The merged ranges of a worksheet, such as `A2:C2`.
fn merges(sheet: &str) -> Vec<String> {
    sheet.split("<mergeCell ref=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}

fn matrix(id: &str, options: LayoutOptions) -> (Layout, Vec<u8>) {
    let template = shipped().get(id).unwrap();
    let layout = layout(&sample::matrix(id, 100_001), template, options);
    let mut bytes = Vec::new();
    assert_eq!(write(&layout, template, Lang::ZH, None, &mut bytes).unwrap(), []);
    (layout, bytes)
}

#[test]
fn the_three_tables_share_one_grid() {
    for id in ["2019", "2021"] {
        let (layout, bytes) = matrix(id, LayoutOptions::default());
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        // No column is a sliver, and together they are as wide as the type area.
        let widths: Vec<f64> = sheet
            .split("<col ")
            .skip(1)
            .flat_map(|column| {
                let value = |key: &str| -> f64 {
                    let rest = column.split_once(&format!(" {key}=\"")).or(column.split_once(&format!("{key}=\"")));
                    rest.unwrap().1.split_once('"').unwrap().0.parse().unwrap()
                };
                vec![value("width") * 8.0; (value("max") - value("min")) as usize + 1]
            })
            .collect();
        assert!(widths.iter().all(|width| *width > 5.0), "{widths:?}");
        let total: f64 = widths.iter().sum();
        assert!((total - 156.0 / 25.4 * 96.0).abs() < 8.0, "{total}");
        // Every value of every table stands where a reader of workbooks finds it, in order.
        let values = rows(&bytes).into_iter().flatten().filter_map(|cell| match cell {
            Data::Float(number) => Some(number.to_string()),
            _ => None,
        });
        let wanted = layout.form.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table.rows.iter().flat_map(|row| &row.cells)),
            Block::Line(_) => None,
        });
        let wanted = wanted.flatten().filter_map(|cell| {
            let number = layout.content(cell).number()?;
            Some(number.normalize().to_string())
        });
        assert_eq!(values.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    }
}

#[test]
fn merged_labels_are_one_cell_a_page_under_repeated_heads() {
    for options in [LayoutOptions::default(), LayoutOptions { landscape: true }] {
        let (_, bytes) = matrix("2021", options);
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        let found = rows(&bytes);
        let stubs: Vec<usize> = (0..found.len()).filter(|row| found[*row][0] == "三、本年度办理结果").collect();
        let breaks = page_breaks(&sheet);
        let first = stubs[0];
        let inside: Vec<usize> = breaks.iter().copied().filter(|row| (first + 1..first + 22).contains(row)).collect();
        // The label stands again in the first row of each page that it goes on to, and its parts make up its rows.
        assert_eq!(stubs[1..], inside);
        assert!(!inside.is_empty());
        let ends = inside.iter().copied().chain([first + 22]);
        for (start, end) in stubs.iter().zip(ends) {
            let range = format!("A{}:A{end}", start + 1);
            assert!(merges(&sheet).contains(&range), "{range}: {:?}", merges(&sheet));
            let height: f64 = (start + 1..=end).map(|row| row_height(&sheet, row)).sum();
            assert!(height >= 9.0 * 9.0 * 1.3 * 0.7, "room for the label: {height}");
        }
        let styles = part(&bytes, "xl/styles.xml");
        assert!(styles.contains("textRotation=\"255\""));
        let headers = found.iter().position(|row| row[0].to_string().starts_with("（本列数据")).unwrap();
        let titles = format!("统计表!${}:${}<", headers + 1, headers + 3);
        let workbook = part(&bytes, "xl/workbook.xml");
        assert!(workbook.contains(&titles), "{titles}: {workbook}");
        let orientation = if options.landscape { "landscape" } else { "portrait" };
        assert!(sheet.contains(&format!("orientation=\"{orientation}\"")) && !sheet.contains("<pane"));
        // Narrow headers break between words, so that programs need not break inside them.
        assert!(options.landscape || found[headers + 2].contains(&Data::String("法律服务\n机构".to_owned())));
    }
}

#[test]
fn pages_end_within_their_room_and_never_below_a_heading() {
    for id in ["2019", "2021"] {
        let (_, bytes) = matrix(id, LayoutOptions::default());
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        let found = rows(&bytes);
        let mut opened = 0;
        for row in page_breaks(&sheet).into_iter().chain([found.len()]) {
            let height: f64 = (opened + 1..=row).map(|row| row_height(&sheet, row) / 72.0 * 25.4).sum();
            assert!(height <= 225.0, "{height}");
            let last = found[row - 1][0].to_string();
            assert!(!last.ends_with("情况") && !last.starts_with("（本列"), "{last}");
            opened = row;
        }
    }
}
