//! The forms made lately, shared by all threads of a program.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::form_key::FormKey;
use crate::layout::Form;
use crate::template::SharedTemplate;

/// Forms that are kept; those not needed for longest go first.
const CAPACITY: usize = 32;

/// A form with what it was made from. The template is held, so that its address is no other's meanwhile.
struct CachedForm {
    template: SharedTemplate,
    form_key: FormKey,
    form: Arc<Form>,
}

/// The forms from the one needed last to the one needed first.
static FORMS: LazyLock<Mutex<Vec<CachedForm>>> = LazyLock::new(Mutex::default);

/// The form of a template and a form_key: one made before, or a new one.
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
