//! The rows of a table without ruling lines.
//!
//! In: a [`Block`]. Out: its columns, and the cells of its rows. A text belongs to the line with values beside it. Of a
//! text of several lines, the first line or the middle is beside the values, whichever is usual in the block. A text of
//! many short lines is a heading written downwards, and spans the rows it is beside.

use std::collections::BTreeSet;
use std::ops::Range;

use super::block::Block;
use super::item::{DraftCell, Item, starts_anew};

/// Two lines have the same middle if it differs by less than this part of the font's size.
const ALIGNED: f64 = 0.35;

/// Lines this near below each other may be one text.
const NEAR: f64 = 0.6;

/// A unit has at most this many characters.
const UNIT: usize = 4;

/// The rows of a block.
pub(super) struct Body {
    /// The places of all columns.
    pub(super) columns: Vec<Range<f64>>,
    pub(super) cells: Vec<DraftCell>,
    pub(super) rows: usize,
    /// For each row, its first line.
    pub(super) lines: Vec<usize>,
}

/// A text, its column and the columns it reaches into.
struct Text<'i> {
    column: usize,
    columns: usize,
    lines: Vec<&'i Item>,
}

impl Text<'_> {
    fn joined(&self) -> String {
        self.lines.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn y(&self) -> Range<f64> {
        let first = self.lines.first().map_or(0.0, |item| item.y.start);
        first..self.lines.last().map_or(0.0, |item| item.y.end)
    }

    /// Whether it is written downwards. Texts of the first column may be so even if each character is beside a row.
    fn is_downwards(&self, anchors: &[Anchor], first: usize) -> bool {
        let longest = self.lines.iter().map(|item| item.text.chars().count()).max().unwrap_or(0);
        let is_apart = self.lines.iter().any(|item| beside(item, anchors).is_none());
        self.lines.len() > 2 && ((longest <= 2 && is_apart) || (longest == 1 && self.column == first))
    }
}

/// A row: the middle of its values, or of a text that no values are beside.
#[derive(Clone, Copy)]
struct Anchor {
    y: f64,
    line: usize,
}

/// The anchor beside a field.
fn beside<'a>(item: &Item, anchors: &'a [Anchor]) -> Option<&'a Anchor> {
    anchors.iter().find(|anchor| (anchor.y - item.middle()).abs() < ALIGNED * item.size)
}

/// The rows of a block; none if two values are in one place.
pub(super) fn body(block: &Block, rows: &[Vec<Item>]) -> Option<Body> {
    let rows = &rows[block.body.clone()];
    let is_in_values = |item: &Item| block.values.iter().any(|column| item.meets(column));
    let columns = columns(block, rows);
    let (values, words): (Vec<&Item>, Vec<&Item>) = rows.iter().flatten().partition(|item| is_in_values(item));
    let texts = texts(&words, &columns, block);
    let mut anchors: Vec<Anchor> = Vec::new();
    for item in &values {
        if anchors.last().is_none_or(|before| before.line != item.line) {
            anchors.push(Anchor { y: item.middle(), line: item.line });
        }
    }
    add_units(&texts, &mut anchors);
    let mut groups = assigned(texts, &anchors);
    for (text, place) in groups.iter_mut().filter(|(_, place)| place.is_none()) {
        let (y, first) = (text.y(), text.lines[0]);
        let middle = (y.start + y.end) / 2.0;
        let known =
            anchors.iter().find(|anchor| (anchor.y - middle).abs() < ALIGNED * first.size).map(|anchor| anchor.y);
        if known.is_none() {
            anchors.push(Anchor { y: middle, line: first.line });
        }
        let own = known.unwrap_or(middle);
        *place = Some(own..own);
    }
    anchors.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut cells = Vec::new();
    for item in values {
        let column = columns.iter().position(|column| item.meets(column))?;
        let row = anchors.iter().position(|anchor| anchor.line == item.line && anchor.y == item.middle())?;
        let text = item.text.clone();
        cells.push(DraftCell { row, column, rows: 1, columns: 1, text, line: Some(item.line) });
    }
    add_texts(groups, &anchors, &mut cells)?;
    let lines = anchors.iter().map(|anchor| anchor.line).collect();
    Some(Body { columns, cells, rows: anchors.len(), lines })
}

/// Adds the texts to the rows beside them.
fn add_texts(
    groups: Vec<(Text<'_>, Option<Range<f64>>)>,
    anchors: &[Anchor],
    cells: &mut Vec<DraftCell>,
) -> Option<()> {
    for (text, place) in groups {
        let place = place?;
        let is_beside = |anchor: &Anchor| place.start <= anchor.y && anchor.y <= place.end;
        let (first, last) = (anchors.iter().position(is_beside)?, anchors.iter().rposition(is_beside)?);
        match cells.iter_mut().find(|cell| cell.row == first && cell.column == text.column) {
            Some(cell) => {
                cell.text.push('\n');
                cell.text.push_str(&text.joined());
            }
            None => cells.push(DraftCell {
                row: first,
                column: text.column,
                rows: last - first + 1,
                columns: text.columns,
                text: text.joined(),
                line: text.lines.first().map(|item| item.line),
            }),
        }
    }
    Some(())
}

/// Adds rows without values: those that have a unit. Units are short texts behind the first column, most of them beside
/// values.
fn add_units(texts: &[Text<'_>], anchors: &mut Vec<Anchor>) {
    let columns: BTreeSet<usize> = texts.iter().map(|text| text.column).collect();
    for column in columns.into_iter().skip(1) {
        let own = || texts.iter().filter(|text| text.column == column).flat_map(|text| text.lines.iter().copied());
        let with_values = own().filter(|item| beside(item, anchors).is_some()).count();
        let is_short = own().all(|item| item.text.chars().count() <= UNIT);
        if is_short && with_values * 10 >= own().count() * 6 {
            let more: Vec<Anchor> = own()
                .filter(|item| beside(item, anchors).is_none())
                .map(|item| Anchor { y: item.middle(), line: item.line })
                .collect();
            anchors.extend(more);
            anchors.sort_by(|one, other| one.y.total_cmp(&other.y));
        }
    }
}

/// All columns: those of values, and those of the texts between them.
fn columns(block: &Block, rows: &[Vec<Item>]) -> Vec<Range<f64>> {
    let mut columns: Vec<Range<f64>> = block.values.clone();
    let bounds = block.values.iter().map(|column| column.start).chain([f64::MAX]);
    let mut from = f64::MIN;
    for (number, to) in bounds.enumerate() {
        let is_here = |item: &&Item| !item.is_value && item.x.start >= from && item.x.start < to;
        let mut starts: Vec<f64> = Vec::new();
        let first = rows.iter().flatten().filter(is_here).map(|item| item.x.start).reduce(f64::min);
        for row in rows {
            let own =
                row.iter().filter(is_here).skip(1).filter(|item| !block.values.iter().any(|column| item.meets(column)));
            starts.extend(own.map(|item| item.x.start));
        }
        starts.extend(first.filter(|start| !block.values.iter().any(|column| column.contains(start))));
        starts.sort_by(f64::total_cmp);
        let near = rows.iter().flatten().map(|item| item.size).fold(1.0, f64::max) * 1.5;
        for group in starts.chunk_by(|one, other| other - one < near) {
            columns.push(group[0]..group[0] + 1.0);
        }
        from = block.values.get(number).map_or(f64::MAX, |column| column.end);
    }
    columns.sort_by(|one, other| one.start.total_cmp(&other.start));
    // A column of texts reaches as far as its texts that reach no further column.
    for index in 0..columns.len() {
        if block.values.contains(&columns[index]) {
            continue;
        }
        let next = columns.get(index + 1).map_or(f64::MAX, |column| column.start);
        let own = rows.iter().flatten().filter(|item| !item.is_value && item.x.start >= columns[index].start - 1.0);
        let ends = own.filter(|item| item.x.start < next && item.x.end <= next).map(|item| item.x.end);
        columns[index].end = ends.fold(columns[index].end, f64::max);
    }
    columns
}

/// The texts among some words: those below each other in a column.
fn texts<'i>(words: &[&'i Item], columns: &[Range<f64>], block: &Block) -> Vec<Text<'i>> {
    let mut texts: Vec<Text<'i>> = Vec::new();
    for item in words {
        // A text goes on on the next page only from a full line.
        let is_full = |before: &Item| {
            let beside = words.iter().filter(|other| (other.x.start - before.x.start).abs() < 4.0 * before.size);
            before.x.end > beside.map(|other| other.x.end).fold(0.0, f64::max) - 1.6 * before.size
        };
        let column = columns.iter().rposition(|column| column.start <= item.x.start + 0.8 * item.size).unwrap_or(0);
        let reached = columns[column + 1..]
            .iter()
            .take_while(|next| next.start < item.x.end - 0.5 * item.size && !block.values.contains(next));
        let columns = reached.count() + 1;
        let is_next = |text: &&mut Text<'i>| {
            text.column == column
                && text.lines.last().is_some_and(|before| {
                    before.line != item.line && item.y.start - before.y.end < NEAR * item.size.max(before.size)
                })
                && !starts_anew(&item.text)
                && (!item.is_first || text.lines.last().is_some_and(|before| is_full(before)))
        };
        match texts.iter_mut().rev().find(|text| text.column == column).filter(is_next) {
            Some(text) => {
                text.lines.push(item);
                text.columns = text.columns.max(columns);
            }
            None => texts.push(Text { column, columns, lines: vec![item] }),
        }
    }
    texts
}

/// The texts with the heights of the rows that they belong to; none for a row of its own.
fn assigned<'i>(texts: Vec<Text<'i>>, anchors: &[Anchor]) -> Vec<(Text<'i>, Option<Range<f64>>)> {
    let covered = |text: &Text<'_>| {
        let (y, by) = (text.y(), 0.2 * text.lines[0].size);
        anchors.iter().filter(move |anchor| y.start - by <= anchor.y && anchor.y <= y.end + by).collect::<Vec<_>>()
    };
    // Whether texts of several lines have their first line beside the values.
    let (mut first, mut other) = (0, 0);
    for text in texts.iter().filter(|text| text.lines.len() > 1 && covered(text).len() == 1) {
        if beside(text.lines[0], anchors).is_some() { first += 1 } else { other += 1 }
    }
    let columns: BTreeSet<usize> = texts.iter().map(|text| text.column).collect();
    let first_column = columns.first().copied().filter(|_| columns.len() > 1).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for text in texts {
        match covered(&text).as_slice() {
            [] => found.push((text, None)),
            [only] => found.push((text, Some(only.y..only.y))),
            [top, .., bottom] if text.is_downwards(anchors, first_column) => found.push((text, Some(top.y..bottom.y))),
            several => {
                let is_first = first > other || (first == other && beside(text.lines[0], anchors).is_some());
                found.extend(divided(&text, several, is_first));
            }
        }
    }
    found
}

/// The texts of several rows that are too near to each other to be told apart by gaps.
fn divided<'i>(text: &Text<'i>, anchors: &[&Anchor], is_first: bool) -> Vec<(Text<'i>, Option<Range<f64>>)> {
    let mut parts: Vec<(Text<'i>, Option<Range<f64>>)> = Vec::new();
    for item in &text.lines {
        let distance = |anchor: &&&Anchor| (anchor.y - item.middle()).abs();
        let nearest = anchors.iter().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        let own = nearest.filter(|anchor| distance(anchor) < ALIGNED * item.size).map(|anchor| anchor.y);
        let y = match own {
            None if is_first => parts.last().and_then(|(_, y)| y.as_ref().map(|y| y.start)),
            None => nearest.map(|anchor| anchor.y),
            own => own,
        };
        let place = y.map(|y| y..y);
        match parts.last_mut().filter(|(_, before)| *before == place) {
            Some((part, _)) => part.lines.push(item),
            None => parts.push((Text { column: text.column, columns: text.columns, lines: vec![item] }, place)),
        }
    }
    parts
}
