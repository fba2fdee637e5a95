//! The title of a table and the organization that it names.
//!
//! In: the lines above a table. Out: the title, and what is before 政府信息公开 in it. Called by [`super::heading`].

use super::lines::{LINES_ABOVE, TextLine, last_crumb};
use super::name::{before_subject, clean_name, is_named};
use super::years::years;
use crate::document::{Location, PageBox};
use crate::text::find;
use crate::text::fold::simplify;
use crate::text::label;
use crate::text::words::words;

/// Longer texts are no titles.
pub(super) const MAX_TITLE: usize = 100;

/// A line of a broken title is at least so long, as part of the line below.
const FULL_LINE: f64 = 0.75;

/// The title nearest above the table: the number of its first line and its text, its lines joined if it is broken.
pub(super) fn title(before: &[TextLine<'_>]) -> Option<(usize, String)> {
    let words = words();
    for (index, line) in before.iter().enumerate().rev().take(LINES_ABOVE) {
        let joined: String = last_crumb(line.text).split(['\n', '\r']).map(str::trim).collect();
        let simple = simplify(&joined);
        let ends = words.title_endings.iter().filter_map(|ending| Some(find(&simple, ending)? + ending.len()));
        let Some(end) = ends.min() else { continue };
        let mut title = joined[..end].to_owned();
        let subject = |simple: &str| words.title_subjects.iter().any(|subject| simple.contains(subject.as_str()));
        let mut first = index;
        let whole = subject(&simple[..end]) && (!years(&title).is_empty() || organization_in_title(&title).is_some());
        // A title broken over two lines: the first is only an organization or a year.
        if let Some(above) = index.checked_sub(1).map(|above| &before[above]).filter(|_| !whole) {
            let text: String = above.text.split_whitespace().collect();
            let short =
                text.chars().count() <= 30 && !is_attachment(&text) && !text.ends_with(['。', '：', ':', '；', '，']);
            if short && (is_named(&text) || !years(&text).is_empty()) && !text.contains("报告") {
                title = format!("{text}{title}");
                first = index - 1;
            }
        }
        let first = lines_above(before, first, &mut title);
        if subject(&simplify(&title)) && title.chars().count() <= MAX_TITLE {
            return Some((first, without_attachment(&title).to_owned()));
        }
    }
    None
}

/// Adds the lines above that are of one text with the first line of a title; returns the first of them.
///
/// Where the title names an organization already, only a line that is full and does not name it: the name of who publishes
/// it may stand above in the same size.
fn lines_above(before: &[TextLine<'_>], mut first: usize, title: &mut String) -> usize {
    let names_subject = |text: &str| words().title_subjects.iter().any(|subject| text.contains(subject.as_str()));
    while let Some(above) = first.checked_sub(1).filter(|above| continues(&before[*above], &before[above + 1])) {
        let text: String = before[above].text.split_whitespace().collect();
        let length = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count() as f64;
        let is_separate = organization_in_title(title).is_some_and(|name| {
            length(&text) < length(before[first].text) * FULL_LINE || text.contains(&name) || name.starts_with(&text)
        });
        let is_other =
            is_attachment(&text) || names_subject(&simplify(&text)) || text.contains(['。', '：', ':', '；', '，']);
        if is_separate || is_other {
            break;
        }
        title.insert_str(0, &text);
        first = above;
    }
    first
}

/// Whether a line is of one text with the line above: in one paragraph, or as high and right below it in the middle of a page.
fn continues(above: &TextLine<'_>, below: &TextLine<'_>) -> bool {
    match (above.at, below.at) {
        (Location::Paragraph { paragraph: one }, Location::Paragraph { paragraph: other }) => one == other,
        (
            Location::PageLine { page: one, area: PageBox([left, top, right, bottom]), .. },
            Location::PageLine {
                page: other, area: PageBox([other_left, other_top, other_right, other_bottom]), ..
            },
        ) => {
            let (height, other_height) = (bottom - top, other_bottom - other_top);
            let is_centered = ((left + right) - (other_left + other_right)).abs() <= height;
            let is_below = (0..=height).contains(&(other_top - bottom).max(0)) && other_top > top;
            one == other && (height - other_height).abs() <= 1 && is_centered && is_below
        }
        _ => false,
    }
}

fn is_attachment(text: &str) -> bool {
    without_attachment(text).is_empty()
        || (words().attachments.iter().any(|mark| text.starts_with(mark.as_str())) && text.chars().count() <= 4)
}

/// A title without the mark and ordinals before it: `附件1：`, `附：1、`, `六、`.
fn without_attachment(title: &str) -> &str {
    let mut rest = title.trim();
    if let Some(mark) = words().attachments.iter().find(|mark| rest.starts_with(mark.as_str())) {
        let after = &rest[mark.len()..];
        let number = after
            .trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十０１２３４５６７８９".contains(c));
        // 附件2015年… has no number of its own.
        let number = if number.starts_with('年') { after } else { number };
        rest = number.trim_start_matches([':', '：', '、', '.', ' ', '\u{3000}', '-', '—']);
    }
    label::without_ordinal(rest).trim()
}

/// The organization in a title: the text before 政府信息公开 without the year.
pub(super) fn organization_in_title(title: &str) -> Option<String> {
    let title: String = without_attachment(title).chars().filter(|c| !c.is_whitespace()).collect();
    clean_name(&before_subject(&title)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_organization_and_year() {
        for (title, organization, year) in [
            ("2017年度中庄镇政府信息公开工作情况统计表", Some("中庄镇"), Some(2017)),
            ("示例镇2016年度政府信息公开情况统计表", Some("示例镇"), Some(2016)),
            ("附件：示例局2018年政府信息公开情况统计表", Some("示例局"), Some(2018)),
            ("安宁县红旗镇人民政府2015年度政府信息公开工作情况统计表", Some("安宁县红旗镇人民政府"), Some(2015)),
            ("安宁县人民政府信息公开情况统计表（2016年度）", Some("安宁县人民政府"), Some(2016)),
            ("2015年度政府信息公开情况统计表", None, Some(2015)),
            ("示例鎮2017年度政府信息公開情況統計表", Some("示例鎮"), Some(2017)),
            ("附件1：平潭综合实验区管委会 2011年政府信息公开情况统计表", Some("平潭综合实验区管委会"), Some(2011)),
            ("六、平潭综合实验区政府信息公开情况统计表", Some("平潭综合实验区"), None),
            ("附件2：2025年示例局政府信息公开情况统计表", Some("示例局"), Some(2025)),
            ("附件2025年示例局政府信息公开情况统计表", Some("示例局"), Some(2025)),
            ("示例局二〇一七年度政府信息公开情况统计表", Some("示例局"), Some(2017)),
            ("示例局政府信息公开情况统计表（二O一六年）", Some("示例局"), Some(2016)),
            ("Sheet1政府信息公开情况统计表", None, None),
            ("＿＿＿＿年度＿＿＿＿政府信息公开工作情况统计表", None, None),
            ("＿＿＿＿年度示例局政府信息公开工作情况统计表", Some("示例局"), None),
        ] {
            assert_eq!(organization_in_title(title).as_deref(), organization, "{title}");
            assert_eq!(years(title).first().copied(), year, "{title}");
        }
    }

    #[test]
    fn lines_of_one_title_are_joined_and_the_name_above_is_not() {
        let title_of = |lines: &[&str]| {
            let places: Vec<Location> = (0..)
                .zip(lines)
                .map(|(at, text)| {
                    let half = text.chars().count() as i32 * 11;
                    let area = PageBox([300 - half, 100 + at * 29, 300 + half, 122 + at * 29]);
                    Location::PageLine { page: 1, line: at as u32 + 1, area }
                })
                .collect();
            let lines: Vec<TextLine<'_>> = lines.iter().zip(&places).map(|(text, at)| TextLine { text, at }).collect();
            title(&lines).unwrap().1
        };
        let broken = [
            "东风市新技术产业开发区生态环境综",
            "合治理与可持续发展事务管理委员会",
            "办公室政策研究处2021年",
            "政府信息公开工作年度报告统计表",
        ];
        assert_eq!(title_of(&broken), broken.concat());
        let own = "中庄镇2017年度政府信息公开工作情况统计表";
        for above in ["安宁县公开领导小组", "中庄镇人民政府", "附件1", "2018年1月"] {
            assert_eq!(title_of(&[above, own]), own, "{above}");
        }
    }
}
