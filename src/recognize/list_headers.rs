//! The headers of a list in text: of the labels, of the units and of the columns behind them.
//!
//! In: the texts before the first label. Out: the headers. Called by [`super::infer`], [`super::infer_lines`] and
//! [`super::text_headers`].

use super::value;
use crate::text::fold::fold;
use crate::text::label;
use crate::text::words::words;

/// The header of a column right of the units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnHeader {
    /// Its text.
    pub text: String,
    /// Whether the column holds numbers or codes of the rows.
    pub serial: bool,
}

/// The headers among the texts before the first label of a table: of the labels, of the units, and of the columns behind
/// them. Joins headers that white space splits (计量 单位, 2011 年度).
pub fn find_headers(texts: &[&str]) -> (Option<String>, Option<String>, Vec<ColumnHeader>) {
    let words = words();
    let pieces: Vec<String> = texts.iter().flat_map(|text| split_headers(text)).collect();
    let texts: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let split = |at: usize, list: &[String]| {
        (1..=3).find(|count| folded.get(at..at + count).is_some_and(|piece| list.contains(&piece.concat())))
    };
    let Some((at, count)) = (0..texts.len()).rev().find_map(|at| Some((at, split(at, &words.unit_headers)?))) else {
        return (None, None, Vec::new());
    };
    // 计量 单位 ends with 单位, which is a header as well: take the longer one.
    let at = if at > 0 && split(at - 1, &words.unit_headers) == Some(count + 1) { at - 1 } else { at };
    let count = split(at, &words.unit_headers).unwrap_or(count);
    let joined = |range: std::ops::Range<usize>| texts[range].concat().split_whitespace().collect::<String>();
    let label = (0..at).rev().find_map(|start| Some((start, split(start, &words.label_headers)?)));
    let label = label.map(|(start, count)| joined(start..start + count));
    let mut headers: Vec<ColumnHeader> = Vec::new();
    let mut open = false;
    for text in &texts[at + count..] {
        let piece: String = text.split_whitespace().collect();
        let folded = fold(&piece);
        let digits = folded.chars().all(|c| c.is_ascii_digit());
        // A unit or an ordinal belongs to the first row; the text before a unit is its label.
        if value::is_unit(&piece) {
            headers.pop();
            break;
        }
        if label::ordinal_length(&folded) > 0 {
            break;
        }
        // A row below the headers that numbers the columns with letters or digits.
        if words.column_marks.contains(&folded) || (digits && folded.len() < 4) {
            break;
        }
        let year = digits && folded.len() == 4;
        match headers.last_mut().filter(|_| open) {
            Some(header) => header.text.push_str(&piece),
            None => headers.push(ColumnHeader { serial: words.serial_headers.contains(&folded), text: piece }),
        }
        open = year;
    }
    (label, Some(joined(at..at + count)), headers)
}

/// The headers in a text: more than one where headers run together, and every piece of it is a known one.
pub fn split_headers(text: &str) -> Vec<String> {
    let words = words();
    let whole = vec![text.to_owned()];
    let folded = fold(text);
    if folded.len() > MAX_HEADER_BYTES || words.unit_headers.contains(&folded) || words.label_headers.contains(&folded)
    {
        return whole;
    }
    let lists = [&words.label_headers, &words.unit_headers, &words.serial_headers, &words.value_headers];
    let known_length = |rest: &str| {
        let known = lists.iter().flat_map(|list| list.iter()).filter(|word| rest.starts_with(word.as_str()));
        known.map(String::len).max()
    };
    let mut pieces: Vec<String> = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        let rest = &folded[at..];
        let Some(length) = year_length(rest).or_else(|| known_length(rest)) else { return whole };
        let piece = &rest[..length];
        at += length;
        // 上年统计数 is one header: that of the values of last year.
        match pieces.last_mut().filter(|last| words.other_year.contains(last) && !names_period(piece)) {
            Some(last) => last.push_str(piece),
            None => pieces.push(piece.to_owned()),
        }
    }
    if pieces.len() > 1 { pieces } else { whole }
}

/// The length of a year at the start of a folded text, as in 2011年度; none if there is none.
fn year_length(folded: &str) -> Option<usize> {
    let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
    let behind = folded[digits..].strip_prefix('年').filter(|_| digits == 4)?;
    let behind = behind.strip_prefix('度').unwrap_or(behind);
    Some(folded.len() - behind.len())
}

/// Whether a folded text is a year and nothing else, as headers of values are.
pub fn is_year(folded: &str) -> bool {
    year_length(folded) == Some(folded.len())
}

/// Whether a header of values says of which time they are.
fn names_period(folded: &str) -> bool {
    folded.contains(['年', '期']) || words().cumulative.iter().any(|word| folded.contains(word.as_str()))
}

/// Longer texts are no headers.
const MAX_HEADER_BYTES: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_run_together_are_split() {
        assert_eq!(split_headers("2011年度历年累计"), ["2011年度", "历年累计"]);
        assert_eq!(split_headers("上年本年"), ["上年", "本年"]);
        assert_eq!(split_headers("上年统计数"), ["上年统计数"]);
    }

    #[test]
    fn split_headers_are_joined() {
        let texts = ["指标名称", "计量", "单位", "2011", "年度", "历年累计"];
        let (label, unit, headers) = find_headers(&texts);
        assert_eq!((label.as_deref(), unit.as_deref()), (Some("指标名称"), Some("计量单位")));
        assert_eq!(headers.iter().map(|header| header.text.as_str()).collect::<Vec<_>>(), ["2011年度", "历年累计"]);
        let texts = ["指 标 名 称", "计量", "单位", "代码", "本期实际", "本年累计", "甲", "乙", "丙", "1", "2"];
        let headers = find_headers(&texts).2;
        assert_eq!(headers.iter().map(|header| header.serial).collect::<Vec<_>>(), [true, false, false]);
    }
}
