//! Text that cannot control a terminal.

use crate::text::neutral::is_direction_mark;

/// The text with the code points of control characters and direction marks in their place.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_direction_mark(c) || matches!(c, '\u{2028}' | '\u{2029}') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
