use crate::document::{Location, Part};
use crate::error::ErrorKind;

/// A document of one page with this content, without fonts of its own.
fn document(content: &str) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font\
         /Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>\
         /FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4>>/DW 500>>]>>"
            .to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    for (object, number) in objects.iter().zip(1..) {
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    file.push_str("trailer<</Root 1 0 R/Size 6>>\n%%EOF\n");
    file.into_bytes()
}

fn texts(content: &str) -> Vec<String> {
    let (parts, ..) = super::read(&document(content)).unwrap().0;
    let text = |part: Part| match part {
        Part::Paragraph(cell) => cell.text,
        Part::Table(grid) => grid.cells.iter().map(|(_, cell)| &*cell.text).collect::<Vec<_>>().join("|"),
    };
    parts.into_iter().map(text).collect()
}

#[test]
fn fonts_without_a_map_to_unicode_are_read_by_their_encoding() {
    // 收到 12 in GBK.
    let content = "BT /F 12 Tf 20 150 Td <CAD5B5BD20313220> Tj ET";
    assert_eq!(texts(content), ["收到 12"]);
    let (parts, ..) = super::read(&document(content)).unwrap().0;
    let Part::Paragraph(line) = &parts[0] else { panic!("a line") };
    assert!(matches!(line.at, Location::PageLine { page: 1, line: 1, .. }));
}

#[test]
fn text_operators_move_as_they_say() {
    let content = "BT /F 10 Tf 14 TL 20 150 Td (a) Tj T* [(b) -3000 (c)] TJ (d) ' 2 1 (e f) \" ET";
    assert_eq!(texts(content), ["a", "b      c", "d", "e f"]);
    // Saved states end with their stream, and what is unknown does nothing.
    assert_eq!(texts("q q BT /F 10 Tf 20 100 Td (x) Tj ET 1 2 3 unknown Q Q Q Q"), ["x"]);
}

#[test]
fn a_watermark_is_no_text_and_turned_pages_are_read() {
    let table = "0 1 -1 0 100 20 cm BT /F 10 Tf 1 0 0 1 0 0 Tm (abc) Tj 0 -15 Td (de) Tj ET";
    assert_eq!(texts(table), ["abc", "de"]);
    let watermark = "BT /F 10 Tf 20 150 Td (1) Tj 0.7 0.7 -0.7 0.7 50 50 Tm (secret) Tj ET";
    assert_eq!(texts(watermark), ["1"]);
}

#[test]
fn damaged_content_is_an_error_not_a_blank_page() {
    let error = super::read(&document("BT /F 10 Tf 20 150 Td (a) Tj ET ) ( broken")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Corrupt { .. }), "{error}");
    assert_eq!(error.location(), Some(&Location::Page { page: 1 }));
    assert!(matches!(super::read(&document("")).unwrap_err().kind(), ErrorKind::Empty));
}

#[test]
fn struck_digits_are_not_read() {
    let text = "BT /F 10 Tf 20 100 Td (9912) Tj ET ";
    assert_eq!(texts(&format!("{text} 20 103.2 10 0.6 re f")), ["\u{fffd}\u{fffd}12"]);
    assert_eq!(texts(&format!("{text} 20 98.5 20 0.6 re f")), ["9912"]);
    assert_eq!(texts(&format!("{text} 28 96 m 42 110 l S")), ["99\u{fffd}\u{fffd}"]);
}

#[test]
fn content_that_never_ends_is_refused() {
    let many = "0 0 1 1 re ".repeat(200_000);
    let error = super::read(&document(&many)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
    let deep = "q ".repeat(2000);
    assert!(matches!(super::read(&document(&deep)).unwrap_err().kind(), ErrorKind::TooLarge { .. }));
}
