//! One official form, whole and unchangeable.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use super::file::{FilingField, TemplateFile};
use super::indicator::{Indicator, Indicators};
use super::resolve::{Resolved, ResolvedRule, resolve};
use super::rule::{Rule, RuleKind};
use super::style::{FontRole, Page, Styles};
use super::table::{Column, Row, Table};
use crate::text::label;

/// One official form.
///
/// It cannot be changed: its indicators and rules are resolved once, when they are first asked for. To get another form, make another
/// template, with [`from_toml_str`](super::from_toml_str).
///
/// ```
/// use xxgk::template::shipped;
///
/// let template = shipped().get("2021")?;
/// assert_eq!(template.id(), "2021");
/// assert!(template.is_matrix() && template.indicators().len() > 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    file: TemplateFile,
    /// Made when first needed, as `resolved` is: a program that reads one report needs those of one form.
    indicators: OnceLock<Indicators>,
    resolved: OnceLock<Resolved>,
}

/// The rest follows from the file.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.file == other.file
    }
}

/// A template that several reports share.
///
/// ```
/// use std::sync::Arc;
/// use xxgk::template::{SharedTemplate, Templates, from_toml_str, shipped_toml};
///
/// let own: SharedTemplate = Arc::new(from_toml_str(shipped_toml("2014").expect("it ships"), "2014.toml")?);
/// assert!(Templates(vec![own]).find("2014").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type SharedTemplate = Arc<Template>;

impl Template {
    /// The form that a file describes, whole or not: [`validate`](super::validate) finds what is wrong with it.
    pub(super) fn new(file: TemplateFile) -> Self {
        Self { file, indicators: OnceLock::new(), resolved: OnceLock::new() }
    }

    fn all_indicators(&self) -> &Indicators {
        self.indicators.get_or_init(|| Indicators::new(&self.file.tables))
    }

    fn resolved(&self) -> &Resolved {
        self.resolved.get_or_init(|| resolve(&self.file, self.all_indicators()))
    }

    /// The form as its file says it, to make another form of.
    pub(super) fn file(&self) -> &TemplateFile {
        &self.file
    }

    /// Stable name, such as `2014`.
    pub fn id(&self) -> &str {
        &self.file.id
    }

    /// What it is, in Chinese.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// What it is, in English.
    pub fn name_en(&self) -> &str {
        &self.file.name_en
    }

    /// The years it was in force, for people; never used to choose it.
    pub fn years(&self) -> &str {
        &self.file.years
    }

    /// Where its wording comes from.
    pub fn source(&self) -> &str {
        &self.file.source
    }

    /// The attachment mark, such as 附件1.
    pub fn attachment(&self) -> Option<&str> {
        self.file.attachment.as_deref()
    }

    /// Title with `{year}` and `{organization}`, used where a report has none of its own.
    pub fn title(&self) -> &str {
        &self.file.title
    }

    /// Where a long title breaks: before this text.
    pub fn title_break(&self) -> &str {
        &self.file.title_break
    }

    /// Left end of the line above the table, with `{organization}`.
    pub fn organization_line(&self) -> &str {
        &self.file.organization_line
    }

    /// Right end of the line above the table, with `{year}`.
    pub fn year_line(&self) -> &str {
        &self.file.year_line
    }

    /// Indents of labels by level, in characters.
    pub fn indents(&self) -> &[f64] {
        &self.file.indents
    }

    /// Words before the first label of a group, behind which the group's other labels align.
    pub fn group_prefix(&self) -> &str {
        &self.file.group_prefix
    }

    /// What heading rows print in their unit and value cells.
    pub fn heading_mark(&self) -> &str {
        &self.file.heading_mark
    }

    /// Paper and margins.
    pub fn page(&self) -> &Page {
        &self.file.page
    }

    /// Text styles.
    pub fn style(&self) -> &Styles {
        &self.file.style
    }

    /// Font names for workbooks, by role.
    pub fn workbook_fonts(&self) -> &IndexMap<FontRole, String> {
        &self.file.workbook_fonts
    }

    /// Fields of the lines below the table.
    pub fn filing(&self) -> &[FilingField] {
        &self.file.filing
    }

    /// The tables.
    pub fn tables(&self) -> &[Table] {
        &self.file.tables
    }

    /// The consistency rules as the template states them.
    pub fn rules(&self) -> &[Rule] {
        &self.file.rules
    }

    /// Every indicator of the form in its order.
    pub fn indicators(&self) -> &[Indicator] {
        self.all_indicators().in_order()
    }

    /// The number of an indicator among [all](Self::indicators), from 0.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.all_indicators().number(id)
    }

    /// The indicator of an id.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators().get(self.number(id)?)
    }

    /// Table, row and value column of an indicator, from 0.
    pub fn place(&self, id: &str) -> Option<(usize, usize, usize)> {
        self.indicator(id).map(|own| own.place)
    }

    /// What an indicator is called, for people; the id itself where the form has none such.
    pub fn label_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.indicator(id).map_or(id, |own| &own.label)
    }

    /// What the rules say of each set of indicators, in the order of the rules.
    pub fn resolved_rules(&self) -> &[ResolvedRule] {
        &self.resolved().rules
    }

    /// The first operand of a rule that is no indicator, with the place of the rule in the template.
    pub(super) fn unknown_operand(&self) -> Option<(usize, &str)> {
        self.resolved().unknown.as_ref().map(|(rule, id)| (*rule, id.as_str()))
    }

    /// The resolved rules that are sums of values of one report.
    pub fn sums(&self) -> impl Iterator<Item = &ResolvedRule> {
        self.resolved().rules.iter().filter(|resolved| self.file.rules[resolved.rule].kind == RuleKind::Sum)
    }

    /// The row of an id, over all tables.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.file.tables.iter().flat_map(|table| &table.rows).find(|row| row.id == id)
    }

    /// Whether the form's tables have a row and a column for each figure.
    pub fn is_matrix(&self) -> bool {
        self.file.tables.iter().any(Table::is_matrix)
    }

    /// Labels down to a figure: those of its [row](Self::path), and in a matrix the header of its column at the end.
    pub fn path_of(&self, table: &Table, row: &Row, column: &Column) -> Vec<String> {
        let mut path = self.path(row);
        if table.is_matrix() {
            if row.label.is_empty() {
                // A row without a label is found in the table of its own columns.
                let bare = |heading: &String| label::without_ordinal(heading).to_owned();
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
        let bare = |text: &str| label::name(text).to_owned();
        let own = |table: &&Table| table.rows.iter().any(|other| std::ptr::eq(other, row) || other.id == row.id);
        if let Some(at) = self.file.tables.iter().position(|table| table.is_matrix() && own(&table)) {
            let table = &self.file.tables[at];
            // A joined table stands under the heading of the first one.
            let heading = self.file.tables[..=at].iter().rev().find_map(|table| table.heading.as_deref());
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

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.file.serialize(serializer)
    }
}
