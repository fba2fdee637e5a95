//! Fonts, and the characters that are copied from them.

use lopdf::Document;

use super::{all_texts, dictionary, elements, extended, marked_texts, pdf, report, template};
use crate::layout::{self, LayoutOptions};
use crate::report::{CellValue, Report};

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
