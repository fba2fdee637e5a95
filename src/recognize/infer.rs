//! Makes a template from a table of no known form.
//!
//! In: a stream. Out: its rows and headers as a [`Template`]. Called by [`super::Recognizer`] and [`super::infer()`]; the
//! headers also by [`super::running`]. Units are the anchors: a known unit behind a label makes a row, in cells, lines or
//! words between spaces.

use super::stream::{Stream, Token};
use super::value;
use crate::template::local::{self, LocalHeaders, LocalRow};
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label;
use crate::text::words::words;

/// A table has at least this many rows.
const MIN_ROWS: usize = 3;

/// A form has at most this many rows: the longest known has about 200. Matching a table with its own template takes time in
/// the square of its rows.
const MAX_ROWS: usize = 800;

/// The template of the table in a stream; none if there are too few or too many rows of label, unit and values.
pub fn infer(stream: &Stream<'_>, title: Option<&str>) -> Option<Template> {
    let tokens = tokens(stream);
    let is_value = |token: &Token<'_>| value::parse(token.text, ValueKind::Signed).is_filled();
    let is_text = |token: &Token<'_>| !is_value(token) && !value::is_unit(token.text);
    let is_anchor = |at: usize| {
        value::is_unit(tokens[at].text)
            && at > 0
            && is_text(&tokens[at - 1])
            && !words().unit_headers.contains(&fold(tokens[at].text))
            && tokens.get(at + 1).is_none_or(|next| is_value(next) || is_text(next))
    };
    let anchors: Vec<usize> = (0..tokens.len()).filter(|at| is_anchor(*at)).collect();
    let followed = anchors.iter().filter(|at| tokens.get(**at + 1).is_some_and(is_value)).count();
    if anchors.len() > MAX_ROWS || anchors.len() < MIN_ROWS || followed * 2 < anchors.len() {
        return None;
    }
    let first_label = anchors[0] - 1;
    let headers = headers(&tokens[..first_label]);
    let mut rows: Vec<LocalRow> = Vec::new();
    let mut from = first_label;
    for anchor in anchors {
        // Text between the values of the row above and the label is a heading without values.
        for heading in tokens[from..anchor - 1].iter().filter(|token| is_text(token)) {
            let header = words().label_headers.contains(&fold(heading.text))
                || words().unit_headers.contains(&fold(heading.text));
            if !header {
                push(&mut rows, heading.text, None);
            }
        }
        push(&mut rows, tokens[anchor - 1].text, Some(fold(tokens[anchor].text)));
        from = anchor + 1;
        if rows.len() > MAX_ROWS {
            return None;
        }
    }
    (rows.iter().filter(|row| row.unit.is_some()).count() >= MIN_ROWS).then(|| local::template(title, &rows, &headers))
}

/// The cells, or their words where a cell holds a whole row or table.
fn tokens<'d>(stream: &Stream<'d>) -> Vec<Token<'d>> {
    let mut tokens = Vec::new();
    for (index, cell) in stream.cells.iter().enumerate() {
        let text = cell.cell.text.trim();
        let units = text.split_whitespace().filter(|word| value::is_unit(word)).count();
        let words: Vec<&str> = if units > 1 { text.split_whitespace().collect() } else { vec![text] };
        let whole = words.len() == 1;
        let words = words.into_iter().filter(|word| !word.is_empty());
        tokens.extend(words.map(|word| Token { text: word, cell: index, whole, glued: false }));
    }
    tokens
}

/// Adds a row below the parent that its ordinal shows: 其中： opens a group below the row before it.
fn push(rows: &mut Vec<LocalRow>, text: &str, unit: Option<String>) {
    let folded = fold(text);
    let rank = |folded: &str| {
        let ordinal = &folded[..label::ordinal_length(folded)];
        let ordinal = ordinal.trim_start_matches("其中").trim_start_matches(':');
        match ordinal.chars().next() {
            None => 0,
            Some(c) if c.is_ascii_digit() => 3,
            Some('(') if ordinal[1..].starts_with(|c: char| c.is_ascii_digit()) => 4,
            Some('(') => 2,
            Some(_) => 1,
        }
    };
    let group = folded.starts_with("其中");
    let own = rank(&folded);
    let last = rows.len().checked_sub(1);
    let parent = if group {
        // Below the row before it, unless that has an ordinal of the same rank.
        last.map(|last| {
            let above = fold(&rows[last].label);
            if own > 0 && rank(&above) == own { rows[last].parent.unwrap_or(last) } else { last }
        })
    } else if own == 0 {
        None
    } else {
        // Below the parent of the last row of the same rank, or below the last row of a higher rank.
        let mut at = last;
        loop {
            match at {
                Some(index) if rank(&fold(&rows[index].label)) == own => break rows[index].parent,
                Some(index) if rank(&fold(&rows[index].label)) < own => break (own > 1).then_some(index),
                Some(index) => at = rows[index].parent.or(index.checked_sub(1)),
                None => break None,
            }
        }
    };
    rows.push(LocalRow { label: text.split_whitespace().collect(), unit, parent });
}

/// The headers before the first label: of the labels, of the units, of the values.
fn headers(tokens: &[Token<'_>]) -> LocalHeaders {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let (label, unit, columns) = find_headers(&texts);
    LocalHeaders {
        label,
        unit,
        columns: columns.into_iter().filter(|header| !header.serial).map(|header| header.text).collect(),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

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
