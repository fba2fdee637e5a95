//! Finds many words in a text in one pass.
//!
//! In: words with their meanings. Out: every occurrence of every word, overlapping ones included. Called by
//! [`crate::recognize`], which looks for the labels of all templates at once.
//!
//! Words are indexed by their first two characters: a pair leaves a handful of several hundred labels to compare. An
//! Aho-Corasick automaton searches as fast, but building it takes longer than reading most documents, and every process
//! would build it anew.

use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap};

/// The second character of a word that has one character. Folded text never contains it.
const NONE: char = '\0';

/// The most bytes of text that results are allocated for in advance.
const EXPECTED_TEXT: usize = 1 << 16;

/// Bytes of text for each word found, roughly.
const TEXT_PER_WORD: usize = 16;

/// A word to look for.
#[derive(Debug)]
struct Word<T> {
    text: String,
    meanings: Vec<T>,
}

/// A set of words to look for, each with one or more meanings.
#[derive(Debug)]
pub(crate) struct WordSearch<T> {
    words: Vec<Word<T>>,
    /// Indices into `words` by the first two characters.
    by_start: FxHashMap<(char, char), Vec<usize>>,
    /// A bit for the hash of each pair in `by_start`: most pairs of a text begin no word.
    starts: Vec<u64>,
    /// Whether any word is a single character.
    has_single: bool,
}

/// The number of bits in [`WordSearch::starts`], as a power of two: 2 KiB, of which several hundred words set a few
/// percent.
const FILTER_POWER: u32 = 14;

/// The word of the filter and its bit for a pair of characters.
fn filter_bit((first, second): (char, char)) -> (usize, u64) {
    // Odd multipliers that spread the bits; the highest ones are mixed best.
    let hash = (first as u32).wrapping_mul(0x9e37_79b1) ^ (second as u32).wrapping_mul(0x85eb_ca6b);
    let bit = hash >> (u32::BITS - FILTER_POWER);
    ((bit / u64::BITS) as usize, 1 << (bit % u64::BITS))
}

impl<T> WordSearch<T> {
    /// An empty set with room for `words` words.
    pub(crate) fn with_capacity(words: usize) -> Self {
        Self {
            words: Vec::with_capacity(words),
            by_start: FxHashMap::with_capacity_and_hasher(words, FxBuildHasher),
            starts: vec![0; 1 << (FILTER_POWER - u64::BITS.trailing_zeros())],
            has_single: false,
        }
    }

    /// Adds a meaning to a word, and the word if it is new. An empty word is ignored.
    pub(crate) fn add(&mut self, word: &str, meaning: T) {
        let mut characters = word.chars();
        let Some(first) = characters.next() else { return };
        let second = characters.next().unwrap_or(NONE);
        self.has_single |= second == NONE;
        let (at, bit) = filter_bit((first, second));
        self.starts[at] |= bit;
        let same_start = self.by_start.entry((first, second)).or_default();
        match same_start.iter().find(|index| self.words[**index].text == word) {
            Some(known) => self.words[*known].meanings.push(meaning),
            None => {
                same_start.push(self.words.len());
                self.words.push(Word { text: word.to_owned(), meanings: vec![meaning] });
            }
        }
    }

    /// The meanings of a word that [`find`](Self::find) returned, in the order they were added.
    pub(crate) fn meanings(&self, word: usize) -> &[T] {
        &self.words[word].meanings
    }

    /// Finds all words in a text: the byte range of each occurrence, and the index of the word.
    ///
    /// Sorted by the end of the range, then by its start. Overlapping words are all found.
    pub(crate) fn find(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found = Vec::with_capacity(text.len().min(EXPECTED_TEXT) / TEXT_PER_WORD);
        let mut look_up = |at: usize, start: (char, char)| {
            let (word, bit) = filter_bit(start);
            if self.starts[word] & bit == 0 {
                return;
            }
            let Some(words) = self.by_start.get(&start) else { return };
            for &index in words {
                let word = &self.words[index].text;
                if text[at..].starts_with(word.as_str()) {
                    found.push((at..at + word.len(), index));
                }
            }
        };
        let mut previous = None;
        for (next, second) in text.char_indices().chain([(text.len(), NONE)]) {
            if let Some((at, first)) = previous.replace((next, second)) {
                look_up(at, (first, second));
                if self.has_single && second != NONE {
                    look_up(at, (first, NONE));
                }
            }
        }
        found.sort_unstable_by_key(|(place, _)| (place.end, place.start));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&'static str], text: &str) -> Vec<(usize, &'static str)> {
        let mut search = WordSearch::with_capacity(words.len());
        words.iter().for_each(|word| search.add(word, *word));
        search.find(text).into_iter().map(|(place, word)| (place.start, search.meanings(word)[0])).collect()
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
        let mut search = WordSearch::with_capacity(2);
        search.add("件数", 1);
        search.add("件数", 2);
        assert_eq!(search.find("总件数"), [(3..9, 0)]);
        assert_eq!(search.meanings(0), [1, 2]);
    }
}
