//! What a text says of a table's figures.
//!
//! In: [`Passage`]s. Out: [`Said`]s, each with the sentence it stands in. A clause is taken only when a pattern takes the
//! whole of it and nothing around it leaves open whose number it is, or of which time: in doubt nothing is taken.

use std::ops::Range;

use regex::Captures;

use super::numeral::{self, Numeral};
use super::passage::Passage;
use super::words::{Claim, Number, OWN, Words};
use crate::template::Template;
use crate::text::fold::fold;
use crate::text::label;

/// How exactly a text gives a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exactness {
    /// As it is.
    Plain,
    /// 余, 多: more than that, and less than the next round number.
    More,
    /// 超过: more than that.
    Above,
    /// 不少于, 以上: that or more.
    AtLeast,
    /// 近: not far below that.
    Nearly,
    /// 不足: below that.
    Below,
    /// 约, 左右: about that.
    About,
}

/// A number of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The number.
    pub numeral: Numeral,
    /// How exactly it is given.
    pub exactness: Exactness,
}

/// What a clause says of its subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// How many, and in which unit.
    Number(Amount, String),
    /// That there is none.
    None,
    /// A unit without its number.
    Gap,
    /// Which share of a sum it has, in percent.
    Share(Numeral),
}

/// A clause that was understood, and where it stands.
#[derive(Debug)]
pub struct Said<'w> {
    /// The subject.
    pub claim: &'w Claim,
    /// What is said of it.
    pub word: Word,
    /// The passage.
    pub passage: usize,
    /// Its sentence there.
    pub sentence: Range<usize>,
    /// The clause.
    pub clause: Range<usize>,
}

/// The text of a passage with the office's own name masked, byte for byte in the same places.
pub fn masked(text: &str, names: &[String]) -> String {
    let mut text = text.to_owned();
    for name in names {
        let mask: String = name.chars().map(|_| OWN).collect();
        if mask.len() == name.len() {
            text = text.replace(name.as_str(), &mask);
        }
    }
    text
}

/// The names a text may call its office by, folded, the longest first.
pub fn names(organization: Option<&str>, words: &Words) -> Vec<String> {
    let Some(full) = organization.map(fold) else { return Vec::new() };
    let mut names = vec![full.clone()];
    let bare = words.own.ends.iter().find_map(|end| full.strip_suffix(end.as_str())).unwrap_or(&full);
    names.push(bare.to_owned());
    for above in &words.own.above {
        // 安宁县中庄镇 is called 中庄镇.
        names.extend(bare.split_once(above.as_str()).map(|(_, own)| own.to_owned()));
    }
    names.retain(|name| name.chars().count() >= 3 || (name == bare && name.chars().count() >= 2));
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
}

/// Looks through a report's text.
pub struct Reader<'w> {
    words: &'w Words,
    claims: Vec<&'w Claim>,
    year: Option<i32>,
    headings: [String; 2],
}

/// What stands before a clause and bears on it.
#[derive(Default)]
struct Context {
    /// Whether the text speaks of another time.
    other_time: bool,
    /// Whether the sentence named the year's own time.
    own_time: bool,
    /// Whether a number before leaves open whose the next is; for the whole paragraph.
    doubt: bool,
    /// Whether something before may narrow or widen what follows; for the sentence.
    narrowed: bool,
    /// Whether parts of something are being told.
    parts: bool,
    /// The subject of the clause before with a number, where that was understood.
    last: Option<String>,
    /// Whether the clause just before was understood, as the last thing said.
    just_said: bool,
}

impl<'w> Reader<'w> {
    /// A reader for a form's claims in the report of a year.
    pub fn new(words: &'w Words, template: &Template, year: Option<i32>) -> Self {
        let has = |claim: &&Claim| claim.readings.iter().flatten().all(|id| template.place(id).is_some());
        let claims = words.claims.iter().filter(has).collect();
        Self { words, claims, year, headings: Default::default() }
    }

    /// Everything said in a passage, of which `text` is the masked text.
    pub fn passage(&mut self, index: usize, passage: &Passage<'_>, text: &str) -> Vec<Said<'w>> {
        let mut said = Vec::new();
        let mut context = Context::default();
        for (number, sentence) in sentences(text, &self.words.ends).into_iter().enumerate() {
            let own = &text[sentence.clone()];
            if number == 0 && self.is_heading(own) {
                self.header(own);
                continue;
            }
            if self.words.not_under.regex().is_match(&self.headings.concat()) {
                continue;
            }
            // What ends at a semicolon goes on; only groups of parts end there.
            let goes_on = sentence.start > 0 && text[..sentence.start].ends_with([';', '；']);
            context.parts = false;
            context.narrowed &= goes_on;
            context.own_time &= goes_on;
            (context.last, context.just_said) = (None, false);
            for clause in self.clauses(text, sentence.clone()) {
                self.clause(index, passage, text, &sentence, clause, &mut context, &mut said);
            }
        }
        said
    }

    /// A short sentence with an ordinal and no number: 三、依申请公开情况.
    fn is_heading(&self, sentence: &str) -> bool {
        let own = sentence.trim_end_matches(|c| self.words.ends.contains(&c));
        label::ordinal_length(own) > 0
            && own.chars().count() <= 40
            && !self.words.numbered.regex().is_match(own)
            && !own.contains('，')
    }

    fn header(&mut self, heading: &str) {
        let main = heading.starts_with(|c: char| "一二三四五六七八九十".contains(c));
        let heading = heading.to_owned();
        self.headings = if main { [heading, String::new()] } else { [std::mem::take(&mut self.headings[0]), heading] };
    }

    /// Cuts a sentence where its clauses end: at commas, colons, brackets, and at 、 behind a number and its unit.
    fn clauses(&self, text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
        let own = &text[sentence.clone()];
        let mut clauses = Vec::new();
        let mut start = 0;
        let digit = |at: usize| own[at..].starts_with(|c: char| c.is_ascii_digit());
        for (at, c) in own.char_indices() {
            let end = at + c.len_utf8();
            let cut = match c {
                '，' | '(' | ')' => true,
                ',' => !(digit(end) && own[..at].ends_with(|c: char| c.is_ascii_digit())),
                // 主动公开政府信息数：170条 is one clause.
                ':' => !digit(end),
                '、' => {
                    self.words.numbered.regex().find_iter(&own[start..at]).last().is_some_and(|m| start + m.end() == at)
                }
                _ => self.words.ends.contains(&c),
            };
            if cut {
                clauses.push(sentence.start + start..sentence.start + at);
                start = end;
            }
        }
        clauses.push(sentence.start + start..sentence.end);
        clauses.retain(|clause| !clause.is_empty());
        clauses
    }

    #[expect(clippy::too_many_arguments, reason = "a clause is read with all that stands around it")]
    fn clause(
        &self,
        index: usize,
        passage: &Passage<'_>,
        text: &str,
        sentence: &Range<usize>,
        clause: Range<usize>,
        context: &mut Context,
        said: &mut Vec<Said<'w>>,
    ) {
        let words = self.words;
        let own = &text[clause.clone()];
        let before = &text[sentence.start..clause.end];
        let parts = words.parts.regex().find(own).map_or(0, |found| found.end());
        context.parts |= parts > 0;
        if words.including.regex().is_match(own) && context.just_said {
            // 收到申请110件，含上年结转5件: the number before counts something else as well.
            said.pop();
            context.last = None;
        }
        let was_said = std::mem::replace(&mut context.just_said, false);
        if let Some(share) = self.share(own).filter(|_| was_said) {
            let claim = said.last().map(|last| last.claim);
            if let Some(claim) = claim.filter(|claim| !claim.share_of.is_empty()) {
                said.push(Said { claim, word: Word::Share(share), passage: index, sentence: sentence.clone(), clause });
            }
            return;
        }
        let rest = &own[parts..];
        let colon = rest.len() - rest.trim_start_matches(':').len();
        let found =
            self.find(&own[parts + colon..], |unit| passage.is_open_before(clause.start + parts + colon + unit));
        let Some((lead, found)) = found else {
            self.unknown(own, context);
            return;
        };
        self.time(&lead, context);
        let numbered = matches!(found[0].1, Word::Number(..));
        let cumulative = words.cumulative.regex().is_match(&lead) && !context.own_time;
        let doubt = context.doubt && lead.chars().count() < 2;
        let open = context.other_time || context.narrowed || cumulative || doubt;
        let paragraph = &text[..clause.start];
        let sure = found.into_iter().find(|(claim, word)| {
            let headings = self.headings.concat();
            let needed = claim.needs.is_empty()
                || claim.needs.iter().any(|need| before.contains(need.as_str()) || headings.contains(need.as_str()));
            let narrowed =
                claim.narrowed.iter().any(|part| paragraph.contains(part.as_str()) || headings.contains(part.as_str()));
            let follows =
                claim.after.is_empty() || context.last.as_ref().is_some_and(|last| claim.after.contains(last));
            let parts = context.parts && claim.share_of.is_empty();
            *word == Word::Gap || (needed && !narrowed && follows && !parts)
        });
        match sure {
            Some((claim, word)) if !open || word == Word::Gap => {
                context.last = Some(self.subject(claim, context));
                context.just_said = true;
                said.push(Said { claim, word, passage: index, sentence: sentence.clone(), clause });
            }
            _ => {
                context.doubt |= numbered;
                context.last = None;
            }
        }
    }

    /// The subject that what follows hangs on: that of a group while its parts are told.
    fn subject(&self, claim: &Claim, context: &Context) -> String {
        match (&context.last, claim.share_of.is_empty()) {
            (Some(last), false) => last.clone(),
            _ => claim.id().to_owned(),
        }
    }

    /// Takes note of a clause that says nothing known.
    fn unknown(&self, clause: &str, context: &mut Context) {
        let words = self.words;
        self.time(clause, context);
        if words.numbered.regex().is_match(clause) {
            context.last = None;
            context.doubt |= words.doubtful.regex().is_match(clause);
        } else if words.narrowing.regex().is_match(clause) {
            context.narrowed = true;
        }
    }

    /// Takes note of the time that a text names: a year, 全年, 去年.
    fn time(&self, text: &str, context: &mut Context) {
        let words = self.words;
        let years = words.year.regex().captures_iter(text).filter_map(|year| numeral::year(&year["any_year"]));
        let last = years.last();
        let other = words.other_time.regex().is_match(text) || last.is_some_and(|year| Some(year) != self.year);
        if other {
            (context.other_time, context.own_time) = (true, false);
        } else if last.is_some() || words.own_time.regex().is_match(text) {
            (context.other_time, context.own_time) = (false, true);
        }
    }

    /// Everything a clause may say, with the words before it that change nothing: the fewest first.
    fn find(&self, clause: &str, open_before: impl Fn(usize) -> bool) -> Option<(String, Vec<(&'w Claim, Word)>)> {
        let mut starts = vec![0];
        let mut next = 0;
        while let Some(start) = starts.get(next).copied() {
            next += 1;
            let ends =
                self.words.lead.iter().filter_map(|lead| Some(start + lead.regex().find(&clause[start..])?.end()));
            for end in ends {
                if end > start && !starts.contains(&end) {
                    starts.push(end);
                }
            }
        }
        starts.sort_unstable();
        let may_gap = |clause: &str| (1..clause.len()).any(|at| clause.is_char_boundary(at) && open_before(at));
        let numbered = clause.contains(|c: char| c.is_ascii_digit() || "零〇○一二两三四五六七八九十廿卅".contains(c));
        let gap = !numbered && may_gap(clause);
        for start in starts {
            let core = &clause[start..];
            let read = |claim: &&'w Claim| {
                Some((*claim, self.read(claim, core, numbered, gap, |unit| open_before(start + unit))?))
            };
            let found: Vec<_> = self.claims.iter().filter_map(read).collect();
            if !found.is_empty() {
                return Some((clause[..start].to_owned(), found));
            }
        }
        None
    }

    fn read(&self, claim: &Claim, core: &str, numbered: bool, gap: bool, open: impl Fn(usize) -> bool) -> Option<Word> {
        if numbered {
            let found = claim.numbers.iter().find_map(|pattern| pattern.regex().captures(core));
            if let Some(found) = found {
                return Some(Word::Number(amount(&found, &self.words.number)?, found["unit"].to_owned()));
            }
        }
        if claim.denials.iter().any(|pattern| pattern.regex().is_match(core)) {
            return Some(Word::None);
        }
        let gaps = claim.gaps.iter().filter(|_| gap);
        let mut found = gaps.filter_map(|pattern| pattern.regex().captures(core));
        // 收到申请件 may be a word; 收到申请　件 has lost its number.
        let lost = found.any(|found| found.name("unit").is_some_and(|unit| open(unit.start())));
        lost.then_some(Word::Gap)
    }

    fn share(&self, clause: &str) -> Option<Numeral> {
        let found = self.words.shares.iter().find_map(|share| share.regex().captures(clause))?;
        let number = found.name("percent").or_else(|| found.name("words"))?;
        Numeral::parse(number.as_str(), "")
    }
}

fn amount(found: &Captures<'_>, words: &Number) -> Option<Amount> {
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
    let numeral = Numeral::parse(part("number"), part("scale"))?;
    let is = |list: &[String], word: &str| list.iter().any(|known| known == word);
    let (before, around) = (part("before"), part("around"));
    let exactness = if !part("more").is_empty() || !part("more_too").is_empty() {
        Exactness::More
    } else if is(&words.above, before) {
        Exactness::Above
    } else if is(&words.at_least, before) || is(&words.at_least_behind, around) {
        Exactness::AtLeast
    } else if is(&words.nearly, before) {
        Exactness::Nearly
    } else if is(&words.below, before) {
        Exactness::Below
    } else if is(&words.about, before) || is(&words.about_behind, around) {
        Exactness::About
    } else {
        Exactness::Plain
    };
    Some(Amount { numeral, exactness })
}

/// Sentences with the mark that ends them.
pub fn sentences(text: &str, ends: &[char]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| ends.contains(c)) {
        sentences.push(start..at + c.len_utf8());
        start = at + c.len_utf8();
    }
    sentences.push(start..text.len());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}
