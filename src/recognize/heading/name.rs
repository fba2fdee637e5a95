//! Names of organizations: what is one, and what is not.
//!
//! In: a piece of text. Out: the name in it, if it can be one. Called by the other files of [`super`].

use super::years::{without_period, year_ranges};
use crate::text::fold::simplify;
use crate::text::words::words;

/// A name outside a title has at most this many characters; 国务院… names have fewer.
const MAX_NAME: usize = 30;

/// A name without the punctuation around it; none if nothing is left, or if it cannot be a name: 首页, 我局, Sheet1.
pub(super) fn clean_name(name: &str) -> Option<String> {
    let trimmed = |name: &str| -> String {
        let marks = |c: char| c.is_whitespace() || "《》“”\"'（）()【】[]：:，,。、；;—-－_＿.·#*|丨".contains(c);
        name.trim_matches(marks).to_owned()
    };
    // A title may have a blank to fill in for the year: ＿＿年度中庄镇.
    let has_blank_year = name.trim_start().starts_with(['＿', '_']);
    let name = trimmed(name);
    let rest = name.strip_prefix("年度").or_else(|| name.strip_prefix('年')).filter(|_| has_blank_year);
    let name = rest.map_or_else(|| name.clone(), trimmed);
    // Or behind the name: 中庄镇＿＿年.
    let before = name.strip_suffix("年度").or_else(|| name.strip_suffix('年'));
    let before = before.filter(|before| before.trim_end().ends_with(['＿', '_']));
    let name = before.map_or_else(|| name.clone(), trimmed);
    let name = name.strip_prefix("关于").map_or_else(|| name.clone(), trimmed);
    let is_name = name.chars().count() >= 2
        && name.chars().any(is_hanzi)
        && !name.contains(|c: char| ">＞»›→<：:？?！!，。；".contains(c) || c.is_control())
        && !words().organization_never.iter().any(|word| name.contains(word.as_str()))
        && !is_pronoun(&name);
    is_name.then_some(name)
}

/// Whether a name is a word for the organization itself: 我局, 本机关, 全县.
fn is_pronoun(name: &str) -> bool {
    let words = words();
    words.organization_pronouns.iter().filter_map(|pronoun| name.strip_prefix(pronoun.as_str())).any(|rest| {
        let is_mark = |list: &[String]| list.iter().any(|mark| mark == rest);
        is_mark(&words.organization_marks) || is_mark(&words.organization_pronoun_nouns)
    })
}

/// A name from a place where anything may stand: it must end as names do.
pub(super) fn certain_name(name: &str) -> Option<String> {
    let name = clean_name(name)?;
    let only_hanzi = name.chars().all(|c| is_hanzi(c) || "（）()·".contains(c));
    (only_hanzi && is_named(&name) && name.chars().count() <= MAX_NAME).then_some(name)
}

fn is_hanzi(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// Whether a text ends like the name of an organization.
pub(super) fn is_named(text: &str) -> bool {
    words().organization_marks.iter().any(|mark| text.ends_with(mark.as_str()))
}

/// The text before 政府信息公开 and the like in a title without white space, without years and parts of the year. A name that
/// has lost its end to the words after it (…人民政府信息公开…) gets it back.
pub(super) fn before_subject(title: &str) -> Option<String> {
    let words = words();
    // The name keeps its traditional characters.
    let simple = simplify(title);
    let stop = words.organization_stop.iter().find(|stop| simple.contains(stop.as_str()))?;
    Some(complete(without_years(&title[..simple.find(stop.as_str())?]), stop))
}

/// A text without its years and parts of the year.
pub(super) fn without_years(text: &str) -> String {
    let mut name = String::new();
    let mut from = 0;
    for (_, start, end) in year_ranges(text) {
        name.push_str(&text[from..start]);
        from = end;
    }
    name.push_str(&text[from..]);
    without_period(&name)
}

/// A name with the end that it lost to the words after it.
pub(super) fn complete(mut name: String, stop: &str) -> String {
    for (end, missing) in &words().organization_completions {
        if name.ends_with(end.as_str()) && stop.starts_with(missing.as_str()) {
            name.push_str(missing);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn navigation_and_pronouns_are_no_names() {
        for text in [
            "您当前所在位置:首页>乡镇信息公开>",
            "字号：大 中 小",
            "发布日期2023-01-12",
            "我局",
            "本机关",
            "全县",
            "Sheet1",
            "统计表",
            "附件2",
            "（盖章）",
            "＿＿＿＿",
            "中华人民共和国",
        ] {
            assert_eq!(clean_name(text), None, "{text}");
        }
        for name in ["本溪市教育局", "全椒县人民政府", "示例镇", "各莫镇"] {
            assert_eq!(clean_name(name).as_deref(), Some(name));
        }
        for name in ["＿＿＿＿年度中庄镇", "中庄镇____年", "中庄镇 ＿＿ 年度", "中庄镇＿＿＿＿"]
        {
            assert_eq!(clean_name(name).as_deref(), Some("中庄镇"), "{name}");
        }
        assert_eq!(certain_name("安宁县教育局").as_deref(), Some("安宁县教育局"));
        assert_eq!(certain_name("继续推进公开"), None);
    }
}
