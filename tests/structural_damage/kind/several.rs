//! Two organizations in one file.

use super::Context;
use crate::page::{Document, Page, Part};
use crate::render::Format;

pub fn two_reports(document: &mut Document, context: &mut Context<'_>) -> bool {
    if document.organizations.len() != 1 || document.pages.iter().any(|page| page.hidden) {
        return false;
    }
    let organization = "永兴镇";
    let values = crate::fill::values(&document.form, context.rng, context.taken);
    let mut parts = vec![Part::text(document.form.title(organization, document.form.year()))];
    parts.extend(document.form.parts(&values));
    let on_sheets = context.format == Format::Xlsx && context.once_in(2);
    if on_sheets && document.pages[0].sheet.is_none() {
        document.pages[0].sheet = Some("甲".to_owned());
    }
    let sheet = (on_sheets || document.pages[0].sheet.is_some()).then(|| "乙".to_owned());
    document.organizations.push(organization.to_owned());
    document.pages.push(Page { owner: Some(1), sheet, hidden: false, parts });
    true
}
