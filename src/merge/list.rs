//! Small helpers of merging: names in a message, and the most frequent item.

use indexmap::IndexMap;

/// The most names that one message lists. The organization-by-organization table shows all of them.
const NAMED: usize = 30;

/// The most frequent item. On a tie, the one that comes first.
pub(super) fn most<T: std::hash::Hash + Eq>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: IndexMap<T, usize> = IndexMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let highest = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == highest).map(|(one, _)| one)
}

/// Joins names for a message: the first [`NAMED`], then an ellipsis if there are more.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let first: Vec<&str> = names.by_ref().take(NAMED).collect();
    first.join("、") + if names.next().is_some() { "……" } else { "" }
}
