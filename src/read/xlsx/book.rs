//! What the cells of a workbook refer to.
//!
//! Made by [`super::read`] from the parts of a workbook, read by `worksheet`.

use super::formats::CellStyle;
use super::strings::SharedStrings;

/// What cells refer to.
pub(super) struct Book {
    pub(super) strings: SharedStrings,
    pub(super) styles: Vec<CellStyle>,
    /// Whether dates count from 1904.
    pub(super) from_1904: bool,
}
