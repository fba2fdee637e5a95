//! Official layouts as data: `templates/*.toml`.
//!
//! In: TOML text. Out: a [`Template`] that says everything about one form: titles, rows, labels, aliases, units, widths,
//! fonts, paper. Recognition ([`crate::recognize`]) and layout ([`crate::layout`]) read it; no layout is in code.

mod load;

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::finding::Severity;

pub use load::{Templates, from_toml_str, shipped, shipped_toml};

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
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Stable name in JSON and messages.
    pub id: String,
    /// The official label with its ordinal.
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
    /// The official head.
    pub head: String,
    /// Other heads that mean the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Width in mm.
    pub width: f64,
}

/// One table of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Stable name.
    pub id: String,
    /// The label column.
    pub label: Column,
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
    /// 黑体, for heads and sections.
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
    /// The title.
    pub title: TextStyle,
    /// The line above the table and the filing lines below.
    pub line: TextStyle,
    /// The head rows.
    pub head: TextStyle,
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

/// How the operands of a rule must stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// `total` is the sum of `parts`.
    Sum,
}

/// A consistency rule between figures of one table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The stable code of its findings.
    pub code: String,
    /// How the operands must stand to each other.
    pub kind: RuleKind,
    /// The indicator that must be the sum.
    pub total: String,
    /// The indicators that add up.
    pub parts: Vec<String>,
    /// How much a breach matters.
    pub severity: Severity,
    /// Where the rule comes from.
    pub source: String,
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
    pub organization_line: String,
    /// Right end of the line above the table, with `{year}`.
    pub year_line: String,
    /// Indents of labels by level, in characters.
    pub indents: Vec<f64>,
    /// Words before the first label of a group, behind which the group's other labels align.
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
    pub rules: Vec<Rule>,
}

/// One figure a form asks for: a row in a value column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Row id, with the column's id where it has one.
    pub id: String,
    /// Table, row and value column in the template, from 0.
    pub place: (usize, usize, usize),
}

impl Template {
    /// Every figure of the form in its order.
    pub fn indicators(&self) -> impl Iterator<Item = Indicator> + '_ {
        self.tables.iter().enumerate().flat_map(|(t, table)| {
            table.rows.iter().enumerate().filter(|(_, row)| row.kind != Kind::Heading).flat_map(move |(r, row)| {
                table.columns.iter().enumerate().map(move |(c, column)| Indicator {
                    id: match &column.id {
                        Some(column) => format!("{}.{column}", row.id),
                        None => row.id.clone(),
                    },
                    place: (t, r, c),
                })
            })
        })
    }

    /// The row of an id, over all tables.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.tables.iter().flat_map(|table| &table.rows).find(|row| row.id == id)
    }

    /// Labels from the section down to a row, without ordinals and without the words before a group.
    pub fn path(&self, row: &Row) -> Vec<String> {
        let mut path = vec![crate::recognize::label::without_ordinal(&row.label).to_owned()];
        let mut parent = row.parent.as_deref();
        while let Some(above) = parent.and_then(|id| self.row(id)) {
            path.push(crate::recognize::label::without_ordinal(&above.label).to_owned());
            parent = above.parent.as_deref();
        }
        path.reverse();
        path
    }
}

/// A template that several reports share.
pub type SharedTemplate = Arc<Template>;
