//! Fills a template with a report.
//!
//! In: a report, its template and [`LayoutOptions`]. Out: a [`Layout`]. Called through [`crate::layout`].
//!
//! This file has paper, lines and the grouping of tables. [`form_key`] separates what decides the form from what fills
//! it. [`table`] makes headers and rows. [`extra`] places extra rows. [`characters`] lists the characters for font
//! subsets. [`form_cache`] keeps recent forms.

mod characters;
mod extra;
mod form_cache;
mod form_key;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use self::characters::characters;
use self::form_key::{FormKey, Rows};
use super::text::{EastAsianWidth, MM_PER_POINT, text_width};
use super::{Align, Block, Filling, Form, Layout, LayoutOptions, LineKind, LineLayout, LinePart};
use crate::report::{Report, Value};
use crate::template::{FilingField, Page, SharedTemplate, Template, TextStyle};

/// The distance between lines outside the tables, relative to the font size, as in the published forms.
const LINE_HEIGHT: f64 = 1.3;
/// The part of a line that a title may fill before it breaks.
const TITLE_ROOM: f64 = 0.9;
/// The space above and below a heading, in mm.
const HEADING_SPACE: f64 = 3.0;

/// Lays out a report by its template.
///
/// Rows are in the order of the form. Optional rows print if the report has them, extra rows after the row they
/// followed, and filing lines if they have content. Blank stays blank. A table that the template joins to the previous
/// one uses its columns, so that both look like one table.
///
/// Reports of the same `Arc<Template>` share their [`Form`] if they differ only in values, title and names.
pub fn layout(report: &Report, template: &SharedTemplate, options: LayoutOptions) -> Layout {
    let value_columns = value_columns(report, template);
    let rows = Rows::new(report, template, &value_columns);
    let figures = rows.figures();
    let title = title(report, template);
    let (first, second) = title_lines(&title, template, options);
    let mut form_key = FormKey::new(rows.rows, &figures, template, &value_columns, options);
    form_key.title_lines = [first, second].iter().filter(|line| !line.is_empty()).count();
    form_key.filing = !report.filing.is_empty() && !template.filing().is_empty();
    let mut texts: Vec<String> =
        [first, second].into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    texts.extend(organization_texts(report, template).into_iter().flatten());
    if form_key.filing {
        texts.extend(filing_fields(template).map(|field| {
            let value = report.filing.field(&field.name).unwrap_or(&field.blank);
            format!("{}：{value}", field.label)
        }));
    }
    let form = form_cache::form(template, form_key, |form_key| Build::new(template, form_key).form());
    Layout { form, title, organization: report.organization.clone(), texts, figures }
}

/// The report's value behind each of [`Layout::figures`]. `None` if the report has none.
pub fn values_in_place<'r>(report: &'r Report, template: &Template) -> Vec<Option<&'r Value>> {
    Rows::new(report, template, &value_columns(report, template)).into_values()
}

/// The value columns.
fn value_columns<'r>(report: &'r Report, template: &Template) -> Vec<Option<&'r str>> {
    // In a matrix, the columns of extra rows are columns of the form.
    if template.is_matrix() { vec![None] } else { report.columns() }
}

/// Makes a form from its key.
struct Build<'a> {
    template: &'a SharedTemplate,
    form_key: &'a FormKey,
    page: Page,
    /// The number of texts and values that have a slot so far.
    texts: usize,
    figures: usize,
}

impl<'a> Build<'a> {
    fn new(template: &'a SharedTemplate, form_key: &'a FormKey) -> Self {
        Self { template, form_key, page: page(template, form_key.landscape), texts: 0, figures: 0 }
    }

    fn form(mut self) -> Form {
        let mut blocks = Vec::new();
        blocks.extend(self.template.attachment().map(|mark| self.attachment(mark)));
        self.title_lines(&mut blocks);
        blocks.extend(self.organization_line());
        for group in table::groups(self.template, self.form_key.value_columns.len()) {
            let heading = self.template.tables()[group.start].heading.as_deref();
            blocks.extend(heading.map(|heading| self.heading(heading)));
            blocks.push(Block::Table(self.table(group, heading)));
        }
        self.filing_lines(&mut blocks);
        let mut form = Form::new(self.page, self.template.style().page_number, blocks);
        form.template = Some(Arc::clone(self.template));
        form
    }

    fn text(&mut self) -> Filling<String> {
        self.texts += 1;
        Filling::Slot(self.texts - 1)
    }

    fn width(&self) -> f64 {
        self.page.width - self.page.left - self.page.right
    }

    fn line(&self, kind: LineKind, style: TextStyle, space_before: f64, parts: Vec<LinePart>) -> Block {
        Block::Line(LineLayout { kind, parts, style, space_before, height: style.size * MM_PER_POINT * LINE_HEIGHT })
    }

    fn attachment(&self, mark: &str) -> Block {
        let part = LinePart { text: Filling::Fixed(mark.to_owned()), x: 0.0, width: self.width(), align: Align::Left };
        self.line(LineKind::Attachment, self.template.style().attachment, 0.0, vec![part])
    }

    fn title_lines(&mut self, blocks: &mut Vec<Block>) {
        for index in 0..self.form_key.title_lines {
            let part = LinePart { text: self.text(), x: 0.0, width: self.width(), align: Align::Center };
            let space_before = if index == 0 && self.template.attachment().is_some() { 5.0 } else { 0.0 };
            blocks.push(self.line(LineKind::Title, self.template.style().title, space_before, vec![part]));
        }
    }

    /// A heading above a table.
    fn heading(&self, text: &str) -> Block {
        let style = self.template.style().heading.unwrap_or(self.template.style().section);
        let part = LinePart { text: Filling::Fixed(text.to_owned()), x: 0.0, width: self.width(), align: Align::Left };
        let height = style.size * MM_PER_POINT * LINE_HEIGHT + HEADING_SPACE;
        Block::Line(LineLayout {
            kind: LineKind::Heading,
            parts: vec![part],
            style,
            space_before: HEADING_SPACE,
            height,
        })
    }

    /// The line with 填报单位 and the year, if the form has one.
    fn organization_line(&mut self) -> Option<Block> {
        if !has_organization_line(self.template) {
            return None;
        }
        let half = self.width() * 0.75;
        let parts = vec![
            LinePart { text: self.text(), x: 0.0, width: half, align: Align::Left },
            LinePart { text: self.text(), x: half, width: self.width() - half, align: Align::Right },
        ];
        let style = self.template.style().line;
        // Leave space between this line and the table.
        let height = style.size * MM_PER_POINT * LINE_HEIGHT + 3.0;
        Some(Block::Line(LineLayout { kind: LineKind::Organization, parts, style, space_before: 3.0, height }))
    }

    fn filing_lines(&mut self, blocks: &mut Vec<Block>) {
        if !self.form_key.filing {
            return;
        }
        let fields: Vec<&FilingField> = filing_fields(self.template).collect();
        let lines: Vec<&[&FilingField]> = fields.chunk_by(|one, next| one.line == next.line).collect();
        let most = lines.iter().map(|line| line.len()).max().unwrap_or(1);
        let width = self.width() / most as f64;
        for (index, line) in lines.into_iter().enumerate() {
            let part = |at: usize| LinePart { text: self.text(), x: at as f64 * width, width, align: Align::Left };
            let parts = (0..line.len()).map(part).collect();
            let space_before = if index == 0 { 3.0 } else { 2.0 };
            blocks.push(self.line(LineKind::Filing, self.template.style().line, space_before, parts));
        }
    }
}

/// The paper of a template.
fn page(template: &Template, landscape: bool) -> Page {
    if landscape { turned(*template.page()) } else { *template.page() }
}

/// How much wider the type area is than in the template.
fn stretch(template: &Template, page: &Page) -> f64 {
    type_width(page) / type_width(&template.page())
}

fn type_width(page: &Page) -> f64 {
    page.width - page.left - page.right
}

fn title(report: &Report, template: &Template) -> String {
    report.title.clone().unwrap_or_else(|| fill(template.title(), report))
}

/// Replaces `{year}` and `{organization}`. Without a year, 年度 disappears too.
fn fill(pattern: &str, report: &Report) -> String {
    let year = report.year.map(|year| year.to_string()).unwrap_or_default();
    pattern.replace("{year}", &year).replace("{organization}", report.organization.as_deref().unwrap_or(""))
}

/// The lines of a title. A title that is too long breaks where the template says.
fn title_lines<'t>(title: &'t str, template: &Template, options: LayoutOptions) -> (&'t str, &'t str) {
    let room = type_width(&page(template, options.landscape)) * TITLE_ROOM;
    let fits = text_width(title, template.style().title, &EastAsianWidth) <= room;
    match title.find(template.title_break()) {
        Some(at) if !fits && at > 0 => title.split_at(at),
        _ => (title, ""),
    }
}

fn has_organization_line(template: &Template) -> bool {
    !template.organization_line().is_empty() || !template.year_line().is_empty()
}

/// The left and right text of the line above the table, if the form has it.
fn organization_texts(report: &Report, template: &Template) -> Option<[String; 2]> {
    let year = report.year.map(|_| fill(template.year_line(), report)).unwrap_or_default();
    has_organization_line(template).then(|| [fill(template.organization_line(), report), year])
}

/// The fields below the table.
fn filing_fields(template: &Template) -> impl Iterator<Item = &FilingField> {
    let mut fields: Vec<&FilingField> = template.filing().iter().collect();
    fields.sort_by_key(|field| field.line);
    fields.into_iter()
}

/// A page turned to landscape so that the top of its tables is at the binding edge. Source: GB/T 9704-2012, 7.5.
fn turned(page: Page) -> Page {
    let Page { width, height, top, right, bottom, left, .. } = page;
    Page { width: height, height: width, top: left, right: top, bottom: right, left: bottom, ..page }
}
