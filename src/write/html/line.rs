//! A line of a page.

use super::draft::Draft;
use super::look::Styles;
use crate::layout::{Align, LineKind, LineLayout};

/// A line, alone or in a caption.
pub(super) fn write_line(draft: &mut Draft, line: &LineLayout, styles: &Styles<'_>) {
    let name = match line.kind {
        LineKind::Heading | LineKind::Section if styles.is_fragment() => "h3",
        LineKind::Heading | LineKind::Section => "h2",
        LineKind::Organization | LineKind::Filing => "div",
        _ => "p",
    };
    let align = line.parts.first().map_or(Align::Left, |part| part.align);
    draft.raw(&format!("<{name}{}>", styles.line(line, align)));
    for (at, part) in line.parts.iter().enumerate() {
        // Each part is a block, so that no program joins it with the next.
        let is_block = name == "div";
        draft.raw(&if is_block { format!("<div{}>", styles.part(part.width, part.align)) } else { String::new() });
        let is_point = line.kind == LineKind::Paragraph && at + 1 < line.parts.len();
        draft.raw(&if is_point { format!("<span{}>", styles.point()) } else { String::new() });
        draft.part(part);
        draft.raw(if is_point { "</span>" } else { "" });
        draft.raw(if is_block { "</div>" } else { "" });
    }
    draft.raw(&format!("</{name}>\n"));
}
