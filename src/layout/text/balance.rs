//! Breaks a title into lines of about the same length.
//!
//! In: a text, its style, a width in mm and the places where a reader pauses. Out: the byte ranges of the lines, which cover
//! the whole text. Called through [`super`].
//!
//! Source: GB/T 9704-2012, 7.3.1: a title that takes several lines keeps words whole and its lines in balance.

use std::ops::Range;

use super::{Before, Measure, Paragraph, TOLERANCE};
use crate::template::TextStyle;

/// The cost of a break where a reader does not pause: two lines that differ by half of their mean length.
const NO_PAUSE: f64 = 0.125;

/// The cost of a break before a character that belongs to the number before it.
const IN_DATE: f64 = 1.0;

/// The lines of a title: as few as the width allows, each as long as the others as far as pauses let them.
///
/// `pauses` are byte positions before which a line prefers to begin. A line is too wide only if a single character is.
pub(crate) fn balanced_lines(
    text: &str,
    style: TextStyle,
    width_mm: f64,
    pauses: &[usize],
    measure: &dyn Measure,
) -> Vec<Range<usize>> {
    let paragraph = Paragraph::new(text, style, measure);
    let places: Vec<usize> = (0..paragraph.glyphs.len())
        .filter(|&index| index == 0 || matches!(paragraph.glyphs[index].before, Before::Allowed | Before::Mandatory))
        .collect();
    let least = paragraph.greedy(width_mm.max(0.0) + TOLERANCE);
    // With too few places for breaks, words break as in other text.
    let breaks = best(&paragraph, &places, least.len(), width_mm + TOLERANCE, pauses).unwrap_or(least);
    let ends = breaks.iter().skip(1).map(|&index| paragraph.byte(index)).chain([text.len()]);
    breaks.iter().map(|&index| paragraph.byte(index)).zip(ends).map(|(from, to)| from..to).collect()
}

/// The first glyphs of the lines of the cheapest way to break; none if no way fits.
fn best(paragraph: &Paragraph, places: &[usize], count: usize, width: f64, pauses: &[usize]) -> Option<Vec<usize>> {
    let total = paragraph.width(0, paragraph.glyphs.len());
    let mean = total / count as f64;
    // For the lines so far and the place where the last ends: the cost, and the place where it begins.
    let mut known: Vec<Option<(f64, usize)>> = vec![None; places.len() + 1];
    known[0] = Some((0.0, 0));
    let mut ways = Vec::with_capacity(count);
    let end_of = |place: usize| places.get(place).copied().unwrap_or(paragraph.glyphs.len());
    for _ in 0..count {
        let mut next: Vec<Option<(f64, usize)>> = vec![None; places.len() + 1];
        for from in 0..places.len() {
            let Some((cost, _)) = known[from] else { continue };
            for (to, slot) in next.iter_mut().enumerate().skip(from + 1) {
                let length = paragraph.width(places[from], end_of(to));
                if length > width {
                    break;
                }
                let place = if to < places.len() { place_cost(paragraph, end_of(to), pauses) } else { 0.0 };
                let cost = cost + (length / mean - 1.0).powi(2) + place;
                if slot.is_none_or(|(least, _)| cost < least) {
                    *slot = Some((cost, from));
                }
            }
        }
        known = next.clone();
        ways.push(next);
    }
    let mut breaks = Vec::with_capacity(count);
    let mut end = places.len();
    for way in ways.iter().rev() {
        end = way[end]?.1;
        breaks.push(places[end]);
    }
    breaks.reverse();
    Some(breaks)
}

/// The cost of a line that begins with a glyph.
fn place_cost(paragraph: &Paragraph, index: usize, pauses: &[usize]) -> f64 {
    let is_digit = |glyph: Option<&super::Glyph>| glyph.is_some_and(|glyph| glyph.character.is_numeric());
    if is_digit(index.checked_sub(1).and_then(|before| paragraph.glyphs.get(before))) {
        IN_DATE
    } else if pauses.contains(&paragraph.byte(index)) || paragraph.is_natural(index) {
        0.0
    } else {
        NO_PAUSE
    }
}
