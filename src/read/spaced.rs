//! Tables in plain text whose columns are made of spaces, as programs write that turn pages into text.
//!
//! In: lines of text. Out: [`Alternative`]s: the tables that the lines may be. Called by [`crate::read`].
//!
//! Each character has a place, as on a page, so the tables are found like those of pages without ruling lines, by
//! [`columns`].

use std::ops::Range;

use super::columns::{self, Placed};
use super::flow::draft_grid;
use super::page::Rect;
use super::page::lines::Line;
use crate::document::{Alternative, Location, Part};
use crate::error::Result;
use crate::limit::CellBudget;
use crate::text::spacing;

/// The size of the font and the height of a line, so that lines below each other touch no more than on a page.
const SIZE: f64 = 12.0;
const LINE: f64 = 14.0;

/// This much white space separates two fields, in half sizes of the font.
const GAP: usize = 2;

/// The columns of an ideograph in lines of a program that counts characters.
const COUNTED: usize = 1;

/// The most bytes of a line, and lines of a table, that are looked at.
const MAX_LINE: usize = 2000;
const MAX_LINES: usize = 5000;

/// The tables that some parts may be: lines with columns of spaces.
///
/// # Errors
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) with more cells than the limit.
pub(super) fn alternatives(parts: &[Part]) -> Result<Vec<Alternative>> {
    let mut budget = CellBudget::default();
    let mut found = Vec::new();
    let mut from = 0;
    while from < parts.len() {
        let run = parts[from..].iter().take_while(|part| line_text(part).is_some()).count();
        add_run(parts, from..from + run, &mut found, &mut budget)?;
        from += run + 1;
    }
    Ok(found)
}

fn line_text(part: &Part) -> Option<(&str, &Location)> {
    match part {
        Part::Paragraph(cell) if matches!(cell.at, Location::Text { .. }) => Some((&cell.text, &cell.at)),
        _ => None,
    }
}

fn add_run(parts: &[Part], run: Range<usize>, found: &mut Vec<Alternative>, budget: &mut CellBudget) -> Result<()> {
    if run.len() > MAX_LINES {
        return Ok(());
    }
    let ideograph = spacing::ideograph_width(parts[run.clone()].iter().filter_map(line_text).map(|(text, _)| text));
    // Lines that a person lined up on a screen are read as they are.
    if ideograph != COUNTED {
        return Ok(());
    }
    let mut placed = Vec::new();
    let mut places: Vec<(usize, &Location)> = Vec::new();
    for (row, part) in run.enumerate() {
        let Some((text, at)) = line_text(&parts[part]) else { continue };
        if text.len() > MAX_LINE {
            return Ok(());
        }
        if let Some(line) = line(text, ideograph, row as f64 * LINE) {
            placed.push(Placed { line, below: 0.0, is_first: false });
            places.push((part, at));
        }
    }
    if !placed.iter().any(|placed| placed.line.fields.len() > 1) {
        return Ok(());
    }
    for draft in columns::drafts(&placed) {
        let parts = places[draft.lines.start].0..places[draft.lines.end - 1].0 + 1;
        let grid = draft_grid(draft, |line| places[line].1.clone(), budget)?;
        found.push(Alternative { parts, grid });
    }
    Ok(())
}

/// A line with its fields; none if it is blank.
fn line(text: &str, ideograph: usize, top: f64) -> Option<Line> {
    let mut fields: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let (mut column, mut gap) = (0, GAP);
    for (at, c) in text.char_indices() {
        let width = spacing::columns(c, ideograph);
        if c.is_whitespace() {
            gap += width;
            column += width;
            continue;
        }
        let end = (at + c.len_utf8(), column + width);
        match fields.last_mut().filter(|_| gap < GAP) {
            Some((bytes, place)) => (bytes.end, place.end) = end,
            None => fields.push((at..end.0, column..end.1)),
        }
        (gap, column) = (0, end.1);
    }
    let (first, last) = (fields.first()?.1.start, fields.last()?.1.end);
    let x = |column: usize| column as f64 * SIZE / 2.0;
    Some(Line {
        text: text.to_owned(),
        rect: Rect { x0: x(first), y0: top, x1: x(last), y1: top + SIZE },
        size: SIZE,
        fields: fields.into_iter().map(|(bytes, place)| (bytes, x(place.start)..x(place.end))).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Cell;

    #[test]
    fn columns_of_spaces_may_be_a_table() {
        let lines = [
            "信息内容          制发件数   废止件数",
            "规章               3      1",
            "行政规范性文件         12      0",
            "合计              15",
        ];
        let part = |(line, text): (u32, &&str)| Part::Paragraph(Cell::text(*text, Location::Text { line, column: 1 }));
        let parts: Vec<Part> = (1..).zip(&lines).map(part).collect();
        let found = alternatives(&parts).unwrap();
        assert_eq!((found.len(), found[0].parts.clone()), (1, 0..4));
        let rows: Vec<String> = found[0]
            .grid
            .cells
            .chunk_by(|(one, _), (other, _)| one.row == other.row)
            .map(|row| row.iter().map(|(_, cell)| cell.text.as_str()).collect::<Vec<_>>().join("|"))
            .collect();
        assert_eq!(rows, ["信息内容|制发件数|废止件数", "规章|3|1", "行政规范性文件|12|0", "合计|15|"]);
    }
}
