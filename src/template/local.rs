//! Templates of tables that no known form describes: made from the rows themselves.
//!
//! In: labels, units and headers, found in a document ([`crate::recognize`]) or held in a [`Report`]. Out: a
//! [`Template`] on the paper of the shipped 2014 form.

use rust_decimal::Decimal;

use super::file::TemplateFile;
use super::form::Template;
use super::rule::{Rule, RuleKind};
use super::shipped::shipped;
use super::table::{Column, Row, Table, ValueKind, YEAR};
use crate::finding::Severity;
use crate::report::{Report, Value};
use crate::text::fold::fold;
use crate::text::label;
use crate::text::words::words;

/// A row of a table of no known form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LocalRow {
    /// The label as it stands, its ordinal included.
    pub label: String,
    /// The unit; none for a heading.
    pub unit: Option<String>,
    /// The place of the row it belongs to.
    pub parent: Option<usize>,
}

/// The headers of a table of no known form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LocalHeaders {
    /// Above the labels.
    pub label: Option<String>,
    /// Above the units.
    pub unit: Option<String>,
    /// Above the values, a header for each column.
    pub columns: Vec<String>,
}

/// The id of a template that is made and not kept.
pub(crate) const ID: &str = "local";

/// The least width of the label column, in mm.
const LEAST_LABEL_WIDTH: f64 = 56.0;

/// A template of rows and headers. Rows that a shipped form has under the same label get its ids. `number` tells the
/// templates of one file apart, from 0.
pub(crate) fn template(title: Option<&str>, rows: &[LocalRow], headers: &LocalHeaders, number: usize) -> Template {
    let file = file(title, rows, headers);
    let id = if number == 0 { file.id.clone() } else { format!("{}_{}", file.id, number + 1) };
    Template::new(TemplateFile { id, ..file })
}

/// The same as a file says it, on the paper of the form of 2014.
fn file(title: Option<&str>, rows: &[LocalRow], headers: &LocalHeaders) -> TemplateFile {
    let base = shipped().find("2014").expect("it is shipped").file();
    let rows = template_rows(rows);
    let deepest = rows.iter().map(|row| row.level).max().unwrap_or(0);
    TemplateFile {
        id: ID.to_owned(),
        name: title.unwrap_or(&words().local_table.0).to_owned(),
        name_en: words().local_table.1.clone(),
        years: String::new(),
        source: String::new(),
        attachment: None,
        indents: (0..=deepest).map(|level| level as f64 * 2.0).collect(),
        heading_mark: String::new(),
        rules: Vec::new(),
        tables: vec![table(&base.tables[0], rows, headers)],
        ..base.clone()
    }
}

fn template_rows(rows: &[LocalRow]) -> Vec<Row> {
    let mut ids: Vec<String> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let known = known_id(&row.label).filter(|id| row.unit.is_some() && !ids.contains(id));
        ids.push(known.unwrap_or_else(|| format!("row_{}", index + 1)));
    }
    let level = |mut index: usize| {
        let mut level = 0;
        while let Some(parent) = rows[index].parent.filter(|parent| *parent < index) {
            (index, level) = (parent, level + 1);
        }
        level
    };
    let rows = rows.iter().enumerate().map(|(index, row)| Row {
        id: ids[index].clone(),
        label: row.label.clone(),
        unit: row.unit.clone(),
        kind: match row.unit.as_deref() {
            None => ValueKind::Heading,
            Some(unit) if unit.ends_with('元') => ValueKind::Decimal,
            Some(_) => ValueKind::Count,
        },
        level: level(index),
        parent: row.parent.filter(|parent| *parent < index).map(|parent| ids[parent].clone()),
        ..Row::default()
    });
    rows.collect()
}

/// A table of rows and headers with the widths of another.
fn table(like: &Table, rows: Vec<Row>, headers: &LocalHeaders) -> Table {
    let header = |text: &Option<String>, column: &Column| Column {
        header: text.clone().unwrap_or_else(|| column.header.clone()),
        aliases: Vec::new(),
        ..column.clone()
    };
    let has_units = rows.iter().any(|row| row.unit.as_deref().is_some_and(|unit| !unit.is_empty()));
    let columns: Vec<Column> = match headers.columns.as_slice() {
        [] => like.columns.clone(),
        several => several.iter().map(|text| header(&Some(text.clone()), &like.columns[0])).collect(),
    };
    let mut label = like.label.as_ref().map(|label| header(&headers.label, label));
    if let Some(label) = &mut label {
        label.width -= like.columns[0].width * (columns.len() - 1) as f64;
        label.width = label.width.max(LEAST_LABEL_WIDTH);
    }
    let unit = like.unit.as_ref().filter(|_| has_units).map(|unit| header(&headers.unit, unit));
    Table { label, unit, columns, rows, ..like.clone() }
}

/// The template of a report that no known form describes.
pub(crate) fn of_report(report: &Report) -> Template {
    let mut rows: Vec<LocalRow> = Vec::new();
    let mut paths: Vec<Vec<String>> = Vec::new();
    let mut seen = Vec::new();
    for value in &report.values {
        if seen.contains(&&value.id) {
            continue;
        }
        seen.push(&value.id);
        // Headings have no value of their own, but stand in the paths of what is below them.
        for length in 1..=value.path.len() {
            let path = &value.path[..length];
            let last = length == value.path.len();
            let known = paths.iter().rposition(|known| known == path);
            if known.is_some() && !last {
                continue;
            }
            let parent = paths.iter().rposition(|known| known == &path[..length - 1]);
            let label = value.label.clone().filter(|_| last).unwrap_or_else(|| path[length - 1].clone());
            let unit = if last { Some(value.unit.clone().unwrap_or_default()) } else { None };
            rows.push(LocalRow { label, unit, parent });
            paths.push(path.to_vec());
        }
    }
    let headers = LocalHeaders {
        columns: report.columns().into_iter().flatten().map(str::to_owned).collect(),
        ..LocalHeaders::default()
    };
    let mut form = file(report.title.as_deref(), &rows, &headers);
    // The report's own ids, so that its values are found again.
    let ids = seen.iter().filter_map(|id| id.as_deref());
    let table = &mut form.tables[0];
    for (row, id) in table.rows.iter_mut().filter(|row| row.kind != ValueKind::Heading).zip(ids) {
        row.id = id.to_owned();
        row.parent = None;
    }
    Template::new(form)
}

/// A template made of a table, to read those of other years: its headers name any year in place of the report's, and the sums
/// that hold in the report are rules that give a note.
pub(crate) fn generalized(template: &Template, report: Option<&Report>) -> Template {
    let mut file = template.file().clone();
    let Some(report) = report else { return Template::new(file) };
    if let Some(year) = report.year.map(|year| year.to_string()) {
        for column in file.tables.iter_mut().flat_map(|table| &mut table.columns) {
            column.header = column.header.replace(&year, YEAR);
        }
    }
    let rows = file.tables.iter().flat_map(|table| &table.rows);
    let parents: Vec<&str> = rows.clone().filter(|row| row.kind != ValueKind::Heading).map(|row| &*row.id).collect();
    let mut rules = Vec::new();
    for total in parents {
        let is_part = |row: &&Row| row.parent.as_deref() == Some(total) && row.kind != ValueKind::Heading;
        let parts: Vec<&str> = rows.clone().filter(is_part).map(|row| &*row.id).collect();
        if parts.len() >= MIN_PARTS && holds(report, total, &parts) {
            rules.push(sum_rule(rules.len() + 1, total, &parts));
        }
    }
    file.rules = rules;
    Template::new(file)
}

/// A sum of fewer parts holds by chance too often.
const MIN_PARTS: usize = 2;

/// Whether a total is the sum of its parts in each column, and not 0 in all of them.
fn holds(report: &Report, total: &str, parts: &[&str]) -> bool {
    let number = |id: &str, column: Option<&str>| report.value(id, column).and_then(Value::number);
    let columns = report.columns();
    let is_sum = |column: &Option<&str>| {
        let sum: Option<Decimal> = parts.iter().map(|part| number(part, *column)).sum();
        sum.is_some() && sum == number(total, *column)
    };
    columns.iter().all(is_sum) && columns.iter().any(|column| number(total, *column).is_some_and(|sum| !sum.is_zero()))
}

fn sum_rule(number: usize, total: &str, parts: &[&str]) -> Rule {
    Rule {
        code: format!("LOCAL{number}"),
        kind: RuleKind::Sum,
        total: vec![total.to_owned()],
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        last: Vec::new(),
        minus: Vec::new(),
        above: None,
        not_applicable: false,
        table: None,
        each: None,
        severity: Some(Severity::Note),
        source: words().local_rule_source.clone(),
        zh: None,
        en: None,
        fix_zh: None,
        fix_en: None,
    }
}

/// The id of the only shipped row with the same words.
fn known_id(text: &str) -> Option<String> {
    let words = fold(label::without_ordinal(text));
    let rows =
        shipped().0.iter().filter(|template| !template.is_matrix()).flat_map(|template| &template.tables()[0].rows);
    let is_called_so = |row: &&Row| {
        let official = fold(&row.label);
        let wordings = label::wordings(&official[label::ordinal_length(&official)..], &row.aliases);
        wordings.iter().any(|wording| wording.words == words)
    };
    let mut ids: Vec<&str> =
        rows.filter(|row| row.kind != ValueKind::Heading).filter(is_called_so).map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.as_slice() {
        [id] => Some((*id).to_owned()),
        _ => None,
    }
}
