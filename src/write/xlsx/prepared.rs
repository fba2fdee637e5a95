//! A workbook made once for all reports of a form: `workbook × figures → workbook`.
//!
//! Two reports of a form share all of their workbook but the figures, a few texts and the title. So the workbook is drawn
//! once with these cells blank, and taken apart: the parts that never change are kept as they are deflated, the others are
//! cut where a report's own content goes. Writing a report is filling these gaps.
//!
//! What a cell needs beside its content is a style. Below the table, in a row that is cut out again, stand the styles of
//! all common figures for each look that a blank cell has, so that the workbook knows them and says their numbers.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

use rust_xlsxwriter::utility::{cell_range, row_col_to_cell};

use super::cells::{COMMON_DECIMALS, CellContent, PlacedCell, Slot};
use super::draw::Properties;
use super::package::{self, Package, PackageError, Packed, STRINGS};
use super::strings::{Added, GUARD, Strings, escape};
use super::style::{self, CellStyle, NumberFormat, Presentation};
use crate::deflate::Effort;
use crate::layout::Align;
use crate::template::TextStyle;

/// The document's properties.
const CORE: &str = "docProps/core.xml";

/// What stands for the title and the author until they are filled in. A private character, which no name has.
pub(super) const PLACEHOLDER: Properties<'static> =
    Properties { title: "\u{E000}title", author: Some("\u{E000}author"), timestamp: None };

/// Number formats of common figures, in the order of their styles.
fn common_formats() -> impl Iterator<Item = NumberFormat> {
    std::iter::once(NumberFormat::General).chain((0..=COMMON_DECIMALS).map(NumberFormat::Decimals))
}

/// What the [`style_row`] of a workbook with such slots holds: the mark, then the styles of common figures.
///
/// The mark is a string behind all others, so that there are strings even if the form has none.
pub(super) fn style_cells(slots: &[Slot], style: TextStyle) -> impl Iterator<Item = (CellStyle, CellContent<'static>)> {
    let any =
        CellStyle { text: style, align: Align::Left, bordered: false, indent: 0, presentation: Presentation::Wrapped };
    let mark = (slots.first().map_or(any, |slot| slot.style), CellContent::Text(Cow::Owned(GUARD.to_string())));
    let common = common_bases(slots).into_iter();
    let common = common.flat_map(|base| common_formats().map(move |format| base.with(Presentation::Number(format))));
    std::iter::once(mark).chain(common.map(|style| (style, CellContent::Blank)))
}

/// The different looks of blank slots that common figures may fill.
fn common_bases(slots: &[Slot]) -> Vec<CellStyle> {
    let mut bases: Vec<CellStyle> = Vec::new();
    for slot in slots.iter().filter(|slot| slot.common) {
        if !bases.contains(&slot.style) {
            bases.push(slot.style);
        }
    }
    bases
}

/// The row of the styles below a worksheet's rows, apart from the 16 rows that rust_xlsxwriter describes together.
pub(super) fn style_row(rows: usize) -> usize {
    rows.next_multiple_of(16) + 16
}

/// The workbook of a form with gaps.
pub(super) struct Prepared {
    /// The parts that never change.
    ready: Vec<Packed>,
    /// The worksheet cut before the style of each cell of a slot.
    gaps: Vec<Gap>,
    /// What follows the last of them.
    rest: String,
    /// The styles of each slot.
    styles: Vec<Styles>,
    strings: Strings,
    /// The document's properties around title, author and author.
    core: [String; 4],
}

/// A cell of a slot.
struct Gap {
    /// The worksheet before it, up to the number of its style.
    before: String,
    slot: usize,
    /// Whether it holds what the slot holds; the others of a merged range look like it.
    first: bool,
}

/// The numbers of a slot's styles.
struct Styles {
    /// As it stands blank.
    own: u32,
    /// Of common figures, in the order of [`common_formats`]; none where they are not ready.
    figures: Option<[u32; COMMON_DECIMALS as usize + 2]>,
}

impl Prepared {
    /// Takes a workbook apart that was drawn with blank slots, [`style_cells`] in the [`style_row`] and [`PLACEHOLDER`]
    /// for its properties; `size` is its rows and columns.
    pub(super) fn new(workbook: &[u8], slots: &[Slot], size: (usize, usize)) -> Result<Self, PackageError> {
        let mut package = Package::open(workbook)?;
        let (gaps, rest, styles) = take_sheet_apart(&package.take(&package::sheet(0))?, slots, size)?;
        let strings = Strings::new(&package.take(STRINGS)?)?;
        let core = take_core_apart(&package.take(CORE)?)?;
        Ok(Self { ready: package.packed(Effort::Thorough)?, gaps, rest, styles, strings, core })
    }

    /// The workbook filled with what its slots hold.
    pub(super) fn fill(&self, figures: &[PlacedCell<'_>], properties: Properties<'_>) -> Result<Vec<u8>, PackageError> {
        let mut added = self.strings.added();
        let room = self.gaps.iter().map(|gap| gap.before.len()).sum::<usize>() + self.rest.len() + 32 * figures.len();
        let mut sheet = String::with_capacity(room);
        for Gap { before, slot, first } in &self.gaps {
            sheet.push_str(before);
            let (Some(styles), Some(placed)) = (self.styles.get(*slot), figures.get(*slot)) else {
                return Err(PackageError::Unexpected("slot"));
            };
            let content = if *first { &placed.content } else { &CellContent::Blank };
            styles.write(placed.style.presentation, content, &mut added, &mut sheet)?;
        }
        sheet.push_str(&self.rest);
        let packed = |name: &str, part: &str| Packed::new(name, part, Effort::Quick);
        let own = [
            packed(&package::sheet(0), &sheet)?,
            packed(STRINGS, &added.part())?,
            packed(CORE, &self.fill_core(properties))?,
        ];
        package::pack(self.ready.iter().chain(&own))
    }

    fn fill_core(&self, Properties { title, author, .. }: Properties<'_>) -> String {
        let [header, between, by, tail] = &self.core;
        let mut core = header.clone();
        if !title.is_empty() {
            core.push_str("<dc:title>");
            escape(title, &mut core);
            core.push_str("</dc:title>");
        }
        core.push_str(between);
        escape(author.unwrap_or_default(), &mut core);
        core.push_str(by);
        escape(author.unwrap_or_default(), &mut core);
        core.push_str(tail);
        core
    }
}

impl Styles {
    /// Writes the number of a cell's style and what the cell holds.
    fn write(
        &self,
        presentation: Presentation,
        content: &CellContent<'_>,
        strings: &mut Added<'_>,
        sheet: &mut String,
    ) -> Result<(), PackageError> {
        let style = match (presentation, &self.figures) {
            (Presentation::Number(NumberFormat::General), Some(figures)) => figures[0],
            (Presentation::Number(NumberFormat::Decimals(decimals)), Some(figures)) => figures[decimals as usize + 1],
            _ => self.own,
        };
        let mut text = |text: &str, sheet: &mut String| {
            strings.count();
            write!(sheet, "{style}\" t=\"s\"><v>{}</v></c>", strings.number(text)?)
                .map_err(|_| PackageError::Unexpected("cell"))
        };
        let written = match content {
            CellContent::Text(own) if !own.is_empty() => return text(own, sheet),
            CellContent::NumberAsText(number) => return text(&number.to_string(), sheet),
            CellContent::Blank | CellContent::Text(_) => write!(sheet, "{style}\"/>"),
            CellContent::Number(number) => write!(sheet, "{style}\"><v>{}</v></c>", style::float(*number)),
        };
        written.map_err(|_| PackageError::Unexpected("cell"))
    }
}

/// The worksheet cut before the style of each cell of a slot, what follows the last, and the styles of the slots.
fn take_sheet_apart(
    sheet: &str,
    slots: &[Slot],
    (rows, columns): (usize, usize),
) -> Result<(Vec<Gap>, String, Vec<Styles>), PackageError> {
    let cut = || {
        // The row of the styles goes, and the sheet is as large as without it.
        let (before, rest) = sheet.split_once("<dimension ref=\"")?;
        let (_, rest) = rest.split_once('"')?;
        let (table, rest) = rest.split_once(&format!("<row r=\"{}\"", style_row(rows) + 1))?;
        let (ready, after) = rest.split_once("</row>")?;
        let ready: Vec<u32> = ready.split("<c ").skip(1).map(style).collect::<Option<_>>()?;
        let area = cell_range(0, 0, u32::try_from(rows.max(1) - 1).ok()?, u16::try_from(columns.max(1) - 1).ok()?);
        let sheet = format!("{before}<dimension ref=\"{area}\"{table}{after}");

        let bases = common_bases(slots);
        let count = common_formats().count();
        let styles = slots.iter().map(|slot| {
            let base = bases.iter().position(|base| slot.common && *base == slot.style);
            // The first of the styles is the mark's.
            let figures = base.map(|base| ready.get(1 + base * count..)?.first_chunk().copied());
            figures.map_or(Some(Styles { own: 0, figures: None }), |figures| {
                Some(Styles { own: 0, figures: Some(figures?) })
            })
        });
        let mut styles: Vec<Styles> = styles.collect::<Option<_>>()?;
        let (mut gaps, mut rest) = (Vec::new(), sheet.as_str());
        for (row, column, slot, first) in cells(slots) {
            let name = row_col_to_cell(u32::try_from(row).ok()?, u16::try_from(column).ok()?);
            let cell = format!("<c r=\"{name}\" s=\"");
            let (before, blank) = rest.split_at(rest.find(&cell)? + cell.len());
            let (own, after) = blank.split_once("\"/>")?;
            styles[slot].own = own.parse().ok()?;
            gaps.push(Gap { before: before.to_owned(), slot, first });
            rest = after;
        }
        Some((gaps, rest.to_owned(), styles))
    };
    cut().ok_or(PackageError::Unexpected("worksheet"))
}

/// All cells of all slots in the order of the worksheet: row, column, slot, and whether it is the slot's first.
fn cells(slots: &[Slot]) -> Vec<(usize, usize, usize, bool)> {
    let mut cells: Vec<_> = slots
        .iter()
        .enumerate()
        .flat_map(|(number, slot)| {
            let first = (slot.rows.start, slot.columns.0);
            let row = move |row| {
                (slot.columns.0..slot.columns.1).map(move |column| (row, column, number, (row, column) == first))
            };
            slot.rows.clone().flat_map(row)
        })
        .collect();
    cells.sort_unstable();
    cells
}

/// The number of a cell's style.
fn style(cell: &str) -> Option<u32> {
    cell.split_once(" s=\"")?.1.split_once('"')?.0.parse().ok()
}

/// The document's properties cut at the title and the two places of the author.
fn take_core_apart(core: &str) -> Result<[String; 4], PackageError> {
    let cut = || {
        let Properties { title, author, .. } = PLACEHOLDER;
        let author = author?;
        let (header, rest) = core.split_once(&format!("<dc:title>{title}</dc:title>"))?;
        let (between, rest) = rest.split_once(author)?;
        let (by, tail) = rest.split_once(author)?;
        Some([header, between, by, tail].map(str::to_owned))
    };
    cut().ok_or(PackageError::Unexpected("properties"))
}
