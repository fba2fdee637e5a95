//! Documents of whole layouts, read back with lopdf. Here: what all tests share, and what concerns the whole file.

mod attached;
mod fonts;
mod order;
mod structure;

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

fn template(id: &str) -> &'static SharedTemplate {
    shipped().find(id).unwrap()
}

/// A filled form: every value another number, so that each can be found again.
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
            correction: None,
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
    let findings = write(layout, &fonts, None, None, &mut bytes).unwrap();
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

/// What each marked stretch of each page says.
fn marked_texts(document: &Document) -> BTreeMap<(lopdf::ObjectId, i64), String> {
    let mut texts = BTreeMap::new();
    for page in document.get_pages().into_values() {
        for (mark, text) in page_texts(document, page) {
            if let Some(mark) = mark {
                assert!(texts.insert((page, mark), text).is_none(), "a mark stands once");
            }
        }
    }
    texts
}

/// The texts of a page in the order of its content stream, each with its mark (MCID) or none for an artifact, by the fonts'
/// own ToUnicode maps.
fn page_texts(document: &Document, page: lopdf::ObjectId) -> Vec<(Option<i64>, String)> {
    let resources = dictionary(document, document.get_dictionary(page).unwrap().get(b"Resources").unwrap());
    let fonts = dictionary(document, resources.get(b"Font").unwrap());
    let mut texts: Vec<(Option<i64>, String)> = Vec::new();
    let mut font = BTreeMap::new();
    for operation in document.get_and_decode_page_content(page).unwrap().operations {
        match (operation.operator.as_str(), operation.operands.as_slice()) {
            ("BDC", [Object::Name(tag), Object::Dictionary(properties)]) if tag != b"Span" => {
                texts.push((properties.get(b"MCID").and_then(Object::as_i64).ok(), String::new()));
            }
            ("Tf", [Object::Name(name), _]) => {
                let font_dictionary = dictionary(document, fonts.get(name).unwrap());
                let map = document.dereference(font_dictionary.get(b"ToUnicode").unwrap()).unwrap().1;
                font = to_unicode(&map.as_stream().unwrap().get_plain_content().unwrap());
            }
            ("Tj", [Object::String(codes, _)]) => {
                let codes = codes.chunks(2).map(|code| font[&u16::from_be_bytes([code[0], code[1]])].as_str());
                texts.last_mut().expect("all text is marked").1.extend(codes);
            }
            _ => {}
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
fn the_same_layout_gives_the_same_bytes_and_they_are_few() {
    let layout = extended();
    let (first, _) = pdf(&layout);
    assert!(first == pdf(&layout).0);
    assert!(first.len() <= 90_000, "{}", first.len());
    // A set of fonts that has made other documents before makes this one all the same.
    let fonts = Fonts::default();
    let mut sink = Vec::new();
    let other = template("2014");
    write(&layout::layout(&report(other), other, LayoutOptions::default()), &fonts, None, None, &mut sink).unwrap();
    let mut again = Vec::new();
    write(&layout, &fonts, None, None, &mut again).unwrap();
    assert!(first == again);
}

#[test]
fn time_comes_from_the_argument_alone() {
    let layout = extended();
    let mut bytes = Vec::new();
    write(&layout, &Fonts::default(), Some(1_514_764_799), None, &mut bytes).unwrap();
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
