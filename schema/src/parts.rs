//! Work on many tables by several threads. Build scripts are not optimised, and most stages look at each table by itself.

use std::num::NonZero;
use std::panic::resume_unwind;
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
    if items.len() <= least {
        return items.chunks(least.max(1)).map(work).collect();
    }
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = threads.min(MOST_THREADS);
    let size = items.len().div_ceil(threads * PARTS).max(least).max(1);
    let parts = items.chunks(size);
    let helpers = threads.min(parts.len()).saturating_sub(1);
    let queue = Mutex::new(parts.enumerate());
    // Nothing panics while the queue is locked.
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || {
        let mut done = Vec::new();
        while let Some((at, part)) = next() {
            done.push((at, work(part)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        // A thread that the system does not give is one less.
        let start = |_| thread::Builder::new().spawn_scoped(scope, run).ok();
        let helpers: Vec<_> = (0..helpers).filter_map(start).collect();
        let mut done = run();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
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
