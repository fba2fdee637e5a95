//! Reports added up as a workbook: totals, unit by unit, units, findings.
//!
//! In: [`Merged`] and the [`Layout`] of its totals. Out: a workbook whose first worksheet is the official form as any
//! report's, with every figure a formula that points to its total in the second (`matrix`), where formulas add up what the
//! units filled in. Formulas carry what they come to, for programs that do not reckon. `lists` draws the other two.

mod lists;
mod matrix;

use std::io::Write;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use super::draw::{self, Drawing, Properties};
use super::place::{self, Ink};
use super::{Finding, Layout, Measured, Result, failed, page};
use crate::document::{CellRef, Location};
use crate::merge::Merged;
use crate::message::{self, Arguments, Lang};
use crate::template::{FontRole, Template};

/// Size of the text in the worksheets that have no official form, in points.
const SIZE: f64 = 10.0;

/// Writes what was merged, and returns what could not be drawn as it should: see [`super::write`].
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails, or when there are more units than a worksheet has columns.
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
) -> std::result::Result<Vec<u8>, XlsxError> {
    let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
    let mut workbook = draw::workbook(properties)?;
    workbook.push_worksheet(totals(layout, &merged.template, findings)?);
    workbook.push_worksheet(matrix::draw(merged, lang, findings)?);
    workbook.push_worksheet(lists::units(merged, lang)?);
    workbook.push_worksheet(lists::findings(merged, lang)?);
    workbook.save_to_buffer()
}

/// The official form, its figures pointing to where they were added up.
fn totals(
    layout: &Layout,
    template: &Template,
    findings: &mut Vec<Finding>,
) -> std::result::Result<Worksheet, XlsxError> {
    let measured = Measured::new(&layout.form, template);
    let sheet = measured.sheet(layout, findings);
    let paging = page::paging(&sheet);
    let mut drawing = Drawing::new(&sheet, &template.workbook_fonts, &paging)?;
    for placed in place::labels(&sheet, &paging.breaks) {
        drawing.cell(placed.rows, placed.columns, placed.look, &placed.ink)?;
    }
    for placed in place::figures(&sheet) {
        let (row, column) = (placed.rows.start, placed.columns.0);
        drawing.cell(placed.rows, placed.columns, placed.look, &placed.ink)?;
        let result = match &placed.ink {
            Ink::Number(number) => number.normalize().to_string(),
            Ink::Text(text) => text.to_string(),
            Ink::Blank => String::new(),
            Ink::Digits(_) => {
                drawing.allow_digits(row, column)?;
                continue;
            }
        };
        if let Some(Location::Sheet { sheet, cell }) = placed.at {
            let formula = Formula::new(format!("='{sheet}'!{cell}")).set_result(result);
            drawing.formula(row, column, placed.look, formula)?;
        }
    }
    Ok(drawing.into_worksheet())
}

/// The looks of cells in worksheets without an official form.
struct Looks {
    title: Format,
    remark: Format,
    head: Format,
    text: Format,
    centered: Format,
    heading: Format,
}

impl Looks {
    fn new(template: &Template) -> Self {
        let font = |role: FontRole| match template.workbook_fonts.get(&role) {
            Some(name) => Format::new().set_font_name(name),
            None => Format::new(),
        };
        let plain = |role| font(role).set_font_size(SIZE).set_align(FormatAlign::VerticalCenter);
        let cell = |role| plain(role).set_border(FormatBorder::Thin);
        Self {
            title: font(FontRole::Title).set_font_size(16.0).set_align(FormatAlign::VerticalCenter),
            remark: plain(FontRole::Body),
            head: cell(FontRole::Heading).set_align(FormatAlign::Center).set_text_wrap().set_background_color(0xF2F2F2),
            text: cell(FontRole::Body).set_text_wrap(),
            centered: cell(FontRole::Body).set_align(FormatAlign::Center),
            heading: cell(FontRole::Heading),
        }
    }
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

/// A worksheet of rows below a row of heads, set up to print on sheets turned, with the heads on each.
fn list(name: &str, columns: &[f64]) -> std::result::Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    for (column, width) in (0u16..).zip(columns) {
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_landscape().set_paper_size(9).set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3);
    sheet.set_footer("&C— &P —");
    // A formula that comes to nothing shows nothing, where programs do not reckon.
    sheet.set_formula_result_default("");
    Ok(sheet)
}

/// The height of a row, in points, in which a text of [`SIZE`] fits its column, whose width is in characters.
fn height(text: &str, width: f64) -> f64 {
    let lines = (text.width() as f64 / (width - 1.0)).ceil().max(1.0);
    // The most that a row may have.
    (lines * SIZE * 1.4 + 4.0).min(409.0)
}

fn column(cell: CellRef) -> std::result::Result<u16, XlsxError> {
    u16::try_from(cell.column).map_err(|_| XlsxError::RowColumnLimitError)
}
