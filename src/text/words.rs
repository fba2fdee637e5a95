//! The vocabulary of recognition: `templates/words.toml`.
//!
//! In: the file as the build script embeds it. Out: [`words()`], folded once in each process. Called by
//! [`crate::recognize`], [`crate::organization`] and [`crate::merge`].

use std::sync::LazyLock;

use serde::Deserialize;

use super::Period;
use super::fold::fold;

/// The words of `templates/words.toml`, folded unless they are cut out of a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// 计量单位.
    pub units: Vec<String>,
    /// Cell contents that mean 0.
    pub zero: Vec<String>,
    /// Cell contents that mean that a row does not apply.
    pub not_applicable: Vec<String>,
    /// What a table shows before and behind the text of a value that cannot be read.
    pub unreadable_mark: (String, String),
    /// What a table shows for a value that is not in the source.
    pub missing_mark: String,
    /// The name of a table of no known form without a title, in Chinese and English.
    pub local_table: (String, String),
    /// Where a rule comes from that holds in such a table.
    pub local_rule_source: String,
    /// The note below a table that shows either.
    pub mark_note: String,
    /// Headers of columns of row numbers and codes.
    pub serial_headers: Vec<String>,
    /// Headers of columns of labels in tables of unknown forms.
    pub label_headers: Vec<String>,
    /// Headers of columns of 计量单位 in such tables.
    pub unit_headers: Vec<String>,
    /// Headers of columns of values, to find where headers that run together end.
    pub value_headers: Vec<String>,
    /// Labels of a row that numbers the columns.
    pub column_marks: Vec<String>,
    /// Headers of columns of remarks.
    pub remark_headers: Vec<String>,
    /// Marks that end a sentence.
    pub sentence_ends: Vec<char>,
    /// How a note below a table starts.
    pub note_starts: Vec<String>,
    /// Words in headers of columns with the values of another year.
    pub other_year: Vec<String>,
    /// Words before a label that make it the opposite.
    pub negations: Vec<String>,
    /// Characters before a unit that multiply it.
    pub scales: String,
    /// Words in brackets behind a number that leave open whether it counts.
    pub doubt: Vec<String>,
    /// Words of which one is never a misspelling of another.
    pub opposites: Vec<Vec<String>>,
    /// Words in headers of columns with the values of all years.
    pub cumulative: Vec<String>,
    /// Words before a number that was added.
    pub plus: Vec<String>,
    /// Words before a number that was subtracted.
    pub minus: Vec<String>,
    /// Subjects of titles.
    pub title_subjects: Vec<String>,
    /// Endings of titles.
    pub title_endings: Vec<String>,
    /// Endings of titles of narratives.
    pub narrative_endings: Vec<String>,
    /// Words that end the organization's name in a title.
    pub organization_stop: Vec<String>,
    /// Endings of truncated names, with what they lack.
    pub organization_completions: Vec<(String, String)>,
    /// Labels of lines with the organization's name.
    pub organization_labels: Vec<String>,
    /// Endings in which two names of one organization may differ.
    pub organization_endings: Vec<String>,
    /// Endings that make no difference: with or without them, it is the same organization.
    pub organization_plain_endings: Vec<String>,
    /// Long forms in names, with the short forms that mean the same.
    pub organization_short_forms: Vec<(String, String)>,
    /// Headers of the column of names in a roster.
    pub roster_headers: Vec<String>,
    /// Headers of the column of further names in a list of aliases.
    pub alias_headers: Vec<String>,
    /// Words in the name of a worksheet that is an old version of another.
    pub old_sheets: Vec<String>,
    /// Endings of organizations' names.
    pub organization_marks: Vec<String>,
    /// Words that no organization's name contains.
    pub organization_never: Vec<String>,
    /// First characters of words for the organization itself, such as 我局.
    pub organization_pronouns: Vec<String>,
    /// What follows them, besides the endings of names.
    pub organization_pronoun_nouns: Vec<String>,
    /// Words before the title of a report within a sentence.
    pub announcements: Vec<String>,
    /// Words before it at the start of a part of a sentence.
    pub announcement_starts: Vec<String>,
    /// Words of a sentence on the period of the statistics.
    pub period_labels: Vec<String>,
    /// What follows the organization's name and 政府信息公开 in the title of a report.
    pub report_words: Vec<String>,
    /// What follows the title of a rule about reports.
    pub report_rule_words: Vec<String>,
    /// Labels of lines with the publisher of a page.
    pub publisher_labels: Vec<String>,
    /// Marks between the parts of a breadcrumb.
    pub breadcrumb_marks: Vec<String>,
    /// Labels of signatures that no form has.
    pub signature_labels: Vec<String>,
    /// Words in file names that are not part of the organization's name.
    pub file_words: Vec<String>,
    /// Parts of the names of system fonts with strokes of varying width.
    pub serif_fonts: Vec<String>,
    /// Parts of the names of system fonts with the shapes of mainland China.
    pub mainland_fonts: Vec<String>,
    /// Marks before a title, such as 附件.
    pub attachments: Vec<String>,
    /// The parts of a year.
    #[serde(rename = "period")]
    pub periods: Vec<PeriodWords>,
}

/// The words for a part of the year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodWords {
    /// The part of the year.
    pub period: Period,
    /// The words for it.
    pub words: Vec<String>,
}

impl Words {
    /// The text of an unreadable value as a table shows it. A text that has its mark keeps it.
    pub(crate) fn marked_unreadable(&self, text: &str) -> String {
        let text = text.trim();
        if self.without_mark(text).is_some() {
            return text.to_owned();
        }
        let (before, behind) = &self.unreadable_mark;
        format!("{before}{text}{behind}")
    }

    /// The text inside the mark of an unreadable value; none where the text has no such mark.
    pub(crate) fn without_mark<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (before, behind) = &self.unreadable_mark;
        text.trim().strip_prefix(before.as_str())?.strip_suffix(behind.as_str())
    }

    /// Whether a text is the mark of a value that is not in the source.
    pub(crate) fn is_missing_mark(&self, text: &str) -> bool {
        text.trim() == self.missing_mark
    }
}

/// The vocabulary.
pub(crate) fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        let packed = include_bytes!(concat!(env!("OUT_DIR"), "/words.msgpack"));
        let mut words: Words = rmp_serde::from_slice(packed).expect("the embedded words are tested");
        for list in [
            &mut words.units,
            &mut words.zero,
            &mut words.not_applicable,
            &mut words.serial_headers,
            &mut words.remark_headers,
            &mut words.label_headers,
            &mut words.unit_headers,
            &mut words.value_headers,
            &mut words.column_marks,
            &mut words.other_year,
            &mut words.cumulative,
            &mut words.plus,
            &mut words.minus,
        ] {
            for word in list.iter_mut() {
                *word = fold(word);
            }
        }
        // The longest first, so that 人次 is not read as 人.
        words.units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
        words
    });
    &WORDS
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_embedded_words_are_whole() {
        assert!(
            super::words().units.iter().position(|unit| unit == "人次")
                < super::words().units.iter().position(|unit| unit == "人")
        );
        assert_eq!(super::words().periods.len(), 6);
    }

    #[test]
    fn marks_are_put_on_once_and_taken_off() {
        let words = super::words();
        let marked = words.marked_unreadable(" 693665 ");
        assert_eq!(marked, "〔693665？〕");
        assert_eq!(words.marked_unreadable(&marked), marked);
        assert_eq!(words.without_mark(&marked), Some("693665"));
        assert_eq!(words.without_mark("693665"), None);
        assert!(words.is_missing_mark("〔缺〕 ") && !words.is_missing_mark(&marked));
    }
}
