//! Fills a template with a report.
//!
//! In: a report, its template and [`LayoutOptions`]. Out: a [`Layout`]. Called through [`crate::layout`].
//!
//! [`form_key`] separates what decides the form from what fills it. [`builder`] makes a form, [`lines`] its lines,
//! [`table`] its tables on the [`columns`] and [`paper`] of the template. [`extra`] places extra rows. Recent forms
//! are cached.

mod builder;
mod columns;
mod extra;
mod form_key;
mod lines;
mod paper;
mod table;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::sync::Arc;

use self::builder::FormBuilder;
use self::form_key::{FilingLine, FormKey, Rows};
use self::lines::{filing_box, filing_lines, line_count, organization_boxes, organization_texts, title, title_lines};
use self::paper::page;
use super::Form;
use super::report_layout::{Layout, LayoutOptions};
use crate::cache::Cache;
use crate::report::{Report, Value};
use crate::template::{FilingField, SharedTemplate, Template};

/// Lays out a report by its template.
///
/// Rows are in the order of the form. Optional rows print if the report has them, extra rows after the row they
/// followed, and filing lines if they have content. Blank stays blank. A table that the template joins to the previous
/// one uses its columns, so that both look like one table.
///
/// Reports of the same `Arc<Template>` share their [`Form`] if they differ only in values, title and names.
pub(crate) fn layout(report: &Report, template: &SharedTemplate, options: LayoutOptions) -> Layout {
    let value_columns = value_columns(report, template);
    let rows = Rows::new(report, template, &value_columns);
    let values = rows.values();
    let title = title(report, template);
    let mut form_key = FormKey::new(rows.rows, &values, template, &value_columns, options);
    let own = template.tables().iter().flat_map(|table| table.own_columns());
    form_key.year = report.year.filter(|_| own.into_iter().any(|column| column.names_year()));
    let texts = texts(report, template, &title, options, &mut form_key);
    let form = form(template, &form_key);
    Layout { form, title, organization: report.organization.clone(), texts, values }
}

/// The texts outside the tables, in the order of their slots. Sets how many lines they take.
fn texts(
    report: &Report,
    template: &Template,
    title: &str,
    options: LayoutOptions,
    form_key: &mut FormKey,
) -> Vec<String> {
    let mut texts: Vec<String> = title_lines(title, template, options).into_iter().map(str::to_owned).collect();
    form_key.title_lines = texts.len();
    let page = page(template, options.landscape);
    if let Some(organization) = organization_texts(report, template) {
        let boxes = organization_boxes(template, &page).into_iter();
        let lines = boxes.zip(&organization).map(|((_, room), text)| line_count(text, template, room));
        form_key.organization_lines = lines.max().unwrap_or(1);
        texts.extend(organization);
    }
    if !report.filing.is_empty() {
        let (lines, most) = filing_lines(template);
        for fields in lines {
            let value = |field: &FilingField| report.filing.field(&field.name).unwrap_or(&field.blank).to_owned();
            let own = fields.into_iter().map(|field| format!("{}：{}", field.label, value(field)));
            let own: Vec<String> = own.collect();
            let lines = |text: &str, most| line_count(text, template, filing_box(template, &page, most, most).1);
            if own.iter().all(|text| lines(text, most) == 1) {
                form_key.filing.push(FilingLine { fields: own.len(), lines: 1 });
            } else {
                // Side by side, the lines of two fields would read as one.
                form_key.filing.extend(own.iter().map(|text| FilingLine { fields: 1, lines: lines(text, 1) }));
            }
            texts.extend(own);
        }
    }
    texts
}

/// A form and what it was made from. Holding the template keeps its address from being reused.
struct CachedForm {
    template: SharedTemplate,
    form_key: FormKey,
    form: Arc<Form>,
}

/// Returns the form of a template with a key. Reports of a folder have few shapes, so forms are cached.
fn form(template: &SharedTemplate, form_key: &FormKey) -> Arc<Form> {
    static FORMS: Cache<CachedForm, 32> = Cache::new();
    let fits = |cached: &CachedForm| Arc::ptr_eq(&cached.template, template) && cached.form_key == *form_key;
    let make = || {
        let form = Arc::new(FormBuilder::new(template, form_key).form());
        Ok::<_, Infallible>(Arc::new(CachedForm { template: Arc::clone(template), form_key: form_key.clone(), form }))
    };
    let Ok(cached) = FORMS.get(fits, make);
    Arc::clone(&cached.form)
}

/// The report's value behind each of [`Layout::values`]. `None` if the report has none.
pub(crate) fn values_in_place<'r>(report: &'r Report, template: &Template) -> Vec<Option<&'r Value>> {
    Rows::new(report, template, &value_columns(report, template)).into_values()
}

/// The value columns.
fn value_columns<'r>(report: &'r Report, template: &Template) -> Vec<Option<&'r str>> {
    // In a matrix, the columns of extra rows are columns of the form.
    if template.is_matrix() { vec![None] } else { report.columns() }
}
