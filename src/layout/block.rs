//! Lines and tables of a form.
//!
//! In: nothing; these are plain types. Out: [`Block`]s with styled texts and cells, sizes in mm. Made by [`super::layout`],
//! read by [`super::page`] and the writers.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::document::Location;
use crate::report::CellValue;
use crate::template::TextStyle;
use crate::text::words::words;

/// The horizontal alignment of text in its box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Left, after the indent.
    Left,
    /// Centered.
    Center,
    /// Right.
    Right,
}

/// The purpose of a line outside the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// 附件1.
    Attachment,
    /// The title, or one of its two lines.
    Title,
    /// The heading of a table: 二、主动公开政府信息情况.
    Heading,
    /// 填报单位 and the year, above the table.
    Organization,
    /// 单位负责人, 审核人 … below the table.
    Filing,
    /// What the marks in the tables mean, as a footnote on pages.
    Note,
    /// The heading of a section of text: 一、总体情况.
    Section,
    /// A paragraph of text, or its first line where it is broken into lines. With two parts, the first is its heading.
    Paragraph,
    /// A further line of a paragraph.
    Continued,
    /// The organization and the date at the end of the text.
    Signature,
}

/// The content of a place in a form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filling<T> {
    /// The same content in all reports of the form.
    Fixed(T),
    /// Content of each report: an index into [`Layout::texts`](super::Layout::texts) for a line, into [`Layout::values`](super::Layout::values) for a cell.
    ///
    /// It takes the lines that the form has for it, in a smaller size if necessary, so that it cannot move anything else.
    Slot(usize),
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinePart {
    /// The text.
    pub text: Filling<String>,
    /// The left edge of its box, from the left margin, in mm.
    pub x: f64,
    /// The width of its box, in mm.
    pub width: f64,
    /// The alignment in its box.
    pub align: Align,
}

/// A line of text outside the tables.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LineLayout {
    /// The purpose.
    pub kind: LineKind,
    /// The parts from left to right.
    pub parts: Vec<LinePart>,
    /// Font and size.
    pub style: TextStyle,
    /// Space above it, in mm.
    pub space_before: f64,
    /// Its height, in mm.
    pub height: f64,
    /// How many lines of text it has room for.
    pub lines: usize,
}

/// The content of a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// A label, or the source's own mark for a value that does not apply.
    Text(String),
    /// A value of the report.
    Value(CellValue),
}

impl Content {
    /// Nothing.
    pub(crate) const BLANK: Self = Self::Value(CellValue::Blank);

    /// The number, if it prints one.
    pub(crate) fn number(&self) -> Option<Decimal> {
        if let Self::Value(cell) = self { cell.number() } else { None }
    }

    /// The text of a label or a mark; none for a number and a blank.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Value(CellValue::Unreadable(text)) => Some(text),
            Self::Value(CellValue::NotApplicable) => Some("/"),
            Self::Value(CellValue::Missing) => Some(&words().missing_mark),
            Self::Value(CellValue::Number(_) | CellValue::Blank) => None,
        }
    }

    /// Whether it is the mark of a value that is unreadable or not in the source.
    pub(crate) fn is_in_doubt(&self) -> bool {
        matches!(self, Self::Value(CellValue::Unreadable(_) | CellValue::Missing))
    }

    /// Whether it rather shrinks than breaks: a number, or the mark of a value in doubt.
    pub(crate) fn keeps_one_line(&self) -> bool {
        self.number().is_some() || self.is_in_doubt()
    }

    /// The text to print.
    pub(crate) fn to_text(&self) -> String {
        self.text().into_owned()
    }

    /// The text to print, borrowed if the content is text.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self.number() {
            Some(number) => Cow::Owned(crate::report::digits(number)),
            None => Cow::Borrowed(self.as_str().unwrap_or_default()),
        }
    }
}

/// The role of a cell in its table, for assistive technology.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellRole {
    /// The header of a column.
    ColumnHeader,
    /// The header of a row: its label.
    RowHeader,
    /// A 计量单位 or a value.
    Data,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CellLayout {
    /// The first column, from 0.
    pub column: usize,
    /// The number of columns it spans, at least 1.
    pub column_span: usize,
    /// The number of rows it spans, at least 1. The rows below have no cell in its place.
    pub row_span: usize,
    /// The content.
    pub content: Filling<Content>,
    /// The index of the report's value that it shows, or that its content came with.
    pub value: Option<usize>,
    /// The role.
    pub role: CellRole,
    /// Font and size.
    pub style: TextStyle,
    /// The horizontal alignment. Vertically, text is always centered.
    pub align: Align,
    /// The indent of all lines, in widths of a hanzi.
    pub indent: f64,
    /// Whether the text runs from top to bottom, one character on each line.
    pub vertical: bool,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowLayout {
    /// Its cells from left to right.
    pub cells: Vec<CellLayout>,
    /// The minimum height, in mm. More lines of text make the row higher.
    pub min_height: f64,
    /// Whether the row must not be the last on a page, such as a heading.
    pub keep_with_next: bool,
    /// The entry in the document outline, if the row starts a section.
    pub outline: Option<String>,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableLayout {
    /// What the table contains, for assistive technology. `None` stands for the document's title.
    pub caption: Option<String>,
    /// Column widths, in mm.
    pub widths: Vec<f64>,
    /// The number of header rows. They repeat on each page.
    pub header_rows: usize,
    /// All rows. Header rows come first.
    pub rows: Vec<RowLayout>,
}

/// A line or a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    /// A line of text.
    Line(LineLayout),
    /// A table.
    Table(TableLayout),
}

/// A value of a report as it prints.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PrintedValue {
    /// The content to print.
    pub content: Content,
    /// Its location in the user's file, for findings.
    pub at: Option<Location>,
}
