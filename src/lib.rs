#![doc = include_str!("../README.md")]

pub mod check;
pub mod compare;
mod deflate;
pub mod document;
pub mod error;
pub mod finding;
pub mod font;
mod guard;
pub mod layout;
pub mod merge;
pub mod message;
pub mod organization;
pub mod read;
pub mod recognize;
pub mod report;
pub mod template;
pub mod write;

pub use error::{Error, ErrorKind, Result};
