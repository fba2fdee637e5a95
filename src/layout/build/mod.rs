//! Fills a template with a report: `Report × Template → Layout`.
//!
//! Here: the paper, the lines outside the tables and which tables stand together. [`table`]: heads and rows of a table.
//! [`extra`]: where rows beyond the template stand.

mod extra;
mod table;
#[cfg(test)]
mod tests;

use self::extra::ExtraRow;
use super::text::{EastAsianWidth, MM_PER_POINT, text_width};
use super::{Align, Block, Layout, LayoutOptions, Line, LineKind, LinePart};
use crate::report::Report;
use crate::template::{Page, Template, TextStyle};

/// Lines of text outside the table stand this far apart, in parts of their size, as in the published forms.
const LINE_HEIGHT: f64 = 1.3;
/// How much of a line a title may fill before it breaks.
const TITLE_ROOM: f64 = 0.9;
/// Space above and below a heading in the text, in mm.
const HEADING_SPACE: f64 = 3.0;

/// Lays a report out as its template says.
///
/// Rows stand in the form's order. A row the form marks as optional prints when the report has it, extra rows print
/// after the row they followed, filing lines when they hold something. Blank stays blank. Tables that a template joins
/// to the one before stand on its columns as one table.
pub fn layout(report: &Report, template: &Template, options: LayoutOptions) -> Layout {
    let build = Build::new(report, template, options);
    let title = build.title();
    let mut blocks = Vec::new();
    blocks.extend(template.attachment.as_deref().map(|mark| build.attachment(mark)));
    build.title_lines(&title, &mut blocks);
    blocks.extend(build.organization_line());
    for group in build.groups() {
        let heading = template.tables[group.start].heading.as_deref();
        blocks.extend(heading.map(|heading| build.heading(heading)));
        blocks.push(Block::Table(build.table(group, heading.unwrap_or(&title))));
    }
    build.filing_lines(&mut blocks);
    Layout {
        title,
        organization: report.organization.clone(),
        page: build.page,
        page_number: template.style.page_number,
        blocks,
    }
}

struct Build<'a> {
    report: &'a Report,
    template: &'a Template,
    page: Page,
    /// How much wider the type area is than the template's.
    stretch: f64,
    /// The heads of value columns side by side; one `None` for a form's own.
    scopes: Vec<Option<&'a str>>,
    extras: Vec<ExtraRow<'a>>,
}

impl<'a> Build<'a> {
    fn new(report: &'a Report, template: &'a Template, options: LayoutOptions) -> Self {
        let page = if options.landscape { turned(template.page) } else { template.page };
        let width = |page: &Page| page.width - page.left - page.right;
        // In a matrix, the columns of extra rows are columns of the form.
        let scopes = if template.is_matrix() { vec![None] } else { report.columns() };
        Self {
            report,
            template,
            page,
            stretch: width(&page) / width(&template.page),
            scopes,
            extras: extra::rows(report, template),
        }
    }

    fn width(&self) -> f64 {
        self.page.width - self.page.left - self.page.right
    }

    fn title(&self) -> String {
        match &self.report.title {
            Some(title) => title.clone(),
            None => self.fill(&self.template.title),
        }
    }

    /// Fills `{year}` and `{organization}`; what is not known leaves nothing behind but 年度 without its year.
    fn fill(&self, pattern: &str) -> String {
        let year = self.report.year.map(|year| year.to_string()).unwrap_or_default();
        pattern.replace("{year}", &year).replace("{organization}", self.report.organization.as_deref().unwrap_or(""))
    }

    fn line(&self, kind: LineKind, style: TextStyle, space_before: f64, parts: Vec<LinePart>) -> Block {
        Block::Line(Line { kind, parts, style, space_before, height: style.size * MM_PER_POINT * LINE_HEIGHT })
    }

    fn attachment(&self, mark: &str) -> Block {
        let part = LinePart { text: mark.to_owned(), x: 0.0, width: self.width(), align: Align::Left };
        self.line(LineKind::Attachment, self.template.style.attachment, 0.0, vec![part])
    }

    /// A title that is too long for one line breaks where the template says.
    fn title_lines(&self, title: &str, blocks: &mut Vec<Block>) {
        let style = self.template.style.title;
        let fits = text_width(title, style, &EastAsianWidth) <= self.width() * TITLE_ROOM;
        let (first, second) = match title.find(self.template.title_break.as_str()) {
            Some(at) if !fits && at > 0 => (&title[..at], &title[at..]),
            _ => (title, ""),
        };
        for (index, text) in [first, second].into_iter().filter(|text| !text.is_empty()).enumerate() {
            let part = LinePart { text: text.to_owned(), x: 0.0, width: self.width(), align: Align::Center };
            let space_before = if index == 0 && self.template.attachment.is_some() { 5.0 } else { 0.0 };
            blocks.push(self.line(LineKind::Title, style, space_before, vec![part]));
        }
    }

    /// A heading in the report's text above a table.
    fn heading(&self, text: &str) -> Block {
        let style = self.template.style.heading.unwrap_or(self.template.style.section);
        let part = LinePart { text: text.to_owned(), x: 0.0, width: self.width(), align: Align::Left };
        let height = style.size * MM_PER_POINT * LINE_HEIGHT + HEADING_SPACE;
        Block::Line(Line { kind: LineKind::Heading, parts: vec![part], style, space_before: HEADING_SPACE, height })
    }

    /// 填报单位 and the year; none for a form without that line.
    fn organization_line(&self) -> Option<Block> {
        if self.template.organization_line.is_empty() && self.template.year_line.is_empty() {
            return None;
        }
        let year = self.report.year.map(|_| self.fill(&self.template.year_line)).unwrap_or_default();
        let half = self.width() * 0.75;
        let parts = vec![
            LinePart { text: self.fill(&self.template.organization_line), x: 0.0, width: half, align: Align::Left },
            LinePart { text: year, x: half, width: self.width() - half, align: Align::Right },
        ];
        let style = self.template.style.line;
        // The line stands clear of the table below it.
        let height = style.size * MM_PER_POINT * LINE_HEIGHT + 3.0;
        Some(Block::Line(Line { kind: LineKind::Organization, parts, style, space_before: 3.0, height }))
    }

    fn filing_lines(&self, blocks: &mut Vec<Block>) {
        if self.report.filing.is_empty() {
            return;
        }
        let fields = &self.template.filing;
        let lines = fields.iter().map(|field| field.line).max().unwrap_or(0);
        let most = (1..=lines).map(|line| fields.iter().filter(|field| field.line == line).count()).max();
        let width = self.width() / most.unwrap_or(1).max(1) as f64;
        for line in 1..=lines {
            let parts = fields.iter().filter(|field| field.line == line).enumerate().map(|(index, field)| {
                let value = self.report.filing.field(&field.name).unwrap_or(&field.blank);
                let text = format!("{}：{value}", field.label);
                LinePart { text, x: index as f64 * width, width, align: Align::Left }
            });
            let space_before = if line == 1 { 3.0 } else { 2.0 };
            blocks.push(self.line(LineKind::Filing, self.template.style.line, space_before, parts.collect()));
        }
    }
}

/// A sheet turned so that the head of its tables lies at the edge where it is bound. Source: GB/T 9704-2012, 7.5.
fn turned(page: Page) -> Page {
    let Page { width, height, top, right, bottom, left, .. } = page;
    Page { width: height, height: width, top: left, right: top, bottom: right, left: bottom, ..page }
}
