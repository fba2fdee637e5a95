//! How text of a document looks, as far as it decides whether the text is read.
//!
//! Made by [`super::docx`] and [`super::odt`] from properties and styles.

/// What a style or a run says about its text. `None` says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub hidden: Option<bool>,
    pub struck: Option<bool>,
    /// Raised or lowered.
    pub raised: Option<bool>,
}

impl Look {
    /// This look where it says something, otherwise the other.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            hidden: self.hidden.or(other.hidden),
            struck: self.struck.or(other.struck),
            raised: self.raised.or(other.raised),
        }
    }
}
