//! Reports added up as a workbook: totals, organization by organization, organizations, findings.
//!
//! In: [`Merged`] and the [`Layout`] of its totals. Out: a workbook whose first worksheet is the official form as any
//! report's, with every value a formula that points to its total in the second (`matrix`), where formulas add up what the
//! organizations filled in. Formulas have results, for programs that do not calculate. `lists` draws the other two.

mod lists;
mod matrix;
mod rows;
mod style;

use std::io::Write;

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use self::rows::RowWriter;
use self::style::SIZE;
use super::cells::{self, CellContent};
use super::draw::{self, Properties, SheetWriter};
use super::{Finding, FormMeasures, Layout, Result, failed};
use crate::document::Location;
use crate::merge::Merged;
use crate::message::{self, Arguments, Lang};
use crate::template::Template;

/// Deflate level of the workbook. Higher levels take several times as long for a tenth less.
const COMPRESSION_LEVEL: u8 = 1;

/// Writes what was merged, and returns what could not be drawn as it should: see [`super::write`].
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails, or when there are more organizations than a worksheet has columns.
pub(crate) fn write(
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
) -> std::result::Result<Vec<u8>, XlsxError> {
    let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
    let mut workbook = draw::workbook(properties)?;
    workbook.set_zip_compression_level(COMPRESSION_LEVEL);
    workbook.push_worksheet(totals(layout, &merged.template, findings)?);
    type WriteRows = fn(&Merged, Lang, &mut RowWriter<'_>) -> std::result::Result<(), XlsxError>;
    let sheets: [(Worksheet, WriteRows); 3] = [
        (matrix::sheet(merged, lang, findings)?, matrix::rows),
        (lists::organizations_sheet(merged, lang)?, lists::organizations),
        (lists::findings_sheet(merged, lang)?, lists::findings),
    ];
    for (mut sheet, write_rows) in sheets {
        let mut rows = RowWriter::new(&mut sheet, &merged.template);
        write_rows(merged, lang, &mut rows)?;
        rows.finish()?;
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer()
}

/// The official form, its values pointing to where they were added up.
fn totals(
    layout: &Layout,
    template: &Template,
    findings: &mut Vec<Finding>,
) -> std::result::Result<Worksheet, XlsxError> {
    let measured = FormMeasures::new(&layout.form, template);
    let sheet = measured.sheet(layout, findings);
    let mut writer = SheetWriter::of_form(&sheet, template)?;
    for placed in cells::report_cells(&sheet) {
        let (row, column) = (placed.rows.start, placed.columns.0);
        writer.cell(placed.rows, placed.columns, placed.style, &placed.content)?;
        let result = match &placed.content {
            CellContent::Number(number) => number.normalize().to_string(),
            CellContent::Text(text) => text.to_string(),
            CellContent::Blank => String::new(),
            CellContent::NumberAsText(_) => {
                writer.allow_number_as_text(row, column)?;
                continue;
            }
        };
        if let Some(Location::Sheet { sheet, cell }) = placed.at {
            let formula = Formula::new(format!("='{sheet}'!{cell}")).set_result(result);
            writer.formula(row, column, placed.style, formula)?;
        }
    }
    Ok(writer.into_worksheet())
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
