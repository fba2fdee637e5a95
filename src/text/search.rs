//! Finds many words in a text in one pass.
//!
//! In: words with what each means. Out: every place where one stands. Words are told apart by how they begin: two
//! characters leave a handful of hundreds of labels. An automaton would search as fast but takes far longer to build than
//! most documents take to read, and it is built anew in every process.

use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap};

/// Stands for the second character where there is none; folded text does not hold it.
const NONE: char = '\0';

/// The first two characters of a word as one number, which is hashed faster than a pair.
fn start(first: char, second: char) -> u64 {
    u64::from(u32::from(first)) << 32 | u64::from(u32::from(second))
}

/// A word; what it means is a chain.
#[derive(Debug)]
struct Word {
    /// Where it stands among the texts of all words.
    text: Range<usize>,
    /// Another word that begins alike.
    alike: Option<usize>,
    /// Its first and its last meaning.
    meanings: (usize, usize),
}

/// Room for what is found is made for so many bytes of text at most.
const LONG: usize = 1 << 16;

/// Of so many ways to begin, some hundreds are those of words.
const BEGINNINGS: usize = 1 << 15;

/// Tells apart, by a bit of a hash of it, what may be the start of a word and what is none, as nearly all is.
#[derive(Debug)]
struct Beginnings(Box<[u64; BEGINNINGS / 64]>);

impl Beginnings {
    fn place(start: u64) -> (usize, u64) {
        let hash = start.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - BEGINNINGS.ilog2());
        (hash as usize / 64, 1 << (hash % 64))
    }

    fn add(&mut self, start: u64) {
        let (at, bit) = Self::place(start);
        self.0[at] |= bit;
    }

    fn may_have(&self, start: u64) -> bool {
        let (at, bit) = Self::place(start);
        self.0[at] & bit != 0
    }
}

/// Words to be found. Few large pieces of memory rather than some for each word: most processes make it for one document.
#[derive(Debug)]
pub struct Search<T> {
    texts: String,
    words: Vec<Word>,
    /// Each with the next one of the same word.
    meanings: Vec<(T, Option<usize>)>,
    /// The last word that begins so, by its number.
    by_start: FxHashMap<u64, usize>,
    beginnings: Beginnings,
    /// Whether some word is a single character.
    has_single: bool,
}

/// How many bytes a word has, about.
const USUAL_WORD: usize = 32;

impl<T> Search<T> {
    /// No words yet, with room for some.
    pub fn with_room(words: usize) -> Self {
        Self {
            texts: String::with_capacity(words * USUAL_WORD),
            words: Vec::with_capacity(words),
            meanings: Vec::with_capacity(words),
            by_start: FxHashMap::with_capacity_and_hasher(words, FxBuildHasher),
            beginnings: Beginnings(Box::new([0; BEGINNINGS / 64])),
            has_single: false,
        }
    }

    /// Adds a meaning to a word, which is looked for from now on; an empty one stands nowhere.
    pub fn add(&mut self, word: &str, meaning: T) {
        let mut characters = word.chars();
        let Some(first) = characters.next() else { return };
        let second = characters.next().unwrap_or(NONE);
        self.has_single |= second == NONE;
        let start = start(first, second);
        self.beginnings.add(start);
        let number = self.meanings.len();
        self.meanings.push((meaning, None));
        let alike = self.by_start.get(&start).copied();
        let known = self.alike(alike).find(|known| self.texts[self.words[*known].text.clone()] == *word);
        if let Some(known) = known {
            let (_, last) = &mut self.words[known].meanings;
            self.meanings[*last].1 = Some(number);
            *last = number;
            return;
        }
        let text = self.texts.len()..self.texts.len() + word.len();
        self.texts.push_str(word);
        self.by_start.insert(start, self.words.len());
        self.words.push(Word { text, alike, meanings: (number, number) });
    }

    /// A word and those that begin alike.
    fn alike(&self, word: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(word, |word| self.words[*word].alike)
    }

    /// What a word that was found means.
    pub fn meanings(&self, word: usize) -> impl Iterator<Item = &T> {
        let first = Some(self.words[word].meanings.0);
        std::iter::successors(first, |meaning| self.meanings[*meaning].1).map(|meaning| &self.meanings[meaning].0)
    }

    /// Every place where a word stands, and the word: in the order of their ends, of those with the same end the longest
    /// first. Words that overlap are all found.
    pub fn find(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        // About one label in so many bytes of a table.
        let mut found = Vec::with_capacity(text.len().min(LONG) / 16);
        let mut look_up = |at: usize, start: u64| {
            if !self.beginnings.may_have(start) {
                return;
            }
            let words =
                self.alike(self.by_start.get(&start).copied()).map(|word| (word, self.words[word].text.clone()));
            let here = words.filter(|(_, word)| text[at..].starts_with(&self.texts[word.clone()]));
            found.extend(here.map(|(number, word)| (at..at + word.len(), number)));
        };
        let mut before = None;
        text.char_indices().chain([(text.len(), NONE)]).for_each(|(next, second)| {
            if let Some((at, first)) = before.replace((next, second)) {
                look_up(at, start(first, second));
                if self.has_single && second != NONE {
                    look_up(at, start(first, NONE));
                }
            }
        });
        found.sort_unstable_by_key(|(place, _)| (place.end, place.start));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&'static str], text: &str) -> Vec<(usize, &'static str)> {
        let mut search = Search::with_room(words.len());
        words.iter().for_each(|word| search.add(word, *word));
        search
            .find(text)
            .into_iter()
            .map(|(place, word)| (place.start, *search.meanings(word).next().unwrap()))
            .collect()
    }

    #[test]
    fn words_are_found_wherever_they_stand_and_overlap() {
        assert_eq!(found(&["信息公开", "公开", "开数"], "信息公开数"), [(0, "信息公开"), (6, "公开"), (9, "开数")]);
        assert_eq!(found(&["网站", "网"], "网站网"), [(0, "网"), (0, "网站"), (6, "网")]);
        assert_eq!(found(&["aa"], "aaa"), [(0, "aa"), (1, "aa")]);
        assert_eq!(found(&["政府公报", ""], "政府网站"), []);
    }

    #[test]
    fn a_word_given_twice_has_both_meanings() {
        let mut search = Search::with_room(2);
        search.add("件数", 1);
        search.add("件数", 2);
        assert_eq!(search.find("总件数"), [(3..9, 0)]);
        assert!(search.meanings(0).eq(&[1, 2]));
    }
}
