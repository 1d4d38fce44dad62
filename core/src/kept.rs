//! Values that a static owns: descriptions that are made while a program runs, where those of generated code are compiled in.

use std::sync::OnceLock;

/// A list that only grows. It stands in a static, so what it holds can be referred to until the process ends, as what generated code
/// describes; equal values are held once, however often they are described.
///
/// ```
/// use bindery_core::kept::Kept;
///
/// static NAMES: Kept<String> = Kept::new();
///
/// let name: &'static str = NAMES.keep("users".to_owned());
/// assert!(std::ptr::eq(name, NAMES.keep("users".to_owned()).as_str()));
/// ```
pub struct Kept<T> {
    first: OnceLock<Box<Entry<T>>>,
}

struct Entry<T> {
    value: T,
    next: OnceLock<Box<Entry<T>>>,
}

impl<T> Kept<T> {
    /// An empty list.
    pub const fn new() -> Self {
        Self {
            first: OnceLock::new(),
        }
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: PartialEq> Kept<T> {
    /// The value of the list that equals this one, which is put at its end where there is none. Every value before is compared.
    pub fn keep(&'static self, value: T) -> &'static T {
        let (mut place, mut value) = (&self.first, Some(value));
        loop {
            let entry = place.get_or_init(|| {
                let value = value.take().expect("it is put at one place only");
                let next = OnceLock::new();
                Box::new(Entry { value, next })
            });
            if value.as_ref().is_none_or(|value| *value == entry.value) {
                return &entry.value;
            }
            place = &entry.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Each of 100 numbers is kept once, and every thread has the same.
    #[test]
    fn equal_values_of_many_threads_are_one() {
        static NUMBERS: Kept<u32> = Kept::new();
        let keep = || {
            let kept = (0..100).map(|number| NUMBERS.keep(number));
            kept.map(|kept| (*kept, std::ptr::from_ref(kept).addr()))
                .collect::<Vec<_>>()
        };
        let all: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(keep)).collect();
            let joined = threads.into_iter().map(|one| one.join());
            joined.map(|kept| kept.expect("it ends")).collect()
        });
        let first = keep();
        assert!(first.iter().map(|(number, _)| *number).eq(0..100));
        assert!(all.iter().all(|kept| *kept == first));
    }
}
