//! Numbers that reach into another cell.
//!
//! In: the glyphs of a page with the cells that they are in, and the cells of a grid. Out: the same, with numbers made
//! unreadable that a ruling line cuts, and blank cells doubtful whose number may be in the next one, or outside of the table.

use super::grid::{Content, Squares};
use super::words::is_number;
use crate::read::page::lines::{Line, lines};
use crate::read::page::{Glyph, UNREADABLE};

/// The grid and the cell that a glyph is in.
pub(super) type Owner = Option<(usize, usize)>;

/// A glyph of which this part is beyond a line reaches into the cell there.
const REACHES: f64 = 0.25;

/// A number this far above or below a table may be of its first or last row, in units of its size.
const ABOVE: f64 = 1.5;

/// Digits on both sides of a line may be of one number if they are this near to each other, in units of their size, or not
/// much further apart than the digits of the number.
const NEXT: f64 = 0.3;
const SPACED: f64 = 1.25;

/// Digits further apart are of two numbers.
const WIDEST: f64 = 1.5;

/// Makes the digits unreadable of numbers that a ruling line cuts.
pub(super) fn mark_cut(glyphs: &mut [Glyph], owner: &[Owner]) {
    let is_part = |glyph: &Glyph| glyph.c.is_numeric() || matches!(glyph.c, '.' | ',');
    for at in 1..glyphs.len() {
        let (one, other) = (glyphs[at - 1], glyphs[at]);
        let gap = other.rect.x0 - one.rect.x1;
        let is_next = (other.rect.y0 - one.rect.y0).abs() < 0.2 * one.size && gap.abs() < 0.3 * one.size;
        if owner[at - 1] != owner[at] && is_next && is_part(&one) && is_part(&other) {
            (glyphs[at - 1].c, glyphs[at].c) = (UNREADABLE, UNREADABLE);
        }
    }
}

/// Marks the blank cells that a number reaches into from another cell, and digits that a line between columns cuts.
///
/// If one number is on the line between two columns, all of their numbers may be in the wrong one: then a number at this line
/// is doubtful, and so is the blank cell on the other side.
pub(super) fn mark(squares: &Squares, cells: &mut [Content]) {
    let mut reached: Vec<usize> = Vec::new();
    // For each line between columns, whether a number is on it.
    let mut is_crossed = vec![false; squares.columns() + 1];
    for cell in cells.iter_mut() {
        for glyph in cell.glyphs.iter_mut().filter(|glyph| is_of_number(glyph)) {
            let (x, y) = glyph.rect.center();
            let Some(own) = squares.at((x, y)) else { continue };
            let (by_x, by_y) = (REACHES * glyph.rect.width(), REACHES * glyph.rect.height());
            let across = [(glyph.rect.x0 + by_x, y), (glyph.rect.x1 - by_x, y)];
            let down = [(x, glyph.rect.y0 + by_y), (x, glyph.rect.y1 - by_y)];
            let other =
                |point: &(f64, f64)| squares.at(*point).filter(|square| squares.group(*square) != squares.group(own));
            reached.extend(down.iter().filter_map(other).map(|square| squares.group(square)));
            for square in across.iter().filter_map(other) {
                reached.push(squares.group(square));
                is_crossed[(square % squares.columns()).max(own % squares.columns())] = true;
                glyph.c = UNREADABLE;
            }
        }
    }
    for cell in cells.iter_mut().filter(|cell| is_blank(cell)) {
        let own = squares.group(cell.row * squares.columns() + cell.column);
        cell.is_doubtful |= reached.contains(&own);
    }
    mark_beside(&is_crossed, cells);
    mark_near(cells);
}

/// Whether digits are on top of each other, or further apart than others: two numbers may be in one cell.
fn may_be_two(glyphs: &[Glyph]) -> bool {
    let is_sure = glyphs.iter().all(|glyph| glyph.c != UNREADABLE && !glyph.is_hidden);
    is_sure && lines(glyphs).iter().any(|line| line.text.contains(UNREADABLE))
}

/// Makes digits unreadable that are on both sides of a line, no further from each other than those of their numbers.
fn mark_near(cells: &mut [Content]) {
    for at in 1..cells.len() {
        let (before, behind) = cells.split_at_mut(at);
        let (Some(one), Some(other)) = (before.last_mut(), behind.first_mut()) else { continue };
        if one.row != other.row || one.column + one.columns != other.column {
            continue;
        }
        let is_digit = |glyph: &&mut Glyph| glyph.c.is_ascii_digit();
        let (one_gap, other_gap) = (gap(&one.glyphs), gap(&other.glyphs));
        let last = one.glyphs.iter_mut().filter(is_digit).max_by(|one, other| one.rect.x1.total_cmp(&other.rect.x1));
        let first = other.glyphs.iter_mut().filter(is_digit).min_by(|one, other| one.rect.x0.total_cmp(&other.rect.x0));
        let (Some(last), Some(first)) = (last, first) else { continue };
        let (space, is_beside) =
            (first.rect.x0 - last.rect.x1, (first.rect.center().1 - last.rect.center().1).abs() < 0.2 * last.size);
        if is_beside && space < f64::max(NEXT, SPACED * one_gap.max(other_gap)) * last.size {
            (last.c, first.c) = (UNREADABLE, UNREADABLE);
        }
    }
}

/// The widest gap between the digits of a cell, in units of their size.
fn gap(glyphs: &[Glyph]) -> f64 {
    let mut digits: Vec<&Glyph> = glyphs.iter().filter(|glyph| glyph.c.is_ascii_digit()).collect();
    digits.sort_by(|one, other| one.rect.x0.total_cmp(&other.rect.x0));
    let is_beside = |pair: &&[&Glyph]| (pair[0].rect.center().1 - pair[1].rect.center().1).abs() < 0.2 * pair[0].size;
    let gaps = digits.windows(2).filter(is_beside).map(|pair| (pair[1].rect.x0 - pair[0].rect.x1) / pair[0].size);
    gaps.filter(|gap| *gap < WIDEST).fold(0.0, f64::max)
}

/// Marks numbers that are at a line between columns, behind or before a blank cell.
fn mark_beside(is_crossed: &[bool], cells: &mut [Content]) {
    for at in 1..cells.len() {
        let (before, behind) = cells.split_at_mut(at);
        let (Some(one), Some(other)) = (before.last_mut(), behind.first_mut()) else { continue };
        let line = one.column + one.columns;
        if one.row != other.row || line != other.column || is_blank(one) == is_blank(other) {
            continue;
        }
        let (blank, filled) = if is_blank(one) { (one, other) } else { (other, one) };
        blank.is_doubtful |= may_be_two(&filled.glyphs);
        if !is_crossed[line] {
            continue;
        }
        let numbers = || filled.glyphs.iter().filter(|glyph| is_of_number(glyph));
        let start = numbers().map(|glyph| glyph.rect.x0).fold(f64::MAX, f64::min);
        let end = numbers().map(|glyph| glyph.rect.x1).fold(f64::MIN, f64::max);
        let is_near = match blank.column < filled.column {
            true => start - filled.rect.x0 < filled.rect.x1 - end,
            false => filled.rect.x1 - end < start - filled.rect.x0,
        };
        if numbers().next().is_some() && is_near {
            blank.is_doubtful = true;
            filled.is_doubtful |= filled.glyphs.iter().all(|glyph| is_of_number(glyph) || !glyph.c.is_alphabetic());
        }
    }
}

/// Marks blank cells at an edge of the table that a number is beside, outside of all tables.
pub(super) fn mark_outside(outside: &[Line], cells: &mut [Content]) {
    let end = |ends: &mut dyn Iterator<Item = f64>| ends.fold(f64::MIN, f64::max);
    let (right, bottom) =
        (end(&mut cells.iter().map(|cell| cell.rect.x1)), end(&mut cells.iter().map(|cell| cell.rect.y1)));
    let may_be_number = |text: &str| is_number(&text.replace(UNREADABLE, "0"));
    for line in outside {
        for (_, place) in line.fields.iter().filter(|(bytes, _)| may_be_number(&line.text[bytes.clone()])) {
            let (x, y) = ((place.start + place.end) / 2.0, line.rect.center().1);
            for cell in cells.iter_mut().filter(|cell| is_blank(cell)) {
                let (rect, by) = (cell.rect, ABOVE * line.size);
                let is_left = cell.column == 0 && x < rect.x0 && rect.x0 - place.end < rect.width();
                let is_right = rect.x1 >= right && x > rect.x1 && place.start - rect.x1 < rect.width();
                let is_above = cell.row == 0 && y < rect.y0 && rect.y0 - y < by;
                let is_below = rect.y1 >= bottom && y > rect.y1 && y - rect.y1 < by;
                let is_beside = (rect.y0..rect.y1).contains(&y) && (is_left || is_right);
                cell.is_doubtful |= is_beside || ((rect.x0..rect.x1).contains(&x) && (is_above || is_below));
            }
        }
    }
}

fn is_blank(cell: &Content) -> bool {
    cell.glyphs.iter().all(Glyph::is_space)
}

fn is_of_number(glyph: &Glyph) -> bool {
    glyph.c.is_ascii_digit() || matches!(glyph.c, UNREADABLE | '/')
}
