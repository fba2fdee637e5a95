//! Which texts are numbers, and which begin a new label.

/// Whether a text is a number, or a mark that stands for one.
pub(super) fn is_number(text: &str) -> bool {
    let text = text.trim();
    let is_part = |c: char| c.is_numeric() || c.is_whitespace() || matches!(c, '.' | ',' | '%' | '-' | '/');
    !text.is_empty() && text.chars().all(is_part)
}

/// Whether a text begins with an ordinal, as labels do: `（一）`, `二、`, `3.`, `④`. A number is none.
pub(crate) fn has_ordinal(text: &str) -> bool {
    let text = text.trim_start();
    let is_ordinal = |c: char| c.is_numeric() || "一二三四五六七八九十".contains(c);
    let rest = text.trim_start_matches(['(', '（', '第']);
    let after = rest.trim_start_matches(is_ordinal);
    let mut behind = after.chars();
    let is_marked = match behind.next() {
        Some('、' | '．' | ')' | '）') => true,
        Some('.') => !behind.next().is_some_and(char::is_numeric),
        _ => false,
    };
    matches!(text.chars().next(), Some('①'..='⑳'))
        || (after.len() < rest.len() && (is_marked || rest.len() < text.len()))
        || text.starts_with("其中")
}

/// Whether a text that may go on from another is one by itself: it has an ordinal, or begins with a digit.
pub(crate) fn starts_anew(text: &str) -> bool {
    has_ordinal(text) || text.trim_start().starts_with(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_ordinals_and_numbers_have_none() {
        for text in ["（一）收到", "二、公开", "3.其他", "④ 其他", "其中：主动", "第二十条", "(3) 其他", "10．其他"]
        {
            assert!(has_ordinal(text) && starts_anew(text), "{text}");
        }
        for text in ["公开数", "条）", "一般", "计1条"] {
            assert!(!has_ordinal(text) && !starts_anew(text), "{text}");
        }
        assert!(!has_ordinal("1.5") && starts_anew("1 条）") && !has_ordinal("1 条）"));
        assert!(is_number(" 1,234.5") && is_number("/") && !is_number("") && !is_number("12 件"));
    }
}
