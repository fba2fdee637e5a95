//! Helpers for reading and writing template files with serde.

/// Whether a key may be left out of a template file, since its value is the default.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
