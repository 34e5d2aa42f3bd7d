//! What was worked out from training rows alone, kept for every training on the same rows: the trainings of a measurement
//! share most of theirs. The floors above decide what that is.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A result by its type, its domain and a flag of whoever worked it out.
type Key = (TypeId, usize, bool);

/// Results that belong to one set of training rows. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Memo(Arc<Mutex<HashMap<Key, Arc<dyn Any + Send + Sync>>>>);

impl Memo {
    /// What is kept of a domain, if it has been worked out.
    pub fn get<T: Any + Send + Sync>(&self, domain: usize, flag: bool) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(TypeId::of::<T>(), domain, flag)).cloned()?.downcast().ok()
    }

    /// Keeps a result, and gives back what is kept: the first that came.
    pub fn keep<T: Any + Send + Sync>(&self, domain: usize, flag: bool, result: T) -> Arc<T> {
        let result = Arc::new(result);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = kept.entry((TypeId::of::<T>(), domain, flag)).or_insert_with(|| result.clone()).clone();
        first.downcast().unwrap_or(result)
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn results_are_kept_by_type_domain_and_flag_and_clones_share_them() {
        let memo = Memo::default();
        assert_eq!(memo.get::<u32>(0, false), None);
        assert_eq!(*memo.keep(0, false, 7_u32), 7);
        assert_eq!(*memo.clone().keep(0, false, 8_u32), 7);
        memo.keep(1, false, 9_u32);
        memo.keep(0, true, "flag");
        assert_eq!(memo.get::<u32>(0, false).as_deref(), Some(&7));
        assert_eq!(memo.get::<u32>(1, false).as_deref(), Some(&9));
        assert_eq!((memo.get::<u32>(0, true), memo.get::<&str>(0, true).as_deref()), (None, Some(&"flag")));
    }
}
