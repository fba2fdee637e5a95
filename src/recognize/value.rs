//! A value as people write it: `0`, ` 0`, `/`, `无`, `0条`, `22（其中修订 16 件）`, `+19`, `1,025`, `７`.
//!
//! In: the text of a cell. Out: a [`ParsedValue`]. A text that is not certain is unreadable; nothing is guessed. Called by all
//! readers of rows, and by [`crate::merge`].

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::document::{Cell, CellKind};
use crate::report::{CellValue, can_be_figure};
use crate::template::ValueKind;
use crate::text::fold::fold;
use crate::text::words::{Words, words};

/// The most digits of a plain number: 18 digits always fit in a `u64`.
const MAX_PLAIN_DIGITS: usize = 18;

/// The bytes of the shortest date: 2017-5-1.
const MIN_DATE: usize = 8;

/// A cell's text as a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParsedValue {
    /// The content of the cell. The caller keeps the text of an unreadable cell.
    pub cell: CellValue<()>,
    /// A unit in the same cell.
    pub unit: Option<String>,
    /// Words beside the number, such as a remark in brackets.
    pub remark: Option<String>,
    /// Whether a word such as 无 stands for the number.
    pub in_words: bool,
}

impl ParsedValue {
    /// A cell that cannot be read.
    pub const UNREADABLE: Self = Self { cell: CellValue::Unreadable(()), unit: None, remark: None, in_words: false };
    /// A cell that does not apply.
    const NOT_APPLICABLE: Self = Self { cell: CellValue::NotApplicable, ..Self::UNREADABLE };

    /// A number and nothing else.
    pub fn number(number: impl Into<Decimal>) -> Self {
        Self { cell: CellValue::Number(number.into()), ..Self::default() }
    }

    /// Whether the text can be read, blank ones included.
    pub fn is_readable(&self) -> bool {
        !self.cell.is_unreadable()
    }

    /// Whether the text is a number or a mark such as `/`.
    pub fn is_filled(&self) -> bool {
        matches!(self.cell, CellValue::Number(_) | CellValue::NotApplicable | CellValue::Missing)
    }
}

/// The number of a text of a few digits only. Nearly all values are, and they mean the same for every kind.
pub fn plain(text: &str) -> Option<u64> {
    let is_plain =
        text.len() <= MAX_PLAIN_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) && !has_leading_zero(text);
    is_plain.then(|| text.parse().ok())?
}

/// Reads the text of a cell as a value of a kind.
pub fn parse(text: &str, kind: ValueKind) -> ParsedValue {
    if is_date_or_phone(text) && kind != ValueKind::Decimal {
        return ParsedValue::UNREADABLE;
    }
    if let Some(number) = plain(text) {
        return ParsedValue::number(number);
    }
    let words = words();
    if words.is_missing_mark(text) {
        return ParsedValue { cell: CellValue::Missing, ..ParsedValue::default() };
    }
    if words.without_mark(text).is_some() {
        return ParsedValue::UNREADABLE;
    }
    let folded = fold(text);
    if folded.is_empty() {
        return ParsedValue::default();
    }
    if words.not_applicable.contains(&folded) || folded.chars().all(|c| "-—–_―─".contains(c)) {
        return ParsedValue::NOT_APPLICABLE;
    }
    if words.zero.contains(&folded) {
        return ParsedValue { in_words: true, ..ParsedValue::number(Decimal::ZERO) };
    }
    // A number has digits, or is a word for zero.
    let has_digits = folded.bytes().any(|byte| byte.is_ascii_digit());
    if !has_digits && !words.zero.iter().any(|zero| folded.starts_with(zero.as_str())) {
        return ParsedValue::UNREADABLE;
    }
    if has_gap_between_digits(text) || has_decorated_digit(text) {
        return ParsedValue::UNREADABLE;
    }
    let (rest, remark) = split_remark(&folded);
    let (unit_behind, remark) = match remark.as_deref().map(|remark| Remark::of(remark, words)) {
        Some(Remark::Doubt) => return ParsedValue::UNREADABLE,
        Some(Remark::Unit(unit)) => (Some(unit), None),
        Some(Remark::Words) | None => (None, remark),
    };
    let (rest, unit) = match words.units.iter().find(|unit| rest.ends_with(unit.as_str())) {
        Some(unit) if rest.len() > unit.len() => (&rest[..rest.len() - unit.len()], Some(unit.clone())),
        _ => (rest, unit_behind),
    };
    if words.zero.iter().any(|zero| zero == rest) {
        return ParsedValue { cell: CellValue::Number(Decimal::ZERO), unit, remark, in_words: true };
    }
    match number(rest, kind) {
        Some(number) => ParsedValue { cell: CellValue::Number(number), unit, remark, in_words: false },
        None => ParsedValue::UNREADABLE,
    }
}

/// Reads a cell as a value of a kind. Dates, booleans and errors of formulas are no values, whatever their text.
pub fn parse_cell(cell: &Cell, kind: ValueKind) -> ParsedValue {
    match cell.kind {
        CellKind::Text | CellKind::Number => parse(&cell.text, kind),
        CellKind::Date | CellKind::Boolean | CellKind::Error => ParsedValue::UNREADABLE,
    }
}

/// Whether white space separates two digits: it may be two values or one that was split.
fn has_gap_between_digits(text: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| digit(pair[0].chars().next_back()) && digit(pair[1].chars().next()))
}

/// Whether a digit before the first bracket is raised or encircled, as in `5²` or `12①`: the mark of a footnote, which would
/// fold to a digit of the number.
fn has_decorated_digit(text: &str) -> bool {
    let number = text.split(['(', '（']).next().unwrap_or(text);
    let is_plain = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    number.chars().any(|c| c.is_numeric() && !is_plain(c) && c != '〇')
}

/// A remark in brackets behind a number.
fn split_remark(folded: &str) -> (&str, Option<String>) {
    match folded.find('(') {
        Some(open) if open > 0 && folded.ends_with(')') => (&folded[..open], Some(folded[open..].to_owned())),
        _ => (folded, None),
    }
}

/// What brackets behind a number say of it.
enum Remark {
    /// Something beside the number.
    Words,
    /// Its unit.
    Unit(String),
    /// That it may be another: `80（上年）`, `85（应为86）`, `0（85）`, `17（万）`.
    Doubt,
}

impl Remark {
    fn of(remark: &str, words: &Words) -> Self {
        let inner = remark.trim_start_matches('(').trim_end_matches(')');
        if words.units.iter().any(|unit| unit == inner) {
            return Self::Unit(inner.to_owned());
        }
        let doubtful = words.doubt.iter().chain(&words.other_year).any(|word| inner.contains(word.as_str()));
        let bare = inner.trim_start_matches(|c| words.scales.contains(c));
        let is_scaled = bare.len() < inner.len() && (bare.is_empty() || words.units.iter().any(|unit| unit == bare));
        let is_number = inner.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
        // 80（…）85（…） are two numbers.
        let is_several = remark.matches('(').count() > 1
            && remark.split(')').any(|part| part.starts_with(|c: char| c.is_ascii_digit()));
        if doubtful || is_scaled || is_number || is_several { Self::Doubt } else { Self::Words }
    }
}

/// A number in digits, with a sign where the kind has one, thousands separators only in groups of three.
fn number(text: &str, kind: ValueKind) -> Option<Decimal> {
    let words = words();
    let strip = |signs: &[String]| signs.iter().find_map(|sign| text.strip_prefix(sign.as_str()));
    let (negative, digits) = if let Some(rest) = text.strip_prefix('+') {
        (false, rest)
    } else if let Some(rest) = text.strip_prefix(['-', '−', '–', '－']) {
        (true, rest)
    } else if let Some(rest) = strip(&words.plus).filter(|_| kind == ValueKind::Signed) {
        (false, rest)
    } else if let Some(rest) = strip(&words.minus).filter(|_| kind == ValueKind::Signed) {
        (true, rest)
    } else {
        (false, text)
    };
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped =
        groups.len() == 1 || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
    // No one writes a number so: it is a code, or several values that run together.
    if has_leading_zero(whole)
        || !grouped
        || !groups.iter().all(|group| only_digits(group))
        || !fraction.is_none_or(only_digits)
    {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != ',').collect();
    // Beyond 28 digits Decimal would round.
    if plain.len() > 28 {
        return None;
    }
    let number = Decimal::from_str(&plain).ok().filter(|number| can_be_figure(*number))?;
    Some(if negative { -number } else { number })
}

/// Whether digits begin with a zero that is not the number 0.
fn has_leading_zero(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0')
}

/// Whether a text is a date such as `2017-05-10` or a telephone number, which a line of signatures may have beside values.
pub fn is_date_or_phone(text: &str) -> bool {
    if text.len() < MIN_DATE {
        return false;
    }
    let text = text.trim();
    if !(MIN_DATE..=13).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return false;
    }
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [mobile] => mobile.len() == 11 && mobile.starts_with('1') && !matches!(mobile.as_bytes()[1], b'0'..=b'2'),
        [area, number] => area.starts_with('0') && (3..=4).contains(&area.len()) && (7..=8).contains(&number.len()),
        [year, month, day] => year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len()),
        _ => false,
    }
}

/// Whether a text stands where values do: a value, the mark of one in doubt, or digits that are not one number, such as a
/// code or `00`.
pub fn is_value_or_code(text: &str) -> bool {
    parse(text, ValueKind::Signed).is_filled() || is_code(text.trim()) || words().without_mark(text).is_some()
}

/// Whether a text is a code of a row, such as `01` or `49**`: no number is written so.
pub fn is_code(text: &str) -> bool {
    let digits = text.trim_end_matches('*');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (digits.len() < text.len() || (digits.len() > 1 && digits.starts_with('0')))
}

/// Whether a text is a known unit.
pub fn is_unit(text: &str) -> bool {
    let units = &words().units;
    // Nearly all units are printed so.
    if units.iter().any(|unit| unit == text) {
        return true;
    }
    let folded = fold(text);
    let folded = folded.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(&folded);
    units.iter().any(|unit| unit == folded)
}

/// A unit that a text starts with, and the rest: `件4` is `件` and `4`.
pub fn split_unit(text: &str) -> Option<(&str, &str)> {
    words().units.iter().find_map(|unit| {
        let rest = text.strip_prefix(unit.as_str())?;
        Some((&text[..unit.len()], rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let value = parse(text, ValueKind::Count);
        let number =
            value.cell.number().map_or_else(|| format!("{:?}", value.cell.status()), |number| number.to_string());
        let unit = value.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        let remark = value.remark.map(|remark| format!(" {remark}")).unwrap_or_default();
        number + &unit + &remark + if value.in_words { " in words" } else { "" }
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        for (text, expected) in [
            ("0", "0"),
            (" 0", "0"),
            ("", "Blank"),
            ("\u{a0}", "Blank"),
            ("/", "NotApplicable"),
            ("——", "NotApplicable"),
            ("－", "NotApplicable"),
            ("无", "0 in words"),
            ("0条", "0 条"),
            ("251000元", "251000 元"),
            ("75394432.52元", "75394432.52 元"),
            ("22（其中修订 16 件）", "22 (其中修订16件)"),
            ("251000（元）", "251000 元"),
            ("+19", "19"),
            ("-18", "-18"),
            ("1,025", "1025"),
            ("1，025", "1025"),
            ("１０２５", "1025"),
            ("0.350", "0.350"),
            ("4166.241619", "4166.241619"),
            ("12人次", "12 人次"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_is_unreadable() {
        for text in [
            "170余",
            "约170",
            "1,02",
            "12,34",
            "1.2.3",
            ".5",
            "5.",
            "一百",
            "3-5",
            "2017年",
            "#REF!",
            "1e3",
            "NaN",
            "条",
            "增3",
            "123456789012345678901",
            "12345678901234567890123456789",
            "1 025",
            "12 3",
            "--5",
            "+-5",
            "1 2 3条x",
            "（3）",
            "2017-05-10",
            "13895966823",
            "0457-3842927",
            "05",
            "00",
            "012.5",
            "5²",
            "12①",
            "①",
            "80（上年）85（本年）",
            "85（错，应为86）",
            "0（85）",
            "170（万）",
            "85（百万元）",
            "12（其中3）15（其中4）",
            "85（未统计）",
        ] {
            assert_eq!(read(text), "Unreadable", "{text}");
        }
    }

    #[test]
    fn signs_in_words_belong_to_signed_rows() {
        assert_eq!(parse("增3", ValueKind::Signed).cell.number(), Some(Decimal::from(3)));
        assert_eq!(parse("减8", ValueKind::Signed).cell.number(), Some(Decimal::from(-8)));
    }
}
