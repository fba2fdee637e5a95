//! The hostile files: small to send, large to read.

use std::collections::BTreeSet;

use super::pack::{Part, brt, compound, doc, head_of_brt, place, record, xls, xlsb, xlsb_head, zip};

/// The expected outcome for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Refused as too large.
    TooLarge,
    /// Refused as damaged.
    Corrupt,
    /// Refused for any reason.
    Refused,
    /// Read: it looks hostile but is harmless.
    Read,
    /// Read or refused: it only has to end.
    Ends,
}

/// A hostile file: its name, the expected outcome, and the function that makes it.
pub type Hostile = (&'static str, Fate, fn() -> Vec<u8>);

/// Files that are slow without optimization: `cargo test` leaves them to `tests/hostile.sh`.
pub const LONG: &[&str] = &[
    "all-in-one-line.txt",
    "attributes.html",
    "attributes.xlsx",
    "bars.txt",
    "bomb.zip",
    "cells-at-the-limit.csv",
    "cells-at-the-limit.xlsx",
    "cells-without-end.ods",
    "cells.doc",
    "cells.xls",
    "columns.csv",
    "commas.csv",
    "continued.xls",
    "covered.ods",
    "deep-objects.json",
    "deep-word.xml",
    "deep.docx",
    "deep.fods",
    "deep.fodt",
    "deep.ods",
    "deep.xml",
    "elements.html",
    "empty-strings.xls",
    "field.csv",
    "formatting.html",
    "forms-in-forms.pdf",
    "formulas.xls",
    "full-tables.docx",
    "glyphs.pdf",
    "half-units.txt",
    "headers.mht",
    "hidden.rtf",
    "index-without-end.xml",
    "inflating-but-lying.xlsx",
    "inflating-comment.xlsx",
    "inflating-objects.pdf",
    "inflating-sheet.xlsx",
    "inflating-strings.xlsx",
    "inflating.docx",
    "inflating.gz",
    "inflating.ods",
    "inflating.pdf",
    "inflating.tar.gz",
    "keys.json",
    "labels-that-claim.xls",
    "labels.txt",
    "lines.txt",
    "long-text.html",
    "lying-bomb.zip",
    "malformed.txt",
    "many-in-long-lines.txt",
    "many.zip",
    "merged-22-million.xlsx",
    "merged-5-million.xlsx",
    "merged.xls",
    "merged.xml",
    "merges.docx",
    "messages-in-messages.mht",
    "messages.mht",
    "nested-cells.doc",
    "nested-tables.doc",
    "nested.html",
    "nested.mht",
    "nuls.txt",
    "number.json",
    "one-digit.txt",
    "one-line.txt",
    "one-paragraph.docx",
    "one-part-many-relationships.xlsx",
    "one-part-many-sheets.xlsx",
    "one-sheet-many-names.xls",
    "operators.pdf",
    "overlapping-sheets.xls",
    "paragraphs.doc",
    "parts.mht",
    "picture-80-mb.xlsx",
    "pieces.doc",
    "quotes.csv",
    "record-that-claims.xlsb",
    "records.csv",
    "reports.json",
    "reports.txt",
    "row-ends.doc",
    "rows-of-spans.html",
    "rows-without-end.txt",
    "rows.docx",
    "runs.xlsx",
    "shapes.rtf",
    "small-part-many-sheets.xlsx",
    "spaces.fods",
    "spaces.ods",
    "spans.html",
    "streams.pdf",
    "string-everywhere.xls",
    "strings-7-million.xlsx",
    "tables.docx",
    "tables.html",
    "tables.txt",
    "text-at-the-limit.doc",
    "text-at-the-limit.docx",
    "text-at-the-limit.txt",
    "text.doc",
    "text.rtf",
    "texts.zip",
    "thousand-sheets.xlsx",
    "title.json",
    "too-much.txt",
    "utf-16.txt",
    "values.json",
];

/// All of them.
pub const FILES: &[Hostile] = &[
    ("far-apart.xlsx", Fate::Read, || {
        sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#)
    }),
    ("dimension.xlsx", Fate::Read, || {
        xlsx(&[], Part::new(SHEET, format!("{}<dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>", HEAD).as_bytes()))
    }),
    ("inflating-sheet.xlsx", Fate::TooLarge, || {
        xlsx(&[], Part::repeated(SHEET, HEAD, "<a>        </a>", 145_000_000, "</worksheet>"))
    }),
    ("inflating-but-lying.xlsx", Fate::Refused, || {
        xlsx(&[], Part::repeated(SHEET, HEAD, "<a>        </a>", 145_000_000, "</worksheet>").claiming(5000))
    }),
    ("inflating-comment.xlsx", Fate::Refused, || {
        xlsx(&[], Part::repeated(SHEET, format!("{HEAD}<!--"), " ", 2_000_000_000, "--></worksheet>").claiming(5000))
    }),
    ("inflating-strings.xlsx", Fate::TooLarge, || {
        xlsx(
            &[Part::repeated("xl/sharedStrings.xml", "<sst>", "<si><t>a</t></si>", 120_000_000, "</sst>")],
            Part::new(SHEET, b"<worksheet/>"),
        )
    }),
    ("merged-22-million.xlsx", Fate::TooLarge, || {
        xlsx(
            &[],
            Part::repeated(
                SHEET,
                format!("{HEAD}<sheetData/><mergeCells>"),
                "<mergeCell ref=\"A1:B2\"/>",
                22_000_000,
                "</mergeCells></worksheet>",
            ),
        )
    }),
    ("merged-5-million.xlsx", Fate::TooLarge, || {
        xlsx(
            &[],
            Part::repeated(
                SHEET,
                format!("{HEAD}<sheetData><row><c><v>1</v></c></row></sheetData><mergeCells>"),
                "<mergeCell ref=\"A1:B2\"/>",
                5_000_000,
                "</mergeCells></worksheet>",
            ),
        )
    }),
    ("announced.xlsx", Fate::TooLarge, || {
        xlsx(
            &[Part::new("xl/sharedStrings.xml", b"<sst uniqueCount=\"4000000000\"/>")],
            Part::new(SHEET, b"<worksheet/>"),
        )
    }),
    ("strings-7-million.xlsx", Fate::Ends, || {
        xlsx(
            &[Part::repeated("xl/sharedStrings.xml", "<sst>", "<si><t>a</t></si>", 7_000_000, "</sst>")],
            Part::new(
                SHEET,
                format!("{HEAD}<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>")
                    .as_bytes(),
            ),
        )
    }),
    ("one-string-everywhere.xlsx", Fate::TooLarge, || {
        xlsx(
            &[Part::repeated("xl/sharedStrings.xml", "<sst><si><t>", "甲", 1_000_000, "</t></si></sst>")],
            Part::repeated(
                SHEET,
                format!("{HEAD}<sheetData><row>"),
                "<c t=\"s\"><v>0</v></c>",
                100_000,
                "</row></sheetData></worksheet>",
            ),
        )
    }),
    ("sheets-5000.xlsx", Fate::TooLarge, || many_sheets(5000)),
    ("deep.xlsx", Fate::Ends, || xlsx(&[], Part::repeated(SHEET, HEAD, "<a>", 300_000, ""))),
    ("attributes.xlsx", Fate::Ends, || {
        xlsx(
            &[],
            Part::new(
                SHEET,
                format!(
                    "{HEAD}<sheetData><row {}/></sheetData></worksheet>",
                    (0..200_000).map(|at| format!("a{at}='' ")).collect::<String>()
                )
                .as_bytes(),
            ),
        )
    }),
    ("entities.xlsx", Fate::Ends, || {
        xlsx(&[], Part::new(SHEET, [LAUGHS, "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>&i;</v></c></row></sheetData></worksheet>"].concat().as_bytes()))
    }),
    ("relationships.xlsb", Fate::Corrupt, || {
        zip(&[
            Part::new("xl/workbook.bin", &[0x9C, 1, 8, 0, 0, 0, 0, 1, 0, 0, 0]),
            Part::new("xl/_rels/workbook.bin.rels", b"<Relationships><Relationship Id='' Target=''/></Relationships>"),
        ])
    }),
    ("eight-corners.xls", Fate::TooLarge, || xls(&[], &vec![[number(0, 0), number(65535, 255)].concat(); 8])),
    ("dimensions.xls", Fate::Read, || {
        xls(&[], &[[record(0x0200, &[0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]), number(0, 0)].concat()])
    }),
    ("string-everywhere.xls", Fate::TooLarge, || {
        xls(
            &shared(&["甲".repeat(4000)]),
            &[(0..100_000u32)
                .flat_map(|at| record(0x00FD, &[place((at / 200) as u16, (at % 200) as u16), vec![0; 4]].concat()))
                .collect()],
        )
    }),
    ("empty-strings.xls", Fate::TooLarge, || xls(&shared_empty(15_000_000), &[number(0, 0)])),
    ("continued.xls", Fate::Corrupt, || {
        xls(&[record(0x00FC, &[0; 11]), record(0x003C, &[]).repeat(4_000_000)].concat(), &[number(0, 0)])
    }),
    ("labels-that-claim.xls", Fate::Ends, || {
        xls(
            &[],
            &[(0..60_000u32)
                .flat_map(|at| record(0x0204, &[place(at as u16, 0), vec![0xFF, 0xFF, 0, b'1']].concat()))
                .collect()],
        )
    }),
    ("formulas.xls", Fate::Ends, formulas),
    ("merged.xls", Fate::TooLarge, || {
        xls(
            &[],
            &[[
                number(0, 0),
                record(0x00E5, &[&1026u16.to_le_bytes()[..], &[0, 0, 1, 0, 0, 0, 1, 0].repeat(1026)].concat())
                    .repeat(5000),
            ]
            .concat()],
        )
    }),
    ("one-sheet-many-names.xls", Fate::Corrupt, one_sheet_many_names),
    ("overlapping-sheets.xls", Fate::Corrupt, overlapping_sheets),
    ("cells.xls", Fate::TooLarge, || {
        xls(
            &[],
            &[(0..4_000_000u32)
                .flat_map(|at| {
                    record(0x027E, &[place((at / 250 % 65536) as u16, (at % 250) as u16), vec![0; 4]].concat())
                })
                .collect()],
        )
    }),
    ("rows-repeated.ods", Fate::TooLarge, || {
        ods(
            "<table:table-row table:number-rows-repeated='1073741824'><table:table-cell office:value-type='string' table:number-columns-repeated='1073741824'><text:p>7</text:p></table:table-cell></table:table-row>",
        )
    }),
    ("text-repeated.ods", Fate::TooLarge, || {
        ods(&format!(
            "<table:table-row><table:table-cell table:number-columns-repeated='16384'><text:p>{}</text:p></table:table-cell></table:table-row>",
            "甲".repeat(1_000_000)
        ))
    }),
    ("spaces.ods", Fate::TooLarge, || {
        content(Part::repeated(
            "content.xml",
            format!("{ODS}<table:table-row><table:table-cell><text:p>"),
            "<text:s text:c='1000'/>",
            4_000_000,
            "</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
        ))
    }),
    ("cells-without-end.ods", Fate::Ends, || {
        content(Part::repeated(
            "content.xml",
            format!("{ODS}<table:table-row>"),
            "<table:table-cell/>",
            6_000_000,
            "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
        ))
    }),
    ("deep.ods", Fate::Refused, || content(Part::repeated("content.xml", ODS, "<table:table>", 5_000_000, ""))),
    ("entities.ods", Fate::Ends, || {
        content(Part::new("content.xml", [LAUGHS, ODS, "<table:table-row><table:table-cell><text:p>甲&i;</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"].concat().as_bytes()))
    }),
    ("inflating.ods", Fate::Refused, || {
        content(Part::repeated("content.xml", ODS, " ", 2_000_000_000, "").claiming(5000))
    }),
    ("deep.fods", Fate::Refused, || [FLAT, &"<table:table>".repeat(2_000_000)].concat().into_bytes()),
    ("spaces.fods", Fate::TooLarge, || {
        [FLAT, "<table:table><table:table-row><table:table-cell><text:p>", &"<text:s text:c='1000'/>".repeat(1_000_000)]
            .concat()
            .into_bytes()
    }),
    ("entities.fods", Fate::Ends, || {
        [LAUGHS, FLAT, "<table:table><table:table-row><table:table-cell><text:p>甲&i;</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>"].concat().into_bytes()
    }),
    ("deep.xml", Fate::Refused, || [WORKBOOK, &"<Worksheet>".repeat(2_000_000)].concat().into_bytes()),
    ("index.xml", Fate::Ends, || {
        [WORKBOOK, "<Worksheet ss:Name='a'><Table><Row ss:Index='1048576' ss:Span='4294967295'><Cell ss:Index='16384' ss:MergeAcross='4294967295' ss:MergeDown='4294967295'><Data ss:Type='Number'>1</Data></Cell></Row></Table></Worksheet></Workbook>"].concat().into_bytes()
    }),
    ("entities.xml", Fate::Ends, || {
        [LAUGHS, &WORKBOOK[21..], "<Worksheet ss:Name='a'><Table><Row><Cell><Data ss:Type='String'>甲&i;</Data></Cell></Row></Table></Worksheet></Workbook>"].concat().into_bytes()
    }),
    ("span.docx", Fate::Read, || {
        docx(Part::new(DOCUMENT, format!("{DOCX}<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2147483648'/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>7</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>").as_bytes()))
    }),
    ("rows.docx", Fate::TooLarge, || {
        docx(Part::repeated(
            DOCUMENT,
            format!("{DOCX}<w:tbl>"),
            "<w:tr/>",
            18_000_000,
            "</w:tbl></w:body></w:document>",
        ))
    }),
    ("tables.docx", Fate::TooLarge, || {
        docx(Part::repeated(DOCUMENT, DOCX, "<w:tbl/>", 16_000_000, "</w:body></w:document>"))
    }),
    ("one-paragraph.docx", Fate::TooLarge, || {
        docx(Part::repeated(
            DOCUMENT,
            format!("{DOCX}<w:p><w:r><w:t>"),
            "甲乙",
            20_000_000,
            "</w:t></w:r></w:p></w:body></w:document>",
        ))
    }),
    ("deep.docx", Fate::Refused, || docx(Part::repeated(DOCUMENT, DOCX, "<w:p>", 20_000_000, ""))),
    ("tables-in-tables.docx", Fate::TooLarge, || {
        docx(Part::repeated(DOCUMENT, DOCX, "<w:tbl><w:tr><w:tc>", 2_000_000, ""))
    }),
    ("entities.docx", Fate::Ends, || {
        docx(Part::new(
            DOCUMENT,
            [LAUGHS, DOCX, "<w:p><w:r><w:t>甲&i;</w:t></w:r></w:p></w:body></w:document>"].concat().as_bytes(),
        ))
    }),
    ("inflating.docx", Fate::Refused, || docx(Part::repeated(DOCUMENT, DOCX, " ", 2_000_000_000, "").claiming(5000))),
    ("spans.html", Fate::TooLarge, || {
        format!("<table><tr>{}", "<td colspan=1000 rowspan=65534>7".repeat(900_000)).into_bytes()
    }),
    ("rows-of-spans.html", Fate::TooLarge, || {
        format!("<table>{}", "<tr><td rowspan=65534>7".repeat(400_000)).into_bytes()
    }),
    ("nested-200.html", Fate::Read, || {
        [&"<table><tr><td>外".repeat(200), "<table><tr><td>指标<td>7</table>", &"</table>".repeat(200)]
            .concat()
            .into_bytes()
    }),
    ("nested.html", Fate::TooLarge, || "<table><tr><td>".repeat(2_000_000).into_bytes()),
    ("elements.html", Fate::TooLarge, || format!("<table>{}", "<p>".repeat(10_000_000)).into_bytes()),
    ("formatting.html", Fate::TooLarge, || {
        format!(
            "{}{}",
            (0..1990).map(|at| format!("<p><b id=a{at} class=b{at}></p>")).collect::<String>(),
            "<p>".repeat(2_000_000)
        )
        .into_bytes()
    }),
    ("attributes.html", Fate::Ends, || {
        (0..11_000)
            .map(|tag| format!("<p {}>", (0..380).map(|at| format!("{:x} ", at * 16_001 + tag)).collect::<String>()))
            .collect::<String>()
            .into_bytes()
    }),
    ("long-text.html", Fate::Ends, || {
        format!("<table><tr><td>指标<td>{}</table>", "甲乙".repeat(5_000_000)).into_bytes()
    }),
    ("one-line.txt", Fate::TooLarge, || "收到申请数7件".repeat(1_600_000).into_bytes()),
    ("one-digit.txt", Fate::Ends, || "1".repeat(31 << 20).into_bytes()),
    ("labels.txt", Fate::TooLarge, || "（一）主动公开政府信息数\n条\n170\n".repeat(500_000).into_bytes()),
    ("lines.txt", Fate::TooLarge, || format!("收到申请数{}", "\n".repeat(31 << 20)).into_bytes()),
    ("bars.txt", Fate::TooLarge, || format!("收到申请数{}", "|".repeat(31 << 20)).into_bytes()),
    ("too-much.txt", Fate::TooLarge, || "收到申请数7件\n".repeat(3_000_000).into_bytes()),
    ("columns.csv", Fate::TooLarge, || {
        format!("{}\n{}\n", "1,".repeat(8_000_000), "2,".repeat(8_000_000)).into_bytes()
    }),
    ("commas.csv", Fate::TooLarge, || format!("甲,乙\n1,2\n{}\n", ",".repeat(31 << 20)).into_bytes()),
    ("records.csv", Fate::TooLarge, || format!("甲,乙\n1,2\n{}", ",\n".repeat(15_000_000)).into_bytes()),
    ("quotes.csv", Fate::TooLarge, || format!("甲,乙\n1,2\n{}", "\"\n".repeat(15_000_000)).into_bytes()),
    ("deep.json", Fate::Refused, || {
        format!("{{\"schema\":\"xxgk.report/1\",\"a\":{}", "[".repeat(100_000)).into_bytes()
    }),
    ("deep-objects.json", Fate::TooLarge, || {
        format!("{{\"schema\":\"xxgk.report/1\",{}", "\"a\":{".repeat(1_000_000)).into_bytes()
    }),
    ("keys.json", Fate::Ends, || {
        format!(
            "{{\"schema\":\"xxgk.report/1\",{}\"values\":[]}}",
            (0..2_000_000).map(|at| format!("\"k{at}\":0,")).collect::<String>()
        )
        .into_bytes()
    }),
    ("values.json", Fate::TooLarge, || {
        format!(
            "{{\"schema\":\"xxgk.report/1\",\"values\":[{}]}}",
            vec!["{\"id\":\"a\",\"path\":[],\"value\":1,\"status\":\"number\",\"text\":\"1\"}"; 450_000].join(",")
        )
        .into_bytes()
    }),
    // Each column has a value for each row of the form.
    ("columns.json", Fate::TooLarge, || {
        let value = |at| {
            format!(
                "{{\"id\":\"received\",\"path\":[\"收到申请数\"],\"column\":\"第{at}列\",\"unit\":\"件\",\"value\":1,\"status\":\"number\",\"text\":\"1\"}}"
            )
        };
        let values: Vec<String> = (0..1000).map(value).collect();
        format!("{{\"schema\":\"xxgk.report/1\",\"template\":\"2014\",\"values\":[{}]}}", values.join(",")).into_bytes()
    }),
    ("unknown-form.csv", Fate::Ends, || {
        let cell = |row: usize, column: usize| match (row, column) {
            (0, _) => format!("列{column}"),
            (_, 0) => format!("项目{row}"),
            _ => (row * column % 97).to_string(),
        };
        let line = |row| (0..300).map(|column| cell(row, column)).collect::<Vec<_>>().join(",");
        (0..400).map(line).collect::<Vec<_>>().join("\n").into_bytes()
    }),
    // A form that goes on with rows of its own.
    ("more-rows.csv", Fate::Ends, || {
        let form = include_str!("../../fixtures/compare/county-2021.csv");
        format!("{form}\n{}", (0..20_000).map(|at| format!("另一项{at},{at}\n")).collect::<String>()).into_bytes()
    }),
    ("number.json", Fate::Refused, || {
        format!("{{\"schema\":\"xxgk.report/1\",\"values\":[{{\"id\":\"a\",\"path\":[],\"value\":{},\"status\":\"number\",\"text\":\"1\"}}]}}", "9".repeat(30_000_000)).into_bytes()
    }),
    ("reports.json", Fate::TooLarge, || {
        vec!["{\"schema\":\"xxgk.report/1\",\"template\":\"2014\",\"values\":[]}\n"; 500_000].concat().into_bytes()
    }),
    ("nested.mht", Fate::TooLarge, || {
        mht(&(0..100_000)
            .map(|at| format!("--b{}\r\nContent-Type: multipart/mixed; boundary=b{at}\r\n\r\n", at - 1))
            .collect::<String>())
    }),
    ("messages.mht", Fate::TooLarge, || {
        mht(&"--b-1\r\nContent-Type: message/rfc822\r\n\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
            .repeat(100_000))
    }),
    ("messages-in-messages.mht", Fate::TooLarge, || {
        mht(&format!("--b-1\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(500_000)))
    }),
    ("parts.mht", Fate::TooLarge, || mht(&"--b-1\r\n\r\n".repeat(3_000_000))),
    ("headers.mht", Fate::TooLarge, || {
        format!(
            "MIME-Version: 1.0\r\nContent-Type: text/html\r\n{}\r\n<table><tr><td>甲<td>7</table>",
            "A:\r\n".repeat(6_000_000)
        )
        .into_bytes()
    }),
    ("table.doc", Fate::Ends, || {
        compound("WordDocument", &[b"\xec\xa5\xc1\0".as_slice(), &[0xFF; 200_000]].concat(), None)
    }),
    ("text-at-the-limit.docx", Fate::Ends, || {
        docx(Part::repeated(
            DOCUMENT,
            DOCX,
            "<w:p><w:r><w:t>收到申请数7件</w:t></w:r></w:p>",
            795_000,
            "</w:body></w:document>",
        ))
    }),
    ("cells-at-the-limit.csv", Fate::Refused, || {
        "收到申请数,件,7
"
        .repeat(265_000)
        .into_bytes()
    }),
    ("cells-at-the-limit.xlsx", Fate::Refused, || {
        xlsx(
            &[],
            Part::repeated(
                SHEET,
                format!("{HEAD}<sheetData>"),
                "<row><c t=\"str\"><v>收到申请数</v></c><c t=\"str\"><v>件</v></c><c><v>7</v></c></row>",
                265_000,
                "</sheetData></worksheet>",
            ),
        )
    }),
    ("text-at-the-limit.txt", Fate::Ends, || format!("{}\n", "收到申请数7件".repeat(55_000)).repeat(16).into_bytes()),
    ("rows-of-no-form.csv", Fate::Ends, || {
        (0..300).map(|at| format!("收到申请数{at},件,7\n")).collect::<String>().into_bytes()
    }),
    ("half-units.txt", Fate::Ends, || [b"\xff\xfe".as_slice(), &b"\x00\xd8".repeat(8_000_000), b"1"].concat()),
    ("nuls.txt", Fate::Ends, || "收\0到\0 7\n".repeat(2_000_000).into_bytes()),
    ("malformed.txt", Fate::Ends, || {
        [b"\xce\xc4\xbc\xfe\t7\n".repeat(100_000), b"\xff\xce\xc4\n".repeat(5_000_000)].concat()
    }),
    ("one-part-many-sheets.xlsx", Fate::TooLarge, || {
        same_part(1500, "worksheets/sheet1.xml", |_| "r1".to_owned(), 3_000_000)
    }),
    ("one-part-many-relationships.xlsx", Fate::TooLarge, || {
        same_part(1500, "worksheets/sheet1.xml", |at| format!("r{at}"), 3_000_000)
    }),
    ("thousand-names.xlsx", Fate::Ends, || same_part(1000, "worksheets/sheet1.xml", |_| "r1".to_owned(), 20)),
    // Each sheet is the report of an organization of its own.
    ("thousand-sheets.xlsx", Fate::Read, || sheets_of_reports(1000)),
    ("small-part-many-sheets.xlsx", Fate::TooLarge, || {
        same_part(1999, "worksheets/sheet1.xml", |_| "r1".to_owned(), 3500)
    }),
    ("inflating-sheet-by-another-name.xlsx", Fate::TooLarge, || {
        same_part(1, "worksheets/sheet1.dat", |_| "r1".to_owned(), 10_000_000)
    }),
    ("inflating-sheet-as-picture.xlsx", Fate::TooLarge, || {
        same_part(1, "media/image1.png", |_| "r1".to_owned(), 10_000_000)
    }),
    ("picture-80-mb.xlsx", Fate::Read, || {
        xlsx(
            &[Part::repeated("xl/media/image1.bmp", "BM", "\0\0\0\0", 50_000_000, "")],
            Part::new(
                SHEET,
                format!("{HEAD}<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>").as_bytes(),
            ),
        )
    }),
    ("one-part-many-sheets.xlsb", Fate::TooLarge, || {
        xlsb(1500, "worksheets/sheet1.bin", rows_of_xlsb("xl/worksheets/sheet1.bin", 12_000_000))
    }),
    ("inflating-sheet-as-picture.xlsb", Fate::TooLarge, || {
        xlsb(1, "worksheets/sheet1.png", rows_of_xlsb("xl/worksheets/sheet1.png", 60_000_000))
    }),
    ("row-far-down.xlsb", Fate::Ends, || {
        let far = [0xFF; 17];
        let cell = [&[0xFF; 8][..], &7f64.to_le_bytes()].concat();
        let sheet = [xlsb_head(), brt(0, &far), brt(5, &cell), brt(0x92, &[])].concat();
        xlsb(1, "worksheets/sheet1.bin", Part::new("xl/worksheets/sheet1.bin", &sheet))
    }),
    ("record-that-claims.xlsb", Fate::Ends, || {
        let sheet = [xlsb_head(), head_of_brt(0, 0x0FFF_FFFF)].concat();
        xlsb(1, "worksheets/sheet1.bin", Part::new("xl/worksheets/sheet1.bin", &sheet))
    }),
    ("runs.xlsx", Fate::Ends, || {
        xlsx(
            &[],
            Part::repeated(
                SHEET,
                format!("{HEAD}<sheetData><row r='1'><c r='A1' t='inlineStr'><is>"),
                "<r><t>a</t></r>",
                8_000_000,
                "</is></c></row></sheetData></worksheet>",
            ),
        )
    }),
    ("blank-rows.ods", Fate::Read, || {
        ods(
            "<table:table-row table:number-rows-repeated='1000000000'><table:table-cell table:number-columns-repeated='1000000000'/></table:table-row>\
             <table:table-row><table:table-cell office:value-type='string'><text:p>7</text:p></table:table-cell></table:table-row>",
        )
    }),
    ("covered.ods", Fate::Ends, || {
        ods(&"<table:table-row><table:table-cell table:number-columns-spanned='1000000000' table:number-rows-spanned='1000000000'><text:p>7</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated='1000000000'/></table:table-row>".repeat(40_000))
    }),
    ("index-without-end.xml", Fate::Ends, || {
        [
            WORKBOOK,
            "<Worksheet ss:Name='a'><Table>",
            &"<Row ss:Index='99999999999999999999'><Cell ss:Index='-1'><Data ss:Type='Number'>1</Data></Cell></Row>"
                .repeat(250_000),
            "</Table></Worksheet></Workbook>",
        ]
        .concat()
        .into_bytes()
    }),
    ("merged.xml", Fate::TooLarge, || {
        [
            WORKBOOK,
            "<Worksheet ss:Name='a'><Table>",
            &"<Row><Cell ss:MergeAcross='16000' ss:MergeDown='1000000'><Data ss:Type='Number'>1</Data></Cell></Row>"
                .repeat(250_000),
            "</Table></Worksheet></Workbook>",
        ]
        .concat()
        .into_bytes()
    }),
    ("span-1e9.html", Fate::Read, || {
        "<table><tr><td colspan=1000000000 rowspan=1000000000>指标<td rowspan=1000000000>7<tr><td>8</table>".into()
    }),
    ("tables.html", Fate::Ends, || "<table><tr><td>收到申请数<td>7</table>".repeat(150_000).into_bytes()),
    ("tables.txt", Fate::Ends, || "收到申请数|7\n说明\n".repeat(470_000).into_bytes()),
    ("full-tables.docx", Fate::Ends, || {
        docx(Part::repeated(
            DOCUMENT,
            DOCX,
            "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>收到申请数</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>7</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            450_000,
            "</w:body></w:document>",
        ))
    }),
    ("merges.docx", Fate::Ends, || {
        docx(Part::repeated(
            DOCUMENT,
            format!("{DOCX}<w:tbl>"),
            "<w:tr><w:trPr><w:gridBefore w:val='1000000'/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val='1000000'/><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>",
            450_000,
            "</w:tbl></w:body></w:document>",
        ))
    }),
    ("utf-16.txt", Fate::Ends, || {
        let mut state = 1u32;
        let unit = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as u16
        };
        [0xFEFF].into_iter().chain(std::iter::repeat_with(unit).take(15_000_000)).flat_map(u16::to_le_bytes).collect()
    }),
    ("field.csv", Fate::TooLarge, || format!("甲,乙\n\"{}\",2\n", "\"\"".repeat(15_000_000)).into_bytes()),
    ("reports.txt", Fate::Ends, || REPORT.repeat((31 << 20) / REPORT.len()).into_bytes()),
    ("rows-without-end.txt", Fate::Ends, || {
        let (head, rows) = REPORT.split_at(REPORT.len() / 2);
        let at = (0..).map(|more| head.len() + more).find(|at| REPORT.is_char_boundary(*at)).unwrap();
        format!("{head}{}", rows[at - head.len()..].repeat((16 << 20) / rows.len())).into_bytes()
    }),
    ("run-together.txt", Fate::Ends, || {
        let digits =
            |line: &str| if line.trim().parse::<u32>().is_ok() { "1234567890".repeat(1000) } else { line.into() };
        REPORT.lines().map(digits).collect::<Vec<_>>().join("\n").into_bytes()
    }),
    ("all-in-one-line.txt", Fate::TooLarge, || {
        let one: String = REPORT.split_whitespace().collect();
        one.repeat((16 << 20) / one.len()).into_bytes()
    }),
    ("many-in-long-lines.txt", Fate::TooLarge, || {
        let one: String = REPORT.split_whitespace().collect();
        format!("{}\n", one.repeat((1 << 20) / one.len())).repeat(15).into_bytes()
    }),
    ("title.json", Fate::Ends, || {
        let title = "甲".repeat(5_000_000);
        format!("{{\"schema\":\"xxgk.report/1\",\"title\":\"{title}\",\"organization\":\"{title}\",\"template\":\"2014\",\"values\":[]}}").into_bytes()
    }),
    ("one-stretch-many-pieces.doc", Fate::Ends, || doc(&b"7\r".repeat(1_000_000), 2000, &[])),
    ("text.doc", Fate::TooLarge, || doc(&b"7".repeat(28_000_000), 1, &[])),
    ("text-at-the-limit.doc", Fate::Ends, || doc(&[vec![b'7'; 170], vec![b'\r']].concat().repeat(90_000), 1, &[])),
    ("overlapping-pieces.doc", Fate::Ends, || {
        doc(&b"7\x07".repeat(500), 1000, &[0x16, 0x24, 1, 0x49, 0x66, 60, 0, 0, 0])
    }),
    ("pieces.doc", Fate::Ends, || doc(b"7\r", 3_000_000, &[])),
    ("paragraphs.doc", Fate::Ends, || doc(&b"7\r".repeat(14_000_000), 1, &[])),
    // In a table (sprmPFInTable), 200 tables deep (sprmPItap), each paragraph the end of a cell.
    ("nested-tables.doc", Fate::Ends, || {
        doc(&b"7\x07".repeat(1_000_000), 1, &[0x16, 0x24, 1, 0x49, 0x66, 200, 0, 0, 0])
    }),
    ("nested-cells.doc", Fate::Ends, || doc(&b"7\x07".repeat(49_000), 1, &[0x16, 0x24, 1, 0x49, 0x66, 240, 0, 0, 0])),
    ("cells.doc", Fate::Ends, || doc(&b"7\x07".repeat(14_000_000), 1, &[0x16, 0x24, 1])),
    ("row-ends.doc", Fate::Ends, || doc(&b"\x07".repeat(14_000_000), 1, &[0x16, 0x24, 1, 0x17, 0x24, 1])),
];

/// A report as pasted text.
const REPORT: &str = include_str!("../../fixtures/zhongzhuang-2017.txt");

/// The same as a table.
const TABLE: &[u8] = include_bytes!("../../fixtures/zhongzhuang-2017.csv");

const SHEET: &str = "xl/worksheets/sheet1.xml";
const DOCUMENT: &str = "word/document.xml";
const HEAD: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#;
const DOCX: &str = "<w:document xmlns:w='w'><w:body>";
const ODS: &str = "<office:document-content><office:body><office:spreadsheet><table:table table:name='a'>";
const FLAT: &str = "<office:document office:mimetype='application/vnd.oasis.opendocument.spreadsheet'><office:body><office:spreadsheet>";
const WORKBOOK: &str = "<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>";
const LAUGHS: &str = "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'hahahahaha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
    <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'>\
    <!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'><!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;'>\
    <!ENTITY i '&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;'>]>";

/// An xlsx workbook of one worksheet.
fn xlsx(more: &[Part], sheet: Part) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut parts = vec![
        Part::new("_rels/.rels", format!("<Relationships xmlns='{package}'><Relationship Id='r1' Type='{office}/officeDocument' Target='xl/workbook.xml'/></Relationships>").as_bytes()),
        Part::new("xl/workbook.xml", format!("<workbook xmlns='{main}' xmlns:r='{office}'><sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets></workbook>").as_bytes()),
        Part::new("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns='{package}'><Relationship Id='r1' Type='{office}/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='{office}/sharedStrings' Target='sharedStrings.xml'/></Relationships>").as_bytes()),
        sheet,
    ];
    parts.extend(more.iter().cloned());
    zip(&parts)
}

fn sheet(rows: &str) -> Vec<u8> {
    xlsx(&[], Part::new(SHEET, format!("{HEAD}<sheetData>{rows}</sheetData></worksheet>").as_bytes()))
}

fn many_sheets(count: usize) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let sheets: String = (0..count).map(|at| format!("<sheet name='s{at}' sheetId='{at}' r:id='r1'/>")).collect();
    zip(&[
        Part::new("_rels/.rels", format!("<Relationships><Relationship Id='r1' Type='{office}/officeDocument' Target='xl/workbook.xml'/></Relationships>").as_bytes()),
        Part::new("xl/workbook.xml", format!("<workbook xmlns:r='{office}'><sheets>{sheets}</sheets></workbook>").as_bytes()),
        Part::new("xl/_rels/workbook.xml.rels", format!("<Relationships><Relationship Id='r1' Type='{office}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>").as_bytes()),
        Part::new(SHEET, format!("{HEAD}<sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>").as_bytes()),
    ])
}

/// A workbook with the report of an organization on each sheet.
fn sheets_of_reports(count: usize) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let entry = |at| format!("<sheet name='s{at}' sheetId='{}' r:id='r{at}'/>", at + 1);
    let relation = |at| format!("<Relationship Id='r{at}' Type='{office}/worksheet' Target='worksheets/s{at}.xml'/>");
    let entries: String = (0..count).map(entry).collect();
    let relations: String = (0..count).map(relation).collect();
    let mut parts = vec![
        Part::new("_rels/.rels", format!("<Relationships><Relationship Id='r1' Type='{office}/officeDocument' Target='xl/workbook.xml'/></Relationships>").as_bytes()),
        Part::new("xl/workbook.xml", format!("<workbook xmlns:r='{office}'><sheets>{entries}</sheets></workbook>").as_bytes()),
        Part::new("xl/_rels/workbook.xml.rels", format!("<Relationships>{relations}</Relationships>").as_bytes()),
    ];
    let table = encoding_rs::GB18030.decode(TABLE).0;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
    let cell = |text: &str| match text.parse::<f64>() {
        Ok(_) => format!("<c><v>{text}</v></c>"),
        Err(_) => format!("<c t='inlineStr'><is><t>{text}</t></is></c>"),
    };
    let row = |record: csv::StringRecord| format!("<row>{}</row>", record.iter().map(cell).collect::<String>());
    let rows: String = reader.records().map(|record| row(record.unwrap())).collect();
    parts.extend((0..count).map(|at| {
        let rows = rows.replace("中庄镇", &format!("第{at}镇"));
        Part::new(
            &format!("xl/worksheets/s{at}.xml"),
            format!("{HEAD}<sheetData>{rows}</sheetData></worksheet>").as_bytes(),
        )
    }));
    zip(&parts)
}

/// A workbook whose sheets are all the same part, with a number of rows.
fn same_part(sheets: usize, part: &str, relationship: impl Fn(usize) -> String, rows: usize) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let entry = |at| format!("<sheet name='s{at}' sheetId='{}' r:id='{}'/>", at + 1, relationship(at));
    let ids: BTreeSet<String> = (0..sheets).map(&relationship).collect();
    let relation = |id: &String| format!("<Relationship Id='{id}' Type='{office}/worksheet' Target='{part}'/>");
    let entries: String = (0..sheets).map(entry).collect();
    let relations: String = ids.iter().map(relation).collect();
    zip(&[
        Part::new("_rels/.rels", format!("<Relationships><Relationship Id='r1' Type='{office}/officeDocument' Target='xl/workbook.xml'/></Relationships>").as_bytes()),
        Part::new("xl/workbook.xml", format!("<workbook xmlns:r='{office}'><sheets>{entries}</sheets></workbook>").as_bytes()),
        Part::new("xl/_rels/workbook.xml.rels", format!("<Relationships>{relations}</Relationships>").as_bytes()),
        Part::repeated(&format!("xl/{part}"), format!("{HEAD}<sheetData>"), "<row r='1'></row>   ", rows, "</sheetData></worksheet>"),
    ])
}

/// An xlsb worksheet with a number of row headers.
fn rows_of_xlsb(name: &str, rows: usize) -> Part {
    Part::repeated(name, xlsb_head(), "\0\x03abc", rows, "")
}

fn number(row: u16, column: u16) -> Vec<u8> {
    record(0x0203, &[place(row, column), 7f64.to_le_bytes().to_vec()].concat())
}

/// The shared strings of an xls workbook, with CONTINUE records where needed.
fn shared(strings: &[String]) -> Vec<u8> {
    let mut out = record(0x00FC, &[0; 8]);
    for text in strings {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut data = (units.len() as u16).to_le_bytes().to_vec();
        data.push(1);
        data.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        out.extend(record(0x003C, &data));
    }
    out
}

fn shared_empty(count: usize) -> Vec<u8> {
    let whole = record(0x003C, &[0; 2700 * 3]);
    [record(0x00FC, &[0; 8]), whole.repeat(count / 2700)].concat()
}

/// Formulas that name a long name again and again.
fn formulas() -> Vec<u8> {
    let name = [[0, 0, 0, 255, 0, 0].as_slice(), &[0; 8], &[0], &[b'n'; 255]].concat();
    let tokens = [[0x23, 1, 0, 0, 0].repeat(1600), vec![0x42, 255, 0xFF, 0]].concat();
    let formula = |row: u16| {
        let expression = [&(tokens.len() as u16).to_le_bytes()[..], &tokens].concat();
        record(0x0006, &[place(row, 0), 7f64.to_le_bytes().to_vec(), vec![0; 6], expression].concat())
    };
    xls(&record(0x0018, &name), &[(0..4000).flat_map(formula).collect()])
}

/// Two thousand names for one worksheet.
fn one_sheet_many_names() -> Vec<u8> {
    repointed(2000, |_| 0)
}

/// Two thousand worksheets, each starting one record after the previous one.
fn overlapping_sheets() -> Vec<u8> {
    repointed(2000, |at| at * 18)
}

/// A workbook whose worksheets start at these offsets from the first one.
fn repointed(count: usize, offset: impl Fn(usize) -> usize) -> Vec<u8> {
    let body: Vec<u8> = (0..60_000u16).flat_map(|row| number(row, 0)).collect();
    let mut sheets = vec![Vec::new(); count];
    sheets[0] = body;
    let mut bytes = xls(&[], &sheets);
    let mark = [0x85, 0, 13, 0];
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, found)| *found == mark).map(|(at, _)| at + 4).collect();
    let first = u32::from_le_bytes(bytes[places[0]..places[0] + 4].try_into().unwrap()) as usize;
    for (at, place) in places.into_iter().take(count).enumerate() {
        bytes[place..place + 4].copy_from_slice(&((first + offset(at)) as u32).to_le_bytes());
    }
    bytes
}

fn content(content: Part) -> Vec<u8> {
    // The type is first and uncompressed: the format is recognized by it.
    let stored = b"application/vnd.oasis.opendocument.spreadsheet";
    let block =
        [&[1u8][..], &(stored.len() as u16).to_le_bytes(), &(!(stored.len() as u16)).to_le_bytes(), stored].concat();
    zip(&[
        Part { name: "mimetype".to_owned(), deflated: block, claimed: stored.len() as u32, sum: crc(stored) },
        Part::new("META-INF/manifest.xml", b"<manifest/>"),
        content,
    ])
}

fn crc(content: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(content);
    sum.sum()
}

fn ods(rows: &str) -> Vec<u8> {
    content(Part::new(
        "content.xml",
        format!("{ODS}{rows}</table:table></office:spreadsheet></office:body></office:document-content>").as_bytes(),
    ))
}

fn docx(document: Part) -> Vec<u8> {
    zip(&[document])
}

fn mht(parts: &str) -> Vec<u8> {
    format!("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b-1\r\n\r\n{parts}").into_bytes()
}
