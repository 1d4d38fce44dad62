//! Work on several engines at the same time.

use std::thread;

/// Does the work on each at the same time, and returns the results in the order of the items. One alone needs no thread.
pub(crate) fn at_once<'i, I: Sync, T: Send>(
    items: &'i [I],
    work: impl Fn(usize, &'i I) -> T + Sync,
) -> Vec<T> {
    if let [one] = items {
        return vec![work(0, one)];
    }
    let work = &work;
    thread::scope(|scope| {
        let items = items.iter().enumerate();
        let threads: Vec<_> = items
            .map(|(at, item)| scope.spawn(move || work(at, item)))
            .collect();
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
