//! Sets of shards, on the engine that keeps their map: the slots of each shard, and slots that are on their way to another one.

use std::collections::BTreeMap;

use bindery::__private::ShardSet as SetPlace;
use bindery::shards::{MoveStage, ShardMap, ShardMove};
use bindery_schema::config::ShardSet;
use bindery_schema::slots::LEAVING;

use super::level::Level;
use super::{Look, Row};
use crate::database;
use crate::text::count;

const SECTION: &str = "shards";

/// A set of more shards has those with the fewest and the most slots in its row.
const SHOWN: usize = 8;

/// A row for each set whose map the engine keeps, and one for slots on their way.
pub(crate) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let sets = look.project.input.shards.iter();
    let sets = sets.filter(|set| set.map == look.id);
    let rows: bindery::Result<Vec<Vec<Row>>> = sets.map(|set| rows_of(set, look)).collect();
    Ok(rows?.into_iter().flatten().collect())
}

/// The name of the lock that a command has, on the engine with the map, while it moves slots of a set.
pub(crate) fn lock_of(set: &str) -> String {
    format!("slots of {set}")
}

/// The commands that end a move that was interrupted.
pub(crate) fn ways_out(set: &str, begun: &ShardMove) -> String {
    let ShardMove { slots, target, .. } = begun;
    let go_on = format!(
        "go on: `bindery shards move {set} {}..{} {target}`",
        slots.start, slots.end
    );
    match begun.stage {
        MoveStage::Copying => format!("{go_on}, or undo it: `bindery shards cancel {set}`"),
        MoveStage::Moved => go_on,
    }
}

fn rows_of(set: &ShardSet, look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let place = SetPlace {
        name: &set.name,
        map: set.map.0 as usize,
        slots: set.slots,
    };
    let (map, moving) = match look.engines.registry.shard_map(&place) {
        Ok(found) => found,
        Err(error) => return Ok(vec![unreadable(set, &error)]),
    };
    let mut rows = vec![row_of_map(set, &map, look)];
    if let Some(moving) = moving {
        rows.push(row_of_move(&place, &moving, look)?);
    }
    Ok(rows)
}

/// Without its map no key of the set is found.
fn unreadable(set: &ShardSet, error: &bindery::Error) -> Row {
    let why = database::failure(error).message();
    Row::new(SECTION, format!("`{}`: its map cannot be read: {why}", set.name))
        .count(1)
        .level(Level::Error)
        .hint("`bindery create` and migrations make its tables; slots and engines are those of bindery.toml")
}

fn row_of_map(set: &ShardSet, map: &ShardMap, look: &Look<'_>) -> Row {
    let mut slots: BTreeMap<&str, usize> = BTreeMap::new();
    for engine in &set.engines {
        slots.insert(&look.project.input.engines[engine.0 as usize].name, 0);
    }
    for range in &map.ranges {
        *slots.entry(range.engine).or_default() += range.slots.len();
    }
    let text = format!(
        "`{}`, version {} of its map: {}",
        set.name,
        map.version,
        shown(&slots)
    );
    match map.uncovered() as usize {
        0 => Row::new(SECTION, text),
        uncovered => Row::new(
            SECTION,
            format!("{text}; {} on none", count(uncovered, "slot")),
        )
        .count(uncovered)
        .level(Level::Error)
        .hint(format!(
            "`bindery shards divide {}` gives them to all of its shards",
            set.name
        )),
    }
}

/// `256 slots on s0, 256 on s1`.
fn shown(slots: &BTreeMap<&str, usize>) -> String {
    let text = |(engine, slots): (&&str, &usize)| format!("{slots} on {engine}");
    if slots.len() <= SHOWN {
        return slots.iter().map(text).collect::<Vec<_>>().join(", ");
    }
    let fewest = slots.iter().min_by_key(|(_, slots)| **slots).map(text);
    let most = slots.iter().max_by_key(|(_, slots)| **slots).map(text);
    let ends: Vec<String> = fewest.into_iter().chain(most).collect();
    format!("{} shards, from {}", slots.len(), ends.join(" to "))
}

/// Slots on their way: by a command at work, or by one that was interrupted, after which their writers may wait.
fn row_of_move(place: &SetPlace<'_>, moving: &ShardMove, look: &Look<'_>) -> bindery::Result<Row> {
    let (set, registry) = (place.name, &look.engines.registry);
    let ShardMove {
        slots,
        source,
        target,
        stage,
    } = moving;
    let stage = match stage {
        MoveStage::Copying => "their rows are copied",
        MoveStage::Moved => "the map has them there, and their rows are removed where they were",
    };
    let text = format!(
        "`{set}`: slots {}..{} are on their way from {source} to {target}, {stage}",
        slots.start, slots.end
    );
    if registry.is_lock_taken(look.chosen(), &lock_of(set))? {
        return Ok(Row::new(SECTION, format!("{text} by a command at work")).count(slots.len()));
    }
    let row = |text: String| {
        Row::new(SECTION, text)
            .count(slots.len())
            .hint(ways_out(set, moving))
    };
    // A shard that cannot be reached has a row of its own.
    let word = look
        .project
        .input
        .engines
        .iter()
        .position(|engine| engine.name == *source);
    let word = word.map(|at| registry.word_of_shard(look.engines.chosen(at), place));
    let are_closed = word
        .and_then(Result::ok)
        .is_some_and(|word| word.contains(LEAVING));
    Ok(match are_closed && moving.stage == MoveStage::Copying {
        true => row(format!(
            "{text} by no command any more; those who write them wait"
        ))
        .level(Level::Error),
        false => row(format!("{text} by no command any more")).level(Level::Warning),
    })
}
