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
use self::form_key::{FormKey, Rows};
use self::lines::{filing_fields, organization_texts, title, title_lines};
use super::Form;
use super::report_layout::{Layout, LayoutOptions};
use crate::cache::Cache;
use crate::report::{Report, Value};
use crate::template::{SharedTemplate, Template};

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
    let (first, second) = title_lines(&title, template, options);
    let mut form_key = FormKey::new(rows.rows, &values, template, &value_columns, options);
    let own = template.tables().iter().flat_map(|table| table.own_columns());
    form_key.year = report.year.filter(|_| own.into_iter().any(|column| column.names_year()));
    form_key.title_lines = [first, second].iter().filter(|line| !line.is_empty()).count();
    form_key.filing = !report.filing.is_empty() && !template.filing().is_empty();
    let mut texts: Vec<String> =
        [first, second].into_iter().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    texts.extend(organization_texts(report, template).into_iter().flatten());
    if form_key.filing {
        texts.extend(filing_fields(template).map(|field| {
            let value = report.filing.field(&field.name).unwrap_or(&field.blank);
            format!("{}：{value}", field.label)
        }));
    }
    let form = form(template, &form_key);
    Layout { form, title, organization: report.organization.clone(), texts, values }
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
