//! Where the pages of the worksheet end, and which rows each of them repeats.

use std::ops::Range;

use super::grid::pixels;
use super::row::{RowContent, SheetLayout, SheetRow};
use crate::layout::CellRole;

/// Height of a page that stays free, in mm: a program that breaks before a break set here would leave a page of few rows.
const PAGE_RESERVE: f64 = 3.0;

/// Vertical text may be reduced by this factor on a page of few rows.
const SMALL_VERTICAL: f64 = 0.75;

/// Where pages end, and what is repeated at their top.
pub(super) struct Paging {
    /// Rows that open a page, after the first page.
    pub(super) breaks: Vec<usize>,
    /// The first and the last of the rows that are repeated on each page.
    pub(super) repeated: Option<(usize, usize)>,
}

/// A merged label: its rows, and the height that its text needs in pixels.
struct Merged {
    rows: Range<usize>,
    needed: f64,
}

/// The merged labels of all tables. Vertical text is set smaller where there is little room for it.
fn merged(sheet: &SheetLayout<'_>) -> Vec<Merged> {
    let SheetLayout { layout, grid, rows } = sheet;
    let cells = rows.iter().enumerate().flat_map(|(at, row)| {
        let RowContent::Row(number, table, row) = &row.content else { return Vec::new() };
        let labels = table.rows[*row].cells.iter().filter(|cell| cell.row_span > 1 && cell.role == CellRole::RowHeader);
        let merged = labels.filter_map(|cell| {
            let needed = grid.cell_height(cell, layout.content(cell), grid.cell(*number, cell)?)?;
            let needed = if cell.vertical { needed * SMALL_VERTICAL } else { needed };
            let end = at.saturating_add(cell.row_span).min(at + table.rows.len() - row);
            Some(Merged { rows: at..end, needed })
        });
        merged.collect()
    });
    cells.collect()
}

/// Finds page breaks so that no heading is the last row of a page and merged labels have room on both sides of a break.
/// Programs that fit a sheet to the width of a page may add breaks of their own.
///
/// The header rows of a table are repeated where it is the only one, or where every page after them opens inside it.
pub(super) fn paging(sheet: &SheetLayout<'_>) -> Paging {
    let (page, rows) = (&sheet.layout.form.page, &sheet.rows);
    let merged = merged(sheet);
    let room = pixels(page.height - page.top - page.bottom - PAGE_RESERVE) as u32;
    let plain = breaks(rows, &merged, room, None);
    let single = rows.iter().all(|row| matches!(row.content, RowContent::Texts(..) | RowContent::Row(0, ..)));
    // The number, the headers' rows and all rows of a table that has headers and a row here.
    let table = |row: usize| match rows.get(row).map(|row| &row.content) {
        Some(RowContent::Row(number, table, at)) if table.header_rows > 0 => {
            let first = row - at;
            let headers = first..first + table.header_rows.min(table.rows.len());
            Some((*number, headers.clone(), headers.end..first + table.rows.len()))
        }
        _ => None,
    };
    let inside = |row: usize| table(row).filter(|(_, _, body)| body.contains(&row));
    let candidate = if single { (0..rows.len()).find_map(table) } else { plain.iter().find_map(|row| inside(*row)) };
    let Some((number, headers, _)) = candidate else { return Paging { breaks: plain, repeated: None } };
    let height = rows[headers.clone()].iter().map(|row| row.height).sum();
    let breaks = breaks(rows, &merged, room, Some((headers.start, height)));
    let fits = |row: &usize| *row <= headers.start || inside(*row).is_some_and(|(other, ..)| other == number);
    if single || breaks.iter().all(fits) {
        return Paging { breaks, repeated: Some((headers.start, headers.end - 1)) };
    }
    Paging { breaks: plain, repeated: None }
}

/// Rows that open a page. `repeated` is a row, and the height of the rows repeated at the top of pages that open after it.
fn breaks(rows: &[SheetRow<'_>], merged: &[Merged], room: u32, repeated: Option<(usize, u32)>) -> Vec<usize> {
    let total = |range: Range<usize>| rows[range].iter().map(|row| row.height).sum::<u32>();
    let strained = |opened: usize, row: usize| {
        let mut crossing = merged.iter().filter(|merged| merged.rows.start < row && row < merged.rows.end);
        crossing.any(|merged| {
            let (above, below) = (total(merged.rows.start.max(opened)..row), total(row..merged.rows.end));
            f64::from(above.min(below)) < merged.needed
        })
    };
    let mut breaks = Vec::new();
    let (mut opened, mut used) = (0, 0);
    let mut row = 0;
    while let Some(SheetRow { height, .. }) = rows.get(row) {
        if used + height <= room || row == opened {
            used += height;
            row += 1;
            continue;
        }
        // Rows that must stay with this one move with it, unless too little would be left.
        let may_break = |at: &usize| !rows[*at - 1].keep_with_next;
        let filled = |at: &usize| total(opened..*at) * 2 >= room;
        let mut ends = (opened + 1..=row).rev().filter(may_break);
        let kept = ends.clone().next().unwrap_or(row);
        row = ends.by_ref().take_while(filled).find(|at| !strained(opened, *at)).unwrap_or(kept);
        breaks.push(row);
        (opened, used) = (row, repeated.map_or(0, |(from, height)| if row > from { height } else { 0 }));
    }
    breaks
}
