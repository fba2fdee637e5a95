use super::*;
use crate::report::CellValue;
use crate::write::sample;

/// A report of 2021 in which some values have some numbers and all others are 0.
fn report(numbers: &[(&str, i64)]) -> Report {
    let mut report = sample::matrix("2021", 0);
    for value in &mut report.values {
        let number = numbers.iter().find(|(id, _)| value.id.as_deref() == Some(*id)).map_or(0, |(_, number)| *number);
        value.cell = CellValue::Number(number.into());
    }
    report
}

fn text(this: &[(&str, i64)], last: Option<&[(&str, i64)]>, own: &OwnText) -> String {
    let last = last.map(report);
    let text = report_text(&report(this), last.as_ref(), own);
    let all = text.before.iter().chain(&text.after);
    all.map(|paragraph| format!("{}{}\n", paragraph.heading, paragraph.text)).collect()
}

const SOME: [(&str, i64); 9] = [
    ("normative.issued", 7),
    ("normative.in_force", 31),
    ("licences.decisions", 1263),
    ("requests.new.total", 50),
    ("requests.carried_in.total", 4),
    ("handled.granted.total", 23),
    ("handled.unable.not_held.total", 7),
    ("handled.total.total", 48),
    ("requests.carried_out.total", 6),
];

#[test]
fn figures_are_compared_in_correct_words() {
    let none = OwnText::default();
    insta::with_settings!({ snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false }, {
        let less = [("requests.new.total", 60), ("normative.issued", 7), ("licences.decisions", 1000)];
        insta::assert_snapshot!("report_text__rising_and_falling", text(&SOME, Some(&less), &none));
        insta::assert_snapshot!("report_text__zero", text(&[], Some(&SOME), &none));
        insta::assert_snapshot!("report_text__alone", text(&SOME, None, &none));
    });
}

#[test]
fn a_rate_of_nothing_is_left_out_and_a_fall_to_zero_said() {
    let this = [("requests.new.total", 100_001), ("handled.other.other.total", 1)];
    let last = [("requests.new.total", 100_000), ("penalties.decisions", 20)];
    let text = text(&this, Some(&last), &OwnText::default());
    assert!(text.contains("本年新收政府信息公开申请100001件，比上年增加1件。"), "{text}");
    assert!(text.contains("全年未作出行政处罚决定，上年为20件。"), "{text}");
    assert!(text.contains("其他处理1件"), "{text}");
    assert!(!text.contains("行政许可"), "{text}");
}

#[test]
fn what_a_person_wrote_takes_the_place_of_blanks() {
    let names = blanks();
    let written: String = names.iter().map(|name| format!("## {name}\n\n{name}的文字。\n\n")).collect();
    let own = OwnText::parse(&written, &names, &sections()).unwrap();
    let text = text(&SOME, None, &own);
    assert!(!text.contains("请填写"), "{text}");
    assert!(text.contains("（三）政府信息管理。政府信息管理的文字。"));
    assert!(text.contains("请与中庄镇联系（地址、邮政编码和电话的文字）。"));
}

#[test]
fn markdown_becomes_plain_paragraphs() {
    let read = |text: &str| OwnText::parse(text, &blanks(), &sections()).unwrap().get("主动公开").to_vec();
    assert_eq!(read("#主动公开\n1. 考核\n2. 培训**3次**\n\n- 会议\n- 检查"), ["1.考核", "2.培训3次", "会议", "检查"]);
    assert_eq!(read("# 主动公开\n　　第一行，\n第二行。\n\n    缩进的段落。"), ["第一行，第二行。", "缩进的段落。"]);
    assert_eq!(
        read("# 主动公开\n见[网站](https://example.org)，a<b>c & 5*3"),
        ["见网站（https://example.org），a<b>c & 5*3"]
    );
    assert_eq!(read("# 一、总体情况\n## 主动公开：\n甲\n## 监督保障\n乙\n## 主动公开\n丙"), ["甲", "丙"]);
    assert_eq!(read("# 主动公开\n图表&amp;文字\\*"), ["图表&文字*"]);
}

#[test]
fn headings_of_no_blank_are_refused() {
    let names = blanks();
    assert_eq!(
        OwnText::parse("# （三）政府信息管理。\n甲\n乙\n\n丙\n", &names, &sections()).unwrap().get("政府信息管理"),
        ["甲乙", "丙"]
    );
    assert_eq!(OwnText::parse("# 别的\n", &names, &sections()).unwrap_err(), "别的");
    assert_eq!(OwnText::parse("没有标题\n", &names, &sections()).unwrap_err(), "没有标题");
}

#[test]
fn an_empty_report_has_blanks_for_all_numbers() {
    let mut empty = report(&[]);
    empty.values.iter_mut().for_each(|value| value.cell = CellValue::Blank);
    empty.organization = None;
    let text = report_text(&empty, None, &OwnText::default());
    assert!(
        text.before.iter().any(|paragraph| paragraph.text.contains("本年新收政府信息公开申请〔请填写：数量〕件，"))
    );
    assert!(text.open_blanks() > 25);
}
