//! The words in which a text speaks of figures: `templates/narrative.toml`, made into patterns once.

use std::sync::{LazyLock, OnceLock};

use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;

/// What stands for the reporting office's own name in a text that is looked through, as often as the name has characters.
pub const OWN: char = '\u{e000}';

const NUMBER: &str = "(?P<number>[0-9]+(?:,[0-9]{3})*(?:\\.[0-9]+)?|[零〇○一二两三四五六七八九十廿卅百千万亿]+)";
const SCALE: &str = "(?P<scale>[百千]?[万亿]|[百千])?";
const YEAR: &str = "[0-9]{4}|[一二三四五六七八九零〇○]{4}";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    number: Number,
    money: IndexMap<String, u32>,
    own: Own,
    word: IndexMap<String, Vec<String>>,
    pattern: IndexMap<String, Vec<String>>,
    context: ContextSource,
    share: Patterns,
    year: Patterns,
    placeholder: Patterns,
    mention: Vec<MentionSource>,
    claim: Vec<ClaimSource>,
    rule: Vec<Rule>,
}

/// What one of the checks of the text wants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The code of its findings.
    pub code: String,
    /// What must hold, in Chinese.
    pub zh: String,
    /// What must hold, in English.
    pub en: String,
    /// Where it comes from.
    pub source: String,
    /// What fills the places of the finding's message in an example.
    pub example: IndexMap<String, String>,
}

/// Words before and behind numbers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Behind: more than that.
    pub more: Vec<String>,
    /// Before: more than that.
    pub above: Vec<String>,
    /// Before: that or more.
    pub at_least: Vec<String>,
    /// Behind: that or more.
    pub at_least_behind: Vec<String>,
    /// Before: not far below that.
    pub nearly: Vec<String>,
    /// Before: below that.
    pub below: Vec<String>,
    /// Before: about that.
    pub about: Vec<String>,
    /// Behind: about that.
    pub about_behind: Vec<String>,
    /// Before: no more than "is".
    pub plain: Vec<String>,
}

/// How the reporting office's name is shortened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// Ends that may be missing.
    pub ends: Vec<String>,
    /// Ends of the names of what the office belongs to, which may be missing before its own.
    pub above: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patterns {
    patterns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextSource {
    ends: String,
    other_time: Vec<String>,
    cumulative: Vec<String>,
    own_time: Vec<String>,
    narrowing: Vec<String>,
    doubtful: Vec<String>,
    parts: Vec<String>,
    including: Vec<String>,
    not_under: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MentionSource {
    id: String,
    patterns: Vec<String>,
    unless: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimSource {
    #[serde(default)]
    label: Option<String>,
    readings: Vec<Vec<String>>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    share_of: Vec<String>,
    #[serde(default)]
    part: bool,
    #[serde(default)]
    after: Vec<String>,
    units: Vec<String>,
    patterns: Vec<String>,
    #[serde(default)]
    denials: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    narrowed: Vec<String>,
}

/// A pattern that is made when it is first looked for.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    made: OnceLock<Regex>,
}

impl Pattern {
    fn new(source: String) -> Self {
        Self { source, made: OnceLock::new() }
    }

    /// The regular expression.
    pub fn regex(&self) -> &Regex {
        self.made.get_or_init(|| Regex::new(&self.source).expect("the embedded patterns are tested"))
    }
}

/// A subject of a text and the figures it may be.
#[derive(Debug)]
pub struct Claim {
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
    /// With a number; each takes a clause from its start to its end.
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
pub struct Mention {
    /// The figure.
    pub id: String,
    /// What is spoken of.
    pub patterns: Vec<Pattern>,
    /// Words in the sentence that make it something else.
    pub unless: Pattern,
}

/// All patterns.
#[derive(Debug)]
pub struct Words {
    /// Words before and behind numbers.
    pub number: Number,
    /// What units of money are worth.
    pub money: IndexMap<String, u32>,
    /// How the office's name is shortened.
    pub own: Own,
    /// Characters that end a sentence.
    pub ends: Vec<char>,
    /// What may stand before a claim; each alone.
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
    /// Years that a text says of itself.
    pub years: Vec<Pattern>,
    /// Marks to be filled in.
    pub placeholders: Vec<Pattern>,
    /// What may be spoken of.
    pub mentions: Vec<Mention>,
    /// The subjects.
    pub claims: Vec<Claim>,
    /// What the checks want, for `xxgk rule`.
    pub rules: Vec<Rule>,
}

/// The patterns of the library.
pub fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        let source: Source =
            toml::from_str(include_str!("../../../templates/narrative.toml")).expect("the embedded words are tested");
        Words::from(source)
    });
    &WORDS
}

fn any(words: &[String]) -> String {
    format!("(?:{})", words.join("|"))
}

/// One of some words, the longest first.
fn one_of<'w>(words: impl IntoIterator<Item = &'w String>) -> String {
    let mut words: Vec<&str> = words.into_iter().map(String::as_str).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|")
}

/// Fills the names in a pattern.
struct Macros(Vec<(String, String)>);

impl Macros {
    fn new(source: &Source) -> Self {
        let year = |name: &str| (format!("{{{name}}}"), format!("(?P<{name}>{YEAR})"));
        let mut macros = vec![
            ("{own}".to_owned(), format!("{OWN}+")),
            ("{year}".to_owned(), format!("(?:{YEAR})年度?")),
            year("any_year"),
            year("any_year_too"),
        ];
        macros
            .extend(source.word.iter().map(|(name, words)| (format!("{{{name}}}"), format!("(?:{})", one_of(words)))));
        macros.extend(source.pattern.iter().map(|(name, words)| (format!("{{{name}}}"), any(words))));
        Self(macros)
    }

    fn fill(&self, pattern: &str) -> String {
        let mut filled = pattern.to_owned();
        // A pattern may name one that names another.
        for _ in 0..4 {
            for (name, pattern) in &self.0 {
                if filled.contains(name.as_str()) {
                    filled = filled.replace(name.as_str(), pattern);
                }
            }
        }
        filled
    }

    fn pattern(&self, pattern: &str) -> Pattern {
        Pattern::new(self.fill(pattern))
    }

    fn patterns(&self, patterns: &[String]) -> Vec<Pattern> {
        patterns.iter().map(|pattern| self.pattern(pattern)).collect()
    }
}

impl From<Source> for Words {
    fn from(source: Source) -> Self {
        let macros = Macros::new(&source);
        let claims = source.claim.iter().map(|claim| Claim::new(claim, &source.number, &macros)).collect();
        let units = one_of(source.claim.iter().flat_map(|claim| &claim.units));
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
            shares: source.share.patterns.iter().map(|share| macros.pattern(&format!("^(?:{share})$"))).collect(),
            years: macros.patterns(&source.year.patterns),
            placeholders: macros.patterns(&source.placeholder.patterns),
            mentions: mentions.collect(),
            claims,
            rules: source.rule,
            number: source.number,
            money: source.money,
            own: source.own,
        }
    }
}

impl Claim {
    fn new(source: &ClaimSource, number: &Number, macros: &Macros) -> Self {
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
            numbers: source.patterns.iter().map(|pattern| anchored(pattern, &full)).collect(),
            gaps: source.patterns.iter().map(|pattern| anchored(pattern, &gap)).collect(),
            denials: source.denials.iter().map(|pattern| anchored(pattern, "")).collect(),
            needs: source.needs.clone(),
            narrowed: source.narrowed.clone(),
        }
    }

    /// The figure that the subject is named by.
    pub fn id(&self) -> &str {
        self.readings.first().and_then(|ids| ids.first()).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::shipped;

    #[test]
    fn every_pattern_can_be_made() {
        let words = words();
        let claims =
            words.claims.iter().flat_map(|claim| claim.numbers.iter().chain(&claim.gaps).chain(&claim.denials));
        let single = [
            &words.numbered,
            &words.other_time,
            &words.cumulative,
            &words.own_time,
            &words.year,
            &words.narrowing,
            &words.doubtful,
            &words.parts,
            &words.including,
            &words.not_under,
        ];
        let lists = words.lead.iter().chain(&words.shares).chain(&words.years).chain(&words.placeholders);
        let mentions = words.mentions.iter().flat_map(|mention| mention.patterns.iter().chain([&mention.unless]));
        for pattern in claims.chain(single).chain(lists).chain(mentions) {
            assert!(Regex::new(&pattern.source).is_ok(), "{:?}", Regex::new(&pattern.source));
        }
    }

    #[test]
    fn every_figure_is_one_of_a_shipped_form() {
        let known = |id: &String| shipped().0.iter().any(|template| template.place(id).is_some());
        for claim in &words().claims {
            let ids = claim.readings.iter().flatten().chain(&claim.with).chain(&claim.share_of);
            for id in ids.chain(&claim.after) {
                assert!(known(id), "{id}");
            }
        }
        assert!(words().mentions.iter().all(|mention| known(&mention.id)));
    }
}
