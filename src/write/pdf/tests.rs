use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object};
use rust_decimal::Decimal;

use super::write;
use crate::document::Location;
use crate::finding::Finding;
use crate::font::Fonts;
use crate::layout::{self, Block, Content, Filling, Form, Layout, LayoutOptions};
use crate::report::{CellValue, Filing, Report, Value};
use crate::template::{SharedTemplate, Template, shipped};
use crate::write::sample;

fn template(id: &str) -> &'static SharedTemplate {
    shipped().find(id).unwrap()
}

/// A filled form: every figure another number, so that each can be found again.
fn report(template: &Template) -> Report {
    let values = template.indicators().iter().enumerate().map(|(index, indicator)| {
        let (table, row, _) = indicator.place;
        let row = &template.tables()[table].rows[row];
        Value {
            id: Some(indicator.id.clone()),
            path: template.path(row).into(),
            column: None,
            unit: row.unit.clone(),
            cell: CellValue::Number(Decimal::from(7001 + index)),
            source_text: (7001 + index).to_string(),
            at: Some(Location::Text { line: index as u32 + 1, column: 1 }),
            after: None,
            label: None,
        }
    });
    Report {
        template: Some(template.id().to_owned()),
        title: Some("2017年度中庄镇政府信息公开工作情况统计表".to_owned()),
        organization: Some("中庄镇".to_owned()),
        year: Some(2017),
        values: values.collect(),
        filing: Filing { responsible: Some("张三".to_owned()), ..Filing::default() },
        ..Report::default()
    }
}

fn extended() -> Layout {
    let template = template("2014-extended");
    layout::layout(&report(template), template, LayoutOptions::default())
}

fn pdf(layout: &Layout) -> (Vec<u8>, Vec<Finding>) {
    let mut bytes = Vec::new();
    let fonts = Fonts::default();
    let findings = write(layout, &fonts, None, &mut bytes).unwrap();
    (bytes, findings)
}

fn all_texts(layout: &Layout) -> Vec<String> {
    let mut texts = Vec::new();
    for block in &layout.form.blocks {
        match block {
            Block::Line(line) => texts.extend(line.parts.iter().map(|part| layout.text(part).to_owned())),
            Block::Table(table) => {
                texts.extend(table.rows.iter().flat_map(|row| &row.cells).map(|cell| layout.content(cell).to_text()))
            }
        }
    }
    texts
}

fn dictionary<'a>(document: &'a Document, object: &'a Object) -> &'a Dictionary {
    document.dereference(object).unwrap().1.as_dict().unwrap()
}

/// The elements of the structure tree, in reading order: tag and text.
fn elements(document: &Document) -> Vec<(String, String, Dictionary)> {
    let texts = marked_texts(document);
    let root = dictionary(document, document.catalog().unwrap().get(b"StructTreeRoot").unwrap());
    let mut elements = Vec::new();
    walk(document, root.get(b"K").unwrap(), &texts, &mut elements);
    elements
}

fn walk(
    document: &Document,
    element: &Object,
    texts: &BTreeMap<(lopdf::ObjectId, i64), String>,
    out: &mut Vec<(String, String, Dictionary)>,
) {
    let element = dictionary(document, element);
    let tag = String::from_utf8(element.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap();
    let kids = match element.get(b"K") {
        Ok(Object::Array(kids)) => kids.clone(),
        Ok(kid) => vec![kid.clone()],
        Err(_) => Vec::new(),
    };
    let mut text = String::new();
    for kid in &kids {
        if let Object::Integer(mark) = kid {
            let page = element.get(b"Pg").unwrap().as_reference().unwrap();
            text.push_str(&texts[&(page, *mark)]);
        }
    }
    out.push((tag, text, element.clone()));
    for kid in &kids {
        if !matches!(kid, Object::Integer(_)) {
            walk(document, kid, texts, out);
        }
    }
}

/// What each marked stretch of each page says, by the fonts' own ToUnicode maps.
fn marked_texts(document: &Document) -> BTreeMap<(lopdf::ObjectId, i64), String> {
    let mut texts = BTreeMap::new();
    for page in document.get_pages().into_values() {
        let resources = dictionary(document, document.get_dictionary(page).unwrap().get(b"Resources").unwrap());
        let fonts = dictionary(document, resources.get(b"Font").unwrap());
        let (mut mark, mut font) = (None, BTreeMap::new());
        let content = document.get_and_decode_page_content(page).unwrap();
        for operation in content.operations {
            match (operation.operator.as_str(), operation.operands.as_slice()) {
                ("BDC", [_, Object::Dictionary(properties)]) => {
                    mark = properties.get(b"MCID").and_then(Object::as_i64).ok();
                    if let Some(mark) = mark {
                        assert!(texts.insert((page, mark), String::new()).is_none(), "a mark stands once");
                    }
                }
                ("Tf", [Object::Name(name), _]) => {
                    let font_dictionary = dictionary(document, fonts.get(name).unwrap());
                    let map = document.dereference(font_dictionary.get(b"ToUnicode").unwrap()).unwrap().1;
                    font = to_unicode(&map.as_stream().unwrap().get_plain_content().unwrap());
                }
                ("Tj", [Object::String(codes, _)]) => {
                    let text: String =
                        codes.chunks(2).map(|code| font[&u16::from_be_bytes([code[0], code[1]])].as_str()).collect();
                    if let Some(mark) = mark {
                        texts.entry((page, mark)).or_insert_with(String::new).push_str(&text);
                    }
                }
                _ => {}
            }
        }
    }
    texts
}

fn to_unicode(map: &[u8]) -> BTreeMap<u16, String> {
    let map = std::str::from_utf8(map).unwrap();
    let mut codes = BTreeMap::new();
    for line in map.lines() {
        if !line.starts_with('<') {
            continue;
        }
        let parts: Vec<&str> = line.split(['<', '>', ' ']).filter(|part| !part.is_empty()).collect();
        let [code, text] = parts[..] else { continue };
        let Ok(code) = u16::from_str_radix(code, 16) else { continue };
        let units: Vec<u16> =
            (0..text.len() / 4).filter_map(|at| u16::from_str_radix(&text[at * 4..at * 4 + 4], 16).ok()).collect();
        if code != 0 {
            codes.insert(code, String::from_utf16(&units).unwrap());
        }
    }
    codes
}

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
fn the_same_layout_gives_the_same_bytes_and_they_are_few() {
    let layout = extended();
    let (first, _) = pdf(&layout);
    assert!(first == pdf(&layout).0);
    assert!(first.len() <= 90_000, "{}", first.len());
    // A set of fonts that has made other documents before makes this one all the same.
    let fonts = Fonts::default();
    let mut sink = Vec::new();
    let other = template("2014");
    write(&layout::layout(&report(other), other, LayoutOptions::default()), &fonts, None, &mut sink).unwrap();
    let mut again = Vec::new();
    write(&layout, &fonts, None, &mut again).unwrap();
    assert!(first == again);
}

#[test]
fn time_comes_from_the_argument_alone() {
    let layout = extended();
    let mut bytes = Vec::new();
    write(&layout, &Fonts::default(), Some(1_514_764_799), &mut bytes).unwrap();
    let information = |bytes: &[u8]| {
        let document = Document::load_mem(bytes).unwrap();
        dictionary(&document, document.trailer.get(b"Info").unwrap()).clone()
    };
    let dated = information(&bytes);
    assert_eq!(dated.get(b"CreationDate").unwrap().as_str().unwrap(), b"D:20171231235959Z");
    let undated = information(&pdf(&layout).0);
    assert!(!undated.has(b"CreationDate") && !undated.has(b"ModDate"));
}

#[test]
fn fonts_are_embedded_as_subsets_with_glyphs_for_all_codes() {
    let (bytes, _) = pdf(&extended());
    let document = Document::load_mem(&bytes).unwrap();
    let mut seen = Vec::new();
    for object in document.objects.values() {
        let Ok(font) = object.as_dict() else { continue };
        if !font.get(b"Subtype").is_ok_and(|subtype| subtype.as_name().is_ok_and(|name| name == b"Type0")) {
            continue;
        }
        let name = String::from_utf8(font.get(b"BaseFont").unwrap().as_name().unwrap().to_vec()).unwrap();
        let (tag, face) = name.split_once('+').unwrap();
        assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_uppercase()), "{name}");
        let descendants = font.get(b"DescendantFonts").unwrap().as_array().unwrap();
        let descendant = dictionary(&document, &descendants[0]);
        let descriptor = dictionary(&document, descendant.get(b"FontDescriptor").unwrap());
        let file = document.dereference(descriptor.get(b"FontFile2").unwrap()).unwrap().1.as_stream().unwrap();
        let program = file.get_plain_content().unwrap();
        assert_eq!(file.dict.get(b"Length1").unwrap().as_i64().unwrap() as usize, program.len());
        assert!(program.starts_with(&[0, 1, 0, 0]) && program.len() < 200_000);
        seen.push(face.to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen, ["NotoSansSC-Regular", "NotoSerifSC-Bold", "NotoSerifSC-Regular"]);
}

#[test]
fn a_character_no_font_has_is_a_finding_with_its_cell_and_copies_as_itself() {
    let template = template("2014-extended");
    let mut report = report(template);
    report.values[3].cell = CellValue::Unreadable("十\u{e000}".to_owned());
    let layout = layout::layout(&report, template, LayoutOptions::default());
    let (bytes, findings) = pdf(&layout);
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].code.as_str(), &findings[0].at), ("XG401", &report.values[3].at));
    assert_eq!(findings[0].arguments["code"], "U+E000");
    let document = Document::load_mem(&bytes).unwrap();
    let actual = document.get_pages().into_values().any(|page| {
        document.get_and_decode_page_content(page).unwrap().operations.iter().any(|operation| {
            let properties = operation.operands.get(1).and_then(|operand| operand.as_dict().ok());
            properties.and_then(|p| p.get(b"ActualText").ok()?.as_str().ok()) == Some(&[0xfe, 0xff, 0xe0, 0x00])
        })
    });
    assert!(actual);
    assert!(elements(&document).iter().any(|element| element.1.starts_with('十')));
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
    assert_eq!(titles[8], super::text_string("九、政府公报发行量"));
    assert_eq!(outlines.get(b"Count").unwrap().as_i64().unwrap(), 13);
}

#[test]
fn hostile_layouts_neither_panic_nor_lose_text() {
    let mut layout = extended();
    layout.title = "\u{0}<&>\u{ffff}".to_owned();
    let mut blocks = layout.form.blocks.clone();
    for block in &mut blocks {
        let Block::Table(table) = block else { continue };
        table.header_rows = 10_000;
        table.widths[1] = f64::NAN;
        table.rows[5].cells[0].content = Filling::Fixed(Content::Text("长".repeat(5_000)));
        table.rows[6].cells[0].content = Filling::Fixed(Content::Text("\u{200b}\r\n\t政\u{7f}".to_owned()));
        table.rows[6].cells[2].content = Filling::Slot(usize::MAX);
        table.rows[7].cells[0].indent = 1e9;
        table.rows[8].cells[0].column_span = usize::MAX;
        table.rows[9].cells[0].row_span = usize::MAX;
        table.rows[10].cells[0].column = 99;
        table.rows[11].cells[0].style.size = 0.0;
        table.rows[12].min_height = f64::INFINITY;
    }
    let form = |blocks| Arc::new(Form::new(layout.form.page, layout.form.page_number, blocks));
    let hostile = Layout { form: form(blocks), ..layout.clone() };
    let (bytes, _) = pdf(&hostile);
    let document = Document::load_mem(&bytes).unwrap();
    assert_eq!(elements(&document).iter().filter(|element| element.1 == "长".repeat(5_000)).count(), 1);
    let empty = Layout { form: form(Vec::new()), ..layout.clone() };
    assert_eq!(Document::load_mem(&pdf(&empty).0).unwrap().get_pages().len(), 1);
}

#[test]
fn text_of_all_kinds_is_found_again() {
    let layout = extended();
    let (bytes, _) = pdf(&layout);
    let document = Document::load_mem(&bytes).unwrap();
    let marked: String = marked_texts(&document).into_values().collect();
    for text in all_texts(&layout).iter().filter(|text| !text.trim().is_empty()) {
        assert!(marked.contains(text.trim()), "{text}");
    }
}

#[test]
fn characters_that_share_a_glyph_copy_as_themselves() {
    let template = template("2014-extended");
    // An em space and an ideographic space are one glyph in the shipped fonts.
    let report = Report { title: Some("中\u{2003}庄\u{3000}镇".to_owned()), ..report(template) };
    let (bytes, _) = pdf(&layout::layout(&report, template, LayoutOptions::default()));
    let document = Document::load_mem(&bytes).unwrap();
    assert!(
        elements(&document).iter().any(|element| element.0 == "H1" && element.1.contains("中\u{2003}庄\u{3000}镇"))
    );
    let maps = document.objects.values().filter_map(|object| object.as_dict().ok()?.get(b"DescendantFonts").ok());
    let maps = maps.filter(|fonts| {
        let font = dictionary(&document, &fonts.as_array().unwrap()[0]);
        font.get(b"CIDToGIDMap").unwrap().as_reference().is_ok()
    });
    assert_eq!(maps.count(), 1);
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
    assert_eq!(first.get(b"Title").unwrap(), &super::text_string("二、主动公开政府信息情况"));
    assert_eq!(outlines.get(b"Count").unwrap().as_i64().unwrap(), 3);
    let top = first.get(b"Dest").unwrap().as_array().unwrap()[3].as_float().unwrap();
    assert!(top < 842.0 - 105.0 && top > 600.0, "{top}");
}
