//! A template out of a table that no known form describes.
//!
//! In: a stream. Out: its rows and headers as a [`Template`]. Units are the anchors: a label, a known unit and as many
//! figures as in the other rows make a row, whether they are cells, lines or words between spaces.

use super::stream::{Stream, Token};
use super::value;
use crate::template::local::{self, LocalHeaders, LocalRow};
use crate::template::{Template, ValueKind};
use crate::text::fold::fold;
use crate::text::label;
use crate::text::words::words;

/// Fewer rows than this are no table.
const LEAST_ROWS: usize = 3;

/// More rows than this are no form: the longest known has some two hundred. Lining up a table with itself costs the
/// square of its rows.
const MOST_ROWS: usize = 800;

/// The template of the table in a stream; none where there is no run of labels, units and figures, or an endless one.
pub fn infer(stream: &Stream<'_>, title: Option<&str>) -> Option<Template> {
    let tokens = tokens(stream);
    let is_figure = |token: &Token<'_>| value::parse(token.text, ValueKind::Signed).is_filled();
    let is_text = |token: &Token<'_>| !is_figure(token) && !value::is_unit(token.text);
    let is_anchor = |at: usize| {
        value::is_unit(tokens[at].text)
            && at > 0
            && is_text(&tokens[at - 1])
            && !words().unit_headers.contains(&fold(tokens[at].text))
            && tokens.get(at + 1).is_none_or(|next| is_figure(next) || is_text(next))
    };
    let anchors: Vec<usize> = (0..tokens.len()).filter(|at| is_anchor(*at)).collect();
    let followed = anchors.iter().filter(|at| tokens.get(**at + 1).is_some_and(is_figure)).count();
    if anchors.len() > MOST_ROWS || anchors.len() < LEAST_ROWS || followed * 2 < anchors.len() {
        return None;
    }
    let first_label = anchors[0] - 1;
    let headers = headers(&tokens[..first_label]);
    let mut rows: Vec<LocalRow> = Vec::new();
    let mut from = first_label;
    for anchor in anchors {
        // What stands before the label and behind the figures of the row above is a heading without figures.
        for heading in tokens[from..anchor - 1].iter().filter(|token| is_text(token)) {
            let header = words().label_headers.contains(&fold(heading.text))
                || words().unit_headers.contains(&fold(heading.text));
            if !header {
                push(&mut rows, heading.text, None);
            }
        }
        push(&mut rows, tokens[anchor - 1].text, Some(fold(tokens[anchor].text)));
        from = anchor + 1;
        if rows.len() > MOST_ROWS {
            return None;
        }
    }
    (rows.iter().filter(|row| row.unit.is_some()).count() >= LEAST_ROWS)
        .then(|| local::template(title, &rows, &headers))
}

/// Cells where a cell holds one thing, words where one cell holds a whole row or table.
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

/// Adds a row under the row that its ordinal puts it under: 其中： opens a group below the row before it.
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
        // Below the row before it, unless that is a row of the same kind.
        last.map(|last| {
            let above = fold(&rows[last].label);
            if own > 0 && rank(&above) == own { rows[last].parent.unwrap_or(last) } else { last }
        })
    } else if own == 0 {
        None
    } else {
        // Below the same row as the last one with such an ordinal, or below the last one with a higher ordinal.
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

/// The headers before the first label: of the labels, of the units, of the figures.
fn headers(tokens: &[Token<'_>]) -> LocalHeaders {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let (label, unit, columns) = find_heads(&texts);
    LocalHeaders {
        label,
        unit,
        columns: columns.into_iter().filter(|header| !header.serial).map(|header| header.text).collect(),
    }
}

/// The header of a column right of the units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its text.
    pub text: String,
    /// Whether what stands below it numbers or codes the rows.
    pub serial: bool,
}

/// The headers among the texts before a table's first label: of the labels, of the units, and of the columns behind them.
/// A header that white space has torn apart (计量 单位, 2011 年度) is put together again.
pub fn find_heads(texts: &[&str]) -> (Option<String>, Option<String>, Vec<Head>) {
    let words = words();
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let torn = |at: usize, list: &[String]| {
        (1..=3).find(|count| folded.get(at..at + count).is_some_and(|piece| list.contains(&piece.concat())))
    };
    let Some((at, count)) = (0..texts.len()).rev().find_map(|at| Some((at, torn(at, &words.unit_headers)?))) else {
        return (None, None, Vec::new());
    };
    // 计量 单位 ends with 单位, which is a header as well: the longer one counts.
    let at = if at > 0 && torn(at - 1, &words.unit_headers) == Some(count + 1) { at - 1 } else { at };
    let count = torn(at, &words.unit_headers).unwrap_or(count);
    let joined = |range: std::ops::Range<usize>| texts[range].concat().split_whitespace().collect::<String>();
    let label = (0..at).rev().find_map(|start| Some((start, torn(start, &words.label_headers)?)));
    let label = label.map(|(start, count)| joined(start..start + count));
    let mut headers: Vec<Head> = Vec::new();
    let mut open = false;
    for text in &texts[at + count..] {
        let piece: String = text.split_whitespace().collect();
        let folded = fold(&piece);
        let digits = folded.chars().all(|c| c.is_ascii_digit());
        // A row of the table already: its ordinal or its unit says so, and before a unit stands the row's label.
        if value::is_unit(&piece) {
            headers.pop();
            break;
        }
        if label::ordinal_length(&folded) > 0 {
            break;
        }
        // A row below the headers that letters or counts the columns.
        if words.column_marks.contains(&folded) || (digits && folded.len() < 4) {
            break;
        }
        let year = digits && folded.len() == 4;
        match headers.last_mut().filter(|_| open) {
            Some(header) => header.text.push_str(&piece),
            None => headers.push(Head { serial: words.serial_headers.contains(&folded), text: piece }),
        }
        open = year;
    }
    (label, Some(joined(at..at + count)), headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torn_heads_are_put_together() {
        let texts = ["指标名称", "计量", "单位", "2011", "年度", "历年累计"];
        let (label, unit, headers) = find_heads(&texts);
        assert_eq!((label.as_deref(), unit.as_deref()), (Some("指标名称"), Some("计量单位")));
        assert_eq!(headers.iter().map(|header| header.text.as_str()).collect::<Vec<_>>(), ["2011年度", "历年累计"]);
        let texts = ["指 标 名 称", "计量", "单位", "代码", "本期实际", "本年累计", "甲", "乙", "丙", "1", "2"];
        let headers = find_heads(&texts).2;
        assert_eq!(headers.iter().map(|header| header.serial).collect::<Vec<_>>(), [true, false, false]);
    }
}
