//! Comparisons for people and programs: one file a format. Text for a terminal is the command line's own.
//!
//! In: a [`Comparison`]. Out: bytes. Words that several formats show are found here.

mod html;
mod json;
mod xlsx;

use rust_decimal::Decimal;

pub use html::html;
pub use json::{Failed, json};
pub use xlsx::xlsx;

use super::{Change, Comparison, Entry, Head, Line, Match, Noted, State, Unit};
use crate::finding::Wording;
use crate::message::{self, Arguments, Lang};

/// A word of the catalogue.
pub fn word(key: &str, lang: Lang) -> String {
    message::text(key, lang, &Arguments::new())
}

fn text(key: &str, lang: Lang, words: &[(&str, &str)]) -> String {
    let words = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
    message::text(key, lang, &words)
}

/// What a line is called: by one name, or by both where the forms call it differently.
pub fn name(line: &Line, lang: Lang) -> String {
    let (old, new) = (line.old.side.name(lang), line.new.side.name(lang));
    let name = match (old.is_empty(), new.is_empty()) {
        (false, false) if old != new => text("compare.pair", lang, &[("old", &old), ("new", &new)]),
        (false, true) => old,
        _ => new,
    };
    match &line.column {
        Some(column) => format!("{name}（{column}）"),
        None => name,
    }
}

/// The unit of a line; both where they differ.
pub fn unit(line: &Line) -> String {
    match (&line.old.unit, &line.new.unit) {
        (Some(old), Some(new)) if old != new => format!("{old} → {new}"),
        (old, new) => new.as_ref().or(old.as_ref()).cloned().unwrap_or_default(),
    }
}

/// What stands on one side: the number with its digits as printed, or a word that says why there is none.
pub fn said(entry: &Entry, lang: Lang) -> String {
    match entry.state {
        State::Number => entry.number.map_or_else(String::new, |number| number.to_string()),
        State::Blank => word("compare.blank", lang),
        State::NotApplicable => word("compare.not_applicable", lang),
        State::Absent => word("compare.absent", lang),
        State::Unreadable => {
            let text = entry.figures.first().map_or("", |(text, _)| text);
            let said = word("compare.unreadable", lang);
            if text.is_empty() { said } else { format!("{said} “{text}”") }
        }
        State::Incomplete => word("compare.incomplete", lang),
        State::None => word("compare.none", lang),
    }
}

/// A number with its sign.
pub fn signed(number: Option<Decimal>) -> String {
    super::notice::signed(number)
}

/// What is said beside a line: what happened where no difference shows it, a large change, how far both mean the same.
pub fn remark(line: &Line, lang: Lang) -> String {
    let mut said = Vec::new();
    match line.change {
        Change::Appeared => said.push(word("compare.appeared", lang)),
        Change::Vanished => said.push(word("compare.vanished", lang)),
        Change::Other => said.push(word("compare.other", lang)),
        Change::Incomparable => said.push(word("compare.incomparable", lang)),
        Change::Without => said.push(word("compare.without", lang)),
        Change::Same | Change::Changed => {}
    }
    if line.jump {
        said.push(word("compare.jump", lang));
    }
    if line.kind == Match::Partly && line.change != Change::Incomparable {
        said.push(word("compare.partly", lang));
    }
    let mut remark = said.join(lang.comma());
    if let Some(why) = &line.why {
        if !remark.is_empty() {
            remark += lang.colon();
        }
        remark += &because(why, lang);
    }
    remark
}

/// The reason in one language.
pub fn because(why: &Wording, lang: Lang) -> String {
    why.text(lang, &Arguments::new())
}

/// The places of a side's figures.
pub fn places(entry: &Entry, lang: Lang) -> String {
    let places = entry.figures.iter().filter_map(|(_, at)| at.as_ref());
    places.map(|at| at.to_text(lang)).collect::<Vec<_>>().join(lang.list_separator())
}

/// The headers of both years' columns: the years where they are known and differ, else old and new.
pub fn years(unit: &Unit, lang: Lang) -> (String, String) {
    match (unit.old.year, unit.new.year) {
        (Some(old), Some(new)) if old != new => (
            text("compare.old_of", lang, &[("year", &old.to_string())]),
            text("compare.new_of", lang, &[("year", &new.to_string())]),
        ),
        _ => (word("compare.old", lang), word("compare.new", lang)),
    }
}

/// The name of a unit: that of the newer report, behind the older one where it was another.
pub fn organization(unit: &Unit, lang: Lang) -> String {
    match (&unit.old.organization, &unit.new.organization) {
        (Some(old), Some(new)) if old != new => text("compare.pair", lang, &[("old", old), ("new", new)]),
        (old, new) => new.as_ref().or(old.as_ref()).cloned().unwrap_or_else(|| "–".to_owned()),
    }
}

/// A report in words: `2016.xlsx（2016，2014）`.
pub fn report(header: &Head, lang: Lang) -> String {
    let year = header.year.map_or_else(|| "–".to_owned(), |year| year.to_string());
    let template = header.template.as_deref().unwrap_or("–");
    text("compare.report", lang, &[("file", &header.file), ("year", &year), ("template", template)])
}

/// How many lines changed in each way, as a sentence.
pub fn counts(unit: &Unit, lang: Lang) -> String {
    let all = [
        ("changed", Change::Changed),
        ("same", Change::Same),
        ("appeared", Change::Appeared),
        ("vanished", Change::Vanished),
        ("other", Change::Other),
        ("incomparable", Change::Incomparable),
        ("without", Change::Without),
    ];
    let counts = all.map(|(name, change)| (name, unit.count(change).to_string()));
    text("compare.counts", lang, &counts.each_ref().map(|(name, count)| (*name, count.as_str())))
}

/// The figures of a finding with the file each stands in: label, text, `file:place`.
pub fn figures(noted: &Noted, unit: &Unit, lang: Lang) -> Vec<(String, String, String)> {
    let figures = noted.finding.figures.iter().enumerate();
    figures
        .map(|(at, figure)| {
            let file = if at < noted.of_new { &unit.new.file } else { &unit.old.file };
            let place = match &figure.at {
                Some(at) => format!("{file}:{}", at.to_text(lang)),
                None => file.clone(),
            };
            (figure.label.to_string(), figure.text.clone(), place)
        })
        .collect()
}

/// The severity of a finding in words.
pub fn severity(noted: &Noted, lang: Lang) -> String {
    word(&format!("word.{}", noted.finding.severity.as_str()), lang)
}

/// What is not compared, with the catalogue's key of the reason, and whether it is of the older year.
pub fn left(comparison: &Comparison) -> Vec<(&'static str, bool, &Head)> {
    let mut left = Vec::new();
    left.extend(comparison.old_only.iter().map(|header| ("compare.only_old", true, header)));
    left.extend(comparison.new_only.iter().map(|header| ("compare.only_new", false, header)));
    left.extend(comparison.old_twice.iter().flatten().map(|header| ("compare.is_twice", true, header)));
    left.extend(comparison.new_twice.iter().flatten().map(|header| ("compare.is_twice", false, header)));
    left.extend(comparison.old_unnamed.iter().map(|header| ("compare.is_unnamed", true, header)));
    left.extend(comparison.new_unnamed.iter().map(|header| ("compare.is_unnamed", false, header)));
    left
}
