//! Makes grids of text whose columns are proven: lines with columns of spaces, and a cell per line below its headers.
//!
//! In: a [`Document`]. Out: the document with [`Grid`]s in place of such lines. Called by [`super::Recognizer`], so that
//! [`super::grid`] reads these tables like any other.
//!
//! Columns of spaces are proven if no field of the lines with values is in two of them. Where a table's lines contradict
//! each other, they stay text.

use std::borrow::Cow;
use std::ops::Range;

use super::cell_lines;
use super::fields::{Field, fields};
use super::spaced_columns::Block;
use crate::document::{Cell, Document, Grid, Location, Part};
use crate::text::spacing::ideograph_width;

/// Longer lines are no rows of a table.
const MAX_LINE: usize = 2000;

/// The document with grids in place of the lines of tables whose columns are made of spaces.
pub fn with_grids(document: &Document) -> Cow<'_, Document> {
    if !document.parts.iter().any(|part| text_line(part).is_some()) {
        return Cow::Borrowed(document);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut is_changed = false;
    let mut at = 0;
    while at < document.parts.len() {
        let run = document.parts[at..].iter().take_while(|part| text_line(part).is_some()).count();
        if run == 0 {
            parts.push(document.parts[at].clone());
            at += 1;
            continue;
        }
        let lines: Vec<&Cell> = document.parts[at..at + run].iter().filter_map(text_line).collect();
        let mut tables = aligned(&lines);
        if tables.is_empty() {
            tables = cell_lines::tables(&lines);
        }
        let mut from = 0;
        for (range, grid) in tables {
            parts.extend(document.parts[at + from..at + range.start].iter().cloned());
            parts.push(Part::Table(grid));
            from = range.end;
            is_changed = true;
        }
        parts.extend(document.parts[at + from..at + run].iter().cloned());
        at += run;
    }
    if is_changed { Cow::Owned(Document { parts, ..document.clone() }) } else { Cow::Borrowed(document) }
}

fn text_line(part: &Part) -> Option<&Cell> {
    match part {
        Part::Paragraph(cell) if matches!(cell.at, Location::Text { .. }) => Some(cell),
        _ => None,
    }
}

/// The tables among some lines whose columns are made of spaces.
fn aligned(lines: &[&Cell]) -> Vec<(Range<usize>, Grid)> {
    let mut tables = Vec::new();
    let ideograph = ideograph_width(lines.iter().map(|cell| cell.text.as_str()));
    let mut block = Block::default();
    let mut close = |block: &mut Block<'_>| tables.extend(std::mem::take(block).finish(lines));
    for (line, cell) in lines.iter().enumerate() {
        if cell.text.len() > MAX_LINE {
            close(&mut block);
            continue;
        }
        let fields = fields(&cell.text, ideograph);
        if fields.is_empty() {
            continue;
        }
        let has_value = fields.iter().any(Field::is_value);
        if !block.body.is_empty() {
            if !block.is_header(&fields) {
                match block.add(line, fields) {
                    Ok(()) => continue,
                    Err(fields) => {
                        let Err(fields) = block.add_again(line, fields) else { continue };
                        close(&mut block);
                        open(&mut block, line, fields, has_value);
                        continue;
                    }
                }
            }
            close(&mut block);
        }
        open(&mut block, line, fields, has_value);
    }
    close(&mut block);
    tables
}

/// Begins a block with a line, or goes on with its headers.
fn open<'d>(block: &mut Block<'d>, line: usize, fields: Vec<Field<'d>>, has_value: bool) {
    if has_value && fields.len() > 1 {
        let _ = block.add(line, fields);
    } else if fields.len() > 1 || (!has_value && !block.headers.is_empty()) {
        block.headers.push((line, fields));
    } else {
        block.headers.clear();
    }
}
