use super::*;
use crate::document::{Cell, CellRef};

/// A line with texts at columns.
fn line(fields: &[(usize, &str)]) -> String {
    let mut line = String::new();
    for (column, text) in fields {
        line.push_str(&" ".repeat(column - line.chars().count()));
        line.push_str(text);
    }
    line
}

/// The rows of the tables that lines may be; cells without text are blank, lines of a cell are joined with `/`. An empty line
/// begins another page.
fn tables(lines: &[String]) -> Vec<String> {
    let mut column = 1;
    let mut parts = Vec::new();
    for (number, text) in (1..).zip(lines) {
        parts.push(Part::Paragraph(Cell::text(text.as_str(), Location::Text { line: number, column })));
        column = 1 + u32::from(text.is_empty());
    }
    let row = |cells: &[(CellRef, Cell)]| {
        cells.iter().map(|(_, cell)| cell.text.replace('\n', "/")).collect::<Vec<_>>().join("|")
    };
    let tables = alternatives(&parts).unwrap();
    tables.iter().flat_map(|table| table.grid.cells.chunk_by(|one, other| one.0.row == other.0.row).map(row)).collect()
}

#[test]
fn columns_of_spaces_may_be_a_table() {
    let lines = [
        line(&[(0, "信息内容"), (14, "制发件数"), (21, "废止件数")]),
        line(&[(0, "规章"), (17, "3"), (24, "1")]),
        line(&[(0, "行政规范性文件"), (16, "12"), (24, "0")]),
        line(&[(0, "合计"), (16, "15")]),
    ];
    assert_eq!(tables(&lines), ["信息内容|制发件数|废止件数", "规章|3|1", "行政规范性文件|12|0", "合计|15|"]);
}

#[test]
fn headers_and_labels_of_several_lines_are_one() {
    // The header of the first column is left of its values; values may be below both lines of their label.
    let lines = [
        line(&[(0, "（各项之和）"), (15, "自然")]),
        line(&[(26, "商业"), (32, "社会公益"), (40, "总计")]),
        line(&[(16, "人")]),
        line(&[(26, "企业"), (33, "组织")]),
        line(&[(0, "一、本年新收申请数量"), (20, "19"), (26, "10"), (33, "0"), (40, "29")]),
        line(&[(0, "三、（一）予以公开"), (20, "14"), (26, "11"), (33, "0"), (40, "25")]),
        line(&[(9, "1.属于国家秘密"), (20, "0"), (26, "0"), (33, "0"), (40, "0")]),
        line(&[(0, "本"), (2, "（三）"), (9, "2.其他法律行政法规")]),
        line(&[(2, "不予公开"), (9, "禁止公开")]),
        line(&[(20, "3"), (26, "0"), (33, "0"), (40, "3")]),
        line(&[(0, "年"), (9, "3.属于行政查询事项"), (20, "0"), (26, "0"), (33, "0"), (40, "0")]),
        line(&[(0, "四、结转下年度"), (20, "2"), (26, "0"), (33, "0"), (40, "2")]),
    ];
    let expected = [
        "一、本年新收申请数量|19|10|0|29",
        "（一）予以公开|14|11|0|25",
        "（三）/不予公开|1.属于国家秘密|0|0|0|0",
        "2.其他法律行政法规/禁止公开|3|0|0|3",
        "3.属于行政查询事项|0|0|0|0",
        "四、结转下年度|2|0|0|2",
    ];
    let found = tables(&lines);
    let body = found.iter().position(|row| row.starts_with("一、")).unwrap();
    assert_eq!(found[body..], expected);
    let headers = found[..body].join("|");
    for header in ["（各项之和）", "自然/人", "商业/企业", "社会公益/组织", "总计"] {
        assert!(headers.split('|').any(|cell| cell == header), "{header}: {headers}");
    }
}

#[test]
fn labels_without_ordinals_are_divided_as_the_others_are() {
    let mut lines = vec![
        line(&[(0, "指标"), (16, "单位"), (24, "统计数")]),
        line(&[(0, "1.申请数"), (17, "件"), (26, "12")]),
        line(&[(0, "2.全部答复")]),
        line(&[(17, "件"), (26, "30")]),
        line(&[(0, "的数")]),
        line(&[(2, "涉及机密"), (17, "件"), (26, "4")]),
        line(&[(2, "危及安全、")]),
        line(&[(2, "公共利益"), (17, "件"), (26, "5")]),
        line(&[(2, "和稳定")]),
    ];
    let expected = ["1.申请数|件|12", "2.全部答复/的数|件|30", "涉及机密|件|4", "危及安全、/公共利益/和稳定|件|5"];
    assert_eq!(tables(&lines)[1..], expected);
    // The second label has its values beside its first line, and the last one has not.
    lines[2] = line(&[(0, "2.全部答复"), (17, "件"), (26, "30")]);
    lines.remove(3);
    assert_eq!(tables(&lines), Vec::<String>::new());
}

#[test]
fn values_that_two_labels_may_have_are_left_to_the_lines() {
    let mut lines = vec![
        line(&[(0, "指标"), (18, "本年"), (24, "上年")]),
        line(&[(0, "1.属于国家秘密"), (19, "3"), (25, "14")]),
        line(&[(0, "2.属于行政机关")]),
        line(&[(2, "内部事务")]),
        line(&[(19, "5"), (25, "6")]),
        line(&[(0, "3.属于执法")]),
        line(&[(2, "案卷")]),
        line(&[(0, "4.其他"), (19, "7"), (25, "8")]),
    ];
    assert_eq!(tables(&lines), Vec::<String>::new());
    lines.drain(5..7);
    lines[5] = line(&[(0, "3.其他"), (19, "7"), (25, "8")]);
    assert_eq!(tables(&lines)[2], "2.属于行政机关/内部事务|5|6");
}

#[test]
fn a_label_that_holds_another_has_no_values_and_pages_are_apart() {
    let lines = [
        line(&[(0, "指标"), (18, "本年"), (24, "上年")]),
        line(&[(0, "1.属于国家秘密"), (19, "3"), (25, "14")]),
        line(&[(0, "2.3.属于机关"), (19, "5"), (25, "6")]),
        line(&[(0, "4.其他"), (19, "7"), (25, "8")]),
        line(&[(12, "— 1 —")]),
        String::new(),
        line(&[(0, "指标"), (12, "本年"), (16, "上年")]),
        line(&[(0, "6.属于类别"), (13, "1"), (17, "2")]),
        line(&[(0, "7.属于案卷"), (13, "3"), (17, "4")]),
    ];
    let expected = [
        "指标|本年|上年",
        "1.属于国家秘密|3|14",
        "2.3.属于机关|\u{fffd}|\u{fffd}",
        "4.其他|7|8",
        "指标|本年|上年",
        "6.属于类别|1|2",
        "7.属于案卷|3|4",
    ];
    assert_eq!(tables(&lines), expected);
}
