//! A laid-out report as a workbook: `Layout → bytes`.
//!
//! In: a [`Layout`] and the font names of its [`Template`]. Out: an Office Open XML workbook of one worksheet that looks
//! and prints like the form. Called by [`crate::write::write`]. What stands where is the layout's; this module knows only
//! cells. `grid` has the columns, `row` what stands in each row and how high it is, `page` where pages end; `cells` says what
//! each cell holds and how it looks, `names` what it is called.
//!
//! `draw` writes worksheets with rust_xlsxwriter. `form_workbook` fills the workbook of a form, drawn once, with the values
//! of one report after the other. [`blank`] is the form to be filled in, with its rules as formulas (`formula`); [`marked`]
//! a report with the cells in question marked; [`merged`] a workbook of several worksheets, the first of which is a form.

pub(crate) mod blank;
mod cells;
mod doubt;
mod draw;
mod form_workbook;
mod formula;
mod grid;
pub(crate) mod marked;
pub(crate) mod merged;
mod names;
mod page;
mod row;
mod style;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io::Write;

use rust_xlsxwriter::XlsxError;

use self::cells::{CellContent, PlacedCell, Slot};
use self::draw::{CellExtras, Properties, SheetWriter};
use self::form_workbook::FormWorkbook;
use self::row::{FormMeasures, SheetLayout};
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::message::Lang;
use crate::template::Template;
use crate::write::failed;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "xlsx",
    extensions: &["xlsx"],
    binary: true,
    writer: FormatWriter::Form(|form, out| {
        write(form.layout, form.template, form.options.lang, form.options.timestamp, out)
    }),
    merged: MergedWriter::Full(|merged, options, out| {
        let layout = crate::write::merged::totals(merged, options);
        merged::write(merged, &layout, options.lang, options.timestamp, out)
    }),
    tidy: None,
};

/// The worksheet's name.
const SHEET: &str = "统计表";

/// Writes a layout as a workbook and returns what could not be drawn as it should.
///
/// Columns have the layout's widths; where tables differ in their columns, cells are merged over what they share. Labels
/// wrap and are indented, numbers are numbers with their digits as printed, blanks are blank cells. The header rows of a
/// single table are frozen on screen and repeated in print. A merged label that goes over a page is one cell a page.
/// `timestamp` is in seconds since 1970. The cell of each indicator has its id as a name.
///
/// The cell of a value that is unreadable or missing is filled, and a comment in `lang` says what is in doubt.
///
/// Findings: `XG421` for a number that a workbook cannot hold and that is text therefore, `XG422` for a text that is
/// higher than a row may be.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails, or when the layout is larger than a worksheet.
pub(crate) fn write(
    layout: &Layout,
    template: &Template,
    lang: Lang,
    timestamp: Option<i64>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let measure = || Ok::<_, Infallible>(FormMeasures::new(&layout.form, template));
    let Ok(measured) = layout.form.prepared(|_: &FormMeasures| true, measure);
    let sheet = measured.sheet(layout, &mut findings);
    let cells = cells::report_cells(&sheet);
    let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
    let in_doubt = cells.iter().any(|cell| doubt::content(layout, cell).is_some());
    let bytes = if in_doubt {
        doubt::workbook(layout, template, lang, timestamp)?
    } else {
        workbook(&sheet, template, &cells, properties).map_err(|error| failed("XLSX", error))?
    };
    out.write_all(&bytes).map_err(|error| failed("XLSX", error))?;
    let text = cells.iter().filter_map(|cell| match cell.content {
        CellContent::NumberAsText(number) => Some(Finding::new("XG421").with("value", number).at(cell.at.cloned())),
        _ => None,
    });
    findings.extend(text);
    Ok(findings)
}

/// The workbook of a report: the form's, filled, or drawn for itself where that cannot be done.
fn workbook(
    sheet: &SheetLayout<'_>,
    template: &Template,
    cells: &[PlacedCell<'_>],
    properties: Properties<'_>,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let timestamp = properties.timestamp;
    let heights: Vec<u32> = sheet.rows.iter().map(|row| row.height).collect();
    let fits = |drawn: &DrawnForm| drawn.timestamp == timestamp && drawn.heights == heights && drawn.fits(cells);
    let drawn = sheet.layout.form.prepared(fits, || DrawnForm::new(sheet, template, cells, timestamp))?;
    match drawn.workbook.as_ref().and_then(|workbook| workbook.fill(cells, properties)) {
        Some(bytes) => Ok(bytes),
        None => plain_workbook(sheet, template, cells, properties),
    }
}

/// The workbook of a report, drawn with rust_xlsxwriter alone.
fn plain_workbook(
    sheet: &SheetLayout<'_>,
    template: &Template,
    cells: &[PlacedCell<'_>],
    properties: Properties<'_>,
) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut writer = SheetWriter::of_form(sheet, template)?;
    for cell in cells {
        writer.cell(cell.rows.clone(), cell.columns, cell.style, &cell.content)?;
        if cell.is_number_as_text() {
            writer.allow_number_as_text(cell.rows.start, cell.columns.0)?;
        }
    }
    writer.finish(properties, &names::names(&sheet.layout.form, cells))
}

/// A form that was drawn for all reports that fit it. Kept with the [`Form`](crate::layout::Form).
struct DrawnForm {
    timestamp: Option<i64>,
    heights: Vec<u32>,
    slots: Vec<Slot>,
    /// None if its XML is not as expected; then each report is drawn for itself.
    workbook: Option<FormWorkbook>,
}

impl DrawnForm {
    /// Draws a form for this report and all that fit.
    fn new(
        sheet: &SheetLayout<'_>,
        template: &Template,
        cells: &[PlacedCell<'_>],
        timestamp: Option<i64>,
    ) -> std::result::Result<Self, XlsxError> {
        let slots = cells::slots(cells);
        let mut writer = SheetWriter::of_form(sheet, template)?;
        for slot in &slots {
            writer.cell(slot.rows.clone(), slot.columns, slot.style, &CellContent::Blank)?;
            if slot.number_as_text {
                writer.allow_number_as_text(slot.rows.start, slot.columns.0)?;
            }
        }
        let properties = Properties { timestamp, ..form_workbook::PLACEHOLDER };
        let bytes = writer.finish(properties, &names::names(&sheet.layout.form, cells))?;
        let heights = sheet.rows.iter().map(|row| row.height).collect();
        let workbook = FormWorkbook::parse(&bytes, &slots);
        Ok(Self { timestamp, heights, slots, workbook })
    }

    fn fits(&self, cells: &[PlacedCell<'_>]) -> bool {
        self.slots.len() == cells.len()
            && self.slots.iter().zip(cells).all(|(slot, cell)| slot.fits(cell))
            && self.workbook.as_ref().is_none_or(|workbook| workbook.has_styles_of(cells))
    }
}

/// A report with what a plain one does not have: a blank form or a marked report.
struct ReportSheet<'p> {
    template: &'p Template,
    sheet: &'p SheetLayout<'p>,
    /// The cells that differ between two reports.
    cells: Vec<PlacedCell<'p>>,
}

/// Places a layout on a worksheet and works with it.
fn with_sheet<T>(layout: &Layout, template: &Template, work: impl FnOnce(&ReportSheet<'_>) -> T) -> T {
    let measured = FormMeasures::new(&layout.form, template);
    let sheet = measured.sheet(layout, &mut Vec::new());
    work(&ReportSheet { template, sheet: &sheet, cells: cells::report_cells(&sheet) })
}

impl ReportSheet<'_> {
    /// Draws the workbook, each cell with its `extras`. `beside` adds what stands beside the table, in the column that it
    /// gets.
    fn draw(
        &self,
        timestamp: Option<i64>,
        extras: impl Fn(&PlacedCell<'_>) -> CellExtras,
        beside: impl FnOnce(&mut SheetWriter<'_>, usize) -> std::result::Result<(), XlsxError>,
    ) -> Result<Vec<u8>> {
        let layout = self.sheet.layout;
        let draw = || {
            let mut writer = SheetWriter::of_form(self.sheet, self.template)?;
            for cell in &self.cells {
                let extras = extras(cell);
                writer.cell_with_extras(cell.rows.clone(), cell.columns, cell.style, &cell.content, &extras)?;
            }
            beside(&mut writer, self.sheet.grid.columns())?;
            let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
            writer.finish(properties, &names::names(&layout.form, &self.cells))
        };
        draw().map_err(|error: XlsxError| failed("XLSX", error))
    }
}
