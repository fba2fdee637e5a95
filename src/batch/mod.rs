//! Files in, files out: the part of the command line that touches the disk.
//!
//! In: a [`place::Request`] that names inputs and where outputs go. [`plan`] turns it into jobs. [`driver`] runs the jobs
//! side by side on a [`pool`] of threads and hands over their results in the order of the inputs. For conversions,
//! [`convert`] does one job: bytes → document → reports → bytes → files, whole or not at all; [`journal`] remembers what is
//! done and [`summary`] lists it. The command line shows the results.

pub(crate) mod archive;
pub(crate) mod atomic_file;
pub(crate) mod convert;
pub(crate) mod driver;
mod failure;
pub(crate) mod files;
pub(crate) mod input;
pub(crate) mod journal;
mod junk;
pub(crate) mod memory;
pub(crate) mod name;
pub(crate) mod outcome;
pub(crate) mod paths;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod pool;
pub(crate) mod settings;
mod share;
mod signal;
pub(crate) mod stamp;
pub(crate) mod summary;
pub(crate) mod system_error;
pub(crate) mod terminal;
mod walk;

pub(crate) use failure::Failure;
