//! Which parts of a document are searched for tables together.
//!
//! In: a [`Document`]. Out: ranges of its parts. Called by [`super::Recognizer`]. The text boxes over a worksheet belong to it:
//! they have its title, or a table of it.

use std::ops::Range;

use crate::document::{Document, Location, Part};

/// Parts that belong together: each worksheet alone, everything else in one run. Hidden worksheets are left out.
pub(super) fn groups(document: &Document) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    // The worksheet of the last group, and whether its cells are in it.
    let mut open: Option<(Option<&str>, bool)> = None;
    for (index, part) in document.parts.iter().enumerate() {
        if is_hidden(part) {
            open = open.filter(|(sheet, _)| sheet.is_none());
            continue;
        }
        let (sheet, is_grid) = sheet_of(part);
        let is_same =
            open.is_some_and(|(last, has_grid)| last == sheet && !(has_grid && is_grid)) && !groups.is_empty();
        match groups.last_mut().filter(|_| is_same) {
            Some(group) => group.end = index + 1,
            None => groups.push(index..index + 1),
        }
        open = Some((sheet, is_grid || (is_same && open.is_some_and(|(_, has_grid)| has_grid))));
    }
    groups
}

/// The worksheet of a part, and whether the part is its cells.
fn sheet_of(part: &Part) -> (Option<&str>, bool) {
    match part {
        Part::Table(grid) => (grid.name.as_deref(), grid.name.is_some()),
        Part::Paragraph(cell) => match &cell.at {
            Location::Sheet { sheet, .. } => (Some(sheet), false),
            _ => (None, false),
        },
    }
}

/// Whether a part is a hidden worksheet.
pub(super) fn is_hidden(part: &Part) -> bool {
    matches!(part, Part::Table(grid) if grid.hidden)
}

/// The worksheet of a group.
pub(super) fn sheet_name<'d>(document: &'d Document, group: &Range<usize>) -> Option<&'d str> {
    sheet_of(&document.parts[group.start]).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Cell, CellRef, Grid};

    #[test]
    fn text_boxes_belong_to_the_worksheet_that_they_lie_over() {
        let grid =
            |name: Option<&str>, hidden| Part::Table(Grid { name: name.map(Into::into), hidden, ..Grid::default() });
        let of = |sheet: &str| {
            Part::Paragraph(Cell::text("a", Location::Sheet { sheet: sheet.into(), cell: CellRef::default() }))
        };
        let line = || Part::Paragraph(Cell::text("b", Location::Paragraph { paragraph: 1 }));
        let sheets =
            [of("甲"), grid(Some("甲"), false), of("甲"), grid(Some("乙"), false), grid(Some("丙"), true), of("丁")];
        let document = Document { parts: sheets.into(), ..Document::default() };
        assert_eq!(groups(&document), [0..3, 3..4, 5..6]);
        assert_eq!(sheet_name(&document, &(0..3)), Some("甲"));
        let document = Document { parts: vec![line(), grid(None, false), line()], ..Document::default() };
        assert_eq!(groups(&document).as_slice(), std::slice::from_ref(&(0..3)));
        let same = vec![grid(Some("甲"), false), grid(Some("甲"), false)];
        assert_eq!(groups(&Document { parts: same, ..Document::default() }), [0..1, 1..2]);
    }
}
