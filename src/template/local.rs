//! Templates of tables that no known form describes: made from the rows themselves.
//!
//! In: labels, units and headers, found in a document ([`crate::recognize`]) or held in a [`Report`]. Out: a
//! [`Template`] on the paper of the shipped 2014 form, and its TOML as a person would write it.

use std::fmt::Write as _;

use super::{Column, Kind, Row, Table, Template, shipped};
use crate::report::Report;
use crate::text::fold::fold;
use crate::text::label;

/// A row of a table of no known form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalRow {
    /// The label as it stands, its ordinal included.
    pub label: String,
    /// The unit; none for a heading.
    pub unit: Option<String>,
    /// The place of the row it belongs to.
    pub parent: Option<usize>,
}

/// The headers of a table of no known form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalHeads {
    /// Above the labels.
    pub label: Option<String>,
    /// Above the units.
    pub unit: Option<String>,
    /// Above the figures, a header for each column.
    pub columns: Vec<String>,
}

/// The id of a template that is made and not kept.
pub const ID: &str = "local";

/// A template of rows and headers. Rows that a shipped form has under the same label get its ids.
pub fn template(title: Option<&str>, rows: &[LocalRow], headers: &LocalHeads) -> Template {
    let base = &shipped().0[0];
    let own = &base.tables[0];
    let mut ids: Vec<String> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let known = known_id(&row.label).filter(|id| row.unit.is_some() && !ids.contains(id));
        ids.push(known.unwrap_or_else(|| format!("row_{}", index + 1)));
    }
    let level = |mut index: usize| {
        let mut level = 0;
        while let Some(parent) = rows[index].parent.filter(|parent| *parent < index) {
            (index, level) = (parent, level + 1);
        }
        level
    };
    let levels: Vec<usize> = (0..rows.len()).map(level).collect();
    let depth = levels.iter().max().copied().unwrap_or(0);
    let template_rows = rows.iter().enumerate().map(|(index, row)| Row {
        id: ids[index].clone(),
        label: row.label.clone(),
        unit: row.unit.clone(),
        kind: match row.unit.as_deref() {
            None => Kind::Heading,
            Some(unit) if unit.ends_with('元') => Kind::Decimal,
            Some(_) => Kind::Count,
        },
        level: levels[index],
        parent: row.parent.filter(|parent| *parent < index).map(|parent| ids[parent].clone()),
        ..Row::default()
    });
    let header = |text: &Option<String>, column: &Column| Column {
        header: text.clone().unwrap_or_else(|| column.header.clone()),
        aliases: Vec::new(),
        ..column.clone()
    };
    let units =
        own.unit.as_ref().filter(|_| rows.iter().any(|row| row.unit.as_deref().is_some_and(|unit| !unit.is_empty())));
    let columns: Vec<Column> = match headers.columns.as_slice() {
        [] => own.columns.clone(),
        several => several.iter().map(|text| header(&Some(text.clone()), &own.columns[0])).collect(),
    };
    let mut label = own.label.as_ref().map(|label| header(&headers.label, label));
    if let Some(label) = &mut label {
        label.width -= own.columns[0].width * (columns.len() - 1) as f64;
        label.width = label.width.max(56.0);
    }
    let table = Table {
        label,
        unit: units.map(|unit| header(&headers.unit, unit)),
        columns,
        rows: template_rows.collect(),
        ..own.clone()
    };
    Template {
        id: ID.to_owned(),
        name: title.unwrap_or("统计表").to_owned(),
        name_en: "a local table".to_owned(),
        years: String::new(),
        source: String::new(),
        attachment: None,
        indents: (0..=depth).map(|level| level as f64 * 2.0).collect(),
        heading_mark: String::new(),
        rules: super::Rules::default(),
        claims: std::sync::OnceLock::new(),
        indicators: super::Indicators::default(),
        tables: vec![table],
        ..Template::clone(base)
    }
}

/// The template of a report that no known form describes.
pub fn of_report(report: &Report) -> Template {
    let mut rows: Vec<LocalRow> = Vec::new();
    let mut paths: Vec<Vec<String>> = Vec::new();
    let mut seen = Vec::new();
    for value in &report.values {
        if seen.contains(&&value.id) {
            continue;
        }
        seen.push(&value.id);
        // Headings have no value of their own, but stand in the paths of what is below them.
        for length in 1..=value.path.len() {
            let path = &value.path[..length];
            let last = length == value.path.len();
            let known = paths.iter().rposition(|known| known == path);
            if known.is_some() && !last {
                continue;
            }
            let parent = paths.iter().rposition(|known| known == &path[..length - 1]);
            let label = value.label.clone().filter(|_| last).unwrap_or_else(|| path[length - 1].clone());
            let unit = if last { Some(value.unit.clone().unwrap_or_default()) } else { None };
            rows.push(LocalRow { label, unit, parent });
            paths.push(path.to_vec());
        }
    }
    let headers = LocalHeads {
        columns: report.columns().into_iter().flatten().map(str::to_owned).collect(),
        ..LocalHeads::default()
    };
    let mut template = template(report.title.as_deref(), &rows, &headers);
    // The report's own ids, so that its values are found again.
    let ids = seen.iter().filter_map(|id| id.as_deref());
    let table = &mut template.tables[0];
    for (row, id) in table.rows.iter_mut().filter(|row| row.kind != Kind::Heading).zip(ids) {
        row.id = id.to_owned();
        row.parent = None;
    }
    template
}

/// The id of the only shipped row with the same words.
fn known_id(text: &str) -> Option<String> {
    let words = fold(label::without_ordinal(text));
    let rows =
        shipped().0.iter().filter(|template| !template.is_matrix()).flat_map(|template| &template.tables[0].rows);
    let is_called_so = |row: &&Row| {
        let official = fold(&row.label);
        let wordings = label::wordings(&official[label::ordinal_length(&official)..], &row.aliases);
        wordings.iter().any(|wording| wording.words == words)
    };
    let mut ids: Vec<&str> =
        rows.filter(|row| row.kind != Kind::Heading).filter(is_called_so).map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.as_slice() {
        [id] => Some((*id).to_owned()),
        _ => None,
    }
}

/// The TOML of a template of lists, as a person would write it.
pub fn to_toml_string(template: &Template) -> String {
    let mut text = String::new();
    let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
    let line =
        |text: &mut String, key: &str, value: &str| writeln!(text, "{key} = {value}").expect("a string takes all");
    line(&mut text, "id", &quoted(&template.id));
    line(&mut text, "name", &quoted(&template.name));
    line(&mut text, "name_en", &quoted(&template.name_en));
    line(&mut text, "years", &quoted(&template.years));
    line(&mut text, "source", &quoted(&template.source));
    text.push('\n');
    for (key, value) in [
        ("title", &template.title),
        ("title_break", &template.title_break),
        ("organization_line", &template.organization_line),
        ("year_line", &template.year_line),
        ("group_prefix", &template.group_prefix),
    ] {
        line(&mut text, key, &quoted(value));
    }
    let indents: Vec<String> = template.indents.iter().map(f64::to_string).collect();
    line(&mut text, "indents", &format!("[{}]", indents.join(", ")));
    let page = &template.page;
    text.push_str("\n# Millimetres, but line_width in points.\n[page]\n");
    for (key, value) in [
        ("width", page.width),
        ("height", page.height),
        ("top", page.top),
        ("right", page.right),
        ("bottom", page.bottom),
        ("left", page.left),
        ("row_height", page.row_height),
        ("padding", page.padding),
        ("line_width", page.line_width),
        ("page_number_drop", page.page_number_drop),
    ] {
        line(&mut text, key, &value.to_string());
    }
    let style = &template.style;
    text.push_str("\n[style]\n");
    for (key, value) in [
        ("attachment", style.attachment),
        ("title", style.title),
        ("line", style.line),
        ("head", style.header),
        ("section", style.section),
        ("label", style.label),
        ("value", style.value),
        ("page_number", style.page_number),
    ] {
        line(&mut text, key, &format!("{{ font = {}, size = {} }}", quoted(value.font.as_str()), value.size));
    }
    text.push_str("\n[workbook_fonts]\n");
    for (role, name) in &template.workbook_fonts {
        line(&mut text, role.as_str(), &quoted(name));
    }
    for field in &template.filing {
        text.push_str("\n[[filing]]\n");
        line(&mut text, "name", &quoted(&field.name));
        line(&mut text, "label", &quoted(&field.label));
        if !field.aliases.is_empty() {
            let aliases: Vec<String> = field.aliases.iter().map(|alias| quoted(alias)).collect();
            line(&mut text, "aliases", &format!("[{}]", aliases.join(", ")));
        }
        if !field.blank.is_empty() {
            line(&mut text, "blank", &quoted(&field.blank));
        }
        line(&mut text, "line", &field.line.to_string());
    }
    for table in &template.tables {
        let column = |column: &Column| format!("{{ head = {}, width = {} }}", quoted(&column.header), column.width);
        text.push_str("\n[[table]]\n");
        line(&mut text, "id", &quoted(&table.id));
        if let Some(label) = &table.label {
            line(&mut text, "label", &column(label));
        }
        if let Some(unit) = &table.unit {
            line(&mut text, "unit", &column(unit));
        }
        text.push_str("column = [\n");
        for own in &table.columns {
            writeln!(text, "  {},", column(own)).expect("a string takes all");
        }
        text.push_str("]\nrow = [\n");
        for row in &table.rows {
            let mut fields = vec![format!("id = {}", quoted(&row.id))];
            if row.level > 0 {
                fields.push(format!("level = {}", row.level));
            }
            fields.push(format!("label = {}", quoted(&row.label)));
            fields.extend(row.unit.as_deref().map(|unit| format!("unit = {}", quoted(unit))));
            match row.kind {
                Kind::Count => {}
                Kind::Heading => fields.push("kind = \"heading\"".to_owned()),
                Kind::Decimal => fields.push("kind = \"decimal\"".to_owned()),
                Kind::Signed => fields.push("kind = \"signed\"".to_owned()),
            }
            fields.extend(row.parent.as_deref().map(|parent| format!("parent = {}", quoted(parent))));
            writeln!(text, "  {{ {} }},", fields.join(", ")).expect("a string takes all");
        }
        text.push_str("]\n");
    }
    text
}
