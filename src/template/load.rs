//! Templates from TOML text, and the shipped ones.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use toml::Spanned;

use super::{Rule, RuleKind, Rules, SharedTemplate, Template, extend};
use crate::error::{Error, ErrorKind, Result};
use crate::report::Filing;

/// The templates that recognition may choose from.
#[derive(Clone, Debug, Default)]
pub struct Templates(pub Vec<SharedTemplate>);

impl Templates {
    /// The template of an id.
    pub fn find(&self, id: &str) -> Option<&SharedTemplate> {
        self.0.iter().find(|template| template.id == id)
    }

    /// The template of an id.
    ///
    /// # Errors
    /// [`ErrorKind::TemplateNotFound`] lists the ids there are.
    pub fn get(&self, id: &str) -> Result<&SharedTemplate> {
        self.find(id).ok_or_else(|| {
            let found: Vec<_> = self.0.iter().map(|template| template.id.as_str()).collect();
            Error::new(ErrorKind::TemplateNotFound).with("wanted", id).with("found", found.join(", "))
        })
    }
}

/// A shipped template, and what the build makes of it.
struct Shipped {
    file: &'static str,
    toml: &'static str,
    /// All but the rules, as JSON.
    form: &'static str,
    /// The rules, as JSON.
    rules: &'static str,
}

impl Shipped {
    fn template(&self) -> Template {
        let form: Template = serde_json::from_str(self.form).expect("the shipped templates are tested");
        Template { rules: Rules::from_shipped_json(self.rules), ..form }
    }
}

macro_rules! shipped {
    ($id:literal) => {
        Shipped {
            file: concat!($id, ".toml"),
            toml: include_str!(concat!("../../templates/", $id, ".toml")),
            form: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".json")),
            rules: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".rules.json")),
        }
    };
}

/// The shipped templates.
const SHIPPED: [Shipped; 4] = [shipped!("2014"), shipped!("2014-extended"), shipped!("2019"), shipped!("2021")];

/// The templates shipped with the library.
pub fn shipped() -> &'static Templates {
    static TEMPLATES: LazyLock<Templates> =
        LazyLock::new(|| Templates(SHIPPED.iter().map(|shipped| Arc::new(shipped.template())).collect()));
    &TEMPLATES
}

/// The TOML of a shipped template, to be shown or copied.
pub fn shipped_toml(id: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|shipped| shipped.file.strip_suffix(".toml") == Some(id)).map(|shipped| shipped.toml)
}

/// Reads a template and checks that it is whole.
///
/// # Errors
/// [`ErrorKind::Template`] with `file:line` and what is wrong there: a key nobody knows, an id given twice, a parent or
/// a rule's operand that is no row, a filing field the model does not have.
pub fn from_toml_str(text: &str, file: &str) -> Result<Template> {
    if let Some(form) = extend::extended(text) {
        return from_extended(form, text, file);
    }
    let template: Template = toml::from_str(text)
        .map_err(|error| wrong(text, file, error.span().map_or(0, |span| span.start), error.message()))?;
    match check(&template) {
        Ok(()) => Ok(template),
        Err((spot, detail)) => Err(wrong(text, file, place(text, spot), &detail)),
    }
}

/// Reads a template that changes a shipped one. What is wrong is looked for in the text by its words.
fn from_extended(form: std::result::Result<toml::Table, (String, String)>, text: &str, file: &str) -> Result<Template> {
    let at = |words: &str| text.find(words).filter(|_| !words.is_empty()).unwrap_or(0);
    let form = form.map_err(|(words, detail)| wrong(text, file, at(&words), &detail))?;
    let template: Template = form.try_into().map_err(|error: toml::de::Error| {
        let unknown = error.message().split('`').nth(1).unwrap_or_default().to_owned();
        wrong(text, file, at(&unknown), error.message())
    })?;
    check(&template).map_err(|(spot, detail)| {
        let code = match spot {
            Spot::Rule(rule) => template.rules[rule].code.as_str(),
            Spot::Row(..) | Spot::Column(_) | Spot::Filing(_) => "",
        };
        wrong(text, file, at(code), &detail)
    })?;
    Ok(template)
}

fn wrong(text: &str, file: &str, at: usize, detail: &str) -> Error {
    let line = text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
    let detail = detail.lines().collect::<Vec<_>>().join("; ");
    Error::new(ErrorKind::Template).with("detail", format!("{file}:{line}: {detail}"))
}

/// The part of a template that is wrong.
enum Spot {
    Row(usize, usize),
    Column(usize),
    Rule(usize),
    Filing(usize),
}

/// Where a part stands in the text. The text is read once more for that, since only a wrong template needs it.
fn place(text: &str, spot: Spot) -> usize {
    type Parts = Vec<Spanned<serde::de::IgnoredAny>>;
    #[derive(Deserialize)]
    struct Table {
        row: Parts,
        column: Parts,
    }
    #[derive(Deserialize)]
    struct Places {
        table: Vec<Table>,
        #[serde(default)]
        rule: Parts,
        #[serde(default)]
        filing: Parts,
    }
    let Ok(places) = toml::from_str::<Places>(text) else { return 0 };
    let part = match spot {
        Spot::Row(table, row) => places.table.get(table).and_then(|table| table.row.get(row)),
        Spot::Column(table) => places.table.get(table).and_then(|table| table.column.last()),
        Spot::Rule(rule) => places.rule.get(rule),
        Spot::Filing(field) => places.filing.get(field),
    };
    part.map_or(0, |part| part.span().start)
}

fn check(template: &Template) -> Result<(), (Spot, String)> {
    let mut ids = HashSet::new();
    for (t, table) in template.tables.iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            let wrong = |detail| Err((Spot::Row(t, r), detail));
            if !row.id.is_empty() && !ids.insert(row.id.as_str()) {
                return wrong(format!("the id {:?} is given twice", row.id));
            }
            if row.level >= template.indents.len() {
                return wrong(format!("level {} has no indent", row.level));
            }
            if row.label.trim().is_empty() && (table.label.is_some() || table.rows.len() > 1) {
                return wrong(format!("the row {:?} has no label", row.id));
            }
            if row.id.is_empty() && !table.is_matrix() {
                return wrong(format!("the row {:?} has no id", row.label));
            }
            if row.stubs.len() > table.stubs.len() {
                return wrong(format!("the row {:?} has more stubs than the table", row.id));
            }
        }
        let identified = table.columns.iter().filter(|column| column.id.is_some()).count();
        if table.columns.is_empty() || (identified > 0 && identified != table.columns.len()) {
            return Err((Spot::Column(t), "either every value column has an id or none".to_owned()));
        }
    }
    for (t, table) in template.tables.iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            if let Some(parent) = row.parent.as_deref().filter(|parent| !ids.contains(parent)) {
                return Err((Spot::Row(t, r), format!("the parent {parent:?} of {:?} is no row", row.id)));
            }
            if ancestors(template, &row.id) > template.indents.len() {
                return Err((Spot::Row(t, r), format!("the parents of {:?} go in a circle", row.id)));
            }
        }
    }
    let mut indicators = HashSet::new();
    for indicator in template.indicators() {
        let (t, r, _) = indicator.place;
        if !indicators.insert(indicator.id.clone()) {
            return Err((Spot::Row(t, r), format!("two figures have the id {:?}", indicator.id)));
        }
    }
    for (index, rule) in template.rules.iter().enumerate() {
        let table = rule.table.as_ref().filter(|id| template.tables.iter().all(|table| table.id != **id));
        if let Some(table) = table {
            return Err((Spot::Rule(index), format!("rule {} names the table {table:?}, which is none", rule.code)));
        }
        if let Some(detail) = wrong_rule(rule) {
            return Err((Spot::Rule(index), format!("rule {} {detail}", rule.code)));
        }
    }
    if let Some((rule, id)) = template.unknown_operand() {
        let code = &template.rules[rule].code;
        return Err((Spot::Rule(rule), format!("rule {code} names {id:?}, which is no indicator")));
    }
    for (index, field) in template.filing.iter().enumerate() {
        if Filing::default().field_mut(&field.name).is_none() {
            return Err((Spot::Filing(index), format!("{:?} is no filing field", field.name)));
        }
    }
    Ok(())
}

/// What a rule's entry lacks or has too much of for its kind.
fn wrong_rule(rule: &Rule) -> Option<&'static str> {
    let of_each_figure = rule.kind.is_of_each_figure();
    let (two_years, share) = (rule.kind == RuleKind::TwoYears, rule.kind == RuleKind::Share);
    match () {
        () if !of_each_figure && rule.table.is_some() != rule.each.is_some() => {
            Some("needs both table and each, or neither")
        }
        () if of_each_figure && rule.each.is_some() => Some("is of each figure by itself and takes no each"),
        () if !of_each_figure && rule.total.is_empty() => Some("has no total"),
        () if !of_each_figure && !two_years && rule.parts.is_empty() => Some("has no parts"),
        () if two_years == rule.last.is_empty() => Some("has last exactly when its kind is two-years"),
        () if !two_years && !rule.minus.is_empty() => Some("has minus, which only two-years takes"),
        () if share != rule.above.is_some() => Some("has above exactly when its kind is share"),
        () if rule.zh.is_some() != rule.en.is_some() => Some("needs both zh and en, or neither"),
        () if rule.mend_zh.is_some() != rule.mend_en.is_some() => Some("needs both mend_zh and mend_en, or neither"),
        () => None,
    }
}

/// How many rows stand above a row, counted no further than a circle shows.
fn ancestors(template: &Template, id: &str) -> usize {
    let mut count = 0;
    let mut parent = template.row(id).and_then(|row| row.parent.as_deref());
    while let Some(above) = parent.filter(|_| count <= template.indents.len()) {
        count += 1;
        parent = template.row(above).and_then(|row| row.parent.as_deref());
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Lang;

    fn message(text: &str) -> String {
        from_toml_str(text, "my.toml").unwrap_err().message(Lang::EN)
    }

    fn edited(from: &str, to: &str) -> String {
        let text = SHIPPED[0].toml;
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    }

    #[test]
    fn shipped_templates_are_whole() {
        for shipped in SHIPPED {
            let template = from_toml_str(shipped.toml, shipped.file).unwrap_or_else(|error| panic!("{error}"));
            let built = shipped.template();
            assert!(check(&built).is_ok());
            assert_eq!(format!("{built:?}"), format!("{template:?}"));
            assert_eq!(format!("{}.toml", template.id), shipped.file);
            assert!(shipped_toml(&template.id).is_some());
        }
        assert_eq!(shipped().find("2014").unwrap().indicators().len(), 61);
        assert_eq!(shipped().find("2014-extended").unwrap().indicators().len(), 74);
        assert_eq!(shipped().find("2019").unwrap().indicators().len(), 22 + 23 * 7 + 15);
        assert_eq!(shipped().find("2021").unwrap().indicators().len(), 10 + 26 * 7 + 15);
    }

    #[test]
    fn a_wrong_template_is_named_by_file_and_line() {
        let line = |part: &str| SHIPPED[0].toml.lines().position(|line| line.contains(part)).unwrap() + 1;
        let unknown = message(&edited("level = 1, label", "colour = 1, label"));
        let place = format!("my.toml:{}:", line("level = 1, label"));
        assert!(unknown.contains(&place) && unknown.contains("colour"), "{unknown}");
        let twice = message(&edited("id = \"responded\"", "id = \"disclosed\""));
        let place = format!("my.toml:{}:", line("id = \"responded\""));
        assert!(twice.contains(&place) && twice.contains("\"disclosed\" is given twice"), "{twice}");
        let parent = message(&edited("parent = \"section_2\"", "parent = \"section_22\""));
        assert!(parent.contains("section_22"), "{parent}");
        let rule = message(&edited("total = [\"closed\"]", "total = [\"closd\"]"));
        assert!(rule.contains("XG102") && rule.contains("closd"), "{rule}");
        let filing = message(&edited("name = \"phone\"", "name = \"fax\""));
        assert!(filing.contains("fax"), "{filing}");
        let syntax = message("id = ");
        assert!(syntax.contains("my.toml:1:"), "{syntax}");
    }

    #[test]
    fn a_template_may_say_only_what_it_changes_in_a_shipped_one() {
        let text = r#"
            extends = "2021"
            id = "2021-anning"
            name = "安宁县表样"
            name_en = "the form of Anning"

            [[rule]]
            code = "XG206"
            severity = "off"

            [[rule]]
            code = "XG122"
            severity = "warning"

            [[rule]]
            code = "AN001"
            kind = "at-most"
            total = ["requests.new.total"]
            parts = ["review.total"]
            severity = "note"
            source = "县办要求"

            [[alias]]
            id = "licences"
            aliases = ["行政审批"]
        "#;
        let template = from_toml_str(text, "my.toml").unwrap();
        let shipped = shipped().find("2021").unwrap();
        assert_eq!((template.id.as_str(), template.rules.len()), ("2021-anning", shipped.rules.len() + 1));
        let severities = |code: &str| {
            template.rules.iter().filter(|rule| rule.code == code).map(|rule| rule.severity).collect::<Vec<_>>()
        };
        assert_eq!(severities("XG206"), [None, None]);
        assert_eq!(severities("XG122"), [Some(crate::finding::Severity::Warning)]);
        assert_eq!(template.rules.last().unwrap().code, "AN001");
        assert_eq!(template.row("licences").unwrap().aliases, ["行政审批"]);

        let wrong = |from: &str, to: &str| message(&text.replace(from, to));
        assert!(
            wrong("review.total", "review.totl").contains("my.toml:16:"),
            "{}",
            wrong("review.total", "review.totl")
        );
        assert!(wrong("\"2021\"", "\"2020\"").contains("my.toml:2:"));
        assert!(wrong("\"licences\"", "\"licenses\"").contains("licenses"));
    }

    #[test]
    fn parents_in_a_circle_are_found() {
        let circle =
            edited("{ id = \"section_1\", level = 0,", "{ id = \"section_1\", parent = \"disclosed\", level = 0,");
        assert!(message(&circle).contains("circle"));
    }

    #[test]
    fn every_sum_relation_has_its_rule() {
        for template in &shipped().0 {
            let sums = template.rules.iter().filter(|rule| rule.kind == RuleKind::Sum && rule.each.is_none());
            for rule in sums.filter(|_| !template.is_matrix()) {
                for part in &rule.parts {
                    let row = template.row(part).unwrap();
                    assert_eq!(row.parent.as_ref(), rule.total.first(), "{part}");
                }
            }
        }
    }
}
