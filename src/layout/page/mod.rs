//! Breaks a form into pages and places everything on them.
//!
//! In: a [`Form`] and the widths of characters. Out: [`Pages`]: every fixed line of text and every rule with its
//! position in mm, and a frame for each slot, in which [`SlotBox::place`] puts a report's own text. Called by
//! `write::pdf`.
//!
//! Header rows and merged cells that continue on a page are repeated at its top. Each box names its part of the form,
//! so that a writer can tell repeated parts from the others.

mod breaks;
mod fit;
mod place;

pub(crate) use fit::LEAST_NUMBER;

use std::borrow::Cow;

use crate::document::Location;
use crate::finding::Finding;
use crate::layout::text::{Measure, text_width};
use crate::layout::{Block, Content, Figure, Form, Layout, LineKind, RowLayout, TableLayout};
use crate::template::TextStyle;

/// The part of a form that a box shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A part of a line: `Form::blocks[block]`, `LineLayout::parts[part]`.
    Line {
        /// The line.
        block: usize,
        /// The part.
        part: usize,
    },
    /// A cell, at its first position.
    Cell {
        /// The table.
        block: usize,
        /// The row.
        row: usize,
        /// The index of the cell in its row.
        cell: usize,
    },
    /// A cell that is repeated: in a header row, or merged across a page break.
    Repeated {
        /// The table.
        block: usize,
        /// The row.
        row: usize,
        /// The index of the cell in its row.
        cell: usize,
    },
    /// The page number.
    PageNumber,
}

/// One line of text on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct TextLine {
    /// The left end, from the left edge of the page, in mm.
    pub x: f64,
    /// The baseline, from the top edge of the page, in mm.
    pub baseline: f64,
    /// The text.
    pub text: String,
}

/// The text of one part of the form on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBox {
    /// The part of the form.
    pub source: Source,
    /// Font and size.
    pub style: TextStyle,
    /// The lines from top to bottom. Empty for a blank.
    pub lines: Vec<TextLine>,
}

/// A slot of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// One of [`Layout::texts`].
    Text(usize),
    /// One of [`Layout::figures`].
    Figure(usize),
}

/// The position of a slot on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlotBox {
    /// The part of the form.
    pub source: Source,
    /// The content of the report that goes here.
    pub slot: Slot,
    /// The font, and the size if the text fits.
    pub style: TextStyle,
    frame: place::Frame,
    /// How much wider than the frame a number may be, in mm.
    slack: f64,
}

impl SlotBox {
    /// The report's text for this slot.
    pub fn text<'l>(&self, layout: &'l Layout) -> Cow<'l, str> {
        match self.slot {
            Slot::Text(slot) => layout.texts.get(slot).map_or("", String::as_str).into(),
            Slot::Figure(slot) => layout.figures.get(slot).map_or("".into(), |figure| figure.content.text()),
        }
    }

    fn is_number(&self, layout: &Layout) -> bool {
        let Slot::Figure(slot) = self.slot else { return false };
        matches!(layout.figures.get(slot), Some(Figure { content: Content::Number(_), .. }))
    }

    /// Places a report's text on one line, in a smaller size if it is too wide.
    pub fn place(&self, layout: &Layout, measure: &dyn Measure) -> TextBox {
        let text = self.text(layout);
        if text.is_empty() {
            return TextBox { source: self.source, style: self.style, lines: Vec::new() };
        }
        let slack = if self.is_number(layout) { self.slack } else { 0.0 };
        let (needed, room) = (text_width(&text, self.style, measure), self.frame.width + slack);
        // Slightly smaller, so that rounding cannot make it too wide.
        let part: f64 = if needed > room && room > 0.0 { room / needed * 0.999 } else { 1.0 };
        let part = part.min(self.frame.height / (fit::size_mm(self.style) * fit::LINE_SPACING));
        let style = TextStyle { size: self.style.size * part, ..self.style };
        let baseline = self.frame.top + fit::first_baseline(1, style, self.frame.height);
        let lines = vec![TextLine { x: self.frame.start(needed * part), baseline, text: text.into_owned() }];
        TextBox { source: self.source, style, lines }
    }

    /// A finding if the text is much smaller than its style.
    pub fn finding(&self, placed: &TextBox, layout: &Layout) -> Option<Finding> {
        let small = placed.style.size < self.style.size * fit::LEAST_TEXT;
        (small && matches!(self.slot, Slot::Figure(_))).then(|| too_small(self.source, placed.style.size, layout))
    }
}

/// A straight rule, in mm from the top left corner of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The left or upper end.
    pub from: (f64, f64),
    /// The right or lower end.
    pub to: (f64, f64),
    /// The thickness, in points.
    pub width: f64,
}

/// A table row on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowPlace {
    /// The table.
    pub block: usize,
    /// The row.
    pub row: usize,
    /// Whether it is a repeated header row.
    pub repeated: bool,
    /// The upper edge, from the top edge of the page, in mm.
    pub top: f64,
    /// The height, in mm.
    pub height: f64,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// All fixed text in reading order, then the page number.
    pub texts: Vec<TextBox>,
    /// The slots in reading order.
    pub slots: Vec<SlotBox>,
    /// The rules of the tables, each drawn once.
    pub rules: Vec<Rule>,
    /// The table rows from top to bottom.
    pub rows: Vec<RowPlace>,
}

/// A form on pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pages {
    /// The pages.
    pub pages: Vec<Page>,
    /// Parts of the form that had to be much smaller than their style, with their size in points.
    small: Vec<(Source, f64)>,
}

impl Pages {
    /// One `XG402` for each fixed text that is much smaller than its style, with its location in the user's file.
    pub fn findings(&self, layout: &Layout) -> Vec<Finding> {
        self.small.iter().map(|(source, size)| too_small(*source, *size, layout)).collect()
    }
}

fn too_small(source: Source, size: f64, layout: &Layout) -> Finding {
    Finding::new("XG402").with("size", format!("{size:.1}")).at(source.at(layout).cloned())
}

impl Source {
    /// The location of a part in the user's file. A label has the location of its row's values.
    pub fn at(self, layout: &Layout) -> Option<&Location> {
        let (Self::Cell { block, row, cell } | Self::Repeated { block, row, cell }) = self else { return None };
        let Some(Block::Table(table)) = layout.form.blocks.get(block) else { return None };
        let cells = &table.rows.get(row)?.cells;
        layout.at(cells.get(cell)?).or_else(|| cells.iter().find_map(|cell| layout.at(cell)))
    }
}

/// Breaks a form into pages.
///
/// No row is split, and no heading ends a page. Of all ways with the fewest pages, this takes the one that fills all
/// pages but the last, leaves the last well filled, and breaks before a section if that costs little.
pub fn pages(form: &Form, measure: &dyn Measure) -> Pages {
    let height = type_area(form);
    let mut small = Vec::new();
    let mut tables: Vec<Option<fit::FittedTable>> = Vec::with_capacity(form.blocks.len());
    for (block, content) in form.blocks.iter().enumerate() {
        let Block::Table(table) = content else {
            tables.push(None);
            continue;
        };
        let note = |row, cell, size| small.push((Source::Cell { block, row, cell }, size));
        tables.push(Some(fit::table(table, form, height, measure, note)));
    }
    let flow = flow(form, &tables);
    let has_merged = tables.iter().flatten().any(|table| !table.merged.is_empty());
    let ranges = breaks::pages(&flow, height, &|range| if has_merged { strain(&tables, &flow, range) } else { 0 });
    let pages = ranges
        .into_iter()
        .enumerate()
        .map(|(number, range)| place::page(form, &tables, &flow[range], number, measure))
        .collect();
    Pages { pages, small }
}

/// How much deeper a row counts for each merged label that continues from the row above, in characters of indent.
const MERGED_DEPTH: f64 = 4.0;

/// The height of the type area, in mm.
fn type_area(form: &Form) -> f64 {
    (form.page.height - form.page.top - form.page.bottom).max(1.0)
}

/// A line or row of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockPart {
    Line(usize),
    Row(usize, usize),
}

/// An item that is not split: a line or a table row.
#[derive(Clone, Copy, Debug)]
struct Item {
    piece: BlockPart,
    space_before: f64,
    height: f64,
    /// The height of the header rows above it if it comes first on a page.
    headers: f64,
    keep_with_next: bool,
    /// How deep it is inside its section, in characters of indent. `None` if a break before it costs nothing.
    depth: Option<f64>,
}

/// All items in order. Lines before a table stay with its first row, filing lines with its last.
fn flow(form: &Form, tables: &[Option<fit::FittedTable>]) -> Vec<Item> {
    let mut items = Vec::new();
    for (block, content) in form.blocks.iter().enumerate() {
        match (content, &tables[block]) {
            (Block::Line(line), _) => items.push(Item {
                piece: BlockPart::Line(block),
                space_before: line.space_before.max(0.0),
                height: line.height.max(0.0),
                headers: 0.0,
                keep_with_next: block + 1 < form.blocks.len(),
                depth: None,
            }),
            (Block::Table(table), Some(fitted)) => {
                let next = form.blocks.get(block + 1);
                let line_follows = matches!(next, Some(Block::Line(line)) if line.kind == LineKind::Filing);
                let last = table.rows.len().saturating_sub(1);
                items.extend(table.rows.iter().enumerate().map(|(row, content)| Item {
                    piece: BlockPart::Row(block, row),
                    space_before: 0.0,
                    height: fitted.heights[row],
                    headers: if row < fitted.repeated_heads { 0.0 } else { fitted.heads_height() },
                    keep_with_next: content.keep_with_next
                        || row < header_rows(table)
                        || opens_section(table, row)
                        || (row == last && line_follows),
                    depth: match &content.outline {
                        Some(_) => None,
                        None => Some(depth(fitted, row, content)),
                    },
                }));
            }
            (Block::Table(_), None) => {}
        }
    }
    items
}

/// How deep a row is inside its section: its indent, plus the merged labels that continue from the row above.
fn depth(fitted: &fit::FittedTable, row: usize, content: &RowLayout) -> f64 {
    let indent = content.cells.first().map_or(0.0, |cell| cell.indent.clamp(0.0, 8.0));
    let goes_on = fitted.merged_over(row).filter(|merged| merged.rows.start < row).count();
    indent + MERGED_DEPTH * goes_on as f64
}

/// Whether a row starts a section with rows below it, even if it has values itself.
fn opens_section(table: &TableLayout, row: usize) -> bool {
    let opens = |row: usize| table.rows.get(row).map(|row| row.outline.is_some());
    opens(row) == Some(true) && opens(row + 1) == Some(false)
}

fn header_rows(table: &TableLayout) -> usize {
    table.header_rows.min(table.rows.len())
}

/// How many merged cells have too little space for their text on a page with these items.
fn strain(tables: &[Option<fit::FittedTable>], flow: &[Item], range: std::ops::Range<usize>) -> u32 {
    let items = &flow[range];
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return 0 };
    let mut crossing = 0;
    for (end, items) in [(first.piece, items), (last.piece, items)] {
        let BlockPart::Row(block, row) = end else { continue };
        let Some(table) = &tables[block] else { continue };
        for merged in table.merged_over(row) {
            let room: f64 = items
                .iter()
                .filter(|item| matches!(item.piece, BlockPart::Row(b, r) if b == block && merged.rows.contains(&r)))
                .map(|item| item.height)
                .sum();
            if room + fit::TOLERANCE < merged.height {
                crossing += 1;
            }
        }
    }
    crossing
}

#[cfg(test)]
mod tests;
