//! A laid-out report as a Word document: `Layout → bytes`.
//!
//! In: a [`Layout`] and the font names of its template. Out: an Office Open XML document with styles, real tables and page
//! numbers, to be edited and published. Called by [`crate::write::write`]; [`crate::read`] reads it back as the same report.
//!
//! What depends on the form alone is made once and kept with it: the text of the document, into whose slots each report
//! writes its own texts (`document`, `table`), and all other parts, deflated (`style`, `footer`, `parts`).

mod document;
mod draft;
mod footer;
mod inline;
pub(crate) mod into;
mod parts;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod xml;

use std::io::Write;

use self::draft::{Slot, small_size};
use self::style::StyleSheet;
use self::xml::push_run;
use super::package::{self, Part};
use crate::deflate::Effort;
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::text::{EastAsianWidth, text_width};
use crate::layout::{Form, Layout};
use crate::write::failed;
use crate::write::form_text::FormText;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "docx",
    extensions: &["docx"],
    binary: true,
    writer: FormatWriter::Form(|form, out| write(form.layout, form.options.timestamp, out)),
    merged: MergedWriter::Totals,
    tidy: None,
};

/// The parts of a document that the reports of a form share.
struct FormDocument {
    document: FormText<Slot>,
    shared: Vec<Part>,
}

impl FormDocument {
    fn new(form: &Form) -> Result<Self> {
        let mut styles = StyleSheet::new(form);
        let document = document::document(form, &mut styles);
        let shared = parts::shared(form, &styles).ok_or_else(|| failed("DOCX", "deflate"))?;
        Ok(Self { document, shared })
    }
}

/// Writes a layout as a Word document; returns what could not be drawn as it should, which is nothing so far.
///
/// `timestamp` (seconds since 1970) is the time of creation; without it the document has none. The same layout gives the
/// same bytes.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails.
///
/// Source: ECMA-376 Part 1, chapter 17.
pub(crate) fn write(layout: &Layout, timestamp: Option<i64>, out: &mut dyn Write) -> Result<Vec<Finding>> {
    let form = layout.form.prepared(|_: &FormDocument| true, || FormDocument::new(&layout.form))?;
    let document = form.document.fill(|slot, out| fill(slot, layout, out));
    let own = [
        Part::new("word/document.xml", &document, Effort::Quick),
        Part::new("docProps/core.xml", &parts::core_properties(layout, timestamp), Effort::Quick),
    ];
    let own: Option<Vec<Part>> = own.into_iter().collect();
    let bytes = own.and_then(|own| package::pack(form.shared.iter().chain(&own)));
    let bytes = bytes.ok_or_else(|| failed("DOCX", "deflate"))?;
    out.write_all(&bytes).map_err(|error| failed("DOCX", error))?;
    Ok(Vec::new())
}

/// Appends what a report has in a slot.
fn fill(slot: &Slot, layout: &Layout, out: &mut String) {
    match *slot {
        Slot::Text(slot) => {
            let text = layout.texts.get(slot).map_or("", String::as_str);
            if !text.is_empty() {
                push_run(out, text, None);
            }
        }
        Slot::TitleBreak { text, width, style } => {
            // A line that is too long breaks anyway; the rest then follows on its last line.
            let text = layout.texts.get(text).map_or("", String::as_str);
            if text_width(text, style, &EastAsianWidth) <= width {
                out.push_str("<w:r><w:br/></w:r>");
            }
        }
        Slot::Value { value, width, style } => {
            if let Some(value) = layout.values.get(value) {
                let text = value.content.text();
                let size = small_size(&value.content, &text, width, style);
                if !text.is_empty() {
                    push_run(out, &text, size);
                }
            }
        }
    }
}
