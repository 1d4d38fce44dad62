//! Work on many tables by several threads. Build scripts are not optimised, and most stages look at each table by itself.

use crate::lists::IntoVec as _;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// More threads have nothing to do by the time they are there.
const MOST_THREADS: usize = 8;
/// Parts for each thread: tables are not alike, and a thread that is done early takes one more.
const PARTS: usize = 4;

/// Returns the results of `work` for each part of the items, in the items' order. A part has `least` items or more, but
/// for the last, so that it is worth the way; how many there are depends on the machine, so the results together must
/// not.
pub fn in_parts<T: Sync, R: Send>(
    items: &[T],
    least: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let parts: Vec<&[T]> = items.chunks(size_of_part(items.len(), least)).into_vec();
    let made: Vec<Mutex<Option<R>>> = parts.iter().map(|_| Mutex::new(None)).into_vec();
    each(parts.len(), &|at| {
        let result = work(parts[at]);
        *made[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    });
    made.into_iter()
        .filter_map(|made| made.into_inner().unwrap_or_else(PoisonError::into_inner))
        .into_vec()
}

fn size_of_part(items: usize, least: usize) -> usize {
    if items <= least {
        return least.max(1);
    }
    items.div_ceil(threads() * PARTS).max(least).max(1)
}

fn threads() -> usize {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    threads.min(MOST_THREADS)
}

/// Calls `work` once with each number below `count`, on several threads. It is not generic, so that it is compiled once.
fn each(count: usize, work: &(dyn Fn(usize) + Sync)) {
    if count <= 1 {
        return (0..count).for_each(work);
    }
    let next = AtomicUsize::new(0);
    let run = || {
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                at if at < count => work(at),
                _ => return,
            }
        }
    };
    thread::scope(|scope| {
        // A thread that the system does not give is one less.
        let start = |_| thread::Builder::new().spawn_scoped(scope, run).ok();
        let helpers: Vec<_> = (1..threads().min(count)).filter_map(start).into_vec();
        run();
        for helper in helpers {
            helper.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for (count, least) in [(0, 1), (1, 1), (7, 0), (7, 3), (1_000, 1), (1_000, 2_000)] {
            let items: Vec<usize> = (0..count).collect();
            let parts = in_parts(&items, least, <[usize]>::to_vec);
            assert!(parts.iter().rev().skip(1).all(|part| part.len() >= least));
            assert_eq!(parts.concat(), items, "{count} {least}");
        }
    }

    #[test]
    fn a_panic_is_passed_on() {
        let items: Vec<usize> = (0..100).collect();
        let run = || in_parts(&items, 1, |part| assert!(!part.contains(&70), "seventy"));
        let panic = std::panic::catch_unwind(run).expect_err("one part panics");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"seventy"));
    }
}
