//! Years and parts of a year in a text.
//!
//! In: a title, a line, the name of a sheet or file. Out: the years with their bytes, and the period. Called by the other
//! files of [`super`].

use crate::report::Period;
use crate::text::words::words;

/// Years from 1990 to 2099 before 年, in digits or hanzi: 2017年, 二〇一七年.
pub(super) fn years(text: &str) -> Vec<i32> {
    year_ranges(text).into_iter().map(|(year, _, _)| year).collect()
}

/// Years and their ranges of bytes, 年 and 年度 included.
pub(super) fn year_ranges(text: &str) -> Vec<(i32, usize, usize)> {
    if !text.contains('年') {
        return Vec::new();
    }
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let digit = |index: usize| year_digit(characters.get(index)?.1);
    let mut found = Vec::new();
    let mut index = 0;
    while index < characters.len() {
        let year = (0..4).try_fold(0, |sum, offset| Some(sum * 10 + digit(index + offset)?));
        // 附件一2017年: a digit of the other kind before the year is not part of it.
        let is_same = |before: usize| characters[before].1.is_ascii() == characters[index].1.is_ascii();
        let before = index.checked_sub(1).filter(|before| is_same(*before)).and_then(digit);
        match year.filter(|year| (1990..2100).contains(year) && before.is_none()) {
            Some(year) => {
                let mut end = index + 4;
                let spaces = characters[end..].iter().take_while(|(_, c)| c.is_whitespace()).count();
                if characters.get(end + spaces).is_some_and(|(_, c)| *c == '年') {
                    end += spaces + 1;
                    end += usize::from(characters.get(end).is_some_and(|(_, c)| *c == '度'));
                    let stop = characters.get(end).map_or(text.len(), |(at, _)| *at);
                    found.push((year as i32, characters[index].0, stop));
                }
                index = end.max(index + 4);
            }
            None => index += 1,
        }
    }
    found
}

/// The value of a digit of a year. People write the zero of 二〇一七 in many ways.
fn year_digit(c: char) -> Option<u32> {
    let hanzi = || "〇一二三四五六七八九".chars().position(|digit| digit == c).map(|value| value as u32);
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '０'..='９' => Some(c as u32 - '０' as u32),
        '零' | '○' | '◯' | 'O' | 'Ｏ' | 'o' => Some(0),
        _ => hanzi(),
    }
}

/// Years in a name of a sheet or file. They need no 年, but then they must touch a hanzi: 中庄镇2017 has a year, S03-2014
/// has none.
pub(super) fn year_ranges_in_name(name: &str) -> Vec<(i32, usize, usize)> {
    let with_mark = year_ranges(name);
    if !with_mark.is_empty() {
        return with_mark;
    }
    let hanzi = |c: Option<char>| c.is_some_and(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    let starts = name.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at);
    starts
        .filter_map(|at| {
            let digits = name.get(at..at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            let (before, after) = (name[..at].chars().next_back(), name[at + 4..].chars().next());
            let alone = !before.is_some_and(|c| c.is_ascii_digit()) && !after.is_some_and(|c| c.is_ascii_digit());
            let year: i32 = digits.parse().ok()?;
            (alone && (hanzi(before) || hanzi(after)) && (1990..2100).contains(&year)).then_some((year, at, at + 4))
        })
        .collect()
}

pub(super) fn period(text: &str) -> Option<Period> {
    let joined: String = text.split_whitespace().collect();
    let found = words().periods.iter().find(|period| period.words.iter().any(|word| joined.contains(word.as_str())));
    found.map(|period| period.period)
}

pub(super) fn without_period(text: &str) -> String {
    let longest = words().periods.iter().flat_map(|period| &period.words).filter(|word| text.contains(word.as_str()));
    longest.max_by_key(|word| word.len()).map_or_else(|| text.to_owned(), |word| text.replace(word.as_str(), ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_need_their_mark() {
        assert!(years("电话 0312-2017345 共 2018 条").is_empty());
        assert_eq!(years("２０１７ 年 1 月"), [2017]);
        assert_eq!(years("二〇一七年度、二O一八年、二○二○年"), [2017, 2018, 2020]);
        assert!(years("二十一年 一二三四年 二百年").is_empty());
        assert!(year_ranges_in_name("S03-2014-pipes").is_empty());
        assert_eq!(year_ranges_in_name("中庄镇2017"), [(2017, 9, 13)]);
    }
}
