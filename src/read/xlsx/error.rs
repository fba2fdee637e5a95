//! The errors of damaged xlsx files.

use crate::error::Error;
use crate::read::Format;

pub(super) fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Xlsx.word(), detail)
}

pub(super) fn structure() -> Error {
    corrupt("@detail.structure")
}

pub(super) fn ends_early() -> Error {
    corrupt("@detail.ends_early")
}
