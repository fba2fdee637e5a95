//! Places the items of one page.
//!
//! In: the items of a page and the fitted tables. Out: a [`Page`]. Called by [`super::pages`].

use std::collections::BTreeMap;

use super::fit::{self, Fitted, FittedTable};
use super::flow::{BlockPart, Item};
use super::placed::{Frame, Page, RowPlace, Rule, Slot, SlotBox, Source, TextBox, TextLine};
use crate::layout::text::{MM_PER_POINT, Measure, dash_height, text_width};
use crate::layout::{Align, Block, Filling, Form};
use crate::template::TextStyle;

/// Places the items of a page. `number` counts from 0.
pub(super) fn page(
    form: &Form,
    tables: &[Option<FittedTable>],
    items: &[Item],
    number: usize,
    measure: &dyn Measure,
) -> Page {
    let mut placing = Placing { form, measure, page: Page::default(), edges: Edges::default() };
    let mut y = form.page.top;
    let mut at = 0;
    while let Some(item) = items.get(at) {
        match item.piece {
            BlockPart::Line(block) => {
                if at > 0 || number == 0 {
                    y += item.space_before;
                }
                placing.line(block, y);
                y += item.height;
                at += 1;
            }
            BlockPart::Row(block, first) => {
                let count =
                    items[at..].iter().take_while(|i| matches!(i.piece, BlockPart::Row(b, _) if b == block)).count();
                if let Some(table) = &tables[block] {
                    y = placing.table(block, table, first..first + count, y);
                }
                at += count;
            }
        }
    }
    placing.page.rules = std::mem::take(&mut placing.edges).rules(form.page.line_width);
    placing.page_number(number);
    placing.page
}

struct Placing<'a> {
    form: &'a Form,
    measure: &'a dyn Measure,
    page: Page,
    edges: Edges,
}

impl Placing<'_> {
    fn line(&mut self, block: usize, top: f64) {
        let Block::Line(line) = &self.form.blocks[block] else { return };
        for (part, content) in line.parts.iter().enumerate() {
            let left = self.form.page.left + content.x;
            let frame = Frame { left, width: content.width, top, height: line.height, align: content.align };
            let source = Source::Line { block, part };
            match &content.text {
                Filling::Slot(slot) => self.slot(source, Slot::Text(*slot), line.style, frame, line.lines),
                Filling::Fixed(text) => {
                    let style = fit::one_line(text, line.style, content.width, self.measure);
                    self.text(source, Fitted { style, lines: vec![text.clone()], vertical: false }, frame);
                }
            }
        }
    }

    /// Places rows of a table, with its header rows above if it continues. Returns the lower edge.
    fn table(&mut self, block: usize, table: &FittedTable, rows: std::ops::Range<usize>, top: f64) -> f64 {
        let mut y = top;
        if rows.start >= table.repeated_heads {
            for row in 0..table.repeated_heads {
                self.row(block, table, row, 0..table.repeated_heads, y, true);
                y += table.heights[row];
            }
        }
        let continued = table.merged_over(rows.start).filter(|merged| merged.rows.start < rows.start);
        for merged in continued {
            self.cell(block, table, merged.cell, rows.clone(), y, true);
        }
        for row in rows.clone() {
            self.row(block, table, row, rows.clone(), y, false);
            y += table.heights[row];
        }
        y
    }

    /// Places one row. `rows` are the rows of its table on this page.
    fn row(
        &mut self,
        block: usize,
        table: &FittedTable,
        row: usize,
        rows: std::ops::Range<usize>,
        top: f64,
        repeated: bool,
    ) {
        self.page.rows.push(RowPlace { block, row, repeated, top, height: table.heights[row] });
        for cell in 0..table.cells[row].len() {
            self.cell(block, table, (row, cell), rows.clone(), top, repeated);
        }
    }

    fn cell(
        &mut self,
        block: usize,
        table: &FittedTable,
        (row, number): (usize, usize),
        rows: std::ops::Range<usize>,
        top: f64,
        repeated: bool,
    ) {
        let Block::Table(content) = &self.form.blocks[block] else { return };
        let cell = &content.rows[row].cells[number];
        let end = row.saturating_add(cell.row_span.max(1)).min(rows.end);
        let height = table.heights[row.max(rows.start)..end].iter().sum();
        let (x, width) = table.extent(cell);
        let left = self.form.page.left + x;
        self.edges.frame(left, top, width, height);
        let padding = self.form.page.padding;
        let indent = cell.indent.max(0.0) * fit::size_mm(cell.style);
        let before = if cell.align == Align::Right { padding } else { padding + indent };
        let after = if cell.align == Align::Right { padding + indent } else { padding };
        let width = width - before - after;
        let source = if repeated {
            Source::Repeated { block, row, cell: number }
        } else {
            Source::Cell { block, row, cell: number }
        };
        let frame = Frame { left: left + before, width, top, height, align: cell.align };
        match &cell.content {
            Filling::Slot(slot) => self.slot(source, Slot::Value(*slot), cell.style, frame, 1),
            Filling::Fixed(content) => {
                let mut fitted = table.cells[row][number].clone();
                if fitted.height() > height + fit::TOLERANCE {
                    // The page has only some rows of this merged cell.
                    fitted = fit::shrink(cell, &content.to_text(), fitted.style, width, height, self.measure);
                }
                self.text(source, fitted, frame);
            }
        }
    }

    fn slot(&mut self, source: Source, slot: Slot, style: TextStyle, frame: Frame, lines: usize) {
        let slack = fit::number_slack(self.form.page.padding);
        self.page.slots.push(SlotBox { source, slot, style, frame, lines, slack });
    }

    /// Places lines in the vertical middle of a frame.
    fn text(&mut self, source: Source, fitted: Fitted, frame: Frame) {
        let style = fitted.style;
        let bodies: Vec<f64> =
            fitted.lines.iter().map(|line| text_width(fitted.body(line), style, self.measure)).collect();
        let mut baseline = frame.top + fit::first_baseline(fitted.lines.len(), style, frame.height);
        let mut lines = Vec::with_capacity(fitted.lines.len());
        for (text, width) in fitted.lines.into_iter().zip(bodies) {
            lines.push(TextLine { x: frame.start(width), baseline, text });
            baseline += fit::size_mm(style) * fit::LINE_SPACING;
        }
        self.page.texts.push(TextBox { source, style, lines });
    }

    /// Places `— 1 —` with its dashes below the type area, one character from its edge: right on odd pages, left on even ones.
    fn page_number(&mut self, number: usize) {
        let (page, style) = (&self.form.page, self.form.page_number);
        let text = format!("— {} —", number + 1);
        let inset = style.size * MM_PER_POINT;
        let x = if number.is_multiple_of(2) {
            page.width - page.right - inset - text_width(&text, style, self.measure)
        } else {
            page.left + inset
        };
        let baseline = page.height - page.bottom + page.page_number_drop + dash_height(style);
        let lines = vec![TextLine { x, baseline, text }];
        self.page.texts.push(TextBox { source: Source::PageNumber, style: TextStyle { ..style }, lines });
    }
}

/// The edges of cells, merged so that each stretch is drawn once.
#[derive(Default)]
struct Edges {
    /// Horizontal stretches (left, right) by their height, in µm.
    horizontal: BTreeMap<i64, Vec<(i64, i64)>>,
    /// Vertical stretches (top, bottom) by their distance from the left, in µm.
    vertical: BTreeMap<i64, Vec<(i64, i64)>>,
}

fn micrometres(mm: f64) -> i64 {
    (mm * 1000.0).round() as i64
}

fn millimetres(micrometres: i64) -> f64 {
    micrometres as f64 / 1000.0
}

impl Edges {
    fn frame(&mut self, left: f64, top: f64, width: f64, height: f64) {
        let (left, right) = (micrometres(left), micrometres(left + width));
        let (top, bottom) = (micrometres(top), micrometres(top + height));
        for y in [top, bottom] {
            self.horizontal.entry(y).or_default().push((left, right));
        }
        for x in [left, right] {
            self.vertical.entry(x).or_default().push((top, bottom));
        }
    }

    fn rules(self, width: f64) -> Vec<Rule> {
        let horizontal = self.horizontal.into_iter().flat_map(|(y, stretches)| {
            let y = millimetres(y);
            joined(stretches).into_iter().map(move |(a, b)| ((millimetres(a), y), (millimetres(b), y)))
        });
        let vertical = self.vertical.into_iter().flat_map(|(x, stretches)| {
            let x = millimetres(x);
            joined(stretches).into_iter().map(move |(a, b)| ((x, millimetres(a)), (x, millimetres(b))))
        });
        horizontal.chain(vertical).map(|(from, to)| Rule { from, to, width }).collect()
    }
}

/// Joins stretches that touch.
fn joined(mut stretches: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    stretches.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in stretches {
        match joined.last_mut() {
            // Rounding may separate touching edges by a micrometre.
            Some(last) if from <= last.1 + 1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}
