//! What a text says of a table's figures.
//!
//! In: [`Passage`]s. Out: [`Statement`]s, each with the sentence it stands in. A clause is taken only when a pattern takes the
//! whole of it and nothing around it leaves open whose number it is, or of which time: in doubt nothing is taken.

use std::ops::Range;

use regex_lite::Captures;

use super::comparison::Comparison;
use super::numeral::{self, Numeral};
use super::passage::{Passage, sentences};
use super::vocabulary::{NumberWords, Subject, Vocabulary};
use crate::template::Template;
use crate::text::label;

/// How exactly a text gives a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exactness {
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
pub(super) struct Amount {
    /// The number.
    pub numeral: Numeral,
    /// How exactly it is given.
    pub exactness: Exactness,
}

/// What a clause says of its subject.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Assertion {
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
pub(super) struct Statement<'w> {
    /// The subject.
    pub subject: &'w Subject,
    /// What is said of it.
    pub assertion: Assertion,
    /// The passage.
    pub passage: usize,
    /// Its sentence there.
    pub sentence: Range<usize>,
    /// The clause.
    pub clause: Range<usize>,
    /// What the clauses behind it say of the year before.
    pub compared: Option<Comparison>,
}

/// Looks through a report's text.
pub(super) struct StatementReader<'w> {
    vocabulary: &'w Vocabulary,
    subjects: Vec<&'w Subject>,
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
    /// Whether the parts of something are being listed.
    parts: bool,
    /// The subject of the clause before with a number, where that was understood.
    last: Option<String>,
    /// Whether the clause just before was understood, as the last thing said.
    just_understood: bool,
}

impl<'w> StatementReader<'w> {
    /// A reader for a form's subjects in the report of a year.
    pub(super) fn new(vocabulary: &'w Vocabulary, template: &Template, year: Option<i32>) -> Self {
        let has = |subject: &&Subject| subject.readings.iter().flatten().all(|id| template.place(id).is_some());
        let subjects = vocabulary.subjects.iter().filter(has).collect();
        Self { vocabulary, subjects, year, headings: Default::default() }
    }

    /// Everything said in a passage, of which `text` is the masked text.
    pub(super) fn passage(&mut self, index: usize, passage: &Passage<'_>, text: &str) -> Vec<Statement<'w>> {
        let mut statements = Vec::new();
        let mut context = Context::default();
        for (number, sentence) in sentences(text, &self.vocabulary.ends).into_iter().enumerate() {
            let own = &text[sentence.clone()];
            if number == 0 && self.is_heading(own) {
                self.header(own);
                continue;
            }
            if self.vocabulary.not_under.regex().is_match(&self.headings.concat()) {
                continue;
            }
            // What ends at a semicolon goes on; only groups of parts end there.
            let goes_on = sentence.start > 0 && text[..sentence.start].ends_with([';', '；']);
            context.parts = false;
            context.narrowed &= goes_on;
            context.own_time &= goes_on;
            (context.last, context.just_understood) = (None, false);
            for clause in self.clauses(text, sentence.clone()) {
                // What follows a comparison goes on from what stands before it.
                if let Some(comparison) = Comparison::read(text, clause.clone(), self.vocabulary) {
                    let of = statements.last_mut().filter(|_| context.just_understood);
                    match of.map(|of: &mut Statement<'_>| &mut of.compared) {
                        Some(Some(before)) => before.join(comparison),
                        Some(none) => *none = Some(comparison),
                        None => {}
                    }
                    continue;
                }
                self.clause(index, passage, text, &sentence, clause, &mut context, &mut statements);
            }
        }
        statements
    }

    /// A short sentence with an ordinal and no number: 三、依申请公开情况.
    fn is_heading(&self, sentence: &str) -> bool {
        let own = sentence.trim_end_matches(|c| self.vocabulary.ends.contains(&c));
        label::ordinal_length(own) > 0
            && own.chars().count() <= 40
            && !self.vocabulary.numbered.regex().is_match(own)
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
                '、' => self
                    .vocabulary
                    .numbered
                    .regex()
                    .find_iter(&own[start..at])
                    .last()
                    .is_some_and(|m| start + m.end() == at),
                _ => self.vocabulary.ends.contains(&c),
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
        statements: &mut Vec<Statement<'w>>,
    ) {
        let vocabulary = self.vocabulary;
        let own = &text[clause.clone()];
        let parts = vocabulary.parts.regex().find(own).map_or(0, |found| found.end());
        context.parts |= parts > 0;
        if vocabulary.including.regex().is_match(own) && context.just_understood {
            // 收到申请110件，含上年结转5件: the number before counts something else as well.
            statements.pop();
            context.last = None;
        }
        let statement = |subject, assertion| Statement {
            subject,
            assertion,
            passage: index,
            sentence: sentence.clone(),
            clause: clause.clone(),
            compared: None,
        };
        let was_understood = std::mem::replace(&mut context.just_understood, false);
        if let Some(share) = self.share(own).filter(|_| was_understood) {
            let subject = statements.last().map(|last| last.subject);
            if let Some(subject) = subject.filter(|subject| !subject.share_of.is_empty()) {
                statements.push(statement(subject, Assertion::Share(share)));
            }
            return;
        }
        let core = own[parts..].trim_start_matches(':');
        let start = clause.start + own.len() - core.len();
        let found = self.find(core, |unit| passage.is_open_before(start + unit));
        let Some((lead, found)) = found else { return self.unknown(own, context) };
        self.time(&lead, context);
        let numbered = matches!(found[0].1, Assertion::Number(..));
        let cumulative = vocabulary.cumulative.regex().is_match(&lead) && !context.own_time;
        let doubt = context.doubt && lead.chars().count() < 2;
        let open = context.other_time || context.narrowed || cumulative || doubt;
        let (paragraph, before) = (&text[..clause.start], &text[sentence.start..clause.end]);
        let sure = found.into_iter().find(|(subject, assertion)| {
            *assertion == Assertion::Gap || self.may_be(subject, paragraph, before, context)
        });
        match sure {
            Some((subject, assertion)) if !open || assertion == Assertion::Gap => {
                context.last = Some(self.group_of(subject, context));
                context.just_understood = true;
                statements.push(statement(subject, assertion));
            }
            _ => {
                context.doubt |= numbered;
                context.last = None;
            }
        }
    }

    /// Whether a clause may be about a subject, after what stands before it: `paragraph` up to the clause, `before` its
    /// sentence up to its end.
    fn may_be(&self, subject: &Subject, paragraph: &str, before: &str, context: &Context) -> bool {
        let headings = self.headings.concat();
        let stands = |word: &String, text: &str| text.contains(word.as_str()) || headings.contains(word.as_str());
        let needed = subject.needs.is_empty() || subject.needs.iter().any(|need| stands(need, before));
        let narrowed = subject.narrowed.iter().any(|part| stands(part, paragraph));
        let follows =
            subject.after.is_empty() || context.last.as_ref().is_some_and(|last| subject.after.contains(last));
        let parts = context.parts && subject.share_of.is_empty();
        needed && !narrowed && follows && !parts
    }

    /// The subject to which the parts that follow belong: that of a group while its parts are listed.
    fn group_of(&self, subject: &Subject, context: &Context) -> String {
        match (&context.last, subject.share_of.is_empty()) {
            (Some(last), false) => last.clone(),
            _ => subject.id().to_owned(),
        }
    }

    /// Takes note of a clause that says nothing known.
    fn unknown(&self, clause: &str, context: &mut Context) {
        let vocabulary = self.vocabulary;
        self.time(clause, context);
        if vocabulary.numbered.regex().is_match(clause) {
            context.last = None;
            context.doubt |= vocabulary.doubtful.regex().is_match(clause);
        } else if vocabulary.narrowing.regex().is_match(clause) {
            context.narrowed = true;
        }
    }

    /// Takes note of the time that a text names: a year, 全年, 去年.
    fn time(&self, text: &str, context: &mut Context) {
        let vocabulary = self.vocabulary;
        let years = vocabulary.year.regex().captures_iter(text).filter_map(|year| numeral::year(&year["any_year"]));
        let last = years.last();
        let other = vocabulary.other_time.regex().is_match(text) || last.is_some_and(|year| Some(year) != self.year);
        if other {
            (context.other_time, context.own_time) = (true, false);
        } else if last.is_some() || vocabulary.own_time.regex().is_match(text) {
            (context.other_time, context.own_time) = (false, true);
        }
    }

    /// Everything a clause may say, with the words before it that change nothing: the fewest first.
    fn find(
        &self,
        clause: &str,
        open_before: impl Fn(usize) -> bool,
    ) -> Option<(String, Vec<(&'w Subject, Assertion)>)> {
        let mut starts = vec![0];
        let mut next = 0;
        while let Some(start) = starts.get(next).copied() {
            next += 1;
            let ends =
                self.vocabulary.lead.iter().filter_map(|lead| Some(start + lead.regex().find(&clause[start..])?.end()));
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
            let read = |subject: &&'w Subject| {
                Some((*subject, self.read(subject, core, numbered, gap, |unit| open_before(start + unit))?))
            };
            let found: Vec<_> = self.subjects.iter().filter_map(read).collect();
            if !found.is_empty() {
                return Some((clause[..start].to_owned(), found));
            }
        }
        None
    }

    fn read(
        &self,
        subject: &Subject,
        core: &str,
        numbered: bool,
        gap: bool,
        open: impl Fn(usize) -> bool,
    ) -> Option<Assertion> {
        // Most clauses have no unit of most subjects, and looking for one takes less time than a pattern.
        if numbered && subject.units.iter().any(|unit| core.contains(unit.as_str())) {
            let found = subject.numbers.iter().find_map(|pattern| pattern.regex().captures(core));
            if let Some(found) = found {
                return Some(Assertion::Number(amount(&found, &self.vocabulary.number)?, found["unit"].to_owned()));
            }
        }
        if subject.denials.iter().any(|pattern| pattern.regex().is_match(core)) {
            return Some(Assertion::None);
        }
        let gaps = subject.gaps.iter().filter(|_| gap);
        let mut found = gaps.filter_map(|pattern| pattern.regex().captures(core));
        // 收到申请件 may be a word; 收到申请　件 has lost its number.
        let lost = found.any(|found| found.name("unit").is_some_and(|unit| open(unit.start())));
        lost.then_some(Assertion::Gap)
    }

    fn share(&self, clause: &str) -> Option<Numeral> {
        let found = self.vocabulary.shares.iter().find_map(|share| share.regex().captures(clause))?;
        let number = found.name("percent").or_else(|| found.name("words"))?;
        Numeral::parse(number.as_str(), "")
    }
}

fn amount(found: &Captures<'_>, words: &NumberWords) -> Option<Amount> {
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
