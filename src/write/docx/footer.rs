//! Page numbers on the outer side: `— 1 —`, right on odd pages, left on even ones.
//!
//! Source: GB/T 9704-2012, 7.5: one character from the margin.

use super::style::FOOTER;
use super::xml::{NAMESPACES, Xml};
use crate::layout::text::{MM_PER_POINT, dash_height};
use crate::template::{Page, TextStyle};

/// The distance of a footer's lower edge from the foot of the sheet, in mm.
pub(super) fn distance(page: &Page, style: TextStyle) -> f64 {
    // The base line is about a fifth of the line above its lower edge, and the dashes are above the base line.
    (page.bottom - page.page_number_drop - MM_PER_POINT * style.size * 0.2 - dash_height(style)).max(0.0)
}

/// The part with the footer of odd or even pages.
pub(super) fn xml(style: TextStyle, is_even: bool) -> String {
    let mut xml = Xml::part();
    let indent = ((style.size * 20.0).round() as i64).to_string();
    xml.within("w:ftr", &NAMESPACES, |xml| {
        xml.within("w:p", &[], |xml| {
            xml.within("w:pPr", &[], |xml| {
                xml.val("w:pStyle", FOOTER);
                let indents =
                    [("w:left", &*indent), ("w:leftChars", "100"), ("w:right", &*indent), ("w:rightChars", "100")];
                xml.empty("w:ind", &indents);
                xml.val("w:jc", if is_even { "left" } else { "right" });
            });
            run(xml, |xml| xml.text("w:t", &[("xml:space", "preserve")], "— "));
            run(xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "begin")]));
            run(xml, |xml| xml.text("w:instrText", &[("xml:space", "preserve")], " PAGE "));
            run(xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "separate")]));
            run(xml, |xml| xml.text("w:t", &[], if is_even { "2" } else { "1" }));
            run(xml, |xml| xml.empty("w:fldChar", &[("w:fldCharType", "end")]));
            run(xml, |xml| xml.text("w:t", &[("xml:space", "preserve")], " —"));
        });
    });
    xml.into_string()
}

fn run(xml: &mut Xml, content: impl FnOnce(&mut Xml)) {
    xml.within("w:r", &[], content);
}
