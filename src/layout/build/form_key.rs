//! The part of a report that decides its form, and the part that fills it.
//!
//! In: a report and its template. Out: the rows to print with their values ([`Rows`]), and a [`FormKey`], which
//! together with the template decides the form. Called by [`super::layout`]. Forms with equal keys are equal, so they
//! can be cached.

use super::columns::rooms;
use super::extra::{self, ExtraRow};
use crate::layout::page::LEAST_NUMBER;
use crate::layout::text::{EastAsianWidth, MM_PER_POINT, text_width};
use crate::layout::{Content, LayoutOptions, PrintedValue};
use crate::report::{CellValue, Report, Value};
use crate::template::{Row, Table, Template, ValueKind};
use crate::text::words::words;

/// Everything in a report that affects its form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FormKey {
    pub(super) landscape: bool,
    /// The year, if headers name it.
    pub(super) year: Option<i32>,
    /// The number of title lines.
    pub(super) title_lines: usize,
    /// How many lines the organization above the table takes.
    pub(super) organization_lines: usize,
    /// The filing lines; empty if there are none.
    pub(super) filing: Vec<FilingLine>,
    /// Whether there is a note about marks.
    pub(super) note: bool,
    /// The headers of the value columns. `None` is the form's own column.
    pub(super) value_columns: Vec<Option<String>>,
    pub(super) rows: Vec<FormKeyRow>,
    /// Values that may take more than one line and so affect the height of their rows.
    pub(super) overflowing: Vec<OverflowingValue>,
}

/// A line with fields below the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FilingLine {
    /// How many fields it has.
    pub(super) fields: usize,
    /// How many lines of text they take.
    pub(super) lines: usize,
}

/// A row to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormKeyRow {
    /// The index of its table in the template.
    pub(super) table: usize,
    pub(super) kind: RowKind,
    /// Its 计量单位, if it differs from the template's.
    pub(super) unit: Option<String>,
    /// How many values it has.
    pub(super) values: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    /// A row of the template, by its index in the table.
    Own(usize),
    /// An extra row.
    Extra(ExtraLabel),
}

/// The labels of an extra row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtraLabel {
    pub(super) text: String,
    /// The level of the row before it.
    pub(super) level: usize,
    /// The merged labels to the left of its label, if its table has such.
    pub(super) stubs: Vec<String>,
}

/// A value that is part of the form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OverflowingValue {
    /// Its index among the values.
    pub(super) value: usize,
    pub(super) content: Content,
    /// The printed text, because 1.0 and 1.00 are equal numbers.
    text: String,
}

/// The rows to print in order.
pub(super) struct Rows<'r> {
    pub(super) rows: Vec<FormKeyRow>,
    /// The values of all rows, from left to right. `None` if the report has no value.
    values: Vec<Option<&'r Value>>,
}

impl<'r> Rows<'r> {
    /// Arranges a report's values in the order of its template. Extra rows follow the rows they followed.
    ///
    /// Optional rows without values are left out.
    pub(super) fn new(report: &'r Report, template: &Template, value_columns: &[Option<&str>]) -> Self {
        let count = template.tables().iter().map(|table| table.rows.len()).sum::<usize>() + report.extra.len();
        let mut rows = Self {
            rows: Vec::with_capacity(count),
            values: Vec::with_capacity(report.values.len() + report.extra.len()),
        };
        let extras = extra::rows(report, template);
        let mut cursor = ValueCursor { values: &report.values, next: 0 };
        for (index, table) in template.tables().iter().enumerate() {
            let here = |after: Option<usize>| extras.iter().filter(move |e| e.table == index && e.after == after);
            here(None).for_each(|extra| rows.extra(table, extra, value_columns));
            for (at, row) in table.rows.iter().enumerate() {
                rows.own(index, table, at, row, value_columns, &mut cursor);
                here(Some(at)).for_each(|extra| rows.extra(table, extra, value_columns));
            }
        }
        rows
    }

    fn own(
        &mut self,
        index: usize,
        table: &Table,
        at: usize,
        row: &Row,
        value_columns: &[Option<&str>],
        cursor: &mut ValueCursor<'r>,
    ) {
        let first = self.values.len();
        // A heading has no values.
        for scope in value_columns.iter().filter(|_| row.kind != ValueKind::Heading) {
            let columns = table.own_columns().iter();
            self.values.extend(columns.map(|column| {
                cursor.find(|value| {
                    value.column.as_deref() == *scope && table.is_indicator(row, column, value.id.as_deref())
                })
            }));
        }
        let values = &self.values[first..];
        let absent = |value: &Option<&Value>| value.is_none_or(|value| value.at.is_none() && is_blank(value));
        if row.optional && values.iter().all(absent) {
            self.values.truncate(first);
            return;
        }
        let unit = table.unit.as_ref().and_then(|_| values.iter().flatten().find_map(|value| value.unit.as_ref()));
        let unit = unit.filter(|unit| row.unit.as_ref() != Some(*unit)).cloned();
        let values = self.values.len() - first;
        self.rows.push(FormKeyRow { table: index, kind: RowKind::Own(at), unit, values });
    }

    fn extra(&mut self, table: &Table, extra: &ExtraRow<'r>, value_columns: &[Option<&str>]) {
        let first = &extra.values[0];
        let mut text = first.label.clone().or_else(|| first.path.last().cloned()).unwrap_or_default();
        let level = extra.after.and_then(|at| table.rows.get(at)).map_or(1, |row| row.level);
        let columns = table.own_columns();
        let mut values: Vec<Option<&Value>> = vec![None; value_columns.len() * columns.len()];
        for value in extra.values {
            let headers = |at: usize| {
                let (scope, column) = (value_columns[at / columns.len()], at % columns.len());
                if table.is_matrix() {
                    value.column.as_deref() == Some(table.columns[column].header.as_str())
                } else {
                    value.column.as_deref() == scope && column == 0
                }
            };
            // A header that occurs several times takes its values in order.
            let last = values.iter().rposition(Option::is_some).map_or(0, |at| at + 1);
            let place = (last..values.len()).chain(0..last).find(|at| values[*at].is_none() && headers(*at));
            match place {
                Some(at) => values[at] = Some(value),
                // A value of a column that the form does not have.
                None => {
                    let column = value.column.as_deref().unwrap_or_default();
                    text.push_str(&format!("（{column}：{}）", content(value).to_text()));
                }
            }
        }
        let label = ExtraLabel { text, level, stubs: extra.stubs.clone() };
        let unit = first.unit.clone();
        self.rows.push(FormKeyRow { table: extra.table, kind: RowKind::Extra(label), unit, values: values.len() });
        self.values.extend(values);
    }

    /// The values in order.
    pub(super) fn into_values(self) -> Vec<Option<&'r Value>> {
        self.values
    }

    /// The values in order, as they print.
    pub(super) fn values(&self) -> Vec<PrintedValue> {
        let value = |value: &Option<&Value>| match value {
            Some(value) => PrintedValue { content: content(value), at: value.at.clone() },
            None => PrintedValue { content: Content::BLANK, at: None },
        };
        self.values.iter().map(value).collect()
    }
}

/// Finds values in the order of the report, which is nearly always the order of the template, or else by a full search.
struct ValueCursor<'r> {
    values: &'r [Value],
    next: usize,
}

impl<'r> ValueCursor<'r> {
    fn find(&mut self, wanted: impl Fn(&Value) -> bool) -> Option<&'r Value> {
        let here = self.values.get(self.next).is_some_and(&wanted).then_some(self.next);
        let at = here.or_else(|| self.values.iter().position(wanted))?;
        self.next = at + 1;
        Some(&self.values[at])
    }
}

impl FormKey {
    pub(super) fn new(
        rows: Vec<FormKeyRow>,
        values: &[PrintedValue],
        template: &Template,
        value_columns: &[Option<&str>],
        options: LayoutOptions,
    ) -> Self {
        let mut form_key = Self {
            landscape: options.landscape,
            year: None,
            title_lines: 0,
            organization_lines: 1,
            filing: Vec::new(),
            note: values.iter().any(|value| value.content.is_in_doubt()),
            value_columns: value_columns.iter().map(|scope| scope.map(str::to_owned)).collect(),
            rows,
            overflowing: Vec::new(),
        };
        let rooms = rooms(template, value_columns.len(), options);
        let mut index = 0;
        for row in &form_key.rows {
            for _ in 0..row.values {
                let content = &values[index].content;
                if overflows(content, template, rooms[row.table]) {
                    let (content, text) = (content.clone(), content.to_text());
                    form_key.overflowing.push(OverflowingValue { value: index, content, text });
                }
                index += 1;
            }
        }
        form_key
    }
}

/// Whether a value may need more than one line in the narrowest column of its table.
fn overflows(content: &Content, template: &Template, room: f64) -> bool {
    let style = template.style().value;
    match (content.number(), content.as_str()) {
        (None, None) => false,
        (None, Some(text)) => text.contains(char::is_control) || text_width(text, style, &EastAsianWidth) > room,
        (Some(number), _) => {
            let digits = number.mantissa().unsigned_abs().checked_ilog10().unwrap_or(0).max(number.scale()) + 1;
            let signs = u32::from(number.scale() > 0) + u32::from(number.is_sign_negative());
            f64::from(digits + signs) * 0.5 * style.size * MM_PER_POINT * LEAST_NUMBER > room
        }
    }
}

fn is_blank(value: &Value) -> bool {
    value.cell.is_blank()
}

/// The content for a value: its number, nothing, or its text with the mark of what cannot be read.
fn content(value: &Value) -> Content {
    match &value.cell {
        CellValue::NotApplicable => Content::Text(value.text().trim().to_owned()),
        CellValue::Unreadable(text) => Content::Value(CellValue::Unreadable(words().marked_unreadable(text))),
        cell => Content::Value(cell.clone()),
    }
}
