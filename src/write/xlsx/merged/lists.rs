//! The worksheets of organizations and of findings.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::rows::RowWriter;
use super::style::ListStyle;
use super::{height, list, said, word};
use crate::finding::Severity;
use crate::merge::{InclusionStatus, Merged, place};
use crate::message::{self, Arguments, Lang};
use crate::write::merged::all_findings;

/// Widths of the columns of organizations, in characters, and their headers.
const ORGANIZATIONS: [(f64, &str); 8] = [
    (6.0, "number"),
    (28.0, "name"),
    (44.0, "file"),
    (8.0, "year"),
    (15.0, "template"),
    (16.0, "counted"),
    (8.0, "errors"),
    (8.0, "warnings"),
];

/// Widths of the columns of findings, in characters, and their headers.
const FINDINGS: [(f64, &str); 7] = [
    (7.0, "severity"),
    (9.0, "code"),
    (22.0, "name"),
    (28.0, "file"),
    (14.0, "place"),
    (62.0, "message"),
    (30.0, "cause"),
];

/// Height of the row of headers, in points.
const HEAD_HEIGHT: f64 = 22.0;

/// The worksheet of organizations, without its rows.
pub(super) fn organizations_sheet(merged: &Merged, lang: Lang) -> Result<Worksheet, XlsxError> {
    sheet("units_sheet", &ORGANIZATIONS, merged.organizations.len(), lang)
}

/// Every organization, with its file and whether it counts.
pub(super) fn organizations(merged: &Merged, lang: Lang, rows: &mut RowWriter<'_>) -> Result<(), XlsxError> {
    headers(&ORGANIZATIONS, lang, rows)?;
    let (centered, text) = (ListStyle::Centered, ListStyle::Text(0));
    for (organization, number) in merged.organizations.iter().zip(1u32..) {
        let counted = match organization.inclusion {
            InclusionStatus::Counted => word("yes", lang),
            InclusionStatus::LeftOut(code) => said("no", lang, &[("code", code)]),
        };
        let of = |severity| organization.findings.iter().filter(|found| found.severity == severity).count() as f64;
        let file = place(organization);
        rows.row(height(&file, ORGANIZATIONS[2].0).max(height(&organization.name, ORGANIZATIONS[1].0)))?;
        rows.number(centered, f64::from(number))?;
        rows.text(text, &organization.name)?;
        rows.text(text, &file)?;
        match organization.year {
            Some(year) => rows.number(centered, f64::from(year))?,
            None => rows.blank(centered)?,
        }
        rows.text(centered, organization.template.as_deref().unwrap_or(""))?;
        rows.text(centered, &counted)?;
        rows.number(centered, of(Severity::Error))?;
        rows.number(centered, of(Severity::Warning))?;
    }
    Ok(())
}

/// The worksheet of findings, without its rows.
pub(super) fn findings_sheet(merged: &Merged, lang: Lang) -> Result<Worksheet, XlsxError> {
    sheet("findings_sheet", &FINDINGS, all_findings(merged).count(), lang)
}

/// What merging found, then what was found in each organization.
pub(super) fn findings(merged: &Merged, lang: Lang, rows: &mut RowWriter<'_>) -> Result<(), XlsxError> {
    headers(&FINDINGS, lang, rows)?;
    let (centered, text) = (ListStyle::Centered, ListStyle::Text(0));
    let severity_word =
        |severity: Severity| message::text(&format!("word.{}", severity.as_str()), lang, &Arguments::new());
    let severities =
        [Severity::Note, Severity::Warning, Severity::Error].map(|severity| (severity, severity_word(severity)));
    // The findings of an organization follow each other, so its file is named once for all of them.
    let mut current: Option<(usize, String)> = None;
    for (organization, finding) in all_findings(merged) {
        if current.as_ref().map(|(at, _)| *at) != organization {
            current = organization.map(|at| (at, place(&merged.organizations[at])));
        }
        let (name, file) = match &current {
            Some((at, file)) => (merged.organizations[*at].name.as_str(), file.as_str()),
            None => ("", ""),
        };
        let severity = severities.iter().find(|(severity, _)| *severity == finding.severity);
        let texts = [
            severity.map_or("", |(_, word)| word),
            finding.code.as_str(),
            name,
            file,
            &finding.at.as_ref().map_or_else(String::new, |at| at.to_text(lang)),
            &finding.message(lang),
            &finding.cause.as_ref().map_or_else(String::new, |cause| cause.text(lang)),
        ];
        // Severity and code are one line each.
        let heights = texts.iter().zip(FINDINGS).skip(2).map(|(text, (width, _))| height(text, width));
        rows.row(heights.fold(0.0, f64::max))?;
        for (column, value) in texts.into_iter().enumerate() {
            rows.text(if column < 2 { centered } else { text }, value)?;
        }
    }
    Ok(())
}

/// A worksheet of a list below a row of headers, which stands on each page.
fn sheet(name: &str, columns: &[(f64, &str)], rows: usize, lang: Lang) -> Result<Worksheet, XlsxError> {
    let widths: Vec<f64> = columns.iter().map(|(width, _)| *width).collect();
    let mut sheet = list(&word(name, lang), &widths)?;
    let last = u32::try_from(rows).map_err(|_| XlsxError::RowColumnLimitError)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_print_fit_to_pages(1, 0);
    sheet.autofilter(0, 0, last, columns.len() as u16 - 1)?;
    Ok(sheet)
}

fn headers(columns: &[(f64, &str)], lang: Lang, rows: &mut RowWriter<'_>) -> Result<(), XlsxError> {
    rows.row(HEAD_HEIGHT)?;
    for (_, key) in columns {
        rows.text(ListStyle::Head, &word(&format!("head.{key}"), lang))?;
    }
    Ok(())
}
