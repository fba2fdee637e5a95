use super::*;

/// `P line:column text`, or `T` with `A1 line:column text` for each cell.
fn drawn(text: &str) -> Vec<String> {
    let place = |cell: &Cell| match &cell.at {
        Location::Text { line, column } => format!("{line}:{column} {}", cell.text),
        other => panic!("{other} in a text"),
    };
    let (parts, _) = read(text).unwrap();
    let drawn = parts.iter().map(|part| match part {
        Part::Paragraph(cell) => format!("P {}", place(cell)),
        Part::Table(grid) => {
            let cells = grid.cells.iter().map(|(at, cell)| format!("{at} {}", place(cell)));
            format!("T {}", cells.collect::<Vec<_>>().join("; "))
        }
    });
    drawn.collect()
}

#[test]
fn bars_make_rows_with_their_blanks_in_place() {
    let cases: [(&str, &[&str]); 9] = [
        ("| a |  | 3 |", &["T A1 1:3 a; B1 1:6 ; C1 1:10 3"]),
        ("a | 条 | 7 |", &["T A1 1:1 a; B1 1:5 条; C1 1:9 7"]),
        ("a | 条 | 7", &["T A1 1:1 a; B1 1:5 条; C1 1:9 7"]),
        ("| 2 | 一 | ---- | |||", &["T A1 1:3 2; B1 1:7 一; C1 1:11 ----; D1 1:17 ; E1 1:19 ; F1 1:20 "]),
        ("| a | b |\n|---|:-:|\n| c | 0 |", &["T A1 1:3 a; B1 1:7 b; A2 3:3 c; B2 3:7 0"]),
        ("| a | b |\n\n| c | 0 |", &["T A1 1:3 a; B1 1:7 b; A2 3:3 c; B2 3:7 0"]),
        ("┌──┬──┐\n│a │ 1│\n└──┴──┘", &["T A1 2:2 a; B1 2:6 1"]),
        ("第一项 |\na | 1 |\nb | 2 |", &["T A1 1:1 第一项; A2 2:1 a; B2 2:5 1; A3 3:1 b; B3 3:5 2"]),
        ("ａ｜７", &["T A1 1:1 ａ; B1 1:3 ７"]),
    ];
    for (text, expected) in cases {
        assert_eq!(drawn(text), expected, "{text}");
    }
}

#[test]
fn bars_beside_lone_cells_are_stripped() {
    assert_eq!(drawn("|\n规章 |\n0 |\n |\n"), ["P 1:1 ", "P 2:1 规章", "P 3:1 0", "P 4:1 "]);
    assert_eq!(drawn("甲\n| 乙\n| 1\n|\n"), ["P 1:1 甲", "P 2:3 乙", "P 3:3 1", "P 4:1 "]);
    assert_eq!(drawn("第一项 ||||\n信息 |\n46 |||\n"), ["P 1:1 第一项", "P 2:1 信息", "P 3:1 46"]);
}

#[test]
fn tabs_open_lines_or_part_cells() {
    assert_eq!(drawn("\t　收到\n\t件\n\t\n\n"), ["P 1:2 　收到", "P 2:2 件", "P 3:2 ", "P 4:1 "]);
    assert_eq!(
        drawn("收到\t件\t\n办结\t件\t7"),
        ["T A1 1:1 收到; B1 1:4 件; C1 1:6 ; A2 2:1 办结; B2 2:4 件; C2 2:6 7"]
    );
    assert_eq!(drawn("\ta\t1\n\tb\t2"), ["T A1 1:2 a; B1 1:4 1; A2 2:2 b; B2 2:4 2"]);
    assert_eq!(drawn("a\t1\n\t2"), ["T A1 1:1 a; B1 1:3 1; A2 2:1 ; B2 2:2 2"]);
}

#[test]
fn blank_lines_and_odd_line_ends_are_kept_in_place() {
    assert_eq!(drawn("a\r\n\u{a0}\r\n \rb"), ["P 1:1 a", "P 2:1 \u{a0}", "P 3:1  ", "P 4:1 b"]);
    assert_eq!(drawn("a\u{b}b\u{c}c\nd"), ["P 1:1 a", "P 1:3 b", "P 1:5 c", "P 2:1 d"]);
    assert_eq!(drawn("指标   单位   数"), ["P 1:1 指标   单位   数"]);
}

#[test]
fn control_characters_are_left_out_and_noted() {
    let (parts, findings) = read("a\nb\0c\u{1}\n").unwrap();
    assert_eq!(parts[1], Part::Paragraph(Cell::text("bc", Location::Text { line: 2, column: 1 })));
    assert_eq!((findings[0].code.as_str(), findings[0].arguments["count"].as_str()), ("XG322", "2"));
}

#[test]
fn a_text_of_nothing_but_cells_is_refused_in_time() {
    let text = "|".repeat(limit::CELLS + 10) + "a| |b|\n";
    assert!(matches!(read(&text).unwrap_err().kind(), crate::ErrorKind::TooLarge { .. }));
}
