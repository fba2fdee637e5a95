//! The tables of a document.
//!
//! In: a table of a form. Out: rows and cells with slots. Merged cells are `w:vMerge` and `w:gridSpan`, header rows repeat, no
//! row is split. Rows that belong together have `w:keepNext` in all their paragraphs: Word looks at the first of a row,
//! other programs at all. LibreOffice cuts the text of a merged cell that goes over a page.

use super::draft::{Draft, Slot, alignment, small_size};
use super::style::{CELL_SPACE, StyleSheet, TABLE, twips};
use super::xml::Xml;
use crate::layout::page::{label_lines, stays_with_next};
use crate::layout::text::{EastAsianWidth, MM_PER_POINT};
use crate::layout::{Block, CellLayout, CellRole, Filling, Form, RowLayout, TableLayout};
use crate::template::Page;

/// The rows of a merged cell stay on one page if there are at most this many.
const ROWS_KEPT_TOGETHER: usize = 6;

/// A column in a row: a cell, the cell above going on, or nothing.
#[derive(Clone, Copy)]
enum Place<'f> {
    Cell(&'f CellLayout),
    /// The cell above goes on for so many more rows, this one included.
    Above(&'f CellLayout, usize),
    None,
}

pub(super) fn table(draft: &mut Draft, form: &Form, block: usize, styles: &mut StyleSheet) {
    let Some(Block::Table(table)) = form.blocks.get(block) else { return };
    let edges = edges(table);
    draft.xml.open("w:tbl", &[]);
    properties(&mut draft.xml, table, edges.last().copied().unwrap_or(0));
    let kept = kept(form, block, table);
    let mut above: Vec<Place<'_>> = vec![Place::None; table.widths.len()];
    for (at, row) in table.rows.iter().enumerate() {
        let places = places(row, &above);
        let keep = kept[at];
        draft.xml.open("w:tr", &[]);
        row_properties(&mut draft.xml, row, at < table.header_rows);
        let mut column = 0;
        while column < places.len() {
            let (cell, is_above) = match places[column] {
                Place::Cell(cell) => (Some(cell), false),
                Place::Above(cell, _) => (Some(cell), true),
                Place::None => (None, false),
            };
            let span = cell.map_or(1, |cell| cell.column_span.max(1)).min(places.len() - column);
            let width = edges[column + span] - edges[column];
            self::cell(draft, cell, CellContext { width, span, is_above, keep, page: &form.page }, styles);
            column += span;
        }
        draft.xml.close("w:tr");
        above = places;
    }
    draft.xml.close("w:tbl");
}

/// The left edges of the columns and the right edge of the last, in twentieths of a point.
fn edges(table: &TableLayout) -> Vec<i64> {
    let mut at = 0.0;
    let mut edges = vec![0];
    for width in &table.widths {
        at += width;
        edges.push(twips(at));
    }
    edges
}

fn properties(xml: &mut Xml, table: &TableLayout, width: i64) {
    xml.within("w:tblPr", &[], |xml| {
        xml.val("w:tblStyle", TABLE);
        xml.empty("w:tblW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
        xml.val("w:jc", "center");
        xml.empty("w:tblLayout", &[("w:type", "fixed")]);
        if let Some(caption) = &table.caption {
            xml.val("w:tblCaption", caption);
        }
    });
    xml.within("w:tblGrid", &[], |xml| {
        for pair in edges(table).windows(2) {
            xml.empty("w:gridCol", &[("w:w", &(pair[1] - pair[0]).to_string())]);
        }
    });
}

/// What stands in each column of a row.
fn places<'f>(row: &'f RowLayout, above: &[Place<'f>]) -> Vec<Place<'f>> {
    let mut places: Vec<Place<'f>> = above
        .iter()
        .map(|place| match place {
            Place::Cell(cell) if cell.row_span > 1 => Place::Above(cell, cell.row_span - 1),
            Place::Above(cell, left) if *left > 1 => Place::Above(cell, left - 1),
            _ => Place::None,
        })
        .collect();
    for cell in &row.cells {
        if let Some(place) = places.get_mut(cell.column) {
            *place = Place::Cell(cell);
        }
    }
    places
}

/// Which rows must be on one page with the next.
fn kept(form: &Form, block: usize, table: &TableLayout) -> Vec<bool> {
    let mut kept: Vec<bool> = (0..table.rows.len()).map(|row| stays_with_next(form, block, row)).collect();
    for (at, row) in table.rows.iter().enumerate() {
        for cell in row.cells.iter().filter(|cell| (2..=ROWS_KEPT_TOGETHER).contains(&cell.row_span)) {
            let last = (at + cell.row_span).min(table.rows.len()) - 1;
            kept[at..last].fill(true);
        }
    }
    kept
}

fn row_properties(xml: &mut Xml, row: &RowLayout, is_header: bool) {
    let height = twips(row.min_height).to_string();
    xml.within("w:trPr", &[], |xml| {
        xml.empty("w:cantSplit", &[]);
        xml.empty("w:trHeight", &[("w:val", &height), ("w:hRule", "atLeast")]);
        if is_header {
            xml.empty("w:tblHeader", &[]);
        }
    });
}

/// Where a cell stands.
struct CellContext<'p> {
    /// Its width, in twentieths of a point.
    width: i64,
    span: usize,
    /// Whether the cell began in a row above.
    is_above: bool,
    keep: bool,
    page: &'p Page,
}

fn cell(draft: &mut Draft, cell: Option<&CellLayout>, context: CellContext<'_>, styles: &mut StyleSheet) {
    let style = styles.cell(cell);
    draft.xml.open("w:tc", &[]);
    draft.xml.within("w:tcPr", &[], |xml| {
        xml.empty("w:tcW", &[("w:w", &context.width.to_string()), ("w:type", "dxa")]);
        if context.span > 1 {
            xml.val("w:gridSpan", &context.span.to_string());
        }
        if context.is_above {
            xml.empty("w:vMerge", &[]);
        } else if cell.is_some_and(|cell| cell.row_span > 1) {
            xml.val("w:vMerge", "restart");
        }
        if cell.is_some_and(|cell| cell.vertical) {
            xml.val("w:textDirection", "tbRlV");
        }
    });
    draft.xml.open("w:p", &[]);
    draft.xml.within("w:pPr", &[], |xml| {
        xml.val("w:pStyle", &style);
        if context.keep {
            xml.empty("w:keepNext", &[]);
        }
        if let Some(cell) = cell.filter(|_| !context.is_above) {
            layout(xml, cell);
        }
    });
    if let Some(cell) = cell.filter(|_| !context.is_above) {
        content(draft, cell, &context);
    }
    draft.xml.close("w:p");
    draft.xml.close("w:tc");
}

/// Indent and alignment, where they are not the style's.
fn layout(xml: &mut Xml, cell: &CellLayout) {
    if cell.indent > 0.0 {
        // Hundredths of a character, and the same in twentieths of a point for programs that ignore them.
        let characters = ((cell.indent * 100.0).round() as i64).to_string();
        let left = ((cell.indent * cell.style.size * 20.0).round() as i64).to_string();
        xml.empty("w:ind", &[("w:left", &left), ("w:leftChars", &characters)]);
    }
    let usual = if cell.role == CellRole::RowHeader { "left" } else { "center" };
    let own = if cell.vertical { "center" } else { alignment(cell.align) };
    if own != usual {
        xml.val("w:jc", own);
    }
}

fn content(draft: &mut Draft, cell: &CellLayout, context: &CellContext<'_>) {
    let width = context.width as f64 / 20.0 * MM_PER_POINT - 2.0 * context.page.padding - CELL_SPACE;
    match &cell.content {
        Filling::Fixed(content) => {
            let text = content.text();
            let size = small_size(content, &text, width, cell.style);
            match label_lines(cell, &text, cell.style, width, &EastAsianWidth)
                .filter(|lines| lines.len() > 1 && !cell.vertical)
            {
                Some(lines) => draft.run(&lines.join("\n"), size),
                None => draft.run(&text, size),
            }
        }
        Filling::Slot(value) => draft.slot(Slot::Value { value: *value, width, style: cell.style }),
    }
}
