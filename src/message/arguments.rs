//! The arguments of a message: a few pairs of a name and a text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Named texts that fill in a message, in the order they were set.
///
/// A list, not a map: a message has at most a handful, and a report may have hundreds of findings. In JSON they are an
/// object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Arguments(Vec<(Cow<'static, str>, String)>);

impl Arguments {
    /// No arguments.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Sets the text of a name.
    pub(crate) fn insert(&mut self, name: impl Into<Cow<'static, str>>, word: String) {
        let name = name.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = word,
            None => self.0.push((name, word)),
        }
    }

    /// The text of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, word)| word)
    }

    /// Names and texts.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, word)| (&**name, word.as_str()))
    }

    /// Changes each text.
    pub(crate) fn for_each_mut(&mut self, mut change: impl FnMut(&mut String)) {
        self.0.iter_mut().for_each(|(_, word)| change(word));
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Index<&str> for Arguments {
    type Output = String;

    /// # Panics
    /// There is no such name.
    fn index(&self, name: &str) -> &String {
        let known = self.0.iter().find(|(known, _)| known == name);
        known.map_or_else(|| panic!("no argument {name:?}"), |(_, word)| word)
    }
}

impl<N: Into<Cow<'static, str>>> FromIterator<(N, String)> for Arguments {
    fn from_iter<I: IntoIterator<Item = (N, String)>>(pairs: I) -> Self {
        let mut arguments = Self::new();
        pairs.into_iter().for_each(|(name, word)| arguments.insert(name, word));
        arguments
    }
}

impl<N: Into<Cow<'static, str>>, const COUNT: usize> From<[(N, String); COUNT]> for Arguments {
    fn from(pairs: [(N, String); COUNT]) -> Self {
        pairs.into_iter().collect()
    }
}

impl Serialize for Arguments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Arguments;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Arguments, A::Error> {
                let mut pairs = Vec::new();
                while let Some((name, word)) = map.next_entry::<String, String>()? {
                    pairs.push((name, word));
                }
                Ok(pairs.into_iter().collect())
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
