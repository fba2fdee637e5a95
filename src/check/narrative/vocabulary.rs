//! The words in which a text speaks of values: `templates/narrative.toml`, made into patterns once.

use std::sync::LazyLock;

use indexmap::IndexMap;

pub(super) use super::pattern::OWN;
use super::pattern::{Macros, Pattern, any, one_of};
pub(super) use super::source::NumberWords;
use super::source::{OwnName, Source, SubjectSource, TextRule};

const NUMBER: &str = "(?P<number>[0-9]+(?:,[0-9]{3})*(?:\\.[0-9]+)?|[零〇○一二两三四五六七八九十廿卅百千万亿]+)";
const SCALE: &str = "(?P<scale>[百千]?[万亿]|[百千])?";

/// A subject of a text and the figures it may be.
#[derive(Debug)]
pub(super) struct Subject {
    /// What it is called where the form has no one row for it.
    pub label: Option<String>,
    /// What the subject may be: the sum of one of these sets of figures.
    pub readings: Vec<Vec<String>>,
    /// Values that are shown beside where they are not 0.
    pub with: Vec<String>,
    /// The sum it is a part of.
    pub share_of: Vec<String>,
    /// Whether the text may name a part of what the table counts.
    pub part: bool,
    /// Subjects of which one stands before it in its sentence, with no other number between.
    pub after: Vec<String>,
    /// The units of its numbers.
    pub units: Vec<String>,
    /// With a number and a unit; each takes a clause from its start to its end.
    pub numbers: Vec<Pattern>,
    /// With nothing where the number should be.
    pub gaps: Vec<Pattern>,
    /// That there is none.
    pub denials: Vec<Pattern>,
    /// Words of which one is in the sentence up to it, or in the heading above.
    pub needs: Vec<String>,
    /// Words that say that it is only a part, in the paragraph before it or in the heading above.
    pub narrowed: Vec<String>,
}

/// What a text speaks of that the table may say there is none of.
#[derive(Debug)]
pub(super) struct Mention {
    /// The figure.
    pub id: String,
    /// What is spoken of.
    pub patterns: Vec<Pattern>,
    /// Words in the sentence that make it something else.
    pub unless: Pattern,
}

/// All patterns.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Words before and behind numbers.
    pub number: NumberWords,
    /// What units of money are worth.
    pub money: IndexMap<String, u32>,
    /// How the office's name is shortened.
    pub own: OwnName,
    /// Characters that end a sentence.
    pub ends: Vec<char>,
    /// What may stand before a subject; each alone.
    pub lead: Vec<Pattern>,
    /// A number with a unit.
    pub numbered: Pattern,
    /// Another time.
    pub other_time: Pattern,
    /// What counts from an earlier year.
    pub cumulative: Pattern,
    /// The year's own time.
    pub own_time: Pattern,
    /// A year.
    pub year: Pattern,
    /// Something that may be only a part, or more than the office.
    pub narrowing: Pattern,
    /// What leaves open whose the numbers behind it are.
    pub doubtful: Pattern,
    /// Begins a group of parts.
    pub parts: Pattern,
    /// Begins what the number before also counts, or does not.
    pub including: Pattern,
    /// Headings under which nothing is a figure of the year.
    pub not_under: Pattern,
    /// Shares.
    pub shares: Vec<Pattern>,
    /// Comparisons with the year before, whole clauses.
    pub comparisons: Vec<Pattern>,
    /// Years that a text says of itself.
    pub years: Vec<Pattern>,
    /// Marks to be filled in.
    pub placeholders: Vec<Pattern>,
    /// What may be spoken of.
    pub mentions: Vec<Mention>,
    /// The subjects.
    pub subjects: Vec<Subject>,
    /// What the checks want, for `xxgk rule`.
    pub rules: Vec<TextRule>,
}

/// The vocabulary of the library.
pub(super) fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
        let source: Source =
            toml::from_str(include_str!("../../../templates/narrative.toml")).expect("the embedded words are tested");
        Vocabulary::from(source)
    });
    &VOCABULARY
}

impl From<Source> for Vocabulary {
    fn from(source: Source) -> Self {
        let macros = Macros::new(&source);
        let subjects = source.subject.iter().map(|subject| Subject::new(subject, &source.number, &macros)).collect();
        let units = one_of(source.subject.iter().flat_map(|subject| &subject.units));
        let more = one_of(&source.number.more);
        let context = &source.context;
        let any_of = |patterns: &[String]| macros.pattern(&any(patterns));
        let mentions = source.mention.iter().map(|mention| Mention {
            id: mention.id.clone(),
            patterns: macros.patterns(&mention.patterns),
            unless: any_of(&mention.unless),
        });
        Self {
            ends: context.ends.chars().collect(),
            lead: source.pattern["lead"].iter().map(|lead| macros.pattern(&format!("^(?:{lead})"))).collect(),
            numbered: Pattern::new(format!("{NUMBER}(?:{more})?{SCALE}(?:{more})?(?:{units})")),
            other_time: any_of(&context.other_time),
            cumulative: any_of(&context.cumulative),
            own_time: any_of(&context.own_time),
            year: macros.pattern("{any_year}年"),
            narrowing: any_of(&context.narrowing),
            doubtful: any_of(&context.doubtful),
            parts: macros.pattern(&format!("^{}", any(&context.parts))),
            including: macros.pattern(&format!("^{}", any(&context.including))),
            not_under: any_of(&context.not_under),
            comparisons: comparisons(&source, &units, &macros),
            shares: source.share.patterns.iter().map(|share| macros.pattern(&format!("^(?:{share})$"))).collect(),
            years: macros.patterns(&source.year.patterns),
            placeholders: macros.patterns(&source.placeholder.patterns),
            mentions: mentions.collect(),
            subjects,
            rules: source.rule,
            number: source.number,
            money: source.money,
            own: source.own,
        }
    }
}

/// Whole clauses that compare a number in one of these units with the year before.
fn comparisons(source: &Source, units: &str, macros: &Macros) -> Vec<Pattern> {
    let words = &source.comparison;
    let group = |name: &str, words: &[String]| format!("(?P<{name}>{})", one_of(words));
    let number = |name: &str| format!("(?P<{name}>[0-9]+(?:\\.[0-9]+)?)");
    let named = |name: &str| number(name) + &format!("(?P<{name}_unit>{units})");
    let parts = [
        ("{more}", group("more", &words.more)),
        ("{fewer}", group("fewer", &words.fewer)),
        ("{same}", group("same", &words.same)),
        ("{difference}", named("difference")),
        ("{last}", named("last")),
        ("{percent}", number("percent") + "%"),
    ];
    let filled = |one: &String| parts.iter().fold(one.clone(), |one, (name, part)| one.replace(name, part));
    words.patterns.iter().map(|one| macros.pattern(&format!("^(?:{})$", filled(one)))).collect()
}

impl Subject {
    fn new(source: &SubjectSource, number: &NumberWords, macros: &Macros) -> Self {
        let units = one_of(&source.units);
        let all = [&number.above, &number.at_least, &number.nearly, &number.below, &number.about];
        let before = one_of(all.into_iter().flatten());
        let around = one_of(number.at_least_behind.iter().chain(&number.about_behind));
        let (plain, more) = (one_of(&number.plain), one_of(&number.more));
        let full = format!(
            "(?:{plain})*(?P<before>{before})?(?:{plain})?{NUMBER}(?P<more>{more})?{SCALE}(?P<more_too>{more})?(?P<unit>{units})(?P<around>{around})?"
        );
        let gap = format!("(?:{plain})?(?P<unit>{units})");
        let anchored = |pattern: &String, number: &str| {
            Pattern::new(format!("^(?:{})$", macros.fill(pattern).replace("{n}", number)))
        };
        Self {
            label: source.label.clone(),
            readings: source.readings.clone(),
            with: source.with.clone(),
            share_of: source.share_of.clone(),
            part: source.part,
            after: source.after.clone(),
            units: source.units.clone(),
            numbers: source.patterns.iter().map(|pattern| anchored(pattern, &full)).collect(),
            gaps: source.patterns.iter().map(|pattern| anchored(pattern, &gap)).collect(),
            denials: source.denials.iter().map(|pattern| anchored(pattern, "")).collect(),
            needs: source.needs.clone(),
            narrowed: source.narrowed.clone(),
        }
    }

    /// The figure that the subject is named by.
    pub(super) fn id(&self) -> &str {
        self.readings.first().and_then(|ids| ids.first()).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::*;
    use crate::template::shipped;

    #[test]
    fn every_pattern_can_be_made() {
        let vocabulary = vocabulary();
        let subjects = vocabulary
            .subjects
            .iter()
            .flat_map(|subject| subject.numbers.iter().chain(&subject.gaps).chain(&subject.denials));
        let single = [
            &vocabulary.numbered,
            &vocabulary.other_time,
            &vocabulary.cumulative,
            &vocabulary.own_time,
            &vocabulary.year,
            &vocabulary.narrowing,
            &vocabulary.doubtful,
            &vocabulary.parts,
            &vocabulary.including,
            &vocabulary.not_under,
        ];
        let lists = vocabulary
            .lead
            .iter()
            .chain(&vocabulary.shares)
            .chain(&vocabulary.comparisons)
            .chain(&vocabulary.years)
            .chain(&vocabulary.placeholders);
        let mentions = vocabulary.mentions.iter().flat_map(|mention| mention.patterns.iter().chain([&mention.unless]));
        for pattern in subjects.chain(single).chain(lists).chain(mentions) {
            assert!(Regex::new(&pattern.source).is_ok(), "{:?}", Regex::new(&pattern.source));
        }
    }

    #[test]
    fn every_figure_is_one_of_a_shipped_form() {
        let known = |id: &String| shipped().0.iter().any(|template| template.place(id).is_some());
        for subject in &vocabulary().subjects {
            let ids = subject.readings.iter().flatten().chain(&subject.with).chain(&subject.share_of);
            for id in ids.chain(&subject.after) {
                assert!(known(id), "{id}");
            }
        }
        assert!(vocabulary().mentions.iter().all(|mention| known(&mention.id)));
    }
}
