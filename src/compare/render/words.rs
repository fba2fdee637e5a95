//! Texts that several formats show: names, values, remarks.
//!
//! In: parts of a comparison. Out: texts in the user's language. Called by the other files of [`super`] and by the terminal
//! output.

use super::super::{
    Change, ComparedOrganization, Comparison, ComparisonFinding, ComparisonRow, Match, ReportSummary, SideValue, State,
};
pub(crate) use crate::compare::row::signed;
use crate::finding::Wording;
use crate::message::{self, Arguments, Lang};
use crate::report::CellValue;

/// A word of the message catalogue.
pub(crate) fn word(key: &str, lang: Lang) -> String {
    message::text(key, lang, &Arguments::new())
}

pub(super) fn text(key: &str, lang: Lang, words: &[(&str, &str)]) -> String {
    let words = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
    message::text(key, lang, &words)
}

/// The name of a row: one name, or both if the forms differ.
pub(crate) fn name(row: &ComparisonRow, lang: Lang) -> String {
    let (old, new) = (row.old.side.name(lang), row.new.side.name(lang));
    let name = match (old.is_empty(), new.is_empty()) {
        (false, false) if old != new => text("compare.pair", lang, &[("old", &old), ("new", &new)]),
        (false, true) => old,
        _ => new,
    };
    match &row.column {
        Some(column) => format!("{name}（{column}）"),
        None => name,
    }
}

/// The 计量单位 of a row, or both if they differ.
pub(crate) fn unit(row: &ComparisonRow) -> String {
    match (&row.old.unit, &row.new.unit) {
        (Some(old), Some(new)) if old != new => format!("{old} → {new}"),
        (old, new) => new.as_ref().or(old.as_ref()).cloned().unwrap_or_default(),
    }
}

/// The value on one side: the number with its digits as printed, or a word for why there is none.
pub(crate) fn value_text(side: &SideValue, lang: Lang) -> String {
    match side.state {
        State::Value(CellValue::Number(number)) => number.to_string(),
        State::Value(CellValue::Blank) => word("compare.blank", lang),
        State::Value(CellValue::NotApplicable) => word("compare.not_applicable", lang),
        State::Absent | State::Value(CellValue::Missing) => word("compare.absent", lang),
        State::Value(CellValue::Unreadable(())) => {
            let text = side.cells.first().map_or("", |(text, _)| text);
            let unreadable = word("compare.unreadable", lang);
            if text.is_empty() { unreadable } else { format!("{unreadable} “{text}”") }
        }
        State::Incomplete => word("compare.incomplete", lang),
        State::None => word("compare.none", lang),
    }
}

/// The remark on a row: a change without a difference, a jump, and how well the indicators correspond.
pub(crate) fn remark(row: &ComparisonRow, lang: Lang) -> String {
    let mut remarks = Vec::new();
    match row.change {
        Change::Appeared => remarks.push(word("compare.appeared", lang)),
        Change::Vanished => remarks.push(word("compare.vanished", lang)),
        Change::Other => remarks.push(word("compare.other", lang)),
        Change::Incomparable => remarks.push(word("compare.incomparable", lang)),
        Change::Without => remarks.push(word("compare.without", lang)),
        Change::Same | Change::Changed => {}
    }
    if row.jump {
        remarks.push(word("compare.jump", lang));
    }
    if row.kind == Match::Partly && row.change != Change::Incomparable {
        remarks.push(word("compare.partly", lang));
    }
    let mut remark = remarks.join(lang.comma());
    if let Some(why) = &row.why {
        if !remark.is_empty() {
            remark += lang.colon();
        }
        remark += &reason(why, lang);
    }
    remark
}

/// The reason in one language.
pub(super) fn reason(why: &Wording, lang: Lang) -> String {
    why.text(lang, &Arguments::new())
}

/// The locations of a side's cells.
pub(super) fn places(side: &SideValue, lang: Lang) -> String {
    let places = side.cells.iter().filter_map(|(_, at)| at.as_ref());
    places.map(|at| at.to_text(lang)).collect::<Vec<_>>().join(lang.list_separator())
}

/// The headers of the two value columns: the years if they are known and differ, else "old" and "new".
pub(crate) fn years(compared: &ComparedOrganization, lang: Lang) -> (String, String) {
    match (compared.old.year, compared.new.year) {
        (Some(old), Some(new)) if old != new => (
            text("compare.old_of", lang, &[("year", &old.to_string())]),
            text("compare.new_of", lang, &[("year", &new.to_string())]),
        ),
        _ => (word("compare.old", lang), word("compare.new", lang)),
    }
}

/// The name of an organization: the newer name, with the older one before it if they differ.
pub(crate) fn organization(compared: &ComparedOrganization, lang: Lang) -> String {
    match (&compared.old.organization, &compared.new.organization) {
        (Some(old), Some(new)) if old != new => text("compare.pair", lang, &[("old", old), ("new", new)]),
        (old, new) => new.as_ref().or(old.as_ref()).cloned().unwrap_or_else(|| "–".to_owned()),
    }
}

/// A report in short: `2016.xlsx（2016，2014）`.
pub(crate) fn report(header: &ReportSummary, lang: Lang) -> String {
    let year = header.year.map_or_else(|| "–".to_owned(), |year| year.to_string());
    let template = header.template.as_deref().unwrap_or("–");
    text("compare.report", lang, &[("file", &header.file), ("year", &year), ("template", template)])
}

/// The number of rows with each change, as a sentence.
pub(crate) fn counts(compared: &ComparedOrganization, lang: Lang) -> String {
    let all = [
        ("changed", Change::Changed),
        ("same", Change::Same),
        ("appeared", Change::Appeared),
        ("vanished", Change::Vanished),
        ("other", Change::Other),
        ("incomparable", Change::Incomparable),
        ("without", Change::Without),
    ];
    let counts = all.map(|(name, change)| (name, compared.count(change).to_string()));
    text("compare.counts", lang, &counts.each_ref().map(|(name, count)| (*name, count.as_str())))
}

/// The values of a finding as `(label, text, file:location)`.
pub(crate) fn finding_values(
    found: &ComparisonFinding,
    compared: &ComparedOrganization,
    lang: Lang,
) -> Vec<(String, String, String)> {
    let values = found.finding.figures.iter().enumerate();
    values
        .map(|(at, value)| {
            let file = if at < found.of_new { &compared.new.file } else { &compared.old.file };
            let place = match &value.at {
                Some(at) => format!("{file}:{}", at.to_text(lang)),
                None => file.clone(),
            };
            (value.label.to_string(), value.text.clone(), place)
        })
        .collect()
}

/// The severity of a finding as a word.
pub(crate) fn severity(found: &ComparisonFinding, lang: Lang) -> String {
    word(&format!("word.{}", found.finding.severity.as_str()), lang)
}

/// The reports that were not compared: the message key of the reason, whether it is of the older year, and the report.
pub(super) fn not_compared(comparison: &Comparison) -> Vec<(&'static str, bool, &ReportSummary)> {
    let mut reports = Vec::new();
    reports.extend(comparison.old_only.iter().map(|header| ("compare.only_old", true, header)));
    reports.extend(comparison.new_only.iter().map(|header| ("compare.only_new", false, header)));
    reports.extend(comparison.old_twice.iter().flatten().map(|header| ("compare.is_twice", true, header)));
    reports.extend(comparison.new_twice.iter().flatten().map(|header| ("compare.is_twice", false, header)));
    reports.extend(comparison.old_unnamed.iter().map(|header| ("compare.is_unnamed", true, header)));
    reports.extend(comparison.new_unnamed.iter().map(|header| ("compare.is_unnamed", false, header)));
    reports
}
