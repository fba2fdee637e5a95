//! The main part of a document: lines and tables in their order.
//!
//! In: a form. Out: its text with slots. `table` makes the tables.

use super::draft::{Draft, Slot, alignment};
use super::footer;
use super::style::{NORMAL, StyleSheet, TITLE, twips};
use super::table;
use super::xml::{NAMESPACES, Xml};
use crate::layout::{Align, Block, Filling, Form, LineKind, LineLayout, LinePart};
use crate::write::form_text::FormText;

/// The height of the paragraph that ends a document after a table, in twentieths of a point.
const LAST_LINE: &str = "20";

/// The text of the main part.
pub(super) fn document(form: &Form, styles: &mut StyleSheet) -> FormText<Slot> {
    let mut draft = Draft { xml: Xml::part(), slots: Vec::new() };
    draft.xml.open("w:document", &NAMESPACES);
    draft.xml.open("w:body", &[]);
    let mut blocks = form.blocks.iter().enumerate().peekable();
    while let Some((at, block)) = blocks.next() {
        match block {
            Block::Line(line) if line.kind == LineKind::Title => {
                // Both lines of a title are one paragraph.
                let mut lines = vec![line];
                while let Some((_, Block::Line(next))) = blocks.peek()
                    && next.kind == LineKind::Title
                {
                    lines.push(next);
                    blocks.next();
                }
                title(&mut draft, &lines, styles);
            }
            Block::Line(line) if matches!(line.kind, LineKind::Paragraph | LineKind::Signature) => {
                text(&mut draft, line, form, styles);
            }
            Block::Line(line) => self::line(&mut draft, line, styles),
            Block::Table(_) => table::table(&mut draft, form, at, styles),
        }
    }
    if matches!(form.blocks.last(), Some(Block::Table(_)) | None) {
        // A document cannot end with a table.
        draft.xml.within("w:p", &[], |xml| {
            xml.within("w:pPr", &[], |xml| {
                xml.val("w:pStyle", NORMAL);
                xml.empty("w:spacing", &[("w:line", LAST_LINE), ("w:lineRule", "exact")]);
            });
        });
    }
    section(&mut draft.xml, form);
    draft.xml.close("w:body");
    draft.xml.close("w:document");
    FormText::new(draft.xml.into_string(), draft.slots)
}

fn filling(draft: &mut Draft, part: &LinePart) {
    match &part.text {
        Filling::Fixed(text) => draft.run(text, None),
        Filling::Slot(slot) => draft.slot(Slot::Text(*slot)),
    }
}

fn title(draft: &mut Draft, lines: &[&LineLayout], styles: &mut StyleSheet) {
    draft.xml.open("w:p", &[]);
    draft.xml.within("w:pPr", &[], |xml| {
        xml.val("w:pStyle", TITLE);
        if let Some(line) = lines.first() {
            styles.set_title(line);
            spacing(xml, line);
        }
    });
    for (at, line) in lines.iter().enumerate() {
        if let Some(LinePart { text: Filling::Slot(text), width, .. }) = at.checked_sub(1).map(|at| &lines[at].parts[0])
        {
            draft.slot(Slot::TitleBreak { text: *text, width: *width, style: line.style });
        }
        line.parts.iter().for_each(|part| filling(draft, part));
    }
    draft.xml.close("w:p");
}

/// Space before and the height of a line.
fn spacing(xml: &mut Xml, line: &LineLayout) {
    let before = twips(line.space_before).to_string();
    xml.empty("w:spacing", &[("w:before", &before)]);
}

fn line(draft: &mut Draft, line: &LineLayout, styles: &mut StyleSheet) {
    draft.xml.open("w:p", &[]);
    draft.xml.within("w:pPr", &[], |xml| {
        xml.val("w:pStyle", styles.line(line));
        if !matches!(line.kind, LineKind::Filing | LineKind::Note) {
            xml.empty("w:keepNext", &[]);
        }
        let tabs: Vec<_> = line.parts.iter().filter_map(tab).collect();
        if !tabs.is_empty() {
            xml.within("w:tabs", &[], |xml| {
                for (kind, at) in &tabs {
                    xml.empty("w:tab", &[("w:val", kind), ("w:pos", &at.to_string())]);
                }
            });
        }
        spacing(xml, line);
        if let [part] = line.parts.as_slice()
            && part.align != Align::Left
        {
            xml.val("w:jc", alignment(part.align));
        }
    });
    for (at, part) in line.parts.iter().enumerate() {
        if at > 0 {
            draft.xml.raw("<w:r><w:tab/></w:r>");
        }
        filling(draft, part);
    }
    draft.xml.close("w:p");
}

/// A paragraph of text, or a line of the signature.
fn text(draft: &mut Draft, line: &LineLayout, form: &Form, styles: &mut StyleSheet) {
    draft.xml.open("w:p", &[]);
    let size = (line.style.size * 20.0).round() as i64;
    draft.xml.within("w:pPr", &[], |xml| {
        xml.val("w:pStyle", styles.line(line));
        spacing(xml, line);
        if line.kind == LineKind::Signature {
            let space = (form.page.width - form.page.left - form.page.right) - line.parts[0].width;
            xml.empty("w:ind", &[("w:right", &twips(space).to_string())]);
            xml.val("w:jc", "right");
        } else {
            // Both: programs that ignore characters use twentieths of a point.
            xml.empty("w:ind", &[("w:firstLine", &(2 * size).to_string()), ("w:firstLineChars", "200")]);
            xml.val("w:jc", "both");
        }
    });
    for (at, part) in line.parts.iter().enumerate() {
        let Filling::Fixed(text) = &part.text else { continue };
        let family = form.text_families.as_ref().filter(|_| at + 1 < line.parts.len());
        match family {
            Some([_, point]) => draft.xml.within("w:r", &[], |xml| {
                xml.within("w:rPr", &[], |xml| xml.empty("w:rFonts", &[("w:eastAsia", point)]));
                xml.text("w:t", &[("xml:space", "preserve")], text);
            }),
            None => draft.run(text, None),
        }
    }
    draft.xml.close("w:p");
}

/// The tab stop of a part that does not begin at the left margin, in twentieths of a point.
fn tab(part: &LinePart) -> Option<(&'static str, i64)> {
    if part.x <= 0.0 {
        return None;
    }
    Some(match part.align {
        Align::Left => ("left", twips(part.x)),
        Align::Center => ("center", twips(part.x + part.width / 2.0)),
        Align::Right => ("right", twips(part.x + part.width)),
    })
}

/// Paper, margins and footers.
fn section(xml: &mut Xml, form: &Form) {
    let page = &form.page;
    let mm = |mm: f64| twips(mm).to_string();
    xml.within("w:sectPr", &[], |xml| {
        xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "rId5")]);
        xml.empty("w:footerReference", &[("w:type", "even"), ("r:id", "rId6")]);
        let mut size = vec![("w:w", mm(page.width)), ("w:h", mm(page.height))];
        if page.width > page.height {
            size.push(("w:orient", "landscape".to_owned()));
        }
        let size: Vec<(&str, &str)> = size.iter().map(|(name, value)| (*name, value.as_str())).collect();
        xml.empty("w:pgSz", &size);
        let footer = footer::distance(page, form.page_number);
        xml.empty(
            "w:pgMar",
            &[
                ("w:top", &mm(page.top)),
                ("w:right", &mm(page.right)),
                ("w:bottom", &mm(page.bottom)),
                ("w:left", &mm(page.left)),
                ("w:header", "850"),
                ("w:footer", &mm(footer)),
                ("w:gutter", "0"),
            ],
        );
    });
}
