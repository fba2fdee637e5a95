//! Breaks Chinese text into lines and measures it.
//!
//! In: a text, its style, a width in mm and a [`Measure`]. Out: the byte ranges of the lines. Called by [`super::page`]
//! and by writers that need the height of rows.
//!
//! Break opportunities are those of Unicode Standard Annex #14, with the further rules of 避头尾.

pub(crate) mod balance;

use std::ops::Range;

use unicode_linebreak::{BreakClass, BreakOpportunity, break_property, linebreaks};
use unicode_width::UnicodeWidthChar;

use crate::template::{FontRole, TextStyle};

/// One point, in mm.
pub(crate) const MM_PER_POINT: f64 = 25.4 / 72.0;

/// Rounding errors up to this many mm do not count as too wide.
const TOLERANCE: f64 = 1e-6;

/// A last line with fewer hanzi than this looks lost. Closing punctuation does not count.
const LOST: f64 = 3.0;

/// A header is narrow if at most this many hanzi fit on a line.
const WORDS: usize = 6;

/// The widths of characters.
pub(crate) trait Measure {
    /// The advance width of a character, relative to the font size (1.0 for a hanzi).
    fn advance(&self, font: FontRole, character: char) -> f64;
}

/// Widths without a font: 1.0 for wide characters, 0.5 for narrow ones, 0.0 for combining and control characters.
///
/// Characters that are wide only in Chinese fonts, such as `“` and `①`, count as wide. Source: Unicode Standard Annex
/// #11.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EastAsianWidth;

impl Measure for EastAsianWidth {
    fn advance(&self, _font: FontRole, character: char) -> f64 {
        0.5 * character.width_cjk().unwrap_or(0) as f64
    }
}

/// The width of a text on one line, in mm.
pub(crate) fn text_width(text: &str, style: TextStyle, measure: &dyn Measure) -> f64 {
    text.chars().map(|c| measure.advance(style.font, c)).sum::<f64>() * style.size * MM_PER_POINT
}

/// How far above the base line a dash is drawn, in mm: at the middle of a hanzi, as in the shipped fonts.
pub(crate) fn dash_height(style: TextStyle) -> f64 {
    0.38 * style.size * MM_PER_POINT
}

/// Breaks a text into lines of at most `width_mm`. Returns their byte ranges in order, at least one.
///
/// Only white space at a break is dropped. `\n` and the other mandatory breaks of Unicode end a line. No line starts
/// with closing punctuation or ends with an opening bracket. Digits and Latin words stay whole, unless a word is wider
/// than the line. A line is too wide only if a single character is. If the last line would have fewer than three hanzi,
/// part of the line before moves down, preferably after 、，； or before （.
pub(crate) fn break_lines(text: &str, style: TextStyle, width_mm: f64, measure: &dyn Measure) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let width = width_mm.max(0.0) + TOLERANCE;
    for paragraph in text.split('\n') {
        // Most labels fit on one line and need no line breaking.
        if stands_on_one_line(paragraph, style, width, measure) {
            lines.push(start..start + paragraph.trim_end().len());
        } else {
            Paragraph::new(paragraph, style, measure).lines(width, start, &mut lines);
        }
        start += paragraph.len() + 1;
    }
    lines
}

/// Whether a text fits on one line and has no mandatory breaks.
fn stands_on_one_line(text: &str, style: TextStyle, width: f64, measure: &dyn Measure) -> bool {
    let mut used = 0.0;
    text.chars().all(|character| {
        used += glyph_width(character, style, measure);
        used <= width && !matches!(character, '\u{b}'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
    })
}

/// The width of a character on a line, in mm.
fn glyph_width(character: char, style: TextStyle, measure: &dyn Measure) -> f64 {
    measure.advance(style.font, character).max(0.0) * style.size * MM_PER_POINT
}

/// Breaks a narrow header of hanzi into lines of whole words, which mostly have two hanzi: 法律服务 above 机构.
///
/// `None` if that takes more lines than necessary, or if the text is not such a header.
pub(crate) fn words(text: &str, style: TextStyle, width: f64) -> Option<Vec<String>> {
    let characters: Vec<char> = text.chars().collect();
    let most = ((width + TOLERANCE) / (style.size.max(0.1) * MM_PER_POINT)).floor().clamp(0.0, 100.0) as usize;
    let even = most - most % 2;
    let hanzi = |c: &char| !stays_with_previous(*c) && !opens(*c) && c.is_alphabetic() && !c.is_ascii();
    let lines = characters.len().div_ceil(even.max(1)).max(1);
    // Make the lines as even as words allow.
    let length = characters.len().div_ceil(lines).next_multiple_of(2);
    let narrow = (2..=WORDS).contains(&most) && characters.len() > most && characters.iter().all(hanzi);
    let as_few = lines == characters.len().div_ceil(most.max(1));
    (narrow && as_few).then(|| characters.chunks(length).map(|line| line.iter().collect()).collect())
}

/// Whether text may break before a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Only if there is no other way: inside a word.
    Whole,
    /// Never: before closing punctuation, after an opening bracket, before a combining mark.
    Never,
    /// Yes.
    Allowed,
    /// It must break.
    Mandatory,
}

struct Glyph {
    at: usize,
    character: char,
    width: f64,
    before: Before,
}

/// The text between two `\n`.
struct Paragraph {
    glyphs: Vec<Glyph>,
    length: usize,
    /// The width of a hanzi, in mm.
    hanzi: f64,
}

impl Paragraph {
    fn new(text: &str, style: TextStyle, measure: &dyn Measure) -> Self {
        let mut previous = None;
        let mut glyphs: Vec<Glyph> = text
            .char_indices()
            .map(|(at, character)| {
                let width = glyph_width(character, style, measure);
                let never = stays_with_previous(character) || previous.is_some_and(opens);
                if !character.is_whitespace() {
                    previous = Some(character);
                }
                Glyph { at, character, width, before: if never { Before::Never } else { Before::Whole } }
            })
            .collect();
        let quoted = chinese_quotes(text);
        let mut index = 0;
        for (at, opportunity) in linebreaks(&quoted) {
            while glyphs.get(index).is_some_and(|glyph| glyph.at < at) {
                index += 1;
            }
            let Some(glyph) = glyphs.get_mut(index) else { break };
            match opportunity {
                BreakOpportunity::Mandatory => glyph.before = Before::Mandatory,
                BreakOpportunity::Allowed if glyph.before == Before::Whole => glyph.before = Before::Allowed,
                BreakOpportunity::Allowed => {}
            }
        }
        Self { glyphs, length: text.len(), hanzi: style.size * MM_PER_POINT }
    }

    /// The first glyphs of lines that are filled one after another.
    fn greedy(&self, width: f64) -> Vec<usize> {
        let mut breaks = vec![0];
        let mut from = 0;
        while let Some(next) = self.next_break(from, width) {
            breaks.push(next);
            from = self.skip_spaces(next);
        }
        breaks
    }

    fn lines(&self, width: f64, offset: usize, lines: &mut Vec<Range<usize>>) {
        let mut breaks = self.greedy(width);
        self.balance(&mut breaks, width);
        for (line, &start) in breaks.iter().enumerate() {
            let start = if line == 0 { 0 } else { self.skip_spaces(start) };
            let end = self.trim_spaces(start, breaks.get(line + 1).copied().unwrap_or(self.glyphs.len()));
            lines.push(offset + self.byte(start)..offset + self.byte(end));
        }
    }

    /// The end of the line that starts at `from`. `None` if it is the last line.
    fn next_break(&self, from: usize, width: f64) -> Option<usize> {
        let mut used = 0.0;
        let mut allowed = None;
        for (index, glyph) in self.glyphs.iter().enumerate().skip(from) {
            if index > from {
                match glyph.before {
                    Before::Mandatory => return Some(index),
                    Before::Allowed => allowed = Some(index),
                    Before::Whole | Before::Never => {}
                }
            }
            if used + glyph.width > width && !glyph.character.is_whitespace() {
                return match allowed {
                    Some(index) => Some(index),
                    None => self.break_inside(from, index),
                };
            }
            used += glyph.width;
        }
        None
    }

    /// Breaks a word that is wider than the line: before `overflow`, or as little before it as the rules allow, but
    /// after at least one character.
    fn break_inside(&self, from: usize, overflow: usize) -> Option<usize> {
        let fits = (from + 1..=overflow).rev().find(|&index| self.glyphs[index].before != Before::Never);
        let wider = || (overflow.max(from + 1)..self.glyphs.len()).find(|&index| self.glyphs[index].width > 0.0);
        fits.or_else(wider).filter(|&index| self.skip_spaces(index) < self.glyphs.len())
    }

    /// Moves characters down to a last line that has too few.
    fn balance(&self, breaks: &mut [usize], width: f64) {
        let &mut [.., before, last] = breaks else { return };
        let (end, start) = (self.glyphs.len(), if breaks.len() == 2 { 0 } else { self.skip_spaces(before) });
        let lost = self.hanzi(last, end);
        if lost >= LOST || self.glyphs[last].before != Before::Allowed {
            return;
        }
        let better = (start + 1..last)
            .rev()
            .filter(|&index| self.glyphs[index].before == Before::Allowed)
            .filter(|&index| self.width(self.skip_spaces(index), end) <= width)
            .filter_map(|index| {
                let (above, below) = (self.hanzi(start, index), self.hanzi(index, end));
                let (natural, enough) = (self.is_natural(index), below >= LOST);
                // After a pause, the line above may be half as long as the one below.
                let balanced = above >= if natural { below / 2.0 } else { below.min(LOST) };
                (below > lost && balanced).then_some((index, (!enough, enough && !natural)))
            })
            .min_by_key(|&(index, rank)| (rank, if rank.0 { index } else { last - index }))
            .map(|(index, _)| index);
        if let (Some(index), Some(last)) = (better, breaks.last_mut()) {
            *last = index;
        }
    }

    /// Whether a reader pauses before this character.
    fn is_natural(&self, index: usize) -> bool {
        let after = self.trim_spaces(0, index).checked_sub(1).map(|index| self.glyphs[index].character);
        matches!(after, Some('、' | '，' | '；' | ',' | ';')) || matches!(self.glyphs[index].character, '（' | '(')
    }

    /// The width in hanzi, without white space and closing punctuation.
    fn hanzi(&self, from: usize, to: usize) -> f64 {
        let counts = |glyph: &&Glyph| !glyph.character.is_whitespace() && !stays_with_previous(glyph.character);
        self.glyphs[from..to].iter().filter(counts).map(|glyph| glyph.width).sum::<f64>() / self.hanzi
    }

    fn width(&self, from: usize, to: usize) -> f64 {
        self.glyphs[from..self.trim_spaces(from, to)].iter().map(|glyph| glyph.width).sum()
    }

    fn skip_spaces(&self, from: usize) -> usize {
        let text = |glyph: &Glyph| !glyph.character.is_whitespace();
        self.glyphs[from..].iter().position(text).map_or(self.glyphs.len(), |spaces| from + spaces)
    }

    fn trim_spaces(&self, from: usize, to: usize) -> usize {
        let text = |glyph: &Glyph| !glyph.character.is_whitespace();
        self.glyphs[from..to].iter().rposition(text).map_or(from, |last| from + last + 1)
    }

    fn byte(&self, index: usize) -> usize {
        self.glyphs.get(index).map_or(self.length, |glyph| glyph.at)
    }
}

/// Whether no line may start with the character: closing brackets, punctuation, combining marks.
pub(crate) fn stays_with_previous(character: char) -> bool {
    // Dashes and middle dots: GB/T 15834 does not allow them at the start of a line, UAX #14 does.
    matches!(character, '·' | '‧' | '•' | '～' | '〜' | '－' | '–' | '—' | '”' | '’')
        || matches!(
            break_property(character.into()),
            BreakClass::ClosePunctuation
                | BreakClass::CloseParenthesis
                | BreakClass::Exclamation
                | BreakClass::InfixSeparator
                | BreakClass::NonStarter
                | BreakClass::Inseparable
                | BreakClass::Postfix
                | BreakClass::CombiningMark
                | BreakClass::ZeroWidthJoiner
        )
}

/// Whether no line may end with the character: opening brackets.
pub(crate) fn opens(character: char) -> bool {
    matches!(character, '“' | '‘') || break_property(character.into()) == BreakClass::OpenPunctuation
}

/// Replaces curly quotes next to Chinese text with corner brackets, which have the same length in bytes.
///
/// UAX #14 forbids breaks on both sides of `“`, because it opens in some languages and closes in others.
fn chinese_quotes(text: &str) -> String {
    let wide = |c: Option<char>| c.is_some_and(|c| c.width_cjk() == Some(2) && !matches!(c, '“' | '”' | '‘' | '’'));
    let mut out = String::with_capacity(text.len());
    let mut previous = None;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let chinese = wide(previous) || wide(rest.peek().copied());
        out.push(match character {
            '“' | '‘' if chinese => '「',
            '”' | '’' if chinese => '」',
            other => other,
        });
        previous = Some(character);
    }
    out
}

#[cfg(test)]
mod tests;
