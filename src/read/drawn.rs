//! Parts of a document as tests show them.

use crate::document::Part;

/// A paragraph as its text, a table as its cells with their ranges.
pub(super) fn drawn(part: &Part) -> String {
    match part {
        Part::Paragraph(cell) => cell.text.clone(),
        Part::Table(grid) => {
            let cells = grid.cells.iter().map(|(at, cell)| {
                let merged = grid.merged.iter().find(|range| range.first == *at);
                let reach = merged.map_or_else(String::new, |range| format!(":{}", range.last));
                format!("{at}{reach}={}", cell.text.replace('\n', "⏎"))
            });
            format!("[{}]", cells.collect::<Vec<_>>().join(" "))
        }
    }
}
