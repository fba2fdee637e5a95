use super::*;
use crate::read::drawn;

/// Paragraphs as text, tables as cells with their ranges; the codes of findings with their texts.
fn drawn(body: &str) -> (Vec<String>, Vec<String>) {
    let (parts, findings) = read(format!("{{\\rtf1\\ansi\\ansicpg936\\uc1 {body}}}").as_bytes()).unwrap();
    let argument =
        |found: &Finding, name| found.arguments().find(|(key, _)| *key == name).map(|(_, text)| text.to_owned());
    let shown = |found: &Finding| argument(found, "text").or(argument(found, "count")).unwrap_or_default();
    let codes = findings.iter().map(|found| format!("{} {}", found.code, shown(found))).collect();
    (parts.iter().map(drawn::drawn).collect(), codes)
}

fn texts(body: &str) -> Vec<String> {
    drawn(body).0
}

#[test]
fn moved_text_and_text_for_older_programs_are_left_out() {
    assert_eq!(drawn(r"4{\mvf 9}6\par {\upr{99}{\*\ud{46}}}\par").0, ["46", "46"]);
}

#[test]
fn text_is_decoded_by_code_page_font_and_unicode() {
    for (body, expected) in [
        ("\\'bc\\'d7\\'d2\\'d2\\par", "甲乙"),
        // The second byte may be a letter.
        ("\\'81@\\'84\\'5c\\par", "丂刓"),
        ("\\u30002\\'bc\\u20057?1\\par", "甲乙1"),
        ("\\uc2 \\u30002\\'bc\\'d7\\uc0\\u20057 2\\par", "甲乙2"),
        ("\\u-10179?\\u-8703?\\par", "\u{1f601}"),
        ("{\\fonttbl{\\f0\\fcharset0 A;}{\\f3\\fcharset136 B;}}\\f3\\'a5\\'d2\\f0\\'bc\\'d7\\par", "甲甲"),
        ("a\\~b\\_c\\-d\\emdash\\{\\}\\\\\\par", "a\u{a0}b-cd—{}\\"),
        ("{\\b 1}{\\i\\v0 2}\\par", "12"),
    ] {
        assert_eq!(texts(body), [expected], "{body}");
    }
}

#[test]
fn merged_cells_span_by_edges_and_by_marks() {
    let body = "\\pard A\\par\
        \\trowd\\trleft-10\\cellx2000\\cellx4000\\cellx6000\\pard\\intbl h\\cell x\\line y\\cell z\\cell\\row\
        \\trowd\\trleft-10\\clvmgf\\cellx2005\\cellx6000\\intbl v\\cell wide\\cell\\row\
        \\trowd\\trleft-10\\clvmrg\\cellx2000\\clmgf\\cellx4000\\clmrg\\cellx6000\\intbl\\cell m\\cell lost\\cell\\row\
        \\pard B\\par";
    let (parts, codes) = drawn(body);
    assert_eq!(parts, ["A", "[A1=h B1=x⏎y C1=z A2:A3=v B2:C2=wide B3:C3=m]", "B"]);
    assert_eq!(codes, ["XG337 lost"]);
}

#[test]
fn nested_tables_are_tables_of_their_own() {
    let nested = "\\trowd\\cellx3000\\cellx6000\\pard\\intbl\\itap2 a\\nestcell b\\nestcell\
        {\\*\\nesttableprops\\trowd\\cellx1000\\cellx2000\\nestrow}{\\nonesttables\\par}\
        \\pard\\intbl\\itap1\\cell\\pard\\intbl r\\cell\\row\\pard\\par";
    assert_eq!(texts(nested), ["[A1=a B1=b]", "r"]);
    // Two tables with an empty paragraph between them, the second without \intbl.
    let two = "\\trowd\\cellx1\\cellx900\\pard\\intbl a\\cell b\\cell\\row\\pard\\par\\trowd\\cellx100\\cellx900 c\\cell d\\cell\\row\\pard e";
    assert_eq!(texts(two), ["[A1=a B1=b]", "[A1=c B1=d]", "e"]);
}

#[test]
fn what_does_not_show_is_left_out_and_named() {
    let body = "1{\\v 9}{\\strike 8}{\\deleted 7}2{\\super 3}\\par{\\header top\\par}{\\footnote note\\par}\
        {\\pict\\bin3 }}}}{\\*\\unknown x}{\\*\\shppict{\\pict 00}}{\\nonshppict{\\pict 00}}{\\listtext 1.}y\\par";
    let (parts, codes) = drawn(body);
    assert_eq!(parts, ["12 3", "y"]);
    assert_eq!(codes, ["XG334 9", "XG335 8", "XG394 top", "XG395 note", "XG397 2"]);
}

#[test]
fn text_boxes_with_a_table_are_read_behind_their_paragraph() {
    let shape = |text: &str| {
        format!("{{\\shp{{\\*\\shpinst\\shpleft1{{\\sp{{\\sn a}}{{\\sv 5}}}}{{\\shptxt {text}}}}}{{\\shprslt no}}}}")
    };
    let table = "\\trowd\\cellx9\\cellx900\\pard\\intbl a\\cell 1\\cell\\row\\pard\\par";
    let (parts, codes) = drawn(&format!("before{} after\\par next\\par{}", shape(table), shape("77")));
    assert_eq!(parts, ["before after", "[A1=a B1=1]", "next"]);
    assert_eq!(codes, ["XG336 77", "XG396 a\n1"]);
    let (two, codes) = drawn(&format!("{}{}next\\par", shape("one\\par"), shape("two\\par")));
    assert_eq!((two, codes), (vec!["next".into(), "one".into(), "two".into()], vec!["XG396 one".into()]));
    let in_cell = format!("\\trowd\\cellx9\\cellx900\\pard\\intbl x{}\\cell 1\\cell\\row\\pard z", shape("words"));
    assert_eq!(drawn(&in_cell), (vec!["[A1=x B1=1]".into(), "z".into()], vec!["XG336 words".into()]));
}

#[test]
fn fields_give_their_result_their_choice_or_their_instruction() {
    let field =
        |instruction: &str, result: &str| format!("{{\\field{{\\*\\fldinst {instruction}}}{{\\fldrslt {result}}}}}");
    let list = "FORMDROPDOWN {\\*\\formfield{\\fftype2\\ffres1{\\*\\ffname L}{\\*\\ffl 3}{\\*\\ffl 5}}}";
    let cells = [field("=A1", "7"), field("=SUM(ABOVE)", ""), field(list, ""), field("FORMTEXT", "")];
    let row: String = cells.iter().map(|cell| format!("{cell}\\cell ")).collect();
    let body = format!("\\trowd\\cellx100\\cellx200\\cellx300\\cellx400\\pard\\intbl {row}\\row\\pard");
    assert_eq!(texts(&body), ["[A1=7 B1={=SUM(ABOVE)} C1=5 D1=]"]);
}

#[test]
fn hostile_and_cut_files_are_refused() {
    let kind = |bytes: &[u8]| read(bytes).unwrap_err().into_kind().name();
    assert_eq!(kind(b"{\\rtf1 a"), "corrupt");
    assert_eq!(kind(b"{\\rtf1 }"), "empty");
    assert_eq!(kind(&b"{".repeat(100_000)), "too_large");
    assert_eq!(kind(b"{\\rtf1 \\itap100000 a\\par}"), "too_large");
    let shared = "\\trowd".to_owned() + &"\\cellx5".repeat(1000) + &"\\cell\\row\\clmrg\\cellx6".repeat(2000);
    assert_eq!(kind(format!("{{\\rtf1{shared}}}").as_bytes()), "too_large");
}
