//! Whether a template is whole: ids, labels, levels, parents, operands.

use std::collections::HashSet;

use super::form::Template;
use super::rule::{Rule, RuleKind, RuleShape};
use crate::report::Filing;

/// The part of a template that is wrong.
pub(super) enum Spot {
    Row(usize, usize),
    Column(usize),
    Rule(usize),
    Filing(usize),
}

/// What is wrong, and with which part.
type Checked = Result<(), (Spot, String)>;

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
                return wrong(format!("the id {:?} is given twice", row.id));
            }
            if row.level >= template.indents().len() {
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
    Ok(())
}

fn parents(template: &Template) -> Checked {
    let ids: HashSet<&str> =
        template.tables().iter().flat_map(|table| &table.rows).map(|row| row.id.as_str()).collect();
    for (t, table) in template.tables().iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            let is_row = |parent: &str| !parent.is_empty() && ids.contains(parent);
            if let Some(parent) = row.parent.as_deref().filter(|parent| !is_row(parent)) {
                return Err((Spot::Row(t, r), format!("the parent {parent:?} of {:?} is no row", row.id)));
            }
            if ancestors(template, &row.id) > template.indents().len() {
                return Err((Spot::Row(t, r), format!("the parents of {:?} go in a circle", row.id)));
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
            return Err((Spot::Row(t, r), format!("two values have the id {:?}", indicator.id)));
        }
    }
    Ok(())
}

fn rules(template: &Template) -> Checked {
    for (index, rule) in template.rules().iter().enumerate() {
        let table = rule.table.as_ref().filter(|id| template.tables().iter().all(|table| table.id != **id));
        if let Some(table) = table {
            return Err((Spot::Rule(index), format!("rule {} names the table {table:?}, which is none", rule.code)));
        }
        if let Some(detail) = wrong_rule(rule) {
            return Err((Spot::Rule(index), format!("rule {} {detail}", rule.code)));
        }
    }
    if let Some((rule, id)) = template.unknown_operand() {
        let code = &template.rules()[rule].code;
        return Err((Spot::Rule(rule), format!("rule {code} names {id:?}, which is no indicator")));
    }
    Ok(())
}

fn filing(template: &Template) -> Checked {
    for (index, field) in template.filing().iter().enumerate() {
        if Filing::default().field_mut(&field.name).is_none() {
            return Err((Spot::Filing(index), format!("{:?} is no filing field", field.name)));
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
        () if !of_each_value && rule.table.is_some() != rule.each.is_some() => {
            Some("needs both table and each, or neither")
        }
        () if of_each_value && rule.each.is_some() => Some("is of each value by itself and takes no each"),
        () if !of_each_value && rule.total.is_empty() => Some("has no total"),
        () if !of_each_value && !two_years && rule.parts.is_empty() => Some("has no parts"),
        () if two_years == rule.last.is_empty() => Some("has last exactly when its kind is two-years"),
        () if !two_years && !rule.minus.is_empty() => Some("has minus, which only two-years takes"),
        () if share != rule.above.is_some() => Some("has above exactly when its kind is share"),
        () if rule.zh.is_some() != rule.en.is_some() => Some("needs both zh and en, or neither"),
        () if rule.fix_zh.is_some() != rule.fix_en.is_some() => Some("needs both fix_zh and fix_en, or neither"),
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
