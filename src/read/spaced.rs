//! Tables in plain text whose columns are made of spaces, as programs write that turn pages into text.
//!
//! In: lines of text. Out: [`Alternative`]s: the tables that the lines may be. Called by [`crate::read`].
//!
//! Each character has a place, as on a page, so the tables are found like those of pages without ruling lines, by
//! [`columns`].

use std::ops::Range;

use super::columns::{self, Placed};
use super::flow::draft_grid;
use crate::document::{Alternative, Location, Part};
use crate::error::Result;
use crate::limit::CellBudget;
use crate::text::spacing;
use line::{Columns, CountedLine, Place};

mod line;

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
    let mut from = run.start;
    while from < run.end {
        let next = (from + 1..run.end).find(|at| begins_page(&parts[*at])).unwrap_or(run.end);
        add_page(parts, from..next, found, budget)?;
        from = next;
    }
    Ok(())
}

/// Whether a line follows a page break, which breaks a line without ending it.
fn begins_page(part: &Part) -> bool {
    line_text(part).is_some_and(|(_, at)| matches!(at, Location::Text { column, .. } if *column > 1))
}

/// The tables of a page. Each page has its own columns.
fn add_page(parts: &[Part], page: Range<usize>, found: &mut Vec<Alternative>, budget: &mut CellBudget) -> Result<()> {
    let mut lines: Vec<CountedLine<'_>> = Vec::new();
    for (row, part) in page.enumerate() {
        let Some((text, at)) = line_text(&parts[part]) else { continue };
        if text.len() > MAX_LINE {
            return Ok(());
        }
        if !text.trim().is_empty() && !is_page_number(text) {
            lines.push(CountedLine::new(text, Place { part, row, at }));
        }
    }
    let columns = Columns::new(&lines);
    let placed: Vec<Placed> =
        lines.iter().map(|line| Placed { line: line.placed(&columns), below: 0.0, is_first: false }).collect();
    for draft in columns::counted_drafts(&placed) {
        let parts = lines[draft.lines.start].place.part..lines[draft.lines.end - 1].place.part + 1;
        let grid = draft_grid(draft, |line| lines[line].place.at.clone(), budget)?;
        found.push(Alternative { parts, grid });
    }
    Ok(())
}

/// Whether a line is the number of a page between dashes: `— 2 —`.
fn is_page_number(text: &str) -> bool {
    let is_dash = |c: char| c.is_whitespace() || matches!(c, '-' | '－' | '—' | '–');
    let number = text.trim_matches(is_dash);
    let has_dashes = |text: &str| text.trim_start().starts_with(is_dash) && text.trim_end().ends_with(is_dash);
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) && has_dashes(text.trim())
}

#[cfg(test)]
mod tests;
