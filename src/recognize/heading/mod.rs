//! The title of a table, its organization, year and filing fields.
//!
//! In: what is around a table ([`Surroundings`]). Out: a [`Heading`]. Called by [`super::Recognizer`]. Organization and year
//! come from the sources in [`Origin`], in that order; a disagreement is a finding, and so is a guess from a name.

mod clues;
mod filing;
mod lines;
mod name;
mod sentence;
mod title;
mod years;

use super::stream::StreamCell;
use crate::document::{Document, Location};
use crate::finding::Finding;
use crate::report::{Filing, Period};
use crate::template::Template;
use crate::text::find;
use crate::text::fold::simplify;
use crate::text::words::words;
use clues::{Clue, Clues, Origin, Resolved, resolve};
use filing::filing;
use lines::{LINES_ABOVE, TextLine, last_crumb, lines};
use name::{certain_name, clean_name, is_named};
use sentence::{sentences, signatures};
use title::{MAX_TITLE, organization_in_title, title};
use years::{period, year_ranges, year_ranges_in_name, years};

/// The facts found around a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heading {
    /// The title as printed, its lines joined.
    pub title: Option<String>,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year of the values.
    pub year: Option<i32>,
    /// The part of the year that the values cover.
    pub period: Period,
    /// Who filed it.
    pub filing: Filing,
    /// Disagreements and guesses.
    pub findings: Vec<Finding>,
}

/// What is around a table.
#[derive(Clone, Copy)]
pub struct Surroundings<'t, 'd> {
    /// The cells before it, in reading order and with its header row.
    pub before: &'t [StreamCell<'d>],
    /// The text before the first label in the same cell.
    pub glued: Option<(&'t str, &'t Location)>,
    /// The cells from its first label to its last.
    pub within: &'t [StreamCell<'d>],
    /// The cells behind it.
    pub behind: &'t [StreamCell<'d>],
    /// The headers of its value columns.
    pub headers: &'t [Option<&'t str>],
    /// The name of its worksheet.
    pub sheet: Option<&'t str>,
    /// Its document.
    pub document: &'t Document,
    /// Its template.
    pub template: &'t Template,
}

/// Lines this far below a table may have its signatures.
const LINES_BELOW: usize = 40;

/// Longer lines are no captions of tables.
const MAX_CAPTION: usize = 30;

/// Reads the text around a table.
pub fn heading<'t>(around: Surroundings<'t, '_>) -> Heading {
    let mut before: Vec<TextLine<'t>> = lines(around.before);
    let mut heading = Heading::default();
    let mut clues = Clues::default();
    // In run-together text the title is in a cell of the table.
    if let Some((text, at)) = around.glued.filter(|(text, _)| !text.trim().is_empty()) {
        before.push(TextLine { text, at });
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
    let behind = lines(around.behind);
    for line in before.iter().rev().take(LINES_ABOVE).chain(behind.iter().take(LINES_BELOW)) {
        organization_line(line, &mut clues);
    }
    header_years(&before, &mut clues);
    captions(&before, &mut clues);
    // 2014年度 | 历年累计: the only year in the headers.
    if let [year] = around.headers.iter().flatten().flat_map(|header| years(header)).collect::<Vec<_>>().as_slice() {
        clues.years.push(Clue { value: *year, origin: Origin::Header, at: None });
    }
    years_within(around.within, &mut clues);
    narrative(&before, &mut clues);
    sentences(before.iter().chain(&behind), &mut clues);
    signatures(&before, &mut clues);
    signatures(&behind, &mut clues);
    let near = before.len().saturating_sub(LINES_ABOVE);
    let near = before[near..].iter().chain(behind.iter().take(LINES_BELOW));
    let unkept = filing(near, around.template, &mut heading.filing);
    names(&around, &mut clues);
    let Resolved { organization, year, period, findings } = resolve(clues);
    let findings = findings.into_iter().chain(unkept).collect();
    Heading { organization, year, period, findings, ..heading }
}

/// The year in a header such as `本年增/减（指2020年增减的事项数）`.
fn years_within(cells: &[StreamCell<'_>], clues: &mut Clues) {
    for cell in cells.iter().map(|cell| cell.cell).filter(|cell| cell.text.contains('年')) {
        let text: String = cell.text.split_whitespace().collect();
        let of_year =
            |rest: &str| year_ranges(rest).first().filter(|(_, start, _)| *start == 0).map(|(year, ..)| *year);
        for (at, mark) in text.match_indices("指") {
            let header = &text[..at];
            let is_this_year = header.rfind("本年").is_some_and(|year| header[year..].chars().count() <= 12);
            let year = of_year(&text[at + mark.len()..]).filter(|_| is_this_year);
            if let Some(value) = year {
                clues.years.push(Clue { value, origin: Origin::Header, at: Some(cell.at.clone()) });
                return;
            }
        }
    }
}

/// A line such as `填报单位（盖章）：示例镇人民政府　2015年度`.
fn organization_line(line: &TextLine<'_>, clues: &mut Clues) {
    // Few lines have a colon, and looking for one takes less time than for all labels.
    if !line.text.contains(['：', ':']) {
        return;
    }
    let words = words();
    for label in &words.organization_labels {
        let Some(start) = find(line.text, label) else { continue };
        let rest = &line.text[start + label.len()..];
        let rest = skip_bracket(rest.trim_start());
        let Some(rest) = rest.trim_start().strip_prefix(['：', ':']) else { continue };
        let mut name = rest.to_owned();
        for (year, start, end) in year_ranges(rest).into_iter().rev() {
            if !is_of_date(&rest[end..]) {
                clues.years.push(Clue { value: year, origin: Origin::FilingLine, at: Some(line.at.clone()) });
            }
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

/// Whether the text behind a year makes it part of a date: 2026年1月12日 says when, not of which year.
fn is_of_date(behind: &str) -> bool {
    let rest = behind.trim_start().trim_start_matches(|c: char| c.is_numeric());
    rest.len() < behind.trim_start().len() && rest.trim_start().starts_with('月')
}

/// A short line with an organization and a year above a table, such as `双河乡2025年主动公开` on a sheet of its own.
fn captions(before: &[TextLine<'_>], clues: &mut Clues) {
    for line in before.iter().rev().take(LINES_ABOVE).filter(|line| line.text.chars().count() <= MAX_CAPTION) {
        let compact: String = line.text.split_whitespace().collect();
        let [(year, start, end)] = year_ranges(&compact)[..] else { continue };
        let organization = certain_name(&compact[..start]);
        let is_caption = (start == 0 || organization.is_some()) && !compact.contains(['。', '：', ':', '；']);
        if is_caption && !is_of_date(&compact[end..]) {
            let at = Some(line.at.clone());
            clues.years.push(Clue { value: year, origin: Origin::Caption, at: at.clone() });
            clues.organizations.extend(organization.map(|value| Clue { value, origin: Origin::Caption, at }));
            return;
        }
    }
}

/// A line that is only a year, often above the right end of a table.
fn header_years(before: &[TextLine<'_>], clues: &mut Clues) {
    for line in before.iter().rev().take(LINES_ABOVE) {
        if let [(year, start, end)] = year_ranges(line.text).as_slice() {
            let rest = format!("{}{}", &line.text[..*start], &line.text[*end..]);
            if rest.trim().is_empty() {
                clues.years.push(Clue { value: *year, origin: Origin::Header, at: Some(line.at.clone()) });
                return;
            }
        }
    }
}

/// A title of a report above the table.
struct ReportTitle<'t> {
    organization: Option<String>,
    year: Option<i32>,
    at: &'t Location,
}

/// The title of the report that contains the table, perhaps broken over two lines. A page may have several: a list of
/// reports beside it, or the title twice. Takes the most frequent, or else the first.
fn narrative(before: &[TextLine<'_>], clues: &mut Clues) {
    let titles: Vec<ReportTitle<'_>> =
        before.iter().enumerate().filter_map(|(index, _)| report_title(before, index)).collect();
    let weight = |title: &ReportTitle<'_>| {
        let same = titles.iter().filter(|t| t.organization == title.organization && t.year == title.year).count();
        (title.organization.is_some(), title.year.is_some(), same)
    };
    // `max_by_key` takes the last of equals.
    let Some(best) = titles.iter().rev().max_by_key(|title| weight(title)) else { return };
    let at = Some(best.at.clone());
    let organization = best.organization.clone();
    clues.organizations.extend(organization.map(|value| Clue { value, origin: Origin::Narrative, at: at.clone() }));
    let dated = if best.year.is_some() { Some(best) } else { titles.iter().find(|title| title.year.is_some()) };
    let year = dated.and_then(|title| Some((title.year?, title.at)));
    clues.years.extend(year.map(|(value, at)| Clue { value, origin: Origin::Narrative, at: Some(at.clone()) }));
}

fn report_title<'t>(before: &[TextLine<'t>], index: usize) -> Option<ReportTitle<'t>> {
    let words = words();
    let line = &before[index];
    if line.text.chars().count() > MAX_TITLE {
        return None;
    }
    let text = last_crumb(line.text);
    // …年度报告（2022年）
    let bare = match text.ends_with(['）', ')']) {
        true => text.rfind(['（', '(']).map_or(text, |at| text[..at].trim_end()),
        false => text,
    };
    let simple = simplify(bare);
    let is_title = words.narrative_endings.iter().any(|ending| simple.ends_with(ending.as_str()))
        && words.title_subjects.iter().any(|subject| simple.contains(subject.as_str()));
    if !is_title {
        return None;
    }
    let above = index.checked_sub(1).map(|above| before[above].text);
    let broken = above.filter(|text| text.chars().count() <= 24 && (is_named(text) || !years(text).is_empty()));
    let title = match organization_in_title(text) {
        Some(_) => text.to_owned(),
        None => format!("{}{text}", broken.unwrap_or("")),
    };
    let (organization, year) = (organization_in_title(&title), years(&title).first().copied());
    Some(ReportTitle { organization, year, at: line.at })
}

/// Organization and year in the title of the page, in the names of the sheet, of the file and of its folder.
fn names(around: &Surroundings<'_, '_>, clues: &mut Clues) {
    let document = around.document;
    if let Some(title) = &document.title {
        let (organization, year) = in_page_title(title);
        clues.organizations.extend(organization.map(|value| Clue { value, origin: Origin::PageTitle, at: None }));
        clues.years.extend(year.map(|value| Clue { value, origin: Origin::PageTitle, at: None }));
    }
    let file = document.source.name.as_str();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let named =
        [(around.sheet, Origin::Sheet), (Some(stem), Origin::File), (document.folder.as_deref(), Origin::Folder)];
    for (name, origin) in named.into_iter().filter_map(|(name, origin)| Some((name?, origin))) {
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
        if rest.chars().count() <= 24
            && let Some(value) = certain_name(rest)
        {
            clues.organizations.push(Clue { value, origin, at: None });
        }
    }
}

/// Organization and year in the title of a page: `安宁县教育局2022年政府信息公开工作年度报告-安宁县人民政府`.
fn in_page_title(title: &str) -> (Option<String>, Option<i32>) {
    let is_own = |part: &&str| words().title_subjects.iter().any(|subject| simplify(part).contains(subject.as_str()));
    let Some(part) = title.split(['-', '_', '|', '—', '–', '－', '丨']).find(is_own) else { return (None, None) };
    let name = organization_in_title(part).and_then(|name| certain_name(&name));
    (name, years(part).first().copied())
}
