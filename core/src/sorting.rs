//! Sorting that is compiled once. The standard library's is compiled anew for each type that it sorts, in every clean build of a
//! program: as much code as many a module has.

use crate::lists::IntoVec as _;
use std::cmp::Ordering;
use std::mem;

/// Sorts by an order; equal items stay as they are among each other.
///
/// ```
/// let mut names = ["b", "c", "a"];
/// bindery_core::sorting::sort_by(&mut names, Ord::cmp);
/// assert_eq!(names, ["a", "b", "c"]);
/// ```
pub fn sort_by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    let places = sorted_places(items.len(), &|one, other| order(&items[one], &items[other]));
    arrange(places, &mut |one, other| items.swap(one, other));
}

/// Sorts by what a function makes of each item; items for which that is equal stay as they are among each other.
///
/// ```
/// let mut words = ["three", "on", "a", "in"];
/// bindery_core::sorting::sort_by_key(&mut words, |word| word.len());
/// assert_eq!(words, ["a", "on", "in", "three"]);
/// ```
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// The places of a number of items, in their order.
fn sorted_places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).into_vec();
    places.sort_by(|&one, &other| order(one, other));
    places
}

/// Swaps items until at each place is the one from the place that is listed for it.
fn arrange(mut from: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..from.len() {
        let mut at = start;
        loop {
            let next = mem::replace(&mut from[at], at);
            if next == start {
                break;
            }
            swap(at, next);
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sort_by;

    #[test]
    fn sorts_as_the_standard_library_does() {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 24
        };
        for count in 0..100 {
            let mut items: Vec<(u32, usize)> = (0..count).map(|at| (next() % 20, at)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by(&mut items, |(one, _), (other, _)| one.cmp(other));
            assert_eq!(items, expected);
        }
    }
}
