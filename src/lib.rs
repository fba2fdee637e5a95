#![doc = include_str!("../README.md")]

#[cfg(feature = "cli")]
mod batch;
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod compare;
mod deflate;
pub mod document;
mod encoding;
pub mod engine;
pub mod error;
mod escape_formula;
pub mod finding;
pub mod font;
mod format;
pub mod layout;
pub mod limit;
mod location;
pub mod merge;
pub mod message;
pub mod organization;
pub mod read;
pub mod recognize;
pub mod report;
pub mod template;
pub mod text;
pub mod write;

pub use error::{Error, ErrorKind, Result};
