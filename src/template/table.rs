//! The tables of a form: rows, columns, and what their values are.

use serde::{Deserialize, Serialize};

use super::serial::is_default;
use crate::text::fold::{fold, folds_to};

/// What the figures of a row are.
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// use xxgk::template::ValueKind;
///
/// let indicator = template.indicator("requests.new.total").expect("an indicator of the form");
/// assert_eq!(indicator.kind, ValueKind::Count);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
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
///
/// ```
/// use xxgk::template::{Relation, shipped};
///
/// let parts = shipped().get("2014")?.tables()[0].rows.iter().filter(|row| row.relation == Some(Relation::Sum)).count();
/// assert!(parts > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// let row = &template.tables()[0].rows[0];
/// println!("{} ({})", row.label, row.id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Stable name in JSON and messages; empty where the columns' ids say all, as in a table of one row.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: String,
    /// Merged labels left of the label, from the outside in: 三、本年度办理结果, （三）不予公开.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stubs: Vec<String>,
    /// The official label with its ordinal; empty in a table of one row without labels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub label: String,
    /// Other wordings that mean the same row, with or without ordinals.
    #[serde(default, skip_serializing_if = "is_default")]
    pub aliases: Vec<String>,
    /// 计量单位; none for headings.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unit: Option<String>,
    /// What the figures are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: ValueKind,
    /// Depth of the label: 0 for 一、, 1 for （一）, 2 for 1., 3 for 其中.
    #[serde(default, skip_serializing_if = "is_default")]
    pub level: usize,
    /// The row it belongs to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub parent: Option<String>,
    /// How it belongs to its parent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub relation: Option<Relation>,
    /// Printed in some places only: its absence is no finding, and it prints only when it was there.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
}

/// One value column of a table.
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// let headers: Vec<_> = template.tables()[0].columns.iter().map(|column| column.header.as_str()).collect();
/// assert!(!headers.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What the column adds to a row's id; none where a table has one value column.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: Option<String>,
    /// Merged headers above the header, from the top down: 申请人情况, 法人或其他组织.
    #[serde(default, skip_serializing_if = "is_default")]
    pub groups: Vec<String>,
    /// The official header.
    #[serde(rename = "head")]
    pub header: String,
    /// Other headers that mean the same.
    #[serde(default, skip_serializing_if = "is_default")]
    pub aliases: Vec<String>,
    /// 计量单位 of its figures, where it is the column that has one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unit: Option<String>,
    /// What its figures are, where it is the column that says so.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: Option<ValueKind>,
    /// Width in mm; none in a table that is joined to the one above and takes its columns.
    #[serde(default, skip_serializing_if = "is_default")]
    pub width: f64,
}

/// What stands for the year of a report in titles and headers.
pub(crate) const YEAR: &str = "{year}";

impl Column {
    /// Whether a folded text is the header or one of its aliases. `{year}` in a header is any year.
    pub(crate) fn is_called(&self, folded: &str) -> bool {
        let is = |header: &String| match header.contains(YEAR) {
            true => fold(header) == with_year_marked(folded),
            false => folds_to(header, folded),
        };
        std::iter::once(&self.header).chain(&self.aliases).any(is)
    }

    /// Whether its header depends on the year.
    pub(crate) fn names_year(&self) -> bool {
        self.header.contains(YEAR)
    }
}

/// A text with `{year}` in place of each year of four digits.
pub(crate) fn with_year_marked(text: &str) -> String {
    let mut marked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[at..].bytes().take_while(u8::is_ascii_digit).count();
        let digits = &rest[at..at + length];
        marked.push_str(&rest[..at]);
        marked.push_str(if length == 4 && digits.starts_with(['1', '2']) { YEAR } else { digits });
        rest = &rest[at + length..];
    }
    marked + rest
}

/// A column of merged labels left of the labels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stub {
    /// Width in mm.
    pub width: f64,
    /// Whether its text runs down, a character a line.
    #[serde(default, skip_serializing_if = "is_default")]
    pub vertical: bool,
}

/// One table of a form.
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// for table in template.tables() {
///     println!("{:?}: {} rows", table.heading, table.rows.len());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Stable name.
    pub id: String,
    /// The heading in the report's text above the table: 二、主动公开政府信息情况.
    #[serde(default, skip_serializing_if = "is_default")]
    pub heading: Option<String>,
    /// The band row over all columns that opens the table: 第二十条第（一）项.
    #[serde(default, skip_serializing_if = "is_default")]
    pub band: Option<String>,
    /// Whether it stands directly below the table before it and shares its columns.
    #[serde(default, skip_serializing_if = "is_default")]
    pub joined: bool,
    /// Columns of merged labels left of the labels.
    #[serde(default, rename = "stub", skip_serializing_if = "is_default")]
    pub stubs: Vec<Stub>,
    /// The label column; none in a table of one row without labels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub label: Option<Column>,
    /// The unit column, where there is one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unit: Option<Column>,
    /// The value columns.
    #[serde(rename = "column")]
    pub columns: Vec<Column>,
    /// The rows in the form's order.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
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
            Some(column) => [row.id.as_str(), column].join("."),
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
    pub fn kind(&self, row: &Row, column: &Column) -> ValueKind {
        column.kind.unwrap_or(row.kind)
    }

    /// The official unit of the figures in a row and a column.
    pub fn unit_of<'t>(&self, row: &'t Row, column: &'t Column) -> Option<&'t str> {
        column.unit.as_deref().or(row.unit.as_deref())
    }
}
