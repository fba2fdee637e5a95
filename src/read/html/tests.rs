use super::*;
use crate::document::Grid;

/// Paragraphs as text, tables as rows in brackets. Merged cells show how far they reach.
fn drawn(page: &str) -> Vec<String> {
    let (parts, _) = read(page).unwrap();
    let cell = |grid: &Grid, at, text: &str| {
        let merged = grid.merged.iter().find(|range| range.first == at);
        format!(
            "{at}{}={}",
            merged.map_or_else(String::new, |range| format!(":{}", range.last)),
            text.replace('\n', "⏎")
        )
    };
    let draw = |part: &Part| match part {
        Part::Paragraph(text) => text.text.clone(),
        Part::Table(grid) => {
            let cells: Vec<_> = grid.cells.iter().map(|(at, found)| cell(grid, *at, &found.text)).collect();
            format!("[{}]", cells.join(" "))
        }
    };
    parts.iter().map(draw).collect()
}

fn codes(page: &str) -> Vec<String> {
    let (_, findings) = read(page).unwrap();
    findings.into_iter().map(|finding| format!("{} {}", finding.code, finding.arguments["text"])).collect()
}

#[test]
fn blocks_are_paragraphs_in_reading_order() {
    let page = "<title>题</title><style>p{}</style><h1>示例镇<br>年度 报告</h1>散\n  文<div>一<p>二</p>三</div><ul><li>甲<li>乙</ul>\
                <script>1</script><p style='DISPLAY : none'>隐</p><p hidden>隐</p><noscript>无</noscript><!-- 注 --><p>&nbsp;</p>\
                <pre>a  b\nc</pre><p> 首&#12288;尾 </p>";
    let expected =
        ["示例镇", "年度 报告", "散 文", "一", "二", "三", "甲", "乙", "\u{a0}", "a  b", "c", "首\u{3000}尾"];
    assert_eq!(drawn(page), expected);
    let (parts, _) = read(page).unwrap();
    let Part::Paragraph(last) = &parts[11] else { panic!("a paragraph") };
    assert_eq!(last.at, Location::Paragraph { paragraph: 12 });
}

#[test]
fn cells_keep_their_lines_and_places() {
    let page = "前<table><caption>表一</caption><tr><th rowspan=2>指标<br>名称<td colspan='2'>&nbsp;<p>数</p><p></p></tr>\
                <tr><td><b>1</b>9<sup>2</sup><td></table>后";
    assert_eq!(drawn(page), ["前", "表一", "[A1:A2=指标⏎名称 B1:C1=\u{a0}⏎数 B2=19 2 C2=]", "后"]);
    let (parts, _) = read(page).unwrap();
    let Part::Table(grid) = &parts[2] else { panic!("a table") };
    assert_eq!(grid.cells[2].1.at, Location::Table { table: 1, row: 2, cell: 1 });
}

#[test]
fn tables_that_lay_out_the_page_are_taken_apart() {
    let page = "<table><tr><td>栏目<td><table><tr><td>甲<td>1</tr></table>之后<td><table><tr><td>只是框</table></table>\
                <table><tr><td>乙<td><table><tr><td>2</td></tr></table></table>";
    assert_eq!(drawn(page), ["栏目", "[A1=甲 B1=1]", "之后", "只是框", "[A1=乙 B1=2]"]);
}

#[test]
fn two_hundred_tables_in_each_other_are_one() {
    let page = format!("{}<table><tr><td>甲<td>7</table>{}", "<table><tr><td>外".repeat(200), "</table>".repeat(200));
    let drawn = drawn(&page);
    assert_eq!((drawn.len(), drawn.last().map(String::as_str)), (201, Some("[A1=甲 B1=7]")));
}

#[test]
fn what_is_not_shown_in_a_table_is_named() {
    let page = "<table><tr style='display:none'><td>旧<td>5</tr><tr><td>新<td>6<td style='mso-hide:all'></tr><tr><td><s>8</s>9<td><del>x</del></table>";
    assert_eq!(drawn(page), ["[A1=旧 B1=5 A2=新 B2=6 A3=9 B3=]"]);
    assert_eq!(codes(page), ["XG335 8"]);
    let (parts, _) = read(page).unwrap();
    let Part::Table(grid) = &parts[0] else { panic!("a table") };
    assert!(grid.hidden_rows.has(0) && !grid.hidden_rows.has(1));
    assert_eq!(codes("<table><tr><td>甲<td>1<tr><td style='display:none'>5<td>6</table>"), ["XG334 5"]);
}

#[test]
fn styles_hide_strike_and_raise_text_as_tags_do() {
    let page = "<style>.h{display:none}.font6{text-decoration:line-through}span.Mso{vertical-align:super}</style><p class=h>外</p><table>\
                <tr><td><i class=h>3</i>5<td><b class=font6>4</b>6<td>5<span class=Mso>1</span><td>5<a href='#_ftn1'>1</a>\
                <td><u style='font-size:0'>3</u>5<td><u style='opacity:0'>3</u>5<td>5<u style='vertical-align:super'>1</u>2<td style='vertical-align:super'>7</table>";
    assert_eq!(drawn(page), ["外", "[A1=5 B1=6 C1=5 1 D1=5 1 E1=5 F1=5 G1=5 1 2 H1=7]"]);
    assert_eq!(codes(page), ["XG334 3", "XG335 4"]);
}

#[test]
fn a_cell_with_only_an_image_is_not_blank() {
    let page = "<img src=kopf.png><table><tr><td><img src='/a/5.png' alt=5><td>6<img src=b.gif><td><img src=c.gif width=1></table>";
    assert_eq!(drawn(page), ["[A1=<img 5> B1=6 C1=]"]);
}

#[test]
fn numbers_are_those_that_excel_stored() {
    let page = "<table><tr><td x:num='3.4999999999999996'>3.50<td x:num>1,025<td x:num='43120'>2018-1-20<td x:num='0'>-<td x:num='0.35'>35%<td>7</table>";
    let (parts, _) = read(page).unwrap();
    let Part::Table(grid) = &parts[0] else { panic!("a table") };
    let cells: Vec<_> = grid.cells.iter().map(|(_, cell)| (cell.text.as_str(), cell.kind)).collect();
    use CellKind::{Number, Text};
    assert_eq!(
        cells,
        [("3.5", Number), ("1,025", Number), ("2018-1-20", Text), ("0", Number), ("35%", Text), ("7", Text)]
    );
}

#[test]
fn fields_of_a_form_are_what_they_hold() {
    let page = "<table><tr><td>甲<td><input value=19><td><select><option>1<option selected>2</select><td><input type=hidden value=3></table>";
    assert_eq!(drawn(page), ["[A1=甲 B1=19 C1=2 D1=]"]);
}

#[test]
fn pages_without_anything_to_read_say_why() {
    let kind = |page: &str| read(page).unwrap_err().into_kind().name();
    assert_eq!(kind("<html><body><script>1</script><table><tr><td>&nbsp;<td></table>"), "empty");
    let frames = "<html><head></head><frameset rows='*,39'><frame src='a.files/sheet001.htm'></frameset></html>";
    assert_eq!(kind(frames), "unsupported");
}

#[test]
fn hostile_pages_are_refused_in_bounded_time() {
    let pages = [
        "<div>".repeat(100_000),
        "<table><tr><td>".repeat(30_000),
        (0..20_000).map(|at| format!("<b id={at}>")).collect::<String>() + &"<p>x".repeat(10_000),
        format!("<p {}>", (0..500_000).map(|at| format!(" a{at}")).collect::<String>()),
        format!("<table>{}", "<tr><td rowspan=65534 colspan=1000>1".repeat(30_000)),
    ];
    for page in pages {
        match read(&page) {
            Err(error) => assert!(matches!(error.kind(), ErrorKind::TooLarge { .. })),
            Ok(_) => panic!("{}", &page[..30]),
        }
    }
}
