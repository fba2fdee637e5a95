//! The reporting office's own name in its text, which says nothing of a table's values.

use super::vocabulary::{OWN, Vocabulary};
use crate::text::fold::fold;

/// The text of a passage with the office's own name masked, byte for byte in the same places.
pub(super) fn masked(text: &str, names: &[String]) -> String {
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
pub(super) fn names(organization: Option<&str>, vocabulary: &Vocabulary) -> Vec<String> {
    let Some(full) = organization.map(fold) else { return Vec::new() };
    let mut names = vec![full.clone()];
    let bare = vocabulary.own.ends.iter().find_map(|end| full.strip_suffix(end.as_str())).unwrap_or(&full);
    names.push(bare.to_owned());
    for above in &vocabulary.own.above {
        // 安宁县中庄镇 is called 中庄镇.
        names.extend(bare.split_once(above.as_str()).map(|(_, own)| own.to_owned()));
    }
    names.retain(|name| name.chars().count() >= 3 || (name == bare && name.chars().count() >= 2));
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
}
