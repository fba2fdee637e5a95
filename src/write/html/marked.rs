//! A page on which the values that findings are about are marked: `Report × findings → bytes`.
//!
//! In: a report and the findings of a check. Out: a page of the report, below the tables a list of what was found. The cell of
//! a value refers to its findings in the list.

use super::fill::fill;
use super::look::Look;
use super::page;
use crate::finding::Finding;
use crate::layout::{LayoutOptions, layout};
use crate::message::Lang;
use crate::report::Report;
use crate::template::SharedTemplate;
use crate::write::marks::Marks;

/// Writes a report with its findings.
///
/// Returns the findings that are about no value of the table, which are in the list only.
pub(crate) fn write(
    report: &Report,
    template: &SharedTemplate,
    findings: &[Finding],
    lang: Lang,
) -> (Vec<u8>, Vec<Finding>) {
    let layout = layout(report, template, LayoutOptions::default());
    let marks = Marks::new(report, template, findings, lang);
    let text = page::page(&layout.form, Look::Marked).fill(|slot, out| fill(slot, &layout, Some(&marks), out));
    (text.into_bytes(), marks.elsewhere.into_iter().cloned().collect())
}
