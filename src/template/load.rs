//! Templates from TOML text.

use serde::Deserialize;
use toml::Spanned;

use super::extend;
use super::file::TemplateFile;
use super::form::Template;
use super::validate::{Spot, problem, validate};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Phrase;

/// Reads a template and checks that it is whole.
///
/// ```
/// use xxgk::template::from_toml_str;
///
/// let text = std::fs::read_to_string("fixtures/variant.toml")?;
/// assert_eq!(from_toml_str(&text, "variant.toml")?.id(), "example-province");
/// let error = from_toml_str(&text.replacen("name = ", "nmae = ", 1), "variant.toml").unwrap_err();
/// assert!(error.to_string().contains("nmae"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Template`] with `file:line` and what is wrong there: a key nobody knows, an id given twice, a parent or
/// a rule's operand that is no row, a filing field the model does not have.
pub fn from_toml_str(text: &str, file: &str) -> Result<Template> {
    if let Some(form) = extend::extended(text) {
        return from_extended(form, text, file);
    }
    let form: TemplateFile = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(text, file, at, of_parser(error.message())).caused_by(error)
    })?;
    let template = Template::new(form);
    match validate(&template) {
        Ok(()) => Ok(template),
        Err((spot, detail)) => Err(wrong(text, file, place(text, spot), detail)),
    }
}

/// Reads a template that changes a shipped one. What is wrong is looked for in the text by its words.
fn from_extended(form: std::result::Result<toml::Table, (String, Phrase)>, text: &str, file: &str) -> Result<Template> {
    let at = |words: &str| text.find(words).filter(|_| !words.is_empty()).unwrap_or(0);
    let form = form.map_err(|(words, detail)| wrong(text, file, at(&words), detail))?;
    let form: TemplateFile = form.try_into().map_err(|error: toml::de::Error| {
        let unknown = error.message().split('`').nth(1).unwrap_or_default().to_owned();
        wrong(text, file, at(&unknown), of_parser(error.message())).caused_by(error)
    })?;
    let template = Template::new(form);
    validate(&template).map_err(|(spot, detail)| {
        let code = match spot {
            Spot::Rule(rule) => template.rules()[rule].code.as_str(),
            Spot::Row(..) | Spot::Column(_) | Spot::Filing(_) => "",
        };
        wrong(text, file, at(code), detail)
    })?;
    Ok(template)
}

fn wrong(text: &str, file: &str, at: usize, problem: Phrase) -> Error {
    let line = text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
    let arguments = problem.arguments.iter().map(|(name, word)| (name.to_owned(), word.to_owned())).collect();
    Error::new(ErrorKind::Template {
        place: format!("{file}:{line}: "),
        detail: format!("@{}", problem.key),
        arguments,
    })
}

/// What the parser of TOML found, which it says in English.
fn of_parser(message: &str) -> Phrase {
    let mut names = message.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    let known = names.collect::<Vec<_>>().join(", ");
    match message {
        _ if message.starts_with("unknown field") => {
            problem("template.unknown_key", [("key", name), ("known", &known)])
        }
        _ if message.starts_with("missing field") => problem("template.missing_key", [("key", name)]),
        _ if message.starts_with("unknown variant") => {
            problem("template.unknown_value", [("value", name), ("known", &known)])
        }
        _ if message.starts_with("invalid") => problem("template.wrong_type", []),
        _ => problem("template.syntax", []),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::message::Lang;
    use crate::template::RuleKind;
    use crate::template::shipped::{SHIPPED, shipped, shipped_toml};

    fn toml_2014() -> &'static str {
        shipped_toml("2014").unwrap()
    }

    fn message(text: &str) -> String {
        from_toml_str(text, "my.toml").unwrap_err().message(Lang::EN)
    }

    fn edited(from: &str, to: &str) -> String {
        let text = toml_2014();
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    }

    #[test]
    fn shipped_templates_are_whole() {
        for shipped in SHIPPED {
            let template = from_toml_str(shipped.toml, shipped.file).unwrap_or_else(|error| panic!("{error}"));
            let built = shipped.template();
            assert!(validate(&built).is_ok());
            assert_eq!(built, template);
            assert_eq!(format!("{}.toml", template.id()), shipped.file);
            assert!(shipped_toml(template.id()).is_some());
        }
        assert_eq!(shipped().find("2014").unwrap().indicators().len(), 61);
        assert_eq!(shipped().find("2014-extended").unwrap().indicators().len(), 74);
        assert_eq!(shipped().find("2019").unwrap().indicators().len(), 22 + 23 * 7 + 15);
        assert_eq!(shipped().find("2021").unwrap().indicators().len(), 10 + 26 * 7 + 15);
    }

    #[test]
    fn a_template_is_written_as_it_was_read() {
        for template in &shipped().0 {
            let toml: TemplateFile = toml::from_str(&toml::to_string(&**template).unwrap()).unwrap();
            assert_eq!(Template::new(toml), **template);
            let json: TemplateFile = serde_json::from_str(&serde_json::to_string(&**template).unwrap()).unwrap();
            assert_eq!(Template::new(json), **template);
        }
    }

    #[test]
    fn how_to_fix_a_violation_may_have_its_old_name() {
        let shipped = shipped().find("2014").unwrap();
        let old = toml_2014().replace("fix_zh", "mend_zh").replace("fix_en", "mend_en");
        assert_eq!(from_toml_str(&old, "my.toml").unwrap(), **shipped);
        let rule = |keys: &str| format!("extends = \"2014\"\n[[rule]]\ncode = \"XG102\"\n{keys}");
        let [old, new] = ["mend_zh = \"改\"\nmend_en = \"fix\"", "fix_zh = \"改\"\nfix_en = \"fix\""]
            .map(|keys| from_toml_str(&rule(keys), "my.toml").unwrap());
        assert_eq!(old, new);
    }

    #[test]
    fn a_wrong_template_is_named_by_file_and_line() {
        let line = |part: &str| toml_2014().lines().position(|line| line.contains(part)).unwrap() + 1;
        let unknown = message(&edited("level = 1, label", "colour = 1, label"));
        let place = format!("my.toml:{}:", line("level = 1, label"));
        assert!(unknown.contains(&place) && unknown.contains("colour"), "{unknown}");
        let twice = message(&edited("id = \"responded\"", "id = \"disclosed\""));
        let place = format!("my.toml:{}:", line("id = \"responded\""));
        assert!(twice.contains(&place) && twice.contains("“disclosed” is given twice"), "{twice}");
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
        assert_eq!((template.id(), template.rules().len()), ("2021-anning", shipped.rules().len() + 1));
        let severities = |code: &str| {
            template.rules().iter().filter(|rule| rule.code == code).map(|rule| rule.severity).collect::<Vec<_>>()
        };
        assert_eq!(severities("XG206"), [None, None]);
        assert_eq!(severities("XG122"), [Some(Severity::Warning)]);
        assert_eq!(template.rules().last().unwrap().code, "AN001");
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
            let sums = template.rules().iter().filter(|rule| rule.kind == RuleKind::Sum && rule.each.is_none());
            for rule in sums.filter(|_| !template.is_matrix()) {
                for part in &rule.parts {
                    let row = template.row(part).unwrap();
                    assert_eq!(row.parent.as_ref(), rule.total.first(), "{part}");
                }
            }
        }
    }
}
