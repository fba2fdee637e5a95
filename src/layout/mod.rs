//! A report on paper: what stands where, before anything is drawn.
//!
//! In: a [`Report`](crate::report::Report) and its [`Template`](crate::template::Template). Out: a [`Layout`] in two parts: a [`Form`], lines and
//! tables of styled cells with sizes in mm, and what this report fills it with. Reports that differ in nothing but
//! figures, title and names share one form, so that what follows from it (pages, fonts, a document's fixed parts) is
//! made once and kept with it: [`Form::prepared`]. Every writer draws this one layout: the workbook its cells as they
//! are, PDF after [`page`] has broken its form into pages. Nothing is laid out twice.

mod build;
mod form;
pub mod page;
pub mod text;

use std::borrow::Cow;
use std::sync::Arc;

#[cfg(test)]
pub(crate) use build::characters;
pub use build::{layout, values_in_place};
pub use form::Form;

use rust_decimal::Decimal;

use crate::document::Location;
use crate::template::TextStyle;

/// How to lay out, beyond what report and template say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayoutOptions {
    /// The sheet turned, with tables as much wider as the type area is.
    pub landscape: bool,
}

/// Where text stands between the left and right edge of its box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left edge, after the indent.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// What a line outside the tables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// 附件1.
    Attachment,
    /// The title, or one half of a broken one.
    Title,
    /// The heading of a table in the report's text: 二、主动公开政府信息情况.
    Heading,
    /// 填报单位 and the year, above the table.
    Organization,
    /// 单位负责人, 审核人 … below the table.
    Filing,
}

/// What stands in a place of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Filling<T> {
    /// The same in all reports of the form.
    Fixed(T),
    /// Each report's own: one of [`Layout::texts`] in a line, of [`Layout::figures`] in a cell.
    ///
    /// It stands on one line, set smaller where it would be too wide, so that no other place depends on it.
    Slot(usize),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePart {
    /// The text.
    pub text: Filling<String>,
    /// Left edge of its box from the left margin, in mm.
    pub x: f64,
    /// Width of its box in mm.
    pub width: f64,
    /// Where it stands in its box.
    pub align: Align,
}

/// A line of text outside the tables.
#[derive(Clone, Debug, PartialEq)]
pub struct LineLayout {
    /// What it is.
    pub kind: LineKind,
    /// Its pieces from left to right.
    pub parts: Vec<LinePart>,
    /// How it looks.
    pub style: TextStyle,
    /// Space above it, in mm.
    pub space_before: f64,
    /// Its height, in mm.
    pub height: f64,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing.
    Blank,
    /// Text.
    Text(String),
    /// A number with its digits as printed.
    Number(Decimal),
}

impl Content {
    /// The text that prints.
    pub fn to_text(&self) -> String {
        self.text().into_owned()
    }

    /// The text that prints, borrowed where it is text already.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Blank => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(crate::report::digits(*number)),
        }
    }
}

/// What a cell is in its table, for assistive technology.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellRole {
    /// Head of a column.
    ColumnHeader,
    /// Head of a row: its label.
    RowHeader,
    /// A unit or a figure.
    Data,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellLayout {
    /// Its first column in the table, from 0.
    pub column: usize,
    /// Columns it spans, at least 1.
    pub column_span: usize,
    /// Rows it spans, at least 1; cells of the rows below leave its place out.
    pub row_span: usize,
    /// What it holds.
    pub content: Filling<Content>,
    /// The report's figure that it shows, or that its content came with.
    pub figure: Option<usize>,
    /// What it is.
    pub role: CellRole,
    /// How it looks.
    pub style: TextStyle,
    /// Where its text stands; in height it is always in the middle.
    pub align: Align,
    /// Indent of all its lines, in characters of its size.
    pub indent: f64,
    /// Whether its text runs down, a character a line.
    pub vertical: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowLayout {
    /// Its cells from left to right.
    pub cells: Vec<CellLayout>,
    /// Least height, in mm; more lines of text make it higher.
    pub min_height: f64,
    /// Not the last row of a page: a heading stays with what it headers.
    pub keep_with_next: bool,
    /// Its entry in the outline, where it opens a section.
    pub outline: Option<String>,
}

/// One table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableLayout {
    /// What the table is, for assistive technology; the document's title where none.
    pub caption: Option<String>,
    /// Column widths in mm.
    pub widths: Vec<f64>,
    /// How many of the rows are header rows, repeated on each page.
    pub header_rows: usize,
    /// All rows, header rows first.
    pub rows: Vec<RowLayout>,
}

/// Lines and tables in their order on paper.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A line of text.
    Line(LineLayout),
    /// A table.
    Table(TableLayout),
}

/// A figure of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What prints.
    pub content: Content,
    /// Where it stood in the user's file, for findings.
    pub at: Option<Location>,
}

/// A report laid out: its form, and what it fills it with.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Paper, lines and tables, shared with other reports.
    pub form: Arc<Form>,
    /// The document's title.
    pub title: String,
    /// The organization, for the document's properties.
    pub organization: Option<String>,
    /// The texts of its own: title, organization, year, filing lines, in the order of the form's slots.
    pub texts: Vec<String>,
    /// The figures in the order of the form's slots.
    pub figures: Vec<Figure>,
}

impl Layout {
    /// What a piece of a line says.
    pub fn text<'l>(&'l self, part: &'l LinePart) -> &'l str {
        match &part.text {
            Filling::Fixed(text) => text,
            Filling::Slot(slot) => self.texts.get(*slot).map_or("", String::as_str),
        }
    }

    /// What a cell holds.
    pub fn content<'l>(&'l self, cell: &'l CellLayout) -> &'l Content {
        match &cell.content {
            Filling::Fixed(content) => content,
            Filling::Slot(slot) => self.figures.get(*slot).map_or(&Content::Blank, |figure| &figure.content),
        }
    }

    /// Where a cell's content came from in the user's file, for findings.
    pub fn at(&self, cell: &CellLayout) -> Option<&Location> {
        self.figures.get(cell.figure?)?.at.as_ref()
    }

    /// What a table is, for assistive technology.
    pub fn caption<'l>(&'l self, table: &'l TableLayout) -> &'l str {
        table.caption.as_deref().unwrap_or(&self.title)
    }
}
