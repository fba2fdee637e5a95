//! Who filed the table, for which year, under which title.
//!
//! In: the text before and behind a table, the file's name. Out: a [`Heading`]. Organization and year come from the
//! title, the filing line, the narrative, the sheet's and the file's name, in that order; sources that disagree are a
//! finding, and so is a guess from a name.

use super::stream::StreamCell;
use crate::document::{Location, Source};
use crate::finding::Finding;
use crate::report::{Filing, Period};
use crate::template::Template;
use crate::text::fold::{fold, folds_to, simplify};
use crate::text::label;
use crate::text::words::words;

/// What was found around a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heading {
    /// The title as it stood, its lines joined.
    pub title: Option<String>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year of the figures.
    pub year: Option<i32>,
    /// The part of the year.
    pub period: Period,
    /// Who filed it.
    pub filing: Filing,
    /// Disagreements and guesses.
    pub findings: Vec<Finding>,
}

/// Where an organization or a year was found, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Title,
    FilingLine,
    Head,
    Narrative,
    Sheet,
    File,
}

impl Origin {
    fn key(self) -> &'static str {
        match self {
            Self::Title => "@origin.title",
            Self::FilingLine => "@origin.filing_line",
            Self::Head => "@origin.head",
            Self::Narrative => "@origin.narrative",
            Self::Sheet => "@origin.sheet",
            Self::File => "@origin.file",
        }
    }
}

/// Something found, with its origin and place.
struct Clue<T> {
    value: T,
    origin: Origin,
    at: Option<Location>,
}

/// Everything said about organization and year.
#[derive(Default)]
struct Clues {
    organizations: Vec<Clue<String>>,
    years: Vec<Clue<i32>>,
    period: Option<Period>,
}

/// A line of text around a table.
struct Line<'t> {
    text: &'t str,
    at: &'t Location,
}

/// Reads what stands around a table: `before` it, in reading order, its header row included, and `behind` it; `glued` is
/// what stands before the first label in the label's own cell; `headers` are those of the value columns.
pub fn heading<'t>(
    before: &'t [StreamCell<'_>],
    glued: Option<(&'t str, &'t Location)>,
    behind: &'t [StreamCell<'_>],
    headers: &[Option<&str>],
    sheet: Option<&str>,
    source: &Source,
    template: &Template,
) -> Heading {
    let mut before: Vec<Line<'t>> = lines(before);
    let mut heading = Heading::default();
    let mut clues = Clues::default();
    // In run-together text the title stands in the table's own cell.
    if let Some((text, at)) = glued.filter(|(text, _)| !text.trim().is_empty()) {
        before.push(Line { text, at });
    }
    if let Some((index, title)) = title(&before) {
        let at = before[index].at.clone();
        if let Some(organization) = organization_in_title(&title) {
            clues.organizations.push(Clue { value: organization, origin: Origin::Title, at: Some(at.clone()) });
        }
        clues.years.extend(years(&title).first().map(|year| Clue {
            value: *year,
            origin: Origin::Title,
            at: Some(at),
        }));
        clues.period = period(&title);
        heading.title = Some(title);
    }
    let behind = lines(behind);
    for line in before.iter().rev().take(12).chain(behind.iter().take(40)) {
        organization_line(line, &mut clues);
    }
    head_years(&before, &mut clues);
    // 2014年度 | 历年累计: the one year that headers a column of figures.
    if let [year] = headers.iter().flatten().flat_map(|header| years(header)).collect::<Vec<_>>().as_slice() {
        clues.years.push(Clue { value: *year, origin: Origin::Head, at: None });
    }
    narrative(&before, &mut clues);
    let near = before.len().saturating_sub(12);
    filing(before[near..].iter().chain(behind.iter().take(40)), template, &mut heading.filing);
    names(sheet, source, &mut clues);
    settle(clues, &mut heading);
    heading
}

fn lines<'t>(cells: &'t [StreamCell<'_>]) -> Vec<Line<'t>> {
    let cells = cells.iter().filter(|cell| !cell.cell.is_blank());
    cells.map(|cell| Line { text: cell.cell.text.trim(), at: &cell.cell.at }).collect()
}

/// The title nearest above the table: the line it stands in, and its text with the line before where it was broken.
fn title(before: &[Line<'_>]) -> Option<(usize, String)> {
    let words = words();
    for (index, line) in before.iter().enumerate().rev().take(16) {
        let joined: String = line.text.split(['\n', '\r']).map(str::trim).collect();
        let simple = simplify(&joined);
        let ends = words.title_endings.iter().filter_map(|ending| Some(find(&simple, ending)? + ending.len()));
        let Some(end) = ends.min() else { continue };
        let mut title = joined[..end].to_owned();
        let subject = |simple: &str| words.title_subjects.iter().any(|subject| simple.contains(subject.as_str()));
        let mut first = index;
        let whole = subject(&simple[..end]) && (!years(&title).is_empty() || organization_in_title(&title).is_some());
        // A title broken over two lines: what is before it names the organization or the year and nothing else.
        if let Some(above) = index.checked_sub(1).map(|above| &before[above]).filter(|_| !whole) {
            let text: String = above.text.split_whitespace().collect();
            let short =
                text.chars().count() <= 30 && !is_attachment(&text) && !text.ends_with(['。', '：', ':', '；', '，']);
            if short && (is_named(&text) || !years(&text).is_empty()) && !text.contains("报告") {
                title = format!("{text}{title}");
                first = index - 1;
            }
        }
        if subject(&simplify(&title)) && title.chars().count() <= 80 {
            return Some((first, without_attachment(&title).to_owned()));
        }
    }
    None
}

/// Where a word stands in a text. Hardly any does, and that it does not is told in a fifth of the time.
fn find(text: &str, word: &str) -> Option<usize> {
    text.contains(word).then(|| text.find(word))?
}

fn is_attachment(text: &str) -> bool {
    without_attachment(text).is_empty()
        || (words().attachments.iter().any(|mark| text.starts_with(mark.as_str())) && text.chars().count() <= 4)
}

/// A title without the mark and ordinals before it: `附件1：`, `附：1、`, `六、`.
fn without_attachment(title: &str) -> &str {
    let mut rest = title.trim();
    if let Some(mark) = words().attachments.iter().find(|mark| rest.starts_with(mark.as_str())) {
        let after = &rest[mark.len()..];
        let number = after
            .trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十０１２３４５６７８９".contains(c));
        // 附件2015年… has no number of its own.
        let number = if number.starts_with('年') { after } else { number };
        rest = number.trim_start_matches([':', '：', '、', '.', ' ', '\u{3000}', '-', '—']);
    }
    label::without_ordinal(rest).trim()
}

/// Years from 1990 to 2099 that stand before 年, or alone.
fn years(text: &str) -> Vec<i32> {
    year_ranges(text).into_iter().map(|(year, _, _)| year).collect()
}

/// Years with the bytes they take, 年 and 年度 included.
fn year_ranges(text: &str) -> Vec<(i32, usize, usize)> {
    if !text.contains('年') {
        return Vec::new();
    }
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let digit = |index: usize| {
        let c = characters.get(index)?.1;
        c.to_digit(10).or_else(|| (('０'..='９').contains(&c)).then(|| c as u32 - '０' as u32))
    };
    let mut found = Vec::new();
    let mut index = 0;
    while index < characters.len() {
        let before = index.checked_sub(1).and_then(digit);
        let year = (0..4).try_fold(0, |sum, offset| Some(sum * 10 + digit(index + offset)?));
        match year.filter(|year| (1990..2100).contains(year) && before.is_none() && digit(index + 4).is_none()) {
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

fn period(text: &str) -> Option<Period> {
    let joined: String = text.split_whitespace().collect();
    let found = words().periods.iter().find(|period| period.words.iter().any(|word| joined.contains(word.as_str())));
    found.map(|period| period.period)
}

fn without_period(text: &str) -> String {
    let longest = words().periods.iter().flat_map(|period| &period.words).filter(|word| text.contains(word.as_str()));
    longest.max_by_key(|word| word.len()).map_or_else(|| text.to_owned(), |word| text.replace(word.as_str(), ""))
}

/// The organization in a title: what is left before 政府信息公开 when the year is taken out.
fn organization_in_title(title: &str) -> Option<String> {
    let words = words();
    let title: String = without_attachment(title).chars().filter(|c| !c.is_whitespace()).collect();
    // Traditional characters keep their form in the name.
    let simple = simplify(&title);
    let stop = words.organization_stop.iter().find(|stop| simple.contains(stop.as_str()))?;
    let before = &title[..simple.find(stop.as_str())?];
    let mut name = String::new();
    let mut from = 0;
    for (_, start, end) in year_ranges(before) {
        name.push_str(&before[from..start]);
        from = end;
    }
    name.push_str(&before[from..]);
    let mut name = without_period(&name);
    for (end, lost) in &words.organization_completions {
        if name.ends_with(end.as_str()) && stop.starts_with(lost.as_str()) {
            name.push_str(lost);
        }
    }
    clean_name(&name)
}

/// A name without the punctuation around it; none where nothing is left.
fn clean_name(name: &str) -> Option<String> {
    let name = name.trim_matches(|c: char| c.is_whitespace() || "《》“”\"'（）()：:，,。、—-－_.·".contains(c));
    let name = name.strip_prefix("关于").unwrap_or(name);
    (name.chars().count() >= 2 && name.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))).then(|| name.to_owned())
}

/// A line such as `填报单位（盖章）：示例镇人民政府　2015年度`.
fn organization_line(line: &Line<'_>, clues: &mut Clues) {
    let words = words();
    for label in &words.organization_labels {
        let Some(start) = find(line.text, label) else { continue };
        let rest = &line.text[start + label.len()..];
        let rest = skip_bracket(rest.trim_start());
        let Some(rest) = rest.trim_start().strip_prefix(['：', ':']) else { continue };
        let mut name = rest.to_owned();
        for (year, start, end) in year_ranges(rest).into_iter().rev() {
            clues.years.push(Clue { value: year, origin: Origin::FilingLine, at: Some(line.at.clone()) });
            name.replace_range(start..end, "  ");
        }
        clues.period = clues.period.or_else(|| period(rest));
        // Another label may follow on the same line.
        let name = name.split(['：', ':']).next().unwrap_or("").trim();
        let name = name.split("  ").next().unwrap_or("").split('\u{3000}').next().unwrap_or("");
        let compact: String = name.split_whitespace().collect();
        if period(&compact).is_none()
            && let Some(value) = clean_name(&compact)
        {
            clues.organizations.push(Clue { value, origin: Origin::FilingLine, at: Some(line.at.clone()) });
        }
        return;
    }
}

fn skip_bracket(text: &str) -> &str {
    for (open, close) in [('（', '）'), ('(', ')')] {
        if let Some(rest) = text.strip_prefix(open) {
            return rest.find(close).map_or(text, |at| &rest[at + close.len_utf8()..]);
        }
    }
    text
}

/// A line that is only a year, as at the right end above a table, or the header of a value column.
fn head_years(before: &[Line<'_>], clues: &mut Clues) {
    for line in before.iter().rev().take(12) {
        if let [(year, start, end)] = year_ranges(line.text).as_slice() {
            let rest = format!("{}{}", &line.text[..*start], &line.text[*end..]);
            if rest.trim().is_empty() {
                clues.years.push(Clue { value: *year, origin: Origin::Head, at: Some(line.at.clone()) });
                return;
            }
        }
    }
}

/// The title of the report that stands around the table, perhaps broken over two lines.
fn narrative(before: &[Line<'_>], clues: &mut Clues) {
    let words = words();
    let is_title = |line: &&Line<'_>| {
        if line.text.chars().count() > 60 {
            return false;
        }
        let text = simplify(line.text);
        words.narrative_endings.iter().any(|ending| text.ends_with(ending.as_str()))
            && words.title_subjects.iter().any(|subject| text.contains(subject.as_str()))
    };
    let Some((index, line)) = before.iter().enumerate().find(|(_, line)| is_title(line)) else { return };
    let above = index.checked_sub(1).map(|above| before[above].text);
    let broken = above.filter(|text| text.chars().count() <= 24 && (is_named(text) || !years(text).is_empty()));
    let title = match organization_in_title(line.text) {
        Some(_) => line.text.to_owned(),
        None => format!("{}{}", broken.unwrap_or(""), line.text),
    };
    let at = Some(line.at.clone());
    if let Some(value) = organization_in_title(&title) {
        clues.organizations.push(Clue { value, origin: Origin::Narrative, at: at.clone() });
    }
    clues.years.extend(years(&title).first().map(|value| Clue { value: *value, origin: Origin::Narrative, at }));
}

/// `单位负责人：张三　审核人：李四` in one line or several cells.
fn filing<'l, 't: 'l>(lines: impl Iterator<Item = &'l Line<'t>>, template: &Template, filing: &mut Filing) {
    let labels: Vec<(&str, &str)> = template
        .filing()
        .iter()
        .flat_map(|field| {
            std::iter::once(&field.label).chain(&field.aliases).map(|label| (label.as_str(), field.name.as_str()))
        })
        .collect();
    for line in lines {
        // Where each label of the line starts, and where what it says starts.
        let mut marks: Vec<(usize, usize, Option<&str>)> = Vec::new();
        for (at, _) in line.text.match_indices(['：', ':']) {
            let header = line.text[..at].trim_end();
            let colon = line.text[at..].chars().next().map_or(1, char::len_utf8);
            let known = labels.iter().filter(|(label, _)| header.ends_with(label)).max_by_key(|(label, _)| label.len());
            match known {
                Some((label, name)) => marks.push((header.len() - label.len(), at + colon, Some(name))),
                None => {
                    let start = header.rfind(char::is_whitespace).map_or(0, |space| space + 1);
                    marks.push((start, at + colon, None));
                }
            }
        }
        for (index, (_, start, name)) in marks.iter().enumerate() {
            let end = marks.get(index + 1).map_or(line.text.len(), |next| next.0).max(*start);
            let value =
                line.text[*start..end].trim_matches(|c: char| c.is_whitespace() || c == '；' || c == ';' || c == '_');
            let is_blank = || {
                let folded = fold(value);
                template.filing().iter().any(|field| folds_to(&field.blank, &folded))
            };
            if let Some(field) = name.and_then(|name| filing.field_mut(name)).filter(|field| field.is_none())
                && !value.is_empty()
                && !is_blank()
            {
                *field = Some(value.to_owned());
            }
        }
    }
}

/// What the names of the sheet and of the file say.
fn names(sheet: Option<&str>, source: &Source, clues: &mut Clues) {
    let stem = source.name.rsplit_once('.').map_or(source.name.as_str(), |(stem, _)| stem);
    for (name, origin) in sheet.map(|sheet| (sheet, Origin::Sheet)).into_iter().chain([(stem, Origin::File)]) {
        let mut rest = name.to_owned();
        for (year, start, end) in year_ranges_in_name(name).into_iter().rev() {
            clues.years.push(Clue { value: year, origin, at: None });
            rest.replace_range(start..end, "");
        }
        for word in &words().file_words {
            if rest.contains(word.as_str()) {
                rest = rest.replace(word.as_str(), "");
            }
        }
        let rest: String = rest.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).collect();
        let rest = rest.trim_start_matches(['年', '表']).trim_end_matches(['年', '表']);
        if rest.chars().count() >= 2 && rest.chars().count() <= 24 && is_named(rest) {
            clues.organizations.push(Clue { value: rest.to_owned(), origin, at: None });
        }
    }
}

/// Years in a name need no 年, but then they must touch a hanzi: 中庄镇2017 has one, S03-2014 has not.
fn year_ranges_in_name(name: &str) -> Vec<(i32, usize, usize)> {
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

/// Whether a text ends as names of organizations do.
fn is_named(text: &str) -> bool {
    words().organization_marks.iter().any(|mark| text.ends_with(mark.as_str()))
}

/// Takes the most trusted clues and reports what disagrees with them.
fn settle(mut clues: Clues, heading: &mut Heading) {
    clues.organizations.sort_by_key(|clue| clue.origin);
    clues.years.sort_by_key(|clue| clue.origin);
    heading.period = clues.period.unwrap_or_default();
    if let Some(first) = clues.organizations.first() {
        // The fuller of two names of one organization, where the filing line has it.
        let same =
            |clue: &&Clue<String>| clue.origin <= Origin::FilingLine && one_organization(&clue.value, &first.value);
        let full = clues.organizations.iter().filter(same).max_by_key(|clue| clue.value.chars().count());
        let own = full.unwrap_or(first);
        heading.organization = Some(own.value.clone());
        let differs =
            |clue: &&Clue<String>| clue.origin != Origin::Sheet && !one_organization(&clue.value, &first.value);
        for clue in clues.organizations.iter().skip(1).filter(differs).take(1) {
            heading.findings.push(disagreement(
                "XG311",
                &first.value,
                first.origin,
                &clue.value,
                clue.origin,
                &clue.at,
            ));
        }
        guessed("XG328", &first.value, first.origin, &first.at, heading);
    } else {
        heading.findings.push(Finding::new("XG312"));
    }
    if let Some(first) = clues.years.first() {
        heading.year = Some(first.value);
        let other = clues.years.iter().find(|clue| clue.value != first.value);
        if let Some(clue) = other {
            let (one, two) = (first.value.to_string(), clue.value.to_string());
            heading.findings.push(disagreement("XG327", &one, first.origin, &two, clue.origin, &clue.at));
        }
        guessed("XG329", &first.value.to_string(), first.origin, &first.at, heading);
    } else {
        heading.findings.push(Finding::new("XG317"));
    }
}

fn guessed(code: &str, value: &str, origin: Origin, at: &Option<Location>, heading: &mut Heading) {
    if origin >= Origin::Narrative {
        heading.findings.push(Finding::new(code).with("value", value).with("origin", origin.key()).at(at.clone()));
    }
}

fn disagreement(code: &str, one: &str, first: Origin, two: &str, second: Origin, at: &Option<Location>) -> Finding {
    let finding = Finding::new(code).with("one", one).with("first", first.key());
    finding.with("two", two).with("second", second.key()).at(at.clone())
}

/// Whether two names mean one organization: the same, or one holds the other, endings aside.
fn one_organization(one: &str, other: &str) -> bool {
    let core = |name: &str| {
        let folded = fold(name);
        let ending = words()
            .organization_endings
            .iter()
            .filter(|ending| folded.ends_with(ending.as_str()))
            .max_by_key(|e| e.len());
        ending.map_or_else(|| folded.clone(), |ending| folded[..folded.len() - ending.len()].to_owned())
    };
    let (one, other) = (core(one), core(other));
    one.contains(other.as_str()) || other.contains(one.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_organization_and_year() {
        for (title, organization, year) in [
            ("2017年度中庄镇政府信息公开工作情况统计表", Some("中庄镇"), Some(2017)),
            ("示例镇2016年度政府信息公开情况统计表", Some("示例镇"), Some(2016)),
            ("附件：示例局2018年政府信息公开情况统计表", Some("示例局"), Some(2018)),
            ("安宁县红旗镇人民政府2015年度政府信息公开工作情况统计表", Some("安宁县红旗镇人民政府"), Some(2015)),
            ("安宁县人民政府信息公开情况统计表（2016年度）", Some("安宁县人民政府"), Some(2016)),
            ("2015年度政府信息公开情况统计表", None, Some(2015)),
            ("示例鎮2017年度政府信息公開情況統計表", Some("示例鎮"), Some(2017)),
            ("附件1：平潭综合实验区管委会 2011年政府信息公开情况统计表", Some("平潭综合实验区管委会"), Some(2011)),
            ("六、平潭综合实验区政府信息公开情况统计表", Some("平潭综合实验区"), None),
        ] {
            assert_eq!(organization_in_title(title).as_deref(), organization, "{title}");
            assert_eq!(years(title).first().copied(), year, "{title}");
        }
    }

    #[test]
    fn years_need_their_mark() {
        assert!(years("电话 0312-2017345 共 2018 条").is_empty());
        assert_eq!(years("２０１７ 年 1 月"), [2017]);
        assert!(year_ranges_in_name("S03-2014-pipes").is_empty());
        assert_eq!(year_ranges_in_name("中庄镇2017"), [(2017, 9, 13)]);
    }

    #[test]
    fn two_names_of_one_organization_agree() {
        assert!(one_organization("中庄镇", "中庄镇人民政府"));
        assert!(one_organization("安宁县中庄镇人民政府", "中庄镇政府"));
        assert!(!one_organization("中庄镇", "红旗镇"));
    }
}
