//! Puts the tables and lines of all pages in reading order.
//!
//! In: [`Page`]s. Out: [`PagedParts`]. Called by [`crate::read::pdf`] and [`crate::read::ofd`].

use std::collections::BTreeMap;

use crate::document::{Cell, CellRef, Field, Grid, LineFields, Location, MergedRange, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::limit::{self, CellBudget, PageBudget};

use super::body::LeftOut;
use super::lattice::{self, Table};
use super::page::lines::{Line, lines};
use super::page::{Glyph, Page, Rect};
use furniture::Lines;

mod furniture;

/// What a reader of pages returns: parts, findings, and the fields of lines.
pub(super) type PagedParts = (Vec<Part>, Vec<Finding>, LineFields);

/// An image that covers this part of a page is what the page shows.
const SCAN: f64 = 0.5;

/// A page with more visible characters is not only an image.
const SCAN_TEXT: usize = 60;

/// An image of this part of a page may hold a table.
const PICTURE: f64 = 0.15;

/// Something on a page.
enum Block {
    Table(Table),
    Line { page: u32, number: u32, line: Line },
}

/// The parts of some pages, and findings about what was not read.
///
/// `marked` gets the tables of each page before those of several pages are joined.
///
/// # Errors
/// [`ErrorKind::Scanned`] if there are only images; [`ErrorKind::Empty`] without anything;
/// [`ErrorKind::TooLarge`] beyond the limits.
pub(super) fn parts(
    pages: Vec<Page>,
    budget: &mut PageBudget,
    marked: &mut dyn FnMut(u32, &[Table]),
) -> Result<PagedParts> {
    let mut findings = Vec::new();
    let mut scans = Vec::new();
    let mut hidden = LeftOut::default();
    let mut page_tables: Vec<Vec<Table>> = Vec::new();
    let mut page_lines: Vec<Lines> = Vec::new();
    let mut sheets: Vec<Page> = Vec::new();
    for (mut page, number) in pages.into_iter().zip(1..) {
        if is_scan(&page) {
            scans.push(number);
            page.glyphs.retain(|glyph| !glyph.is_hidden);
        } else {
            report_hidden(&page, number, &mut hidden);
            findings.extend(picture(&page, number));
        }
        page.turn_upright();
        let (tables, rest) = lattice::tables(&page, number, budget)?;
        marked(number, &tables);
        page_tables.push(tables);
        page_lines.push(Lines { lines: lines(&rest), height: page.height });
        page.glyphs = Vec::new();
        page.rulings = Vec::new();
        sheets.push(page);
    }
    furniture::drop(&mut page_lines);
    let blocks = in_order(page_tables, page_lines);
    let (parts, fields) = into_parts(blocks, &sheets)?;
    if parts.is_empty() {
        let pages = scans.len();
        return Err(Error::new(if scans.is_empty() { ErrorKind::Empty } else { ErrorKind::Scanned { pages } }));
    }
    if let Some(first) = scans.first() {
        let list: Vec<String> = scans.iter().map(u32::to_string).collect();
        let finding = Finding::new("XG381").with("pages", list.join("、")).with("count", scans.len());
        findings.insert(0, finding.at(Location::Page { page: *first }));
    }
    findings.extend(hidden.finding("XG382"));
    Ok((parts, findings, fields))
}

/// Whether an image is all that a page shows.
fn is_scan(page: &Page) -> bool {
    let shown = page.glyphs.iter().filter(|glyph| !glyph.is_hidden && !glyph.is_space()).count();
    covered(page) >= SCAN && shown <= SCAN_TEXT
}

/// The part of a page that images cover.
fn covered(page: &Page) -> f64 {
    let area: f64 = page.images.iter().map(Rect::area).sum();
    area / (page.width * page.height).max(1.0)
}

/// A large image beside the text, which may hold a table.
fn picture(page: &Page, number: u32) -> Option<Finding> {
    let largest = page.images.iter().map(Rect::area).fold(0.0, f64::max) / (page.width * page.height).max(1.0);
    let percent = (largest * 100.0).round() as u32;
    (largest >= PICTURE).then(|| {
        Finding::new("XG384").with("page", number).with("percent", percent).at(Location::Page { page: number })
    })
}

fn report_hidden(page: &Page, number: u32, hidden: &mut LeftOut) {
    let own: Vec<Glyph> =
        page.glyphs.iter().filter(|glyph| glyph.is_hidden).map(|glyph| Glyph { is_hidden: false, ..*glyph }).collect();
    for line in lines(&own) {
        hidden.add(&line.text, Some(Location::Page { page: number }));
    }
}

/// The tables and lines of all pages, those of each page from the top down.
fn in_order(tables: Vec<Vec<Table>>, lines: Vec<Lines>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for ((tables, lines), page) in tables.into_iter().zip(lines).zip(1..) {
        let mut own: Vec<(f64, Block)> = tables.into_iter().map(|table| (table.top, Block::Table(table))).collect();
        for (line, number) in lines.lines.into_iter().zip(1..) {
            own.push((line.rect.center().1, Block::Line { page, number, line }));
        }
        own.sort_by(|one, other| one.0.total_cmp(&other.0));
        for (_, block) in own {
            let rest = match (blocks.last_mut(), block) {
                (Some(Block::Table(before)), Block::Table(table)) => lattice::join(before, table).map(Block::Table),
                (_, block) => Some(block),
            };
            blocks.extend(rest);
        }
    }
    blocks
}

fn into_parts(blocks: Vec<Block>, pages: &[Page]) -> Result<(Vec<Part>, LineFields)> {
    let mut budget = CellBudget::default();
    let (mut parts, mut fields) = (Vec::new(), LineFields::new());
    for block in blocks {
        match block {
            Block::Table(table) => parts.push(Part::Table(grid(table, &mut budget)?)),
            Block::Line { page, number, line } => {
                budget.take_text(line.text.len())?;
                let area = lattice::page_box(&pages[page as usize - 1], &line.rect);
                fields.insert(parts.len(), line.fields.into_iter().map(field).collect());
                parts.push(Part::Paragraph(Cell::text(line.text, Location::PageLine { page, line: number, area })));
            }
        }
    }
    Ok((parts, fields))
}

/// A field with its place in tenths of a point.
fn field((bytes, place): (std::ops::Range<usize>, std::ops::Range<f64>)) -> Field {
    let tenths = |x: f64| (x.max(0.0) * 10.0).round() as usize;
    let start = tenths(place.start);
    Field { bytes, place: start..tenths(place.end).max(start + 1) }
}

/// A table of the document.
fn grid(table: Table, budget: &mut CellBudget) -> Result<Grid> {
    let mut grid = Grid { rows: table.rows.len() as u32, ..Grid::default() };
    let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
    for cell in table.cells {
        budget.take_text(cell.text.len())?;
        let count = counts.entry(cell.row).or_insert(0);
        *count += 1;
        let place = table.rows[cell.row];
        let at =
            Location::PageCell { page: place.page, table: place.table, row: place.row, cell: *count, area: cell.area };
        let first = CellRef::new(cell.row as u32, cell.column as u32);
        let last = CellRef::new((cell.row + cell.rows - 1) as u32, (cell.column + cell.columns - 1) as u32);
        if first != last {
            grid.merged.push(MergedRange { first, last });
        }
        grid.cells.push((first, Cell::text(cell.text, at)));
    }
    if grid.merged.len() > limit::MERGED {
        return Err(limit::too_large("@format.many_merged", limit::MERGED));
    }
    Ok(grid)
}
