//! Fills the slots of a page: texts, values, and what was found about them.
//!
//! In: a slot and a report. Out: HTML.

use super::draft::{Slot, escaped};
use crate::layout::Layout;
use crate::message::{self, Arguments};
use crate::write::marks::{Mark, Marks, note};

/// Appends what a report has in a slot.
pub(super) fn fill(slot: &Slot, layout: &Layout, marks: Option<&Marks<'_>>, out: &mut String) {
    match *slot {
        Slot::DocumentTitle => out.push_str(&escaped(&layout.title.replace('\n', " "))),
        Slot::Text(slot) => out.push_str(&escaped(layout.texts.get(slot).map_or("", String::as_str))),
        Slot::Value(value) => {
            let Some(value) = layout.values.get(value) else { return };
            out.push_str(&escaped(&value.content.text()));
        }
        Slot::Mark(value) => attributes(value, marks, out),
        Slot::Findings => list(marks, out),
    }
}

/// Appends the attributes of the cell of a value.
fn attributes(value: usize, marks: Option<&Marks<'_>>, out: &mut String) {
    if let Some(mark) = marks.and_then(|marks| marks.values.get(&value)) {
        out.push_str(&format!(" data-severity=\"{}\" aria-describedby=\"f{value}\"", mark.severity.as_str()));
    }
}

/// Appends the list of findings.
fn list(marks: Option<&Marks<'_>>, out: &mut String) {
    let Some(marks) = marks.filter(|marks| !marks.values.is_empty() || !marks.elsewhere.is_empty()) else { return };
    let title = message::text("word.findings", marks.lang, &Arguments::new());
    out.push_str(&format!(
        "<section class=\"findings\" lang=\"{}\">\n<h2>{}</h2>\n<ul>\n",
        marks.lang.tag(),
        escaped(&title)
    ));
    let mut values: Vec<(&usize, &Mark)> = marks.values.iter().collect();
    values.sort_unstable_by_key(|(value, _)| **value);
    for (value, mark) in values {
        let texts: Vec<&str> = mark.notes.iter().chain(&mark.place).map(String::as_str).collect();
        out.push_str(&format!("<li id=\"f{value}\">{}</li>\n", escaped(&texts.join("\n"))));
    }
    for finding in &marks.elsewhere {
        out.push_str(&format!("<li>{}</li>\n", escaped(&note(finding, marks.lang))));
    }
    out.push_str("</ul>\n</section>\n");
}
