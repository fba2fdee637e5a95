//! The result of reading one file.

use crate::document::{Document, Source};
use crate::finding::Finding;
use crate::report::Report;

/// What one file holds: text and tables, reports as this project's JSON stores them, or both.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let input = engine.read(&bytes, &ReadOptions::default())?;
/// assert!(input.document().is_some() && input.stored().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Paragraphs and tables, in which reports are still to be recognized.
    Document(Document),
    /// Reports that were stored as such.
    Reports(StoredReports),
    /// A document that carries the reports it was made from.
    Both(Document, StoredReports),
}

/// Reports that a file stores, and what the reader noticed about them.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// use xxgk::write::{Format, WriteOptions};
///
/// let json = engine.write(&[&report], Format::Json, &WriteOptions::default())?.bytes;
/// let input = engine.read(&json, &ReadOptions::default())?;
/// assert_eq!(input.stored().expect("JSON stores reports").reports.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredReports {
    /// The file.
    pub source: Source,
    /// The reports in the order of the file.
    pub reports: Vec<Report>,
    /// What the reader had to guess or ignore.
    pub findings: Vec<Finding>,
}

impl Input {
    /// The paragraphs and tables, if the file has any.
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Document(document) | Self::Both(document, _) => Some(document),
            Self::Reports(_) => None,
        }
    }

    /// The paragraphs and tables, taken out of it.
    pub fn into_document(self) -> Option<Document> {
        match self {
            Self::Document(document) | Self::Both(document, _) => Some(document),
            Self::Reports(_) => None,
        }
    }

    /// The stored reports, if the file has any.
    pub fn stored(&self) -> Option<&StoredReports> {
        match self {
            Self::Reports(stored) | Self::Both(_, stored) => Some(stored),
            Self::Document(_) => None,
        }
    }

    /// The file.
    pub fn source(&self) -> &Source {
        match self {
            Self::Document(document) | Self::Both(document, _) => &document.source,
            Self::Reports(stored) => &stored.source,
        }
    }

    /// What the reader had to guess or ignore.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let of_document = self.document().into_iter().flat_map(|document| &document.findings);
        of_document.chain(self.stored().into_iter().flat_map(|stored| &stored.findings))
    }
}
