//! Workflow commands that GitHub shows beside the file. Source: GitHub Actions, workflow commands `error`, `warning` and `notice`.

use std::io::{self, Write};

use super::{Checked, plain};
use crate::document::Location;
use crate::finding::Severity;
use crate::message::Lang;

pub(super) fn file(checked: &Checked<'_>, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    for finding in &checked.findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let message = plain(&finding.message(lang));
        // Only lines of text have a place that the page can show.
        let message = match &finding.at {
            Some(at) if !matches!(at, Location::Text { .. }) => format!("{}: {message}", plain(&at.to_text(lang))),
            _ => message,
        };
        put(command, &checked.file, finding.at.as_ref(), &finding.code, &message, out)?;
    }
    if let Some((at, message)) = &checked.failure {
        put("error", &checked.file, at.as_ref(), "xxgk", &plain(message), out)?;
    }
    Ok(())
}

fn put(
    command: &str,
    file: &str,
    at: Option<&Location>,
    title: &str,
    message: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let line = match at {
        Some(Location::Text { line, column }) => format!(",line={line},col={column}"),
        _ => String::new(),
    };
    writeln!(out, "::{command} file={}{line},title={}::{}", property(file), property(title), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
