//! Makes the tables of a form: header levels, bands, merged labels, rows.
//!
//! In: a template's tables and the rows of a [`FormKey`](super::form_key::FormKey). Out: [`TableLayout`]s. Called by
//! [`super::layout`].

use std::ops::Range;

use super::builder::FormBuilder;
use super::columns::{Columns, widths};
use super::form_key::{ExtraLabel, FormKeyRow, RowKind};
use crate::layout::{Align, CellLayout, CellRole, Content, Filling, RowLayout, TableLayout};
use crate::template::{Table, TextStyle, ValueKind, YEAR};

/// What a header has where the year is unknown.
const BLANK_YEAR: &str = "＿＿＿＿";

/// The rows below a band stay on one page if there are at most this many.
const ROWS_KEPT_TOGETHER: usize = 6;

/// A row before equal labels are merged.
struct RowDraft {
    stubs: Vec<String>,
    label: Option<CellLayout>,
    unit: Content,
    values: Vec<CellLayout>,
    keep_with_next: bool,
    outline: Option<String>,
}

impl FormBuilder<'_> {
    /// Makes one table from a group.
    pub(super) fn table(&mut self, group: Range<usize>, caption: Option<&str>) -> TableLayout {
        let (tables, value_columns) = (self.template.tables(), self.form_key.value_columns.len());
        let columns = Columns::new(&tables[group.start], value_columns);
        let alone = group.len() == 1;
        let widths = widths(self.template, &tables[group.start], value_columns, &self.page);
        let (mut rows, mut header_rows) = (Vec::new(), 0);
        for index in group {
            let table = &tables[index];
            let first = rows.len();
            rows.extend(table.band.as_deref().map(|band| self.band(band, columns)));
            rows.extend(self.header_rows(table, columns));
            if alone {
                // Joined tables have their own headers, so no header row can repeat on each page.
                header_rows = rows.len();
            }
            let opening = rows.len();
            let drafts = self.drafts(index);
            rows.extend(self.merged(table, columns, drafts));
            if header_rows > 0 && rows.len() > opening + 1 {
                // A single row below the header at the foot of a page is easy to miss.
                rows[opening].keep_with_next = true;
            }
            if table.band.is_some() && rows.len() - first <= ROWS_KEPT_TOGETHER {
                let last = rows.len() - 1;
                rows[first..last].iter_mut().for_each(|row| row.keep_with_next = true);
            }
        }
        TableLayout { caption: caption.map(str::to_owned), widths, header_rows, rows }
    }

    fn row_of(&self, cells: Vec<CellLayout>, keep_with_next: bool, outline: Option<String>) -> RowLayout {
        RowLayout { cells, min_height: self.page.row_height, keep_with_next, outline }
    }

    /// A row over all columns, such as 第二十条第（一）项.
    fn band(&self, text: &str, columns: Columns) -> RowLayout {
        let style = self.template.style().section;
        let mut cell = cell(Content::Text(text.to_owned()), CellRole::ColumnHeader, style, Align::Center);
        cell.column_span = columns.count();
        self.row_of(vec![cell], true, None)
    }

    /// Below a band, headers and labels are as large as values: they are few, in wide columns.
    fn head_style(&self, table: &Table) -> TextStyle {
        if table.band.is_some() { self.template.style().value } else { self.template.style().header }
    }

    fn label_style(&self, table: &Table) -> TextStyle {
        if table.band.is_some() { self.template.style().value } else { self.template.style().label }
    }

    /// The header rows, with merged headers above. A header with fewer levels spans down.
    fn header_rows(&self, table: &Table, columns: Columns) -> Vec<RowLayout> {
        let style = self.head_style(table);
        let year = self.form_key.year.map_or_else(|| BLANK_YEAR.to_owned(), |year| year.to_string());
        let text = |header: &str| header.replace(YEAR, &year);
        let headers: Vec<(&[String], String)> = self
            .form_key
            .value_columns
            .iter()
            .flat_map(|scope| {
                let own = table.own_columns().iter();
                own.map(|column| (&column.groups[..], text(scope.as_deref().unwrap_or(&column.header))))
            })
            .collect();
        let depth = headers.iter().map(|(groups, _)| groups.len() + 1).max().unwrap_or(1);
        let header = |text: &str, (column, column_span): (usize, usize), row_span: usize| {
            let content = Content::Text(text.to_owned());
            let cell = cell(content, CellRole::ColumnHeader, style, Align::Center);
            CellLayout { column, column_span, row_span, ..cell }
        };
        let mut rows = Vec::new();
        for level in 0..depth {
            let mut cells = Vec::new();
            if level == 0 {
                if let Some(label) = &table.label {
                    let mut cell = header(&label.header, (0, columns.stubs + 1), depth);
                    if columns.stubs > 0 {
                        cell.align = Align::Left;
                    }
                    cells.push(cell);
                }
                let unit = table.unit.iter();
                cells.extend(unit.map(|unit| header(&unit.header, (columns.stubs + columns.label, 1), depth)));
            }
            let mut index = 0;
            while index < headers.len() {
                let (groups, text) = (headers[index].0, headers[index].1.as_str());
                let (column, span) = columns.value(index, headers.len());
                index += 1;
                if groups.len() == level {
                    cells.push(header(text, (column, span), depth - level));
                } else if let Some(group) = groups.get(level) {
                    let same =
                        headers[index..].iter().take_while(|(next, _)| next.get(..=level) == groups.get(..=level));
                    index += same.count();
                    let (last, last_span) = columns.value(index - 1, headers.len());
                    cells.push(header(group, (column, last + last_span - column), 1));
                }
            }
            rows.push(self.row_of(cells, true, None));
        }
        rows
    }

    /// The rows of a table in order.
    fn drafts(&mut self, index: usize) -> Vec<RowDraft> {
        let (table, form_key) = (&self.template.tables()[index], self.form_key);
        let rows = form_key.rows.iter().filter(|row| row.table == index);
        rows.map(|row| match &row.kind {
            RowKind::Own(at) => self.draft(table, *at, row),
            RowKind::Extra(label) => self.extra_draft(table, label, row),
        })
        .collect()
    }

    /// The cells for the next `count` values.
    fn values(&mut self, count: usize) -> Vec<CellLayout> {
        let first = self.values;
        self.values += count;
        let overflowing =
            |value: usize| self.form_key.overflowing.iter().find(|overflowing| overflowing.value == value);
        let content = |value| {
            overflowing(value).map_or(Filling::Slot(value), |overflowing| Filling::Fixed(overflowing.content.clone()))
        };
        let style = self.template.style().value;
        let values = first..self.values;
        values
            .map(|value| CellLayout {
                content: content(value),
                value: Some(value),
                ..cell(Content::BLANK, CellRole::Data, style, Align::Center)
            })
            .collect()
    }

    fn draft(&mut self, table: &Table, index: usize, place: &FormKeyRow) -> RowDraft {
        let (styles, row) = (self.template.style(), &table.rows[index]);
        let section = row.level == 0 && !table.is_matrix();
        let style = if section { styles.section } else { self.label_style(table) };
        let mut indent = self.template.indents().get(row.level).copied().unwrap_or(0.0);
        if self.behind_group_prefix(table, index) {
            indent += self.template.group_prefix().chars().count() as f64;
        }
        let mark = || match self.template.heading_mark() {
            "" => Content::BLANK,
            mark => Content::Text(mark.to_owned()),
        };
        let heading = row.kind == ValueKind::Heading;
        let (unit, values) = if heading {
            let mark_cell = || cell(mark(), CellRole::Data, styles.value, Align::Center);
            let count = self.form_key.value_columns.len() * table.own_columns().len();
            (mark(), (0..count).map(|_| mark_cell()).collect())
        } else {
            let unit = place.unit.clone().or_else(|| row.unit.clone());
            (unit.map_or(Content::BLANK, Content::Text), self.values(place.values))
        };
        let opens = table.rows.get(index + 1).is_some_and(|next| next.level > row.level);
        RowDraft {
            stubs: row.stubs.clone(),
            label: table.label.is_some().then(|| CellLayout { indent, ..label(table, &row.label, style) }),
            unit,
            values,
            keep_with_next: opens && (row.level == 0 || heading),
            outline: section.then(|| row.label.clone()),
        }
    }

    /// Whether a row follows one on the same level that starts with 其中：.
    fn behind_group_prefix(&self, table: &Table, index: usize) -> bool {
        let (prefix, row) = (self.template.group_prefix(), &table.rows[index]);
        !prefix.is_empty()
            && !row.label.starts_with(prefix)
            && table.rows[..index]
                .iter()
                .rev()
                .take_while(|above| above.level == row.level)
                .any(|above| above.label.starts_with(prefix))
    }

    fn extra_draft(&mut self, table: &Table, extra: &ExtraLabel, place: &FormKeyRow) -> RowDraft {
        let mut cell = label(table, &extra.text, self.label_style(table));
        cell.indent = self.template.indents().get(extra.level).copied().unwrap_or(0.0);
        // The label has the location of its value.
        cell.value = (place.values > 0).then_some(self.values);
        RowDraft {
            stubs: extra.stubs.clone(),
            label: Some(cell),
            unit: place.unit.clone().map_or(Content::BLANK, Content::Text),
            values: self.values(place.values),
            keep_with_next: false,
            outline: None,
        }
    }

    /// Merges equal labels over rows, and labels over the columns that a row does not use.
    fn merged(&self, table: &Table, columns: Columns, drafts: Vec<RowDraft>) -> Vec<RowLayout> {
        let all: Vec<Vec<String>> = drafts.iter().map(|draft| draft.stubs.clone()).collect();
        let (stub_style, style) = (self.template.style().label, self.template.style().value);
        let mut rows = Vec::new();
        for (at, draft) in drafts.into_iter().enumerate() {
            let mut cells = Vec::new();
            for depth in 0..draft.stubs.len() {
                let own = draft.stubs.get(..=depth);
                if at > 0 && all[at - 1].get(..=depth) == own {
                    continue;
                }
                let text = Content::Text(draft.stubs[depth].clone());
                let stub = cell(text, CellRole::RowHeader, stub_style, Align::Center);
                let row_span = all[at..].iter().take_while(|stubs| stubs.get(..=depth) == own).count();
                cells.push(CellLayout { column: depth, row_span, vertical: table.stubs[depth].vertical, ..stub });
            }
            match draft.label {
                Some(label) if columns.label > 0 => {
                    let column = draft.stubs.len();
                    cells.push(CellLayout { column, column_span: columns.stubs + 1 - column, ..label });
                }
                Some(label) => {
                    // Without a column of labels, the label gets a row above its values.
                    let label = CellLayout { column_span: columns.count(), ..label };
                    rows.push(self.row_of(vec![label], true, None));
                }
                None => {}
            }
            if columns.unit > 0 {
                let unit = cell(draft.unit, CellRole::Data, style, Align::Center);
                cells.push(CellLayout { column: columns.stubs + columns.label, ..unit });
            }
            let count = draft.values.len();
            for (index, value) in draft.values.into_iter().enumerate() {
                let (column, column_span) = columns.value(index, count);
                cells.push(CellLayout { column, column_span, ..value });
            }
            rows.push(self.row_of(cells, draft.keep_with_next, draft.outline));
        }
        rows
    }
}

/// The label of a row. Centered if the labels are the names of a few things, left in a list.
fn label(table: &Table, text: &str, style: TextStyle) -> CellLayout {
    let align = if table.is_matrix() && table.stubs.is_empty() { Align::Center } else { Align::Left };
    cell(Content::Text(text.to_owned()), CellRole::RowHeader, style, align)
}

fn cell(content: Content, role: CellRole, style: TextStyle, align: Align) -> CellLayout {
    CellLayout {
        column: 0,
        column_span: 1,
        row_span: 1,
        content: Filling::Fixed(content),
        value: None,
        role,
        style,
        align,
        indent: 0.0,
        vertical: false,
    }
}
