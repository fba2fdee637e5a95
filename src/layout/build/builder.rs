//! Builds a form: the lines outside the tables, and the tables in between.
//!
//! In: a template and a [`FormKey`]. Out: a [`Form`]. Called by [`super::layout`]. `table` builds the tables.

use std::sync::Arc;

use super::columns::groups;
use super::form_key::{FilingLine, FormKey, RowKind};
use super::lines::{filing_box, filing_lines, has_organization_line, organization_boxes};
use super::paper::{page, type_width};
use crate::layout::text::MM_PER_POINT;
use crate::layout::{Align, Block, Filling, Form, LineKind, LineLayout, LinePart};
use crate::template::{Page, SharedTemplate, TextStyle};
use crate::text::words::words;

/// The distance between lines outside the tables, relative to the font size, as in the published forms.
const LINE_HEIGHT: f64 = 1.3;

/// The space above and below a heading, in mm.
const HEADING_SPACE: f64 = 3.0;

/// Makes a form from its key.
pub(super) struct FormBuilder<'a> {
    pub(super) template: &'a SharedTemplate,
    pub(super) form_key: &'a FormKey,
    pub(super) page: Page,
    /// The number of texts and values that have a slot so far.
    texts: usize,
    pub(super) values: usize,
}

impl<'a> FormBuilder<'a> {
    pub(super) fn new(template: &'a SharedTemplate, form_key: &'a FormKey) -> Self {
        Self { template, form_key, page: page(template, form_key.landscape), texts: 0, values: 0 }
    }

    pub(super) fn form(mut self) -> Form {
        let mut blocks = Vec::new();
        blocks.extend(self.template.attachment().map(|mark| self.attachment(mark)));
        self.title_lines(&mut blocks);
        blocks.extend(self.organization_line());
        for group in groups(self.template, self.form_key.value_columns.len()) {
            let heading = self.template.tables()[group.start].heading.as_deref();
            blocks.extend(heading.map(|heading| self.heading(heading)));
            blocks.push(Block::Table(self.table(group, heading)));
        }
        self.filing_lines(&mut blocks);
        blocks.extend(self.form_key.note.then(|| self.note()));
        let mut form = Form::new(self.page, self.template.style().page_number, blocks);
        form.template = Some(Arc::clone(self.template));
        form.indicators = self.indicators();
        form
    }

    /// The indicator of each value, in the order of the values.
    fn indicators(&self) -> Vec<Option<Arc<str>>> {
        let mut indicators = Vec::new();
        for row in &self.form_key.rows {
            let table = &self.template.tables()[row.table];
            match row.kind {
                RowKind::Own(at) if row.values > 0 => {
                    let own = || table.own_columns().iter().map(|column| table.indicator_id(&table.rows[at], column));
                    let all = self.form_key.value_columns.iter().flat_map(|_| own());
                    indicators.extend(all.map(|id| Some(Arc::from(id))));
                }
                _ => indicators.extend(std::iter::repeat_n(None, row.values)),
            }
        }
        indicators
    }

    fn text(&mut self) -> Filling<String> {
        self.texts += 1;
        Filling::Slot(self.texts - 1)
    }

    fn line(&self, kind: LineKind, style: TextStyle, space_before: f64, parts: Vec<LinePart>) -> Block {
        let height = style.size * MM_PER_POINT * LINE_HEIGHT;
        Block::Line(LineLayout { kind, parts, style, space_before, height, lines: 1 })
    }

    fn attachment(&self, mark: &str) -> Block {
        let part = LinePart {
            text: Filling::Fixed(mark.to_owned()),
            x: 0.0,
            width: type_width(&self.page),
            align: Align::Left,
        };
        self.line(LineKind::Attachment, self.template.style().attachment, 0.0, vec![part])
    }

    fn title_lines(&mut self, blocks: &mut Vec<Block>) {
        for index in 0..self.form_key.title_lines {
            let part = LinePart { text: self.text(), x: 0.0, width: type_width(&self.page), align: Align::Center };
            let space_before = if index == 0 { self.above_title() } else { 0.0 };
            blocks.push(self.line(LineKind::Title, self.template.style().title, space_before, vec![part]));
        }
    }

    /// The space that puts the title of an attachment on the third line of the type area, which has 22 lines. Source:
    /// GB/T 9704-2012, 7.3.6.
    fn above_title(&self) -> f64 {
        let (page, style) = (&self.page, self.template.style());
        if self.template.attachment().is_none() {
            return 0.0;
        }
        let third = (page.height - page.top - page.bottom) / 22.0 * 2.5;
        let above = (style.attachment.size + style.title.size / 2.0) * MM_PER_POINT * LINE_HEIGHT;
        (third - above).max(0.0)
    }

    /// A heading above a table.
    fn heading(&self, text: &str) -> Block {
        let style = self.template.style().heading.unwrap_or(self.template.style().section);
        let part = LinePart {
            text: Filling::Fixed(text.to_owned()),
            x: 0.0,
            width: type_width(&self.page),
            align: Align::Left,
        };
        let height = style.size * MM_PER_POINT * LINE_HEIGHT + HEADING_SPACE;
        Block::Line(LineLayout {
            kind: LineKind::Heading,
            parts: vec![part],
            style,
            space_before: HEADING_SPACE,
            height,
            lines: 1,
        })
    }

    /// The line with 填报单位 and the year, if the form has one.
    fn organization_line(&mut self) -> Option<Block> {
        if !has_organization_line(self.template) {
            return None;
        }
        let [organization, year] = organization_boxes(self.template, &self.page);
        let parts = vec![self.part(organization, Align::Left), self.part(year, Align::Right)];
        let style = self.template.style().line;
        // Leave space between this line and the table.
        let lines = self.form_key.organization_lines;
        let height = lines as f64 * style.size * MM_PER_POINT * LINE_HEIGHT + 3.0;
        Some(Block::Line(LineLayout { kind: LineKind::Organization, parts, style, space_before: 3.0, height, lines }))
    }

    /// What the marks of unreadable and missing values mean.
    fn note(&self) -> Block {
        let text = Filling::Fixed(words().mark_note.clone());
        let part = LinePart { text, x: 0.0, width: type_width(&self.page), align: Align::Left };
        self.line(LineKind::Note, self.template.style().line, 2.0, vec![part])
    }

    fn filing_lines(&mut self, blocks: &mut Vec<Block>) {
        let style = self.template.style().line;
        let (_, most) = filing_lines(self.template);
        for (index, FilingLine { fields, lines }) in self.form_key.filing.iter().copied().enumerate() {
            let most = if fields == 1 { 1 } else { most };
            let place = |at| filing_box(self.template, &self.page, at, most);
            let places: Vec<_> = (0..fields).map(place).collect();
            let parts = places.into_iter().map(|place| self.part(place, Align::Left)).collect();
            let space_before = if index == 0 { 3.0 } else { 2.0 };
            let height = lines as f64 * style.size * MM_PER_POINT * LINE_HEIGHT;
            blocks.push(Block::Line(LineLayout { kind: LineKind::Filing, parts, style, space_before, height, lines }));
        }
    }

    /// A part of a line with a text of the report. `place` is its start and width in mm.
    fn part(&mut self, (x, width): (f64, f64), align: Align) -> LinePart {
        LinePart { text: self.text(), x, width, align }
    }
}
