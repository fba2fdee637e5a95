//! Each finding with its place, its figures, the likely cause and how to fix it.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Checked, groups, help, others_like, place, plain, severity, word};
use crate::document::Location;
use crate::finding::Finding;
use crate::message::Lang;

pub(super) fn file(checked: &Checked<'_>, collapse: bool, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let file = plain(&checked.file);
    for (finding, others) in groups(checked, collapse) {
        let (grade, message) = (
            severity(finding.severity, lang),
            plain(&if collapse { finding.brief_message(lang) } else { finding.message(lang) }),
        );
        writeln!(out, "{grade}[{}]: {message}", finding.code)?;
        writeln!(out, "  --> {}", plain(&place(&file, finding.at.as_ref(), lang)))?;
        figures(finding, lang, out)?;
        if let Some(cause) = &finding.cause {
            writeln!(out, "   = {}: {}", word("word.cause", lang), plain(&cause.text(lang)))?;
        }
        if let Some(help) = help(finding, checked.template, lang) {
            writeln!(out, "   = {}: {}", word("word.help", lang), plain(&help))?;
        }
        if !others.is_empty() {
            writeln!(out, "   = {}", plain(others_like(&others, lang).trim_start()))?;
        }
        writeln!(out)?;
    }
    if let Some((at, message)) = &checked.failure {
        writeln!(out, "{}: {}", word("word.error", lang), plain(message))?;
        writeln!(out, "  --> {}\n", plain(&place(&file, at.as_ref(), lang)))?;
    }
    Ok(())
}

/// The figures, a line each: place, label, what stands there.
fn figures(finding: &Finding, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let at = |at: &Option<Location>| match at {
        // The sheet stands in the line above.
        Some(Location::Sheet { cell, .. }) => cell.to_string(),
        Some(at) => at.to_text(lang),
        None => "–".to_owned(),
    };
    let lines: Vec<[String; 3]> =
        finding.figures.iter().map(|figure| [at(&figure.at), plain(&figure.label), plain(&figure.text)]).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
    for [at, label, text] in &lines {
        let (after_at, after_label) = (pad(at, widths[0]), pad(label, widths[1]));
        let before = pad(text, widths[2]);
        writeln!(out, "   | {at}{after_at}  {label}{after_label}  {before}{text}")?;
    }
    Ok(())
}
