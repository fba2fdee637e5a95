//! What a document has besides the text that is read.
//!
//! In: texts and pictures, as readers meet them. Out: findings that name them. Called by [`super::docx`], [`super::odt`] and
//! [`super::rtf`].

use super::body::{Body, LeftOut};
use super::boxes::Boxes;
use crate::finding::Finding;

/// Texts beside the one that is read, by their kind.
#[derive(Default)]
pub(super) struct Beside {
    /// Hidden text.
    pub hidden: LeftOut,
    /// Struck-out text.
    pub struck: LeftOut,
    /// Headers and footers.
    pub margins: LeftOut,
    /// Notes and comments.
    pub notes: LeftOut,
    /// Text boxes, of which some are read.
    pub boxes: Boxes,
    /// The number of pictures.
    pub pictures: usize,
}

impl Beside {
    /// Adds the findings.
    pub(super) fn finish(self, body: &mut Body) {
        body.findings.extend(self.hidden.finding("XG334"));
        body.findings.extend(self.struck.finding("XG335"));
        self.boxes.finish(body);
        body.findings.extend(self.margins.finding("XG394"));
        body.findings.extend(self.notes.finding("XG395"));
        if self.pictures > 0 {
            body.findings.push(Finding::new("XG397").with("count", self.pictures));
        }
    }
}
