//! A template that only says what it changes in a shipped one: `extends = "2021"`.
//!
//! In: TOML text with the key `extends`. Out: the TOML of the whole form. Keys given replace the shipped form's; a
//! `[[rule]]` with a code that the form has changes the keys it names of that rule, and is a new rule otherwise; an
//! `[[alias]]` adds wordings to a row. Called by [`super::from_toml_str`].

use toml::{Table, Value};

use super::shipped::shipped_toml;
use super::validate::problem;
use crate::finding::Phrase;

/// The whole form that a text extends; nothing where it does not say so.
///
/// # Errors
/// What is wrong, and a text to look for where it stands.
pub(super) fn extended(text: &str) -> Option<Result<Table, (String, Phrase)>> {
    let mut own: Table = toml::from_str(text).ok()?;
    let base = own.remove("extends")?;
    let Some(id) = base.as_str() else {
        return Some(Err(("extends".to_owned(), problem("template.extends_text", []))));
    };
    let Some(shipped) = shipped_toml(id) else {
        return Some(Err(("extends".to_owned(), problem("template.extends_unknown", [("id", id)]))));
    };
    let mut form: Table = toml::from_str(shipped).expect("the shipped templates are tested");
    for entry in list(own.remove("rule")) {
        merge_rule(&mut form, entry);
    }
    for entry in list(own.remove("alias")) {
        if let Err(wrong) = add_alias(&mut form, &entry) {
            return Some(Err(wrong));
        }
    }
    form.extend(own);
    Some(Ok(form))
}

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(entries)) => entries,
        Some(other) => vec![other],
        None => Vec::new(),
    }
}

/// Former names of keys, which templates may still have.
const FORMER_KEYS: [(&str, &str); 2] = [("mend_zh", "fix_zh"), ("mend_en", "fix_en")];

fn merge_rule(form: &mut Table, mut entry: Value) {
    for (former, key) in FORMER_KEYS {
        let Some(entry) = entry.as_table_mut() else { continue };
        if let Some(value) = entry.remove(former) {
            entry.insert(key.to_owned(), value);
        }
    }
    let code = entry.get("code").cloned();
    let rules = form.entry("rule").or_insert_with(|| Value::Array(Vec::new()));
    let Some(rules) = rules.as_array_mut() else { return };
    let mut known = false;
    for rule in rules.iter_mut().filter(|rule| code.is_some() && rule.get("code") == code.as_ref()) {
        known = true;
        if let (Some(rule), Some(entry)) = (rule.as_table_mut(), entry.as_table()) {
            rule.extend(entry.clone());
        }
    }
    if !known {
        rules.push(entry);
    }
}

/// Adds other wordings to the row, or the column of a matrix, of an id.
fn add_alias(form: &mut Table, entry: &Value) -> Result<(), (String, Phrase)> {
    let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
    let aliases = entry.get("aliases").and_then(Value::as_array).cloned().unwrap_or_default();
    let tables = form.get_mut("table").and_then(Value::as_array_mut).into_iter().flatten();
    let parts = tables.flat_map(|table| {
        let table = table.as_table_mut().into_iter().flat_map(|table| table.iter_mut());
        table
            .filter(|(key, _)| *key == "row" || *key == "column")
            .filter_map(|(_, parts)| parts.as_array_mut())
            .flatten()
    });
    let mut found = false;
    for part in parts.filter(|part| !id.is_empty() && part.get("id").and_then(Value::as_str) == Some(id)) {
        found = true;
        if let Some(part) = part.as_table_mut() {
            let known = part.entry("aliases").or_insert_with(|| Value::Array(Vec::new()));
            known.as_array_mut().into_iter().for_each(|known| known.extend(aliases.iter().cloned()));
        }
    }
    if found { Ok(()) } else { Err((id.to_owned(), problem("template.alias", [("id", id)]))) }
}
