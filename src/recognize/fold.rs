//! Text folded so that what people take for the same compares equal.
//!
//! Widths and compatibility forms (NFKC), white space, quotation marks, bracket shapes, traditional characters and
//! 其它/其他 disappear; everything else stays. Used by labels, heads, units and values alike.

use std::sync::LazyLock;

use unicode_normalization::char::decompose_compatible;

/// Traditional characters and the simplified ones they compare as, sorted.
static VARIANTS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let text = include_str!("../../templates/variants.txt");
    let mut characters = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::chars);
    let mut pairs = Vec::with_capacity(text.len() / 6);
    while let (Some(traditional), Some(simplified)) = (characters.next(), characters.next()) {
        pairs.push((traditional, simplified));
    }
    pairs
});

/// Calls `out` with each character that one character folds to; white space and quotation marks fold to none.
pub fn fold_char(character: char, mut out: impl FnMut(char)) {
    match character {
        c if c.is_whitespace() || c.is_control() => {}
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {}
        '“' | '”' | '‘' | '’' | '"' | '\'' | '＂' | '＇' | '「' | '」' | '『' | '』' => {}
        '【' | '〔' | '［' | '[' => out('('),
        '】' | '〕' | '］' | ']' => out(')'),
        '它' => out('他'),
        '①'..='⑳' => {
            let number = character as u32 - '①' as u32 + 1;
            number.to_string().chars().for_each(&mut out);
            out('.');
        }
        '0'..='9' | 'a'..='z' | 'A'..='Z' => out(character),
        '\u{4e00}'..='\u{9fff}' => out(simplified(character)),
        _ => decompose_compatible(character, |c| {
            if !c.is_whitespace() {
                out(if ('\u{4e00}'..='\u{9fff}').contains(&c) { simplified(c) } else { c });
            }
        }),
    }
}

fn simplified(character: char) -> char {
    let found = VARIANTS.binary_search_by_key(&character, |pair| pair.0);
    found.map_or(character, |index| VARIANTS[index].1)
}

/// A text with its traditional characters simplified and all else as it stood, byte for byte in the same places.
pub fn simplify(text: &str) -> String {
    // Both sides of every pair are CJK Unified Ideographs, three bytes long in UTF-8.
    text.chars().map(|c| if ('\u{4e00}'..='\u{9fff}').contains(&c) { simplified(c) } else { c }).collect()
}

/// A text folded.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, |folded| out.push(folded)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variants_are_sorted() {
        assert!(VARIANTS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(VARIANTS.len() > 2000);
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
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}
