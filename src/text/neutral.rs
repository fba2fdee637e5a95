//! Text that cannot steer the program that shows it.
//!
//! In: any text. Out: the same with U+FFFD for control characters, and for direction marks that do not end where the text
//! ends: they would turn what follows in a table.

use std::borrow::Cow;

/// The text with U+FFFD for each character that steers a program.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    // All of them have one of these bytes in UTF-8, and hanzi have none.
    // Without an early exit, several bytes are compared at once.
    if !text.bytes().fold(false, |found, byte| found | (byte < b' ') | matches!(byte, 0x7f | 0xc2 | 0xe2)) {
        return Cow::Borrowed(text);
    }
    let open = has_open_direction(text);
    let steers = |c: char| is_control(c) || (open && is_paired_direction_mark(c));
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect())
}

/// Control characters but those that lay out a text.
fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Whether a character changes the direction of the text around it, so that a name can look like another.
pub(crate) fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}') || is_paired_direction_mark(c)
}

/// Embeddings, overrides and isolates, which need a mark that ends them, and those marks.
fn is_paired_direction_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a direction mark has no end in its paragraph, or an end has no beginning.
fn has_open_direction(text: &str) -> bool {
    let mut ends = Vec::new();
    for c in text.chars() {
        match c {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => ends.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => ends.push('\u{2069}'),
            '\u{202c}' | '\u{2069}' if ends.pop() != Some(c) => return true,
            '\n' | '\r' | '\u{85}' | '\u{2029}' if !ends.is_empty() => return true,
            _ => {}
        }
    }
    !ends.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_steer_a_program_are_replaced() {
        for (text, wanted) in [
            ("中庄镇\t1\r\n", "中庄镇\t1\r\n"),
            ("a\0b\u{1b}[31m", "a\u{fffd}b\u{fffd}[31m"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("12\u{202e}3", "12\u{fffd}3"),
            ("\u{202e}12\u{202c}3", "\u{202e}12\u{202c}3"),
            ("\u{202e}12\n\u{202c}3", "\u{fffd}12\n\u{fffd}3"),
            ("\u{2067}a\u{202c}", "\u{fffd}a\u{fffd}"),
            ("a\u{200e}", "a\u{200e}"),
        ] {
            assert_eq!(neutral(text), wanted, "{text:?}");
        }
    }
}
