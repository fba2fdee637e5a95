//! Compares labels the way people do, regardless of ordinals, brackets and wording.
//!
//! In: a template's labels. Out: the [`Wording`]s to look for in a document. Called by [`crate::recognize`],
//! [`crate::compare`] and others. Texts must be folded ([`super::fold`]), except for [`without_ordinal`] and [`name`],
//! which also take printed labels.

use super::fold::fold;
use super::words::words;

/// A label without leading ordinals and 其中: `（一）收到申请数` becomes `收到申请数`.
pub(crate) fn without_ordinal(label: &str) -> &str {
    let mut rest = label.trim_start();
    while let Some(length) = one_ordinal(rest) {
        rest = rest[length..].trim_start();
    }
    rest
}

/// The name in a label: without ordinals and footnote marks, and of a count of a quoted term (“…”数) only the term.
pub(crate) fn name(label: &str) -> &str {
    let name = without_ordinal(label).trim_end_matches([' ', '\u{3000}', '*', '＊', '※', '#']);
    let quoted = name.strip_prefix('“').and_then(|rest| rest.strip_suffix("”数"));
    quoted.filter(|term| !term.contains(['“', '”'])).unwrap_or(name)
}

/// The length in bytes of leading ordinals and 其中: `一、` `（一）` `1.` `(1)` `其中：`.
pub(crate) fn ordinal_length(text: &str) -> usize {
    text.len() - without_ordinal(text).len()
}

fn one_ordinal(text: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("其中") {
        let colon = rest.strip_prefix(['：', ':']).unwrap_or(rest);
        return Some(text.len() - colon.len());
    }
    let hanzi = |c: char| matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百');
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    if let Some(rest) = text.strip_prefix(['（', '(']) {
        let after = rest.trim_start_matches(|c| hanzi(c) || digit(c));
        let close = after.strip_prefix(['）', ')'])?;
        return (after.len() < rest.len() && rest.len() - after.len() <= 12).then(|| text.len() - close.len());
    }
    let after = text.trim_start_matches(hanzi);
    if after.len() < text.len() {
        return after.strip_prefix(['、', '.', '．']).map(|rest| text.len() - rest.len());
    }
    let after = text.trim_start_matches(digit);
    let digits = text[..text.len() - after.len()].chars().count();
    let rest = after.strip_prefix(['.', '．', '、', ')', '）']).filter(|_| (1..=2).contains(&digits))?;
    (!rest.starts_with(digit)).then(|| text.len() - rest.len())
}

/// The length in bytes of ordinals at the end of a text, before a label that was found without its ordinal.
pub(crate) fn ordinal_length_at_end(text: &str) -> usize {
    // Every ordinal ends with one of these characters, so most texts end the search here.
    if !text.ends_with(|last: char| last.is_whitespace() || "中：:）)、.．".contains(last)) {
        return 0;
    }
    let starts = text.char_indices().rev().take(12).map(|(start, _)| start);
    starts
        .filter(|start| ordinal_length(&text[*start..]) == text.len() - start)
        .last()
        .map_or(0, |start| text.len() - start)
}

/// All spellings of a folded ordinal, the longest first: `2.` is also written `2、`, `2)` and `(2)`.
pub(crate) fn ordinal_spellings(ordinal: &str) -> Vec<String> {
    let core = ordinal.trim_start_matches("其中").trim_start_matches(':');
    let group = &ordinal[..ordinal.len() - core.len()];
    let groups: &[&str] = if group.is_empty() { &[""] } else { &["其中:", "其中"] };
    let number = core.trim_matches(|c| "(),.、".contains(c));
    let mut spellings = vec![ordinal.to_owned()];
    for group in groups {
        if number.is_empty() {
            spellings.push((*group).to_owned());
            continue;
        }
        for (before, behind) in [("(", ")"), ("", ".、"), ("", "."), ("", "、"), ("", ")")] {
            spellings.push([group, before, number, behind].concat());
        }
    }
    spellings.retain(|spelling| !spelling.is_empty());
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    spellings.dedup();
    spellings
}

/// Folded text without brackets and their content.
pub(crate) fn without_brackets(folded: &str) -> String {
    if !folded.contains('(') {
        return folded.to_owned();
    }
    let mut out = String::with_capacity(folded.len());
    let mut depth = 0usize;
    for c in folded.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// How close a wording is to the official label, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Closeness {
    /// The official label.
    Exact,
    /// A known alias.
    Alias,
    /// One of these without the text in brackets.
    Folded,
    /// A similar text, if nothing else matches.
    Similar,
}

/// A wording of a row's label, folded and without ordinals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wording {
    /// The folded text.
    pub words: String,
    /// Its length in characters.
    pub characters: usize,
    /// How close it is to the official label.
    pub closeness: Closeness,
}

impl Wording {
    /// A wording with this folded text.
    pub(crate) fn new(words: String, closeness: Closeness) -> Self {
        Self { characters: words.chars().count(), words, closeness }
    }
}

/// The distinct wordings of a row, the closest first. `official` is the official label, folded and without ordinal;
/// `aliases` are as printed.
pub(crate) fn wordings(official: &str, aliases: &[String]) -> Vec<Wording> {
    let mut wordings: Vec<Wording> = Vec::with_capacity(aliases.len() + 2);
    let add = |wordings: &mut Vec<Wording>, words: String, closeness| {
        if !words.is_empty() && wordings.iter().all(|wording| wording.words != words) {
            wordings.push(Wording::new(words, closeness));
        }
    };
    add(&mut wordings, official.to_owned(), Closeness::Exact);
    for alias in aliases {
        let mut words = fold(alias);
        words.drain(..ordinal_length(&words));
        add(&mut wordings, words, Closeness::Alias);
    }
    for known in 0..wordings.len() {
        if wordings[known].words.contains('(') {
            let words = without_brackets(&wordings[known].words);
            add(&mut wordings, words, Closeness::Folded);
        }
    }
    wordings
}

/// The similarity of two folded labels from 0 to 1: 1 minus the edit distance divided by the longer length. One below
/// `least` may be 0 instead.
pub(crate) fn similarity(one: &str, other: &str, least: f64) -> f64 {
    let (one_length, other_length) = (one.chars().count(), other.chars().count());
    let (shorter, longer) = if one_length <= other_length { (one, other) } else { (other, one) };
    // Only characters that both have can stay. Most labels have few in common, and counting takes less time.
    let kept = shorter.chars().filter(|c| longer.contains(*c)).count();
    if (kept as f64) < least * one_length.max(other_length) as f64 {
        return 0.0;
    }
    strsim::normalized_levenshtein(one, other)
}

/// Whether two labels or headers cannot mean the same, however alike they are: only one is negated, or they have words of which one
/// is never a misspelling of the other.
pub(crate) fn contradict(one: &str, other: &str) -> bool {
    let words = words();
    let has = |label: &str, word: &String| label.contains(word.as_str());
    // 不予公开 is not 予以公开, and 未维持 is not 维持.
    words.negations.iter().any(|word| has(one, word) != has(other, word))
        || words.opposites.iter().any(|group| {
            let of = |label: &str| group.iter().filter(|word| has(label, word)).collect::<Vec<_>>();
            let (own, others) = (of(one), of(other));
            !own.is_empty() && !others.is_empty() && own != others
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_similarity_below_the_least_is_not_calculated() {
        for (one, other) in [("收到申请数", "收到申请件数"), ("", ""), ("当面申请数", "网络申请数"), ("传真", "其他")]
        {
            let exact = strsim::normalized_levenshtein(one, other);
            for least in [0.0, 0.45, 0.6, 1.0] {
                let found = similarity(one, other, least);
                assert!(found == exact || (found == 0.0 && exact < least), "{one} {other} {least}: {found}");
                assert_eq!(found, similarity(other, one, least));
            }
        }
    }

    #[test]
    fn ordinals_are_told_from_words() {
        for (label, words) in [
            ("一、主动公开情况", "主动公开情况"),
            ("（十二）机构建设", "机构建设"),
            ("1.当面申请数", "当面申请数"),
            ("１、当面申请数", "当面申请数"),
            ("其中：1.当面申请数", "当面申请数"),
            ("　　其中：涉及国家秘密", "涉及国家秘密"),
            ("(1)网站", "网站"),
            ("2017年度", "2017年度"),
            ("1.5万元", "1.5万元"),
            ("（不同渠道）公开", "（不同渠道）公开"),
            ("一般事项", "一般事项"),
        ] {
            assert_eq!(without_ordinal(label), words, "{label}");
        }
    }

    #[test]
    fn ordinals_at_the_end_are_measured() {
        for (text, ordinal) in
            [("件12.", "12."), ("件0（一）", "（一）"), ("其中:1.", "其中:1."), ("条170", ""), ("", "")]
        {
            assert_eq!(&text[text.len() - ordinal_length_at_end(text)..], ordinal, "{text}");
        }
    }

    #[test]
    fn ordinals_have_their_other_spellings() {
        assert!(ordinal_spellings("2.").contains(&"2、".to_owned()));
        assert!(ordinal_spellings("(一)").contains(&"一、".to_owned()));
        assert!(ordinal_spellings("其中:1.").contains(&"其中1、".to_owned()));
        assert_eq!(ordinal_spellings("其中:"), ["其中:", "其中"]);
        assert!(ordinal_spellings("").is_empty());
    }

    #[test]
    fn brackets_go_with_what_they_hold() {
        assert_eq!(without_brackets("网站(或(门户)专栏)数"), "网站数");
        assert_eq!(without_brackets("a)b(c"), "a)b");
    }
}
