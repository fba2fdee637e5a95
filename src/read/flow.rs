//! Puts the tables and lines of all pages in reading order.
//!
//! In: [`Page`]s. Out: [`PagedParts`]. Called by [`crate::read::pdf`] and [`crate::read::ofd`].

use std::collections::BTreeMap;

use crate::document::{Alternative, Cell, CellRef, Grid, Location, MergedRange, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;
use crate::limit::{self, CellBudget, PageBudget};

use super::body::LeftOut;
use super::columns::{self, Draft, Placed};
use super::lattice::{self, Table};
use super::page::lines::{Line, lines};
use super::page::{Glyph, Page, Rect, UNREADABLE};
use furniture::Lines;

mod furniture;

/// What a reader of pages returns: parts, findings, and other readings of some parts.
pub(super) type PagedParts = (Vec<Part>, Vec<Finding>, Vec<Alternative>);

/// An image that covers this part of a page is what the page shows.
const SCAN: f64 = 0.5;

/// A page with more visible characters is not only an image.
const SCAN_TEXT: usize = 60;

/// An image of this part of a page may hold a table.
const PICTURE: f64 = 0.15;

/// More drawings without text are outlines of characters.
const OUTLINES: usize = 20;

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
    check_characters(&pages)?;
    let drawn = pages.iter().filter(|page| page.drawings.len() > OUTLINES).count();
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
        findings.extend(tables.iter().filter(|table| table.is_cut).map(|table| beyond(table, number)));
        page_tables.push(tables);
        page_lines.push(Lines { lines: lines(&rest), height: page.height });
        page.glyphs = Vec::new();
        page.rulings = Vec::new();
        sheets.push(page);
    }
    furniture::drop(&mut page_lines);
    let blocks = in_order(page_tables, page_lines);
    let (parts, alternatives) = into_parts(blocks, &sheets)?;
    if parts.is_empty() {
        let pages = scans.len().max(drawn);
        return Err(Error::new(if pages == 0 { ErrorKind::Empty } else { ErrorKind::Scanned { pages } }));
    }
    if let Some(first) = scans.first() {
        let list: Vec<String> = scans.iter().map(u32::to_string).collect();
        let finding = Finding::new("XG381").with("pages", list.join("、")).with("count", scans.len());
        findings.insert(0, finding.at(Location::Page { page: *first }));
    }
    findings.extend(hidden.finding("XG382"));
    Ok((parts, findings, alternatives))
}

/// Refuses pages in whose fonts most characters are not known: nothing of them can be read.
fn check_characters(pages: &[Page]) -> Result<()> {
    let all = || pages.iter().flat_map(|page| &page.glyphs).filter(|glyph| !glyph.is_space());
    let unknown = all().filter(|glyph| glyph.c == UNREADABLE).count();
    if unknown > SCAN_TEXT && unknown * 2 > all().count() {
        return Err(Error::new(ErrorKind::NotATable { found: "@format.unknown_characters".into() }));
    }
    Ok(())
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

/// A table that is too wide for its page.
fn beyond(table: &Table, page: u32) -> Finding {
    let number = table.rows.first().map_or(1, |row| row.table);
    Finding::new("XG389").with("page", page).with("table", number).at(Location::Page { page })
}

fn report_hidden(page: &Page, number: u32, hidden: &mut LeftOut) {
    let own: Vec<Glyph> = page
        .glyphs
        .iter()
        .filter(|glyph| glyph.is_hidden && page.paper().contains(glyph.rect.center()))
        .map(|glyph| Glyph { is_hidden: false, ..*glyph })
        .collect();
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

/// A line with its place.
struct PageLine {
    page: u32,
    at: Location,
    line: Line,
}

fn into_parts(blocks: Vec<Block>, pages: &[Page]) -> Result<(Vec<Part>, Vec<Alternative>)> {
    let mut budget = CellBudget::default();
    let (mut parts, mut alternatives) = (Vec::new(), Vec::new());
    let mut run: Vec<PageLine> = Vec::new();
    for block in blocks {
        match block {
            Block::Table(table) => {
                add_lines(std::mem::take(&mut run), &mut parts, &mut alternatives, &mut budget)?;
                parts.push(Part::Table(grid(table, &mut budget)?));
            }
            Block::Line { page, number, line } => {
                let area = lattice::page_box(&pages[page as usize - 1], &line.rect);
                run.push(PageLine { page, at: Location::PageLine { page, line: number, area }, line });
            }
        }
    }
    add_lines(run, &mut parts, &mut alternatives, &mut budget)?;
    Ok((parts, alternatives))
}

/// Adds lines that follow each other, and the tables without ruling lines that they may be.
fn add_lines(
    lines: Vec<PageLine>,
    parts: &mut Vec<Part>,
    alternatives: &mut Vec<Alternative>,
    budget: &mut CellBudget,
) -> Result<()> {
    let mut placed: Vec<Placed> = Vec::new();
    let mut below = 0.0;
    for (index, line) in lines.iter().enumerate() {
        let before = index.checked_sub(1).map(|at| &lines[at]).filter(|before| before.page < line.page);
        if let Some(before) = before {
            // The first line of a page follows the last one of the page before.
            below += before.line.rect.y1 - line.line.rect.y0 + line.line.size / 2.0;
        }
        placed.push(Placed { line: line.line.clone(), below, is_first: before.is_some() });
    }
    for draft in columns::drafts(&placed) {
        let range = draft.lines.start + parts.len()..draft.lines.end + parts.len();
        let grid = draft_grid(draft, |line| lines[line].at.clone(), budget)?;
        alternatives.push(Alternative { parts: range, grid });
    }
    for PageLine { at, line, .. } in lines {
        budget.take_text(line.text.len())?;
        parts.push(Part::Paragraph(Cell::text(line.text, at)));
    }
    Ok(())
}

/// The grid of a table without ruling lines. `at` is the location of a line.
pub(super) fn draft_grid(draft: Draft, at: impl Fn(usize) -> Location, budget: &mut CellBudget) -> Result<Grid> {
    let mut grid = Grid { rows: draft.rows.len() as u32, ..Grid::default() };
    for cell in draft.cells {
        budget.take_text(cell.text.len())?;
        let first = CellRef::new(cell.row as u32, cell.column as u32);
        let last = CellRef::new((cell.row + cell.rows - 1) as u32, (cell.column + cell.columns - 1) as u32);
        if first != last {
            grid.merged.push(MergedRange { first, last });
        }
        let line = cell.line.unwrap_or(draft.rows[cell.row]);
        grid.cells.push((first, Cell::text(cell.text, at(line))));
    }
    Ok(grid)
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
