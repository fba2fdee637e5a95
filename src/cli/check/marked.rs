//! `check -o`: workbooks or pages in which the cells that findings are about are marked.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::Examined;
use crate::message::Lang;
use crate::report::Report;
use crate::write::{html, xlsx};

use super::super::common;
use super::super::console::Console;
use crate::batch::files::Outputs;
use crate::batch::input::Input;
use crate::batch::plan::Plan;
use crate::batch::{Failure, name};

/// Where the workbooks go.
pub(super) struct Marked {
    output: PathBuf,
    is_folder: bool,
    /// In a folder, the name of each input's workbook below it.
    names: HashMap<PathBuf, PathBuf>,
    is_html: bool,
    outputs: Arc<Outputs>,
    timestamp: Option<i64>,
    lang: Lang,
}

/// A workbook that was written.
pub(super) struct Written {
    path: PathBuf,
    marked: usize,
    elsewhere: usize,
}

impl Written {
    /// The message about it.
    pub(super) fn line(&self, console: &Console) -> String {
        let (marked, elsewhere) = (self.marked.to_string(), self.elsewhere.to_string());
        let output = self.path.display().to_string();
        let words = [("output", &*output), ("marked", &marked), ("elsewhere", &elsewhere)];
        console.text("cli.written_marked", &words)
    }
}

impl Marked {
    /// A workbook for one input, or a folder for those of several.
    pub(super) fn new(output: PathBuf, plan: &Plan, outputs: Arc<Outputs>, lang: Lang) -> Result<Self, Failure> {
        let ending = output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is_html = matches!(ending.as_deref(), Some("html" | "htm"));
        let is_folder = output.is_dir() || !(is_html || ending.as_deref() == Some("xlsx"));
        if plan.len() > 1 && !is_folder {
            return Err(Failure::new("usage.folder_needed").with("output", output.display()));
        }
        let names = if is_folder { plan.names() } else { HashMap::new() };
        let is_html = is_html && !is_folder;
        Ok(Self { output, is_folder, names, is_html, outputs, timestamp: common::timestamp()?, lang })
    }

    /// Writes the workbooks of a file's reports, up to the first that cannot be written.
    pub(super) fn write(&self, input: &Input, found: &[Examined]) -> (Vec<Written>, Option<Failure>) {
        let mut written = Vec::with_capacity(found.len());
        let failure = self.write_each(input, found, &mut written).err();
        (written, failure)
    }

    fn write_each(&self, input: &Input, found: &[Examined], written: &mut Vec<Written>) -> Result<(), Failure> {
        let reports: Vec<Report> = found.iter().map(|examined| examined.report.clone()).collect();
        for (Examined { report, template, findings }, part) in found.iter().zip(name::parts(&reports)) {
            let Some(template) = template else { continue };
            let (bytes, elsewhere) = match self.is_html {
                true => html::marked::write(report, template, findings, self.lang),
                false => xlsx::marked::write(report, template, findings, self.lang, self.timestamp)?,
            };
            let path = self.path(input, (found.len() > 1).then_some(part.as_str()));
            self.outputs.write(&path, &bytes)?;
            written.push(Written { path, marked: findings.len() - elsewhere.len(), elsewhere: elsewhere.len() });
        }
        Ok(())
    }

    /// The path of a report's workbook; `part` makes it unique among those of its file.
    fn path(&self, input: &Input, part: Option<&str>) -> PathBuf {
        let part = part.map_or_else(String::new, |part| format!("-{part}"));
        let stem = |path: Option<&Path>| {
            path.and_then(Path::file_stem).map_or("stdin".into(), |stem| stem.to_string_lossy().into_owned())
        };
        if self.is_folder {
            let own = input.path().and_then(|path| self.names.get(path)).cloned();
            let own = own.unwrap_or_else(|| name::clean(&stem(input.path())).into());
            let file = own.file_name().unwrap_or_default().to_string_lossy();
            self.output.join(own.with_file_name(format!("{file}{part}.xlsx")))
        } else if part.is_empty() {
            self.output.clone()
        } else {
            let ending = if self.is_html { "html" } else { "xlsx" };
            self.output.with_file_name(format!("{}{part}.{ending}", stem(Some(&self.output))))
        }
    }
}
