//! Fills a template with a report: `Report × Template → Layout`.

use super::text::{EastAsianWidth, MM_PER_POINT, text_width};
use super::{Align, Block, CellLayout, CellRole, Content, Layout, Line, LineKind, LinePart, RowLayout, TableLayout};
use crate::report::{Report, Status, Value};
use crate::template::{Kind, Row, Table, Template, TextStyle};

/// Lines of text outside the table stand this far apart, in parts of their size, as in the published forms.
const LINE_HEIGHT: f64 = 1.3;
/// How much of a line a title may fill before it breaks.
const TITLE_ROOM: f64 = 0.9;

/// Lays a report out as its template says.
///
/// Rows stand in the form's order. A row the form marks as optional prints when the report has it, extra rows print
/// after the row they followed, filing lines when they hold something. Blank stays blank.
pub fn layout(report: &Report, template: &Template) -> Layout {
    let build = Build { report, template, columns: report.columns() };
    let title = build.title();
    let mut blocks = Vec::new();
    blocks.extend(template.attachment.as_deref().map(|mark| build.attachment(mark)));
    build.title_lines(&title, &mut blocks);
    blocks.push(build.organization_line());
    for table in &template.tables {
        blocks.push(Block::Table(build.table(table, &title)));
    }
    build.filing_lines(&mut blocks);
    Layout {
        title,
        organization: report.organization.clone(),
        page: template.page,
        page_number: template.style.page_number,
        blocks,
    }
}

struct Build<'a> {
    report: &'a Report,
    template: &'a Template,
    columns: Vec<Option<&'a str>>,
}

impl Build<'_> {
    fn width(&self) -> f64 {
        let page = &self.template.page;
        page.width - page.left - page.right
    }

    fn title(&self) -> String {
        match &self.report.title {
            Some(title) => title.clone(),
            None => self.fill(&self.template.title),
        }
    }

    /// Fills `{year}` and `{organization}`; what is not known leaves nothing behind but 年度 without its year.
    fn fill(&self, pattern: &str) -> String {
        let year = self.report.year.map(|year| year.to_string()).unwrap_or_default();
        pattern.replace("{year}", &year).replace("{organization}", self.report.organization.as_deref().unwrap_or(""))
    }

    fn line(&self, kind: LineKind, style: TextStyle, space_before: f64, parts: Vec<LinePart>) -> Block {
        Block::Line(Line { kind, parts, style, space_before, height: style.size * MM_PER_POINT * LINE_HEIGHT })
    }

    fn attachment(&self, mark: &str) -> Block {
        let part = LinePart { text: mark.to_owned(), x: 0.0, width: self.width(), align: Align::Left };
        self.line(LineKind::Attachment, self.template.style.attachment, 0.0, vec![part])
    }

    /// A title that is too long for one line breaks where the template says.
    fn title_lines(&self, title: &str, blocks: &mut Vec<Block>) {
        let style = self.template.style.title;
        let fits = text_width(title, style, &EastAsianWidth) <= self.width() * TITLE_ROOM;
        let (first, second) = match title.find(self.template.title_break.as_str()) {
            Some(at) if !fits && at > 0 => (&title[..at], &title[at..]),
            _ => (title, ""),
        };
        for (index, text) in [first, second].into_iter().filter(|text| !text.is_empty()).enumerate() {
            let part = LinePart { text: text.to_owned(), x: 0.0, width: self.width(), align: Align::Center };
            let space_before = if index == 0 && self.template.attachment.is_some() { 5.0 } else { 0.0 };
            blocks.push(self.line(LineKind::Title, style, space_before, vec![part]));
        }
    }

    fn organization_line(&self) -> Block {
        let year = self.report.year.map(|_| self.fill(&self.template.year_line)).unwrap_or_default();
        let half = self.width() * 0.75;
        let parts = vec![
            LinePart { text: self.fill(&self.template.organization_line), x: 0.0, width: half, align: Align::Left },
            LinePart { text: year, x: half, width: self.width() - half, align: Align::Right },
        ];
        let style = self.template.style.line;
        // The line stands clear of the table below it.
        let height = style.size * MM_PER_POINT * LINE_HEIGHT + 3.0;
        Block::Line(Line { kind: LineKind::Organization, parts, style, space_before: 3.0, height })
    }

    fn filing_lines(&self, blocks: &mut Vec<Block>) {
        if self.report.filing.is_empty() {
            return;
        }
        let fields = &self.template.filing;
        let lines = fields.iter().map(|field| field.line).max().unwrap_or(0);
        let most = (1..=lines).map(|line| fields.iter().filter(|field| field.line == line).count()).max();
        let width = self.width() / most.unwrap_or(1).max(1) as f64;
        for line in 1..=lines {
            let parts = fields.iter().filter(|field| field.line == line).enumerate().map(|(index, field)| {
                let value = self.report.filing.field(&field.name).unwrap_or(&field.blank);
                let text = format!("{}：{value}", field.label);
                LinePart { text, x: index as f64 * width, width, align: Align::Left }
            });
            let space_before = if line == 1 { 3.0 } else { 2.0 };
            blocks.push(self.line(LineKind::Filing, self.template.style.line, space_before, parts.collect()));
        }
    }

    /// Widths of label, unit and value columns; several value columns share out what the label can spare.
    fn widths(&self, table: &Table) -> Vec<f64> {
        let count = self.columns.len() * table.columns.len();
        let unit = table.unit.as_ref().map_or(0.0, |unit| unit.width);
        let own: f64 = table.columns.iter().map(|column| column.width).sum();
        let mut values = vec![own / table.columns.len() as f64; count];
        let mut label = table.label.as_ref().map_or(0.0, |label| label.width);
        if self.columns.len() > 1 {
            let room = self.width() - unit;
            let value = (own).min(room * 0.55 / count as f64);
            values = vec![value; count];
            label = room - value * count as f64;
        }
        std::iter::once(label).chain(table.unit.as_ref().map(|unit| unit.width)).chain(values).collect()
    }

    fn table(&self, table: &Table, title: &str) -> TableLayout {
        let mut rows = vec![self.head_row(table)];
        self.extra_rows(table, None, &mut rows);
        for (index, row) in table.rows.iter().enumerate() {
            let values = self.values_of(table, row);
            let absent = values.iter().all(|value| value.is_none_or(|value| value.at.is_none() && blank(value)));
            if !(row.optional && absent) {
                let opens = table.rows.get(index + 1).is_some_and(|next| next.level > row.level);
                rows.push(self.row(table, index, row, &values, opens && (row.level == 0 || row.kind == Kind::Heading)));
            }
            self.extra_rows(table, Some(&row.id), &mut rows);
        }
        TableLayout { caption: title.to_owned(), widths: self.widths(table), head_rows: 1, rows }
    }

    fn head_row(&self, table: &Table) -> RowLayout {
        let heads = self.columns.iter().flat_map(|scope| {
            table.columns.iter().map(move |column| scope.map_or_else(|| column.head.clone(), str::to_owned))
        });
        let texts =
            table.label.iter().map(|label| label.head.clone()).chain(table.unit.iter().map(|unit| unit.head.clone()));
        let cells = texts.chain(heads).enumerate().map(|(column, text)| {
            let style = self.template.style.head;
            cell(column, Content::Text(text), CellRole::ColumnHead, style, Align::Center)
        });
        RowLayout {
            cells: cells.collect(),
            min_height: self.template.page.row_height,
            keep_with_next: true,
            outline: None,
        }
    }

    /// The values of a row, scope by scope and column by column.
    fn values_of(&self, table: &Table, row: &Row) -> Vec<Option<&Value>> {
        let ids: Vec<String> = table
            .columns
            .iter()
            .map(|column| column.id.as_ref().map_or_else(|| row.id.clone(), |id| format!("{}.{id}", row.id)))
            .collect();
        self.columns.iter().flat_map(|scope| ids.iter().map(move |id| self.report.value(id, *scope))).collect()
    }

    fn row(&self, table: &Table, index: usize, row: &Row, values: &[Option<&Value>], opens: bool) -> RowLayout {
        let styles = &self.template.style;
        let style = if row.level == 0 { styles.section } else { styles.label };
        let mut indent = self.template.indents.get(row.level).copied().unwrap_or(0.0);
        if self.behind_group_prefix(table, index) {
            indent += self.template.group_prefix.chars().count() as f64;
        }
        let mark = || match self.template.heading_mark.as_str() {
            "" => Content::Blank,
            mark => Content::Text(mark.to_owned()),
        };
        let heading = row.kind == Kind::Heading;
        let unit = values.iter().flatten().find_map(|value| value.unit.clone()).or_else(|| row.unit.clone());
        let unit = if heading { mark() } else { unit.map_or(Content::Blank, Content::Text) };
        let values = values.iter().map(|value| match value {
            _ if heading => (mark(), None),
            Some(value) => (content(value), value.at.clone()),
            None => (Content::Blank, None),
        });
        let mut label = cell(0, Content::Text(row.label.clone()), CellRole::RowHead, style, Align::Left);
        label.indent = indent;
        RowLayout {
            cells: self.cells(table, label, unit, values),
            min_height: self.template.page.row_height,
            keep_with_next: opens,
            outline: (row.level == 0).then(|| row.label.clone()),
        }
    }

    /// Whether a row stands at the level of one before it that starts with 其中： and in the same run of that level.
    fn behind_group_prefix(&self, table: &Table, index: usize) -> bool {
        let (prefix, row) = (self.template.group_prefix.as_str(), &table.rows[index]);
        !row.label.starts_with(prefix)
            && table.rows[..index]
                .iter()
                .rev()
                .take_while(|above| above.level == row.level)
                .any(|above| above.label.starts_with(prefix))
    }

    fn cells(
        &self,
        table: &Table,
        label: CellLayout,
        unit: Content,
        values: impl Iterator<Item = (Content, Option<crate::document::Location>)>,
    ) -> Vec<CellLayout> {
        let style = self.template.style.value;
        let mut cells = vec![label];
        if table.unit.is_some() {
            cells.push(cell(1, unit, CellRole::Data, style, Align::Center));
        }
        for (content, at) in values {
            let mut value = cell(cells.len(), content, CellRole::Data, style, Align::Center);
            value.at = at;
            cells.push(value);
        }
        cells
    }

    /// The rows beyond the template that followed a row; before the first for none.
    fn extra_rows(&self, table: &Table, after: Option<&str>, rows: &mut Vec<RowLayout>) {
        let extra = &self.report.extra;
        let mut index = 0;
        while index < extra.len() {
            let first = &extra[index];
            // One row's values stand together, a column each.
            let same = |value: &&Value| value.label == first.label && value.path == first.path;
            let mut count = 1;
            let mut seen = vec![first.column.as_deref()];
            while let Some(next) = extra.get(index + count).filter(same) {
                if seen.contains(&next.column.as_deref()) {
                    break;
                }
                seen.push(next.column.as_deref());
                count += 1;
            }
            if first.after.as_deref() == after {
                rows.push(self.extra_row(table, &extra[index..index + count], after));
            }
            index += count;
        }
    }

    fn extra_row(&self, table: &Table, values: &[Value], after: Option<&str>) -> RowLayout {
        let first = &values[0];
        let text = first.label.clone().or_else(|| first.path.last().cloned()).unwrap_or_default();
        let level = after.and_then(|id| table.rows.iter().find(|row| row.id == id)).map_or(1, |row| row.level);
        let mut label = cell(0, Content::Text(text), CellRole::RowHead, self.template.style.label, Align::Left);
        label.indent = self.template.indents.get(level).copied().unwrap_or(0.0);
        label.at.clone_from(&first.at);
        let unit = first.unit.clone().map_or(Content::Blank, Content::Text);
        let cells = self.columns.iter().flat_map(|scope| {
            let value = values.iter().find(|value| value.column.as_deref() == *scope);
            let own = value.map_or((Content::Blank, None), |value| (content(value), value.at.clone()));
            std::iter::once(own).chain((1..table.columns.len()).map(|_| (Content::Blank, None)))
        });
        RowLayout {
            cells: self.cells(table, label, unit, cells),
            min_height: self.template.page.row_height,
            keep_with_next: false,
            outline: None,
        }
    }
}

fn blank(value: &Value) -> bool {
    value.status == Status::Blank
}

/// What prints for a value: the number, nothing, or the text that is no number.
fn content(value: &Value) -> Content {
    match (value.status, value.number) {
        (Status::Number, Some(number)) => Content::Number(number),
        (Status::Blank, _) => Content::Blank,
        _ => Content::Text(value.text.trim().to_owned()),
    }
}

fn cell(column: usize, content: Content, role: CellRole, style: TextStyle, align: Align) -> CellLayout {
    CellLayout { column, column_span: 1, row_span: 1, content, role, style, align, indent: 0.0, at: None }
}
