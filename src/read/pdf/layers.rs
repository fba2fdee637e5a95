//! Layers that are switched off.
//!
//! In: the document's catalog. Out: which optional content shows. Source: ISO 32000-1, 8.11.

use std::collections::HashSet;

use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::{Array, Name, ObjectIdentifier};

/// The layers that do not show.
#[derive(Default)]
pub(super) struct Layers(HashSet<ObjectIdentifier>);

impl Layers {
    pub(super) fn new(catalog: &Dict<'_>) -> Self {
        let properties = catalog.get::<Dict<'_>>(b"OCProperties").unwrap_or_default();
        let Some(config) = properties.get::<Dict<'_>>(b"D") else { return Self::default() };
        let mut off = HashSet::new();
        if config.get::<Name<'_>>(b"BaseState").as_deref() == Some(b"OFF") {
            off.extend(listed(&properties, b"OCGs"));
        }
        for shown in listed(&config, b"ON") {
            off.remove(&shown);
        }
        off.extend(listed(&config, b"OFF"));
        Self(off)
    }

    /// Whether what an entry of a dictionary names does not show: a layer, or layers with a policy.
    pub(super) fn hides(&self, dict: &Dict<'_>, key: &[u8]) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let is_off = |layer: &ObjectIdentifier| self.0.contains(layer);
        if dict.get_ref(key).is_some_and(|layer| is_off(&layer.into())) {
            return true;
        }
        let Some(members) = dict.get::<Dict<'_>>(key) else { return false };
        let mut layers = listed(&members, b"OCGs");
        layers.extend(members.get_ref(b"OCGs").map(ObjectIdentifier::from));
        if layers.is_empty() {
            return false;
        }
        let shows = match members.get::<Name<'_>>(b"P").as_deref() {
            Some(b"AllOn") => !layers.iter().any(is_off),
            Some(b"AnyOff") => layers.iter().any(is_off),
            Some(b"AllOff") => layers.iter().all(is_off),
            _ => !layers.iter().all(is_off),
        };
        !shows
    }
}

fn listed(dict: &Dict<'_>, key: &[u8]) -> Vec<ObjectIdentifier> {
    let list = dict.get::<Array<'_>>(key);
    let ids = list.iter().flat_map(Array::raw_iter).filter_map(|item| item.as_obj_ref()).map(ObjectIdentifier::from);
    ids.collect()
}
