//! The texts of the lines outside the tables.
//!
//! In: a report and its template. Out: title, organization, year and filing fields. Called by [`super::layout`] and
//! `builder`.

use super::paper::{page, type_width};
use crate::layout::LayoutOptions;
use crate::layout::text::balance::balanced_lines;
use crate::layout::text::{EastAsianWidth, MM_PER_POINT, break_lines, text_width};
use crate::report::Report;
use crate::template::{FilingField, Page, Template};
use crate::text::words::words;

/// The part of a line that a title may fill before it breaks.
const TITLE_ROOM: f64 = 0.9;

/// The part of the line above the table that the organization may fill; the year has the rest.
const ORGANIZATION_ROOM: f64 = 0.75;

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

/// The lines of a title, in full size: one if it fits, two if it may break where the template says, else balanced ones.
pub(super) fn title_lines<'t>(title: &'t str, template: &Template, options: LayoutOptions) -> Vec<&'t str> {
    let (room, style) = (type_width(&page(template, options.landscape)) * TITLE_ROOM, template.style().title);
    let fits = |text: &str| text_width(text, style, &EastAsianWidth) <= room;
    if fits(title) {
        return if title.is_empty() { Vec::new() } else { vec![title] };
    }
    let at = title.find(template.title_break()).filter(|at| *at > 0);
    if let Some((first, second)) = at.map(|at| title.split_at(at)).filter(|(first, second)| fits(first) && fits(second))
    {
        return vec![first, second];
    }
    let ends = words()
        .organization_endings
        .iter()
        .flat_map(|ending| title.match_indices(ending.as_str()).map(|(at, ending)| at + ending.len()));
    let pauses: Vec<usize> = ends.chain(at).collect();
    balanced_lines(title, style, room, &pauses, &EastAsianWidth).into_iter().map(|range| &title[range]).collect()
}

/// How many lines a text of a form's line takes in a room of so many mm.
pub(super) fn line_count(text: &str, template: &Template, room: f64) -> usize {
    break_lines(text, template.style().line, room, &EastAsianWidth).len()
}

/// The least space between two texts of a line, in mm: one hanzi.
fn gap(template: &Template) -> f64 {
    template.style().line.size * MM_PER_POINT
}

/// Where the parts of the organization's line start and how wide they are, in mm.
pub(super) fn organization_boxes(template: &Template, page: &Page) -> [(f64, f64); 2] {
    let (width, year) = (type_width(page), type_width(page) * ORGANIZATION_ROOM);
    [(0.0, year - gap(template)), (year, width - year)]
}

/// Where a field starts in a line that has room for some, and how wide it is, in mm.
pub(super) fn filing_box(template: &Template, page: &Page, at: usize, most: usize) -> (f64, f64) {
    let width = type_width(page) / most as f64;
    (at as f64 * width, if most > 1 { width - gap(template) } else { width })
}

/// The fields below the table by line, and the number of fields of the fullest line.
pub(super) fn filing_lines(template: &Template) -> (Vec<Vec<&FilingField>>, usize) {
    let fields: Vec<&FilingField> = filing_fields(template).collect();
    let lines: Vec<Vec<&FilingField>> = fields.chunk_by(|one, next| one.line == next.line).map(<[_]>::to_vec).collect();
    let most = lines.iter().map(Vec::len).max().unwrap_or(1);
    (lines, most)
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
