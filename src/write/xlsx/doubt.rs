//! Cells whose value is in doubt: unreadable in the source, or not in it.
//!
//! In: a layout with such values. Out: a workbook in which each is filled and has a comment. Called by [`super::write`].

use super::cells::PlacedCell;
use super::draw::CellExtras;
use crate::write::marks;
use crate::error::Result;
use crate::finding::Severity;
use crate::layout::{Content, Layout};
use crate::message::{self, Arguments, Lang};
use crate::report::CellValue;
use crate::template::Template;
use crate::text::words::words;

/// The content of a cell whose value is in doubt.
pub(super) fn content<'l>(layout: &'l Layout, placed: &PlacedCell<'_>) -> Option<&'l Content> {
    let content = &layout.values.get(placed.value?)?.content;
    content.is_in_doubt().then_some(content)
}

/// The workbook of a report with such values.
pub(super) fn workbook(layout: &Layout, template: &Template, lang: Lang, timestamp: Option<i64>) -> Result<Vec<u8>> {
    let extras = |placed: &PlacedCell<'_>| match content(layout, placed) {
        Some(content) => CellExtras {
            fill: super::marked::ground(Severity::Warning),
            note: Some(comment(content, placed, lang)),
            ..CellExtras::default()
        },
        None => CellExtras::default(),
    };
    super::with_sheet(layout, template, |sheet| sheet.draw(timestamp, extras, |_, _| Ok(())))
}

fn comment(content: &Content, placed: &PlacedCell<'_>, lang: Lang) -> String {
    let text = content.text();
    let arguments: Arguments =
        [("text".to_owned(), words().without_mark(&text).unwrap_or_default().to_owned())].into_iter().collect();
    let key = match content {
        Content::Value(CellValue::Missing) => "word.missing_value",
        _ => "word.unreadable_value",
    };
    let comment = message::text(key, lang, &arguments);
    match placed.at {
        Some(at) => format!("{comment}\n\n{}", marks::place(at, lang)),
        None => comment,
    }
}
