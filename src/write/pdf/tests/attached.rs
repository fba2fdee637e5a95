//! The attached report.

use super::*;
use crate::report::json::ATTACHMENT;
use crate::write::pdf::attach;

#[test]
fn the_attached_report_is_the_one_that_was_written() {
    let template = template("2021");
    let report = report(template);
    let layout = layout::layout(&report, template, LayoutOptions::default());
    let json = attach::json(&report, crate::message::Lang::ZH).unwrap();
    let mut bytes = Vec::new();
    write(&layout, &Fonts::default(), Some(1_514_764_799), Some(&json), &mut bytes).unwrap();
    let document = Document::load_mem(&bytes).unwrap();
    let catalog = document.catalog().unwrap();
    let associated = catalog.get(b"AF").unwrap().as_array().unwrap();
    let files = dictionary(&document, dictionary(&document, catalog.get(b"Names").unwrap()).get(b"EmbeddedFiles").unwrap());
    let names = files.get(b"Names").unwrap().as_array().unwrap();
    assert_eq!((names[0].as_str().unwrap(), &names[1]), (ATTACHMENT.as_bytes(), &associated[0]));
    let specification = dictionary(&document, &associated[0]);
    assert_eq!(specification.get(b"AFRelationship").unwrap().as_name().unwrap(), b"Data");
    let content = dictionary(&document, specification.get(b"EF").unwrap()).get(b"F").unwrap();
    let stream = document.dereference(content).unwrap().1.as_stream().unwrap();
    assert_eq!(stream.dict.get(b"Subtype").unwrap().as_name().unwrap(), b"application/json");
    let read = crate::read::json::read(std::str::from_utf8(&stream.decompressed_content().unwrap()).unwrap()).unwrap().0;
    assert_eq!(read, [report]);
    let xmp = document.dereference(catalog.get(b"Metadata").unwrap()).unwrap().1.as_stream().unwrap();
    assert!(String::from_utf8_lossy(&xmp.content).contains("<pdfaid:part>3</pdfaid:part>"));
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo"));
}

/// What the engine reads from a document that shows one report and carries another.
fn read_back(shown: &Report, attached: &Report) -> Report {
    let template = template("2021");
    let layout = layout::layout(shown, template, LayoutOptions::default());
    let json = attach::json(attached, crate::message::Lang::ZH).unwrap();
    let mut bytes = Vec::new();
    write(&layout, &Fonts::default(), None, Some(&json), &mut bytes).unwrap();
    let mut examined = crate::engine::Engine::new().examine(&bytes, &crate::read::ReadOptions::default()).unwrap();
    assert_eq!(examined.len(), 1);
    examined.remove(0).report
}

#[test]
fn a_report_is_read_back_exactly_and_an_edited_page_is_noticed() {
    let mut report = report(template("2021"));
    report.values[3].set(CellValue::Blank, "");
    report.values[4].set(CellValue::NotApplicable, "/");
    report.values[5].set(CellValue::Unreadable("约170".to_owned()), "");
    report.values[6].set(CellValue::Missing, "");
    let read = read_back(&report, &report);
    assert_eq!(read.values, report.values);
    let codes = |report: &Report| report.findings.iter().map(|finding| finding.code.clone()).collect::<Vec<_>>();
    assert!(!codes(&read).iter().any(|code| code.starts_with("XG38")), "{:?}", read.findings);
    let mut edited = report.clone();
    edited.values[9].set(CellValue::Number(1.into()), "1");
    let read = read_back(&edited, &report);
    let wrong = &read.values[9];
    assert_eq!(wrong.cell, CellValue::Unreadable(format!("{} ≠ 1", report.values[9].number().unwrap())));
    assert_eq!(codes(&read).iter().filter(|code| *code == "XG385").count(), 1);
    assert_eq!(read.values.iter().zip(&report.values).filter(|(one, other)| one != other).count(), 1);
}
