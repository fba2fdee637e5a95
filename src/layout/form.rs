//! A form: everything that reports with the same layout share.
//!
//! In: paper, lines and tables from [`layout`](super::layout), which caches recent forms. Out: a [`Form`]. Writers
//! cache with a form what depends on it alone, such as pages and fonts: [`Form::prepared`].

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::block::Block;
use super::characters::characters;
use crate::cache::Cache;
use crate::template::{FontRole, Page, SharedTemplate, TextStyle};

/// Paper, lines and tables. What differs between reports is a [slot](super::Filling::Slot).
///
/// Reports with the same `Arc<Form>` differ in nothing else, so forms are compared by address.
pub(crate) struct Form {
    /// Paper and margins.
    pub page: Page,
    /// The style of page numbers.
    pub page_number: TextStyle,
    /// Lines and tables in their order.
    pub blocks: Vec<Block>,
    /// The template that the form was made from, if any.
    pub template: Option<SharedTemplate>,
    /// The indicator of each of a report's values; none for values beyond the form.
    pub indicators: Vec<Option<Arc<str>>>,
    /// The fonts of running text and of the headings in it, where the form has text.
    pub text_families: Option<[String; 2]>,
    /// What writers derive from it. A program uses one set of fonts and a few writers.
    prepared: Cache<dyn Any + Send + Sync, 8>,
}

impl Form {
    /// Makes a form without a template.
    pub(crate) fn new(page: Page, page_number: TextStyle, blocks: Vec<Block>) -> Self {
        Self {
            page,
            page_number,
            blocks,
            template: None,
            indicators: Vec::new(),
            text_families: None,
            prepared: Cache::new(),
        }
    }

    /// The characters that reports of the form's template print, by font. Fonts are subset to these, so that one subset
    /// serves many reports. A report may contain others.
    pub(crate) fn characters(&self) -> BTreeMap<FontRole, BTreeSet<char>> {
        self.template.as_deref().map(characters).unwrap_or_default()
    }

    /// Returns a value that depends on this form alone. The first call makes it, later calls share it.
    ///
    /// `fits` decides whether a cached value can be used, for example because it is for the same fonts. Otherwise
    /// `make` makes a new one, and other threads that need it wait.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn prepared<T: Send + Sync + 'static, E>(
        &self,
        fits: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let fits = |value: &(dyn Any + Send + Sync)| value.downcast_ref().is_some_and(&fits);
        let value = self.prepared.get(fits, || Ok(Arc::new(make()?) as Arc<dyn Any + Send + Sync>))?;
        Ok(value.downcast().expect("only a value of this type fits"))
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("page", &self.page).field("blocks", &self.blocks).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_prepared_is_made_once_for_each_purpose() {
        let page = *crate::template::shipped().0[0].page();
        let style = crate::template::shipped().0[0].style().value;
        let form = Form::new(page, style, Vec::new());
        let get = |wanted: u32| {
            form.prepared(|one: &(u32, String)| one.0 == wanted, || Ok::<_, ()>((wanted, wanted.to_string())))
        };
        let first = get(1).unwrap();
        assert!(Arc::ptr_eq(&first, &get(1).unwrap()));
        assert_eq!(get(2).unwrap().1, "2");
        assert!(Arc::ptr_eq(&first, &get(1).unwrap()));
        assert_eq!(form.prepared(|_: &u8| true, || Err::<u8, _>("no")), Err("no"));
    }
}
