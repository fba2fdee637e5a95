//! The layout of a report: which text goes where on paper.
//!
//! In: a [`Report`](crate::report::Report) and its [`Template`](crate::template::Template). Out: a [`Layout`]: a
//! [`Form`] (lines and tables of styled cells, in mm) and what this report fills it with. Called by the writers: the
//! workbook writer draws the cells directly, the PDF writer after [`page`] has broken the form into pages.
//!
//! Reports that differ only in values, title and names share one form. What depends on the form alone (pages, font
//! subsets, the fixed parts of a document) is made once and cached with it: [`Form::prepared`].

mod annual;
mod block;
mod build;
mod characters;
mod form;
pub(crate) mod page;
mod report_layout;
pub(crate) mod text;

pub(crate) use annual::with_text;
pub(crate) use block::{
    Align, Block, CellLayout, CellRole, Content, Filling, LineKind, LineLayout, LinePart, PrintedValue, RowLayout,
    TableLayout,
};
pub(crate) use build::{layout, values_in_place};
#[cfg(test)]
pub(crate) use characters::characters;
pub(crate) use form::Form;
pub(crate) use report_layout::{Layout, LayoutOptions};
