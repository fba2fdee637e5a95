#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]
#![forbid(unsafe_code)]
// The command line uses more than the public API has.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

#[cfg(feature = "cli")]
mod batch;
mod cache;
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod compare;
pub mod correct;
mod deflate;
pub mod document;
mod encoding;
pub mod engine;
pub mod error;
mod escape_formula;
pub mod finding;
pub mod font;
mod format;
mod layout;
mod limit;
mod location;
pub mod merge;
pub mod message;
mod organization;
pub mod read;
mod recognize;
pub mod report;
mod report_text;
pub mod template;
mod text;
pub mod write;

pub use error::{Error, ErrorKind, Result};
