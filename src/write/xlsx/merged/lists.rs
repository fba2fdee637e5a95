//! The worksheets of organizations and of findings.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::super::bulk::{Rows, Shared};
use super::super::package::PackageError;
use super::style::{ListStyle, Styles};
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
pub(super) fn organizations(
    merged: &Merged,
    lang: Lang,
    styles: &Styles,
    rows: &mut Rows<'_, '_>,
) -> Result<(), PackageError> {
    headers(&ORGANIZATIONS, lang, styles, rows)?;
    let (centered, text) = (styles.of(ListStyle::Centered), styles.of(ListStyle::Text(0)));
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
pub(super) fn findings(
    merged: &Merged,
    lang: Lang,
    styles: &Styles,
    rows: &mut Rows<'_, '_>,
) -> Result<(), PackageError> {
    headers(&FINDINGS, lang, styles, rows)?;
    let (centered, text) = (styles.of(ListStyle::Centered), styles.of(ListStyle::Text(0)));
    let mut severities = Vec::with_capacity(3);
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        let word = message::text(&format!("word.{}", severity.as_str()), lang, &Arguments::new());
        severities.push((severity, rows.share(&word)?));
    }
    let nothing = rows.share("")?;
    // Findings of an organization follow each other, and its name and file are told once.
    let mut told: Option<(usize, [(f64, Shared); 2])> = None;
    for (organization, finding) in all_findings(merged) {
        let high = |text: &str, column: usize| height(text, FINDINGS[column].0);
        if let Some(at) = organization.filter(|at| told.as_ref().is_none_or(|(told, _)| told != at)) {
            let (name, file) = (&merged.organizations[at].name, place(&merged.organizations[at]));
            told = Some((at, [(high(name, 2), rows.share(name)?), (high(&file, 3), rows.share(&file)?)]));
        }
        let of_organization = organization.and_then(|_| told.map(|(_, of)| of)).unwrap_or([(0.0, nothing); 2]);
        let own = [
            finding.at.as_ref().map_or_else(String::new, |at| at.to_text(lang)),
            finding.message(lang),
            finding.cause.as_ref().map_or_else(String::new, |cause| cause.text(lang)),
        ];
        let own_heights = own.iter().enumerate().map(|(at, text)| high(text, 4 + at));
        let heights = own_heights.chain(of_organization.map(|(height, _)| height));
        rows.row(heights.fold(0.0, f64::max))?;
        let severity = severities.iter().find(|(severity, _)| *severity == finding.severity);
        rows.shared(centered, severity.map_or(nothing, |(_, word)| *word))?;
        rows.text(centered, &finding.code)?;
        for (_, shared) in of_organization {
            rows.shared(text, shared)?;
        }
        for own in &own {
            rows.text(text, own)?;
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

fn headers(columns: &[(f64, &str)], lang: Lang, styles: &Styles, rows: &mut Rows<'_, '_>) -> Result<(), PackageError> {
    rows.row(HEAD_HEIGHT)?;
    for (_, key) in columns {
        rows.text(styles.of(ListStyle::Head), &word(&format!("head.{key}"), lang))?;
    }
    Ok(())
}
