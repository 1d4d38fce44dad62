//! How long rows are on their way where slots move, one after the other.

use super::Plan;

/// The work of moving.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moved {
    pub(super) rows: u64,
    /// Commands, each of which has writers of its slots wait once.
    pub(super) moves: u32,
    pub(super) hours: f64,
}

/// What people move for.
pub(super) fn cases(plan: &Plan) -> [(&'static str, Moved); 4] {
    let of_shard = plan.rows / u64::from(plan.shards);
    // From each shard a part, in one command, as the slots of a shard follow one another.
    let shares = |parts: u32| u64::from(plan.shards) * (of_shard / u64::from(parts));
    let with_one_more = shares(plan.shards + 1);
    let new_server = plan.shards / plan.servers;
    [
        ("a slot", moved(plan, plan.rows / u64::from(plan.slots), 1)),
        ("one shard more", moved(plan, with_one_more, plan.shards)),
        (
            "a server more, by whole shards",
            moved(plan, of_shard * u64::from(new_server), new_server),
        ),
        (
            "twice as many shards",
            moved(plan, plan.rows / 2, plan.shards),
        ),
    ]
}

fn moved(plan: &Plan, rows: u64, moves: u32) -> Moved {
    // A move waits twice for what programs know to be over, and compares what it has copied.
    const FIXED: f64 = 2.0;
    let seconds = rows as f64 / plan.copied as f64 + f64::from(moves) * FIXED;
    Moved {
        rows,
        moves,
        hours: seconds / 3_600.0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, cases};

    #[test]
    fn rows_that_move_are_those_of_the_slots() {
        let [slot, one_more, _, twice] = cases(&Plan::USUAL).map(|(_, moved)| moved);
        assert_eq!((slot.rows, slot.moves), (61_035, 1));
        // Of each of 1,000 shards one row in 1,001.
        assert_eq!((one_more.rows, one_more.moves), (999_000, 1_000));
        assert_eq!((twice.rows, twice.moves), (500_000_000, 1_000));
        assert!(twice.hours > one_more.hours);
    }
}
