//! The attributes of elements.
//!
//! In: an element. Out: its attributes. Called by [`super::read`].

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

/// An attribute by its name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    found.normalized_value(XmlVersion::Explicit1_0).ok().map(|value| value.into_owned())
}

/// A number in an attribute, from 1 to `most`.
pub(super) fn count(element: &BytesStart<'_>, name: &str, most: u32) -> u32 {
    attribute(element, name).and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, most)
}

/// Whether a row or column is hidden, by the user or by a filter.
pub(super) fn is_hidden(element: &BytesStart<'_>) -> bool {
    attribute(element, "table:visibility").is_some_and(|shown| shown != "visible")
}
