//! Hidden rows, columns and worksheets, and tables on several worksheets.

use super::columns::insert_copy;
use super::rows::{change, pick_row, separate};
use super::{Context, pick_grid};
use crate::page::{ColumnKind, Document, Grid, LineKind, Page, Part};
use crate::render::Format;

/// A hidden row that has no visible twin: read, with a warning.
pub fn row(document: &mut Document, context: &mut Context<'_>) -> bool {
    if !context.format.can_hide() {
        return false;
    }
    let Some((grid, row)) = pick_row(document, context) else { return false };
    grid.lines[row].hidden = true;
    true
}

/// A hidden row with older values above or below the visible one.
pub fn twin_row(document: &mut Document, context: &mut Context<'_>) -> bool {
    if !context.format.can_hide() {
        return false;
    }
    let Some((grid, row)) = pick_row(document, context) else { return false };
    let mut copy = separate(grid.lines[row].clone(), grid);
    change(&mut copy, context);
    copy.hidden = true;
    grid.lines.insert(row + context.rng.usize(..2), copy);
    true
}

fn pick_value_column<'d>(document: &'d mut Document, context: &mut Context<'_>) -> Option<(&'d mut Grid, usize)> {
    let is_plain = |grid: &Grid| {
        grid.blocks().len() == 1
            && (0..grid.lines.len()).all(|at| grid.is_whole(at))
            && !grid.of_kind(ColumnKind::Value).is_empty()
    };
    let grid = pick_grid(document, context, is_plain)?;
    let column = context.pick(&grid.of_kind(ColumnKind::Value))?;
    Some((grid, column))
}

/// A value column is hidden and has no visible twin.
pub fn column(document: &mut Document, context: &mut Context<'_>) -> bool {
    if !context.format.can_hide() {
        return false;
    }
    let Some((grid, column)) = pick_value_column(document, context) else { return false };
    grid.columns[column].hidden = true;
    unmerge(grid, column, context.format);
    true
}

/// A hidden column with the same header and other values beside the visible one.
pub fn twin_column(document: &mut Document, context: &mut Context<'_>) -> bool {
    if !context.format.can_hide() {
        return false;
    }
    let Some((grid, column)) = pick_value_column(document, context) else { return false };
    let at = column + context.rng.usize(..2);
    insert_copy(grid, column, at);
    grid.columns[at].hidden = true;
    unmerge(grid, at, context.format);
    for line in grid.lines.iter_mut().filter(|line| line.kind == LineKind::Data) {
        let text = context.number();
        line.cells[at].set(&text);
    }
    true
}

/// In HTML, a hidden column has cells of its own, down to the bottom of its header.
fn unmerge(grid: &mut Grid, column: usize, format: Format) {
    if format != Format::Html {
        return;
    }
    for line in &mut grid.lines {
        line.cells[column].merge = 0;
    }
}

/// A hidden worksheet with last year's report.
pub fn sheet(document: &mut Document, context: &mut Context<'_>) -> bool {
    if context.format != Format::Xlsx || document.pages.len() != 1 {
        return false;
    }
    if context.once_in(2) && document.form.is_matrix() && !sheets(document, context) {
        return false;
    }
    let values = crate::fill::values(&document.form, context.rng, context.taken);
    let year = document.form.year() - 1;
    let mut parts = vec![Part::text(document.form.title(&document.organizations[0], year))];
    parts.extend(document.form.parts(&values));
    let hidden = Page { owner: None, sheet: Some(format!("{year}年")), hidden: true, parts };
    if let Some(first) = document.pages.first_mut()
        && first.sheet.is_none()
    {
        first.sheet = Some("统计表".to_owned());
    }
    let at = if context.once_in(2) { 0 } else { document.pages.len() };
    document.pages.insert(at, hidden);
    true
}

/// Each table of the report on a worksheet of its own.
pub fn sheets(document: &mut Document, context: &mut Context<'_>) -> bool {
    let [page] = document.pages.as_slice() else { return false };
    if context.format != Format::Xlsx || !document.form.is_matrix() {
        return false;
    }
    let mut pages: Vec<Page> = Vec::new();
    let mut open = Vec::new();
    for part in &page.parts {
        open.push(part.clone());
        if let Part::Grid(_) = part {
            let sheet = Some(format!("表{}", pages.len() + 1));
            pages.push(Page { owner: page.owner, sheet, hidden: false, parts: std::mem::take(&mut open) });
        }
    }
    if let Some(last) = pages.last_mut() {
        last.parts.extend(open);
    }
    document.pages = pages;
    true
}
