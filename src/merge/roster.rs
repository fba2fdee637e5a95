//! Reads a list of organizations (a roster).
//!
//! In: an [`Input`] of any readable format: a text, a column of names, or a table with a column headed 单位名称 or
//! similar (`roster_headers` in `templates/words.toml`). Out: the names in their order. Called by `xxgk merge --roster`
//! and `xxgk new --roster`.

use std::collections::BTreeMap;

use crate::document::{Grid, Part};
use crate::read::Input;
use crate::recognize::value::parse;
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::words::words;

/// The names in a list, in its order.
///
/// In a table: the names in the column with a known header, or else in the column with the most names. In a text: its
/// lines.
pub(crate) fn names(input: &Input) -> Vec<String> {
    let Some(document) = input.document() else { return Vec::new() };
    let tables = document.parts.iter().filter_map(|part| match part {
        Part::Table(grid) => Some(of_table(grid)),
        _ => None,
    });
    if let Some(names) = tables.into_iter().find(|names| !names.is_empty()) {
        return names;
    }
    let lines = document.parts.iter().filter_map(|part| match part {
        Part::Paragraph(line) => Some(line.text.as_str()),
        _ => None,
    });
    let lines: Vec<&str> = lines.filter(|line| is_name(line)).collect();
    without_head(&lines)
}

fn of_table(grid: &Grid) -> Vec<String> {
    let mut columns: BTreeMap<u32, Vec<(u32, &str)>> = BTreeMap::new();
    for (at, cell) in grid.cells.iter().filter(|(_, cell)| !cell.is_blank()) {
        columns.entry(at.column).or_default().push((at.row, &cell.text));
    }
    // Headers are tried in the order of `words.toml`, the most specific first.
    let headed = words().roster_headers.iter().find_map(|word| {
        let in_column = |(column, cells): (&u32, &Vec<(u32, &str)>)| {
            cells.iter().find(|(_, text)| fold(text) == *word).map(|(row, _)| (*column, *row))
        };
        columns.iter().find_map(in_column)
    });
    if let Some((column, header)) = headed {
        let below = columns[&column].iter().filter(|(row, text)| *row > header && is_name(text));
        return below.map(|(_, text)| text.trim().to_owned()).collect();
    }
    let texts = columns.into_values().map(|cells| cells.into_iter().map(|(_, text)| text).filter(|t| is_name(t)));
    let texts = texts.map(Iterator::collect::<Vec<&str>>);
    // On a tie, the first column.
    let most = texts.rev().max_by_key(Vec::len).unwrap_or_default();
    without_head(&most)
}

/// The names without a header at the top.
fn without_head(names: &[&str]) -> Vec<String> {
    let is_header = names.first().is_some_and(|first| words().roster_headers.contains(&fold(first)));
    names[usize::from(is_header)..].iter().map(|name| name.trim().to_owned()).collect()
}

/// Whether a text can be a name: not blank, not a comment, and not a number such as an ordinal.
pub(super) fn is_name(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && !text.starts_with('#') && parse(text, ValueKind::Decimal).cell.is_unreadable()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{ReadOptions, read};

    fn names_in(text: &str) -> Vec<String> {
        names(&read(text.as_bytes(), &ReadOptions::default()).unwrap())
    }

    #[test]
    fn lists_come_as_lines_or_as_columns() {
        for text in [
            "中庄镇\n红旗镇\n财政局\n",
            "单位\n中庄镇\n红旗镇\n\n财政局\n",
            "序号,单位名称,联系人\n1,中庄镇,王小明\n2,红旗镇,李华\n3,财政局,\n",
            "1,中庄镇\n2,红旗镇\n3,财政局\n",
            "联系人\t乡镇街道\n王小明\t中庄镇\n李华\t红旗镇\n\t财政局\n",
        ] {
            assert_eq!(names_in(text), ["中庄镇", "红旗镇", "财政局"], "{text}");
        }
    }
}
