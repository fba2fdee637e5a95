//! `xxgk rule`: explains the rules of the forms and the checks of the text, one or all.

use crate::check::explain::{Explanation, explain, narrative};
use crate::template::{self, Template};
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
    let of_template = |template: &Template| (Some(template.id().to_owned()), rules(template, console));
    let mut groups: Vec<(Option<String>, Vec<Explanation>)> =
        templates.0.iter().map(|template| of_template(template)).collect();
    groups.push((None, narrative(console.lang)));
    let mut text = String::new();
    let mut values = Vec::new();
    let mut shown = 0;
    for (template, mut rules) in groups {
        rules.retain(|rule| wanted.as_ref().is_none_or(|wanted| rule.code == *wanted));
        shown += rules.len();
        let group = template.clone().unwrap_or_else(|| console.word("word.narrative"));
        if is_json {
            values.extend(rules.iter().map(|rule| {
                json!({
                    "template": template, "code": rule.code, "severity": rule.severity, "text": rule.text,
                    "source": rule.source, "example": rule.example, "mend": rule.fix,
                })
            }));
        } else if wanted.is_some() {
            rules.iter().for_each(|rule| text += &one(rule, &group, console));
        } else if !rules.is_empty() {
            text += &all(&rules, &group, console);
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
    line("word.source", &rule.source);
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
