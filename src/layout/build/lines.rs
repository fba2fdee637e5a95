//! The texts of the lines outside the tables.
//!
//! In: a report and its template. Out: title, organization, year and filing fields. Called by [`super::layout`] and
//! `builder`.

use super::paper::{page, type_width};
use crate::layout::LayoutOptions;
use crate::layout::text::{EastAsianWidth, text_width};
use crate::report::Report;
use crate::template::{FilingField, Template};

/// The part of a line that a title may fill before it breaks.
const TITLE_ROOM: f64 = 0.9;

pub(super) fn title(report: &Report, template: &Template) -> String {
    report.title.clone().unwrap_or_else(|| fill(template.title(), report, TITLE_BLANK))
}

/// What a title has where year or organization are unknown, for a person to fill in.
const TITLE_BLANK: &str = "＿＿＿＿";

/// Replaces `{year}` and `{organization}`.
fn fill(pattern: &str, report: &Report, blank: &str) -> String {
    let year = report.year.map_or_else(|| blank.to_owned(), |year| year.to_string());
    pattern.replace("{year}", &year).replace("{organization}", report.organization.as_deref().unwrap_or(blank))
}

/// The lines of a title. A title that is too long breaks where the template says.
pub(super) fn title_lines<'t>(title: &'t str, template: &Template, options: LayoutOptions) -> (&'t str, &'t str) {
    let room = type_width(&page(template, options.landscape)) * TITLE_ROOM;
    let fits = text_width(title, template.style().title, &EastAsianWidth) <= room;
    match title.find(template.title_break()) {
        Some(at) if !fits && at > 0 => title.split_at(at),
        _ => (title, ""),
    }
}

pub(super) fn has_organization_line(template: &Template) -> bool {
    !template.organization_line().is_empty() || !template.year_line().is_empty()
}

/// The left and right text of the line above the table, if the form has it.
pub(super) fn organization_texts(report: &Report, template: &Template) -> Option<[String; 2]> {
    // Above the table there is room to write.
    let year = report.year.map(|_| fill(template.year_line(), report, "")).unwrap_or_default();
    has_organization_line(template).then(|| [fill(template.organization_line(), report, ""), year])
}

/// The fields below the table.
pub(super) fn filing_fields(template: &Template) -> impl Iterator<Item = &FilingField> {
    let mut fields: Vec<&FilingField> = template.filing().iter().collect();
    fields.sort_by_key(|field| field.line);
    fields.into_iter()
}
