//! A process-wide cache of forms.
//!
//! In: a template and a [`FormKey`]. Out: their [`Form`], new or cached. Called by [`super::layout`].

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::form_key::FormKey;
use crate::layout::Form;
use crate::template::SharedTemplate;

/// The most cached forms. The least recently used one is dropped.
const CAPACITY: usize = 32;

/// A form and what it was made from. Holding the template keeps its address from being reused.
struct CachedForm {
    template: SharedTemplate,
    form_key: FormKey,
    form: Arc<Form>,
}

/// The forms, the most recently used first.
static FORMS: LazyLock<Mutex<Vec<CachedForm>>> = LazyLock::new(Mutex::default);

/// Returns the cached form, or makes it.
pub(super) fn form(template: &SharedTemplate, form_key: FormKey, make: impl FnOnce(&FormKey) -> Form) -> Arc<Form> {
    let mut forms = FORMS.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |kept: &CachedForm| Arc::ptr_eq(&kept.template, template) && kept.form_key == form_key;
    if let Some(at) = forms.iter().position(same) {
        forms[..=at].rotate_right(1);
    } else {
        let form = Arc::new(make(&form_key));
        forms.truncate(CAPACITY - 1);
        forms.insert(0, CachedForm { template: Arc::clone(template), form_key, form });
    }
    Arc::clone(&forms[0].form)
}
