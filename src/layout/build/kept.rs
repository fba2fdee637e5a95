//! The forms made lately, shared by all threads of a program.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::mould::Mould;
use crate::layout::Form;
use crate::template::SharedTemplate;

/// Forms that are kept; those not needed for longest go first.
const KEPT: usize = 32;

/// A form with what it was made from. The template is held, so that its address is no other's meanwhile.
struct Kept {
    template: SharedTemplate,
    mould: Mould,
    form: Arc<Form>,
}

/// The forms from the one needed last to the one needed first.
static FORMS: LazyLock<Mutex<Vec<Kept>>> = LazyLock::new(Mutex::default);

/// The form of a template and a mould: one made before, or a new one.
pub(super) fn form(template: &SharedTemplate, mould: Mould, make: impl FnOnce(&Mould) -> Form) -> Arc<Form> {
    let mut forms = FORMS.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |kept: &Kept| Arc::ptr_eq(&kept.template, template) && kept.mould == mould;
    if let Some(at) = forms.iter().position(same) {
        forms[..=at].rotate_right(1);
    } else {
        let form = Arc::new(make(&mould));
        forms.truncate(KEPT - 1);
        forms.insert(0, Kept { template: Arc::clone(template), mould, form });
    }
    Arc::clone(&forms[0].form)
}
