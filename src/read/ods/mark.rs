//! The styles of a spreadsheet that strike out or raise text.
//!
//! In: the properties of styles. Out: a [`Mark`] for each style. Called by [`super::read`]. Source: OpenDocument 1.3 Part
//! 3, chapter 20: `style:text-position`, `style:text-line-through-style`.

/// What a style does to text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub struck: bool,
    /// Raised or lowered.
    pub raised: bool,
}

impl Mark {
    /// What the text properties of a style do, by the values of its attributes.
    pub(super) fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let is_line = |name: &str| value(name).is_some_and(|line| line != "none");
        let is_raised = |position: String| {
            let first = position.split_whitespace().next().unwrap_or_default().to_owned();
            !first.is_empty() && first.trim_end_matches('%').parse::<f64>() != Ok(0.0)
        };
        Self {
            struck: is_line("style:text-line-through-style") || is_line("style:text-line-through-type"),
            raised: value("style:text-position").is_some_and(is_raised),
        }
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self { struck: self.struck || other.struck, raised: self.raised || other.raised }
    }
}
