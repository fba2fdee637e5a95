//! Reading files: every fixture as a drawn document, every broken file as its error, and no file at all as a panic.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use xxgk::ErrorKind;
use xxgk::document::{CellKind, CellRef, Document, Grid, Location, MergedRange, Part};
use xxgk::engine::Engine;
use xxgk::message::Lang;
use xxgk::read::{Format, Input, ReadOptions, SheetChoice};

fn read(bytes: &[u8], options: &ReadOptions) -> xxgk::Result<Input> {
    Engine::new().read(bytes, options)
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn bytes_of(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).unwrap()
}

fn document_of(name: &str) -> Document {
    read(&bytes_of(name), &ReadOptions::default()).unwrap().into_document().unwrap()
}

fn place(at: &Location) -> String {
    match at {
        Location::Text { line, column } => format!("{line}:{column}"),
        other => other.to_string(),
    }
}

/// A document as text: `P` a paragraph, `T` a table and its rows, `!` a finding; cells as `kind text`, blank ones `·`.
fn draw(document: &Document) -> String {
    let mut out = format!("{} {}\n", document.source.format, document.source.encoding.as_deref().unwrap_or("-"));
    for finding in &document.findings {
        writeln!(out, "! {} {}", finding.code, finding.message(Lang::EN)).unwrap();
    }
    for part in &document.parts {
        match part {
            Part::Paragraph(cell) => writeln!(out, "P {} {:?}", place(&cell.at), cell.text).unwrap(),
            Part::Table(grid) => draw_grid(grid, &mut out),
        }
    }
    out
}

fn draw_grid(grid: &Grid, out: &mut String) {
    let name = grid.name.as_deref().unwrap_or("-");
    let (rows, columns) = grid.size();
    writeln!(out, "T {name} {rows}x{columns}{}", if grid.hidden { " hidden" } else { "" }).unwrap();
    for range in &grid.merged {
        writeln!(out, "  merged {}:{}", range.first, range.last).unwrap();
    }
    for row in grid.cells.chunk_by(|a, b| a.0.row == b.0.row) {
        let cells = row.iter().map(|(at, cell)| {
            let kind = match cell.kind {
                CellKind::Text => "",
                CellKind::Number => "#",
                CellKind::Date => "@",
                CellKind::Boolean => "?",
                CellKind::Error => "!",
            };
            let text = if cell.text.is_empty() { "·".to_owned() } else { cell.text.replace('\n', "⏎") };
            format!("{at} {kind}{text}")
        });
        writeln!(out, "  {} [{}]", cells.collect::<Vec<_>>().join(" | "), place(&row[0].1.at)).unwrap();
    }
}

#[test]
fn fixtures_read_as_drawn() {
    insta::glob!(
        "../fixtures",
        "{zhongzhuang-2017.{txt,xlsx,xls,ods,csv,html,docx},shapes/*.txt,2021/report*.{xlsx,xls,html,docx,doc,xml,fods,mht,rtf,odt,fodt}}",
        |path| {
            let document = read(&fs::read(path).unwrap(), &ReadOptions::default()).unwrap().into_document().unwrap();
            insta::assert_snapshot!(draw(&document));
        }
    );
}

/// The cells that hold something, with their places in the grid.
fn filled(document: &Document) -> Vec<(String, String)> {
    let grids = document.parts.iter().filter_map(|part| if let Part::Table(grid) = part { Some(grid) } else { None });
    let cells = grids.flat_map(|grid| &grid.cells).filter(|(_, cell)| !cell.is_blank());
    cells.map(|(at, cell)| (at.to_string(), cell.text.clone())).collect()
}

#[test]
fn one_table_has_the_same_cells_in_every_format() {
    let expected = filled(&document_of("zhongzhuang-2017.xlsx"));
    // The title; 83 rows of three, of which eight are headings without unit and figure, and one has no figure.
    assert_eq!(expected.len(), 1 + 83 * 3 - 8 * 2 - 1);
    for format in ["xls", "ods", "csv"] {
        assert_eq!(filled(&document_of(&format!("zhongzhuang-2017.{format}"))), expected, "{format}");
    }
    // In documents and pages the title stands above the table, and every space is a no-break space in the page.
    for format in ["docx", "html"] {
        let cells = filled(&document_of(&format!("zhongzhuang-2017.{format}")));
        let texts = |cells: &[(String, String)]| cells.iter().map(|(_, text)| substance(text)).collect::<Vec<_>>();
        assert_eq!(texts(&cells), texts(&expected)[1..], "{format}");
    }
    let text = document_of("zhongzhuang-2017.txt");
    let lines = text.parts.iter().filter_map(|part| if let Part::Paragraph(cell) = part { Some(cell) } else { None });
    let lines: Vec<&str> = lines.map(|cell| cell.text.as_str()).collect();
    for (at, cell) in expected {
        for line in cell.split('\n') {
            assert!(lines.contains(&line), "{at} {line}");
        }
    }
}

fn grids_of(name: &str) -> Vec<Grid> {
    let table = |part| if let Part::Table(grid) = part { Some(grid) } else { None };
    document_of(name).parts.into_iter().filter_map(table).collect()
}

/// Cells with their places, and merged ranges.
type Shape = (Vec<(String, String)>, Vec<String>);

/// The cells of grids and their merged ranges.
fn shapes(grids: &[Grid]) -> Vec<Shape> {
    let text = |text: &str| text.replace('\n', "");
    let cells = |grid: &Grid| grid.cells.iter().map(|(at, cell)| (at.to_string(), text(&cell.text))).collect();
    let merged = |grid: &Grid| grid.merged.iter().map(|range| format!("{}:{}", range.first, range.last)).collect();
    grids.iter().map(|grid| (cells(grid), merged(grid))).collect()
}

#[test]
fn the_tables_of_2021_are_the_same_in_every_format() {
    let texts = |cells: &[(String, String)]| cells.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    let in_text = shapes(&grids_of("2021/report.docx"));
    let sizes: Vec<_> = in_text.iter().map(|(cells, merged)| (cells.len(), merged.len())).collect();
    // Four bands, two rows of three figures and four of one, with headers; 25 rows of seven with five stubs; fifteen figures.
    let spans = [4 + 3 + 4, 5 + 6 + 5, 2 + 5 + 2];
    assert_eq!(sizes, [(4 + 10 + 8 + 8, spans[0]), (10 + 25 * 8 + 5, spans[1]), (2 + 7 + 10 + 15, spans[2])]);
    for name in ["2021/report.html", "2021/report.mht"] {
        assert_eq!(shapes(&grids_of(name)), in_text, "{name}");
    }
    for name in [
        "report.rtf",
        "report-rtf.doc",
        "report.odt",
        "report.fodt",
        "report-word-2003.xml",
        "report-flat-opc.xml",
        "report-boxes.docx",
    ] {
        assert_eq!(shapes(&grids_of(&format!("2021/{name}"))), in_text, "{name}");
    }
    // In the third table of the doc, the borders of the header are a hair beside those of the columns.
    let in_doc = shapes(&grids_of("2021/report.doc"));
    assert_eq!(in_doc[..2], in_text[..2]);
    assert_eq!(texts(&in_doc[2].0), texts(&in_text[2].0));
    let sheets = shapes(&grids_of("2021/report.xlsx"));
    for name in ["2021/report.ods", "2021/report.fods"] {
        assert_eq!(shapes(&grids_of(name)), sheets, "{name}");
    }
    let stacked = shapes(&grids_of("2021/report.xls"));
    for name in ["2021/report-html.xls", "2021/report.xml"] {
        assert_eq!(shapes(&grids_of(name)), stacked, "{name}");
    }
    // Without merged ranges, in the same places.
    let filled = |grid: &Shape| grid.0.clone();
    assert_eq!(filled_of("2021/report.csv"), filled(&stacked[0]));
    // The tables of a document are those of the worksheets below their heading rows.
    for (at, ((cells, _), (in_sheet, _))) in in_text.iter().zip(&sheets).enumerate() {
        assert_eq!(texts(cells), texts(&in_sheet[if at == 0 { 2 } else { 1 }..]));
    }
}

fn filled_of(name: &str) -> Vec<(String, String)> {
    filled(&document_of(name))
}

/// What becomes of each broken file; none for those that read as text without a table.
const BROKEN: [(&str, Option<&str>); 44] = [
    ("announced.xlsx", Some("too_large")),
    ("blank.rtf", Some("empty")),
    ("blank.txt", Some("empty")),
    ("broken.json", Some("json")),
    ("damaged.ods", Some("corrupt")),
    ("early-end.ods", Some("corrupt")),
    ("empty-sheet.xlsx", Some("empty")),
    ("empty.xls", Some("empty")),
    ("far-apart.xls", Some("too_large")),
    ("far-apart.xlsx", None),
    ("files.zip", Some("not_a_table")),
    ("frames.xls", Some("unsupported")),
    ("letter.csv", None),
    ("letter.doc", Some("corrupt")),
    ("letter.docx", Some("empty")),
    ("letter.rtf", None),
    ("nested.html", None),
    ("no-page.mht", None),
    ("no-table.html", None),
    ("noise.xls", Some("not_a_table")),
    ("not-a-table.txt", None),
    ("page.xls", None),
    ("password-old.xls", Some("encrypted")),
    ("password-zip.xlsx", Some("encrypted")),
    ("password.ods", Some("encrypted")),
    ("password.odt", Some("encrypted")),
    ("password.xls", Some("encrypted")),
    ("password.xlsx", Some("encrypted")),
    ("picture.xlsx", Some("not_a_table")),
    ("program.xls", Some("not_a_table")),
    ("report.pdf", Some("corrupt")),
    ("spans.html", None),
    ("truncated-flat-opc.xml", Some("corrupt")),
    ("truncated-word-2003.xml", Some("corrupt")),
    ("truncated.doc", Some("corrupt")),
    ("truncated.docx", Some("corrupt")),
    ("truncated.fods", Some("corrupt")),
    ("truncated.fodt", Some("corrupt")),
    ("truncated.odt", Some("corrupt")),
    ("truncated.rtf", Some("corrupt")),
    ("truncated.xls", Some("corrupt")),
    ("truncated.xlsx", Some("corrupt")),
    ("truncated.xml", Some("corrupt")),
    ("utf8-cut.txt", None),
];

#[test]
fn broken_files_say_what_they_are_in_both_languages() {
    let mut said = String::new();
    let listed: Vec<_> = BROKEN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut there: Vec<_> = fs::read_dir(fixtures().join("broken"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, listed);
    for (name, expected) in BROKEN {
        match read(&bytes_of(&format!("broken/{name}")), &ReadOptions::default()) {
            Ok(input) => {
                let document = input.into_document().unwrap();
                assert_eq!(expected, None, "{name}");
                writeln!(said, "{name}: {}", draw(&document).replace('\n', " ⏎ ")).unwrap();
            }
            Err(error) => {
                assert_eq!(expected, Some(error.kind().name()), "{name}: {error}");
                for lang in [Lang::ZH, Lang::EN] {
                    let message = error.message(lang);
                    assert!(!message.contains('@') && !message.contains('{'), "{message}");
                    writeln!(said, "{name}: {message}").unwrap();
                }
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_format_that_the_bytes_contradict_is_refused() {
    let as_format = |name: &str, format| {
        let mut options = ReadOptions::default();
        options.format = Some(format);
        read(&bytes_of(name), &options)
    };
    for (name, format, found) in [
        ("zhongzhuang-2017.xlsx", Format::Xls, "an Excel workbook (xlsx)"),
        ("zhongzhuang-2017.txt", Format::Ods, "plain text"),
        ("broken/picture.xlsx", Format::Xlsx, "a picture (PNG)"),
        ("zhongzhuang-2017.xls", Format::Csv, "an Excel 97-2003 workbook (xls)"),
    ] {
        let error = as_format(name, format).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::WrongFormat { .. }));
        assert!(error.message(Lang::EN).contains(found), "{error}");
    }
    assert!(matches!(as_format("broken/empty.xls", Format::Xls).unwrap_err().kind(), ErrorKind::Empty));
    assert!(matches!(as_format("broken/password.xlsx", Format::Xlsx).unwrap_err().kind(), ErrorKind::Encrypted));
    assert_eq!(as_format("zhongzhuang-2017.csv", Format::Text).unwrap().source().format, "text");
    assert_eq!(as_format("zhongzhuang-2017.xls", Format::Xls).unwrap().source().format, "xls");
}

#[test]
fn a_sheet_is_chosen_by_name_or_number() {
    let choose = |name: &str, sheet| {
        let mut options = ReadOptions::default();
        options.sheet = Some(sheet);
        read(&bytes_of(name), &options)
    };
    for name in ["zhongzhuang-2017.xlsx", "zhongzhuang-2017.xls", "zhongzhuang-2017.ods"] {
        assert!(choose(name, SheetChoice::Number(1)).is_ok());
        assert!(choose(name, SheetChoice::Name("统计表".to_owned())).is_ok());
        for missing in [SheetChoice::Number(2), SheetChoice::Number(0), SheetChoice::Name("表".to_owned())] {
            let error = choose(name, missing).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::SheetNotFound { .. }));
            assert!(error.message(Lang::ZH).contains("统计表"), "{error}");
        }
    }
}

/// Without separators and white space, as every reader of text must keep it.
fn substance(text: &str) -> String {
    let left_out = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '|' | '｜' | '¦' | '︱' | '-' | '=' | '+' | ':' | '\u{2500}'..='\u{257f}')
    };
    text.chars().filter(|c| !left_out(*c)).collect()
}

fn all_text(document: &Document) -> String {
    let mut out = String::new();
    for part in &document.parts {
        match part {
            Part::Paragraph(cell) => out.push_str(&cell.text),
            Part::Table(grid) => out.extend(grid.cells.iter().map(|(_, cell)| cell.text.as_str())),
        }
    }
    out
}

const DAMAGED: [&str; 17] = [
    "2021/report.rtf",
    "2021/report.odt",
    "2021/report.fodt",
    "2021/report-word-2003.xml",
    "zhongzhuang-2017.xlsx",
    "zhongzhuang-2017.xls",
    "zhongzhuang-2017.ods",
    "zhongzhuang-2017.csv",
    "zhongzhuang-2017.txt",
    "2021/report.docx",
    "2021/report.doc",
    "2021/report.html",
    "2021/report-html.xls",
    "2021/report.xml",
    "2021/report.fods",
    "2021/report.mht",
    "2021/report.xlsx",
];

/// A piece of a page, as broken as pages come.
fn markup() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<table>".to_owned()),
        Just("</table>".to_owned()),
        Just("<tr>".to_owned()),
        Just("<tbody>".to_owned()),
        (0u32..5, 0u32..5).prop_map(|(columns, rows)| format!("<td colspan={columns} rowspan={rows}>")),
        (any::<u32>(), any::<u32>()).prop_map(|(columns, rows)| format!("<td colspan={columns} rowspan={rows}>")),
        Just("<td>".to_owned()),
        Just("</td>".to_owned()),
        Just("<p>".to_owned()),
        Just("<br>".to_owned()),
        Just("<td style='display:none'>".to_owned()),
        "[甲乙0-9 ]{1,3}",
    ]
}

/// No two cells of a grid stand in one place, merged ranges reach over no cell but their own, and none beyond the grid.
fn is_sound(grid: &Grid) -> bool {
    let rows = grid.cells.iter().map(|(at, _)| at.row).max().unwrap_or(0);
    let columns = grid.cells.iter().map(|(at, _)| at.column).max().unwrap_or(0);
    let under = |range: &MergedRange, at: &CellRef| {
        (range.first.row..=range.last.row).contains(&at.row)
            && (range.first.column..=range.last.column).contains(&at.column)
            && *at != range.first
    };
    grid.cells.windows(2).all(|pair| pair[0].0 < pair[1].0)
        && grid.merged.iter().all(|range| {
            range.last.column <= columns
                && range.last.row <= rows + 20
                && grid.cell(range.first).is_some()
                && !grid.cells.iter().any(|(at, _)| under(range, at))
        })
}

proptest! {
    #[test]
    fn any_page_gives_sound_grids(pieces in prop::collection::vec(markup(), 1..60)) {
        let page = format!("<html><body>{}", pieces.concat());
        if let Ok(Input::Document(document)) = read(page.as_bytes(), &ReadOptions::default()) {
            for part in &document.parts {
                if let Part::Table(grid) = part {
                    prop_assert!(is_sound(grid), "{page}\n{grid:?}");
                }
            }
        }
    }

    #[test]
    fn any_text_keeps_every_character_and_true_places(text in "(\\PC|[|｜│\t\n\r\u{b}\u{c}\u{a0}\u{3000}\0 -]|条|\n\\|){0,200}") {
        let mut options = ReadOptions::default();
        options.format = Some(Format::Text);
        options.encoding = Some("utf-8".to_owned());
        if let Ok(Input::Document(document)) = read(text.as_bytes(), &options) {
            prop_assert_eq!(substance(&all_text(&document)), substance(text.strip_prefix('\u{feff}').unwrap_or(&text)));
            let lines: Vec<Vec<char>> = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").split(['\n', '\r']).map(|line| line.chars().collect()).collect();
            let cells = document.parts.iter().flat_map(|part| match part {
                Part::Paragraph(cell) => vec![cell],
                Part::Table(grid) => grid.cells.iter().map(|(_, cell)| cell).collect(),
            });
            for cell in cells {
                let Location::Text { line, column } = &cell.at else { panic!("a place in a text") };
                if let Some(first) = cell.text.chars().next().filter(|_| !text.contains(|c: char| c < '\t')) {
                    prop_assert_eq!(lines[*line as usize - 1][*column as usize - 1], first);
                }
            }
        }
    }

    #[test]
    fn any_separated_values_keep_every_character(rows in prop::collection::vec(prop::collection::vec("(\\PC|[,;\t\"\n]|条){0,8}", 3), 2..12)) {
        let mut written = csv::WriterBuilder::new().from_writer(Vec::new());
        for row in &rows {
            written.write_record(row).unwrap();
        }
        let mut options = ReadOptions::default();
        options.format = Some(Format::Csv);
        options.encoding = Some("utf-8".to_owned());
        if let Ok(Input::Document(document)) = read(&written.into_inner().unwrap(), &options) {
            let all: String = rows.concat().concat();
            let kept = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            prop_assert_eq!(kept(&all_text(&document)), kept(&all));
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), magic in 0usize..6) {
        let magics: [&[u8]; 6] = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x10\0\0\x06\x05\0", b"\xff\xfe", b"{\"schema\""];
        let bytes = [magics[magic], &bytes].concat();
        let _ = read(&bytes, &ReadOptions::default());
    }

    #[test]
    fn damaged_fixtures_never_panic(which in 0..DAMAGED.len(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = bytes_of(DAMAGED[which]);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = read(&bytes, &ReadOptions::default());
    }
}
