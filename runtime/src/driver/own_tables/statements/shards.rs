//! Generated from `queries/shards.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static LOCK_MAP: Statement = Statement::numbered(
    "UPDATE _bindery_shard_maps SET version = version WHERE shards = ?",
    "UPDATE _bindery_shard_maps SET version = version WHERE shards = $1",
);

/// Others wait for the lock of this row.
pub(crate) fn lock_map(physical: &mut Physical, shards: &str) -> Result<()> {
    execute(physical, LOCK_MAP.on(physical), &[&shards]).map(drop)
}

pub(crate) static GROW_MAP: Statement = Statement::numbered(
    "UPDATE _bindery_shard_maps SET version = version + 1 WHERE shards = ?",
    "UPDATE _bindery_shard_maps SET version = version + 1 WHERE shards = $1",
);

pub(crate) fn grow_map(physical: &mut Physical, shards: &str) -> Result<()> {
    execute(physical, GROW_MAP.on(physical), &[&shards]).map(drop)
}

pub(crate) static BEGIN_MAP: Statement = Statement([
    "INSERT INTO _bindery_shard_maps (shards, slots, version) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_shard_maps (shards, slots, version) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_shard_maps (shards, slots, version) VALUES (?, ?, 0) ON DUPLICATE KEY UPDATE version = version",
]);

pub(crate) fn begin_map(physical: &mut Physical, shards: &str, slots: i64) -> Result<()> {
    execute(physical, BEGIN_MAP.on(physical), &[&shards, &slots]).map(drop)
}

pub(crate) static MAP: Statement = Statement::numbered(
    "SELECT slots, version FROM _bindery_shard_maps WHERE shards = ?",
    "SELECT slots, version FROM _bindery_shard_maps WHERE shards = $1",
);

#[derive(Debug)]
pub(crate) struct MapRow {
    pub(crate) slots: i64,
    pub(crate) version: i64,
}

impl MapRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            slots: row.next()?,
            version: row.next()?,
        })
    }
}

pub(crate) fn map(physical: &mut Physical, shards: &str) -> Result<Option<MapRow>> {
    optional(physical, MAP.on(physical), &[&shards], MapRow::read)
}

pub(crate) static RANGES: Statement = Statement::numbered(
    "SELECT first_slot, past_slot, engine FROM _bindery_shard_slots WHERE shards = ? ORDER BY first_slot",
    "SELECT first_slot, past_slot, engine FROM _bindery_shard_slots WHERE shards = $1 ORDER BY first_slot",
);

#[derive(Debug)]
pub(crate) struct RangesRow {
    pub(crate) first_slot: i64,
    pub(crate) past_slot: i64,
    pub(crate) engine: String,
}

impl RangesRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            first_slot: row.next()?,
            past_slot: row.next()?,
            engine: row.next()?,
        })
    }
}

pub(crate) fn ranges(physical: &mut Physical, shards: &str) -> Result<Vec<RangesRow>> {
    rows(physical, RANGES.on(physical), &[&shards], RangesRow::read)
}

pub(crate) static ADD_RANGE: Statement = Statement::numbered(
    "INSERT INTO _bindery_shard_slots (shards, first_slot, past_slot, engine) VALUES (?, ?, ?, ?)",
    "INSERT INTO _bindery_shard_slots (shards, first_slot, past_slot, engine) VALUES ($1, $2, $3, $4)",
);

pub(crate) fn add_range(
    physical: &mut Physical,
    shards: &str,
    first_slot: i64,
    past_slot: i64,
    engine: &str,
) -> Result<()> {
    execute(
        physical,
        ADD_RANGE.on(physical),
        &[&shards, &first_slot, &past_slot, &engine],
    )
    .map(drop)
}

pub(crate) static FORGET_RANGES: Statement = Statement::numbered(
    "DELETE FROM _bindery_shard_slots WHERE shards = ?",
    "DELETE FROM _bindery_shard_slots WHERE shards = $1",
);

pub(crate) fn forget_ranges(physical: &mut Physical, shards: &str) -> Result<()> {
    execute(physical, FORGET_RANGES.on(physical), &[&shards]).map(drop)
}

pub(crate) static BEGIN_MOVE: Statement = Statement::numbered(
    "INSERT INTO _bindery_shard_moves (shards, first_slot, past_slot, source, target, stage) VALUES (?, ?, ?, ?, ?, 'copying')",
    "INSERT INTO _bindery_shard_moves (shards, first_slot, past_slot, source, target, stage) VALUES ($1, $2, $3, $4, $5, 'copying')",
);

pub(crate) fn begin_move(
    physical: &mut Physical,
    shards: &str,
    first_slot: i64,
    past_slot: i64,
    source: &str,
    target: &str,
) -> Result<()> {
    execute(
        physical,
        BEGIN_MOVE.on(physical),
        &[&shards, &first_slot, &past_slot, &source, &target],
    )
    .map(drop)
}

pub(crate) static MOVING: Statement = Statement::numbered(
    "SELECT first_slot, past_slot, source, target, stage FROM _bindery_shard_moves WHERE shards = ?",
    "SELECT first_slot, past_slot, source, target, stage FROM _bindery_shard_moves WHERE shards = $1",
);

#[derive(Debug)]
pub(crate) struct MovingRow {
    pub(crate) first_slot: i64,
    pub(crate) past_slot: i64,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) stage: String,
}

impl MovingRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            first_slot: row.next()?,
            past_slot: row.next()?,
            source: row.next()?,
            target: row.next()?,
            stage: row.next()?,
        })
    }
}

pub(crate) fn moving(physical: &mut Physical, shards: &str) -> Result<Option<MovingRow>> {
    optional(physical, MOVING.on(physical), &[&shards], MovingRow::read)
}

pub(crate) static HAS_MOVED: Statement = Statement::numbered(
    "UPDATE _bindery_shard_moves SET stage = 'moved' WHERE shards = ?",
    "UPDATE _bindery_shard_moves SET stage = 'moved' WHERE shards = $1",
);

pub(crate) fn has_moved(physical: &mut Physical, shards: &str) -> Result<()> {
    execute(physical, HAS_MOVED.on(physical), &[&shards]).map(drop)
}

pub(crate) static END_MOVE: Statement = Statement::numbered(
    "DELETE FROM _bindery_shard_moves WHERE shards = ?",
    "DELETE FROM _bindery_shard_moves WHERE shards = $1",
);

pub(crate) fn end_move(physical: &mut Physical, shards: &str) -> Result<()> {
    execute(physical, END_MOVE.on(physical), &[&shards]).map(drop)
}

pub(crate) static BEGIN_FENCE: Statement = Statement([
    "INSERT INTO _bindery_shard_fences (shards, version, moves, slots) VALUES (?, 0, 0, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_shard_fences (shards, version, moves, slots) VALUES ($1, 0, 0, $2) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_shard_fences (shards, version, moves, slots) VALUES (?, 0, 0, ?) ON DUPLICATE KEY UPDATE version = version",
]);

pub(crate) fn begin_fence(physical: &mut Physical, shards: &str, slots: &str) -> Result<()> {
    execute(physical, BEGIN_FENCE.on(physical), &[&shards, &slots]).map(drop)
}

pub(crate) static FENCE: Statement = Statement::numbered(
    "SELECT version, slots FROM _bindery_shard_fences WHERE shards = ?",
    "SELECT version, slots FROM _bindery_shard_fences WHERE shards = $1",
);

#[derive(Debug)]
pub(crate) struct FenceRow {
    pub(crate) version: i64,
    pub(crate) slots: String,
}

impl FenceRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            version: row.next()?,
            slots: row.next()?,
        })
    }
}

pub(crate) fn fence(physical: &mut Physical, shards: &str) -> Result<Option<FenceRow>> {
    optional(physical, FENCE.on(physical), &[&shards], FenceRow::read)
}

pub(crate) static LOCK_FENCE: Statement = Statement([
    "SELECT slots FROM _bindery_shard_fences WHERE shards = ?",
    "SELECT slots FROM _bindery_shard_fences WHERE shards = $1 FOR UPDATE",
    "SELECT slots FROM _bindery_shard_fences WHERE shards = ? FOR UPDATE",
]);

pub(crate) fn lock_fence(physical: &mut Physical, shards: &str) -> Result<Option<String>> {
    optional(physical, LOCK_FENCE.on(physical), &[&shards], |row| {
        row.next()
    })
}

pub(crate) static MARK_FENCE: Statement = Statement::numbered(
    "UPDATE _bindery_shard_fences SET slots = ?, version = version + 1 WHERE shards = ?",
    "UPDATE _bindery_shard_fences SET slots = $1, version = version + 1 WHERE shards = $2",
);

pub(crate) fn mark_fence(physical: &mut Physical, slots: &str, shards: &str) -> Result<()> {
    execute(physical, MARK_FENCE.on(physical), &[&slots, &shards]).map(drop)
}
