//! Puts the text of a complete report around its tables.
//!
//! In: a [`Layout`] and a [`ReportText`]. Out: a [`Layout`] of the whole report. Documents and pages get a line for each
//! paragraph, which programs break; paper gets lines that are broken already.

use std::sync::Arc;

use super::block::{Align, Block, Filling, LineKind, LineLayout, LinePart};
use super::form::Form;
use super::report_layout::Layout;
use super::text::{EastAsianWidth, MM_PER_POINT, break_lines};
use crate::report_text::{Paragraph, ParagraphKind, ReportText};
use crate::template::{FontRole, TextStyle};

/// The indent of a paragraph, in hanzi.
const INDENT: usize = 2;

/// The space right of the signature, in hanzi.
const SIGNATURE_SPACE: f64 = 4.0;

/// The space above the signature, in lines.
const SIGNATURE_ABOVE: f64 = 1.0;

/// The layout of a report with its text. `breaks_lines` asks for lines instead of paragraphs.
pub(crate) fn with_text(layout: Layout, text: &ReportText, breaks_lines: bool) -> Layout {
    let own = &layout.form;
    let builder = TextBuilder {
        text,
        width: own.page.width - own.page.left - own.page.right,
        heading: own
            .template
            .as_deref()
            .map_or(TextStyle { font: FontRole::Heading, size: text.body.size }, |template| {
                template.style().heading.unwrap_or(template.style().section)
            }),
        breaks_lines,
    };
    let is_table = |block: &Block| match block {
        Block::Table(_) => true,
        Block::Line(line) => line.kind == LineKind::Heading,
    };
    let tables = own.blocks.iter().position(is_table).unwrap_or(own.blocks.len());
    let mut blocks = own.blocks[..tables].to_vec();
    text.before.iter().enumerate().for_each(|(at, paragraph)| builder.paragraph(paragraph, at == 0, &mut blocks));
    blocks.extend_from_slice(&own.blocks[tables..]);
    let signed = text.after.iter().position(|paragraph| paragraph.kind == ParagraphKind::Signature);
    for (at, paragraph) in text.after.iter().enumerate() {
        builder.paragraph(paragraph, signed == Some(at), &mut blocks);
    }
    let mut form = Form::new(own.page, own.page_number, blocks);
    form.template = own.template.clone();
    form.indicators.clone_from(&own.indicators);
    form.text_families = Some([text.body.family.clone(), text.point.family.clone()]);
    Layout { form: Arc::new(form), ..layout }
}

struct TextBuilder<'t> {
    text: &'t ReportText,
    /// The width of the type area, in mm.
    width: f64,
    heading: TextStyle,
    breaks_lines: bool,
}

impl TextBuilder<'_> {
    /// The height of a line, in mm.
    fn height(&self) -> f64 {
        self.text.line * MM_PER_POINT
    }

    fn paragraph(&self, paragraph: &Paragraph, has_space: bool, blocks: &mut Vec<Block>) {
        let style = TextStyle { font: FontRole::Body, size: self.text.body.size };
        let space = if has_space { SIGNATURE_ABOVE * self.height() } else { 0.0 };
        match paragraph.kind {
            ParagraphKind::Section => {
                let part = self.part(paragraph.text.clone(), 0.0, self.width, Align::Left);
                blocks.push(self.line(LineKind::Section, self.heading, vec![part], 0.0));
            }
            ParagraphKind::Signature => {
                let width = self.width - SIGNATURE_SPACE * style.size * MM_PER_POINT;
                let part = self.part(paragraph.text.clone(), 0.0, width, Align::Right);
                blocks.push(self.line(LineKind::Signature, style, vec![part], space));
            }
            ParagraphKind::Body if self.breaks_lines => self.lines(paragraph, style, space, blocks),
            ParagraphKind::Body => {
                let texts = [&paragraph.heading, &paragraph.text].into_iter().filter(|text| !text.is_empty());
                let parts: Vec<LinePart> =
                    texts.map(|text| self.part(text.clone(), 0.0, self.width, Align::Left)).collect();
                blocks.push(self.line(LineKind::Paragraph, style, parts, space));
            }
        }
    }

    /// The lines of a paragraph.
    fn lines(&self, paragraph: &Paragraph, style: TextStyle, space: f64, blocks: &mut Vec<Block>) {
        let indent = "　".repeat(INDENT);
        let text = format!("{indent}{}{}", paragraph.heading, paragraph.text);
        for (at, range) in break_lines(&text, style, self.width, &EastAsianWidth).into_iter().enumerate() {
            let (kind, x) = match at {
                0 => (LineKind::Paragraph, INDENT as f64 * style.size * MM_PER_POINT),
                _ => (LineKind::Continued, 0.0),
            };
            let text = text[range].trim_start_matches('　').to_owned();
            let part = self.part(text, x, self.width - x, Align::Left);
            blocks.push(self.line(kind, style, vec![part], if at == 0 { space } else { 0.0 }));
        }
    }

    fn part(&self, text: String, x: f64, width: f64, align: Align) -> LinePart {
        LinePart { text: Filling::Fixed(text), x, width, align }
    }

    fn line(&self, kind: LineKind, style: TextStyle, parts: Vec<LinePart>, space_before: f64) -> Block {
        Block::Line(LineLayout { kind, parts, style, space_before, height: self.height(), lines: 1 })
    }
}
