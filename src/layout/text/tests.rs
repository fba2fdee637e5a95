use proptest::prelude::*;

use super::balance::balanced_lines;
use super::*;

/// A size at which a hanzi is 1 mm wide.
const STYLE: TextStyle = TextStyle { font: FontRole::Body, size: 72.0 / 25.4 };

fn lines(text: &str, width: f64) -> Vec<&str> {
    break_lines(text, STYLE, width, &EastAsianWidth).into_iter().map(|line| &text[line]).collect()
}

#[test]
fn text_breaks_where_chinese_text_may() {
    for (text, width, expected) in [
        ("", 5.0, &[""][..]),
        ("统计数", 3.0, &["统计数"]),
        ("一\n\n二", 5.0, &["一", "", "二"]),
        ("一\r\n二\n", 5.0, &["一", "二", ""]),
        // 避头尾
        ("一二三四，五六七八", 4.0, &["一二三", "四，五六", "七八"]),
        ("一二三（四五）六七八", 4.0, &["一二三", "（四五）", "六七八"]),
        ("一二三四）。五六七", 4.0, &["一二三", "四）。五", "六七"]),
        ("见“政府公开”第一条", 3.0, &["见“政", "府公", "开”第", "一条"]),
        ("参见“政府”第一条", 3.0, &["参见", "“政", "府”第", "一条"]),
        // digits and Latin words stay whole
        ("共2017年度ABCD件数", 4.0, &["共2017年", "度ABCD", "件数"]),
        ("经费251000.50元整", 4.0, &["经费", "251000.5", "0元整"]),
        ("经费251000.50元整", 5.0, &["经费", "251000.50", "元整"]),
        // a word wider than the line
        ("ABCDEFGHIJ", 2.0, &["ABCD", "EFGH", "IJ"]),
        ("（（（（一）））", 2.0, &["（（", "（（", "一）", "））"]),
        ("商业企业", 0.1, &["商", "业", "企", "业"]),
        // white space at breaks
        ("一二三   四五六", 3.0, &["一二三", "四五六"]),
        ("一二三　　　　", 3.0, &["一二三"]),
        ("填报　日期", 5.0, &["填报　日期"]),
        // no lost last line
        ("商业企业", 3.0, &["商业", "企业"]),
        ("法律服务机构数", 6.0, &["法律服务", "机构数"]),
        ("数量（不同渠道计1次）", 9.0, &["数量（不同渠", "道计1次）"]),
        ("一二三四五、六七八九", 8.0, &["一二三四五、", "六七八九"]),
        ("其他", 1.0, &["其", "他"]),
    ] {
        let expected: Vec<_> = expected.to_vec();
        assert_eq!(lines(text, width), expected, "{text:?} in {width}");
    }
}

#[test]
fn official_labels_break_well() {
    for (text, width, expected) in [
        (
            "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）",
            28.0,
            ["（一）主动公开政府信息数", "（不同渠道和方式公开相同信息计1条）"],
        ),
        (
            "（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）",
            33.0,
            ["（一）回应公众关注热点或重大舆情数", "（不同方式回应同一热点或舆情计1次）"],
        ),
        (
            "（三）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）",
            27.0,
            ["（三）政府信息公开专项经费（不包括用于政府公报编辑管理", "及政府网站建设维护等方面的经费）"],
        ),
    ] {
        assert_eq!(lines(text, width), expected);
    }
}

#[test]
fn widths_are_in_mm() {
    let style = TextStyle { font: FontRole::Body, size: 12.0 };
    let width = text_width("统计12", style, &EastAsianWidth);
    assert!((width - 3.0 * 12.0 * 25.4 / 72.0).abs() < 1e-9, "{width}");
    assert_eq!(text_width("e\u{301}", STYLE, &EastAsianWidth), text_width("e", STYLE, &EastAsianWidth));
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[一二三四五六统计公开]{1,6}",
        "[0-9]{1,4}(\\.[0-9]{1,2})?",
        "[A-Za-z]{1,8}",
        "[，。、；：（）《》“”—…·％/ 　\u{301}\u{200d}\t\n\r]{1,3}",
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide(text in texts(), width in 0.0f64..20.0) {
        let broken = break_lines(&text, STYLE, width, &EastAsianWidth);
        prop_assert!(!broken.is_empty());
        let mut end = 0;
        for line in &broken {
            prop_assert!(line.start >= end && line.start <= line.end);
            prop_assert!(text[end..line.start].chars().all(char::is_whitespace), "{:?}", &text[end..line.start]);
            end = line.end;
        }
        prop_assert!(text[end..].chars().all(char::is_whitespace));
        for line in broken {
            let line = &text[line];
            prop_assert!(!line.contains('\n'));
            let breakable = line.char_indices().skip(1).any(|(at, c)| {
                !stays_with_previous(c) && !line[..at].chars().next_back().is_some_and(opens)
                    && EastAsianWidth.advance(STYLE.font, c) > 0.0
            });
            prop_assert!(!breakable || text_width(line, STYLE, &EastAsianWidth) <= width + 1e-3, "{line:?}");
        }
    }

    #[test]
    fn a_text_of_one_line_is_broken_like_any_other(text in "[一二a1，（ \u{3000}\r\u{b}\u{2028}]{0,12}", width in 0.0f64..12.0) {
        let mut lines = Vec::new();
        Paragraph::new(&text, STYLE, &EastAsianWidth).lines(width + TOLERANCE, 0, &mut lines);
        prop_assert_eq!(break_lines(&text, STYLE, width, &EastAsianWidth), lines);
    }

    #[test]
    fn lines_begin_and_end_as_they_may(text in "[一二三四五六七八九十a-z0-9，。；：、（）《》“” ]{0,60}", width in 8.0f64..20.0) {
        let lines = lines(&text, width);
        for pair in lines.windows(2) {
            let before = pair[0].chars().next_back();
            let after = pair[1].chars().next();
            if before.is_some_and(opens) || after.is_some_and(stays_with_previous) {
                // Only a line of nothing but brackets and punctuation allows no other break.
                let mut bound = pair[0].chars().zip(pair[0].chars().skip(1));
                prop_assert!(bound.all(|(before, c)| stays_with_previous(c) || opens(before)), "{pair:?}");
            }
        }
    }
}

#[test]
fn titles_break_into_balanced_lines_at_pauses() {
    let titled = |text: &'static str, width: f64, pauses: &[usize]| -> Vec<&str> {
        let ranges = balanced_lines(text, STYLE, width, pauses, &EastAsianWidth);
        assert_eq!(ranges.iter().map(|range| &text[range.clone()]).collect::<String>(), text);
        ranges.into_iter().map(|range| &text[range]).collect()
    };
    let long = "东风市新技术产业开发区管理委员会办公室2023年政府信息公开工作年度报告统计表";
    let office = long.find("2023").unwrap();
    let subject = long.find("政府信息").unwrap();
    assert_eq!(titled(long, 40.0, &[]), [long]);
    let [first, second] = titled(long, 22.0, &[office, subject])[..] else { panic!("two lines") };
    assert_eq!((first, second), (&long[..office], &long[office..]));
    // A number stays with the 年 behind it, and words without places for breaks break anyway.
    for width in 3..20 {
        for line in titled(long, f64::from(width), &[office, subject]) {
            assert!(text_width(line, STYLE, &EastAsianWidth) <= f64::from(width) + TOLERANCE, "{width}: {line}");
            assert!(!line.starts_with('年'), "{width}: {line}");
        }
    }
    assert_eq!(titled("ABCDEFGHIJ", 2.0, &[]), ["ABCD", "EFGH", "IJ"]);
    assert_eq!(titled("一二三四五六七八九", 8.0, &[]).len(), 2);
}

proptest! {
    #[test]
    fn balanced_lines_cover_the_text_in_the_fewest_lines(text in "[一二三政府（）、0-9 A]{1,60}", width in 2u32..30) {
        let ranges = balanced_lines(&text, STYLE, f64::from(width), &[], &EastAsianWidth);
        let joined: String = ranges.iter().map(|range| &text[range.clone()]).collect();
        prop_assert_eq!(joined, text.clone());
        prop_assert!(ranges.len() <= text.chars().count());
    }
}
