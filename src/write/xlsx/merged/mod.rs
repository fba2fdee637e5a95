//! Reports added up as a workbook: totals, organization by organization, organizations, findings.
//!
//! In: [`Merged`] and the [`Layout`] of its totals. Out: a workbook whose first worksheet is the official form as any
//! report's, with every figure a formula that points to its total in the second (`matrix`), where formulas add up what the
//! organizations filled in. Formulas carry what they come to, for programs that do not reckon. `lists` draws the other two.

mod lists;
mod matrix;
mod style;

use std::io::Write;

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use self::style::{ListStyle, SIZE, Styles};
use super::bulk::{self, Rows};
use super::cells::{self, CellContent};
use super::draw::{self, Drawing, Properties};
use super::package::{self, Package, PackageError, STRINGS};
use super::strings::{Strings, guarded};
use super::{Finding, FormMeasures, Layout, Result, failed, page};
use crate::deflate::Effort;
use crate::document::Location;
use crate::merge::Merged;
use crate::message::{self, Arguments, Lang};
use crate::template::Template;

/// The numbers of the worksheets behind the official form.
const MATRIX: usize = 1;
const ORGANIZATIONS: usize = 2;
const FINDINGS: usize = 3;

/// Writes what was merged, and returns what could not be drawn as it should: see [`super::write`].
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails, or when there are more organizations than a worksheet has columns.
pub fn write(
    merged: &Merged,
    layout: &Layout,
    lang: Lang,
    timestamp: Option<i64>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let bytes = draw(merged, layout, lang, timestamp, &mut findings).map_err(|error| failed("XLSX", error))?;
    out.write_all(&bytes).map_err(|error| failed("XLSX", error))?;
    Ok(findings)
}

fn draw(
    merged: &Merged,
    layout: &Layout,
    lang: Lang,
    timestamp: Option<i64>,
    findings: &mut Vec<Finding>,
) -> std::result::Result<Vec<u8>, PackageError> {
    let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
    let mut workbook = draw::workbook(properties)?;
    workbook.push_worksheet(totals(layout, &merged.template, findings)?);
    workbook.push_worksheet(matrix::sheet(merged, lang, findings)?);
    workbook.push_worksheet(lists::organizations_sheet(merged, lang)?);
    let mut last = lists::findings_sheet(merged, lang)?;
    let styles = ListStyle::all(merged);
    let formats: Vec<Format> = styles.iter().map(|style| style.format(&merged.template)).collect();
    bulk::draw_styles(&mut last, &formats)?;
    workbook.push_worksheet(last);

    let mut package = Package::open(&workbook.save_to_buffer()?)?;
    let strings = Strings::new(package.part(STRINGS)?)?;
    let mut added = strings.added();
    let styles = Styles::new(&styles, &bulk::cut_styles(package.part(&package::sheet(FINDINGS))?)?)?;
    type Written = fn(&Merged, Lang, &Styles, &mut Rows<'_, '_>) -> std::result::Result<(), PackageError>;
    let written: [(usize, Written); 3] =
        [(MATRIX, matrix::rows), (ORGANIZATIONS, lists::organizations), (FINDINGS, lists::findings)];
    for (number, written) in written {
        let sheet = package.part(&package::sheet(number))?;
        let mut rows = Rows::new(std::mem::take(sheet), &mut added)?;
        written(merged, lang, &styles, &mut rows)?;
        *sheet = rows.finish()?;
    }
    *package.part(STRINGS)? = added.part();
    package::pack(&package.packed(Effort::Quick)?)
}

/// The official form, its figures pointing to where they were added up.
fn totals(
    layout: &Layout,
    template: &Template,
    findings: &mut Vec<Finding>,
) -> std::result::Result<Worksheet, XlsxError> {
    let measured = FormMeasures::new(&layout.form, template);
    let sheet = measured.sheet(layout, findings);
    let paging = page::paging(&sheet);
    let mut drawing = Drawing::new(&sheet, template.workbook_fonts(), &paging)?;
    for placed in cells::form_cells(&sheet, &paging.breaks) {
        drawing.cell(placed.rows, placed.columns, placed.style, &guarded(placed.content))?;
    }
    for placed in cells::report_cells(&sheet) {
        let (row, column) = (placed.rows.start, placed.columns.0);
        drawing.cell(placed.rows, placed.columns, placed.style, &guarded(placed.content.clone()))?;
        let result = match &placed.content {
            CellContent::Number(number) => number.normalize().to_string(),
            CellContent::Text(text) => text.to_string(),
            CellContent::Blank => String::new(),
            CellContent::NumberAsText(_) => {
                drawing.allow_digits(row, column)?;
                continue;
            }
        };
        if let Some(Location::Sheet { sheet, cell }) = placed.at {
            let formula = Formula::new(format!("='{sheet}'!{cell}")).set_result(result);
            drawing.formula(row, column, placed.style, formula)?;
        }
    }
    Ok(drawing.into_worksheet())
}

/// A word of the workbook.
fn word(key: &str, lang: Lang) -> String {
    said(key, lang, &[])
}

/// A sentence of the workbook.
fn said(key: &str, lang: Lang, words: &[(&str, &str)]) -> String {
    let words: Arguments = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
    message::text(&format!("merge.{key}"), lang, &words)
}

/// A worksheet without rows, set up to print on sheets turned.
fn list(name: &str, columns: &[f64]) -> std::result::Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    for (column, width) in (0u16..).zip(columns) {
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_landscape().set_paper_size(9).set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    sheet.set_footer("&C— &P —");
    Ok(sheet)
}

/// The height of a row, in points, in which a text of [`SIZE`] fits its column, whose width is in characters.
fn height(text: &str, width: f64) -> f64 {
    let lines = (text.width() as f64 / (width - 1.0)).ceil().max(1.0);
    // The most that a row may have.
    (lines * SIZE * 1.4 + 4.0).min(409.0)
}
