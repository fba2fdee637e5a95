use super::*;
use crate::read::page::Rect;
use crate::read::page::lines::Line;

/// A line of fields with their places; each character is ten points high and five wide, an ideograph ten.
fn line(y: f64, fields: &[(f64, &str)]) -> Placed {
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 5.0 } else { 10.0 }).sum::<f64>();
    let mut text = String::new();
    let mut places = Vec::new();
    for (x, field) in fields {
        let start = text.len();
        text.push_str(field);
        places.push((start..text.len(), *x..x + width(field)));
        text.push_str("  ");
    }
    let (first, last) = (places[0].1.start, places[places.len() - 1].1.end);
    let rect = Rect { x0: first, y0: y, x1: last, y1: y + 10.0 };
    let line = Line { text: text.trim_end().to_owned(), rect, size: 10.0, fields: places };
    Placed { line, below: 0.0, is_first: false }
}

/// The cells with text of the only draft: row, column, size if it is merged, text.
fn drawn(lines: &[Placed]) -> String {
    let drafts = drafts(lines);
    let [draft] = drafts.as_slice() else { return format!("{} drafts", drafts.len()) };
    let cell = |cell: &DraftCell| {
        let size =
            if cell.rows * cell.columns > 1 { format!("[{}x{}]", cell.rows, cell.columns) } else { String::new() };
        format!("{}{}{size} {}", cell.row, cell.column, cell.text.replace('\n', "/"))
    };
    draft.cells.iter().filter(|cell| !cell.text.is_empty()).map(cell).collect::<Vec<_>>().join(", ")
}

#[test]
fn labels_units_and_values_are_columns() {
    let lines = [
        line(0.0, &[(40.0, "指标"), (200.0, "单位"), (252.0, "统计数")]),
        line(25.0, &[(40.0, "一、公开")]),
        line(50.0, &[(40.0, "收到申请数"), (205.0, "件"), (270.0, "7")]),
        line(75.0, &[(60.0, "当面申请数"), (205.0, "件"), (265.0, "120")]),
        line(100.0, &[(40.0, "办结数"), (205.0, "件")]),
        line(125.0, &[(40.0, "经费"), (200.0, "万元"), (265.0, "1.5")]),
    ];
    assert_eq!(
        drawn(&lines),
        "00 指标, 01[2x1] 单位, 02[2x1] 统计数, 10 一、公开, 20 收到申请数, 21 件, 22 7, 30 当面申请数, 31 件, 32 120, \
         40 办结数, 41 件, 50 经费, 51 万元, 52 1.5"
    );
}

#[test]
fn labels_of_several_lines_belong_to_the_values_beside_them() {
    let centered = [
        line(0.0, &[(40.0, "收到的")]),
        line(7.0, &[(150.0, "1")]),
        line(13.0, &[(40.0, "申请数")]),
        line(40.0, &[(40.0, "办结数"), (150.0, "2")]),
        line(65.0, &[(40.0, "答复数"), (150.0, "3")]),
    ];
    assert_eq!(drawn(&centered), "00 收到的/申请数, 01 1, 10 办结数, 11 2, 20 答复数, 21 3");
    // Without gaps between the rows, the first line is the one beside the values.
    let dense = [
        line(0.0, &[(40.0, "收到的"), (150.0, "1")]),
        line(12.0, &[(40.0, "申请数")]),
        line(24.0, &[(40.0, "办结数"), (150.0, "2")]),
        line(36.0, &[(40.0, "答复数"), (150.0, "3")]),
    ];
    assert_eq!(drawn(&dense), "00 收到的/申请数, 01 1, 10 办结数, 11 2, 20 答复数, 21 3");
}

#[test]
fn headings_written_downwards_span_rows_and_headers_span_columns() {
    let lines = [
        line(0.0, &[(95.0, "申请人")]),
        line(20.0, &[(80.0, "自然人"), (120.0, "企业"), (160.0, "总计")]),
        line(40.0, &[(20.0, "办"), (35.0, "予以"), (90.0, "1"), (125.0, "2"), (165.0, "3")]),
        line(55.0, &[(20.0, "理"), (35.0, "部分"), (90.0, "4"), (125.0, "5"), (165.0, "9")]),
        line(70.0, &[(20.0, "果"), (35.0, "不予"), (90.0, "0"), (125.0, "0"), (165.0, "0")]),
    ];
    assert_eq!(
        drawn(&lines),
        "02[1x2] 申请人, 12 自然人, 13 企业, 14 总计, 20[3x1] 办/理/果, 21 予以, 22 1, 23 2, 24 3, 31 部分, 32 4, 33 5, \
         34 9, 41 不予, 42 0, 43 0, 44 0"
    );
}

#[test]
fn what_is_no_table_or_contradicts_itself_is_none() {
    let prose = [line(0.0, &[(40.0, "全年公开信息 12 条。")]), line(20.0, &[(40.0, "比上年多 3 条。")])];
    assert_eq!(drawn(&prose), "0 drafts");
    // The last value reaches from one column into the other.
    let bridged = [
        line(0.0, &[(40.0, "a"), (100.0, "1"), (140.0, "2")]),
        line(20.0, &[(40.0, "b"), (100.0, "3"), (140.0, "4")]),
        line(40.0, &[(40.0, "c"), (100.0, "1234567890")]),
    ];
    assert_eq!(drawn(&bridged), "0 drafts");
    // The headers of another table end the first one.
    let row = |y: f64, text: &'static str| line(y, &[(40.0, text), (100.0, "1"), (140.0, "2")]);
    let header = |y: f64| line(y, &[(40.0, "名称"), (92.0, "数量"), (135.0, "金额")]);
    let two = [header(0.0), row(20.0, "a"), row(40.0, "b"), header(60.0), row(80.0, "c"), row(100.0, "d")];
    assert_eq!(drafts(&two).iter().map(|draft| draft.lines.clone()).collect::<Vec<_>>(), [0..3, 3..6]);
}

#[test]
fn headers_left_of_right_aligned_numbers_are_no_table_if_one_is_lost() {
    let with = |first: &[(f64, &str)]| {
        let numbers = |y, label, own: [&'static str; 3]| {
            line(y, &[(40.0, label), (180.0, own[0]), (240.0, own[1]), (300.0, own[2])])
        };
        let header = |fields: &[(f64, &'static str)]| line(0.0, &[first, fields].concat());
        let lines = [
            header(&[(188.0, "商业企业"), (248.0, "科研机构")]),
            numbers(20.0, "新收申请", ["4", "6", "1"]),
            numbers(40.0, "结转申请", ["3", "1", "0"]),
            numbers(60.0, "予以公开", ["8", "4", "1"]),
        ];
        drawn(&lines)
    };
    // The header of the first column runs together with that of the labels.
    assert_eq!(with(&[(40.0, "申请情况自然人")]), "0 drafts");
    assert!(with(&[(40.0, "申请"), (128.0, "自然人")]).contains("10 新收申请, 11 4, 12 6, 13 1"));
}
