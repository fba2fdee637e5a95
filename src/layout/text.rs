//! Text into lines: where Chinese text may break, and how wide it is.

use crate::template::FontRole;

/// How wide characters are.
pub trait Measure {
    /// Advance width of a character, in parts of the font size (1.0 for a hanzi).
    fn advance(&self, font: FontRole, character: char) -> f64;
}
