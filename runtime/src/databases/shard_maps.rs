//! The maps of sets of shards, as this process knows them: which slot of values is on which engine. The room `shards` reads and writes them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Slots that follow each other and are on one engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) first: u32,
    /// The first that is none of them.
    pub(crate) past: u32,
    /// The place of the engine in the program.
    pub(crate) engine: usize,
}

/// A map as it was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct KnownMap {
    /// Grows by each change.
    pub(crate) version: i64,
    /// In the order of the slots, of which no two have the same.
    pub(crate) ranges: Vec<Slots>,
}

impl KnownMap {
    /// The place of the engine that a slot is on.
    #[inline]
    pub(crate) fn engine_of(&self, slot: u32) -> Option<usize> {
        let after = self.ranges.partition_point(|range| range.first <= slot);
        let range = self.ranges.get(after.checked_sub(1)?)?;
        (slot < range.past).then_some(range.engine)
    }
}

/// The maps that an engine keeps. A slot that has an engine stays there, so what is known of it stays true.
#[derive(Default)]
pub(crate) struct ShardMaps(Mutex<BTreeMap<&'static str, Arc<KnownMap>>>);

impl ShardMaps {
    /// The map of a set, where it was read before.
    pub(crate) fn known(&self, set: &str) -> Option<Arc<KnownMap>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(set).map(Arc::clone)
    }

    /// Keeps a map that was read, unless a later one is known.
    pub(crate) fn keep(&self, set: &'static str, map: KnownMap) -> Arc<KnownMap> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known.entry(set).or_default();
        if kept.version <= map.version {
            *kept = Arc::new(map);
        }
        Arc::clone(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownMap, ShardMaps, Slots};

    fn map(version: i64, ranges: &[(u32, u32, usize)]) -> KnownMap {
        let ranges = ranges.iter().map(|&(first, past, engine)| Slots {
            first,
            past,
            engine,
        });
        KnownMap {
            version,
            ranges: ranges.collect(),
        }
    }

    #[test]
    fn a_slot_is_on_the_engine_of_its_range_or_on_none() {
        let map = map(1, &[(0, 4, 7), (4, 5, 2), (8, 10, 7)]);
        let found: Vec<Option<usize>> = (0..12).map(|slot| map.engine_of(slot)).collect();
        let on = |engine| Some(engine);
        assert_eq!(
            found,
            [
                on(7),
                on(7),
                on(7),
                on(7),
                on(2),
                None,
                None,
                None,
                on(7),
                on(7),
                None,
                None
            ]
        );
        assert_eq!(KnownMap::default().engine_of(0), None);
    }

    #[test]
    fn an_earlier_map_does_not_replace_a_later_one() {
        let maps = ShardMaps::default();
        assert!(maps.known("a").is_none());
        maps.keep("a", map(2, &[(0, 4, 1)]));
        assert_eq!(maps.keep("a", map(1, &[])).version, 2);
        assert_eq!(maps.keep("a", map(3, &[])).ranges, []);
        assert!(maps.known("b").is_none());
    }
}
