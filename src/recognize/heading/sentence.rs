//! Organization and year in the sentences around a table.
//!
//! In: lines of text. Out: clues from titles within sentences, the period of the statistics, the publisher of a page and
//! the signature of the report. Called by [`super::heading`].

use super::clues::{Clue, Clues, Origin};
use super::lines::TextLine;
use super::name::{certain_name, complete, without_years};
use super::years::{year_ranges, years};
use crate::text::fold::simplify;
use crate::text::words::words;

/// Longer lines are whole files; sentences with a title or a period are in paragraphs.
const MAX_PARAGRAPH_BYTES: usize = 6000;

/// The first and last day of a year stand at most this many characters apart: 2022年1月1日（含）起，至2022年12月31日.
const MAX_PERIOD_GAP: usize = 16;

/// Adds what the sentences of the lines say.
pub(super) fn sentences<'l, 't: 'l>(lines: impl Iterator<Item = &'l TextLine<'t>>, clues: &mut Clues) {
    for line in lines.filter(|line| line.text.len() <= MAX_PARAGRAPH_BYTES) {
        let holds = |list: &[String]| list.iter().any(|word| line.text.contains(word.as_str()));
        let has_month = line.text.contains('月');
        if has_month && (line.text.contains("12月31日") || line.text.contains("十二月三十一日")) {
            let year = period_year(line.text).map(|value| clue(value, Origin::Period, line));
            clues.years.extend(year);
        }
        if holds(&words().publisher_labels) {
            let publisher = publisher(line.text).map(|value| clue(value, Origin::Publisher, line));
            clues.organizations.extend(publisher);
        }
        if line.text.contains('报') || line.text.contains('報') {
            let (organization, year) = title_in_sentence(line.text);
            clues.organizations.extend(organization.map(|value| clue(value, Origin::Sentence, line)));
            clues.years.extend(year.map(|value| clue(value, Origin::Sentence, line)));
        }
    }
}

/// Adds the signatures: a line that is only a name, above a line that is only a date.
pub(super) fn signatures(lines: &[TextLine<'_>], clues: &mut Clues) {
    for pair in lines.windows(2).filter(|pair| is_date(pair[1].text)) {
        let compact: String = pair[0].text.split_whitespace().collect();
        clues.organizations.extend(certain_name(&compact).map(|value| clue(value, Origin::Signature, &pair[0])));
    }
}

fn clue<T>(value: T, origin: Origin, line: &TextLine<'_>) -> Clue<T> {
    Clue { value, origin, at: Some(line.at.clone()) }
}

/// Whether a text is only a date: 2023年1月20日.
fn is_date(text: &str) -> bool {
    let compact: String = text.split_whitespace().collect();
    let [(_, 0, end)] = year_ranges(&compact)[..] else { return false };
    let rest = &compact[end..];
    rest.ends_with('日')
        && rest.contains('月')
        && rest.chars().all(|c| c.is_numeric() || "月日一二三四五六七八九十〇".contains(c))
}

/// Organization and year of the title of a report within a sentence.
pub(super) fn title_in_sentence(text: &str) -> (Option<String>, Option<i32>) {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let simple = simplify(&text);
    let words = words();
    let (mut organization, mut year, mut is_found) = (None, None, false);
    // The longest first: 政府信息公开 before 信息公开.
    for stop in &words.organization_stop {
        for (start, _) in simple.match_indices(stop.as_str()) {
            let Some(years_behind) = report_behind(&simple[start + stop.len()..]) else { continue };
            is_found = true;
            let Some(before) = text.get(..start) else { continue };
            let segment = last_segment(before);
            let name = without_years(segment);
            let name = name.strip_suffix('的').unwrap_or(&name).to_owned();
            organization = organization.or_else(|| certain_name(&complete(name, stop)));
            year = year.or_else(|| years(segment).first().copied()).or(years_behind);
        }
        if is_found {
            break;
        }
    }
    (organization, year)
}

/// Whether the words of a report's title are behind 政府信息公开, and the year between them, if there is one. None for the
/// title of a rule about reports.
fn report_behind(rest: &str) -> Option<Option<i32>> {
    let (year, rest) = match year_ranges(rest).first() {
        Some((year, 0, end)) => (Some(*year), &rest[*end..]),
        _ => (None, rest),
    };
    let words = words();
    let after = words.report_words.iter().filter_map(|word| rest.strip_prefix(word.as_str()));
    let after = after.min_by_key(|after| after.len())?;
    (!words.report_rule_words.iter().any(|word| after.starts_with(word.as_str()))).then_some(year)
}

/// What a sentence says directly before a place: behind the last mark, without the verb.
fn last_segment(before: &str) -> &str {
    let words = words();
    let segment =
        before.rsplit(['，', '。', '；', '：', '、', '《', '“', '‘', '（', '(', ',', ':', ';']).next().unwrap_or("");
    let ends = words.announcements.iter().filter_map(|word| Some(segment.rfind(word.as_str())? + word.len()));
    let mut segment = ends.max().map_or(segment, |end| &segment[end..]);
    while let Some(rest) = words.announcement_starts.iter().find_map(|word| segment.strip_prefix(word.as_str())) {
        segment = rest;
    }
    segment
}

/// The year of a period from its first to its last day: 统计期限为2024年1月1日至2024年12月31日.
pub(super) fn period_year(text: &str) -> Option<i32> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let words = words();
    if !words.period_labels.iter().any(|label| compact.contains(label.as_str())) {
        return None;
    }
    let first = ["1月1日", "01月01日", "一月一日"];
    let last = ["12月31日", "十二月三十一日"];
    year_ranges(&compact).into_iter().find_map(|(year, _, end)| {
        let rest = first.iter().find_map(|day| compact[end..].strip_prefix(day))?;
        let stop = last.iter().filter_map(|day| rest.find(day)).min()?;
        let between = &rest[..stop];
        (between.chars().count() <= MAX_PERIOD_GAP && years(between).iter().all(|other| *other == year)).then_some(year)
    })
}

/// The publisher of a page: 发布机构：安宁县教育局.
fn publisher(text: &str) -> Option<String> {
    words().publisher_labels.iter().find_map(|label| {
        let rest = text[text.find(label.as_str())? + label.len()..].trim_start();
        let rest = rest.strip_prefix(['】', ']']).unwrap_or(rest).trim_start();
        let rest = rest.strip_prefix(['：', ':'])?.trim_start();
        certain_name(rest.split(|c: char| c.is_whitespace() || "|丨，,；;".contains(c)).next()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_within_sentences_name_organization_and_year() {
        for (sentence, organization, year) in [
            (
                "根据《中华人民共和国政府信息公开条例》，现公布安宁县农业农村局政府信息公开工作年度报告。",
                Some("安宁县农业农村局"),
                None,
            ),
            ("按照要求，编制安平乡2022年度政府信息公开工作年度报告。", Some("安平乡"), Some(2022)),
            ("现将安宁县人民政府信息公开2021年度报告予以公布", Some("安宁县人民政府"), Some(2021)),
            ("特向社会公布2023年红旗镇政府信息公开年度报告", Some("红旗镇"), Some(2023)),
            ("现将我局2022年政府信息公开工作情况报告如下", None, Some(2022)),
            ("依据《中华人民共和国政府信息公开工作年度报告格式》编制", None, None),
            (
                "安宁县委机构编制委员会办公室2022年政府信息公开工作年度报告",
                Some("安宁县委机构编制委员会办公室"),
                Some(2022),
            ),
            ("2022年，我县继续推进政府信息公开工作，取得成效", None, None),
        ] {
            assert_eq!(title_in_sentence(sentence), (organization.map(str::to_owned), year), "{sentence}");
        }
    }

    #[test]
    fn a_period_is_a_whole_year() {
        assert_eq!(period_year("本报告所列数据的统计期限为2022年1月1日至2022年12月31日。"), Some(2022));
        assert_eq!(period_year("数据的统计期限自 2022 年 1 月 1 日起，至 12 月 31 日止"), Some(2022));
        assert_eq!(period_year("统计期限为2021年1月1日至2022年12月31日"), None);
        assert_eq!(period_year("合同自2022年1月1日至2022年12月31日有效"), None);
    }

    #[test]
    fn publishers_and_signatures_are_names() {
        assert_eq!(publisher("发布机构：安宁县教育局 发布日期：2023-01-12").as_deref(), Some("安宁县教育局"));
        assert_eq!(publisher("来源：本站"), None);
        assert!(is_date("2023年1月20日") && is_date("二〇二三年一月二十日"));
        assert!(!is_date("2023年") && !is_date("截至2023年1月20日"));
    }
}
