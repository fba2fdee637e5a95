//! Reads, checks and writes the statistics tables of Chinese government information-disclosure reports
//! (政府信息公开工作年度报告).
//!
//! ```text
//! bytes ──read──▶ Document ──recognize──▶ Report ──write──▶ bytes
//! ```

pub mod document;
pub mod error;
pub mod finding;
pub mod font;
pub mod layout;
pub mod message;
pub mod read;
pub mod recognize;
pub mod report;
pub mod template;
pub mod write;

pub use error::{Error, ErrorKind, Result};
