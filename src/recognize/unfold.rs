//! Separates the halves of a folded table, which stand side by side, each below its own headers.
//!
//! In: a grid. Out: its [`Region`]s in reading order: what is above the folded table, its blocks from the left, what is
//! below. Called by [`super::stream`], so that every reader sees one table below the other.

use std::ops::Range;

use super::region::Region;
use super::value;
use crate::document::{Cell, CellRef, Grid};
use crate::template::ValueKind;
use crate::text::fold::fold;

/// A block has at least this many headers: of labels and of values.
const MIN_HEADERS: usize = 2;

/// The first block has at least this many rows with labels: one text below headers may be a damaged value.
const MIN_ROWS: usize = 2;

/// The most columns of a grid that is searched for blocks. Wider ones are no statistics tables, and the search takes the
/// square of the columns.
const MAX_COLUMNS: usize = 200;

/// Headers that repeat from the left to the right, and the columns of each repetition.
struct Fold {
    row: u32,
    blocks: Vec<Range<u32>>,
}

/// The regions of a grid in reading order: the whole grid if nothing in it is folded.
pub fn regions(grid: &Grid) -> Vec<Region<'_>> {
    let whole = Region::whole(grid);
    let rows: Vec<u32> = whole.rows().collect();
    let mut regions = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < rows.len() {
        let Some(fold) = fold_at(&whole, &rows[at..]) else {
            at += 1;
            continue;
        };
        let end = fold_end(&whole, &rows[at..], &fold.blocks);
        if rows[at] > from {
            regions.push(Region::new(grid, from..rows[at], 0..u32::MAX));
        }
        let until = rows.get(at + end).copied().unwrap_or(u32::MAX);
        regions.extend(fold.blocks.iter().map(|columns| Region::new(grid, fold.row..until, columns.clone())));
        from = until;
        at += end;
    }
    match regions.is_empty() {
        true => vec![whole],
        false => {
            if from != u32::MAX {
                regions.push(Region::new(grid, from..u32::MAX, 0..u32::MAX));
            }
            regions
        }
    }
}

/// The blocks below the first of some rows, if it has repeated headers with labels and values below each repetition.
fn fold_at(whole: &Region<'_>, rows: &[u32]) -> Option<Fold> {
    if !repeats(whole, rows[0]) {
        return None;
    }
    let all: Vec<(u32, String)> = whole.filled(rows[0]).map(|(at, cell)| (at.column, fold(&cell.text))).collect();
    let has_mark = whole.filled(rows[0]).any(|(_, cell)| value::is_value_or_code(cell.text.trim()));
    if all.len() > MAX_COLUMNS || has_mark || all.iter().any(|(_, text)| is_entry(text)) {
        return None;
    }
    // Codes, remarks or values of last year may be in one block alone.
    let is_repeated = |text: &str| all.iter().filter(|(_, other)| other == text).count() > 1;
    let headers: Vec<&(u32, String)> = all.iter().filter(|(_, text)| is_repeated(text)).collect();
    let others: Vec<u32> = all.iter().filter(|(_, text)| !is_repeated(text)).map(|(column, _)| *column).collect();
    let blocks = headers_by_block(&headers)?;
    let lead = first_label(whole, &rows[1..]).map_or(0, |label| all[0].0.saturating_sub(label));
    let starts: Vec<u32> = blocks.iter().map(|own| start_with_labels(whole, rows, own[0].0, lead)).collect();
    let blocks: Vec<Range<u32>> = (0..starts.len())
        .map(|block| {
            let start = if block == 0 { 0 } else { starts[block] };
            start..starts.get(block + 1).copied().unwrap_or(u32::MAX)
        })
        .collect();
    let found = Fold { row: rows[0], blocks };
    // The first row with values has labels; the headers of tables further below may have labels in any column.
    let is_value = |cell: &Cell| value::parse_cell(cell, ValueKind::Signed).is_filled();
    let first = rows[1..].iter().find(|row| whole.filled(**row).any(|(_, cell)| is_value(cell)))?;
    if !whole.filled(*first).any(|(_, cell)| is_label(cell)) {
        return None;
    }
    let is_table = |(block, least): (&Range<u32>, usize)| holds_rows(whole, rows, block, &others, least);
    found.blocks.iter().zip([MIN_ROWS, 1]).all(is_table).then_some(found)
}

/// Repeated headers by block, each of which begins with the first of them; none if the blocks are not alike. A block may have a
/// column twice, and another may have lost its last one.
fn headers_by_block<'h>(headers: &[&'h (u32, String)]) -> Option<Vec<Vec<&'h (u32, String)>>> {
    let mut blocks: Vec<Vec<&(u32, String)>> = Vec::new();
    for header in headers {
        match blocks.last_mut().filter(|block| block[0].1 != header.1) {
            Some(block) if block.iter().any(|(_, text)| *text == header.1) => {}
            Some(block) => block.push(header),
            None => blocks.push(vec![header]),
        }
    }
    let (first, others) = blocks.split_first()?;
    let is_like = |block: &Vec<&(u32, String)>| {
        block.len() >= MIN_HEADERS && block.iter().zip(first).all(|(own, other)| own.1 == other.1)
    };
    // A merged header that is written out in all its cells is no block.
    let are_blocks = first.len() >= MIN_HEADERS && !others.is_empty() && others.iter().all(is_like);
    are_blocks.then_some(blocks)
}

/// The first column with labels below some headers.
fn first_label(whole: &Region<'_>, rows: &[u32]) -> Option<u32> {
    let labels = rows.iter().filter_map(|row| whole.filled(*row).find(|(_, cell)| is_label(cell)));
    labels.map(|(at, _)| at.column).min()
}

/// Where a block begins whose first header is in some column: as many columns further left as in the first block, if these
/// have no header there but labels.
fn start_with_labels(whole: &Region<'_>, rows: &[u32], column: u32, lead: u32) -> u32 {
    let start = column.saturating_sub(lead);
    let is_open = !whole.filled(rows[0]).any(|(at, _)| (start..column).contains(&at.column));
    let cells = rows.iter().skip(1).flat_map(|row| whole.filled(*row));
    let mut cells = cells.filter(|(at, _)| (start..column).contains(&at.column));
    if lead > 0 && is_open && cells.any(|(_, cell)| is_label(cell)) { start } else { column }
}

/// Whether the first text of a row is in it again, or the second: row numbers may be left of the first block alone. Headers
/// that repeat are written alike.
fn repeats(whole: &Region<'_>, row: u32) -> bool {
    // Most rows have too few cells, and need no comparison.
    if whole.filled(row).nth(2 * MIN_HEADERS - 1).is_none() {
        return false;
    }
    let texts = || whole.filled(row).map(|(_, cell)| cell.text.trim());
    let is_again = |at: usize| {
        let first = texts().nth(at);
        first.is_some_and(|first| texts().skip(at + 1).any(|text| text == first))
    };
    is_again(0) || is_again(1)
}

/// Whether most rows of a block, and at least some number, have a label and a value; behind the first block a unit, if the
/// values are lost.
fn holds_rows(whole: &Region<'_>, rows: &[u32], block: &Range<u32>, others: &[u32], least: usize) -> bool {
    let (mut labeled, mut all) = (0, 0);
    for row in rows.iter().skip(1) {
        let is_own = |column: u32| block.contains(&column) && (block.start == 0 || !others.contains(&column));
        let cells = || whole.filled(*row).filter(|(at, _)| is_own(at.column));
        let has_label = cells().any(|(_, cell)| is_label(cell));
        let has_value = cells().any(|(_, cell)| value::parse_cell(cell, ValueKind::Signed).cell.is_number());
        let has_unit = cells().any(|(_, cell)| value::is_unit(&cell.text));
        labeled += usize::from(has_label && (has_value || has_unit && least < MIN_ROWS));
        all += usize::from(has_value);
    }
    labeled >= least && labeled * 2 >= all
}

/// How many of some rows, headers included, belong to blocks side by side. The next headers end them, a row over several
/// blocks, and a blank row.
fn fold_end(whole: &Region<'_>, rows: &[u32], blocks: &[Range<u32>]) -> usize {
    let crosses = |at: &CellRef| {
        let area = whole.area(*at);
        blocks.iter().filter(|block| area.meets(block)).count() > 1
    };
    // A row without a value has at most one text less in each block than the headers have.
    let most = whole.filled(rows[0]).count().saturating_sub(blocks.len()).max(blocks.len());
    let headers = |row: u32, columns: &Range<u32>| -> Vec<String> {
        let own = whole.filled(row).filter(|(at, _)| columns.contains(&at.column));
        own.map(|(_, cell)| fold(&cell.text)).collect()
    };
    let own_headers = headers(rows[0], &blocks[0]);
    // The rows right below the first are its lower headers.
    let mut is_header = true;
    for (index, row) in rows.iter().enumerate().skip(1) {
        let mut cells = whole.filled(*row);
        let is_blank = cells.clone().next().is_none();
        let texts = cells.clone().filter(|(_, cell)| is_label(cell)).count();
        let values = cells.clone().any(|(_, cell)| value::parse_cell(cell, ValueKind::Signed).is_filled());
        is_header &= !values && !is_blank;
        let is_next_header = !is_header && !values && texts > most;
        let apart = (rows[index - 1] + 1..*row).any(|between| !whole.is_hidden(between));
        if is_blank || apart || is_next_header || cells.any(|(at, _)| crosses(at)) {
            return index;
        }
        // The next table has one block, below its title.
        if !values && headers(*row, &(0..u32::MAX)) == own_headers {
            let is_title = index > 1 && whole.filled(rows[index - 1]).count() == 1;
            return if is_title { index - 1 } else { index };
        }
    }
    rows.len()
}

/// Whether a text is a value or a unit: no header.
fn is_entry(folded: &str) -> bool {
    value::is_value_or_code(folded) || value::is_unit(folded)
}

/// Whether a cell holds words that are neither a value nor a unit.
fn is_label(cell: &Cell) -> bool {
    let text = cell.text.trim();
    !value::parse_cell(cell, ValueKind::Signed).is_readable() && !value::is_unit(text) && !value::is_value_or_code(text)
}
