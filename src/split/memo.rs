//! What was worked out from training rows alone, kept for every training on the same rows: the trainings of a measurement
//! share most of theirs. The floors above decide what that is.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A result by its type, its domain and the name that whoever worked it out gives it.
type Key = (TypeId, usize, &'static str);

/// Results that belong to one set of training rows. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Memo(Arc<Mutex<HashMap<Key, Arc<dyn Any + Send + Sync>>>>);

impl Memo {
    /// What is kept of a domain, if it has been worked out.
    pub fn get<T: Any + Send + Sync>(&self, domain: usize, name: &'static str) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(TypeId::of::<T>(), domain, name)).cloned()?.downcast().ok()
    }

    /// Keeps a result, and gives back what is kept: the first that came.
    pub fn keep<T: Any + Send + Sync>(&self, domain: usize, name: &'static str, result: T) -> Arc<T> {
        let result = Arc::new(result);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = kept.entry((TypeId::of::<T>(), domain, name)).or_insert_with(|| result.clone()).clone();
        first.downcast().unwrap_or(result)
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn results_are_kept_by_type_domain_and_name_and_clones_share_them() {
        let memo = Memo::default();
        assert_eq!(memo.get::<u32>(0, "a"), None);
        assert_eq!(*memo.keep(0, "a", 7_u32), 7);
        assert_eq!(*memo.clone().keep(0, "a", 8_u32), 7);
        memo.keep(1, "a", 9_u32);
        memo.keep(0, "b", "other");
        assert_eq!(memo.get::<u32>(0, "a").as_deref(), Some(&7));
        assert_eq!(memo.get::<u32>(1, "a").as_deref(), Some(&9));
        assert_eq!((memo.get::<u32>(0, "b"), memo.get::<&str>(0, "b").as_deref()), (None, Some(&"other")));
    }
}
