//! Official layouts as data: `templates/*.toml`.
//!
//! In: TOML text. Out: a [`Template`] that says everything about one form: titles, rows, labels, aliases, units, widths,
//! fonts, paper. Recognition ([`crate::recognize`]) and layout ([`crate::layout`]) read it; no layout is in code.

mod extend;
mod indicator;
mod load;
pub mod local;
mod rule;

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde::Deserialize;

pub use indicator::Indicator;
use indicator::Indicators;
pub(crate) use indicator::{in_table, without_remarks};
pub use load::{Templates, from_toml_str, shipped, shipped_toml};
pub use rule::{Each, ResolvedRule, Rule, RuleKind, Rules};

/// What the figures of a row are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A row without figures.
    Heading,
    /// A whole number, not negative.
    #[default]
    Count,
    /// A number with decimals, such as an amount in 万元.
    Decimal,
    /// A whole number that may be negative, written `+3`, `-8`, 增3 or 减8.
    Signed,
}

/// How a row belongs to its parent row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The rows with this relation add up to their parent.
    Sum,
    /// The rows of a 其中 group add up to their parent.
    PartSum,
    /// Not above the parent.
    Sub,
    /// One of several channels; the parent counts each item once.
    Cover,
    /// Printed below the parent, but no part of it.
    Ref,
}

/// One row of a table: an indicator, or a heading.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Stable name in JSON and messages; empty where the columns' ids say all, as in a table of one row.
    #[serde(default)]
    pub id: String,
    /// Merged labels left of the label, from the outside in: 三、本年度办理结果, （三）不予公开.
    #[serde(default)]
    pub stubs: Vec<String>,
    /// The official label with its ordinal; empty in a table of one row without labels.
    #[serde(default)]
    pub label: String,
    /// Other wordings that mean the same row, with or without ordinals.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// 计量单位; none for headings.
    #[serde(default)]
    pub unit: Option<String>,
    /// What the figures are.
    #[serde(default)]
    pub kind: Kind,
    /// Depth of the label: 0 for 一、, 1 for （一）, 2 for 1., 3 for 其中.
    #[serde(default)]
    pub level: usize,
    /// The row it belongs to.
    #[serde(default)]
    pub parent: Option<String>,
    /// How it belongs to its parent.
    #[serde(default)]
    pub relation: Option<Relation>,
    /// Printed in some places only: its absence is no finding, and it prints only when it was there.
    #[serde(default)]
    pub optional: bool,
}

/// One value column of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What the column adds to a row's id; none where a table has one value column.
    #[serde(default)]
    pub id: Option<String>,
    /// Merged headers above the header, from the top down: 申请人情况, 法人或其他组织.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The official header.
    #[serde(rename = "head")]
    pub header: String,
    /// Other headers that mean the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// 计量单位 of its figures, where it is the column that has one.
    #[serde(default)]
    pub unit: Option<String>,
    /// What its figures are, where it is the column that says so.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Width in mm; none in a table that is joined to the one above and takes its columns.
    #[serde(default)]
    pub width: f64,
}

/// A column of merged labels left of the labels.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stub {
    /// Width in mm.
    pub width: f64,
    /// Whether its text runs down, a character a line.
    #[serde(default)]
    pub vertical: bool,
}

/// One table of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Stable name.
    pub id: String,
    /// The heading in the report's text above the table: 二、主动公开政府信息情况.
    #[serde(default)]
    pub heading: Option<String>,
    /// The band row over all columns that opens the table: 第二十条第（一）项.
    #[serde(default)]
    pub band: Option<String>,
    /// Whether it stands directly below the table before it and shares its columns.
    #[serde(default)]
    pub joined: bool,
    /// Columns of merged labels left of the labels.
    #[serde(default, rename = "stub")]
    pub stubs: Vec<Stub>,
    /// The label column; none in a table of one row without labels.
    #[serde(default)]
    pub label: Option<Column>,
    /// The unit column, where there is one.
    #[serde(default)]
    pub unit: Option<Column>,
    /// The value columns.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
    /// The rows in the form's order.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
}

/// A field of the lines below the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilingField {
    /// Name in the model: `responsible`, `reviewer`, `preparer`, `phone` or `date`.
    pub name: String,
    /// The printed label without its colon.
    pub label: String,
    /// Other labels that mean the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What prints where the field is empty.
    #[serde(default)]
    pub blank: String,
    /// The line it prints on, from 1.
    pub line: usize,
}

/// The fonts a form uses, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FontRole {
    /// 小标宋, for titles.
    Title,
    /// 黑体, for headers and sections.
    Heading,
    /// 宋体, for all else.
    Body,
}

impl FontRole {
    /// Every role, in order.
    pub const ALL: [Self; 3] = [Self::Title, Self::Heading, Self::Body];

    /// The name used on the command line and in templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Body => "body",
        }
    }
}

/// A font role at a size.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextStyle {
    /// The font.
    pub font: FontRole,
    /// Size in points.
    pub size: f64,
}

/// The text styles of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Styles {
    /// The attachment mark above the title.
    pub attachment: TextStyle,
    /// The headings in the text above the tables.
    #[serde(default)]
    pub heading: Option<TextStyle>,
    /// The title.
    pub title: TextStyle,
    /// The line above the table and the filing lines below.
    pub line: TextStyle,
    /// The header rows.
    #[serde(rename = "head")]
    pub header: TextStyle,
    /// Labels of sections (level 0).
    pub section: TextStyle,
    /// All other labels.
    pub label: TextStyle,
    /// Units and figures.
    pub value: TextStyle,
    /// Page numbers.
    pub page_number: TextStyle,
}

/// Paper and margins in mm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Width of the sheet.
    pub width: f64,
    /// Height of the sheet.
    pub height: f64,
    /// Top margin.
    pub top: f64,
    /// Right margin.
    pub right: f64,
    /// Bottom margin.
    pub bottom: f64,
    /// Left margin.
    pub left: f64,
    /// Least height of a table row.
    pub row_height: f64,
    /// Space between a cell's border and its text, left and right.
    pub padding: f64,
    /// Thickness of table lines in points.
    pub line_width: f64,
    /// From the foot of the type area to the page number's base line.
    pub page_number_drop: f64,
}

/// One official form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Stable name, such as `2014`.
    pub id: String,
    /// What it is, in Chinese.
    pub name: String,
    /// What it is, in English.
    pub name_en: String,
    /// The years it was in force, for people; never used to choose it.
    pub years: String,
    /// Where its wording comes from.
    pub source: String,
    /// The attachment mark, such as 附件1.
    #[serde(default)]
    pub attachment: Option<String>,
    /// Title with `{year}` and `{organization}`, used where a report has none of its own.
    pub title: String,
    /// Where a long title breaks: before this text.
    pub title_break: String,
    /// Left end of the line above the table, with `{organization}`.
    #[serde(default)]
    pub organization_line: String,
    /// Right end of the line above the table, with `{year}`.
    #[serde(default)]
    pub year_line: String,
    /// Indents of labels by level, in characters.
    pub indents: Vec<f64>,
    /// Words before the first label of a group, behind which the group's other labels align.
    #[serde(default)]
    pub group_prefix: String,
    /// What heading rows print in their unit and value cells.
    #[serde(default)]
    pub heading_mark: String,
    /// Paper.
    pub page: Page,
    /// Text styles.
    pub style: Styles,
    /// Font names for workbooks, by role.
    pub workbook_fonts: IndexMap<FontRole, String>,
    /// Fields of the lines below the table.
    #[serde(default)]
    pub filing: Vec<FilingField>,
    /// The tables.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// Consistency rules.
    #[serde(default, rename = "rule")]
    pub rules: Rules,
    /// What the rules say, spelled out when it is first asked for.
    #[serde(skip)]
    claims: OnceLock<Vec<ResolvedRule>>,
    /// Its indicators.
    #[serde(skip)]
    indicators: Indicators,
}

impl Table {
    /// The headers above the figures as they are read, level by level from the left: a header with fewer groups above it
    /// stands on an earlier level. The label's header comes first.
    pub fn headers_in_reading_order(&self) -> Vec<Vec<&str>> {
        let depth = self.columns.iter().map(|column| column.groups.len()).max().unwrap_or(0);
        (0..=depth)
            .map(|level| {
                let mut headers: Vec<&str> = Vec::new();
                if level == 0 {
                    headers.extend(self.label.as_ref().map(|label| label.header.as_str()));
                }
                let mut open: Option<&[String]> = None;
                for column in &self.columns {
                    let own = &column.groups[..column.groups.len().min(level + 1)];
                    if column.groups.len() == level {
                        headers.push(&column.header);
                        open = None;
                    } else if column.groups.len() > level && open != Some(own) {
                        headers.push(&column.groups[level]);
                        open = Some(own);
                    }
                }
                headers
            })
            .collect()
    }

    /// Whether every figure has a row and a column of its own, the column's id being part of the figure's.
    pub fn is_matrix(&self) -> bool {
        self.columns.iter().any(|column| column.id.is_some())
    }

    /// The columns that figures of one row and value column differ in: all of a matrix. The columns of a list stand
    /// for one figure each time, so there it is the first.
    pub fn own_columns(&self) -> &[Column] {
        if self.is_matrix() { &self.columns } else { &self.columns[..self.columns.len().min(1)] }
    }

    /// The id of the figure in a row and a column.
    pub fn indicator_id(&self, row: &Row, column: &Column) -> String {
        match column.id.as_deref() {
            Some(column) if row.id.is_empty() => column.to_owned(),
            Some(column) => format!("{}.{column}", row.id),
            None => row.id.clone(),
        }
    }

    /// Whether an id is that of the figure in a row and a column; the same as comparing it with
    /// [`indicator_id`](Self::indicator_id), without making that.
    pub fn is_indicator(&self, row: &Row, column: &Column, id: Option<&str>) -> bool {
        let Some(id) = id else { return false };
        match column.id.as_deref() {
            Some(column) if row.id.is_empty() => id == column,
            Some(column) => {
                id.len() == row.id.len() + 1 + column.len()
                    && id.strip_suffix(column).and_then(|id| id.strip_suffix('.')) == Some(row.id.as_str())
            }
            None => id == row.id,
        }
    }

    /// What the figures in a row and a column are.
    pub fn kind(&self, row: &Row, column: &Column) -> Kind {
        column.kind.unwrap_or(row.kind)
    }

    /// The official unit of the figures in a row and a column.
    pub fn unit_of<'t>(&self, row: &'t Row, column: &'t Column) -> Option<&'t str> {
        column.unit.as_deref().or(row.unit.as_deref())
    }
}

impl Template {
    /// The row of an id, over all tables.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.tables.iter().flat_map(|table| &table.rows).find(|row| row.id == id)
    }

    /// Whether the form's tables have a row and a column for each figure.
    pub fn is_matrix(&self) -> bool {
        self.tables.iter().any(Table::is_matrix)
    }

    /// Labels down to a figure: those of its [row](Self::path), and in a matrix the header of its column at the end.
    pub fn path_of(&self, table: &Table, row: &Row, column: &Column) -> Vec<String> {
        let mut path = self.path(row);
        if table.is_matrix() {
            if row.label.is_empty() {
                // A row without a label is found in the table of its own columns.
                let bare = |heading: &String| crate::text::label::without_ordinal(heading).to_owned();
                path = table.heading.iter().map(bare).collect();
                path.extend(column.groups.iter().cloned());
            }
            path.push(column.header.clone());
        }
        path
    }

    /// Labels from the section down to a row, without ordinals and without the words before a group. In a matrix, the
    /// heading, the band, the merged labels and the label.
    pub fn path(&self, row: &Row) -> Vec<String> {
        let bare = |label: &str| crate::text::label::name(label).to_owned();
        let own = |table: &&Table| table.rows.iter().any(|other| std::ptr::eq(other, row) || other.id == row.id);
        if let Some(at) = self.tables.iter().position(|table| table.is_matrix() && own(&table)) {
            let table = &self.tables[at];
            // A joined table stands under the heading of the first one.
            let heading = self.tables[..=at].iter().rev().find_map(|table| table.heading.as_deref());
            let labels = heading.into_iter().chain(table.band.as_deref());
            let labels = labels.chain(row.stubs.iter().map(String::as_str)).chain([row.label.as_str()]);
            return labels.map(bare).filter(|label| !label.is_empty()).collect();
        }
        let mut path = vec![bare(&row.label)];
        let mut parent = row.parent.as_deref();
        while let Some(above) = parent.and_then(|id| self.row(id)) {
            path.push(bare(&above.label));
            parent = above.parent.as_deref();
        }
        path.reverse();
        path
    }
}

/// A template that several reports share.
pub type SharedTemplate = Arc<Template>;
