//! Finds the rows of a table of no known form in lines of text: a label, perhaps a unit, and values in every line.
//!
//! In: a stream. Out: a [`LocalTable`]. Called by [`super::infer`].

use super::list_headers::find_headers;
use super::local_table::{LocalTable, MAX_ROWS, MIN_ROWS, push};
use super::stream::Stream;
use super::value;
use crate::template::ValueKind;
use crate::template::local::{LocalHeaders, LocalRow};
use crate::text::fold::fold;
use crate::text::words::words;

/// A line of a table.
struct TableLine<'d> {
    label: &'d str,
    unit: Option<String>,
    values: usize,
}

/// The table in the lines of a stream: the longest run of lines with as many values, below a line of headers or with
/// units.
pub fn table(stream: &Stream<'_>) -> Option<LocalTable> {
    let lines: Vec<&str> =
        stream.cells.iter().filter(|cell| cell.position.is_none()).map(|cell| cell.cell.text.trim()).collect();
    let parsed: Vec<Option<TableLine<'_>>> = lines.iter().map(|line| parse(line)).collect();
    let first = parsed.iter().position(Option::is_some)?;
    let count = parsed[first].as_ref()?.values;
    let mut rows: Vec<LocalRow> = Vec::new();
    let mut with_unit = 0;
    for line in parsed[first..].iter().flatten().filter(|line| line.values == count) {
        with_unit += usize::from(line.unit.is_some());
        push(&mut rows, line.label, Some(line.unit.clone().unwrap_or_default()));
    }
    if !(MIN_ROWS..=MAX_ROWS).contains(&rows.len()) {
        return None;
    }
    let headers = lines[..first].iter().rev().find(|line| !line.is_empty()).and_then(|line| headers(line, count));
    if headers.is_none() && with_unit * 2 < rows.len() {
        return None;
    }
    let filled = rows.len();
    Some(LocalTable { rows, headers: headers.unwrap_or_default(), filled })
}

/// The headers in a line, if it has one for the labels and one for each column of values.
fn headers(line: &str, count: usize) -> Option<LocalHeaders> {
    let texts: Vec<&str> = line.split_whitespace().collect();
    let (label, unit, columns) = find_headers(&texts);
    if unit.is_some() {
        let columns = columns.into_iter().filter(|column| !column.serial).map(|column| column.text).collect();
        return Some(LocalHeaders { label, unit, columns });
    }
    let is_label = texts.first().is_some_and(|text| words().label_headers.contains(&fold(text)));
    let columns: Vec<String> = texts[1..].iter().map(|text| (*text).to_owned()).collect();
    (is_label && columns.len() == count).then(|| LocalHeaders { label: Some(texts[0].to_owned()), unit: None, columns })
}

/// A line that begins with a label and ends with values.
fn parse(line: &str) -> Option<TableLine<'_>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_value = |word: &&&str| value::is_value_or_code(word);
    let values = words.iter().rev().take_while(is_value).count();
    let texts = &words[..words.len() - values];
    let (last, before) = texts.split_last()?;
    let in_value = || words[texts.len()..].iter().find_map(|word| value::parse(word, ValueKind::Signed).unit);
    let in_brackets = |word: &str| {
        let folded = fold(word);
        let open = folded.strip_suffix(')')?.rfind('(')?;
        let inner = &folded[open + 1..folded.len() - 1];
        value::is_unit(inner).then(|| inner.to_owned())
    };
    let (unit, label) = match before.split_last() {
        Some(_) if value::is_unit(last) => (Some(fold(last)), before),
        _ => (in_brackets(last).or_else(in_value), texts),
    };
    // The label as it stands in the line: its words may be apart.
    let (first, end) = (label.first()?, label.last()?);
    let start = first.as_ptr() as usize - line.as_ptr() as usize;
    let end = end.as_ptr() as usize - line.as_ptr() as usize + end.len();
    let label = &line[start..end];
    let is_sentence = label.contains(['。', '，', '；']) || label.chars().count() > MAX_LABEL;
    (values > 0 && !label.is_ascii() && !is_sentence).then_some(TableLine { label, unit, values })
}

/// Labels are shorter, in characters.
const MAX_LABEL: usize = 60;
