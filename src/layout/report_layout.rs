//! A form together with the content of one report.
//!
//! In: a [`Form`] and the texts and values for its slots. Out: a [`Layout`], which knows the content of each cell. Made by
//! [`super::layout`], read by the writers.

use std::sync::Arc;

use super::block::{CellLayout, Content, Filling, LinePart, PrintedValue};
use super::form::Form;
use crate::document::Location;

/// Options beyond report and template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LayoutOptions {
    /// Landscape paper. Tables become wider with the type area.
    pub landscape: bool,
}

/// A report's layout: a form and what fills it.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The form, shared with other reports.
    pub form: Arc<Form>,
    /// The title of the document.
    pub title: String,
    /// The organization, for the document's properties.
    pub organization: Option<String>,
    /// Title, organization, year and filing lines, by the form's slots.
    pub texts: Vec<String>,
    /// The report's values, by the form's slots.
    pub values: Vec<PrintedValue>,
}

impl Layout {
    /// The text of a part of a line.
    pub(crate) fn text<'l>(&'l self, part: &'l LinePart) -> &'l str {
        match &part.text {
            Filling::Fixed(text) => text,
            Filling::Slot(slot) => self.texts.get(*slot).map_or("", String::as_str),
        }
    }

    /// The content of a cell.
    pub(crate) fn content<'l>(&'l self, cell: &'l CellLayout) -> &'l Content {
        match &cell.content {
            Filling::Fixed(content) => content,
            Filling::Slot(slot) => self.values.get(*slot).map_or(&Content::BLANK, |value| &value.content),
        }
    }

    /// The location of a cell's content in the user's file.
    pub(crate) fn at(&self, cell: &CellLayout) -> Option<&Location> {
        self.values.get(cell.value?)?.at.as_ref()
    }
}
