//! A template as it stands in its file, before anything is resolved.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::rule::Rule;
use super::serial::is_default;
use super::style::{FontRole, Page, Styles};
use super::table::Table;

/// A field of the lines below the table.
///
/// ```
/// use xxgk::template::shipped;
///
/// let labels: Vec<_> = shipped().get("2014")?.filing().iter().map(|field| field.label.as_str()).collect();
/// assert!(labels.contains(&"审核人"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilingField {
    /// Name in the model: `responsible`, `reviewer`, `preparer`, `phone` or `date`.
    pub name: String,
    /// The printed label without its colon.
    pub label: String,
    /// Other labels that mean the same.
    #[serde(default, skip_serializing_if = "is_default")]
    pub aliases: Vec<String>,
    /// What prints where the field is empty.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blank: String,
    /// The line it prints on, from 1.
    pub line: usize,
    /// Whether the official form lacks it: it prints only where a report has signatures, never on a blank form.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
}

/// One form as its TOML says it. [`Template`](super::Template) is made of it and documents each part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateFile {
    pub id: String,
    pub name: String,
    pub name_en: String,
    pub years: String,
    pub source: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub attachment: Option<String>,
    pub title: String,
    pub title_break: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub organization_line: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub year_line: String,
    pub indents: Vec<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub group_prefix: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub heading_mark: String,
    pub page: Page,
    pub style: Styles,
    pub workbook_fonts: IndexMap<FontRole, String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub filing: Vec<FilingField>,
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    #[serde(default, rename = "rule", skip_serializing_if = "is_default")]
    pub rules: Vec<Rule>,
}
