//! Nothing that a file says is calculated by the program that opens what was made of it.

#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read};

use xxgk::document::Part;
use xxgk::engine::Engine;
use xxgk::font::Fonts;
use xxgk::read::{Input, ReadOptions};
use xxgk::report::Report;
use xxgk::write::{Format, WriteOptions};

/// Labels and names as someone might send them.
const HOSTILE: [&str; 6] =
    ["=HYPERLINK(\"http://a\")", "@SUM(A1:A9)", "+cmd|' /C calc'!A0", "-2+3", "'=1+1", "＝WEBSERVICE(A1)"];

fn read(bytes: &[u8]) -> Input {
    Engine::new().read(bytes, &ReadOptions::default()).unwrap()
}

/// The fixture with rows beyond the form that are labelled so.
fn report() -> Report {
    let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt").unwrap();
    let engine = Engine::new();
    let mut report = engine.recognize(&read(&bytes)).unwrap().pop().unwrap();
    let like = report.values[3].clone();
    for text in HOSTILE {
        let mut value = like.clone();
        value.id = None;
        value.path = [text.to_owned()].into();
        value.label = Some(text.to_owned());
        value.after = Some(like.id.as_deref().unwrap().to_owned());
        value.cell = xxgk::report::CellValue::Number((-8).into());
        value.source_text = "-8".to_owned();
        report.extra.push(value);
    }
    report.filing.preparer = Some("=1+1".to_owned());
    report
}

fn written(format: Format) -> Vec<u8> {
    let (report, fonts) = (report(), Fonts::default());
    let options = WriteOptions::default().fonts(&fonts);
    Engine::new().write(&[&report], format, &options).unwrap().bytes
}

#[test]
fn separated_values_hold_no_formula_and_read_back_as_they_were() {
    let bytes = written(Format::Csv);
    let mut records = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    let (mut guarded, mut figures) = (0, 0);
    for record in records.records() {
        for field in &record.unwrap() {
            let opens = field.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
            assert!(!opens || field == "-8", "{field}");
            guarded += usize::from(HOSTILE.iter().any(|text| field == format!("'{text}")));
            figures += usize::from(field == "-8");
        }
    }
    assert_eq!((guarded, figures), (HOSTILE.len(), HOSTILE.len()));
    let document = read(&bytes).into_document().unwrap();
    let [Part::Table(grid)] = document.parts.as_slice() else { panic!("one table") };
    for text in HOSTILE {
        assert!(grid.cells.iter().any(|(_, cell)| cell.text == text), "{text}");
    }
}

#[test]
fn a_workbook_holds_text_as_text() {
    let bytes = written(Format::Xlsx);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.as_slice())).unwrap();
    let mut all = String::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        let content = String::from_utf8_lossy(&content).into_owned();
        // `<f>` is a formula; `<formula>` belongs to conditional formats and validations, `ddeLink` runs programs.
        for mark in ["<f>", "<f ", "<f/", "ddeLink", "externalLink", "<hyperlink"] {
            assert!(!content.contains(mark), "{mark}");
        }
        all += &content;
    }
    assert!(all.contains("=HYPERLINK(&quot;http://a&quot;)") || all.contains("=HYPERLINK(\"http://a\")"));
    let document = read(&bytes).into_document().unwrap();
    let texts = document.parts.iter().flat_map(|part| match part {
        Part::Table(grid) => grid.cells.iter().map(|(_, cell)| cell.text.as_str()).collect(),
        _ => Vec::new(),
    });
    let texts: Vec<&str> = texts.collect();
    for text in HOSTILE {
        assert!(texts.contains(&text), "{text}");
    }
}
