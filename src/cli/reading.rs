//! The options that console how inputs are read, made ready.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::template::{self, Templates};
use encoding_rs::Encoding;

use super::args;
use crate::batch::run::Reading;
use crate::batch::{Failure, files};

/// Checks the reading options and loads the template they name.
pub fn reading(arguments: args::Reading) -> Result<Reading, Failure> {
    if let Some(encoding) = &arguments.input_encoding
        && Encoding::for_label(encoding.as_bytes()).is_none()
    {
        return Err(Failure::new("usage.input_encoding").with("encoding", encoding));
    }
    Ok(Reading {
        chosen: arguments.template.as_deref().map(templates).transpose()?,
        recognizer: OnceLock::new(),
        format: arguments.from,
        encoding: arguments.input_encoding,
        sheet: arguments.sheet,
    })
}

/// The inputs named, or standard input where something is piped into it.
pub fn inputs(named: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    if !named.is_empty() {
        return Ok(named);
    }
    if io::stdin().is_terminal() {
        return Err(Failure::new("usage.no_input"));
    }
    Ok(vec!["-".into()])
}

/// The one template a user names: a shipped one by its id, or a file.
pub fn templates(named: &Path) -> Result<Templates, Failure> {
    let shipped = template::shipped();
    let id = named.to_string_lossy();
    if let Some(template) = shipped.find(&id) {
        return Ok(Templates(vec![Arc::clone(template)]));
    }
    if !named.exists() {
        // The library's error lists the ids there are.
        shipped.get(&id)?;
    }
    let (bytes, _) = files::read(Some(named))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let detail = format!("{}: {error}", named.display());
        Failure::from(crate::Error::new(crate::ErrorKind::Template { detail }))
    })?;
    Ok(Templates(vec![Arc::new(template::from_toml_str(&text, &id)?)]))
}

/// The fonts a user names as `ROLE=PATH`, read.
pub fn fonts(named: &[OsString]) -> Result<crate::font::Fonts, Failure> {
    let mut own = std::collections::BTreeMap::new();
    for word in named {
        let text = word.to_str().ok_or_else(|| Failure::new("usage.font"))?;
        let (role, path) = text.split_once('=').ok_or_else(|| Failure::new("usage.font"))?;
        let role = template::FontRole::ALL.into_iter().find(|known| known.as_str() == role);
        let role = role.ok_or_else(|| Failure::new("usage.font"))?;
        let (bytes, _) = files::read(Some(Path::new(path))).map_err(|failure| {
            let detail = failure.message(crate::message::Lang::EN);
            Failure::from(crate::Error::new(crate::ErrorKind::Font { path: path.to_owned(), detail }))
        })?;
        own.insert(role, (path.to_owned(), bytes));
    }
    Ok(crate::font::Fonts::new(own)?)
}
