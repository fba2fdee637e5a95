//! Makes lines of text from glyphs.
//!
//! In: glyphs in any order. Out: [`Line`]s from the top down. Called by [`super::flow`] for the text outside of tables,
//! and by [`crate::read::lattice`] for the text of each cell.

use std::ops::Range;

use super::geometry::{Direction, Glyph, Rect, UNREADABLE};
use super::radical::unified;

/// Glyphs are on one line if their middles are less than this part of their height apart.
const SAME_LINE: f64 = 0.45;

/// A gap of this part of the font's size is a space.
const SPACE: f64 = 0.45;

/// A gap of this part of the font's size separates two fields of a line.
const FIELD: f64 = 1.0;

/// A glyph painted again within this part of the font's size makes it bold.
const AGAIN: f64 = 0.15;

/// The same for digits: in condensed text, equal digits are no further apart than this.
const DIGIT_AGAIN: f64 = 0.06;

/// A gap between two digits that is wider than another one in their number by this part of the size may separate two
/// numbers.
const WIDER_GAP: f64 = 0.09;

/// Digits that share more than this part of the size are painted on top of each other.
const NEARER: f64 = 0.2;

/// Two different glyphs that share this part of the narrower one's width are on top of each other.
const ON_TOP: f64 = 0.7;

/// The same for digits, such as those with a shadow. Condensed numbers share less.
const DIGIT_ON_TOP: f64 = 0.3;

/// A digit is a mark of a note if it is smaller than the one beside it by this factor, and on another baseline by this
/// part of the larger size.
const SMALLER: f64 = 0.85;
const RAISED: f64 = 0.12;

/// The part of a glyph's height that is below its baseline.
const BELOW: f64 = 0.12;

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) rect: Rect,
    /// The size of its largest font.
    pub(crate) size: f64,
    /// Its pieces between wide gaps: their bytes, and their places across the page.
    pub(crate) fields: Vec<(Range<usize>, Range<f64>)>,
}

/// The lines of some glyphs, from the top down. Turned text comes last.
pub(crate) fn lines(glyphs: &[Glyph]) -> Vec<Line> {
    let mut all = Vec::new();
    for direction in [Direction::Right, Direction::Down, Direction::Left, Direction::Up] {
        let own = glyphs.iter().filter(|glyph| glyph.direction == direction);
        let own: Vec<(Rect, &Glyph)> = own.map(|glyph| (upright(&glyph.rect, direction), glyph)).collect();
        all.extend(rows(own).into_iter().filter_map(|row| line(&row)));
    }
    all
}

/// A rectangle, turned so that a direction runs to the right.
fn upright(rect: &Rect, direction: Direction) -> Rect {
    let Rect { x0, y0, x1, y1 } = *rect;
    match direction {
        Direction::Right => *rect,
        Direction::Down => Rect { x0: y0, y0: -x1, x1: y1, y1: -x0 },
        Direction::Left => Rect { x0: -x1, y0: -y1, x1: -x0, y1: -y0 },
        Direction::Up => Rect { x0: -y1, y0: x0, x1: -y0, y1: x1 },
    }
}

/// Glyphs with the same middle, from the top down; each row from the left.
fn rows(mut glyphs: Vec<(Rect, &Glyph)>) -> Vec<Vec<(Rect, &Glyph)>> {
    let middle = |rect: &Rect| rect.center().1;
    glyphs.sort_by(|(one, _), (other, _)| middle(one).total_cmp(&middle(other)));
    let mut rows: Vec<Vec<(Rect, &Glyph)>> = Vec::new();
    // The sum of the middles of the last row and its greatest height.
    let (mut sum, mut height) = (0.0, 0.0f64);
    for (rect, glyph) in glyphs {
        let own = rect.height();
        let belongs = |row: &&mut Vec<_>| (middle(&rect) - sum / row.len() as f64).abs() <= SAME_LINE * height.max(own);
        match rows.last_mut().filter(belongs) {
            Some(row) => {
                row.push((rect, glyph));
                (sum, height) = (sum + middle(&rect), height.max(own));
            }
            None => {
                rows.push(vec![(rect, glyph)]);
                (sum, height) = (middle(&rect), own);
            }
        }
    }
    for row in &mut rows {
        row.sort_by(|(one, _), (other, _)| one.x0.total_cmp(&other.x0));
    }
    rows
}

/// What a row of glyphs says; none if it is blank.
fn line(row: &[(Rect, &Glyph)]) -> Option<Line> {
    let shown: Vec<&(Rect, &Glyph)> = row.iter().filter(|(_, glyph)| !glyph.is_space()).collect();
    let (first, _) = shown.first()?;
    let size = shown.iter().map(|(_, glyph)| glyph.size).fold(0.0, f64::max);
    let place = shown.iter().map(|(_, glyph)| glyph.rect).reduce(|one, other| one.union(&other))?;
    let mut line = Line { text: String::new(), rect: place, size, fields: vec![(0..0, first.x0..first.x0)] };
    let mut spaces = 0;
    // The last glyph that was written: its place, and where its character begins.
    let mut last: Option<(Rect, char, usize)> = None;
    let mut before: Option<(&Rect, &Glyph)> = None;
    let mut gaps = Gaps::default();
    for (rect, glyph) in row {
        if glyph.is_space() {
            spaces += usize::from(rect.width() > 0.0);
            continue;
        }
        let is_note = glyph.c.is_numeric() && before.is_some_and(|before| is_beside_note(before, (rect, glyph)));
        let is_apart = gaps.is_wider(before, (rect, glyph));
        before = Some((rect, glyph));
        let c = if glyph.is_hidden || is_note || is_apart { UNREADABLE } else { unified(glyph.c) };
        if let Some((before, written, at)) = last {
            if is_again((&before, written), (rect, c), glyph.size) {
                continue;
            }
            let shared = before.x1.min(rect.x1) - before.x0.max(rect.x0);
            let on_top = if c.is_numeric() && written.is_numeric() { DIGIT_ON_TOP } else { ON_TOP };
            if shared > on_top * before.width().min(rect.width()) && before.width() > 0.0 && rect.width() > 0.0 {
                // Two characters in one place: neither can be trusted.
                line.text.truncate(at);
                line.text.push(UNREADABLE);
                last = Some((before.union(rect), UNREADABLE, at));
                continue;
            }
            let gap = rect.x0 - before.x1;
            let is_field = gap > FIELD * size || (spaces > 1 && gap > FIELD * size / 2.0);
            if is_field {
                end_field(&mut line, before.x1);
                let count = (gap / (size / 2.0)).round().clamp(2.0, 40.0);
                line.text.extend(std::iter::repeat_n(' ', count as usize));
                line.fields.push((line.text.len()..line.text.len(), rect.x0..rect.x0));
            } else if spaces > 0 || gap > SPACE * glyph.size.min(size) {
                line.text.push(' ');
            }
        }
        spaces = 0;
        last = Some((*rect, c, line.text.len()));
        line.text.push(c);
    }
    let end = last.map_or(first.x1, |(rect, ..)| rect.x1);
    end_field(&mut line, end);
    Some(line)
}

/// Whether one of two digits is the mark of a note: it is smaller and on another baseline. The number is not certain then.
fn is_beside_note((before, digit): (&Rect, &Glyph), (rect, other): (&Rect, &Glyph)) -> bool {
    let (larger, smaller) = (digit.size.max(other.size), digit.size.min(other.size));
    let baseline = |rect: &Rect| rect.y1 - BELOW * rect.height();
    let is_next = digit.c.is_numeric() && rect.x0 - before.x1 < SPACE * larger;
    is_next && smaller < SMALLER * larger && (baseline(before) - baseline(rect)).abs() > RAISED * larger
}

/// The narrowest and the widest gap between the digits of a number.
#[derive(Default)]
struct Gaps(Option<(f64, f64)>);

impl Gaps {
    /// Whether a digit is further from the one before than others of the number: two numbers may be beside each other.
    fn is_wider(&mut self, before: Option<(&Rect, &Glyph)>, (rect, glyph): (&Rect, &Glyph)) -> bool {
        let next = before.filter(|(_, digit)| digit.c.is_numeric() && glyph.c.is_numeric());
        let gap =
            next.map(|(before, _)| rect.x0 - before.x1).filter(|gap| (-NEARER..=SPACE).contains(&(gap / glyph.size)));
        let (low, high) = self.0.zip(gap).map_or((f64::MAX, f64::MIN), |(known, _)| known);
        self.0 = gap.map(|gap| (low.min(gap), high.max(gap)));
        self.0.is_some_and(|(low, high)| high - low > WIDER_GAP * glyph.size)
    }
}

fn end_field(line: &mut Line, at: f64) {
    let length = line.text.len();
    if let Some((bytes, place)) = line.fields.last_mut() {
        (bytes.end, place.end) = (length, at.max(place.start));
    }
}

/// Whether a glyph is painted a second time, which makes it bold.
fn is_again((before, written): (&Rect, char), (rect, c): (&Rect, char), size: f64) -> bool {
    let again = if c.is_numeric() { DIGIT_AGAIN } else { AGAIN };
    c == written && (rect.x0 - before.x0).abs() < again * size && (rect.y0 - before.y0).abs() < 0.2 * size
}

/// The text of a cell of this width.
///
/// A number that does not fit on one line goes on in the next one. All other lines stay lines.
pub(crate) fn cell_text(glyphs: &[Glyph], width: f64) -> String {
    let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let mut text = String::new();
    let mut before: Option<Line> = None;
    for line in lines(glyphs) {
        if let Some(before) = before {
            let is_full = before.rect.width() > width - 1.6 * before.size;
            if !(is_full && is_digits(&before.text) && is_digits(&line.text)) {
                text.push('\n');
            }
        }
        text.push_str(&line.text);
        before = Some(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Glyphs of a text from a place on, five points wide each.
    fn glyphs(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        let glyph = |(index, c): (usize, char)| {
            let x0 = x + 5.0 * index as f64;
            let rect = Rect { x0, y0: y, x1: x0 + 5.0, y1: y + 10.0 };
            Glyph { c, rect, size: 10.0, direction: Direction::Right, is_hidden: false, mark: None }
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn texts(glyphs: &[Glyph]) -> Vec<String> {
        lines(glyphs).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn glyphs_become_lines_with_spaces_and_fields() {
        let all =
            [glyphs("34", 60.0, 11.0), glyphs("ab", 10.0, 10.0), glyphs("c", 26.0, 10.0), glyphs("d", 10.0, 25.0)];
        let found = lines(&all.concat());
        assert_eq!(found.iter().map(|line| &*line.text).collect::<Vec<_>>(), ["ab c      34", "d"]);
        let fields: Vec<&str> = found[0].fields.iter().map(|(bytes, _)| &found[0].text[bytes.clone()]).collect();
        assert_eq!((fields, found[0].fields[1].1.clone()), (vec!["ab c", "34"], 60.0..70.0));
        assert_eq!(texts(&glyphs("1 2", 0.0, 0.0)), ["1 2"]);
    }

    #[test]
    fn bold_text_is_merged_once_and_text_on_text_is_unreadable() {
        assert_eq!(texts(&[glyphs("11", 0.0, 0.0), glyphs("11", 0.5, 0.0)].concat()), ["11"]);
        assert_eq!(texts(&[glyphs("15", 0.0, 0.0), glyphs("18", 0.0, 0.0)].concat()), ["1\u{fffd}"]);
        let mut hidden = glyphs("7", 0.0, 0.0);
        hidden[0].is_hidden = true;
        assert_eq!(texts(&hidden), ["\u{fffd}"]);
    }

    #[test]
    fn a_raised_digit_makes_its_number_unreadable() {
        let mut number = glyphs("121", 0.0, 0.0);
        number[2].rect = Rect { x0: 10.0, y0: -1.0, x1: 13.0, y1: 5.0 };
        number[2].size = 6.0;
        assert_eq!(texts(&number), ["12\u{fffd}"]);
        // A smaller digit on the same line is part of the number.
        number[2].rect = Rect { x0: 10.0, y0: 3.5, x1: 13.0, y1: 9.5 };
        assert_eq!(texts(&number), ["121"]);
    }

    #[test]
    fn digits_that_may_be_of_two_numbers_are_unreadable() {
        let two = [glyphs("777", 0.0, 0.0), glyphs("9", 16.0, 0.0)].concat();
        assert_eq!(texts(&two), ["777\u{fffd}"]);
        let mut condensed = glyphs("777", 0.0, 0.0);
        (0..3).for_each(|index| {
            condensed[index].rect = Rect { x0: index as f64, y0: 0.0, x1: index as f64 + 5.0, y1: 10.0 }
        });
        assert_eq!(texts(&condensed), ["\u{fffd}"]);
        assert_eq!(texts(&[glyphs("55", 0.0, 0.0), glyphs("55", 1.9, 0.0)].concat()), ["\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn turned_text_is_read_in_its_direction() {
        let mut down = glyphs("收到", 0.0, 0.0);
        for (index, glyph) in down.iter_mut().enumerate() {
            let y0 = 10.0 * index as f64;
            glyph.rect = Rect { x0: 0.0, y0, x1: 10.0, y1: y0 + 10.0 };
            glyph.direction = Direction::Down;
        }
        assert_eq!(texts(&down), ["收到"]);
    }

    #[test]
    fn only_numbers_go_on_in_the_next_line_of_a_cell() {
        let number = [glyphs("1234", 0.0, 0.0), glyphs("56", 0.0, 12.0)].concat();
        assert_eq!(cell_text(&number, 22.0), "123456");
        assert_eq!(cell_text(&number, 60.0), "1234\n56");
    }
}
