//! Finds tables by their ruling lines.
//!
//! In: a [`Page`]. Out: its [`Table`]s with cells that span rows and columns, and the glyphs outside of them. Called by
//! [`super::page`], whatever format the page came from.
//!
//! [`rulings`] joins the pieces of lines and finds those that belong together. Their places make a grid, of which
//! [`grid`] joins the squares without a line between them to cells. [`split`] divides rows that only column rules have,
//! and [`join`] puts the parts of a table on several pages together.

mod crossing;
mod doubt;
mod drawn;
mod grid;
mod join;
mod rulings;
mod split;
mod table;
mod words;

use super::page::lines::lines;
use super::page::{Glyph, Page};
use crate::error::Result;
use crate::limit::PageBudget;
use grid::Squares;
pub(super) use join::join;
pub(super) use table::{Cell, RowPlace, Table, page_box};
pub(super) use words::{has_ordinal, starts_anew};

/// The tables of a page from the top down, and the glyphs outside of them.
pub(super) fn tables(page: &Page, number: u32, budget: &mut PageBudget) -> Result<(Vec<Table>, Vec<Glyph>)> {
    let mut frames = rulings::frames(&page.rulings, budget)?;
    // A frame around a table has what the table leaves.
    let paper = page.paper();
    frames.retain(|frame| frame.rect().intersection(&paper).area() > 0.0);
    frames.sort_by(|one, other| one.rect().area().total_cmp(&other.rect().area()));
    let mut owner: Vec<crossing::Owner> = vec![None; page.glyphs.len()];
    let mut grids = Vec::new();
    for frame in frames {
        let squares = Squares::new(&frame, budget)?;
        let index = grids.len();
        let mut is_filled = false;
        for (glyph, owner) in page.glyphs.iter().zip(&mut owner) {
            if owner.is_none()
                && let Some(square) = squares.at(glyph.rect.center())
            {
                *owner = Some((index, squares.group(square)));
                is_filled |= !glyph.is_space();
            }
        }
        budget.compare(page.glyphs.len())?;
        if is_filled {
            grids.push((frame, squares));
        } else {
            owner
                .iter_mut()
                .filter(|owner| matches!(owner, Some((at, _)) if *at == index))
                .for_each(|owner| *owner = None);
        }
    }
    keep_marks(&page.glyphs, &mut owner);
    let mut glyphs = page.glyphs.clone();
    crossing::mark_cut(&mut glyphs, &owner);
    let outside: Vec<Glyph> =
        glyphs.iter().zip(&owner).filter(|(_, owner)| owner.is_none()).map(|(glyph, _)| *glyph).collect();
    let outside = lines(&outside);
    let mut tables = Vec::new();
    for (index, (frame, squares)) in grids.iter().enumerate() {
        let own = glyphs.iter().zip(&owner);
        let own =
            own.filter_map(|(glyph, owner)| owner.filter(|(at, _)| *at == index).map(|(_, group)| (group, *glyph)));
        let mut content = squares.cells(own);
        crossing::mark(squares, &mut content);
        budget.compare(outside.len().saturating_mul(content.len()))?;
        crossing::mark_outside(&outside, &mut content);
        drawn::mark(page, frame, &mut content, budget)?;
        let is_beyond = |glyph: &Glyph| !glyph.is_space() && !paper.contains(glyph.rect.center());
        let is_cut = content.iter().flat_map(|cell| &cell.glyphs).any(is_beyond);
        tables.push(Table { is_cut, ..split::table(page, frame, content) });
    }
    tables.sort_by(|one: &Table, other| one.top.total_cmp(&other.top));
    for (table, count) in tables.iter_mut().zip(1..) {
        for (place, row) in table.rows.iter_mut().zip(1..) {
            *place = RowPlace { page: number, table: count, row };
        }
    }
    let rest = glyphs.into_iter().zip(owner).filter(|(_, owner)| owner.is_none()).map(|(glyph, _)| glyph);
    Ok((tables, rest.filter(|glyph| paper.contains(glyph.rect.center())).collect()))
}

/// Puts punctuation that reaches into another cell into that of the characters before and behind it: in vertical text it is at
/// the right edge of its line.
fn keep_marks(glyphs: &[Glyph], owner: &mut [Option<(usize, usize)>]) {
    for at in 1..glyphs.len().saturating_sub(1) {
        let (before, glyph) = (&glyphs[at - 1], &glyphs[at]);
        let is_within = owner[at - 1] == owner[at + 1] && owner[at - 1].is_some() && owner[at] != owner[at - 1];
        let ((x, y), (own_x, own_y)) = (before.rect.center(), glyph.rect.center());
        let is_beside = (own_x - x).abs() <= glyph.size && (own_y - y).abs() <= 1.6 * glyph.size;
        if is_within && is_beside && !glyph.c.is_alphanumeric() && !glyph.is_space() {
            owner[at] = owner[at - 1];
        }
    }
}

#[cfg(test)]
mod tests;
