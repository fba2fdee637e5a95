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
