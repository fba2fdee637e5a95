//! Makes the digits of a page unreadable that a line strikes through.
//!
//! In: a page and the drawn lines that are no ruling lines. Out: the same page. Deleted text is still on the page: below a
//! line, or a thin rectangle, or under the pen of somebody who crosses it out.

use super::geometry::{Direction, Page, Rect, UNREADABLE};

/// The part of a glyph's height, from its lower end, in which a line strikes it. An underline is below.
const MIDDLE: std::ops::RangeInclusive<f64> = 0.22..=0.78;

/// A ruling line that reaches this part of a glyph's height beyond struck text is a line of a table.
const BEYOND: f64 = 2.0;

/// A straight piece of a drawing.
pub(super) type Segment = ((f64, f64), (f64, f64));

/// Marks struck digits, and drops the ruling lines that only strike text.
pub(super) fn mark(page: &mut Page, drawn: &[Segment]) {
    let mut digits: Vec<usize> = (0..page.glyphs.len())
        .filter(|index| is_of_value(page.glyphs[*index].c) && !page.glyphs[*index].is_hidden)
        .collect();
    if digits.is_empty() {
        return;
    }
    let middle = |index: usize| page.glyphs[index].rect.center().1;
    digits.sort_by(|one, other| middle(*one).total_cmp(&middle(*other)));
    let middles: Vec<f64> = digits.iter().map(|index| middle(*index)).collect();
    let highest = digits.iter().map(|index| page.glyphs[*index].rect.height()).fold(0.0, f64::max);
    let near = |top: f64, bottom: f64| {
        let first = middles.partition_point(|at| *at < top - highest);
        let last = middles.partition_point(|at| *at <= bottom + highest);
        &digits[first..last.max(first)]
    };
    let mut struck: Vec<usize> = Vec::new();
    let mut is_strike = vec![false; page.rulings.len()];
    for (number, ruling) in page.rulings.iter().enumerate() {
        let (top, bottom) = if ruling.is_horizontal { (ruling.at, ruling.at) } else { (ruling.from, ruling.to) };
        let (mut start, mut end) = (f64::MAX, f64::MIN);
        for index in near(top, bottom) {
            let glyph = &page.glyphs[*index];
            let is_across = matches!(glyph.direction, Direction::Right | Direction::Left);
            let rect = glyph.rect;
            let (x, y) = rect.center();
            let (along, from, to, low, high) = match is_across {
                true => (x, rect.x0, rect.x1, rect.y0, rect.y1),
                false => (y, rect.y0, rect.y1, rect.x0, rect.x1),
            };
            let part = (high - ruling.at) / (high - low);
            let covers = (ruling.from..=ruling.to).contains(&along);
            if is_across == ruling.is_horizontal && covers && MIDDLE.contains(&part) {
                struck.push(*index);
                let by = BEYOND * (high - low);
                (start, end) = (f64::min(start, from - by), f64::max(end, to + by));
            }
        }
        is_strike[number] = ruling.from >= start && ruling.to <= end;
    }
    for (one, other) in drawn {
        for index in near(one.1.min(other.1), one.1.max(other.1)) {
            if crosses(*one, *other, &page.glyphs[*index].rect) {
                struck.push(*index);
            }
        }
    }
    struck.into_iter().for_each(|index| page.glyphs[index].c = UNREADABLE);
    let mut is_strike = is_strike.into_iter();
    page.rulings.retain(|_| !is_strike.next().unwrap_or(false));
}

/// Whether a character may be all or part of a value.
fn is_of_value(c: char) -> bool {
    c.is_numeric() || matches!(c, '/' | '／')
}

/// Whether a piece of a line goes through the middle of a glyph.
fn crosses((x0, y0): (f64, f64), (x1, y1): (f64, f64), rect: &Rect) -> bool {
    let (by_x, by_y) = (0.2 * rect.width(), 0.25 * rect.height());
    let inner = Rect { x0: rect.x0 + by_x, y0: rect.y0 + by_y, x1: rect.x1 - by_x, y1: rect.y1 - by_y };
    // The part of the piece, from 0 to 1, within the rectangle. Source: Liang and Barsky 1984.
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (start, by, low, high) in [(x0, x1 - x0, inner.x0, inner.x1), (y0, y1 - y0, inner.y0, inner.y1)] {
        if by == 0.0 {
            if start < low || start > high {
                return false;
            }
            continue;
        }
        let (enters, leaves) = ((low - start) / by, (high - start) / by);
        (from, to) = (from.max(enters.min(leaves)), to.min(enters.max(leaves)));
    }
    from < to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::page::geometry::{Glyph, Ruling};

    fn page(ruling: Option<Ruling>) -> Page {
        let glyph = |(c, x0): (char, f64)| {
            let rect = Rect { x0, y0: 100.0, x1: x0 + 5.0, y1: 110.0 };
            Glyph { c, rect, size: 10.0, direction: Direction::Right, is_hidden: false, mark: None }
        };
        let glyphs = [('9', 50.0), ('9', 55.0), ('1', 60.0), ('2', 65.0)].map(glyph).to_vec();
        Page { width: 200.0, height: 300.0, glyphs, rulings: ruling.into_iter().collect(), ..Page::default() }
    }

    fn marked(mut page: Page, drawn: &[Segment]) -> (String, usize) {
        mark(&mut page, drawn);
        (page.glyphs.iter().map(|glyph| glyph.c).collect(), page.rulings.len())
    }

    #[test]
    fn struck_digits_are_unreadable() {
        let line = |at: f64, to: f64| Some(Ruling { is_horizontal: true, at, from: 50.0, to });
        assert_eq!(marked(page(line(106.0, 60.0)), &[]), ("\u{fffd}\u{fffd}12".to_owned(), 0));
        assert_eq!(marked(page(line(106.0, 160.0)), &[]), ("\u{fffd}\u{fffd}\u{fffd}\u{fffd}".to_owned(), 1));
        // An underline and the line above.
        assert_eq!(marked(page(line(109.6, 60.0)), &[]), ("9912".to_owned(), 1));
        assert_eq!(marked(page(line(99.0, 60.0)), &[]), ("9912".to_owned(), 1));
        let crossed = [((58.0, 112.0), (72.0, 97.0))];
        assert_eq!(marked(page(None), &crossed), ("99\u{fffd}\u{fffd}".to_owned(), 0));
        assert_eq!(marked(page(None), &[((45.0, 90.0), (48.0, 120.0))]), ("9912".to_owned(), 0));
    }
}
