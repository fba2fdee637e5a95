//! The characters that any report of a template may print.
//!
//! In: a template. Out: sets of characters by font. Called by [`Form::characters`](crate::layout::Form::characters), so
//! that one font subset serves all reports of a template.

use std::collections::{BTreeMap, BTreeSet};

use crate::template::{Column, FontRole, Template, ValueKind};

/// Characters of numbers and of what is printed instead of a number.
const FIGURES: &str = " 0123456789-./—";

/// All characters of a template's texts by font, including optional rows and values.
pub(crate) fn characters(template: &Template) -> BTreeMap<FontRole, BTreeSet<char>> {
    let style = template.style();
    // Sorting them in the end takes a third of the time of adding each to a set.
    let mut characters: BTreeMap<FontRole, Vec<char>> = BTreeMap::new();
    let mut add = |role: FontRole, text: &str| characters.entry(role).or_default().extend(text.chars());
    let literal = |pattern: &str| pattern.replace("{year}", "0123456789").replace("{organization}", "");
    add(style.value.font, FIGURES);
    add(style.page_number.font, "0123456789 —");
    add(style.title.font, &literal(template.title()));
    template.attachment().iter().for_each(|mark| add(style.attachment.font, mark));
    add(style.line.font, &literal(template.organization_line()));
    add(style.line.font, &literal(template.year_line()));
    for field in template.filing() {
        add(style.line.font, &format!("{}：{}", field.label, field.blank));
    }
    for table in template.tables() {
        // Below a band, headers and labels use the font of values.
        let (header, label) = match table.band {
            Some(_) => (style.value.font, style.value.font),
            None => (style.header.font, style.label.font),
        };
        table.heading.iter().for_each(|heading| add(style.heading.unwrap_or(style.section).font, heading));
        table.band.iter().for_each(|band| add(style.section.font, band));
        let headers =
            |column: &Column| column.groups.iter().cloned().chain([literal(&column.header)]).collect::<String>();
        let columns = table.label.iter().chain(&table.unit).chain(table.own_columns());
        columns.for_each(|column| add(header, &headers(column)));
        for row in &table.rows {
            row.stubs.iter().for_each(|stub| add(style.label.font, stub));
            let section = row.level == 0 && !table.is_matrix();
            add(if section { style.section.font } else { label }, &row.label);
            if table.unit.is_some() {
                row.unit.iter().for_each(|unit| add(style.value.font, unit));
            }
            if row.kind == ValueKind::Heading {
                add(style.value.font, template.heading_mark());
            }
        }
    }
    characters.into_iter().map(|(role, characters)| (role, characters.into_iter().collect())).collect()
}
