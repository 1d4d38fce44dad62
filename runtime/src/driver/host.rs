//! Which of several hosts the connections of a pool lead to: they agree on one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The host that connections are opened to, by its number.
#[derive(Default)]
pub(crate) struct LiveHost(AtomicUsize);

/// The host that one connection leads to.
pub(crate) struct HostOfConnection {
    number: usize,
    /// The number of hosts.
    of: usize,
    live: Arc<LiveHost>,
}

impl LiveHost {
    /// Returns the number of the host that is tried first.
    pub(crate) fn number(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    /// A host let a connection in after this `first` one was tried. Returns `None` where another caller has moved on to a third host
    /// meanwhile, or away from this one: the connection must not be used then.
    pub(crate) fn agree(
        self: &Arc<Self>,
        first: usize,
        number: usize,
        of: usize,
    ) -> Option<HostOfConnection> {
        let outcome = self
            .0
            .compare_exchange(first, number, Ordering::AcqRel, Ordering::Acquire);
        let agreed = outcome.map_or_else(|now| now, |_| number);
        (agreed == number).then(|| HostOfConnection {
            number,
            of,
            live: Arc::clone(self),
        })
    }
}

impl HostOfConnection {
    /// Whether connections were opened to another host since this one was.
    pub(crate) fn is_left(&self) -> bool {
        self.live.number() != self.number
    }

    /// The host takes no statements any more, though it answers: connections are opened to the next one that lets them in.
    pub(crate) fn abandon(&self) {
        let next = (self.number + 1) % self.of;
        // Where others have left it already they know better.
        let _ =
            self.live
                .0
                .compare_exchange(self.number, next, Ordering::AcqRel, Ordering::Acquire);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_agree_on_one_host() {
        let live = Arc::new(LiveHost::default());
        let before = live.agree(0, 0, 3).expect("it is the first");
        // Two callers found the first host silent, and a third was let in there before that was known.
        let (one, other) = (live.agree(0, 1, 3), live.agree(0, 1, 3));
        assert!(live.agree(0, 0, 3).is_none(), "a late one is not used");
        assert!(live.agree(0, 2, 3).is_none(), "nor one to a third host");
        assert!(before.is_left());
        let moved = [one.expect("it moved"), other.expect("it is the same host")];
        assert!(moved.iter().all(|host| !host.is_left()));
        assert_eq!(live.number(), 1);
        // Both find out that it takes nothing any more.
        moved.iter().for_each(HostOfConnection::abandon);
        assert_eq!(live.number(), 2);
    }
}
