//! Escapes text that a spreadsheet would run as a formula, and removes the escape again.
//!
//! In: the text of one field. Out: the same text with or without an apostrophe before it. Called when separated values
//! are written ([`crate::write::csv`], [`crate::write::tidy`], the summary of a run) and read ([`crate::read::csv`]),
//! so that what was written is read back unchanged.
//!
//! A spreadsheet calculates a field that starts with `=`, `+`, `-`, `@`, a tab or a carriage return, in some languages
//! also with the full-width signs. An apostrophe before it makes it text, as it does when typed into a cell. Numbers
//! such as `-8` and `+3.5%`, and dashes that stand for a missing number, calculate nothing and stay as they are.
//! Source: OWASP, "CSV Injection".

use std::borrow::Cow;

/// Puts an apostrophe before text that a spreadsheet would run as a formula.
///
/// Text that already has apostrophes before such a start gets another one, so that `unescape_formula` restores it.
pub(crate) fn escape_formula(text: &str) -> Cow<'_, str> {
    if begins_like_a_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Removes the apostrophe that [`escape_formula`] or a person put before a text.
pub(crate) fn unescape_formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| begins_like_a_formula(rest) || is_harmless(rest)).unwrap_or(text)
}

/// Whether a text starts like a formula, ignoring apostrophes. A harmless text does so only after an apostrophe.
fn begins_like_a_formula(text: &str) -> bool {
    let rest = text.trim_start_matches('\'');
    rest.starts_with(is_opening) && (rest.len() < text.len() || !is_harmless(rest))
}

fn is_opening(c: char) -> bool {
    matches!(c, '=' | '\t' | '\r' | '@' | '＝' | '＠') || is_sign(c)
}

fn is_sign(c: char) -> bool {
    matches!(c, '+' | '-' | '＋' | '－')
}

/// Whether a text is a number with a sign, or only signs.
fn is_harmless(text: &str) -> bool {
    let rest = text.trim_start_matches(is_sign);
    let signs = text[..text.len() - rest.len()].chars().count();
    let is_figure = rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.trim_end_matches(['%', '‰']).chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    signs > 0 && (rest.is_empty() || (signs == 1 && is_figure))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_kept_from_calculating_and_figures_stay() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"http://a\")", "'=HYPERLINK(\"http://a\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1+1", "'-1+1"),
            ("+86-10", "'+86-10"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("\t=1", "'\t=1"),
            ("＝1", "'＝1"),
            ("--1", "'--1"),
            ("'=1", "''=1"),
            ("'-8", "''-8"),
            ("-8", "-8"),
            ("+3.5%", "+3.5%"),
            ("-1,025.00", "-1,025.00"),
            ("-", "-"),
            ("——", "——"),
            ("－－", "－－"),
            ("'quoted'", "'quoted'"),
            ("（一）", "（一）"),
            ("", ""),
        ] {
            assert_eq!(escape_formula(text), expected);
            assert_eq!(unescape_formula(expected), text);
        }
        // As in Excel: what is typed after an apostrophe is text.
        assert_eq!(unescape_formula("'-8"), "-8");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "['=+@\t\r-]{0,3}(\\PC|[0-9,.%+-]){0,4}") {
            let written = escape_formula(&text);
            prop_assert_eq!(unescape_formula(&written), text.as_str());
            prop_assert!(!written.starts_with(['=', '@', '\t', '\r', '＝', '＠']));
        }
    }
}
