//! Numbers as running text writes them: `1,234`, `1.2万`, `一百七十`, `两万三千`, `二〇一七`.
//!
//! In: folded characters of one number. Out: its value and how finely it was given, or nothing where it is no number.

use rust_decimal::Decimal;

use crate::report::can_be_figure;

/// A number of a text and the worth of the last place that its writer gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numeral {
    /// The number.
    pub value: Decimal,
    /// What one more in the last place given would be: 10 in 一百七十, 1 in `170`, 1000 in `1.2万`.
    pub place: Decimal,
    /// Whether the writer may have rounded to that place: 两万三千 and `1.2万` do, `23000` does not.
    pub rounded: bool,
}

impl Numeral {
    /// Reads a number with a word of scale behind it, such as 万 or 百; the scale may be empty.
    pub(super) fn parse(number: &str, scale: &str) -> Option<Self> {
        let digits = number.starts_with(|c: char| c.is_ascii_digit());
        let own = if digits { Self::of_digits(number)? } else { Self::of_hanzi(number)? };
        if scale.is_empty() {
            return Some(own);
        }
        let times = scale.chars().try_fold(Decimal::ONE, |product, c| Some(product * weight(c)?))?;
        let (value, place) = (own.value.checked_mul(times)?, own.place.checked_mul(times)?);
        can_be_figure(value).then_some(())?;
        Some(Self { value, place, rounded: true })
    }

    fn of_digits(number: &str) -> Option<Self> {
        let value = number.replace(',', "").parse().ok().filter(|value| can_be_figure(*value))?;
        let places = number.split_once('.').map_or(0, |(_, decimals)| decimals.len() as u32);
        let place = Decimal::try_new(1, places).ok()?;
        Some(Self { value, place, rounded: places > 0 })
    }

    /// 一百七十, 两万三千零五, 二〇一七, 廿五. Several digits of neighbouring size, as in 三四十, are no number.
    fn of_hanzi(number: &str) -> Option<Self> {
        let characters: Vec<char> = number.chars().collect();
        let digits = || characters.iter().map(|c| digit(*c)).collect::<Option<Vec<_>>>();
        if let Some(digits) = digits().filter(|digits| digits.len() > 1) {
            // 二〇一七: digit by digit, for which three are the least, since 三四 is three or four.
            let value = digits.iter().try_fold(0i64, |sum, d| sum.checked_mul(10)?.checked_add(*d))?;
            return (digits.len() > 2).then(|| Self { value: value.into(), place: Decimal::ONE, rounded: false });
        }
        // What is below the last 万 or 亿, and in it the digit that waits for its weight.
        let (mut total, mut section, mut waiting) = (0i64, 0i64, None::<i64>);
        let (mut place, mut lowest, mut zero) = (1i64, i64::MAX, false);
        for c in &characters {
            match (*c, digit(*c)) {
                (_, Some(0)) => zero = true,
                (_, Some(d)) if waiting.is_none() => {
                    waiting = Some(d);
                    // 一百二 is 120, but 一百零二 is 102.
                    place = if zero || lowest == i64::MAX { 1 } else { (lowest / 10).max(1) };
                    zero = false;
                }
                ('廿' | '卅', None) if waiting.is_none() => {
                    section = section.checked_add(if *c == '廿' { 20 } else { 30 })?;
                    lowest = 10;
                }
                ('十' | '百' | '千', None) => {
                    let times = weight(*c)?.mantissa() as i64;
                    if times >= lowest || (waiting.is_none() && (*c != '十' || (section > 0 && !zero))) {
                        return None;
                    }
                    section = section.checked_add(waiting.take().unwrap_or(1).checked_mul(times)?)?;
                    (lowest, zero) = (times, false);
                }
                ('万' | '亿', None) => {
                    let times = weight(*c)?.mantissa() as i64;
                    let own = section.checked_add(waiting.take().unwrap_or(0))?;
                    if own == 0 || (total > 0 && total < times.checked_mul(2)? && *c == '亿') {
                        return None;
                    }
                    total = total.checked_add(own.checked_mul(times)?)?;
                    (section, lowest, zero) = (0, times, false);
                }
                _ => return None,
            }
        }
        let last = waiting.map_or(if lowest == i64::MAX { 1 } else { lowest }, |_| place);
        let rest = waiting.unwrap_or(0).checked_mul(place)?;
        let value = total.checked_add(section)?.checked_add(rest)?;
        let named = characters.iter().any(|c| digit(*c) != Some(0)) || characters.len() == 1;
        named.then(|| Self { value: value.into(), place: last.into(), rounded: last >= 1000 })
    }

    /// How far a number that is "so many and some more" may reach: 179 for 170, 199 for 100.
    pub(super) fn reach(&self) -> Decimal {
        let mut step = self.place;
        let ten = Decimal::TEN;
        while !self.value.is_zero() && (self.value % (step * ten)).is_zero() && step < Decimal::from(1_000_000_000) {
            step *= ten;
        }
        self.value + step.max(ten)
    }
}

/// A year in digits or hanzi: `2017`, `二〇一七`.
pub(super) fn year(text: &str) -> Option<i32> {
    let read = |c: char| c.to_digit(10).map(i64::from).or_else(|| digit(c));
    let digits = text.chars().map(read).collect::<Option<Vec<_>>>()?;
    (digits.len() == 4).then(|| digits.iter().fold(0, |year, d| year * 10 + *d as i32))
}

fn digit(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' | '○' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn weight(c: char) -> Option<Decimal> {
    Some(Decimal::from(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str, scale: &str) -> Option<(String, String)> {
        Numeral::parse(number, scale).map(|n| (n.value.normalize().to_string(), n.place.normalize().to_string()))
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        for (number, scale, value, place) in [
            ("170", "", "170", "1"),
            ("1,234", "", "1234", "1"),
            ("12.50", "", "12.5", "0.01"),
            ("1.2", "万", "12000", "1000"),
            ("3", "百", "300", "100"),
            ("2", "百万", "2000000", "1000000"),
            ("0", "", "0", "1"),
            ("零", "", "0", "1"),
            ("一百七十", "", "170", "10"),
            ("一百一十二", "", "112", "1"),
            ("一百零二", "", "102", "1"),
            ("一百二", "", "120", "10"),
            ("十", "", "10", "10"),
            ("十二", "", "12", "1"),
            ("两万三千", "", "23000", "1000"),
            ("两万三", "", "23000", "1000"),
            ("两万零三", "", "20003", "1"),
            ("一万二千三百四十五", "", "12345", "1"),
            ("三亿两千万", "", "320000000", "10000"),
            ("廿五", "", "25", "1"),
            ("二〇一七", "", "2017", "1"),
            ("一三四", "", "134", "1"),
        ] {
            assert_eq!(read(number, scale), Some((value.to_owned(), place.to_owned())), "{number}{scale}");
        }
        for wrong in
            ["三四", "三四十", "百", "万", "十十", "百千", "一百十百", "1.2.3", "零零", "", "123456789012345678901"]
        {
            assert_eq!(read(wrong, ""), None, "{wrong}");
        }
        assert_eq!((year("二〇一七"), year("2017"), year("十七")), (Some(2017), Some(2017), None));
    }

    #[test]
    fn more_than_a_number_ends_before_the_next_round_one() {
        for (number, reach) in
            [("一百七十", 180), ("170", 180), ("100", 200), ("两万三千", 24_000), ("165", 175), ("5", 15)]
        {
            assert_eq!(Numeral::parse(number, "").map(|n| n.reach()), Some(reach.into()), "{number}");
        }
    }
}
