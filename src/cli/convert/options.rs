//! Options of `convert` that do not fit together, found before anything is read.

use super::super::args::Convert;
use crate::batch::Failure;
use crate::batch::place::OutputPlace;
use crate::batch::summary;
use crate::encoding;

/// Refuses options that do not fit together.
pub(super) fn check(arguments: &Convert, place: &OutputPlace) -> Result<(), Failure> {
    let in_folder = matches!(place, OutputPlace::Folder { .. });
    if arguments.resume && (!in_folder || arguments.dry_run) {
        return Err(Failure::new("usage.resume_folder"));
    }
    if arguments.name.is_some() && !in_folder {
        return Err(Failure::new("usage.name_folder"));
    }
    if let Some(summary) = &arguments.summary {
        summary::format(summary)?;
    }
    let Some(label) = &arguments.encoding else { return Ok(()) };
    encoding::to_write(Some(label))?;
    if place.writes_csv() { Ok(()) } else { Err(Failure::new("usage.encoding_not_csv")) }
}
