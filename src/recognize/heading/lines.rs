//! The lines of text around a table.
//!
//! In: cells of the stream. Out: [`TextLine`]s. Called by the other files of [`super`].

use crate::document::Location;
use crate::recognize::stream::StreamCell;
use crate::text::words::words;

/// Lines this far above a table may have its title, its year and its signatures. The headers of a table of one cell a line
/// are above its first label, and the title is above them.
pub(super) const LINES_ABOVE: usize = 24;

/// A line of text around a table.
pub(super) struct TextLine<'t> {
    pub(super) text: &'t str,
    pub(super) at: &'t Location,
}

pub(super) fn lines<'t>(cells: &'t [StreamCell<'_>]) -> Vec<TextLine<'t>> {
    let cells = cells.iter().filter(|cell| !cell.cell.is_blank());
    cells.map(|cell| TextLine { text: without_marks(&cell.cell.text), at: &cell.cell.at }).collect()
}

/// A line without the marks of a Markdown heading: `## 一、总体情况`, `**标题**`.
fn without_marks(text: &str) -> &str {
    let text = text.trim();
    let bare = text.trim_start_matches('#').trim_start();
    let bare = if bare.len() < text.len() { bare.trim_end_matches('#').trim_end() } else { text };
    bare.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")).map_or(bare, str::trim)
}

/// The last part of a breadcrumb such as `首页 > 政务公开 > 年报`; any other text as it is.
pub(super) fn last_crumb(text: &str) -> &str {
    let ends = words().breadcrumb_marks.iter().filter(|mark| text.contains(mark.as_str()));
    let ends = ends.filter_map(|mark| Some(text.rfind(mark.as_str())? + mark.len()));
    ends.max().map_or(text, |end| text[end..].trim())
}
