//! Labels as the tests compare them: a short version of what the library does, so that neither hides a mistake of the other.

#![allow(dead_code)]

use unicode_normalization::UnicodeNormalization;

/// A label without （一）, 1. or 一、 before it.
pub fn without_ordinal(label: &str) -> &str {
    let marks = ['（', '）', '(', ')', '、', '.', '．'];
    let is_ordinal = |c: char| marks.contains(&c) || c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let rest = label.trim_start().trim_start_matches(is_ordinal).trim_start();
    // 一 of 一般 is no ordinal: one ends with its mark.
    let before = &label[..label.len() - rest.len()];
    if before.trim_end().ends_with(marks) { rest.strip_prefix("其中：").unwrap_or(rest) } else { label }
}

/// A label without ordinals, brackets and white space.
pub fn key(label: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for c in without_ordinal(label).nfkc().filter(|c| !c.is_whitespace()) {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}
