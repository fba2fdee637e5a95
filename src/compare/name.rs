//! The names of indicators in a comparison.
//!
//! In: a form. Out: a unique name for each indicator ([`names`]) and a name for a sum of several ([`Side`]). Called by
//! [`super::crosswalk`] and [`super::render`].

use std::collections::HashMap;

use crate::message::{self, Arguments, Lang};
use crate::template::{Indicator, Template};
use crate::text::fold::fold;
use crate::text::label;

/// The most indicators that a sum names one by one if they are only a part of what is below a label.
const LISTED: usize = 4;

/// The indicators on one side of a comparison: one, several that are added up, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// The ids.
    pub ids: Vec<String>,
    /// The names, in the order of `ids`.
    pub names: Vec<String>,
    /// The common label of several indicators, such as 不予公开.
    pub group: Option<String>,
    /// Whether all of their rows are optional in the form.
    pub optional: bool,
}

impl Side {
    /// The side with these indicators of a form.
    pub fn new(form: &Template, names: &HashMap<String, String>, ids: Vec<String>) -> Self {
        let group =
            if ids.len() > 1 { group(form, &ids).filter(|(_, whole)| *whole || ids.len() > LISTED) } else { None };
        let group = group.map(|(group, _)| group);
        let rows = ids.iter().filter_map(|id| form.place(id));
        let optional = !ids.is_empty() && rows.clone().all(|(table, row, _)| form.tables()[table].rows[row].optional);
        let names = ids.iter().map(|id| names.get(id).cloned().unwrap_or_else(|| id.clone())).collect();
        Self { ids, names, group, optional }
    }

    /// The name of the indicator, or of the sum.
    pub fn name(&self, lang: Lang) -> String {
        match (&self.names[..], &self.group) {
            ([], _) => String::new(),
            ([one], _) => one.clone(),
            (several, Some(group)) => {
                let words = Arguments::from([
                    ("group".to_owned(), group.clone()),
                    ("count".to_owned(), several.len().to_string()),
                ]);
                message::text("compare.sum", lang, &words)
            }
            (several, None) => several.join(" + "),
        }
    }
}

/// The common label above all of these indicators, and whether they are all that is below it.
fn group(form: &Template, ids: &[String]) -> Option<(String, bool)> {
    let mut groups: Vec<String> = ids.iter().map(|id| above(form, id)).collect::<Option<_>>()?;
    groups.dedup();
    let [group] = &groups[..] else { return None };
    let below = form.indicators().iter().filter(|indicator| above(form, &indicator.id).as_ref() == Some(group));
    Some((group.clone(), below.count() == ids.len()))
}

/// The nearest label above an indicator; in a matrix with its column.
fn above(form: &Template, id: &str) -> Option<String> {
    let (t, r, c) = form.place(id)?;
    let (table, column) = (&form.tables()[t], &form.tables()[t].columns[c]);
    let row = &table.rows[r];
    let bare = |text: &str| label::name(text).to_owned();
    match (row.stubs.last(), row.parent.as_deref().and_then(|parent| form.row(parent))) {
        (Some(stub), _) => Some(format!("{}・{}", bare(stub), column.header)),
        (None, Some(parent)) => Some(bare(&parent.label)),
        (None, None) => column.groups.first().cloned().filter(|_| row.label.is_empty()),
    }
}

/// A unique name for each indicator of a form.
///
/// It is the label. The label above comes first if the form repeats the label, or if the label only repeats a column
/// header such as 总计 or 其他.
pub(super) fn names(form: &Template) -> HashMap<String, String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for own in form.indicators() {
        *counts.entry(&own.label).or_default() += 1;
    }
    let name = |Indicator { id, place, label, .. }: &Indicator| {
        let (table, row, _) = *place;
        let row = &form.tables()[table].rows[row];
        let is_header = |label: &str, table: usize| {
            form.tables()[table].is_matrix() && form.tables()[table].columns.iter().any(|column| column.header == label)
        };
        let vague = is_header(label::name(&row.label), table);
        let parent = row.parent.as_deref().and_then(|parent| form.row(parent));
        let parent = row.stubs.last().or(parent.map(|parent| &parent.label));
        let name = match parent.filter(|_| vague || counts[&**label] > 1) {
            Some(parent) => format!("{}・{label}", label::name(parent)),
            None => label.to_string(),
        };
        (id.to_string(), name)
    };
    form.indicators().iter().map(name).collect()
}

/// A key for an indicator's meaning: its folded labels from the section down, its column and its unit.
pub(super) fn key(form: &Template, id: &str) -> String {
    let Some((t, r, c)) = form.place(id) else { return String::new() };
    let (table, row, column) = (&form.tables()[t], &form.tables()[t].rows[r], &form.tables()[t].columns[c]);
    let mut parts = form.path(row);
    if table.is_matrix() {
        parts.extend(column.groups.iter().cloned());
        parts.push(column.header.clone());
    }
    parts.push(table.unit_of(row, column).unwrap_or_default().to_owned());
    let parts = parts.iter().map(|part| label::without_brackets(&fold(label::without_ordinal(part))));
    parts.collect::<Vec<_>>().join("\u{1f}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::shipped;

    #[test]
    fn names_are_each_indicators_own() {
        for form in &shipped().0 {
            let names = names(form);
            let mut seen: HashMap<&str, &str> = HashMap::new();
            let mut ids: Vec<_> = names.keys().collect();
            ids.sort();
            for id in ids {
                let other = seen.insert(&names[id], id);
                assert_eq!(other, None, "{}: {} is {id} too", form.id(), names[id]);
            }
        }
        let names = names(shipped().find("2014").unwrap());
        assert_eq!(names["lawsuits.corrected"], "行政诉讼数量・被依法纠错数");
        assert_eq!(names["received.fax"], "传真申请数");
        let names = super::names(shipped().find("2021").unwrap());
        assert_eq!(names["handled.total.total"], "本年度办理结果・总计・总计");
        assert_eq!(names["handled.granted.total"], "予以公开・总计");
    }

    #[test]
    fn sums_are_named_by_what_stands_above_them() {
        let form = shipped().find("2021").unwrap();
        let name = |ids: &[&str]| {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            Side::new(form, &names(form), ids).name(Lang::ZH)
        };
        let all = ["not_held", "would_need_creation", "still_unclear"].map(|row| format!("handled.unable.{row}.total"));
        assert_eq!(name(&all.each_ref().map(String::as_str)), "无法提供・总计（3 项之和）");
        // Two of three are not all that is below the label.
        assert_eq!(
            name(&all[..2].iter().map(String::as_str).collect::<Vec<_>>()),
            "本机关不掌握相关政府信息・总计 + 没有现成信息需要另行制作・总计"
        );
        assert_eq!(
            name(&["requests.new.total", "review.other"]),
            "本年新收政府信息公开申请数量・总计 + 行政复议・其他结果"
        );
    }
}
