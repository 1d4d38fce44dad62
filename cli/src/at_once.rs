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

#[cfg(test)]
mod tests {
    use std::{process, thread};

    use super::at_once;

    /// Threads of this process, as a fork would share its connections.
    ///
    /// Covers CLI-8.
    #[test]
    fn work_is_done_by_threads_of_this_process() {
        let place = |at: usize, item: &char| (at, *item, process::id(), thread::current().id());
        let done = at_once(&['a', 'b', 'c'], place);
        let items: Vec<(usize, char)> = done.iter().map(|one| (one.0, one.1)).collect();
        assert_eq!(items, [(0, 'a'), (1, 'b'), (2, 'c')]);
        assert!(done.iter().all(|one| one.2 == process::id()));
        assert!(done.iter().all(|one| one.3 != thread::current().id()));
        let alone = at_once(&['a'], place);
        assert_eq!(alone[0].3, thread::current().id());
    }
}
