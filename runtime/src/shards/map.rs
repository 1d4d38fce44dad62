//! Maps as programs see them, and which slots come to them.

use std::ops::Range;

use crate::databases::shard_maps::{KnownMap, Slots};
use bindery_core::program::Program;

/// Which slot is on which shard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShardMap {
    /// Grows by each change.
    pub version: i64,
    /// The number of slots.
    pub slots: u32,
    /// In the order of the slots. Slots that are in none of them are on no shard.
    pub ranges: Vec<ShardRange>,
}

/// Slots that follow each other and are on one shard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShardRange {
    /// The slots.
    pub slots: Range<u32>,
    /// The name of the shard's engine.
    pub engine: &'static str,
}

impl ShardMap {
    pub(super) fn of(map: &KnownMap, slots: u32, program: &'static Program) -> Self {
        let ranges = map.ranges.iter().map(|range| ShardRange {
            slots: range.first..range.past,
            engine: program.engines[range.engine].name(),
        });
        Self {
            version: map.version,
            slots,
            ranges: ranges.collect(),
        }
    }

    /// The number of slots that are on no shard.
    pub fn uncovered(&self) -> u32 {
        let covered = self
            .ranges
            .iter()
            .map(|range| range.slots.end - range.slots.start);
        self.slots - covered.sum::<u32>()
    }
}

/// Slots between the ranges of a map.
fn gaps(map: &KnownMap, slots: u32) -> Vec<Range<u32>> {
    let ends = map.ranges.iter().map(|range| (range.first, range.past));
    let mut gaps = Vec::new();
    let mut next = 0;
    for (first, past) in ends.chain([(slots, slots)]) {
        if next < first {
            gaps.push(next..first);
        }
        next = past;
    }
    gaps
}

/// The slots that are on no shard, divided among all.
pub(super) fn divided(map: &KnownMap, slots: u32, engines: &[usize]) -> Vec<Slots> {
    let all = engines.len() as u32;
    let mut shares = engines.iter().enumerate().map(|(at, engine)| {
        let held = map.ranges.iter().filter(|range| range.engine == *engine);
        let held: u32 = held.map(|range| range.past - range.first).sum();
        let share = slots / all + u32::from((at as u32) < slots % all);
        (*engine, share.saturating_sub(held))
    });
    let mut added = Vec::new();
    let mut share = shares.next();
    for gap in gaps(map, slots) {
        let mut first = gap.start;
        while first < gap.end {
            let Some((engine, left)) = share
                .filter(|(_, left)| *left > 0)
                .or_else(|| shares.find(|(_, left)| *left > 0))
            else {
                return added;
            };
            let past = gap.end.min(first + left);
            added.push(Slots {
                first,
                past,
                engine,
            });
            share = Some((engine, left - (past - first)));
            first = past;
        }
    }
    added
}

/// The ranges of a map after slots have moved to another engine; ranges of one engine that follow each other are one.
pub(super) fn moved(map: &KnownMap, slots: &Range<u32>, engine: usize) -> Vec<Slots> {
    let kept = map.ranges.iter().flat_map(|range| {
        let before = Slots {
            past: range.past.min(slots.start),
            ..*range
        };
        let after = Slots {
            first: range.first.max(slots.end),
            ..*range
        };
        [before, after]
    });
    let come = Slots {
        first: slots.start,
        past: slots.end,
        engine,
    };
    let mut all: Vec<Slots> = kept
        .chain([come])
        .filter(|range| range.first < range.past)
        .collect();
    all.sort_unstable_by_key(|range| range.first);
    all.dedup_by(|next, range| {
        let is_one = range.engine == next.engine && range.past == next.first;
        if is_one {
            range.past = next.past;
        }
        is_one
    });
    all
}

/// Why slots cannot be given to a shard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The set has fewer slots.
    Beyond,
    /// Another has it.
    Taken { slot: u32, engine: usize },
}

/// The slots of a range that come to a shard.
pub(super) fn assigned(
    map: &KnownMap,
    slots: u32,
    range: &Range<u32>,
    engine: usize,
) -> Result<Vec<Slots>, Refused> {
    if range.start >= range.end || range.end > slots {
        return Err(Refused::Beyond);
    }
    let mut others = map.ranges.iter().filter(|other| other.engine != engine);
    if let Some(other) = others.find(|other| other.first < range.end && range.start < other.past) {
        return Err(Refused::Taken {
            slot: other.first.max(range.start),
            engine: other.engine,
        });
    }
    let gaps = gaps(map, slots).into_iter();
    let within = gaps.map(|gap| (gap.start.max(range.start), gap.end.min(range.end)));
    let within = within.filter(|(first, past)| first < past);
    Ok(within
        .map(|(first, past)| Slots {
            first,
            past,
            engine,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(ranges: &[(u32, u32, usize)]) -> KnownMap {
        let ranges = ranges.iter().map(|&(first, past, engine)| Slots {
            first,
            past,
            engine,
        });
        KnownMap {
            version: 1,
            ranges: ranges.collect(),
        }
    }

    fn plain(ranges: Vec<Slots>) -> Vec<(u32, u32, usize)> {
        let ranges = ranges.into_iter();
        ranges
            .map(|range| (range.first, range.past, range.engine))
            .collect()
    }

    #[test]
    fn a_new_map_is_divided_evenly() {
        let divided = plain(divided(&map(&[]), 10, &[4, 5, 7]));
        assert_eq!(divided, [(0, 4, 4), (4, 7, 5), (7, 10, 7)]);
    }

    #[test]
    fn what_is_left_goes_to_those_that_have_less() {
        let held = map(&[(0, 4, 4), (4, 7, 5), (9, 10, 5)]);
        assert_eq!(
            plain(divided(&held, 12, &[4, 5, 7])),
            [(7, 9, 7), (10, 12, 7)]
        );
        assert_eq!(
            plain(divided(&map(&[(2, 4, 5)]), 6, &[4, 5, 7])),
            [(0, 2, 4), (4, 6, 7)]
        );
        assert_eq!(plain(divided(&map(&[(0, 12, 4)]), 12, &[4, 5])), []);
    }

    #[test]
    fn slots_that_have_moved_are_of_one_range_with_their_neighbours() {
        let held = map(&[(0, 4, 4), (4, 8, 5), (9, 12, 4)]);
        let after = |slots: Range<u32>, engine| plain(moved(&held, &slots, engine));
        assert_eq!(after(4..8, 4), [(0, 8, 4), (9, 12, 4)]);
        assert_eq!(
            after(5..6, 4),
            [(0, 4, 4), (4, 5, 5), (5, 6, 4), (6, 8, 5), (9, 12, 4)]
        );
        assert_eq!(after(0..4, 7), [(0, 4, 7), (4, 8, 5), (9, 12, 4)]);
        assert_eq!(
            after(10..11, 5),
            [(0, 4, 4), (4, 8, 5), (9, 10, 4), (10, 11, 5), (11, 12, 4)]
        );
    }

    #[test]
    fn slots_of_others_are_not_given_away() {
        let held = map(&[(2, 4, 5), (6, 8, 4)]);
        let given = |range: Range<u32>, engine| assigned(&held, 10, &range, engine);
        assert_eq!(given(0..3, 4), Err(Refused::Taken { slot: 2, engine: 5 }));
        assert_eq!(given(5..10, 4).map(plain), Ok(vec![(5, 6, 4), (8, 10, 4)]));
        assert_eq!(given(2..4, 5).map(plain), Ok(Vec::new()));
        assert_eq!(given(8..11, 5), Err(Refused::Beyond));
        assert_eq!(given(3..3, 5), Err(Refused::Beyond));
    }
}
