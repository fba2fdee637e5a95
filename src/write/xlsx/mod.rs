//! A laid-out report as a workbook: `Layout → bytes`.
//!
//! In: a [`Layout`] and the font names of its [`Template`]. Out: an Office Open XML workbook of one worksheet that looks
//! and prints like the form. Called by [`crate::write::write`]. What stands where is the layout's; this module knows only
//! cells. `grid` has the columns, `row` what stands in each row and how high it is, `page` where pages end; `place` says what
//! each cell holds and how it looks.
//!
//! `draw` draws the workbook of a form with rust_xlsxwriter, and `prepared` fills it with the figures of one report after the
//! other; `bulk` writes lists and tables of very many cells. Both work on what the drawn file is made of: its parts
//! (`package`) and the strings that its cells share (`strings`). [`blank`] is the form to be filled in, with its rules as
//! formulas (`formula`); [`marked`] a report with the cells in question marked; [`merged`] a workbook of several worksheets,
//! the first of which is such a form.

pub mod blank;
mod bulk;
mod draw;
mod formula;
mod grid;
mod look;
pub mod marked;
pub mod merged;
mod package;
mod page;
mod place;
mod prepared;
mod row;
mod strings;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io::Write;

use rust_xlsxwriter::XlsxError;

use self::draw::{Drawing, Dress, Properties};
use self::package::PackageError;
use self::place::{Ink, Placed, Slot};
use self::prepared::{PLACEHOLDER, Prepared};
use self::row::{Measured, Sheet};
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::template::Template;
use crate::write::failed;

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
    let measure = || Ok::<_, Infallible>(Measured::new(&layout.form, template));
    let Ok(measured) = layout.form.prepared(|_: &Measured| true, measure);
    let sheet = measured.sheet(layout, &mut findings);
    let figures = place::figures(&sheet);
    let slots: Vec<Slot> = figures.iter().map(Placed::slot).collect();
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
    let text = figures.iter().filter_map(|placed| match placed.ink {
        Ink::Digits(number) => Some(Finding::new("XG421").with("value", number).at(placed.at.cloned())),
        _ => None,
    });
    findings.extend(text);
    Ok(findings)
}

/// A layout placed on its worksheet, to be drawn for itself alone.
struct Places<'p> {
    template: &'p Template,
    sheet: &'p Sheet<'p>,
    /// The cells that differ between two reports.
    figures: Vec<Placed<'p>>,
}

/// Places a layout and works with it.
fn placed<T>(layout: &Layout, template: &Template, work: impl FnOnce(&Places<'_>) -> T) -> T {
    let measured = Measured::new(&layout.form, template);
    let sheet = measured.sheet(layout, &mut Vec::new());
    work(&Places { template, sheet: &sheet, figures: place::figures(&sheet) })
}

impl Places<'_> {
    /// Draws the workbook, its figures and texts dressed; `beside` adds what stands beside the table, in the column that
    /// it is given.
    fn draw(
        &self,
        timestamp: Option<i64>,
        dress: impl Fn(&Placed<'_>) -> Dress,
        beside: impl FnOnce(&mut Drawing<'_>, usize) -> std::result::Result<(), XlsxError>,
    ) -> Result<Vec<u8>> {
        let paging = page::paging(self.sheet);
        let layout = self.sheet.layout;
        let draw = || {
            let mut drawing = Drawing::new(self.sheet, self.template.workbook_fonts(), &paging)?;
            for label in place::labels(self.sheet, &paging.breaks) {
                drawing.cell(label.rows, label.columns, label.look, &label.ink)?;
            }
            for placed in &self.figures {
                drawing.dressed(placed.rows.clone(), placed.columns, placed.look, &placed.ink, &dress(placed))?;
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

/// The workbook of all reports with the same labels and rows, whose figures look as these do.
fn prepare(
    sheet: &Sheet<'_>,
    template: &Template,
    slots: &[Slot],
    timestamp: Option<i64>,
) -> std::result::Result<Prepared, PackageError> {
    let paging = page::paging(sheet);
    let labels = place::labels(sheet, &paging.breaks);
    let mut drawing = Drawing::new(sheet, template.workbook_fonts(), &paging)?;
    let columns = slots.iter().map(|slot| slot.columns.1).chain(labels.iter().map(|label| label.columns.1)).max();
    for label in labels {
        drawing.cell(label.rows, label.columns, label.look, &strings::guarded(label.ink))?;
    }
    for slot in slots {
        drawing.cell(slot.rows.clone(), slot.columns, slot.look, &Ink::Blank)?;
        if slot.digits {
            drawing.allow_digits(slot.rows.start, slot.columns.0)?;
        }
    }
    let below = prepared::style_row(sheet.rows.len());
    for (column, (look, ink)) in prepared::style_cells(slots, sheet.layout.form.page_number).enumerate() {
        drawing.cell(below..below + 1, (column, column + 1), look, &ink)?;
    }
    let workbook = drawing.finish(Properties { timestamp, ..PLACEHOLDER })?;
    Prepared::new(&workbook, slots, (sheet.rows.len(), columns.unwrap_or_default()))
}
