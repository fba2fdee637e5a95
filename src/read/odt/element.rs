//! The attributes of elements, and the error for those that are damaged.
//!
//! In: an element. Out: its attributes. Called by [`super::read`] and its parts.

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use crate::error::Error;
use crate::read::Format;

/// The error for a damaged document.
pub(super) fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Odt.word(), detail)
}

/// An attribute by its local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Explicit1_0).ok().map(|value| value.into_owned())
}

/// A number in an attribute, from 1 to 1000.
pub(super) fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name).and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, 1000)
}
