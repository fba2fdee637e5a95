//! Rotates a page so that most of its text runs to the right.
//!
//! A report printed across the page, or one that a program turned without saying so, has its lines of text from the top
//! down. Tables are easier to find in upright text.

use super::geometry::{Direction, Glyph, Page, Rect, Ruling};

impl Page {
    /// Rotates the page to the direction of most text. Afterwards, places are those of the rotated page.
    pub(crate) fn turn_upright(&mut self) {
        let all = [Direction::Right, Direction::Down, Direction::Left, Direction::Up];
        let count = |direction: &Direction| {
            let own = |glyph: &&Glyph| glyph.direction == *direction && !glyph.is_hidden && !glyph.is_space();
            self.glyphs.iter().filter(own).count()
        };
        // Of equal counts, the first one.
        let Some(most) = all.into_iter().rev().max_by_key(count) else { return };
        self.turn(most);
    }

    fn turn(&mut self, direction: Direction) {
        if direction == Direction::Right {
            return;
        }
        let (width, height) = (self.width, self.height);
        let rect = |rect: &Rect| turned(rect, direction, (width, height));
        for glyph in &mut self.glyphs {
            glyph.rect = rect(&glyph.rect);
            glyph.direction = between(direction, glyph.direction);
        }
        for image in self.images.iter_mut().chain(&mut self.drawings) {
            *image = rect(image);
        }
        for ruling in &mut self.rulings {
            *ruling = turned_ruling(ruling, rect);
        }
        if direction != Direction::Left {
            (self.width, self.height) = (height, width);
        }
        self.turned = direction;
    }

    /// A rectangle of the rotated page on the page as displayed.
    pub(crate) fn displayed(&self, rect: &Rect) -> Rect {
        let back = match self.turned {
            Direction::Down => Direction::Up,
            Direction::Up => Direction::Down,
            other => other,
        };
        turned(rect, back, (self.width, self.height))
    }
}

/// A rectangle of a page on the page rotated so that a direction becomes [`Direction::Right`].
fn turned(rect: &Rect, direction: Direction, (width, height): (f64, f64)) -> Rect {
    let Rect { x0, y0, x1, y1 } = *rect;
    match direction {
        Direction::Right => *rect,
        Direction::Down => Rect { x0: y0, y0: width - x1, x1: y1, y1: width - x0 },
        Direction::Left => Rect { x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 },
        Direction::Up => Rect { x0: height - y1, y0: x0, x1: height - y0, y1: x1 },
    }
}

fn turned_ruling(ruling: &Ruling, rect: impl Fn(&Rect) -> Rect) -> Ruling {
    let Ruling { is_horizontal, at, from, to } = *ruling;
    let line = match is_horizontal {
        true => Rect { x0: from, y0: at, x1: to, y1: at },
        false => Rect { x0: at, y0: from, x1: at, y1: to },
    };
    let line = rect(&line);
    match line.width() >= line.height() {
        true => Ruling { is_horizontal: true, at: line.y0, from: line.x0, to: line.x1 },
        false => Ruling { is_horizontal: false, at: line.x0, from: line.y0, to: line.y1 },
    }
}

/// The direction of a line on a page rotated so that `right` becomes [`Direction::Right`].
fn between(right: Direction, direction: Direction) -> Direction {
    match (direction as u8 + 4 - right as u8) % 4 {
        0 => Direction::Right,
        1 => Direction::Down,
        2 => Direction::Left,
        _ => Direction::Up,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_turn_to_their_text_and_places_turn_back() {
        for direction in [Direction::Right, Direction::Down, Direction::Left, Direction::Up] {
            let rect = Rect { x0: 10.0, y0: 20.0, x1: 15.0, y1: 50.0 };
            let glyph = Glyph { c: '一', rect, size: 10.0, direction, is_hidden: false, mark: None };
            let mut page = Page { width: 100.0, height: 300.0, glyphs: vec![glyph], ..Page::default() };
            page.rulings.push(Ruling { is_horizontal: false, at: 12.0, from: 20.0, to: 50.0 });
            page.turn_upright();
            assert_eq!(page.glyphs[0].direction, Direction::Right, "{direction:?}");
            assert_eq!(page.displayed(&page.glyphs[0].rect), rect, "{direction:?}");
            let is_across = matches!(direction, Direction::Down | Direction::Up);
            assert_eq!(page.rulings[0].is_horizontal, is_across);
            assert_eq!(page.width > page.height, is_across);
        }
        // Down becomes right: what was at the top is at the left.
        let down = turned(&Rect { x0: 90.0, y0: 5.0, x1: 100.0, y1: 15.0 }, Direction::Down, (100.0, 300.0));
        assert_eq!(down, Rect { x0: 5.0, y0: 0.0, x1: 15.0, y1: 10.0 });
    }
}
