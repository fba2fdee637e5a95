//! The files that options name, such as a roster. Like inputs, they are never overwritten.
//!
//! An option that names a file to read is listed here. `tests/overwrite.rs` tries each as an output.

use std::ffi::OsString;
use std::iter;
use std::path::PathBuf;
use std::sync::Arc;

use super::args::{Check, Compare, Convert, Merge, New, Report, WriteArguments};
use crate::batch::Failure;
use crate::batch::files::{Inputs, Outputs};
use crate::batch::paths::Paths;
use crate::batch::plan::{self, Plan};

/// A command with options that name files to read.
pub(super) trait SideInputs {
    /// The files and folders of all these options.
    fn side_inputs(&self) -> Vec<PathBuf>;
}

impl SideInputs for Convert {
    fn side_inputs(&self) -> Vec<PathBuf> {
        self.corrections.iter().chain(&self.input.template).cloned().chain(fonts(&self.fonts)).collect()
    }
}

impl SideInputs for Check {
    fn side_inputs(&self) -> Vec<PathBuf> {
        self.last.iter().chain(&self.aliases).chain(&self.corrections).chain(&self.input.template).cloned().collect()
    }
}

impl SideInputs for Compare {
    fn side_inputs(&self) -> Vec<PathBuf> {
        self.aliases.iter().chain(&self.corrections).chain(&self.input.template).cloned().collect()
    }
}

impl SideInputs for Merge {
    fn side_inputs(&self) -> Vec<PathBuf> {
        let lists = self.roster.iter().chain(&self.aliases).chain(&self.corrections).chain(&self.input.template);
        lists.cloned().chain(fonts(&self.fonts)).collect()
    }
}

impl SideInputs for New {
    fn side_inputs(&self) -> Vec<PathBuf> {
        let lists = self.last.iter().chain(&self.roster).chain(&self.aliases);
        lists.chain(iter::once(&self.template)).cloned().collect()
    }
}

impl SideInputs for Report {
    fn side_inputs(&self) -> Vec<PathBuf> {
        let lists = self.last.iter().chain(&self.aliases).chain(&self.text).chain(&self.into);
        lists.chain(&self.input.template).cloned().chain(fonts(&self.fonts)).collect()
    }
}

/// The paths of fonts named as `ROLE=PATH`.
fn fonts(named: &[OsString]) -> impl Iterator<Item = PathBuf> {
    named.iter().filter_map(|word| Some(word.to_str()?.split_once('=')?.1.into()))
}

/// Where outputs are written, and what they never replace.
pub(super) fn outputs(inputs: Vec<Arc<Paths>>, writing: WriteArguments) -> Outputs {
    Outputs { inputs: Inputs::new(inputs), force: writing.force, sync: writing.sync, root: None }
}

/// The files that a run of a plan never writes.
///
/// # Errors
/// As [`plan::plan`].
pub(super) fn of_plan(arguments: &impl SideInputs, plan: &Plan) -> Result<Vec<Arc<Paths>>, Failure> {
    protect(vec![Arc::clone(&plan.inputs), Arc::clone(&plan.own)], arguments.side_inputs())
}

/// The files that a run never writes: its inputs, and what its options name.
///
/// # Errors
/// As [`plan::plan`].
pub(super) fn protect(mut inputs: Vec<Arc<Paths>>, mut sides: Vec<PathBuf>) -> Result<Vec<Arc<Paths>>, Failure> {
    sides.retain(|path| path.as_os_str() != "-");
    if !sides.is_empty() {
        inputs.push(plan::to_read(sides)?.inputs);
    }
    Ok(inputs)
}
