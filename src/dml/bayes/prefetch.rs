//! Memory that is asked for before it is needed: points and latent ratings are read in no order, and a processor waits long
//! for what is in none of its caches.

/// Rows between asking and reading.
pub(super) const AHEAD: usize = 12;

/// Asks for a value of a slice. Does nothing behind its end, or where there is no such instruction (wasm).
#[inline(always)]
pub(super) fn prefetch<T>(slice: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(value) = slice.get(index) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let first = std::ptr::from_ref(value).cast::<i8>();
        // SAFETY: a prefetch reads and writes nothing, whatever the address.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(first);
            // A value of more than a few bytes may begin in one line and end in the next.
            if size_of::<T>() > 8 {
                _mm_prefetch::<_MM_HINT_T0>(first.wrapping_add(size_of::<T>() - 1));
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, index);
}
