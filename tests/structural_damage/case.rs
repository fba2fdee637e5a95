//! One case: a form, values, a format and a damage, all drawn from one seed.

use std::collections::BTreeSet;

use fastrand::Rng;
use xxgk::engine::Engine;

use crate::fill;
use crate::form::{self, Form};
use crate::kind::{Context, Kind};
use crate::look::PaperLook;
use crate::page::{Align, Document, Page, Part};
use crate::render::Format;

pub const ORGANIZATION: &str = "安宁镇";

pub struct Case {
    pub seed: u64,
    pub format: Format,
    pub document: Document,
}

impl Case {
    /// The case of a kind and a seed. Draws form and format until the kind applies to them.
    pub fn new(engine: &Engine, kind: &Kind, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        loop {
            let number = rng.usize(..form::count(engine));
            let with_optional = rng.bool();
            let form = Form::number(engine, number, with_optional);
            let format = kind.formats[rng.usize(..kind.formats.len())];
            let mut taken = BTreeSet::new();
            let values = fill::values(&form, &mut rng, &mut taken);
            let mut parts = vec![Part::text(form.title(ORGANIZATION, form.year()))];
            parts.extend(form.parts(&values));
            let mut document = Document {
                form,
                organizations: vec![ORGANIZATION.to_owned()],
                pages: vec![Page { owner: Some(0), sheet: None, hidden: false, parts }],
                align: [Align::Left, Align::Center, Align::Right][rng.usize(..3)],
                offset: if rng.usize(..4) == 0 { rng.usize(1..3) } else { 0 },
                padded: rng.bool(),
                look: PaperLook::default(),
            };
            if format.is_paged() {
                document.look = PaperLook::any(&mut rng);
            }
            let mut context = Context { rng: &mut rng, format, taken: &mut taken };
            if (kind.apply)(&mut document, &mut context) {
                return Self { seed, format, document };
            }
        }
    }
}
