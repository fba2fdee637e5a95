//! Groups and places extra rows, which are not in the template.
//!
//! In: a report's extra values and its template. Out: an [`ExtraRow`] for each row. Called by `form_key`.

use crate::report::{Report, Value};
use crate::template::{Table, Template};

/// A row that is not in the template.
pub(super) struct ExtraRow<'a> {
    /// The index of its table.
    pub(super) table: usize,
    /// The index of the row before it. `None` before the first row.
    pub(super) after: Option<usize>,
    /// Its values, at least one.
    pub(super) values: &'a [Value],
    /// The merged labels to the left of its label, if its table has such.
    pub(super) stubs: Vec<String>,
}

/// The extra rows of a report in order.
pub(super) fn rows<'a>(report: &'a Report, template: &Template) -> Vec<ExtraRow<'a>> {
    let mut rest = report.extra.as_slice();
    let mut rows = Vec::new();
    while let Some(first) = rest.first() {
        let (table, after) = place(first, template);
        let (values, more) = rest.split_at(length(rest, template.tables().get(table)));
        let stubs = template.tables().get(table).map_or_else(Vec::new, |_| stubs(first, template, table, after));
        rows.push(ExtraRow { table, after, values, stubs });
        rest = more;
    }
    rows
}

/// How many values belong to the first row. They are consecutive, one for each column.
fn length(values: &[Value], table: Option<&Table>) -> usize {
    let first = &values[0];
    // In a matrix, headers such as 总计 may occur several times.
    let columns = |header: Option<&str>| {
        let headers =
            table.map_or(0, |table| table.columns.iter().filter(|c| Some(c.header.as_str()) == header).count());
        headers.max(1)
    };
    let same = |value: &Value| value.label == first.label && value.path == first.path && value.after == first.after;
    let mut length = 1;
    while let Some(next) = values.get(length).filter(|next| same(next)) {
        let seen = values[..length].iter().filter(|value| value.column == next.column).count();
        if seen >= columns(next.column.as_deref()) {
            break;
        }
        length += 1;
    }
    length
}

/// The table of an extra row, and the row before it.
fn place(value: &Value, template: &Template) -> (usize, Option<usize>) {
    let id = value.after.as_deref();
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        for (t, table) in template.tables().iter().enumerate() {
            if let Some(r) = table.rows.iter().position(|row| row.id == id) {
                return (t, Some(r));
            }
        }
    }
    let last = template.tables().len().saturating_sub(1);
    let named = (0..template.tables().len())
        .map(|t| (prefix(value, template, t), t))
        .filter(|(length, _)| *length > 0)
        .max_by_key(|(length, t)| (*length, std::cmp::Reverse(*t)));
    match (named, id) {
        (named, None) => (named.map_or(0, |(_, t)| t), None),
        (named, Some(_)) => {
            let t = named.map_or(last, |(_, t)| t);
            (t, template.tables().get(t).and_then(|table| table.rows.len().checked_sub(1)))
        }
    }
}

/// How many labels of a path are the heading and the band of a table. 0 if any of them is missing.
fn prefix(value: &Value, template: &Template, table: usize) -> usize {
    let heading = template.tables()[..=table].iter().rev().find_map(|table| table.heading.as_deref());
    let labels: Vec<&str> = heading.into_iter().chain(template.tables()[table].band.as_deref()).collect();
    let all =
        labels.len() < value.path.len() && labels.iter().zip(value.path.iter()).all(|(one, other)| same(one, other));
    if all { labels.len() } else { 0 }
}

/// The merged labels of an extra row, in the spelling of the rows around it if they have the same ones.
fn stubs(value: &Value, template: &Template, table: usize, after: Option<usize>) -> Vec<String> {
    let own = &template.tables()[table];
    let labels = value.path.len().saturating_sub(1);
    let found = value.path[..labels].iter().skip(prefix(value, template, table)).take(own.stubs.len());
    let near = own.rows.iter().skip(after.unwrap_or(0)).chain(&own.rows);
    let official = |at: usize, label: &str| {
        near.clone().find_map(|row| row.stubs.get(at).filter(|stub| same(stub, label))).cloned()
    };
    found.enumerate().map(|(at, label)| official(at, label).unwrap_or_else(|| label.clone())).collect()
}

/// Whether two labels differ only in ordinals and white space.
fn same(one: &str, other: &str) -> bool {
    let bare = |label: &str| -> String {
        let label: String = label.chars().filter(|character| !character.is_whitespace()).collect();
        crate::text::label::without_ordinal(&label).to_owned()
    };
    bare(one) == bare(other)
}
