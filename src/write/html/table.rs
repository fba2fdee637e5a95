//! The tables of a page.
//!
//! In: a table of a form. Out: a `<table>` with slots. Each cell names its headers by their ids, because merged headers and
//! bands are more than `scope` can say.

use super::draft::{Draft, Slot};
use super::headers::{Header, headers, is_header_row};
use super::line::write_line;
use super::look::{Look, Styles};
use crate::layout::page::{label_lines, stays_with_next};
use crate::layout::text::EastAsianWidth;
use crate::layout::{Block, CellLayout, CellRole, Filling, Form, LineLayout, TableLayout};

/// Writes a table with its caption: the lines directly above it.
pub(super) fn table(draft: &mut Draft, form: &Form, block: usize, caption: Option<&LineLayout>, styles: &Styles<'_>) {
    let Some(Block::Table(table)) = form.blocks.get(block) else { return };
    let name = if caption.is_some() { format!("c{block}") } else { "title".to_owned() };
    let name = styles.id(&name);
    draft.raw(&format!("<div{} role=\"region\" tabindex=\"0\" aria-labelledby=\"{name}\">\n", styles.scroller()));
    draft.raw(&format!("<table{}>\n", styles.table(table)));
    if let Some(line) = caption {
        draft.raw(&format!("<caption id=\"{name}\"{}>", styles.caption()));
        write_line(draft, line, styles);
        draft.raw("</caption>\n");
    }
    draft.raw("<colgroup>");
    let all: f64 = table.widths.iter().sum();
    for width in &table.widths {
        draft.raw(&format!("<col style=\"width:{:.2}%\">", width / all * 100.0));
    }
    draft.raw("</colgroup>\n");
    let head = table.header_rows.min(table.rows.len());
    let mut open = if head > 0 { "thead" } else { "tbody" };
    draft.raw(&format!("<{open}>\n"));
    for at in 0..table.rows.len() {
        // Joined tables are sections of one.
        let begins = at > 0 && (at == head || (at > head && is_header_row(table, at) && !is_header_row(table, at - 1)));
        if begins {
            draft.raw(&format!("</{open}>\n<tbody>\n"));
            open = "tbody";
        }
        row(draft, form, block, table, at, styles);
    }
    draft.raw(&format!("</{open}>\n</table>\n</div>\n"));
}

fn row(draft: &mut Draft, form: &Form, block: usize, table: &TableLayout, at: usize, styles: &Styles<'_>) {
    let row = &table.rows[at];
    draft.raw(&format!("<tr{}>", styles.row(row, stays_with_next(form, block, at))));
    let id = |(row, cell): Header| styles.id(&format!("h{block}-{row}-{cell}"));
    for (index, cell) in row.cells.iter().enumerate() {
        let name = if cell.role == CellRole::Data { "td" } else { "th" };
        draft.raw(&format!("<{name}"));
        match cell.role {
            CellRole::ColumnHeader => draft.raw(&format!(" id=\"{}\" scope=\"col\"", id((at, index)))),
            CellRole::RowHeader => draft.raw(&format!(" id=\"{}\" scope=\"row\"", id((at, index)))),
            CellRole::Data => draft,
        };
        if cell.role == CellRole::Data {
            let headers: Vec<String> = headers(table, at, cell).into_iter().map(id).collect();
            if !headers.is_empty() {
                draft.raw(&format!(" headers=\"{}\"", headers.join(" ")));
            }
        }
        for (name, span) in [("colspan", cell.column_span), ("rowspan", cell.row_span)] {
            if span > 1 {
                draft.raw(&format!(" {name}=\"{span}\""));
            }
        }
        draft.raw(&styles.cell(cell));
        if let (Look::Marked, Some(value), CellRole::Data) = (styles.look, cell.value, cell.role) {
            draft.slot(Slot::Mark(value));
        }
        draft.raw(">");
        content(draft, form, table, cell, styles);
        draft.raw(&format!("</{name}>"));
    }
    draft.raw("</tr>\n");
}

fn content(draft: &mut Draft, form: &Form, table: &TableLayout, cell: &CellLayout, styles: &Styles<'_>) {
    let width = table.widths.iter().skip(cell.column).take(cell.column_span.max(1)).sum::<f64>();
    let width = width - 2.0 * form.page.padding;
    match &cell.content {
        Filling::Fixed(content) => {
            let text = content.text();
            if cell.vertical {
                draft.raw(&format!("<span{}>", styles.vertical())).text(&text).raw("</span>");
                return;
            }
            let lines = label_lines(cell, &text, cell.style, width, &EastAsianWidth).filter(|lines| lines.len() > 1);
            match lines {
                Some(lines) => lines.iter().for_each(|line| {
                    draft.raw(&format!("<span{}>", styles.word())).text(line).raw("</span>");
                }),
                None => {
                    draft.text(&text);
                }
            }
        }
        Filling::Slot(value) => {
            draft.slot(Slot::Value(*value));
        }
    }
}
