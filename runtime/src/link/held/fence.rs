//! Connections of a shard: each call on one is refused where rows of its slot may have left for another shard since. Which have is read from
//! the shard itself, not more often than once in [`READ_FOR`]; whoever moves rows waits for longer than that before anybody may find them in
//! their new place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Link;
use crate::driver::own_tables::statements::shards as statements;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::moment::{Moment, Span};
use bindery_core::slots::{COMING, GOING, OWN, READ_FOR};

/// The word of a shard about its slots.
#[derive(Debug, Default)]
pub(crate) struct Fence {
    /// Grows when that changes.
    pub(crate) version: i64,
    /// A letter for each; empty where all of them are its own.
    pub(crate) slots: String,
}

impl Fence {
    /// Whether the rows of a slot are here and nowhere else.
    pub(crate) fn has(&self, slot: u32) -> bool {
        let letter = self.slots.as_bytes().get(slot as usize);
        letter.is_none_or(|letter| *letter == OWN as u8)
    }

    /// Whether rows are here that are not, or not only, its own.
    pub(crate) fn is_mixed(&self) -> bool {
        self.slots.contains([COMING, GOING])
    }
}

/// The fences of an engine's sets as they were read, and when.
#[derive(Default)]
pub(crate) struct Fences(Mutex<BTreeMap<&'static str, (Arc<Fence>, Moment)>>);

impl Fences {
    /// The fence of a set, where it was read a moment ago.
    pub(crate) fn fresh(&self, set: &str) -> Option<Arc<Fence>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (fence, read) = known.get(set)?;
        (!Moment::now().is_past(*read, Span::of(READ_FOR))).then(|| Arc::clone(fence))
    }

    /// Has the fence of a set read anew: something was refused there.
    pub(crate) fn forget(&self, set: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(set);
    }

    fn keep(&self, set: &'static str, fence: Fence, read: Moment) -> Arc<Fence> {
        let fence = Arc::new(fence);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known
            .entry(set)
            .or_insert_with(|| (Arc::clone(&fence), read));
        if kept.1 < read {
            *kept = (Arc::clone(&fence), read);
        }
        fence
    }
}

/// The key or the shard that a connection is for, among the rows of one set.
pub(crate) struct Fenced {
    fences: Arc<Fences>,
    set: &'static str,
    wanted: Wanted,
    /// The fence as the open transaction has read it, and when.
    within: Option<(Arc<Fence>, Moment)>,
}

enum Wanted {
    /// The rows of these slots.
    Slots(Vec<u32>),
    /// All rows of the shard, as long as no slot comes or goes: the fence has this version.
    All(i64),
}

impl Fenced {
    fn fresh(&self, is_within: bool) -> Option<Arc<Fence>> {
        let within = || {
            let (fence, read) = self.within.as_ref().filter(|_| is_within)?;
            (!Moment::now().is_past(*read, Span::of(READ_FOR))).then(|| Arc::clone(fence))
        };
        self.fences.fresh(self.set).or_else(within)
    }

    fn ensure(&self, fence: &Fence) -> Result<()> {
        let is_as_before = match &self.wanted {
            Wanted::Slots(slots) => slots.iter().all(|slot| fence.has(*slot)),
            Wanted::All(version) => fence.version == *version,
        };
        match is_as_before {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::ShardMoved)),
        }
    }
}

impl Link {
    /// The fence of a set, as it was a moment ago. What is read within a transaction may be older than that, as its snapshot is: others do not
    /// go by it.
    pub(crate) fn fence(&mut self, fences: &Fences, set: &'static str) -> Result<Arc<Fence>> {
        if let Some(fence) = fences.fresh(set) {
            return Ok(fence);
        }
        let read = Moment::now();
        let found = statements::fence(self.ready()?, set)?;
        let fence = found.map(|found| Fence {
            version: found.version,
            slots: found.slots,
        });
        let fence = fence.unwrap_or_default();
        Ok(match self.depth() {
            0 => fences.keep(set, fence, read),
            _ => Arc::new(fence),
        })
    }

    /// Has every call refused once the rows of a slot are not only here any more; also those of slots that it was for before.
    pub(crate) fn for_slot(&mut self, fences: &Arc<Fences>, set: &'static str, slot: u32) {
        let known = self.fenced.iter_mut().find(|fenced| fenced.set == set);
        match known.map(|fenced| &mut fenced.wanted) {
            Some(Wanted::Slots(slots)) if slots.contains(&slot) => {}
            Some(Wanted::Slots(slots)) => slots.push(slot),
            Some(Wanted::All(_)) | None => self.fenced(fences, set, Wanted::Slots(vec![slot])),
        }
    }

    /// Has every call refused once any slot has come or gone.
    pub(crate) fn for_all_slots(&mut self, fences: &Arc<Fences>, set: &'static str, version: i64) {
        self.fenced(fences, set, Wanted::All(version));
    }

    fn fenced(&mut self, fences: &Arc<Fences>, set: &'static str, wanted: Wanted) {
        self.fenced.push(Fenced {
            fences: Arc::clone(fences),
            set,
            wanted,
            within: None,
        });
    }

    /// Fails where what the connection is for may have changed.
    #[inline]
    pub(super) fn ensure_here(&mut self) -> Result<()> {
        (0..self.fenced.len()).try_for_each(|at| self.ensure_fenced(at))
    }

    fn ensure_fenced(&mut self, at: usize) -> Result<()> {
        let is_within = self.depth() > 0;
        let fenced = &self.fenced[at];
        if let Some(fence) = fenced.fresh(is_within) {
            return fenced.ensure(&fence);
        }
        let (fences, set) = (Arc::clone(&fenced.fences), fenced.set);
        let read = Moment::now();
        let fence = self.fence(&fences, set)?;
        let fenced = &mut self.fenced[at];
        fenced.within = is_within.then(|| (Arc::clone(&fence), read));
        fenced.ensure(&fence)
    }

    /// A transaction or savepoint has begun: what one before it has read counts no more.
    pub(super) fn forget_fences(&mut self, depth: u32) {
        if depth == 1 {
            self.fenced
                .iter_mut()
                .for_each(|fenced| fenced.within = None);
        }
    }

    /// The same after a call that has read: its answer may have come long after it was sent.
    #[inline]
    pub(super) fn ensure_still_here(&mut self, operation: Operation) -> Result<()> {
        match operation.writes() {
            true => Ok(()),
            false => self.ensure_here(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fence, Fences};
    use crate::link::moment::Moment;

    #[test]
    fn a_slot_is_here_unless_a_letter_says_otherwise() {
        let fence = |slots: &str| Fence {
            version: 1,
            slots: slots.to_owned(),
        };
        let here: Vec<bool> = (0..7).map(|slot| fence(".clga.").has(slot)).collect();
        assert_eq!(here, [true, false, false, false, false, true, true]);
        assert!(Fence::default().has(3) && !Fence::default().is_mixed());
        assert!(fence(".c").is_mixed() && fence("g.").is_mixed());
        assert!(
            !fence(".l.a").is_mixed(),
            "these rows are here, or are gone"
        );
    }

    #[test]
    fn a_fence_is_known_for_a_while_and_no_earlier_one_replaces_it() {
        let fences = Fences::default();
        assert!(fences.fresh("a").is_none());
        let (earlier, now) = (Moment::now(), Moment::precise());
        fences.keep(
            "a",
            Fence {
                version: 2,
                ..Fence::default()
            },
            now,
        );
        fences.keep(
            "a",
            Fence {
                version: 1,
                ..Fence::default()
            },
            earlier,
        );
        assert_eq!(fences.fresh("a").map(|fence| fence.version), Some(2));
        fences.forget("a");
        assert!(fences.fresh("a").is_none());
    }
}
