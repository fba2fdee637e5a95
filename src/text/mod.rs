//! Text utilities that know nothing of files or reports.
//!
//! In: texts. Out: folded texts, labels, positions of words. Called by all other modules. [`fold`] makes equal readings
//! compare equal, [`label`] handles ordinals, brackets and wordings, `search` finds many words in one pass, and
//! `words` is the vocabulary of `templates/words.toml`.

pub(crate) mod fold;
pub(crate) mod label;
pub(crate) mod neutral;
mod period;
pub(crate) mod search;
pub(crate) mod spacing;
pub(crate) mod words;

pub use period::Period;

/// The position of a word in a text. Few texts have it, and `contains` is five times as fast as `find` on the others.
pub(crate) fn find(text: &str, word: &str) -> Option<usize> {
    text.contains(word).then(|| text.find(word))?
}
