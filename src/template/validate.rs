//! Whether a template is whole: ids, labels, levels, parents, operands.

use std::collections::HashSet;

use super::form::Template;
use super::rule::{Rule, RuleKind, RuleShape};
use crate::finding::Phrase;
use crate::report::Filing;

/// The part of a template that is wrong.
pub(super) enum Spot {
    Row(usize, usize),
    Column(usize),
    Rule(usize),
    Filing(usize),
}

/// What is wrong, and with which part.
type Checked = Result<(), (Spot, Phrase)>;

/// What is wrong, as a key with its words.
pub(super) fn problem<const N: usize>(key: &'static str, words: [(&'static str, &str); N]) -> Phrase {
    Phrase { key: key.into(), arguments: words.map(|(name, word)| (name, word.to_owned())).into() }
}

/// Checks that a template is whole.
///
/// # Errors
/// The part that is wrong, and what is wrong with it.
pub(super) fn validate(template: &Template) -> Checked {
    tables(template)?;
    parents(template)?;
    indicators(template)?;
    rules(template)?;
    filing(template)
}

fn tables(template: &Template) -> Checked {
    let mut ids = HashSet::new();
    for (t, table) in template.tables().iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            let wrong = |detail| Err((Spot::Row(t, r), detail));
            if !row.id.is_empty() && !ids.insert(row.id.as_str()) {
                return wrong(problem("template.twice", [("id", &row.id)]));
            }
            if row.level >= template.indents().len() {
                return wrong(problem("template.no_indent", [("level", &row.level.to_string())]));
            }
            if row.label.trim().is_empty() && (table.label.is_some() || table.rows.len() > 1) {
                return wrong(problem("template.no_label", [("id", &row.id)]));
            }
            if row.id.is_empty() && !table.is_matrix() {
                return wrong(problem("template.no_id", [("label", &row.label)]));
            }
            if row.stubs.len() > table.stubs.len() {
                return wrong(problem("template.stubs", [("id", &row.id)]));
            }
        }
        let identified = table.columns.iter().filter(|column| column.id.is_some()).count();
        if table.columns.is_empty() || (identified > 0 && identified != table.columns.len()) {
            return Err((Spot::Column(t), problem("template.column_ids", [])));
        }
    }
    Ok(())
}

fn parents(template: &Template) -> Checked {
    let ids: HashSet<&str> =
        template.tables().iter().flat_map(|table| &table.rows).map(|row| row.id.as_str()).collect();
    for (t, table) in template.tables().iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            let is_row = |parent: &str| !parent.is_empty() && ids.contains(parent);
            if let Some(parent) = row.parent.as_deref().filter(|parent| !is_row(parent)) {
                return Err((Spot::Row(t, r), problem("template.no_parent", [("parent", parent), ("id", &row.id)])));
            }
            if ancestors(template, &row.id) > template.indents().len() {
                return Err((Spot::Row(t, r), problem("template.circle", [("id", &row.id)])));
            }
        }
    }
    Ok(())
}

fn indicators(template: &Template) -> Checked {
    let mut ids = HashSet::new();
    for indicator in template.indicators() {
        let (t, r) = indicator.row();
        if !ids.insert(&indicator.id) {
            return Err((Spot::Row(t, r), problem("template.value_id", [("id", &indicator.id)])));
        }
    }
    Ok(())
}

fn rules(template: &Template) -> Checked {
    for (index, rule) in template.rules().iter().enumerate() {
        let table = rule.table.as_ref().filter(|id| template.tables().iter().all(|table| table.id != **id));
        if let Some(table) = table {
            return Err((Spot::Rule(index), problem("template.rule_table", [("code", &rule.code), ("table", table)])));
        }
        if let Some(key) = wrong_rule(rule) {
            return Err((Spot::Rule(index), problem(key, [("code", &rule.code)])));
        }
    }
    if let Some((rule, id)) = template.unknown_operand() {
        let code = &template.rules()[rule].code;
        return Err((Spot::Rule(rule), problem("template.rule_operand", [("code", code), ("id", id)])));
    }
    Ok(())
}

fn filing(template: &Template) -> Checked {
    for (index, field) in template.filing().iter().enumerate() {
        if Filing::default().field_mut(&field.name).is_none() {
            return Err((Spot::Filing(index), problem("template.filing", [("name", &field.name)])));
        }
    }
    Ok(())
}

/// What a rule's entry lacks or has too much of for its kind.
fn wrong_rule(rule: &Rule) -> Option<&'static str> {
    let of_each_value = rule.kind.shape().is_of_each_value();
    let two_years = rule.kind.shape() == RuleShape::TwoYears;
    let share = rule.kind == RuleKind::Share;
    match () {
        () if !of_each_value && rule.table.is_some() != rule.each.is_some() => Some("template.rule_table_each"),
        () if of_each_value && rule.each.is_some() => Some("template.rule_each"),
        () if !of_each_value && rule.total.is_empty() => Some("template.rule_total"),
        () if !of_each_value && !two_years && rule.parts.is_empty() => Some("template.rule_parts"),
        () if two_years == rule.last.is_empty() => Some("template.rule_last"),
        () if !two_years && !rule.minus.is_empty() => Some("template.rule_minus"),
        () if share != rule.above.is_some() => Some("template.rule_above"),
        () if rule.zh.is_some() != rule.en.is_some() => Some("template.rule_texts"),
        () if rule.fix_zh.is_some() != rule.fix_en.is_some() => Some("template.rule_fixes"),
        () => None,
    }
}

/// How many rows stand above a row, counted no further than a circle shows.
fn ancestors(template: &Template, id: &str) -> usize {
    let mut count = 0;
    let mut parent = template.row(id).and_then(|row| row.parent.as_deref());
    while let Some(above) = parent.filter(|_| count <= template.indents().len()) {
        count += 1;
        parent = template.row(above).and_then(|row| row.parent.as_deref());
    }
    count
}
