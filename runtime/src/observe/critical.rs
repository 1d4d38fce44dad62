//! Sections of a thread in which it holds a lock that calls out of the library must not be made under. The program's recorders and
//! subscribers may call whatever they want, so under such a lock nothing is recorded and no event is delivered; nor is any other lock
//! taken that is held for longer than a moment. Builds with debug assertions check it, so that every test does.

#[cfg(debug_assertions)]
use std::cell::Cell;
use std::marker::PhantomData;

#[cfg(debug_assertions)]
thread_local! {
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// The thread is in a critical section until this is dropped, on the same thread.
pub(crate) struct CriticalSection(PhantomData<*const ()>);

impl CriticalSection {
    /// Sections do not nest.
    #[inline]
    pub(crate) fn enter() -> Self {
        ensure_outside();
        #[cfg(debug_assertions)]
        IS_INSIDE.set(true);
        Self(PhantomData)
    }
}

impl Drop for CriticalSection {
    #[inline]
    fn drop(&mut self) {
        #[cfg(debug_assertions)]
        IS_INSIDE.set(false);
    }
}

/// The code that follows may call the program, or wait.
#[inline]
pub(crate) fn ensure_outside() {
    #[cfg(debug_assertions)]
    debug_assert!(
        !IS_INSIDE.get(),
        "no callback, event or other lock within a critical section"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_end_and_do_not_nest() {
        drop(CriticalSection::enter());
        ensure_outside();
        let _section = CriticalSection::enter();
        std::panic::catch_unwind(ensure_outside).unwrap_err();
        std::panic::catch_unwind(|| drop(CriticalSection::enter())).unwrap_err();
    }
}
