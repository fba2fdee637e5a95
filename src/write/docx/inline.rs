//! A table without styles, for a document that does not have ours.
//!
//! In: the XML of a table as `table` writes it, and the styles it names. Out: the same table with the properties of the styles
//! in its paragraphs, runs and cells.

use super::style::{Direct, StyleSheet};

/// Replaces the names of styles by their properties.
pub(super) fn inline(table: &str, styles: &StyleSheet) -> String {
    let [borders, margins] = styles.direct_table();
    let (head, rest) = table.split_at(table.find("<w:tblGrid>").unwrap_or(0));
    let mut out = String::with_capacity(table.len() * 2);
    // The order of properties is fixed: borders, layout, margins, caption.
    let (before, behind) = head.split_once("<w:tblLayout w:type=\"fixed\"/>").unwrap_or((head, ""));
    out.push_str(&without_style(before));
    out.extend([&*borders, "<w:tblLayout w:type=\"fixed\"/>", &margins, behind]);
    let rest = rest.replace("</w:tcPr>", "<w:vAlign w:val=\"center\"/></w:tcPr>");
    let mut paragraphs = rest.split("<w:p>");
    out.push_str(paragraphs.next().unwrap_or_default());
    for paragraph in paragraphs {
        out.push_str("<w:p>");
        self::paragraph(paragraph, styles, &mut out);
    }
    out
}

/// Table properties without the name of a style.
fn without_style(properties: &str) -> String {
    match properties.split_once("<w:tblStyle ") {
        Some((before, behind)) => before.to_owned() + behind.split_once("/>").map_or("", |(_, rest)| rest),
        None => properties.to_owned(),
    }
}

/// Appends a paragraph, and what is behind it up to the next.
fn paragraph(text: &str, styles: &StyleSheet, out: &mut String) {
    let parts = text.strip_prefix("<w:pPr><w:pStyle w:val=\"").and_then(|rest| {
        let (id, rest) = rest.split_once("\"/>")?;
        let (own, runs) = rest.split_once("</w:pPr>")?;
        Some((styles.direct(id)?, own, runs))
    });
    let Some((Direct { paragraph, align, run, size }, own, runs)) = parts else {
        out.push_str(text);
        return;
    };
    let (keep, own) = match own.strip_prefix("<w:keepNext/>") {
        Some(own) => ("<w:keepNext/>", own),
        None => ("", own),
    };
    let align = if own.contains("<w:jc ") { String::new() } else { format!("<w:jc w:val=\"{align}\"/>") };
    out.extend(["<w:pPr>", keep, &paragraph, own, &align, "</w:pPr>"]);
    let mut pieces = runs.split("<w:r>");
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        match piece.strip_prefix("<w:rPr>") {
            // A number that is smaller than others has its own size.
            Some(own) => out.extend(["<w:r><w:rPr>", &run, own]),
            None => out.extend(["<w:r><w:rPr>", &run, &size, "</w:rPr>", piece]),
        }
    }
}
