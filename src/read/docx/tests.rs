use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::document::Location;
use crate::read::drawn;

const STYLES: &str = "<w:styles><w:style w:styleId='Ref'><w:rPr><w:vertAlign w:val='superscript'/></w:rPr></w:style>\
    <w:style w:styleId='Str'><w:rPr><w:strike/></w:rPr></w:style><w:style w:styleId='Hid'><w:rPr><w:vanish/></w:rPr></w:style>\
    <w:style w:styleId='Own'><w:basedOn w:val='Str'/></w:style><w:style w:styleId='Off'><w:basedOn w:val='Str'/><w:rPr><w:strike w:val='0'/></w:rPr></w:style></w:styles>";

fn docx(body: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/styles.xml", SimpleFileOptions::default()).unwrap();
    archive.write_all(STYLES.as_bytes()).unwrap();
    archive.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let text = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    archive.write_all(text.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

fn cell(text: &str) -> String {
    format!("<w:tc>{}</w:tc>", paragraph(text))
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>")
}

fn row(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

/// Paragraphs as text, tables as cells with their ranges.
fn drawn(body: &str) -> (Vec<String>, Vec<String>) {
    let (parts, findings) = read(&docx(body)).unwrap();
    let codes = findings.iter().map(|found| format!("{} {}", found.code, found.arguments["text"])).collect();
    (parts.iter().map(drawn::drawn).collect(), codes)
}

#[test]
fn paragraphs_and_tables_come_in_reading_order_with_spans() {
    let span = |columns: u32, merge: &str, text: &str| {
        format!("<w:tc><w:tcPr><w:gridSpan w:val='{columns}'/>{merge}</w:tcPr>{}</w:tc>", paragraph(text))
    };
    let (restart, more) = ("<w:vMerge w:val='restart'/>", "<w:vMerge/>");
    let body = paragraph("前  文")
        + "<w:tbl><w:tblPr><w:tblW w:w='5'/></w:tblPr><w:tblGrid/>"
        + &row(&[span(2, restart, "头"), span(2, "", "申请人")])
        + &row(&[span(2, more, ""), cell("甲"), cell("乙")])
        + &row(&[span(2, more, "旧"), cell("1"), cell("")])
        + "<w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr>"
        + &cell("2")
        + &cell("3")
        + "</w:tr>"
        + &row(&[cell("左"), cell("右"), span(2, "", "4")])
        + "</w:tbl>"
        + &paragraph("后文");
    let (parts, codes) = drawn(&body);
    assert_eq!(parts, ["前  文", "[A1:B3=头 C1:D1=申请人 C2=甲 D2=乙 C3=1 D3= C4=2 D4=3 A5=左 B5=右 C5:D5=4]", "后文"]);
    assert_eq!(codes, ["XG337 旧"]);
    let (parts, _) = read(&docx(&body)).unwrap();
    let Part::Table(grid) = &parts[1] else { panic!("a table") };
    assert_eq!(grid.cells[2].1.at, Location::Table { table: 1, row: 2, cell: 1 });
}

#[test]
fn the_text_is_the_one_with_changes_accepted() {
    let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    let body = format!(
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs><w:rPr><w:vanish/></w:rPr></w:pPr>{}<w:del><w:r><w:delText>5</w:delText></w:r></w:del>\
         <w:ins>{}</w:ins>{}{}{}<w:r><w:tab/><w:t>&amp;&#x4e19;</w:t><w:br/><w:t>次行</w:t></w:r></w:p>\
         <w:tbl>{}<w:tr><w:trPr><w:del/></w:trPr>{}{}</w:tr></w:tbl>",
        run("", "1"),
        run("", "7"),
        run("<w:strike/>", "8"),
        run("<w:vanish/>", "9"),
        run("<w:strike w:val='0'/><w:vertAlign w:val='superscript'/>", "2"),
        row(&[cell("甲"), cell("乙")]),
        cell("删"),
        cell("去"),
    );
    let (parts, codes) = drawn(&body);
    assert_eq!(parts, ["17 2\t&丙", "次行", "[A1=甲 B1=乙]"]);
    assert_eq!(codes, ["XG334 9", "XG335 8"]);
}

#[test]
fn hidden_rows_are_hidden_rows_of_the_table() {
    let row =
        |properties: &str, text: &str| format!("<w:tr><w:trPr>{properties}</w:trPr>{}{}</w:tr>", cell(text), cell("1"));
    let rows =
        row("", "甲") + &row("<w:hidden/>", "乙") + &row("<w:hidden w:val='0'/>", "丙") + &row("<w:cantSplit/>", "丁");
    let (parts, _) = read(&docx(&format!("<w:tbl>{rows}</w:tbl>"))).unwrap();
    let Part::Table(grid) = &parts[0] else { panic!("a table") };
    assert_eq!((0..4).map(|row| grid.hidden_rows.has(row)).collect::<Vec<_>>(), [false, true, false, false]);
}

#[test]
fn tracked_moves_are_read_as_insertions_and_deletions_are() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    for (from, to) in [("del", "ins"), ("moveFrom", "moveTo")] {
        let body = format!("<w:p>{}<w:{from}>{}</w:{from}><w:{to}>{}</w:{to}></w:p>", run("8"), run("5"), run("7"));
        assert_eq!(drawn(&body), (vec!["87".to_owned()], vec![]));
    }
}

#[test]
fn styles_hide_strike_and_raise_text_as_direct_properties_do() {
    let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    let style = |id: &str, more: &str, text: &str| run(&format!("<w:rStyle w:val='{id}'/>{more}"), text);
    for (text, expected, codes) in [
        (run("", "5") + &style("Ref", "", "1") + &run("", "2"), "5 1 2", vec![]),
        (run("", "5") + &style("Ref", "<w:vertAlign w:val='baseline'/>", "1"), "5 1", vec![]),
        (run("", "5") + &run("<w:position w:val='10'/>", "1"), "5 1", vec![]),
        (run("", "5") + &run("<w:position w:val='0'/>", "1"), "51", vec![]),
        (style("Str", "", "3") + &run("", "5"), "5", vec!["XG335 3"]),
        (style("Own", "", "3") + &run("", "5"), "5", vec!["XG335 3"]),
        (style("Off", "", "3") + &style("Str", "<w:strike w:val='0'/>", "5"), "35", vec![]),
        (style("Hid", "", "3") + &run("", "5"), "5", vec!["XG334 3"]),
        (style("No", "", "3") + &run("", "5"), "35", vec![]),
    ] {
        let (parts, found) = drawn(&format!("<w:p>{text}</w:p>"));
        assert_eq!(
            (parts, found),
            (vec![expected.to_owned()], codes.into_iter().map(str::to_owned).collect()),
            "{text}"
        );
    }
}

#[test]
fn symbols_are_characters_or_unknown() {
    let symbol = |code: &str| {
        format!("<w:p><w:r><w:t>4</w:t><w:sym w:font='Wingdings' w:char='{code}'/><w:t>6</w:t></w:r></w:p>")
    };
    assert_eq!(drawn(&(symbol("F0FC") + &symbol("0035"))).0, ["4\u{fffd}6", "456"]);
}

#[test]
fn fields_without_a_result_are_not_blank() {
    let mark = |kind: &str, inner: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'>{inner}</w:fldChar></w:r>");
    let code = |text: &str| format!("<w:r><w:instrText>{text}</w:instrText></w:r>");
    let result = "<w:r><w:t>7</w:t></w:r>";
    let list = |result: &str| {
        mark(
            "begin",
            &format!(
                "<w:ffData><w:ddList>{result}<w:listEntry w:val='3'/><w:listEntry w:val='5'/></w:ddList></w:ffData>"
            ),
        ) + &code("FORMDROPDOWN")
    };
    let cells = [
        list("<w:result w:val='1'/>") + &mark("end", ""),
        list("") + &mark("end", ""),
        mark("begin", "") + &code("=SUM(ABOVE)") + &mark("end", ""),
        mark("begin", "") + &code("=SUM(ABOVE)") + &mark("separate", "") + result + &mark("end", ""),
        mark("begin", "") + &code("FORMTEXT") + &mark("separate", "") + &mark("end", ""),
        "<w:fldSimple w:instr=' =A1 '/>".to_owned(),
    ];
    let cells = cells.map(|cell| format!("<w:tc><w:p>{cell}</w:p></w:tc>"));
    assert_eq!(drawn(&format!("<w:tbl>{}</w:tbl>", row(&cells))).0, ["[A1=5 B1=3 C1={=SUM(ABOVE)} D1=7 E1= F1={=A1}]"]);
}

fn text_box(content: &str) -> String {
    format!("<w:r><w:drawing><a><w:txbxContent>{content}</w:txbxContent></a></w:drawing></w:r>")
}

#[test]
fn text_boxes_are_read_and_tables_that_lay_out_taken_apart() {
    let inner = format!("<w:tbl>{}</w:tbl>", row(&[cell("甲"), cell("1")]));
    let boxed = format!("<w:tbl>{}</w:tbl>", row(&[cell("盒")]));
    let body = format!(
        "<w:p><w:r><w:t>前</w:t></w:r>{}<w:r><w:t>后</w:t></w:r></w:p>\
         <w:tbl>{}</w:tbl>",
        text_box(&paragraph("框中")),
        row(&[cell("栏"), format!("<w:tc>{inner}{boxed}</w:tc>")])
    );
    let parts = vec!["前后".into(), "框中".into(), "栏".into(), "[A1=甲 B1=1]".into(), "盒".into()];
    assert_eq!(drawn(&body), (parts, vec!["XG396 框中".into()]));
}

#[test]
fn a_table_in_a_text_box_is_read_once_and_lines_in_cells_are_named() {
    let table = format!("<w:tbl>{}</w:tbl>", row(&[cell("甲"), cell("1")]));
    let choice = |content: &str| {
        format!(
            "<w:r><mc:AlternateContent><mc:Choice>{}</mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{content}\
             </w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            text_box(content)
        )
    };
    let (parts, codes) = drawn(&format!("<w:p>{}</w:p>{}", choice(&table), paragraph("文")));
    assert_eq!((parts, codes), (vec!["[A1=甲 B1=1]".into(), "文".into()], vec!["XG396 甲\n1".into()]));
    let with_box = |content: &str| format!("<w:tc><w:p><w:r><w:t>7</w:t></w:r>{}</w:p></w:tc>", text_box(content));
    let body = format!("<w:tbl>{}</w:tbl>", row(&[cell("乙"), with_box(&paragraph("8"))]));
    assert_eq!(drawn(&body), (vec!["[A1=乙 B1=7]".into()], vec!["XG336 8".into()]));
    let body = format!("<w:tbl>{}</w:tbl>", row(&[cell("乙"), with_box(&table)]));
    assert_eq!(drawn(&body).0, ["[A1=乙 B1=7]", "[A1=甲 B1=1]"]);
}

#[test]
fn nesting_without_end_and_files_cut_short_are_refused() {
    let nested =
        |depth: usize| "<w:tbl><w:tr><w:tc>".repeat(depth) + &paragraph("甲") + &"</w:tc></w:tr></w:tbl>".repeat(depth);
    assert_eq!(drawn(&nested(200)).0, ["甲"]);
    assert!(matches!(read(&docx(&nested(100_000))).unwrap_err().kind(), crate::ErrorKind::TooLarge { .. }));
    assert!(matches!(read(&docx(&nested(3)[..30])).unwrap_err().kind(), crate::ErrorKind::Corrupt { .. }));
    assert!(matches!(read(&docx("<w:p/>")).unwrap_err().kind(), crate::ErrorKind::Empty));
}

#[test]
fn single_xml_files_are_read_like_packages() {
    let body = format!("{}<w:tbl>{}</w:tbl>", paragraph("文"), row(&[cell("甲"), cell("1")]));
    let part =
        |name: &str, xml: &str| format!("<pkg:part pkg:name='{name}'><pkg:xmlData>{xml}</pkg:xmlData></pkg:part>");
    let relations = "<Relationships><Relationship Type='x/officeDocument' Target='word/main.xml'/></Relationships>";
    let flat = format!(
        "<?xml version='1.0'?><pkg:package>{}<pkg:part pkg:name='/a.png'><pkg:binaryData>AA</pkg:binaryData></pkg:part>{}</pkg:package>",
        part("/_rels/.rels", relations),
        part("/word/main.xml", &format!("<w:document><w:body>{body}</w:body></w:document>"))
    );
    assert_eq!(read_flat(&flat).unwrap(), read(&docx(&body)).unwrap());
    assert!(matches!(read_flat(&flat[..flat.len() - 30]).unwrap_err().kind(), crate::ErrorKind::Corrupt { .. }));
}

#[test]
fn documents_of_word_2003_are_read_without_revisions_notes_and_headers() {
    let mark = |kind: &str, text: &str| {
        format!(
            "<aml:annotation w:type='Word.{kind}'><aml:content><w:r><w:t>{text}</w:t></w:r></aml:content></aml:annotation>"
        )
    };
    let merged = |kind: &str, text: &str| format!("<w:tc><w:tcPr><w:vmerge{kind}/></w:tcPr>{}</w:tc>", paragraph(text));
    let text = format!(
        "<w:wordDocument><w:styles><w:style w:styleId='a'><w:rPr><w:vanish/></w:rPr></w:style></w:styles><w:body><wx:sect>\
         <w:p><w:r><w:t>1</w:t></w:r>{}{}<w:r><w:footnote>{}</w:footnote></w:r><w:r><w:rPr><w:rStyle w:val='a'/></w:rPr><w:t>9</w:t></w:r></w:p>\
         <w:tbl>{}{}</w:tbl><w:sectPr><w:hdr>{}</w:hdr></w:sectPr></wx:sect></w:body></w:wordDocument>",
        mark("Insertion", "2"),
        mark("Deletion", "3"),
        paragraph("注"),
        row(&[merged(" w:val='restart'", "甲"), cell("1")]),
        row(&[merged("", ""), cell("2")]),
        paragraph("眉"),
    );
    let (parts, findings) = read_2003(&text).unwrap();
    let codes: Vec<_> = findings.iter().map(|found| format!("{} {}", found.code, found.arguments["text"])).collect();
    assert_eq!(codes, ["XG334 9", "XG394 眉", "XG395 注"]);
    assert_eq!(parts.len(), 2);
    assert!(matches!(&parts[0], Part::Paragraph(cell) if cell.text == "12"));
    assert!(matches!(&parts[1], Part::Table(grid) if grid.cells.len() == 3 && grid.merged.len() == 1));
}
