//! `xxgk rule`: explains every code of a finding, one or all: the rules of the forms, the checks of the text, and what
//! reading, writing, merging and comparing report.

use crate::check::explain::{self, Explanation, explain, narrative};
use crate::template::{self, SharedTemplate, Template, Templates};
use serde_json::json;

use super::args::Rule;
use super::common;
use super::console::Console;
use super::exit::Exit;
use super::table::Table;
use crate::batch::Failure;

/// Explains one rule, or lists them all.
pub(super) fn run(arguments: &Rule, console: &Console) -> Result<Exit, Failure> {
    let templates = match &arguments.template {
        Some(named) => common::templates(named)?,
        None => template::shipped().clone(),
    };
    let wanted = arguments.code.as_ref().map(|code| code.to_ascii_uppercase());
    let is_json = arguments.to.as_deref() == Some("json");
    let groups = groups(&templates, console);
    let mut text = String::new();
    let mut values = Vec::new();
    let mut shown = 0;
    for Group { template, name, mut rules } in groups {
        rules.retain(|rule| wanted.as_ref().is_none_or(|wanted| rule.code == *wanted));
        shown += rules.len();
        if is_json {
            values.extend(rules.iter().map(|rule| {
                json!({
                    "template": template, "code": rule.code, "severity": rule.severity, "text": rule.text,
                    "source": rule.source, "example": rule.example, "mend": rule.fix,
                })
            }));
        } else if wanted.is_some() {
            rules.iter().for_each(|rule| text += &one(rule, &name, console));
        } else if !rules.is_empty() {
            text += &all(&rules, &name, console);
        }
    }
    if let Some(code) = wanted.filter(|_| shown == 0) {
        return Err(Failure::new("usage.no_rule").with("code", code));
    }
    if is_json {
        text = format!("{}\n", serde_json::Value::from(values));
    }
    console.put(text.as_bytes())?;
    Ok(Exit::Done)
}

/// Codes that are listed together.
struct Group {
    /// The id of their template, where they have one.
    template: Option<String>,
    name: String,
    rules: Vec<Explanation>,
}

/// All codes: the rules of each template, the checks of the text, and what each step reports.
fn groups(templates: &Templates, console: &Console) -> Vec<Group> {
    let of_template = |template: &SharedTemplate| {
        let id = template.id().to_owned();
        Group { template: Some(id.clone()), name: id, rules: rules(template, console) }
    };
    let mut groups: Vec<Group> = templates.0.iter().map(of_template).collect();
    let of_all = |(name, rules): (&str, Vec<Explanation>)| Group { template: None, name: console.word(name), rules };
    groups.push(of_all(("word.narrative", narrative(console.lang))));
    groups.extend(explain::findings(console.lang).into_iter().map(of_all));
    groups
}

/// The rules of a template, each code once.
fn rules(template: &Template, console: &Console) -> Vec<Explanation> {
    let mut rules: Vec<Explanation> = Vec::new();
    for rule in template.rules().iter() {
        if rules.iter().all(|known| known.code != rule.code) {
            rules.push(explain(rule, template, console.lang));
        }
    }
    rules
}

fn severity(rule: &Explanation, console: &Console) -> String {
    rule.severity
        .map_or_else(|| console.word("word.off"), |severity| console.word(&format!("word.{}", severity.as_str())))
}

fn one(rule: &Explanation, group: &str, console: &Console) -> String {
    let mut text = format!("{} [{}] {}: {}\n", rule.code, severity(rule, console), group, rule.text);
    let mut line = |key: &str, value: &str| text += &format!("  {}: {value}\n", console.word(key));
    if !rule.source.is_empty() {
        line("word.source", &rule.source);
    }
    if let Some(example) = &rule.example {
        line("word.example", example);
    }
    line("word.help", &rule.fix);
    text
}

fn all(rules: &[Explanation], group: &str, console: &Console) -> String {
    let mut table = Table::new(["word.code", "word.severity", "word.rule"].map(|key| console.word(key)));
    for rule in rules {
        table.row([&rule.code, &severity(rule, console), &rule.text]);
    }
    format!("{group}\n{}\n", table.draw())
}
