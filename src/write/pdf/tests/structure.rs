//! The structure tree and the outline.

use lopdf::{Document, Object};

use super::super::object::text_string;
use super::{dictionary, elements, extended, pdf, template};
use crate::layout::{self, Block, LayoutOptions};
use crate::write::sample;

#[test]
fn every_cell_is_read_in_order_with_its_role() {
    let layout = extended();
    let (bytes, findings) = pdf(&layout);
    assert_eq!(findings, []);
    let document = Document::load_mem(&bytes).unwrap();
    let elements = elements(&document);
    let count = |tag: &str| elements.iter().filter(|element| element.0 == tag).count();
    let table = layout.form.blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Line(_) => None,
    });
    let rows = table.unwrap().rows.len();
    assert!(rows > 80);
    assert_eq!([count("H1"), count("Table"), count("THead"), count("TBody")], [1, 1, 1, 1]);
    assert_eq!([count("TR"), count("TH"), count("TD")], [rows, rows + 2, 2 * (rows - 1)]);
    let cells: Vec<&str> =
        elements.iter().filter(|e| e.0 == "TH" || e.0 == "TD").map(|element| element.1.as_str()).collect();
    let wanted: Vec<String> =
        table.unwrap().rows.iter().flat_map(|row| &row.cells).map(|cell| layout.content(cell).to_text()).collect();
    assert_eq!(cells, wanted);
    let heading = elements.iter().find(|element| element.0 == "H1").unwrap();
    assert_eq!(heading.1, layout.title);
    for (tag, text, element) in &elements {
        let scope = element.get(b"A").and_then(Object::as_dict).and_then(|a| a.get(b"Scope")).and_then(Object::as_name);
        let header = ["统　计　指　标", "单位", "统计数"].contains(&text.as_str());
        match tag.as_str() {
            "TH" if header => assert_eq!(scope.unwrap(), b"Column"),
            "TH" => assert_eq!(scope.unwrap(), b"Row", "{text}"),
            _ => assert!(scope.is_err()),
        }
    }
}

#[test]
fn sections_are_in_the_outline() {
    let (bytes, _) = pdf(&extended());
    let document = Document::load_mem(&bytes).unwrap();
    let outlines = dictionary(&document, document.catalog().unwrap().get(b"Outlines").unwrap());
    let mut entry = dictionary(&document, outlines.get(b"First").unwrap());
    let mut titles = vec![entry.get(b"Title").unwrap().clone()];
    while let Ok(next) = entry.get(b"Next") {
        entry = dictionary(&document, next);
        titles.push(entry.get(b"Title").unwrap().clone());
    }
    assert_eq!(titles.len(), 13);
    assert_eq!(titles[8], text_string("九、政府公报发行量"));
    assert_eq!(outlines.get(b"Count").unwrap().as_i64().unwrap(), 13);
}

/// The text, spans and scope of every cell in the structure tree.
fn cells(document: &Document) -> Vec<(String, i64, i64, Option<String>)> {
    let cells = elements(document).into_iter().filter(|element| element.0 == "TH" || element.0 == "TD");
    cells
        .map(|(_, text, element)| {
            let attributes = element.get(b"A").and_then(Object::as_dict).ok();
            let span = |key: &[u8]| attributes.and_then(|a| a.get(key).ok()?.as_i64().ok()).unwrap_or(1);
            let scope = attributes.and_then(|a| a.get(b"Scope").ok()?.as_name().ok());
            let scope = scope.map(|scope| String::from_utf8(scope.to_vec()).unwrap());
            (text, span(b"ColSpan"), span(b"RowSpan"), scope)
        })
        .collect()
}

#[test]
fn heads_in_levels_and_merged_labels_are_in_the_structure() {
    for landscape in [false, true] {
        let layout = layout::layout(&sample::matrix("2021", 700_001), template("2021"), LayoutOptions { landscape });
        let (bytes, findings) = pdf(&layout);
        assert_eq!(findings, []);
        assert!(bytes.len() <= 90_000, "{}", bytes.len());
        let document = Document::load_mem(&bytes).unwrap();
        let elements = elements(&document);
        let texts = |tag: &str| elements.iter().filter(|e| e.0 == tag).map(|e| e.1.clone()).collect::<Vec<String>>();
        assert_eq!(texts("H1"), ["中庄镇2022年政府信息公开工作年度报告统计表"]);
        assert_eq!(
            texts("H2"),
            [
                "二、主动公开政府信息情况",
                "三、收到和处理政府信息公开申请情况",
                "四、政府信息公开行政复议、行政诉讼情况"
            ]
        );
        assert_eq!([texts("Table").len(), texts("THead").len(), texts("TBody").len()], [3, 2, 3]);
        let (column, row) = (Some("Column".to_owned()), Some("Row".to_owned()));
        let cells = cells(&document);
        for (text, columns, rows, scope) in [
            ("第二十条第（一）项", 4, 1, &column),
            ("本年处理决定数量", 3, 1, &column),
            ("申请人情况", 7, 1, &column),
            ("自然人", 1, 2, &column),
            ("法人或其他组织", 5, 1, &column),
            ("商业企业", 1, 1, &column),
            ("三、本年度办理结果", 1, 22, &row),
            ("（三）不予公开", 1, 8, &row),
            ("（七）总计", 2, 1, &row),
            ("四、结转下年度继续办理", 3, 1, &row),
            ("行政诉讼", 10, 1, &column),
        ] {
            let wanted = (text.to_owned(), columns, rows, scope.clone());
            assert!(cells.contains(&wanted), "{wanted:?}");
        }
        let corner = cells.iter().find(|cell| cell.0.starts_with("（本列数据的勾稽关系为")).unwrap();
        assert_eq!((corner.1, corner.2, &corner.3), (3, 3, &column));
        // Every cell is there once, in reading order, whatever is repeated on the pages.
        let wanted: Vec<String> = layout
            .form
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Table(table) => Some(table.rows.iter().flat_map(|row| &row.cells)),
                Block::Line(_) => None,
            })
            .flatten()
            .map(|cell| layout.content(cell).to_text())
            .collect();
        assert_eq!(cells.into_iter().map(|cell| cell.0).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn headings_of_tables_are_in_the_outline() {
    let layout = layout::layout(&sample::matrix("2019", 1), template("2019"), LayoutOptions::default());
    let document = Document::load_mem(&pdf(&layout).0).unwrap();
    let outlines = dictionary(&document, document.catalog().unwrap().get(b"Outlines").unwrap());
    let first = dictionary(&document, outlines.get(b"First").unwrap());
    assert_eq!(first.get(b"Title").unwrap(), &text_string("二、主动公开政府信息情况"));
    assert_eq!(outlines.get(b"Count").unwrap().as_i64().unwrap(), 3);
    let top = first.get(b"Dest").unwrap().as_array().unwrap()[3].as_float().unwrap();
    assert!(top < 842.0 - 105.0 && top > 600.0, "{top}");
}
