//! The fonts that documents are measured with and embed: the shipped ones, the user's own, the system's.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::template::FontRole;

/// Fonts by role, with fallbacks for characters they lack.
#[derive(Debug, Default)]
pub struct Fonts {}

impl Fonts {
    /// The shipped fonts, each replaced where `own` has font bytes (with the name to use in messages) for its role.
    ///
    /// # Errors
    /// [`ErrorKind::Font`](crate::ErrorKind::Font) when the bytes are no TrueType font.
    pub fn new(_own: BTreeMap<FontRole, (String, Vec<u8>)>) -> Result<Self> {
        todo!()
    }
}
