//! Two organizations in one file.

use super::Context;
use crate::page::{Cell, Document, Line, LineKind, Page, Part};
use crate::render::Format;

pub fn two_reports(document: &mut Document, context: &mut Context<'_>) -> bool {
    if document.organizations.len() != 1 || document.pages.iter().any(|page| page.hidden) {
        return false;
    }
    let organization = "永兴镇";
    let values = crate::fill::values(&document.form, context.rng, context.taken);
    let title = document.form.title(organization, document.form.year());
    let mut parts = document.form.parts(&values);
    document.organizations.push(organization.to_owned());
    if context.once_in(3) && document.pages.len() == 1 && in_one_table(&mut document.pages[0].parts, &title, &parts) {
        return true;
    }
    parts.insert(0, Part::text(title));
    let on_sheets = context.format == Format::Xlsx && context.once_in(2);
    if on_sheets && document.pages[0].sheet.is_none() {
        document.pages[0].sheet = Some("甲".to_owned());
    }
    let sheet = (on_sheets || document.pages[0].sheet.is_some()).then(|| "乙".to_owned());
    document.pages.push(Page { owner: Some(1), sheet, hidden: false, parts });
    true
}

/// Puts the only table of the second report below that of the first, as rows of one table, with its title between.
fn in_one_table(first: &mut [Part], title: &str, second: &[Part]) -> bool {
    let grids = first.iter().filter(|part| matches!(part, Part::Grid(_))).count();
    let ([Part::Grid(second)], 1) = (second, grids) else { return false };
    let Some(Part::Grid(grid)) = first.last_mut() else { return false };
    if grid.columns.len() != second.columns.len() {
        return false;
    }
    let cells = vec![Cell::text(title).merged(6_000_000); grid.columns.len()];
    grid.lines.push(Line { owner: Some(1), ..Line::new(LineKind::Band, 1, cells) });
    let lines = second.lines.iter().cloned().map(|line| Line { block: 1, owner: Some(1), ..line });
    grid.lines.extend(lines);
    true
}
