//! A small cache for what is made once and shared: forms, what writers derive from a form, subsets of fonts.
//!
//! In: a test whether a cached value can be used, and a function that makes it. Out: the value.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The last `CAPACITY` values that were used, shared by all threads. The most recently used one is the first.
pub(crate) struct Cache<T: ?Sized, const CAPACITY: usize>(Mutex<Vec<Arc<T>>>);

impl<T: ?Sized, const CAPACITY: usize> Cache<T, CAPACITY> {
    /// An empty cache.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns the value that fits, or makes it. Other threads wait meanwhile, so that they can use it too.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn get<E>(
        &self,
        fits: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<Arc<T>, E>,
    ) -> Result<Arc<T>, E> {
        // A panic in `make` leaves the list as it was.
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = values.iter().position(|value| fits(value)) {
            values[..=at].rotate_right(1);
        } else {
            let made = make()?;
            values.truncate(CAPACITY - 1);
            values.insert(0, made);
        }
        Ok(Arc::clone(&values[0]))
    }
}

impl<T: ?Sized, const CAPACITY: usize> Default for Cache<T, CAPACITY> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized, const CAPACITY: usize> fmt::Debug for Cache<T, CAPACITY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_value_is_made_anew() {
        let cache = Cache::<String, 2>::new();
        let get =
            |wanted: &str| cache.get(|value| value == wanted, || Ok::<_, ()>(Arc::new(wanted.to_owned()))).unwrap();
        let (a, b) = (get("a"), get("b"));
        assert!(Arc::ptr_eq(&a, &get("a")));
        get("c");
        assert!(Arc::ptr_eq(&a, &get("a")));
        assert!(!Arc::ptr_eq(&b, &get("b")));
        assert_eq!(cache.get(|_| false, || Err("no")), Err("no"));
        assert!(Arc::ptr_eq(&a, &get("a")));
    }
}
