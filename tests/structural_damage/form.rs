//! The shipped forms and one local table, filled with values.

use xxgk::engine::Engine;
use xxgk::template::{Row, Table, Template, ValueKind};

use crate::page::{Cell, Column, ColumnKind, Grid, Key, Line, LineKind, Part, Values};

/// The rows of a table of no known form: ordinal, label, unit.
const LOCAL: &[(&str, &str, &str)] = &[
    ("", "主动公开信息数", "条"),
    ("其中：1.", "网站公开", "条"),
    ("2.", "政府公报公开", "条"),
    ("3.", "便民服务窗口公开", "条"),
    ("", "网站专栏页面访问量", "万人次"),
    ("", "热线电话接听时间", "小时"),
    ("", "受理依申请公开信息总数", "条"),
    ("其中：1.", "当面递交数", "条"),
    ("2.", "来信递交数", "条"),
    ("", "对申请的答复总数", "条"),
    ("", "依申请公开收取的费用", "元"),
    ("", "行政复议数", "件"),
    ("", "行政诉讼数", "件"),
    ("", "接受咨询人次", "人次"),
];

/// The value columns of the local table, where it has two.
const LOCAL_COLUMNS: [&str; 2] = ["2011年度", "历年累计"];

/// One indicator of a form.
#[derive(Clone, Debug)]
pub struct Indicator {
    pub key: Key,
    /// The row's label without its ordinal.
    pub label: String,
    pub unit: String,
    pub kind: ValueKind,
    /// Whether its absence needs no finding.
    pub optional: bool,
}

/// A row of a list.
#[derive(Clone, Debug)]
struct ListRow {
    label: String,
    unit: String,
    /// None for a heading.
    id: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Form {
    /// The template's id, or `local`.
    pub id: String,
    pub template: Option<std::sync::Arc<Template>>,
    pub indicators: Vec<Indicator>,
    /// The headers of the value columns of a local table.
    pub local_columns: Vec<String>,
    /// Whether rows that not all places print are there.
    pub with_optional: bool,
}

/// How many forms [`Form::number`] knows.
pub fn count(engine: &Engine) -> usize {
    engine.templates().0.len() + 2
}

impl Form {
    /// The shipped forms, then the local table with one and with two value columns.
    pub fn number(engine: &Engine, number: usize, with_optional: bool) -> Self {
        let templates = &engine.templates().0;
        let Some(template) = templates.get(number) else {
            return Self::local(number - templates.len() + 1);
        };
        let mut indicators = Vec::new();
        for table in template.tables() {
            for row in table.rows.iter().filter(|row| row.kind != ValueKind::Heading) {
                let columns = if template.is_matrix() { &table.columns[..] } else { &table.columns[..1] };
                indicators.extend(columns.iter().map(|column| Indicator {
                    key: Key::own(&table.indicator_id(row, column)),
                    label: without_ordinal(&row.label).to_owned(),
                    unit: row.unit.clone().unwrap_or_default(),
                    kind: table.kind(row, column),
                    optional: row.optional,
                }));
            }
        }
        let (id, template) = (template.id().to_owned(), Some(template.clone()));
        Self { id, template, indicators, local_columns: Vec::new(), with_optional }
    }

    fn local(columns: usize) -> Self {
        let local_columns: Vec<String> =
            if columns == 1 { vec!["数量".to_owned()] } else { LOCAL_COLUMNS.map(str::to_owned).to_vec() };
        let mut indicators = Vec::new();
        for (_, label, unit) in LOCAL {
            for column in &local_columns {
                indicators.push(Indicator {
                    key: Key { id: (*label).to_owned(), column: (columns > 1).then(|| column.clone()) },
                    label: (*label).to_owned(),
                    unit: (*unit).to_owned(),
                    kind: if unit.ends_with('元') { ValueKind::Decimal } else { ValueKind::Count },
                    optional: true,
                });
            }
        }
        let id = if columns == 1 { "local" } else { "local-2" };
        Self { id: id.to_owned(), template: None, indicators, local_columns, with_optional: false }
    }

    pub fn is_matrix(&self) -> bool {
        self.template.as_ref().is_some_and(|template| template.is_matrix())
    }

    /// List, matrix or local.
    pub fn family(&self) -> &'static str {
        match &self.template {
            None => "local",
            Some(_) if self.is_matrix() => "matrix",
            Some(_) => "list",
        }
    }

    /// The title that names the organization and the year.
    pub fn title(&self, organization: &str, year: i32) -> String {
        match &self.template {
            Some(template) if template.is_matrix() => format!("{organization}{year}年政府信息公开工作年度报告"),
            Some(_) => format!("{year}年度{organization}政府信息公开情况统计表"),
            None => format!("{organization}{year}年政府信息公开情况统计表"),
        }
    }

    /// A usual year for the form.
    pub fn year(&self) -> i32 {
        match self.id.as_str() {
            "2021" => 2022,
            "2019" => 2020,
            "local" | "local-2" => 2011,
            _ => 2016,
        }
    }

    /// The headings and tables with these values.
    pub fn parts(&self, values: &Values) -> Vec<Part> {
        match &self.template {
            Some(template) if template.is_matrix() => matrix(self, template, values),
            Some(template) => {
                let table = &template.tables()[0];
                let rows = table.rows.iter().filter(|row| self.prints(row)).map(|row| ListRow {
                    label: row.label.clone(),
                    unit: row.unit.clone().unwrap_or_default(),
                    id: (row.kind != ValueKind::Heading).then(|| row.id.clone()),
                });
                let head =
                    |column: &Option<xxgk::template::Column>| column.as_ref().map_or("", |own| &own.header).to_owned();
                let heads = vec![head(&table.label), head(&table.unit), table.columns[0].header.clone()];
                vec![Part::Grid(list(&heads, &rows.collect::<Vec<_>>(), &[None], values))]
            }
            None => {
                let rows = LOCAL.iter().map(|(ordinal, label, unit)| ListRow {
                    label: format!("{ordinal}{label}"),
                    unit: (*unit).to_owned(),
                    id: Some((*label).to_owned()),
                });
                let mut heads = vec!["指标名称".to_owned(), "计量单位".to_owned()];
                heads.extend(self.local_columns.iter().cloned());
                let several = self.local_columns.len() > 1;
                let columns: Vec<Option<String>> =
                    self.local_columns.iter().map(|own| several.then(|| own.clone())).collect();
                vec![Part::Grid(list(&heads, &rows.collect::<Vec<_>>(), &columns, values))]
            }
        }
    }

    /// Whether the table has the row. The optional row of a matrix replaces others, so it is never there.
    fn prints(&self, row: &Row) -> bool {
        !row.optional || (self.with_optional && !self.is_matrix())
    }
}

fn list(heads: &[String], rows: &[ListRow], columns: &[Option<String>], values: &Values) -> Grid {
    let line = |kind, cells| Line::new(kind, 0, cells);
    let mut lines = vec![line(LineKind::Header, heads.iter().map(Cell::text).collect())];
    for row in rows {
        let mut cells = vec![Cell::text(&row.label), Cell::text(&row.unit)];
        cells.extend(columns.iter().map(|column| match &row.id {
            None => Cell::default(),
            Some(id) => {
                let key = Key { id: id.clone(), column: column.clone() };
                let text = &values[&key];
                Cell::value(key, text)
            }
        }));
        lines.push(line(if row.id.is_some() { LineKind::Data } else { LineKind::Heading }, cells));
    }
    let kinds = [ColumnKind::Label, ColumnKind::Unit].into_iter().chain(columns.iter().map(|_| ColumnKind::Value));
    Grid { columns: kinds.map(Column::new).collect(), lines, is_beside: false }
}

/// The tables of a form with a value for each row and column; joined tables are one grid.
fn matrix(form: &Form, template: &Template, values: &Values) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut merges = 0;
    for (number, table) in template.tables().iter().enumerate() {
        parts.extend(table.heading.as_ref().map(Part::text));
        let labels = if table.label.is_some() { table.stubs.len() + 1 } else { 0 };
        if !table.joined {
            let kinds =
                table.stubs.iter().map(|_| ColumnKind::Stub).chain(table.label.iter().map(|_| ColumnKind::Label));
            let kinds = kinds.chain(table.columns.iter().map(|_| ColumnKind::Value));
            parts.push(Part::Grid(Grid { columns: kinds.map(Column::new).collect(), ..Grid::default() }));
        }
        let Some(Part::Grid(grid)) = parts.last_mut() else { panic!("a joined table follows another") };
        let mut section =
            Section { form, table, block: number, labels, width: grid.columns.len(), merges: &mut merges };
        section.band(grid);
        section.headers(grid);
        section.rows(grid, values);
    }
    parts
}

/// One table of a matrix form as it becomes lines.
struct Section<'f> {
    form: &'f Form,
    table: &'f Table,
    block: usize,
    /// How many columns stand left of the values.
    labels: usize,
    width: usize,
    /// The last number of a merged cell.
    merges: &'f mut u32,
}

impl Section<'_> {
    fn merge(&mut self) -> u32 {
        *self.merges += 1;
        *self.merges
    }

    fn push(&self, grid: &mut Grid, kind: LineKind, cells: Vec<Cell>) {
        grid.lines.push(Line::new(kind, self.block, cells));
    }

    /// How many columns of the grid a value column covers: the last one covers the rest.
    fn width_of(&self, column: usize) -> usize {
        let last = self.table.columns.len() - 1;
        if column == last { self.width - self.labels - last } else { 1 }
    }

    fn band(&mut self, grid: &mut Grid) {
        if let Some(band) = &self.table.band {
            let merge = self.merge();
            self.push(grid, LineKind::Band, vec![Cell::text(band).merged(merge); self.width]);
        }
    }

    fn headers(&mut self, grid: &mut Grid) {
        let depth = self.table.columns.iter().map(|column| column.groups.len()).max().unwrap_or(0);
        let label = self.table.label.as_ref().map(|label| Cell::text(&label.header).merged(self.merge()));
        let mut lines = vec![vec![label.unwrap_or_default(); self.labels]; depth + 1];
        let mut open: Vec<(Vec<String>, u32)> = Vec::new();
        for (at, column) in self.table.columns.iter().enumerate() {
            let own = Cell::text(&column.header).merged(self.merge());
            for (level, line) in lines.iter_mut().enumerate() {
                let cell = match column.groups.get(level) {
                    None => own.clone(),
                    Some(text) => {
                        let path = column.groups[..=level].to_vec();
                        let known = open.iter().find(|(known, _)| *known == path).map(|(_, merge)| *merge);
                        let merge = known.unwrap_or_else(|| self.merge());
                        open.push((path, merge));
                        Cell::text(text).merged(merge)
                    }
                };
                line.extend(vec![cell; self.width_of(at)]);
            }
        }
        for line in lines {
            self.push(grid, LineKind::Header, line);
        }
    }

    fn rows(&mut self, grid: &mut Grid, values: &Values) {
        let mut open: Vec<(Vec<String>, u32)> = Vec::new();
        for row in self.table.rows.iter().filter(|row| self.form.prints(row)) {
            let mut cells = Vec::new();
            for level in 0..row.stubs.len() {
                let path = row.stubs[..=level].to_vec();
                let known = open.iter().find(|(known, _)| *known == path).map(|(_, merge)| *merge);
                let merge = known.unwrap_or_else(|| self.merge());
                open.push((path, merge));
                cells.push(Cell::text(&row.stubs[level]).merged(merge));
            }
            if self.labels > 0 {
                let label = Cell::text(&row.label).merged(self.merge());
                cells.resize(self.labels, label);
            }
            for (at, column) in self.table.columns.iter().enumerate() {
                let key = Key::own(&self.table.indicator_id(row, column));
                let text = &values[&key];
                let width = self.width_of(at);
                let merge = if width > 1 { self.merge() } else { 0 };
                cells.extend(vec![Cell::value(key, text).merged(merge); width]);
            }
            self.push(grid, LineKind::Data, cells);
        }
    }
}

/// A label without 一、, （一）, 1. and 其中：.
pub fn without_ordinal(label: &str) -> &str {
    let label = label.trim().trim_start_matches("其中：");
    let end = label.char_indices().take(5).find(|(_, c)| matches!(c, '、' | '）' | '.'));
    match end {
        Some((at, c)) if label[..at].chars().all(|c| "（一二三四五六七八九十0123456789".contains(c)) => {
            &label[at + c.len_utf8()..]
        }
        _ => label,
    }
}
