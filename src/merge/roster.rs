//! Reads a list of organizations (a roster).
//!
//! In: an [`Input`] of any readable format: a text, a column of names, or a table with a column headed 单位名称 or
//! similar (`roster_headers` in `templates/words.toml`). Out: the names in their order, and the lines without one. Called
//! by `xxgk merge --roster` and `xxgk new --roster`.

use std::collections::BTreeMap;

use crate::document::{Grid, Location, Part};
use crate::finding::Finding;
use crate::read::Input;
use crate::recognize::value::parse;
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::neutral::neutral;
use crate::text::words::words;

/// A list of organizations.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Roster {
    /// The names, in the order of the list.
    pub names: Vec<String>,
    /// The lines without a name: their number from 1, and their text.
    pub unread: Vec<(u32, String)>,
}

impl Roster {
    /// A finding for each line without a name.
    pub(crate) fn findings(&self, file: &str) -> Vec<Finding> {
        let finding = |(line, text): &(u32, String)| {
            Finding::new("XG616").with("file", file).with("line", line).with("text", text)
        };
        self.unread.iter().map(finding).collect()
    }
}

/// A line of a text or a row of a table: its number from 1, and its texts by column.
struct Line<'d> {
    number: u32,
    texts: Vec<(u32, &'d str)>,
}

/// Lines that have their names in one column.
#[derive(Default)]
struct Block<'d> {
    lines: Vec<Line<'d>>,
    column: u32,
    /// Whether the lines begin below a known header, which is not one of them.
    is_headed: bool,
}

/// Reads a list.
///
/// In a table: the names in the column with a known header, or else in the column with the most names. In a text: its
/// lines. A text may have tables too, because a line with a separator is one.
pub(crate) fn roster(input: &Input) -> Roster {
    let Some(document) = input.document() else { return Roster::default() };
    let tables: Vec<Block<'_>> = document.parts.iter().filter_map(of_table).collect();
    let is_text = document.parts.iter().all(is_of_text);
    let has_names = |block: &Block<'_>| block.lines.iter().any(|line| line.name(block.column).is_some());
    let blocks = if !is_text && tables.iter().any(has_names) {
        // Text beside the table of a workbook or a document is no list.
        tables.into_iter().find(has_names).into_iter().collect()
    } else {
        document
            .parts
            .iter()
            .zip(1..)
            .filter_map(|(part, number)| of_table(part).or_else(|| of_line(part, number)))
            .collect()
    };
    collect(blocks)
}

fn collect(mut blocks: Vec<Block<'_>>) -> Roster {
    // What stands above the header is a title.
    if let Some(headed) = blocks.iter().position(|block| block.is_headed) {
        blocks.drain(..headed);
    }
    let mut roster = Roster::default();
    let mut is_first = blocks.first().is_some_and(|block| !block.is_headed);
    for block in &blocks {
        for line in block.lines.iter().filter(|line| !line.is_comment()) {
            let is_header = |text: &str| words().roster_headers.contains(&fold(text));
            match line.name(block.column) {
                Some(name) if is_first && is_header(name) => {}
                Some(name) => roster.names.push(neutral(name).into_owned()),
                None => roster.unread.push((line.number, line.text())),
            }
            is_first = false;
        }
    }
    roster
}

impl<'d> Line<'d> {
    fn is_comment(&self) -> bool {
        self.texts.first().is_none_or(|(_, text)| text.trim_start().starts_with('#'))
    }

    /// The name in a column, or the only text of the line.
    fn name(&self, column: u32) -> Option<&'d str> {
        let text = match self.texts[..] {
            [(_, text)] => text,
            _ => self.texts.iter().find(|(at, _)| *at == column)?.1,
        };
        is_name(text).then(|| text.trim())
    }

    fn text(&self) -> String {
        self.texts.iter().map(|(_, text)| text.trim()).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a part comes from a text, where lines with separators are tables.
fn is_of_text(part: &Part) -> bool {
    match part {
        Part::Paragraph(line) => matches!(line.at, Location::Text { .. }),
        Part::Table(grid) => grid.cells.iter().all(|(_, cell)| matches!(cell.at, Location::Text { .. })),
    }
}

fn of_line(part: &Part, number: u32) -> Option<Block<'_>> {
    let Part::Paragraph(line) = part else { return None };
    let number = line_of(&line.at).unwrap_or(number);
    let line = Line { number, texts: vec![(0, line.text.as_str())] };
    (!line.text().is_empty()).then(|| Block { lines: vec![line], ..Block::default() })
}

fn line_of(at: &Location) -> Option<u32> {
    match at {
        Location::Text { line, .. } => Some(*line),
        Location::Sheet { cell, .. } => Some(cell.row + 1),
        _ => None,
    }
}

fn of_table(part: &Part) -> Option<Block<'_>> {
    let Part::Table(grid) = part else { return None };
    let rows = rows(grid);
    // Headers are tried in the order of `words.toml`, the most specific first.
    let headed = words().roster_headers.iter().find_map(|word| {
        let found =
            rows.iter().flat_map(|(row, line)| line.texts.iter().map(move |(column, text)| (*row, *column, *text)));
        // The first column, and in it the first row.
        found.filter(|(_, _, text)| fold(text) == *word).min_by_key(|(row, column, _)| (*column, *row))
    });
    if let Some((header, column, _)) = headed {
        let lines = rows.into_iter().filter(|(row, _)| *row > header).map(|(_, line)| line).collect();
        return Some(Block { lines, column, is_headed: true });
    }
    let mut names: BTreeMap<u32, usize> = BTreeMap::new();
    for (column, text) in rows.values().flat_map(|line| &line.texts) {
        *names.entry(*column).or_default() += usize::from(is_name(text));
    }
    // On a tie, the first column.
    let column = names.into_iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(column, _)| column);
    Some(Block { lines: rows.into_values().collect(), column, is_headed: false })
}

/// The rows of a table that have text, by their number in it.
fn rows(grid: &Grid) -> BTreeMap<u32, Line<'_>> {
    let mut rows: BTreeMap<u32, Line<'_>> = BTreeMap::new();
    for (at, cell) in grid.cells.iter().filter(|(_, cell)| !cell.is_blank()) {
        let number = line_of(&cell.at).unwrap_or(at.row + 1);
        rows.entry(at.row).or_insert_with(|| Line { number, texts: Vec::new() }).texts.push((at.column, &cell.text));
    }
    rows
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
        read_list(text).names
    }

    fn read_list(text: &str) -> Roster {
        roster(&read(text.as_bytes(), &ReadOptions::default()).unwrap())
    }

    #[test]
    fn no_line_is_lost_because_another_has_a_separator() {
        for text in [
            "中庄镇\n红旗镇|东片\n财政局\n",
            "中庄镇\n红旗镇\t东片\n财政局\n",
            "中庄镇\n红旗镇,东片\n财政局\n",
            "中庄镇,\n红旗镇,东片\n财政局\n",
            "单位名称\n中庄镇\n红旗镇|东片\n财政局\n",
            "单位名称\t片区\n中庄镇\n红旗镇\t东片\n财政局\n",
            "中庄镇\n| 红旗镇 | 东片 |\n\n财政局\n",
        ] {
            let list = read_list(text);
            let plain: Vec<_> = list.names.iter().map(|name| name.replace(",东片", "")).collect();
            assert_eq!(plain, ["中庄镇", "红旗镇", "财政局"], "{text}");
            assert_eq!(list.unread, [], "{text}");
        }
    }

    #[test]
    fn lines_without_a_name_are_named_by_number() {
        let list = read_list("序号,单位名称,联系人\n1,中庄镇,王小明\n2,,李华\n# 备注\n3,财政局,\n");
        assert_eq!(list.names, ["中庄镇", "财政局"]);
        assert_eq!(list.unread, [(3, "2 李华".to_owned())]);
        assert_eq!(list.findings("a.csv")[0].code, "XG616");
        assert_eq!(read_list("中庄镇\n\n123\n财政局\n").unread, [(3, "123".to_owned())]);
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
