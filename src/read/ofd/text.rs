//! The glyphs of text objects. Source: GB/T 33190-2016, 11.

use super::xml::Node;
use crate::read::page::{Direction, Glyph, Matrix, Rect};

/// How far glyphs reach below and above their baseline, in units of the font's size.
const DESCENT: f64 = 0.12;
const ASCENT: f64 = 0.88;

/// A step of up to this part of the usual width is the width of its glyph: there is no other measure of it.
const WIDEST: f64 = 1.3;

/// The most steps of a list. No text object has as many characters.
const STEPS: usize = 100_000;

/// The glyphs of a text object.
pub(super) fn glyphs(object: &Node, matrix: &Matrix) -> Vec<Glyph> {
    let size = object.number("Size").unwrap_or(0.0);
    let scale = object.number("HScale").unwrap_or(1.0);
    let up = matrix.vector(0.0, size);
    let height = up.0.hypot(up.1);
    // Oblique text, such as a watermark, is no part of a table.
    let Some(direction) = Direction::of(matrix.vector(size * scale, 0.0)) else { return Vec::new() };
    let mut glyphs = Vec::new();
    let (mut left, mut top) = (0.0, 0.0);
    for code in object.children.iter().filter(|child| child.name == "TextCode") {
        left = code.number("X").unwrap_or(left);
        top = code.number("Y").unwrap_or(top);
        let (mut x, mut y) = (left, top);
        let across = code.attribute("DeltaX").map(steps).unwrap_or_default();
        let down = code.attribute("DeltaY").map(steps).unwrap_or_default();
        for (index, c) in code.text.trim_matches(['\n', '\r']).chars().enumerate() {
            let full = if c.is_ascii() { 0.5 } else { 1.0 } * size * scale;
            let step = across.get(index).copied();
            let width = step.filter(|step| *step > 0.0 && *step < WIDEST * full).unwrap_or(full);
            let corners = [(x, y - ASCENT * size), (x + width, y + DESCENT * size)];
            if let Some(rect) = Rect::around(corners.map(|(x, y)| matrix.point(x, y))) {
                glyphs.push(Glyph { c, rect, size: height, direction, is_hidden: false, mark: None });
            }
            x += step.unwrap_or(if down.is_empty() { full } else { 0.0 });
            y += down.get(index).copied().unwrap_or(0.0);
        }
    }
    glyphs
}

/// The steps from one character to the next. `g 3 1.5` stands for three steps of 1.5.
fn steps(text: &str) -> Vec<f64> {
    let mut steps = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word != "g" {
            steps.extend(word.parse::<f64>());
        } else if let (Some(count), Some(step)) = (words.next(), words.next())
            && let (Ok(count), Ok(step)) = (count.parse::<usize>(), step.parse::<f64>())
        {
            steps.extend(std::iter::repeat_n(step, count.min(STEPS.saturating_sub(steps.len()))));
        }
        if steps.len() >= STEPS {
            break;
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_written_out() {
        assert_eq!(steps("1 g 3 2.5 4"), [1.0, 2.5, 2.5, 2.5, 4.0]);
        assert_eq!(steps("g 99999999999 1").len(), STEPS);
        assert!(steps("g g").is_empty());
    }
}
