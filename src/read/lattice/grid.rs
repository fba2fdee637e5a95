//! Joins the squares of a grid without a ruling line between them to cells.
//!
//! In: a [`Frame`], and glyphs. Out: for each cell, its place in the grid and its glyphs.

use std::collections::BTreeMap;

use super::rulings::{Frame, Sets};
use crate::error::Result;
use crate::limit::{CELLS, PageBudget, too_large};
use crate::read::page::{Glyph, Rect, Ruling};

/// How far a line may be from the place of its column or row.
const NEAR: f64 = 2.6;

/// A line between two squares covers this part of their side.
const COVERED: f64 = 0.5;

/// Squares, and which of them are one cell.
pub(super) struct Squares {
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// For each square, row by row, the first square of its cell.
    groups: Vec<usize>,
    cells: BTreeMap<usize, Span>,
}

/// The rows and columns of a cell, both ends included, and its number of squares.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: (usize, usize),
    last: (usize, usize),
    squares: usize,
}

/// What is in one cell of the grid.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) rect: Rect,
    pub(super) glyphs: Vec<Glyph>,
    /// Whether it is part of an area of squares that is no rectangle and has text in another part.
    pub(super) is_doubtful: bool,
}

impl Squares {
    pub(super) fn new(frame: &Frame, budget: &mut PageBudget) -> Result<Self> {
        let (columns, rows) = (frame.xs.len() - 1, frame.ys.len() - 1);
        let count = columns.saturating_mul(rows);
        if count > CELLS {
            return Err(too_large("@format.many_cells", CELLS));
        }
        budget.compare(count.saturating_mul(4))?;
        let down = by_place(&frame.vertical, &frame.xs);
        let across = by_place(&frame.horizontal, &frame.ys);
        let mut sets = Sets::new(count);
        for row in 0..rows {
            for column in 0..columns {
                let square = row * columns + column;
                if column + 1 < columns && !covers(&down[column + 1], frame.ys[row], frame.ys[row + 1]) {
                    sets.join(square, square + 1);
                }
                if row + 1 < rows && !covers(&across[row + 1], frame.xs[column], frame.xs[column + 1]) {
                    sets.join(square, square + columns);
                }
            }
        }
        let groups: Vec<usize> = (0..count).map(|square| sets.find(square)).collect();
        let mut cells: BTreeMap<usize, Span> = BTreeMap::new();
        for (square, group) in groups.iter().enumerate() {
            let (row, column) = (square / columns, square % columns);
            let span = cells.entry(*group).or_insert(Span { first: (row, column), last: (row, column), squares: 0 });
            span.first = (span.first.0.min(row), span.first.1.min(column));
            span.last = (span.last.0.max(row), span.last.1.max(column));
            span.squares += 1;
        }
        Ok(Self { xs: frame.xs.clone(), ys: frame.ys.clone(), groups, cells })
    }

    /// The square at a point.
    pub(super) fn at(&self, (x, y): (f64, f64)) -> Option<usize> {
        let (columns, rows) = (self.xs.len() - 1, self.ys.len() - 1);
        if x < self.xs[0] - 1.0 || x > self.xs[columns] + 1.0 || y < self.ys[0] || y > self.ys[rows] {
            return None;
        }
        let column = self.xs[1..columns].partition_point(|place| *place <= x);
        let row = self.ys[1..rows].partition_point(|place| *place <= y);
        Some(row * columns + column)
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.xs.len() - 1
    }

    /// The cell of a square.
    pub(super) fn group(&self, square: usize) -> usize {
        self.groups[square]
    }

    /// The cells with their glyphs.
    ///
    /// Squares that together are no rectangle are cells by themselves, since some line is missing. The first one has all
    /// of the text, and the others are doubtful.
    pub(super) fn cells(&self, glyphs: impl Iterator<Item = (usize, Glyph)>) -> Vec<Content> {
        let mut own: BTreeMap<usize, Vec<Glyph>> = BTreeMap::new();
        for (group, glyph) in glyphs {
            own.entry(group).or_default().push(glyph);
        }
        let columns = self.xs.len() - 1;
        let mut cells = Vec::new();
        for (group, span) in &self.cells {
            let glyphs = own.remove(group).unwrap_or_default();
            let (height, width) = (span.last.0 - span.first.0 + 1, span.last.1 - span.first.1 + 1);
            if span.squares == height * width {
                cells.push(self.content(span.first, (height, width), glyphs));
                continue;
            }
            let is_doubtful = glyphs.iter().any(|glyph| !glyph.is_space());
            let squares = (0..self.groups.len()).filter(|square| self.groups[*square] == *group);
            let mut glyphs = Some(glyphs);
            for square in squares {
                let mut content = self.content((square / columns, square % columns), (1, 1), Vec::new());
                match glyphs.take() {
                    Some(all) => content.glyphs = all,
                    None => content.is_doubtful = is_doubtful,
                }
                cells.push(content);
            }
        }
        cells.sort_by_key(|cell| (cell.row, cell.column));
        cells
    }

    fn content(&self, (row, column): (usize, usize), (rows, columns): (usize, usize), glyphs: Vec<Glyph>) -> Content {
        let rect =
            Rect { x0: self.xs[column], y0: self.ys[row], x1: self.xs[column + columns], y1: self.ys[row + rows] };
        Content { row, column, rows, columns, rect, glyphs, is_doubtful: false }
    }
}

/// For each place, the lines at it.
fn by_place(lines: &[Ruling], places: &[f64]) -> Vec<Vec<Ruling>> {
    let at = |place: &f64| lines.iter().filter(|line| (line.at - place).abs() <= NEAR).copied().collect();
    places.iter().map(at).collect()
}

/// Whether lines cover most of a side.
fn covers(lines: &[Ruling], from: f64, to: f64) -> bool {
    let covered: f64 = lines.iter().map(|line| (line.to.min(to) - line.from.max(from)).max(0.0)).sum();
    covered >= COVERED * (to - from)
}
