//! Values that a person has read in the source.
//!
//! In: a file of corrections ([`Corrections`]) and the reports of a file with their findings. Out: the same reports with the
//! values set, each with who set it and why (`apply`), and the list of values to look up (`doubtful`). Nothing but a value
//! that is unreadable, missing or named by a finding can be set. Called by [`crate::engine`].

mod apply;
mod corrections;
mod doubtful;
mod file;

pub(crate) use apply::apply;
pub use corrections::Corrections;
pub(crate) use doubtful::{DoubtfulValue, doubtful, header};

#[cfg(test)]
mod tests;
