use super::*;
use crate::read::drawn;

fn drawn(body: &str) -> (Vec<String>, Vec<String>) {
    let styles = "<office:automatic-styles><style:style style:name='H' style:family='text'><style:text-properties text:display='none'/></style:style>\
        <style:style style:name='S' style:family='text'><style:text-properties style:text-line-through-style='solid'/></style:style>\
        <style:style style:name='N' style:family='text' style:parent-style-name='S'><style:text-properties style:text-line-through-style='none'/></style:style>\
        <style:style style:name='R' style:family='text'><style:text-properties style:text-position='super 58%'/></style:style></office:automatic-styles>\
        <office:master-styles><style:header><text:p>眉</text:p></style:header></office:master-styles>";
    let text = format!(
        "<office:document>{styles}<office:body><office:text>{body}</office:text></office:body></office:document>"
    );
    let (parts, findings) = read_flat(&text).unwrap();
    let codes = findings.iter().map(|found| found.code.to_string()).collect();
    (parts.iter().map(drawn::drawn).collect(), codes)
}

fn cell(attributes: &str, content: &str) -> String {
    format!("<table:table-cell {attributes}>{content}</table:table-cell>")
}

fn table(rows: &[&[String]]) -> String {
    let rows: String = rows.iter().map(|row| format!("<table:table-row>{}</table:table-row>", row.concat())).collect();
    format!("<table:table>{rows}</table:table>")
}

fn p(text: &str) -> String {
    format!("<text:p>{text}</text:p>")
}

#[test]
fn spans_covered_cells_and_repetitions_are_placed() {
    let covered = "<table:covered-table-cell><text:p>盖</text:p></table:covered-table-cell>".to_owned();
    let plain = "<table:covered-table-cell/>".to_owned();
    let body = p("前")
        + &table(&[
            &[
                cell("table:number-columns-spanned='2'", &p("宽")),
                plain.clone(),
                cell("table:number-rows-spanned='2'", &p("高")),
            ],
            &[cell("", &(p("一") + &p("二"))), cell("", &p("1<text:s text:c='2'/>2")), covered],
            &[cell("table:number-columns-repeated='2'", &p("同")), cell("table:formula='ooow:sum'", "")],
        ]);
    let (parts, codes) = drawn(&body);
    assert_eq!(parts, ["前", "[A1:B1=宽 C1:C2=高 A2=一⏎二 B2=1  2 A3=同 B3=同 C3={ooow:sum}]"]);
    assert_eq!(codes, ["XG394", "XG337"]);
}

#[test]
fn hidden_struck_deleted_and_raised_text_and_notes_are_apart() {
    let span = |style: &str, text: &str| format!("<text:span text:style-name='{style}'>{text}</text:span>");
    let body = format!(
        "<text:tracked-changes><text:changed-region><text:deletion>{}</text:deletion></text:changed-region></text:tracked-changes>\
         <text:p>1{}{}{}{}<text:note><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note></text:p>\
         <text:section text:display='none'>{}</text:section>",
        p("删"),
        span("H", "9"),
        span("S", &format!("8{}", span("N", "2"))),
        span("R", "3"),
        "4",
        p("注"),
        p("藏"),
    );
    let (parts, codes) = drawn(&body);
    assert_eq!(parts, ["12 3 4"]);
    assert_eq!(codes, ["XG334", "XG335", "XG394", "XG395"]);
}

#[test]
fn text_boxes_are_read_behind_their_paragraph() {
    let text_box = |content: &str| format!("<draw:frame><draw:text-box>{content}</draw:text-box></draw:frame>");
    let inner = table(&[&[cell("", &p("甲")), cell("", &p("1"))]]);
    let body = format!("<text:p>前{}后</text:p>", text_box(&(p("题") + &inner)));
    assert_eq!(drawn(&body).0, ["前后", "题", "[A1=甲 B1=1]"]);
    let body = table(&[&[cell("", &format!("<text:p>乙{}</text:p>", text_box(&p("8")))), cell("", &p("7"))]]);
    let (parts, codes) = drawn(&body);
    assert_eq!(parts, ["[A1=乙 B1=7]"]);
    assert_eq!(codes, ["XG336", "XG394"]);
}

#[test]
fn the_title_of_a_picture_is_no_text() {
    let picture = "<draw:frame><draw:image/><svg:title>99</svg:title><svg:desc>98</svg:desc></draw:frame>";
    assert_eq!(drawn(&format!("<text:p>46{picture}</text:p>")).0, ["46"]);
}

#[test]
fn hostile_and_cut_texts_are_refused() {
    let kind = |text: &str| read_flat(text).unwrap_err().into_kind().name();
    let nested = "<table:table><table:table-row><table:table-cell>".repeat(300);
    assert_eq!(kind(&format!("<office:text>{nested}")), "too_large");
    assert_eq!(kind("<office:text><text:p>1"), "corrupt");
    assert_eq!(kind("<office:text></office:text>"), "empty");
    let many = cell("table:number-columns-repeated='1000'", &p("1"));
    let rows = format!("<table:table-row table:number-rows-repeated='1000'>{many}</table:table-row>");
    assert_eq!(kind(&format!("<office:text><table:table>{rows}</table:table></office:text>")), "too_large");
}
