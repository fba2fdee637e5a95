//! The attributes of elements, and the error for those that are damaged.
//!
//! In: an element. Out: its attributes. Called by [`super::read`] and its parts.

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use crate::error::Error;
use crate::read::Format;

/// An attribute by its local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Explicit1_0).ok().map(|value| value.into_owned())
}

/// Whether a toggle property is on. It is, unless its value says otherwise.
pub(super) fn is_on(element: &BytesStart<'_>) -> bool {
    !attribute(element, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false" | "off"))
}

/// The error for a damaged document.
pub(super) fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Docx.word(), detail)
}
