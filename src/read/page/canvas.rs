//! Collects what a page paints, and finds out what of it shows.
//!
//! In: glyphs, paths and images in the order in which they are painted. Out: a [`Page`] with ruling lines.
//!
//! Text can be on a page without showing: drawn without ink, in white, beyond a clip, or below a picture or a filled
//! rectangle, as when somebody covers a figure with a new one. It is marked as hidden. [`Canvas::finish`] drops it where
//! other text shows in its place.

use std::collections::HashMap;

use super::geometry::{Glyph, Page, Rect, Ruling};
use super::strike::{self, Segment};
use crate::error::Result;
use crate::limit::PageBudget;

/// The widest filled rectangle and the thickest stroke that are ruling lines.
const THICKEST: f64 = 3.0;

/// How far a line may be from exactly straight.
const SLANT: f64 = 0.7;

/// A drawing that is larger both ways is no mark of a cell: a seal, a chart or a frame.
const LARGEST: f64 = 40.0;

/// Shorter lines are dots.
const SHORTEST: f64 = 0.2;

/// What something is painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// A color that shows on white paper.
    Color,
    /// White.
    White,
    /// A color that lets what is below it show.
    Clear,
    /// Nothing.
    None,
}

/// A subpath: its points, and whether it has curves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subpath {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) is_curved: bool,
    pub(crate) is_closed: bool,
}

impl Subpath {
    /// The rectangle that the subpath is, if it is one with sides along the page.
    fn rectangle(&self) -> Option<Rect> {
        let rect = Rect::around(self.points.iter().copied())?;
        let is_corner = |(x, y): &(f64, f64)| {
            let near = |one: f64, other: f64| (one - other).abs() < 0.1;
            (near(*x, rect.x0) || near(*x, rect.x1)) && (near(*y, rect.y0) || near(*y, rect.y1))
        };
        (!self.is_curved && self.points.len() >= 4 && self.points.iter().all(is_corner)).then_some(rect)
    }
}

/// One page while it is painted.
pub(crate) struct Canvas<'b> {
    page: Page,
    budget: &'b mut PageBudget,
    /// Filled areas in the order in which they are painted, and whether they are white.
    fills: Vec<(Rect, bool)>,
    /// Straight pieces of small drawings that are no ruling lines.
    drawn: Vec<Segment>,
}

impl<'b> Canvas<'b> {
    pub(crate) fn new(width: f64, height: f64, budget: &'b mut PageBudget) -> Self {
        Self { page: Page { width, height, ..Page::default() }, budget, fills: Vec::new(), drawn: Vec::new() }
    }

    /// What can be painted on: the paper, and as much around it as a table may have that is too wide for the paper.
    pub(crate) fn room(&self) -> Rect {
        let by = 2.0 * self.page.width.max(self.page.height);
        Rect { x0: -by, y0: -by, x1: self.page.width + by, y1: self.page.height + by }
    }

    /// A clip within another one. A clip that has all of the paper clips nothing: what is beyond the paper may be part of
    /// a table.
    pub(crate) fn clipped(&self, clip: &Rect, by: &Rect) -> Rect {
        const NEAR: f64 = 1.5;
        let paper = self.page.paper();
        let has_all =
            by.x0 < paper.x0 + NEAR && by.y0 < paper.y0 + NEAR && by.x1 > paper.x1 - NEAR && by.y1 > paper.y1 - NEAR;
        if has_all { *clip } else { clip.intersection(by) }
    }

    /// The limits.
    pub(crate) fn budget(&mut self) -> &mut PageBudget {
        self.budget
    }

    /// Paints glyphs that are shown together.
    ///
    /// A run that is wholly beyond the clip is not on the page. Of one that is cut, the digits beyond are hidden, so that
    /// no part of a number is taken for the whole.
    pub(crate) fn run(&mut self, run: &mut [Glyph], ink: Ink, clip: &Rect) -> Result<()> {
        self.budget.glyphs(run.len())?;
        let margin = |glyph: &Glyph| glyph.size.abs() * 0.3;
        let is_inside = |glyph: &Glyph| {
            let by = margin(glyph);
            let wider = Rect { x0: clip.x0 - by, y0: clip.y0 - by, x1: clip.x1 + by, y1: clip.y1 + by };
            wider.contains(glyph.rect.center())
        };
        if !run.iter().any(|glyph| !glyph.is_space() && is_inside(glyph)) {
            return Ok(());
        }
        for glyph in run {
            // A digit of which less than half shows is not read.
            let is_cut = glyph.c.is_numeric() && !clip.contains(glyph.rect.center());
            let is_inked = match ink {
                Ink::Color => true,
                Ink::White => self.is_on_color(&glyph.rect)?,
                Ink::Clear | Ink::None => false,
            };
            glyph.is_hidden |= is_cut || !is_inked;
            self.page.glyphs.push(*glyph);
        }
        Ok(())
    }

    /// Whether a place is painted in a color.
    fn is_on_color(&mut self, rect: &Rect) -> Result<bool> {
        self.budget.compare(self.fills.len())?;
        let below = self.fills.iter().rev().find(|(fill, _)| fill.contains(rect.center()));
        Ok(below.is_some_and(|(_, is_white)| !is_white))
    }

    /// Fills a path.
    pub(crate) fn fill(&mut self, path: &[Subpath], ink: Ink, clip: &Rect) -> Result<()> {
        if ink == Ink::None {
            return Ok(());
        }
        let mut areas = Vec::new();
        for subpath in path {
            let Some(rect) = Rect::around(subpath.points.iter().copied()) else { continue };
            if rect.width().min(rect.height()) > THICKEST {
                match subpath.rectangle() {
                    Some(area) => areas.push(area),
                    None if ink != Ink::White => self.draw(subpath, clip)?,
                    None => {}
                }
            } else if ink != Ink::White {
                self.bar(&rect, clip)?;
            }
        }
        if ink == Ink::Clear { Ok(()) } else { self.cover(&areas, ink == Ink::White, clip) }
    }

    /// A filled rectangle that may be a ruling line.
    fn bar(&mut self, rect: &Rect, clip: &Rect) -> Result<()> {
        let ((x, y), width, height) = (rect.center(), rect.width(), rect.height());
        if width > height {
            self.line((rect.x0, y), (rect.x1, y), clip)
        } else {
            self.line((x, rect.y0), (x, rect.y1), clip)
        }
    }

    /// Hides what is below rectangles that are filled together; where two of them overlap, there may be a hole.
    fn cover(&mut self, areas: &[Rect], is_white: bool, clip: &Rect) -> Result<()> {
        let areas: Vec<Rect> = areas.iter().map(|area| area.intersection(clip)).collect();
        let areas: Vec<Rect> = areas.into_iter().filter(|area| area.width() > 0.0 && area.height() > 0.0).collect();
        if areas.is_empty() {
            return Ok(());
        }
        self.budget.compare(areas.len().saturating_mul(self.page.glyphs.len()))?;
        for glyph in &mut self.page.glyphs {
            let over = areas.iter().filter(|area| area.contains(glyph.rect.center())).count();
            glyph.is_hidden |= over % 2 == 1;
        }
        self.budget.rulings(areas.len())?;
        self.fills.extend(areas.into_iter().map(|area| (area, is_white)));
        Ok(())
    }

    /// Strokes a path with a line of this width.
    pub(crate) fn stroke(&mut self, path: &[Subpath], width: f64, ink: Ink, clip: &Rect) -> Result<()> {
        if matches!(ink, Ink::White | Ink::None) || width > 2.0 * THICKEST {
            return Ok(());
        }
        for subpath in path {
            if subpath.is_curved || !is_ruled(subpath) {
                self.draw(subpath, clip)?;
            }
            if subpath.is_curved {
                continue;
            }
            for pair in subpath.points.windows(2) {
                self.line(pair[0], pair[1], clip)?;
            }
            if let (true, [first, .., last]) = (subpath.is_closed, subpath.points.as_slice()) {
                self.line(*last, *first, clip)?;
            }
        }
        Ok(())
    }

    /// Draws something that is no ruling line.
    fn draw(&mut self, subpath: &Subpath, clip: &Rect) -> Result<()> {
        let Some(rect) = Rect::around(subpath.points.iter().copied()) else { return Ok(()) };
        let is_shown = clip.contains(rect.center()) && rect.width().max(rect.height()) > SHORTEST;
        if rect.width().min(rect.height()) > LARGEST || !is_shown {
            return Ok(());
        }
        self.budget.rulings(subpath.points.len())?;
        self.page.drawings.push(rect);
        self.drawn.extend(subpath.points.windows(2).map(|pair| (pair[0], pair[1])));
        Ok(())
    }

    fn line(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), clip: &Rect) -> Result<()> {
        let (across, down) = ((x0 - x1).abs(), (y0 - y1).abs());
        let is_horizontal = match () {
            () if down <= SLANT && across > down => true,
            () if across <= SLANT && down > across => false,
            () => return Ok(()),
        };
        let ((at, from, to), (low, high, start, end)) = match is_horizontal {
            true => (((y0 + y1) / 2.0, x0.min(x1), x0.max(x1)), (clip.y0, clip.y1, clip.x0, clip.x1)),
            false => (((x0 + x1) / 2.0, y0.min(y1), y0.max(y1)), (clip.x0, clip.x1, clip.y0, clip.y1)),
        };
        let (from, to) = (from.max(start), to.min(end));
        if at < low - 2.0 || at > high + 2.0 || to - from < SHORTEST || !at.is_finite() {
            return Ok(());
        }
        self.budget.rulings(1)?;
        self.page.rulings.push(Ruling { is_horizontal, at, from, to });
        Ok(())
    }

    /// Paints an image. One that is not opaque, such as a seal, hides nothing.
    pub(crate) fn image(&mut self, rect: &Rect, is_opaque: bool, clip: &Rect) -> Result<()> {
        let shown = rect.intersection(clip).intersection(&self.page.paper());
        if shown.width().min(shown.height()) <= THICKEST {
            return self.bar(&shown, clip);
        }
        self.budget.rulings(1)?;
        self.page.images.push(shown);
        if is_opaque { self.cover(&[shown], false, clip) } else { Ok(()) }
    }

    /// The page, without hidden text that other text shows in place of.
    pub(crate) fn finish(self) -> Page {
        let Self { mut page, drawn, .. } = self;
        strike::mark(&mut page, &drawn);
        if page.glyphs.iter().any(|glyph| glyph.is_hidden) {
            let shown = Shown::new(&page.glyphs);
            page.glyphs.retain(|glyph| !glyph.is_hidden || !shown.is_below(glyph));
        }
        page
    }
}

/// Whether all pieces of a path run along or down the page.
fn is_ruled(path: &Subpath) -> bool {
    let is_straight = |pair: &[(f64, f64)]| (pair[0].0 - pair[1].0).abs().min((pair[0].1 - pair[1].1).abs()) <= SLANT;
    path.points.windows(2).all(is_straight)
}

/// The visible glyphs, by squares of the page.
struct Shown(HashMap<(i32, i32), Vec<Rect>>);

impl Shown {
    const SIDE: f64 = 16.0;

    fn new(glyphs: &[Glyph]) -> Self {
        let mut squares: HashMap<(i32, i32), Vec<Rect>> = HashMap::new();
        for glyph in glyphs.iter().filter(|glyph| !glyph.is_hidden && !glyph.is_space()) {
            squares.entry(Self::square(glyph.rect.center())).or_default().push(glyph.rect);
        }
        Self(squares)
    }

    fn square((x, y): (f64, f64)) -> (i32, i32) {
        ((x / Self::SIDE).floor() as i32, (y / Self::SIDE).floor() as i32)
    }

    /// Whether a visible glyph is in the place of a hidden one.
    fn is_below(&self, glyph: &Glyph) -> bool {
        let center = glyph.rect.center();
        let (column, row) = Self::square(center);
        let near =
            (-2..=2).flat_map(|by| (-2..=2).map(move |down| (column.saturating_add(by), row.saturating_add(down))));
        near.filter_map(|square| self.0.get(&square)).flatten().any(|rect| rect.contains(center))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::page::geometry::Direction;

    fn glyph(c: char, x: f64, y: f64) -> Glyph {
        let rect = Rect { x0: x, y0: y, x1: x + 5.0, y1: y + 10.0 };
        Glyph { c, rect, size: 10.0, direction: Direction::Right, is_hidden: false, mark: None }
    }

    fn rectangle(x0: f64, y0: f64, x1: f64, y1: f64) -> Subpath {
        Subpath { points: vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1)], is_curved: false, is_closed: true }
    }

    fn painted(paint: impl FnOnce(&mut Canvas<'_>, Rect)) -> Page {
        let mut budget = PageBudget::default();
        let mut canvas = Canvas::new(200.0, 300.0, &mut budget);
        let paper = canvas.room();
        paint(&mut canvas, paper);
        canvas.finish()
    }

    fn texts(page: &Page) -> String {
        page.glyphs.iter().map(|glyph| if glyph.is_hidden { '?' } else { glyph.c }).collect()
    }

    #[test]
    fn a_covered_figure_is_hidden_and_a_new_one_takes_its_place() {
        let cover = [rectangle(0.0, 0.0, 50.0, 50.0)];
        let page = painted(|canvas, paper| {
            canvas.run(&mut [glyph('1', 10.0, 10.0)], Ink::Color, &paper).unwrap();
            canvas.fill(&cover, Ink::White, &paper).unwrap();
        });
        assert_eq!(texts(&page), "?");
        let page = painted(|canvas, paper| {
            canvas.run(&mut [glyph('1', 10.0, 10.0)], Ink::Color, &paper).unwrap();
            canvas.fill(&cover, Ink::White, &paper).unwrap();
            canvas.run(&mut [glyph('2', 11.0, 10.0)], Ink::Color, &paper).unwrap();
        });
        assert_eq!(texts(&page), "2");
        let page = painted(|canvas, paper| {
            canvas.fill(&cover, Ink::Color, &paper).unwrap();
            canvas.run(&mut [glyph('1', 10.0, 10.0)], Ink::White, &paper).unwrap();
            canvas.run(&mut [glyph('2', 70.0, 10.0)], Ink::White, &paper).unwrap();
            canvas.run(&mut [glyph('3', 90.0, 10.0)], Ink::None, &paper).unwrap();
        });
        assert_eq!(texts(&page), "1??");
    }

    #[test]
    fn digits_beyond_a_clip_are_hidden() {
        let clip = Rect { x0: 0.0, y0: 0.0, x1: 20.0, y1: 300.0 };
        let page = painted(|canvas, _| {
            let mut run = [glyph('1', 5.0, 5.0), glyph('2', 15.0, 5.0), glyph('3', 25.0, 5.0)];
            canvas.run(&mut run, Ink::Color, &clip).unwrap();
            canvas.run(&mut [glyph('4', 40.0, 5.0)], Ink::Color, &clip).unwrap();
        });
        assert_eq!(texts(&page), "12?");
    }

    #[test]
    fn strokes_and_thin_rectangles_are_ruling_lines() {
        let page = painted(|canvas, paper| {
            canvas.stroke(&[rectangle(10.0, 10.0, 90.0, 40.0)], 0.5, Ink::Color, &paper).unwrap();
            canvas.fill(&[rectangle(10.0, 60.0, 90.0, 60.5)], Ink::Color, &paper).unwrap();
            canvas.fill(&[rectangle(10.0, 70.0, 90.0, 70.5)], Ink::White, &paper).unwrap();
        });
        assert_eq!(page.rulings.len(), 5);
        assert_eq!(page.rulings[4], Ruling { is_horizontal: true, at: 60.25, from: 10.0, to: 90.0 });
    }
}
