//! The TOML of a template of lists, as a person would write it.

use std::fmt::Write as _;

use super::file::TemplateFile;
use super::form::Template;
use super::table::{Column, Row, Table, ValueKind};

/// The TOML of a template of lists, as a person would write it.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
/// use xxgk::template::to_toml_string;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/shapes/001-pingtanqu-2011-pre2014.txt")?;
/// let template = engine.infer(&engine.read(&bytes, &ReadOptions::default())?)?;
/// assert!(to_toml_string(&template).contains("[[table.row]]") || !template.tables()[0].rows.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn to_toml_string(template: &Template) -> String {
    let file = template.file();
    let mut writer = Writer(String::new());
    writer.titles(file);
    writer.page(file);
    writer.styles(file);
    writer.filing(file);
    for table in &file.tables {
        writer.table(table);
    }
    for rule in &file.rules {
        let rule = toml::to_string(rule).expect("a rule has only texts, lists and numbers");
        writer.text(&format!("\n[[rule]]\n{rule}"));
    }
    writer.0
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

struct Writer(String);

impl Writer {
    fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn key(&mut self, key: &str, value: &str) {
        writeln!(self.0, "{key} = {value}").expect("a string takes all");
    }

    fn titles(&mut self, file: &TemplateFile) {
        self.key("id", &quoted(&file.id));
        self.key("name", &quoted(&file.name));
        self.key("name_en", &quoted(&file.name_en));
        self.key("years", &quoted(&file.years));
        self.key("source", &quoted(&file.source));
        self.text("\n");
        self.key("title", &quoted(&file.title));
        self.key("title_break", &quoted(&file.title_break));
        self.key("organization_line", &quoted(&file.organization_line));
        self.key("year_line", &quoted(&file.year_line));
        self.key("group_prefix", &quoted(&file.group_prefix));
        let indents: Vec<String> = file.indents.iter().map(f64::to_string).collect();
        self.key("indents", &format!("[{}]", indents.join(", ")));
    }

    fn page(&mut self, file: &TemplateFile) {
        let page = &file.page;
        self.text("\n# Millimetres, but line_width in points.\n[page]\n");
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
            self.key(key, &value.to_string());
        }
    }

    fn styles(&mut self, file: &TemplateFile) {
        let style = &file.style;
        self.text("\n[style]\n");
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
            self.key(key, &format!("{{ font = {}, size = {} }}", quoted(value.font.as_str()), value.size));
        }
        self.text("\n[workbook_fonts]\n");
        for (role, name) in &file.workbook_fonts {
            self.key(role.as_str(), &quoted(name));
        }
    }

    fn filing(&mut self, file: &TemplateFile) {
        for field in &file.filing {
            self.text("\n[[filing]]\n");
            self.key("name", &quoted(&field.name));
            self.key("label", &quoted(&field.label));
            if !field.aliases.is_empty() {
                let aliases: Vec<String> = field.aliases.iter().map(|alias| quoted(alias)).collect();
                self.key("aliases", &format!("[{}]", aliases.join(", ")));
            }
            if !field.blank.is_empty() {
                self.key("blank", &quoted(&field.blank));
            }
            self.key("line", &field.line.to_string());
            if field.optional {
                self.key("optional", "true");
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.text("\n[[table]]\n");
        self.key("id", &quoted(&table.id));
        if let Some(label) = &table.label {
            self.key("label", &column(label));
        }
        if let Some(unit) = &table.unit {
            self.key("unit", &column(unit));
        }
        self.text("column = [\n");
        for own in &table.columns {
            self.text(&format!("  {},\n", column(own)));
        }
        self.text("]\nrow = [\n");
        for own in &table.rows {
            self.text(&format!("  {},\n", row(own)));
        }
        self.text("]\n");
    }
}

fn column(column: &Column) -> String {
    format!("{{ head = {}, width = {} }}", quoted(&column.header), column.width)
}

fn row(row: &Row) -> String {
    let mut fields = vec![format!("id = {}", quoted(&row.id))];
    if row.level > 0 {
        fields.push(format!("level = {}", row.level));
    }
    fields.push(format!("label = {}", quoted(&row.label)));
    fields.extend(row.unit.as_deref().map(|unit| format!("unit = {}", quoted(unit))));
    match row.kind {
        ValueKind::Count => {}
        ValueKind::Heading => fields.push("kind = \"heading\"".to_owned()),
        ValueKind::Decimal => fields.push("kind = \"decimal\"".to_owned()),
        ValueKind::Signed => fields.push("kind = \"signed\"".to_owned()),
    }
    fields.extend(row.parent.as_deref().map(|parent| format!("parent = {}", quoted(parent))));
    format!("{{ {} }}", fields.join(", "))
}
