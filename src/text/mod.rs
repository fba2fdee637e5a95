//! Text utilities without any knowledge of files or reports.
//!
//! [`fold`]: text folded so that equal readings compare equal. [`label`]: ordinals, brackets and wordings of labels.
//! [`search`]: many words found in one pass. [`words`]: the vocabulary of `templates/words.toml`.

pub mod fold;
pub mod label;
pub(crate) mod search;
pub(crate) mod words;
