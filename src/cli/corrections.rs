//! `--corrections` and `--write-corrections`, the same in several commands.

use std::path::Path;
use std::sync::Arc;

use crate::correct::{Corrections, DoubtfulValue, header};
use crate::engine::Engine;
use crate::message::Lang;

use super::args::WriteArguments;
use super::console::Console;
use super::side_input::outputs;
use crate::batch::Failure;
use crate::batch::atomic_file::AtomicFile;
use crate::batch::files;
use crate::batch::paths::Paths;
use crate::batch::plan::Plan;

/// Gives the corrections of a file to the engine. Sources that are no input of the plans are reported.
pub(super) fn with_corrections(
    engine: Engine,
    path: Option<&Path>,
    plans: &[&Plan],
    console: &Console,
) -> Result<Engine, Failure> {
    let Some(path) = path else { return Ok(engine) };
    let file = path.display().to_string();
    let (bytes, _) = files::read(Some(path)).map_err(|failure| failure.of_file(path))?;
    let engine = engine.corrections(Corrections::read(&bytes, &file)?);
    let inputs = plans.iter().flat_map(|plan| (0..plan.len()).map(|at| plan.job(at).input.display()));
    let findings = engine.check_sources(inputs)?;
    console.findings(findings.iter().map(|finding| (&file, finding)));
    Ok(engine)
}

/// The list of doubtful values of a run.
pub(super) struct DoubtfulList {
    file: AtomicFile,
    lang: Lang,
    count: usize,
}

impl DoubtfulList {
    /// Starts a list.
    pub(super) fn create(
        path: &Path,
        inputs: Vec<Arc<Paths>>,
        writing: WriteArguments,
        lang: Lang,
    ) -> Result<Self, Failure> {
        let mut file = AtomicFile::create(path, &outputs(inputs, writing))?;
        file.write(&header(lang)?)?;
        Ok(Self { file, lang, count: 0 })
    }

    /// Adds the values of a file.
    pub(super) fn add(&mut self, file: &str, values: &[DoubtfulValue]) -> Result<(), Failure> {
        self.count += values.len();
        values.iter().try_for_each(|value| self.file.write(&value.row(file, self.lang)?))
    }

    /// Gives the list its name and prints it.
    pub(super) fn finish(self, console: &Console) -> Result<(), Failure> {
        let count = self.count.to_string();
        let path = self.file.finish()?.display().to_string();
        console.info(&console.text("cli.doubtful", &[("output", &path), ("values", &count)]));
        Ok(())
    }
}
