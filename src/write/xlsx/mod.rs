//! A laid-out report as a workbook: `Layout → bytes`.
//!
//! In: a [`Layout`] and the font names of its [`Template`]. Out: an Office Open XML workbook of one worksheet that looks
//! and prints like the form. Called by [`crate::write::write`]. What stands where is the layout's; this module knows only
//! cells. `grid` has the columns, `row` what stands in each row and how high it is, `page` where pages end; `cells` says what
//! each cell holds and how it looks.
//!
//! `draw` draws the workbook of a form with rust_xlsxwriter, and `prepared` fills it with the figures of one report after the
//! other; `bulk` writes lists and tables of very many cells. Both work on what the drawn file is made of: its parts
//! (`package`) and the strings that its cells share (`strings`). [`blank`] is the form to be filled in, with its rules as
//! formulas (`formula`); [`marked`] a report with the cells in question marked; [`merged`] a workbook of several worksheets,
//! the first of which is such a form.

pub mod blank;
mod bulk;
mod cells;
mod draw;
mod formula;
mod grid;
pub mod marked;
pub mod merged;
mod package;
mod page;
mod prepared;
mod row;
mod strings;
mod style;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io::Write;

use rust_xlsxwriter::XlsxError;

use self::cells::{CellContent, PlacedCell, Slot};
use self::draw::{CellExtras, Drawing, Properties};
use self::package::PackageError;
use self::prepared::{PLACEHOLDER, Prepared};
use self::row::{FormMeasures, SheetLayout};
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::template::Template;
use crate::write::failed;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "xlsx",
    extensions: &["xlsx"],
    binary: true,
    writer: FormatWriter::Form(|layout, template, options, out| write(layout, template, options.timestamp, out)),
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
/// `timestamp` is in seconds since 1970.
///
/// Findings: `XG421` for a number that a workbook cannot hold and that is text therefore, `XG422` for a text that is
/// higher than a row may be.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails, or when the layout is larger than a worksheet.
pub fn write(
    layout: &Layout,
    template: &Template,
    timestamp: Option<i64>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let measure = || Ok::<_, Infallible>(FormMeasures::new(&layout.form, template));
    let Ok(measured) = layout.form.prepared(|_: &FormMeasures| true, measure);
    let sheet = measured.sheet(layout, &mut findings);
    let figures = cells::report_cells(&sheet);
    let slots: Vec<Slot> = figures.iter().map(PlacedCell::slot).collect();
    let heights: Vec<u32> = sheet.rows.iter().map(|row| row.height).collect();
    let fits = |kept: &Kept| kept.timestamp == timestamp && kept.heights == heights && kept.slots == slots;
    let make = || {
        let prepared = prepare(&sheet, template, &slots, timestamp)?;
        Ok(Kept { timestamp, heights: heights.clone(), slots: slots.clone(), prepared })
    };
    let kept = layout.form.prepared(fits, make).map_err(|error: PackageError| failed("XLSX", error))?;
    let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
    let bytes = kept.prepared.fill(&figures, properties).map_err(|error| failed("XLSX", error))?;
    out.write_all(&bytes).map_err(|error| failed("XLSX", error))?;
    let text = figures.iter().filter_map(|placed| match placed.content {
        CellContent::NumberAsText(number) => Some(Finding::new("XG421").with("value", number).at(placed.at.cloned())),
        _ => None,
    });
    findings.extend(text);
    Ok(findings)
}

/// A layout placed on its worksheet, to be drawn for itself alone.
struct Places<'p> {
    template: &'p Template,
    sheet: &'p SheetLayout<'p>,
    /// The cells that differ between two reports.
    figures: Vec<PlacedCell<'p>>,
}

/// Places a layout and works with it.
fn placed<T>(layout: &Layout, template: &Template, work: impl FnOnce(&Places<'_>) -> T) -> T {
    let measured = FormMeasures::new(&layout.form, template);
    let sheet = measured.sheet(layout, &mut Vec::new());
    work(&Places { template, sheet: &sheet, figures: cells::report_cells(&sheet) })
}

impl Places<'_> {
    /// Draws the workbook, its figures and texts cell_with_extras; `beside` adds what stands beside the table, in the column that
    /// it is given.
    fn draw(
        &self,
        timestamp: Option<i64>,
        extras: impl Fn(&PlacedCell<'_>) -> CellExtras,
        beside: impl FnOnce(&mut Drawing<'_>, usize) -> std::result::Result<(), XlsxError>,
    ) -> Result<Vec<u8>> {
        let paging = page::paging(self.sheet);
        let layout = self.sheet.layout;
        let draw = || {
            let mut drawing = Drawing::new(self.sheet, self.template.workbook_fonts(), &paging)?;
            for label in cells::form_cells(self.sheet, &paging.breaks) {
                drawing.cell(label.rows, label.columns, label.style, &label.content)?;
            }
            for placed in &self.figures {
                drawing.cell_with_extras(
                    placed.rows.clone(),
                    placed.columns,
                    placed.style,
                    &placed.content,
                    &extras(placed),
                )?;
            }
            beside(&mut drawing, self.sheet.grid.columns())?;
            drawing.finish(Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp })
        };
        draw().map_err(|error: XlsxError| failed("XLSX", error))
    }
}

/// A workbook kept with its form, and all it follows from but the form.
struct Kept {
    timestamp: Option<i64>,
    heights: Vec<u32>,
    slots: Vec<Slot>,
    prepared: Prepared,
}

/// The workbook of all reports with the same labels and rows, whose figures style as these do.
fn prepare(
    sheet: &SheetLayout<'_>,
    template: &Template,
    slots: &[Slot],
    timestamp: Option<i64>,
) -> std::result::Result<Prepared, PackageError> {
    let paging = page::paging(sheet);
    let labels = cells::form_cells(sheet, &paging.breaks);
    let mut drawing = Drawing::new(sheet, template.workbook_fonts(), &paging)?;
    let columns = slots.iter().map(|slot| slot.columns.1).chain(labels.iter().map(|label| label.columns.1)).max();
    for label in labels {
        drawing.cell(label.rows, label.columns, label.style, &strings::guarded(label.content))?;
    }
    for slot in slots {
        drawing.cell(slot.rows.clone(), slot.columns, slot.style, &CellContent::Blank)?;
        if slot.digits {
            drawing.allow_digits(slot.rows.start, slot.columns.0)?;
        }
    }
    let below = prepared::style_row(sheet.rows.len());
    for (column, (style, content)) in prepared::style_cells(slots, sheet.layout.form.page_number).enumerate() {
        drawing.cell(below..below + 1, (column, column + 1), style, &content)?;
    }
    let workbook = drawing.finish(Properties { timestamp, ..PLACEHOLDER })?;
    Prepared::new(&workbook, slots, (sheet.rows.len(), columns.unwrap_or_default()))
}
