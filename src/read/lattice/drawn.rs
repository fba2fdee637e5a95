//! Finds cells whose value may be drawn: a line, a picture or an outline in place of characters, or beside digits.
//!
//! In: a page, the grid of a table, and its cells. Out: the same cells, with those marked as doubtful.

use super::grid::Content;
use super::rulings::Frame;
use crate::error::Result;
use crate::limit::PageBudget;
use crate::read::page::{Glyph, Page, Rect};

/// What is this near to the edge of a cell may be part of its frame.
const EDGE: f64 = 2.6;

/// What is drawn this near to a number, in units of its size, may be part of it.
const BESIDE: f64 = 0.8;

/// The part of a glyph's height below its baseline; an underline is there.
const BELOW: f64 = 0.1;

/// Marks cells with something drawn in them and no text, or with a number that a drawn sign may be part of.
pub(super) fn mark(page: &Page, frame: &Frame, cells: &mut [Content], budget: &mut PageBudget) -> Result<()> {
    let is_far = |at: f64, places: &[f64]| places.iter().all(|place| (place - at).abs() > EDGE);
    let ruled =
        page.rulings.iter().filter(|line| is_far(line.at, if line.is_horizontal { &frame.ys } else { &frame.xs }));
    let ruled = ruled.map(|line| match line.is_horizontal {
        true => Rect { x0: line.from, y0: line.at, x1: line.to, y1: line.at },
        false => Rect { x0: line.at, y0: line.from, x1: line.at, y1: line.to },
    });
    let all: Vec<Rect> = page.images.iter().chain(&page.drawings).copied().chain(ruled).collect();
    budget.compare(all.len().saturating_mul(cells.len()))?;
    for cell in cells {
        let shown: Vec<&Glyph> = cell.glyphs.iter().filter(|glyph| !glyph.is_space()).collect();
        let is_number = shown.iter().all(|glyph| glyph.c.is_numeric() || matches!(glyph.c, '.' | ',' | '-'));
        if is_number {
            cell.is_doubtful |= all.iter().any(|drawing| is_within(drawing, &cell.rect) && may_belong(drawing, &shown));
        }
    }
    Ok(())
}

/// Whether a drawing is in a cell, and not on its edge.
fn is_within(drawing: &Rect, cell: &Rect) -> bool {
    const NEAR: f64 = 1.0;
    let (x, y) = drawing.center();
    drawing.x0 > cell.x0 - NEAR
        && drawing.x1 < cell.x1 + NEAR
        && drawing.y0 > cell.y0 - NEAR
        && drawing.y1 < cell.y1 + NEAR
        && (x - cell.x0).min(cell.x1 - x).min(y - cell.y0).min(cell.y1 - y) > EDGE.min(cell.height() / 4.0)
}

/// Whether a drawing may be part of a number, or all of it.
fn may_belong(drawing: &Rect, number: &[&Glyph]) -> bool {
    let Some(size) = number.iter().map(|glyph| glyph.size).reduce(f64::max) else { return true };
    let Some(text) = number.iter().map(|glyph| glyph.rect).reduce(|one, other| one.union(&other)) else { return true };
    let by = BESIDE * size;
    let around = Rect { x0: text.x0 - by, y0: text.y0, x1: text.x1 + by, y1: text.y1 - BELOW * text.height() };
    around.contains(drawing.center())
}
