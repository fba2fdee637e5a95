//! Folds text so that spellings that people treat as equal compare equal.
//!
//! In: a text. Out: the text without differences of width, compatibility form (NFKC), white space, quotation marks,
//! bracket shapes, traditional and simplified characters, and 其它/其他. Called wherever labels, headers, units or names
//! are compared.

use std::ops::Range;

use unicode_normalization::char::decompose_compatible;

/// The range of CJK Unified Ideographs, of which some fold to others.
const FIRST: char = '\u{4e00}';
const LAST: char = '\u{9fff}';

/// What each ideograph from [`FIRST`] on folds to. Both have three bytes in UTF-8. The build script makes the table
/// from `templates/variants.txt`.
static VARIANTS: [u16; LAST as usize - FIRST as usize + 1] = include!(concat!(env!("OUT_DIR"), "/variants.rs"));

/// Calls `out` with each character that a character folds to. White space and quotation marks fold to none.
#[inline]
pub(crate) fn fold_char(character: char, mut out: impl FnMut(char)) {
    let folded = match character {
        '0'..='9' | 'a'..='z' | 'A'..='Z' => character,
        '它' => '他',
        FIRST..=LAST => simplified(character),
        c if c.is_whitespace() || c.is_control() => return,
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => return,
        '“' | '”' | '‘' | '’' | '"' | '\'' | '＂' | '＇' | '「' | '」' | '『' | '』' => return,
        '【' | '〔' | '［' | '[' => '(',
        '】' | '〕' | '］' | ']' => ')',
        '\0'..='\x7f' => character,
        // Full-width ASCII, such as the brackets and commas in most labels.
        '！'..='～' => char::from_u32(character as u32 - '！' as u32 + '!' as u32).unwrap_or(character),
        '①'..='⑳' => {
            let number = character as u32 - '①' as u32 + 1;
            number.to_string().chars().for_each(&mut out);
            '.'
        }
        _ => {
            return decompose_compatible(character, |c| {
                if !c.is_whitespace() {
                    out(simplified(c));
                }
            });
        }
    };
    out(folded);
}

/// Whether a character certainly folds to itself. False for some rare characters that do too.
#[inline]
pub(crate) fn stays(character: char) -> bool {
    match character {
        '0'..='9' | 'a'..='z' | 'A'..='Z' => true,
        FIRST..=LAST => character != '它' && simplified(character) == character,
        _ => false,
    }
}

fn simplified(character: char) -> char {
    if !(FIRST..=LAST).contains(&character) {
        return character;
    }
    char::from_u32(u32::from(VARIANTS[character as usize - FIRST as usize])).unwrap_or(character)
}

/// Simplifies traditional characters. All other characters, and all byte positions, stay.
pub(crate) fn simplify(text: &str) -> String {
    text.chars().map(simplified).collect()
}

/// Whether a text folds to `folded`. Stops at the first difference.
pub(crate) fn folds_to(text: &str, folded: &str) -> bool {
    let mut rest = folded.chars();
    let is_next = |character| {
        let mut same = true;
        fold_char(character, |folded| same &= rest.next() == Some(folded));
        same
    };
    text.chars().all(is_next) && rest.next().is_none()
}

/// Folds a text.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_onto(&mut out, text, |_| {});
    out
}

/// A piece of a text and what it folds to.
pub(crate) struct Piece {
    /// Where it begins in the text.
    pub source: usize,
    /// The range in the folded text.
    pub folded: Range<usize>,
    /// Whether it folds to itself. Otherwise it is one character.
    pub is_same: bool,
}

/// Appends a folded text to `out`. Calls `on_piece` for each piece.
#[inline]
pub(crate) fn fold_onto(out: &mut String, text: &str, mut on_piece: impl FnMut(Piece)) {
    let mut copied = 0;
    // Copy runs of characters that fold to themselves at once.
    let copy = |out: &mut String, run: Range<usize>, on_piece: &mut dyn FnMut(Piece)| {
        if !run.is_empty() {
            let start = out.len();
            out.push_str(&text[run.clone()]);
            on_piece(Piece { source: run.start, folded: start..out.len(), is_same: true });
        }
    };
    for (at, character) in text.char_indices().filter(|(_, character)| !stays(*character)) {
        copy(out, copied..at, &mut on_piece);
        copied = at + character.len_utf8();
        let start = out.len();
        fold_char(character, |folded| out.push(folded));
        on_piece(Piece { source: at, folded: start..out.len(), is_same: false });
    }
    copy(out, copied..text.len(), &mut on_piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Traditional characters with the simplified ones they fold to.
    fn pairs() -> impl Iterator<Item = (char, char)> {
        let text = include_str!("../../templates/variants.txt");
        let mut characters = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::chars);
        std::iter::from_fn(move || characters.next().zip(characters.next()))
    }

    #[test]
    fn every_variant_is_an_ideograph_and_so_is_what_it_compares_as() {
        let all: Vec<_> = pairs().collect();
        assert!(all.is_sorted_by(|a, b| a.0 < b.0));
        assert!(all.len() > 2000);
        assert!(all.iter().all(|(from, to)| (FIRST..=LAST).contains(from) && (FIRST..=LAST).contains(to)));
        assert!(all.iter().all(|(from, to)| simplified(*from) == *to));
    }

    #[test]
    fn texts_fold_as_people_read_them() {
        for (text, folded) in [
            ("　（一）收到 申请数\u{a0}", "(一)收到申请数"),
            ("１．政府公報公開", "1.政府公报公开"),
            ("①其它形式", "1.其他形式"),
            ("危及“三安全一稳定”", "危及三安全一稳定"),
            ("【规章】", "(规章)"),
            ("７５．３％", "75.3%"),
        ] {
            assert!(text.chars().filter(|c| stays(*c)).all(|c| fold(&c.to_string()) == c.to_string()));
            assert_eq!(fold(text), folded, "{text}");
            assert!(folds_to(text, folded), "{text}");
            let shorter = folded.strip_suffix(|_| true).unwrap_or_default();
            for other in [shorter, "", &format!("{folded}a"), &format!("a{folded}")] {
                assert!(!folds_to(text, other), "{text} {other}");
            }
        }
    }
}
