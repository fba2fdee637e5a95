//! Files in, files out: the part of the command line that touches the disk.
//!
//! In: a [`place::Request`] that names inputs and where outputs go. [`plan`] turns it into jobs. [`driver`] runs the jobs
//! side by side on a [`pool`] of threads and hands over their results in the order of the inputs. For conversions,
//! [`convert`] does one job: bytes → document → reports → bytes → files, whole or not at all; [`journal`] remembers what is
//! done and [`summary`] lists it. The command line shows the results.

pub mod atomic_file;
pub mod convert;
pub mod driver;
mod failure;
pub mod files;
pub mod input;
pub mod journal;
pub mod name;
pub mod outcome;
pub mod paths;
pub mod place;
pub mod plan;
pub mod pool;
pub mod settings;
mod share;
pub mod summary;
mod walk;

pub use failure::Failure;
