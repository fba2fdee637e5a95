//! Labels compared as people compare them.

/// A label without its ordinal.
pub fn without_ordinal(label: &str) -> &str {
    label
}
