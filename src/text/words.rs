//! The words that recognition knows in any form: `templates/words.toml`, folded once.

use std::sync::LazyLock;

use serde::Deserialize;

use super::fold::fold;
use crate::report::Period;

/// The catalogue of words; all folded but where a word is cut out of a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Units of figures.
    pub units: Vec<String>,
    /// Cells that mean 0.
    pub zero: Vec<String>,
    /// Cells that mean that the row does not apply.
    pub not_applicable: Vec<String>,
    /// Heads of columns of row numbers and codes.
    pub serial_headers: Vec<String>,
    /// Heads of columns of labels and of units in tables of no known template.
    pub label_headers: Vec<String>,
    /// Heads of units in such tables.
    pub unit_headers: Vec<String>,
    /// Marks of a row that letters or counts the columns.
    pub column_marks: Vec<String>,
    /// Heads of columns of remarks.
    pub remark_headers: Vec<String>,
    /// Words before a number that was added.
    pub plus: Vec<String>,
    /// Words before a number that was taken away.
    pub minus: Vec<String>,
    /// What a title is about.
    pub title_subjects: Vec<String>,
    /// How a title ends.
    pub title_endings: Vec<String>,
    /// How the title of a narrative ends.
    pub narrative_endings: Vec<String>,
    /// Where an organization's name ends in a title.
    pub organization_stop: Vec<String>,
    /// Ends of names and what they lost.
    pub organization_completions: Vec<(String, String)>,
    /// Labels of lines that name the organization.
    pub organization_labels: Vec<String>,
    /// Endings that two names of one organization may differ in.
    pub organization_endings: Vec<String>,
    /// Endings that a name has or lacks and surely is the same organization's.
    pub organization_plain_endings: Vec<String>,
    /// Long forms in names and the short ones that mean the same.
    pub organization_short_forms: Vec<(String, String)>,
    /// Heads of the column of names in a list of organizations.
    pub roster_headers: Vec<String>,
    /// How a name ends.
    pub organization_marks: Vec<String>,
    /// What stands in a file's name beside the organization.
    pub file_words: Vec<String>,
    /// Marks before a title.
    pub attachments: Vec<String>,
    /// Parts of a year.
    #[serde(rename = "period")]
    pub periods: Vec<PeriodWords>,
}

/// The words of one part of a year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodWords {
    /// The part of the year.
    pub period: Period,
    /// Its words.
    pub words: Vec<String>,
}

/// The catalogue.
pub fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        let text = include_str!(concat!(env!("OUT_DIR"), "/words.json"));
        let mut words: Words = serde_json::from_str(text).expect("the embedded words are tested");
        for list in [
            &mut words.units,
            &mut words.zero,
            &mut words.not_applicable,
            &mut words.serial_headers,
            &mut words.remark_headers,
            &mut words.label_headers,
            &mut words.unit_headers,
            &mut words.column_marks,
            &mut words.plus,
            &mut words.minus,
        ] {
            for word in list.iter_mut() {
                *word = fold(word);
            }
        }
        // The longest first, so that 人次 is not taken for 人.
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
}
