//! What all jobs of a run share.

use std::sync::Mutex;

use crate::engine::Engine;
use crate::font::Fonts;
use crate::message::Lang;
use crate::read::ReadOptions;
use crate::write::WriteOptions;

use super::failure::Failure;
use super::files::{self, Outputs};
use super::input::Input;
use super::journal::Journal;
use super::name::{Pattern, Taken};

/// How inputs are read.
#[derive(Clone, Debug)]
pub(crate) struct InputOptions {
    /// Recognizes and checks them.
    pub engine: Engine,
    /// The options for each, without its name.
    pub options: ReadOptions,
    /// The time for each in seconds; 0 means no limit.
    pub timeout: u64,
    /// How many are read at a time; all cores where none is named.
    pub jobs: Option<usize>,
}

impl InputOptions {
    /// The options for one input.
    pub(crate) fn of(&self, input: &Input) -> ReadOptions {
        let mut options = self.options.clone();
        options.name = input.file_name();
        options.folder = input.folder_name();
        options
    }

    /// Reads an input and does something with its bytes.
    pub(crate) fn with_bytes<T>(
        &self,
        input: &Input,
        work: impl FnOnce(&[u8], &ReadOptions) -> crate::Result<T>,
    ) -> Result<T, Failure> {
        let (bytes, _) = files::read(input.path())?;
        Ok(work(&bytes, &self.of(input))?)
    }

    /// Reads what an input holds.
    pub(crate) fn read(&self, input: &Input) -> Result<crate::read::Input, Failure> {
        self.with_bytes(input, |bytes, options| self.engine.read(bytes, options))
    }
}

/// How outputs are written.
pub(crate) struct OutputOptions {
    /// Fonts to measure and embed.
    pub fonts: Fonts,
    /// The language of messages in JSON.
    pub lang: Lang,
    /// Whether CSV starts with a byte order mark. Without a choice, files do and standard output does not.
    pub bom: Option<bool>,
    /// The encoding of CSV.
    pub encoding: Option<String>,
    /// Seconds since 1970 for document timestamps.
    pub timestamp: Option<i64>,
    /// Whether forms are laid out in landscape.
    pub landscape: bool,
    /// Whether PDF has its report as JSON attached.
    pub embed_json: bool,
    /// Whether HTML is a fragment.
    pub fragment: bool,
}

impl OutputOptions {
    /// The options for a file or for standard output.
    pub(crate) fn of(&self, is_file: bool) -> WriteOptions<'_> {
        WriteOptions {
            fonts: Some(&self.fonts),
            lang: self.lang,
            bom: self.bom.unwrap_or(is_file),
            encoding: self.encoding.clone(),
            timestamp: self.timestamp,
            landscape: self.landscape,
            embed_json: self.embed_json,
            fragment: self.fragment,
        }
    }
}

/// What all conversions of a run share.
pub(crate) struct Settings {
    /// How inputs are read.
    pub input: InputOptions,
    /// How outputs are written.
    pub output: OutputOptions,
    /// Whether doubtful values are listed.
    pub lists_doubtful: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Whether each output waits for those of all inputs before it.
    pub in_turn: bool,
    /// The pattern for names of outputs.
    pub pattern: Option<Pattern>,
    /// Where outputs are written.
    pub outputs: Outputs,
    /// The names of outputs so far, so that none replaces another. Only a job whose turn it is changes them, so numbers do
    /// not depend on which job ends first.
    pub taken: Mutex<Taken>,
    /// What the run has done so far.
    pub journal: Option<Journal>,
}
