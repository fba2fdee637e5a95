//! The paper of a form.
//!
//! In: a template and the orientation. Out: page size and margins. Called by the other files of [`super`].

use crate::template::{Page, Template};

/// The paper of a template.
pub(super) fn page(template: &Template, landscape: bool) -> Page {
    if landscape { turned(*template.page()) } else { *template.page() }
}

/// How much wider the type area is than in the template.
pub(super) fn stretch(template: &Template, page: &Page) -> f64 {
    type_width(page) / type_width(template.page())
}

pub(super) fn type_width(page: &Page) -> f64 {
    page.width - page.left - page.right
}

/// A page turned to landscape so that the top of its tables is at the binding edge. Source: GB/T 9704-2012, 7.5.
fn turned(page: Page) -> Page {
    let Page { width, height, top, right, bottom, left, .. } = page;
    Page { width: height, height: width, top: left, right: top, bottom: right, left: bottom, ..page }
}
