//! What a damaged file has lost.
//!
//! In: the bytes of a file, and the document as far as it was read. Out: a finding. A file that was not transferred
//! completely is read by searching it for objects; what its end had is not among them. Source: ISO 32000-1, 7.5.

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::{Array, Object};
use memchr::memmem;

use crate::document::Location;
use crate::finding::{Finding, Wording};

/// A finding for a file without its end, or with fewer pages than it says, or pages without their content.
pub(super) fn finding(bytes: &[u8], pdf: &Pdf) -> Option<Finding> {
    let pages = pdf.pages().len();
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    let root = catalog.get::<Dict<'_>>(b"Pages").unwrap_or_default();
    let stated = root.get::<i32>(b"Count").and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let at = (pages > 0).then_some(Location::Page { page: pages as u32 });
    if stated > pages {
        let finding = Finding::new("XG392").with("lost", stated - pages).with("count", stated).with("pages", pages);
        return Some(Finding { wording: Some(Wording::Key("damaged.pages".into())), ..finding }.at(at));
    }
    if let Some((_, number)) = pdf.pages().iter().zip(1..).find(|(page, _)| has_lost_content(page.raw())) {
        let finding = Finding::new("XG392").with("page", number).at(Location::Page { page: number });
        return Some(Finding { wording: Some(Wording::Key("damaged.content".into())), ..finding });
    }
    is_cut(bytes).then(|| Finding::new("XG392").with("pages", pages).at(at))
}

/// Whether the last object of a file is behind what should end it.
fn is_cut(bytes: &[u8]) -> bool {
    let end = memmem::rfind(bytes, b"startxref");
    match (memmem::rfind(bytes, b"endobj"), end) {
        (Some(object), Some(end)) => end < object,
        (_, end) => end.is_none(),
    }
}

/// Whether a page names content that is not in the file.
fn has_lost_content(page: &Dict<'_>) -> bool {
    if !page.contains_key(b"Contents") {
        return false;
    }
    match page.get::<Object<'_>>(b"Contents") {
        Some(Object::Array(list)) => list.raw_iter().count() > Array::iter::<Object<'_>>(&list).count(),
        found => found.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_its_end_is_known() {
        assert!(is_cut(b"1 0 obj endobj 2 0 obj stream 123"));
        assert!(is_cut(b"startxref 0 %%EOF 1 0 obj endobj 2 0 obj"));
        assert!(!is_cut(b"1 0 obj endobj xref trailer startxref 14 %%EOF"));
    }
}
