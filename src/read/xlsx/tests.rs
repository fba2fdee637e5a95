//! Compares the reader with `calamine`, cell by cell, and reads files that other programs do not write.

use std::io::{Cursor, Write as _};
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use proptest::prelude::*;
use rust_xlsxwriter::{Format as Style, Formula, Workbook, Worksheet};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::document::{CellKind, Grid};

fn grids(bytes: &[u8]) -> Result<Vec<Grid>> {
    Ok(read(bytes, &ReadOptions::default())?.0.into_iter().map(|(grid, _)| grid).collect())
}

/// The cells of a grid, as `A1 Text 甲`.
fn drawn(grid: &Grid) -> Vec<String> {
    grid.cells.iter().map(|(at, cell)| format!("{at} {:?} {}", cell.kind, cell.text)).collect()
}

/// The cells and merged ranges of each worksheet as `calamine` reads them, in the same form.
fn through_calamine(bytes: &[u8]) -> Vec<(Vec<String>, Vec<String>)> {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = book.sheet_names();
    let mut sheets = Vec::new();
    for name in names {
        let merged = book.merge_cells_by_sheet_name(&name).unwrap();
        let at = |(row, column): (u32, u32)| crate::document::CellRef::new(row, column);
        let mut merged: Vec<_> =
            merged.iter().map(|range| (at(range.start), at(range.end))).filter(|(first, last)| first != last).collect();
        merged.sort();
        let mut reader = book.worksheet_cells_reader(&name).unwrap();
        let mut cells = Vec::new();
        while let Some(cell) = reader.next_cell().unwrap() {
            let (text, kind) = match Data::from(cell.get_value().clone()) {
                Data::Empty => continue,
                Data::String(text) => (text, CellKind::Text),
                Data::Int(number) => (number.to_string(), CellKind::Number),
                Data::Float(number) => (sheet::number(number), CellKind::Number),
                Data::Bool(value) => (value.to_string().to_uppercase(), CellKind::Boolean),
                Data::DateTime(value) => (sheet::date(value), CellKind::Date),
                Data::DateTimeIso(text) | Data::DurationIso(text) => (text, CellKind::Date),
                Data::Error(error) => (error.to_string(), CellKind::Error),
            };
            let at = at(cell.get_position());
            let covered = |(first, last): &(crate::document::CellRef, crate::document::CellRef)| {
                at != *first
                    && (first.row..=last.row).contains(&at.row)
                    && (first.column..=last.column).contains(&at.column)
            };
            if !text.is_empty() && !merged.iter().any(covered) {
                cells.push(format!("{at} {kind:?} {text}"));
            }
        }
        sheets.push((cells, merged.iter().map(|(first, last)| format!("{first}:{last}")).collect()));
    }
    sheets
}

fn drawn_all(bytes: &[u8]) -> Vec<(Vec<String>, Vec<String>)> {
    let merged = |grid: &Grid| grid.merged.iter().map(|range| format!("{}:{}", range.first, range.last)).collect();
    grids(bytes).unwrap().iter().map(|grid| (drawn(grid), merged(grid))).collect()
}

#[test]
fn fixtures_have_the_cells_that_calamine_finds() {
    for name in ["zhongzhuang-2017.xlsx", "2021/report.xlsx", "broken/far-apart.xlsx", "broken/empty-sheet.xlsx"] {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap();
        assert_eq!(drawn_all(&bytes), through_calamine(&bytes), "{name}");
    }
}

/// The content of a cell to write.
#[derive(Clone, Debug)]
enum Content {
    Text(String),
    Runs(String, String),
    Number(f64, usize),
    Truth(bool),
    Result(String),
}

/// Formats of numbers, dates and durations, and formats that only resemble them.
const CODES: [&str; 10] = [
    "General",
    "0.00",
    "yyyy-mm-dd",
    "yyyy\"年\"m\"月\"d\"日\"",
    "h:mm:ss",
    "[h]:mm",
    "[Red]0.0;[h]",
    "m/d/yy h:mm",
    "[$-804]yyyy年",
    "[s].00",
];

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        "(\\PC|[ \t\n]|_x000D_|_x|_x4e00_|&|<){0,8}".prop_map(Content::Text),
        ("[甲 &]{1,3}", "[乙<\n]{1,3}").prop_map(|(one, other)| Content::Runs(one, other)),
        (-1e6f64..1e6, 0..CODES.len()).prop_map(|(number, code)| Content::Number(number, code)),
        (-1000i32..100_000, 0..CODES.len()).prop_map(|(number, code)| Content::Number(number.into(), code)),
        any::<bool>().prop_map(Content::Truth),
        "[0-9甲&<]{1,6}|-?[0-9]{1,4}\\.[0-9]{1,4}|#N/A|TRUE".prop_map(Content::Result),
    ]
}

fn fill(sheet: &mut Worksheet, (row, column): (u32, u16), content: &Content) {
    let plain = Style::new();
    match content {
        Content::Text(text) => sheet.write_string(row, column, text).map(|_| ()),
        Content::Runs(one, other) => {
            sheet.write_rich_string(row, column, &[(&Style::new().set_bold(), one), (&plain, other)]).map(|_| ())
        }
        Content::Number(number, code) => {
            sheet.write_number_with_format(row, column, *number, &Style::new().set_num_format(CODES[*code])).map(|_| ())
        }
        Content::Truth(value) => sheet.write_boolean(row, column, *value).map(|_| ()),
        Content::Result(text) => sheet.write_formula(row, column, Formula::new("=A1").set_result(text)).map(|_| ()),
    }
    .unwrap();
}

proptest! {
    #[test]
    fn workbooks_have_the_cells_that_calamine_finds(
        sheets in prop::collection::vec((
            prop::collection::btree_map((0u32..30, 0u16..30), content(), 0..25),
            prop::collection::vec((0u32..3, 0u16..3), 0..3),
        ), 1..3),
    ) {
        let mut book = Workbook::new();
        for (cells, merged) in &sheets {
            let sheet = book.add_worksheet();
            for (at, content) in cells {
                fill(sheet, *at, content);
            }
            for (index, (down, right)) in merged.iter().enumerate().filter(|(_, (down, right))| down + u32::from(*right) > 0) {
                let row = 40 + index as u32 * 4;
                sheet.merge_range(row, 1, row + down, 1 + right, "合并", &Style::new()).unwrap();
            }
        }
        let bytes = book.save_to_buffer().unwrap();
        prop_assert_eq!(drawn_all(&bytes), through_calamine(&bytes));
    }
}

const WORKBOOK: &str = r#"<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="甲&amp;乙" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const STRICT: &str = "http://purl.oclc.org/ooxml/officeDocument/relationships";

/// A package with these parts. Required parts that are not given are added.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationship Id="{id}" Type="{STRICT}/{kind}" Target="{target}"/>"#)
    };
    let relations = |inner: String| format!("<Relationships>{inner}</Relationships>").into_bytes();
    let main = relations(relation("rId9", "officeDocument", "xl/workbook.xml"));
    let book = relations(
        relation("rId1", "worksheet", "worksheets/sheet1.xml")
            + &relation("rId2", "sharedStrings", "sharedStrings.xml"),
    );
    let usual: [(&str, &[u8]); 3] =
        [("_rels/.rels", &main), ("xl/_rels/workbook.xml.rels", &book), ("xl/workbook.xml", WORKBOOK.as_bytes())];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let missing = usual.iter().filter(|(name, _)| parts.iter().all(|(own, _)| own != name));
    for (name, bytes) in missing.chain(parts) {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The cells of a workbook with one worksheet.
fn cells_of(sheet: &str, strings: &str) -> Vec<String> {
    let parts = [("xl/worksheets/sheet1.xml", sheet.as_bytes()), ("xl/sharedStrings.xml", strings.as_bytes())];
    drawn(&grids(&package(&parts)).unwrap()[0])
}

#[test]
fn cells_without_places_follow_each_other() {
    let sheet = r#"<x:worksheet xmlns:x="x"><x:sheetData>
        <x:row><x:c><x:v>1</x:v></x:c><x:c/><x:c t="inlineStr"><x:v>9</x:v><x:is><x:t> a </x:t></x:is></x:c></x:row>
        <x:row r="5"><x:c><x:v>2</x:v></x:c><x:c r="$d$5"><x:v>3</x:v></x:c><x:c><x:v> 4 </x:v></x:c></x:row><x:row/>
        <x:row><x:c t="str"><x:f>A1&amp;"x"</x:f><x:v>1&lt;2&#x4e00;_x000D_</x:v></x:c></x:row>
        </x:sheetData><x:mergeCells><x:mergeCell ref="A9:$B$10"/></x:mergeCells></x:worksheet>"#;
    let expected = ["A1 Number 1", "C1 Text a", "A5 Number 2", "D5 Number 3", "E5 Number 4", "A7 Text 1<2一\r"];
    assert_eq!(cells_of(sheet, "<sst/>"), expected);
}

#[test]
fn strings_are_their_runs_without_phonetic_hints() {
    let strings = r#"<sst uniqueCount="3"><si><r><rPr><b/></rPr><t xml:space="preserve">收到 </t></r><r><t>申请</t></r>
        <rPh sb="0" eb="1"><t>シン</t></rPh></si><si/><si><t><![CDATA[<3>]]>_xD83D__xDE00__x005F_x000D__xD83D_&unknown;</t></si></sst>"#;
    let cell = |at: &str, value: &str| format!(r#"<c r="{at}" t="s"><v>{value}</v></c>"#);
    let sheet = |cells: String| format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    let three = sheet(cell("A1", "0") + &cell("B1", "1") + &cell("C1", "2") + &cell("D1", ""));
    assert_eq!(cells_of(&three, strings), ["A1 Text 收到 申请", "C1 Text <3>😀_x000D_\u{fffd}&unknown;"]);
    for wrong in ["3", "-1", "x"] {
        let sheet = sheet(cell("A1", wrong));
        let parts = [("xl/worksheets/sheet1.xml", sheet.as_bytes()), ("xl/sharedStrings.xml", strings.as_bytes())];
        assert!(matches!(grids(&package(&parts)).unwrap_err().kind(), crate::ErrorKind::Corrupt { .. }), "{wrong}");
    }
}

#[test]
fn struck_out_text_is_left_out_and_raised_text_apart() {
    let runs = |properties: &str| format!("<r><t>3</t></r><r><rPr>{properties}</rPr><t>5</t></r><r><t>7</t></r>");
    let items =
        ["<strike/>", "<strike val='0'/>", "<vertAlign val='superscript'/>", "<vertAlign val='baseline'/>"].map(runs);
    let strings: String = items.iter().map(|item| format!("<si>{item}</si>")).collect();
    let shared: String = (0..4).map(|index| format!("<c t='s'><v>{index}</v></c>")).collect();
    let inline: String = items.iter().map(|item| format!("<c t='inlineStr'><is>{item}</is></c>")).collect();
    let struck = "<row><c s='1'><v>9</v></c><c s='0'><v>8</v></c><c s='1'/></row>";
    let sheet = format!("<worksheet><sheetData><row>{shared}</row><row>{inline}</row>{struck}</sheetData></worksheet>");
    let strings = format!("<sst>{strings}</sst>");
    let styles = "<styleSheet><fonts><font/><font><strike/></font></fonts><cellXfs><xf fontId='0'/><xf fontId='1'/></cellXfs></styleSheet>";
    let parts: [(&str, &[u8]); 3] = [
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ];
    let sheets = read(&package(&parts), &ReadOptions::default()).unwrap();
    let texts: Vec<_> = sheets.0[0].0.cells.iter().map(|(at, cell)| format!("{at} {}", cell.text)).collect();
    let expected = ["A1 37", "B1 357", "C1 3 5 7", "D1 357", "A2 37", "B2 357", "C2 3 5 7", "D2 357", "B3 8"];
    assert_eq!(texts, expected);
    let found: Vec<_> =
        sheets.0[0].1.iter().map(|found| format!("{} {}", found.code, found.arguments["count"])).collect();
    assert_eq!(found, ["XG335 3"]);
}

#[test]
fn values_whose_format_shows_nothing_are_left_out() {
    let sheet = "<worksheet><sheetData><row><c s='1'><v>9</v></c><c><v>8</v></c><c s='2'><v>7</v></c></row></sheetData></worksheet>";
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode=';;;'/><numFmt numFmtId='165' formatCode='0;;;'/></numFmts>\
        <cellXfs><xf/><xf numFmtId='164'/><xf numFmtId='165'/></cellXfs></styleSheet>";
    let parts: [(&str, &[u8]); 2] =
        [("xl/worksheets/sheet1.xml", sheet.as_bytes()), ("xl/styles.xml", styles.as_bytes())];
    let sheets = read(&package(&parts), &ReadOptions::default()).unwrap();
    let (grid, findings) = &sheets.0[0];
    assert!(grid.cells.iter().map(|(_, cell)| &*cell.text).eq(["8", "7"]));
    assert_eq!((findings[0].code.as_str(), findings[0].arguments["text"].as_str()), ("XG334", "9"));
}

#[test]
fn values_are_what_their_cells_say() {
    let cell = |kind: &str, value: &str| format!(r#"<c t="{kind}"><v>{value}</v><extLst/></c>"#);
    let all =
        [("b", "1"), ("b", "false"), ("b", "?"), ("e", "#SPILL!"), ("d", "2018-01-20"), ("n", "7 件"), ("new", "x")];
    let all: String = all.iter().map(|(kind, value)| cell(kind, value)).collect();
    assert_eq!(
        cells_of(&format!("<worksheet><sheetData><row>{all}</row></sheetData></worksheet>"), "<sst/>"),
        [
            "A1 Boolean TRUE",
            "B1 Boolean FALSE",
            "C1 Boolean ?",
            "D1 Error #SPILL!",
            "E1 Date 2018-01-20",
            "F1 Text 7 件",
            "G1 Text x"
        ]
    );
}

#[test]
fn a_formula_without_a_result_is_calculated_or_named() {
    let cells = cells_of(
        "<worksheet><sheetData><row r='1'><c r='A1'><v>2</v></c><c r='B1'><f>SUM(A1:A1)+A1</f><v></v></c><c r='C1'><f>B1-1</f></c>\
         <c r='D1'><f>A1*2</f><v/></c><c r='E1'><f>A1*2</f><v>4</v></c><c r='F1' t='str'><f>T(A1)</f><v></v></c>\
         <c r='G1'><f t='array' ref='G1'>SUM(A1)</f></c><c r='H1' t='str'><f>SUM(A1:A1)</f><v></v></c>\
         <c r='I1' t='str'><f>A1+A1</f><v></v></c><c r='J1' t='str'><f>IF(A1=2,&quot;&quot;,A1)</f><v></v></c></row>\
         <row r='2'><c r='A2'><v>5</v></c><c r='B2'><f t='shared' ref='B2:B3' si='0'>A2+1</f><v>6</v></c></row>\
         <row r='3'><c r='A3'><v>7</v></c><c r='B3'><f t='shared' si='0'/><v></v></c></row></sheetData></worksheet>",
        "<sst/>",
    );
    let expected = ["A1 Number 2", "B1 Number 4", "C1 Number 3", "D1 Error =A1*2", "E1 Number 4", "G1 Error =SUM(A1)"];
    assert_eq!(
        cells,
        [&expected[..], &["H1 Number 2", "I1 Number 4", "A2 Number 5", "B2 Number 6", "A3 Number 7", "B3 Number 8"]]
            .concat()
    );
}

#[test]
fn dates_count_from_the_day_that_the_workbook_says() {
    let styles = r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let sheet = r#"<worksheet><sheetData><row><c s="1"><v>1</v></c><c s="0"><v>1</v></c><c s="9"><v>1</v></c></row></sheetData></worksheet>"#;
    for (from_1904, date) in [("", "1900-01-01"), (r#"date1904="1""#, "1904-01-02")] {
        let book = WORKBOOK.replace("<workbookPr/>", &format!("<workbookPr {from_1904}/>"));
        let parts: [(&str, &[u8]); 3] = [
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/styles.xml", styles.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ];
        let bytes = package(&parts);
        assert_eq!(
            drawn(&grids(&bytes).unwrap()[0]),
            [format!("A1 Date {date}"), "B1 Number 1".into(), "C1 Number 1".into()]
        );
        assert_eq!(through_calamine(&bytes)[0].0, drawn(&grids(&bytes).unwrap()[0]));
    }
}

#[test]
fn parts_are_found_however_programs_write_their_names() {
    let sheet = b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    let utf16: Vec<u8> = "\u{feff}<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (part, target, bytes) in [
        ("xl/worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", sheet.to_vec()),
        ("XL\\Worksheets\\Sheet1.xml", "worksheets/sheet1.xml", sheet.to_vec()),
        ("tables/sheet.xml", "../tables/./sheet.xml", sheet.to_vec()),
        ("xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml", utf16),
    ] {
        let relations = format!(
            r#"<Relationships><Relationship Id="rId1" Type="{STRICT}/worksheet" Target="{target}"/></Relationships>"#
        );
        let parts = [("xl/_rels/workbook.xml.rels", relations.as_bytes()), (part, &bytes)];
        let grids = grids(&package(&parts)).unwrap();
        assert_eq!(
            (grids[0].name.as_deref(), drawn(&grids[0])),
            (Some("甲&乙"), vec!["A1 Number 1".to_owned()]),
            "{target}"
        );
    }
}

#[test]
fn what_is_no_worksheet_is_an_error_or_passed_over() {
    let kinds = |sheet: &str| {
        grids(&package(&[("xl/worksheets/sheet1.xml", sheet.as_bytes())])).map_err(|error| error.kind().name())
    };
    assert_eq!(kinds("<chartsheet/>").map(|grids| grids[0].cells.len()), Ok(0));
    for wrong in [
        "",
        "<worksheet><sheetData><row>",
        "<worksheet><sheetData><row><c r=\"A1\"><v>1",
        "<worksheet><sheetData><row r=\"0\"></row></sheetData></worksheet>",
        "<worksheet><sheetData><c r=\"A0\"/></sheetData></worksheet>",
        "<worksheet><sheetData><c r=\"1\"/></sheetData></worksheet>",
        "<worksheet><sheetData><c r=\"XFE1\"/></sheetData></worksheet>",
        "<worksheet><sheetData><c r=\"A1048577\"/></sheetData></worksheet>",
        "<worksheet><sheetData><c r=\"AAAAAAAAAAAAA99999999999\"/></sheetData></worksheet>",
        "<worksheet><sheetData/><mergeCells><mergeCell ref=\"A1:\"/></mergeCells></worksheet>",
    ] {
        assert_eq!(kinds(wrong).unwrap_err(), "corrupt", "{wrong}");
    }
    let missing = grids(&package(&[("xl/worksheets/other.xml", b"<worksheet/>")])).unwrap_err();
    assert!(matches!(missing.kind(), crate::ErrorKind::Corrupt { .. }));
    let relations = WORKBOOK.replace("rId1", "rId2");
    let parts: [(&str, &[u8]); 2] = [("xl/workbook.xml", relations.as_bytes()), ("xl/sharedStrings.xml", b"<sst/>")];
    assert_eq!(grids(&package(&parts)).unwrap().len(), 0);
}

#[test]
fn shapes_over_a_sheet_are_read_behind_it() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("表").unwrap();
    sheet.write(0, 0, "收到").unwrap();
    sheet.insert_shape(4, 2, &rust_xlsxwriter::Shape::textbox().set_text("第一行\n第二行\t7")).unwrap();
    let (parts, findings) = crate::read::workbook::read(
        crate::read::Format::Xlsx,
        &book.save_to_buffer().unwrap(),
        &ReadOptions::default(),
    )
    .unwrap();
    let lines: Vec<_> = parts[1..]
        .iter()
        .map(|part| match part {
            crate::document::Part::Paragraph(cell) => format!("{} {}", cell.at, cell.text),
            crate::document::Part::Table(_) => panic!("a paragraph"),
        })
        .collect();
    assert_eq!(lines, ["表!C5 第一行", "表!C5 第二行\t7"]);
    assert_eq!(findings.iter().map(|found| found.code.as_str()).collect::<Vec<_>>(), ["XG396"]);
}

#[test]
fn shapes_above_the_first_cell_stand_before_it() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["甲", "乙"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write(3, 0, "收到").unwrap();
        for (row, text) in [(0, "标题"), (2, "单位"), (4, "说明")] {
            sheet.insert_shape(row, 1, &rust_xlsxwriter::Shape::textbox().set_text(text)).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let (parts, _) = crate::read::workbook::read(crate::read::Format::Xlsx, &bytes, &ReadOptions::default()).unwrap();
    let shown = |part: &crate::document::Part| match part {
        crate::document::Part::Paragraph(cell) => cell.text.clone(),
        crate::document::Part::Table(grid) => grid.name.as_deref().unwrap().to_owned(),
    };
    let shown: Vec<String> = parts.iter().map(shown).collect();
    assert_eq!(shown, ["标题", "单位", "甲", "说明", "标题", "单位", "乙", "说明"]);
}
