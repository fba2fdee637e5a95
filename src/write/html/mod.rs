//! A laid-out report as a web page: `Layout → bytes`.
//!
//! In: a [`Layout`]. Out: one page without scripts and without links to other files, or a fragment for the editor of a
//! website's content management system. Called by [`crate::write::write`]; [`crate::read`] reads both back as the same report.
//!
//! The text of a form is made once and kept with it: `page` makes the page and its lines, `table` the tables, `headers`
//! finds the headers of a cell. `look` has the styles, as a style sheet or in each element. [`marked`] marks findings.

mod draft;
mod fill;
mod headers;
mod line;
mod look;
pub(crate) mod marked;
mod page;
mod table;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io::Write;

use self::draft::Slot;
use self::fill::fill;
use self::look::Look;
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::{Form, Layout};
use crate::write::failed;
use crate::write::form_text::FormText;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "html",
    extensions: &["html", "htm"],
    binary: false,
    writer: FormatWriter::Form(|form, out| write(form.layout, form.options.fragment, out)),
    merged: MergedWriter::Totals,
    tidy: None,
};

/// The text of a form as a page or as a fragment.
struct FormPage {
    look: Look,
    text: FormText<Slot>,
}

impl FormPage {
    fn new(form: &Form, look: Look) -> Self {
        Self { look, text: page::page(form, look) }
    }
}

/// Writes a layout as a web page; returns what could not be drawn as it should, which is nothing.
///
/// A fragment has its styles in its elements, so it keeps its look where an editor removes classes and style sheets.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails.
///
/// Source: WHATWG HTML; WCAG 2.2; W3C Tables Tutorial, "Tables with multi-level headers".
pub(crate) fn write(layout: &Layout, is_fragment: bool, out: &mut dyn Write) -> Result<Vec<Finding>> {
    let look = if is_fragment { Look::Fragment } else { Look::Page };
    let Ok(form) = layout
        .form
        .prepared(|form: &FormPage| form.look == look, || Ok::<_, Infallible>(FormPage::new(&layout.form, look)));
    let text = form.text.fill(|slot, out| fill(slot, layout, None, out));
    out.write_all(text.as_bytes()).map_err(|error| failed("HTML", error))?;
    Ok(Vec::new())
}
