//! The cache of subsets, shared by all threads of a program.
//!
//! In: a face and characters. Out: a [`Subset`]: [prebuilt](super::prebuilt), made before, or new.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::face::{Face, FaceKey};
use super::prebuilt;
use super::subset::Subset;
use crate::deflate::{Effort, deflated};

/// Most subsets to cache; further ones are made each time, with the same bytes.
const CAPACITY: usize = 64;

/// A face and characters of it.
type SubsetKey = (FaceKey, Vec<char>);

/// The subsets made so far.
#[derive(Debug, Default)]
pub(super) struct SubsetCache(Mutex<BTreeMap<SubsetKey, Arc<Subset>>>);

impl SubsetCache {
    /// The subset of a face with some characters.
    pub(super) fn get(&self, face: &Face, characters: Vec<char>) -> Result<Arc<Subset>, String> {
        if let FaceKey::Shipped(role) = face.key()
            && let Some(subset) = prebuilt::find(role, &characters)
        {
            return Ok(subset);
        }
        let key = (face.key(), characters);
        if let Some(subset) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(subset));
        }
        let subset = Arc::new(Subset::new(face, &key.1, |bytes| deflated(bytes, Effort::Thorough))?);
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() < CAPACITY {
            cache.insert(key, Arc::clone(&subset));
        }
        Ok(subset)
    }
}
