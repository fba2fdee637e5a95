//! The title of a table, its organization, year and filing fields.
//!
//! In: the text before and behind a table, the names of the sheet and of the file. Out: a [`Heading`]. Called by
//! [`super::Recognizer`]. Organization and year come from the title, the filing line, the headers, the narrative, the
//! name of the sheet or the name of the file, in that order; a disagreement is a finding, and so is a guess from a name.

mod clues;
mod filing;
mod lines;
mod title;
mod years;

use super::stream::StreamCell;
use crate::document::{Location, Source};
use crate::finding::Finding;
use crate::report::{Filing, Period};
use crate::template::Template;
use crate::text::fold::simplify;
use crate::text::words::words;
use clues::{Clue, Clues, Origin, Resolved, resolve};
use filing::filing;
use lines::{TextLine, find, lines};
use title::{clean_name, is_named, organization_in_title, title};
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

/// Reads the text around a table: the cells `before` it, in reading order and with its header row, and those `behind` it.
/// `glued` is the text before the first label in the same cell, `headers` are those of the value columns.
pub fn heading<'t>(
    before: &'t [StreamCell<'_>],
    glued: Option<(&'t str, &'t Location)>,
    behind: &'t [StreamCell<'_>],
    headers: &[Option<&str>],
    sheet: Option<&str>,
    source: &Source,
    template: &Template,
) -> Heading {
    let mut before: Vec<TextLine<'t>> = lines(before);
    let mut heading = Heading::default();
    let mut clues = Clues::default();
    // In run-together text the title is in a cell of the table.
    if let Some((text, at)) = glued.filter(|(text, _)| !text.trim().is_empty()) {
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
    let behind = lines(behind);
    for line in before.iter().rev().take(12).chain(behind.iter().take(40)) {
        organization_line(line, &mut clues);
    }
    header_years(&before, &mut clues);
    // 2014年度 | 历年累计: the only year in the headers.
    if let [year] = headers.iter().flatten().flat_map(|header| years(header)).collect::<Vec<_>>().as_slice() {
        clues.years.push(Clue { value: *year, origin: Origin::Header, at: None });
    }
    narrative(&before, &mut clues);
    let near = before.len().saturating_sub(12);
    filing(before[near..].iter().chain(behind.iter().take(40)), template, &mut heading.filing);
    names(sheet, source, &mut clues);
    let Resolved { organization, year, period, findings } = resolve(clues);
    Heading { organization, year, period, findings, ..heading }
}

/// A line such as `填报单位（盖章）：示例镇人民政府　2015年度`.
fn organization_line(line: &TextLine<'_>, clues: &mut Clues) {
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

/// A line that is only a year, often above the right end of a table.
fn header_years(before: &[TextLine<'_>], clues: &mut Clues) {
    for line in before.iter().rev().take(12) {
        if let [(year, start, end)] = year_ranges(line.text).as_slice() {
            let rest = format!("{}{}", &line.text[..*start], &line.text[*end..]);
            if rest.trim().is_empty() {
                clues.years.push(Clue { value: *year, origin: Origin::Header, at: Some(line.at.clone()) });
                return;
            }
        }
    }
}

/// The title of the report that contains the table, perhaps broken over two lines.
fn narrative(before: &[TextLine<'_>], clues: &mut Clues) {
    let words = words();
    let is_title = |line: &&TextLine<'_>| {
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

/// Organization and year in the names of the sheet and of the file.
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
