//! A page: head, lines and tables in their order.
//!
//! In: a form. Out: its text with slots. The lines directly above a table are its caption.

use super::draft::{Draft, Slot};
use super::line::write_line;
use super::look::{Look, Styles};
use super::table;
use crate::layout::{Align, Block, Form, LineKind, LineLayout};
use crate::write::form_text::FormText;

/// The language of the forms.
const LANGUAGE: &str = "zh-CN";

/// The text of a page or fragment.
pub(super) fn page(form: &Form, look: Look) -> FormText<Slot> {
    let styles = Styles::new(form, look);
    let mut draft = Draft { text: String::new(), slots: Vec::new() };
    if styles.is_fragment() {
        draft.raw(&format!("<div lang=\"{LANGUAGE}\">\n"));
    } else {
        draft.raw(&format!(
            "<!DOCTYPE html>\n<html lang=\"{LANGUAGE}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        ));
        draft.slot(Slot::DocumentTitle).raw("</title>\n<style>").raw(&styles.sheet());
        draft.raw("</style>\n</head>\n<body>\n<main>\n");
    }
    blocks(&mut draft, form, &styles);
    if look == Look::Marked {
        draft.slot(Slot::Findings);
    }
    draft.raw(if styles.is_fragment() { "</div>\n" } else { "</main>\n</body>\n</html>\n" });
    FormText::new(draft.text, draft.slots)
}

fn blocks(draft: &mut Draft, form: &Form, styles: &Styles<'_>) {
    let mut at = 0;
    while let Some(block) = form.blocks.get(at) {
        match block {
            Block::Line(first) if first.kind == LineKind::Title => {
                let lines: Vec<&LineLayout> = lines(form, at).take_while(|line| line.kind == first.kind).collect();
                title(draft, &lines, styles);
                at += lines.len();
            }
            Block::Line(line) => {
                let is_caption = matches!(line.kind, LineKind::Heading | LineKind::Organization);
                if is_caption && matches!(form.blocks.get(at + 1), Some(Block::Table(_))) {
                    table::table(draft, form, at + 1, Some(line), styles);
                    at += 1;
                } else {
                    write_line(draft, line, styles);
                }
                at += 1;
            }
            Block::Table(_) => {
                table::table(draft, form, at, None, styles);
                at += 1;
            }
        }
    }
}

/// The lines from a block on.
fn lines(form: &Form, at: usize) -> impl Iterator<Item = &LineLayout> {
    form.blocks[at..].iter().map_while(|block| match block {
        Block::Line(line) => Some(line),
        Block::Table(_) => None,
    })
}

fn title(draft: &mut Draft, lines: &[&LineLayout], styles: &Styles<'_>) {
    let name = if styles.is_fragment() { "h2" } else { "h1" };
    let attributes = lines.first().map(|line| styles.line(line, Align::Center)).unwrap_or_default();
    draft.raw(&format!("<{name} id=\"{}\"{attributes}>", styles.id("title")));
    for line in lines {
        draft.raw(&format!("<span{}>", styles.title_line()));
        line.parts.iter().for_each(|part| {
            draft.part(part);
        });
        draft.raw("</span>");
    }
    draft.raw(&format!("</{name}>\n"));
}
