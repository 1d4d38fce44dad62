//! Generated from `queries/changes.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static AFTER: Statement = Statement::numbered(
    "SELECT round, id, mark, operation, row_key, old_key, made_ms FROM _bindery_changes WHERE table_name = ? AND round >= ? AND (round > ? OR id > ?) ORDER BY round, id LIMIT ?",
    "SELECT round, id, mark, operation, row_key, old_key, made_ms FROM _bindery_changes WHERE table_name = $1 AND round >= $2 AND (round > $3 OR id > $4) ORDER BY round, id LIMIT $5",
);

#[derive(Debug)]
pub(crate) struct AfterRow {
    pub(crate) round: i64,
    pub(crate) id: i64,
    pub(crate) mark: i64,
    pub(crate) operation: String,
    pub(crate) row_key: String,
    pub(crate) old_key: Option<String>,
    pub(crate) made_ms: i64,
}

impl AfterRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            round: row.next()?,
            id: row.next()?,
            mark: row.next()?,
            operation: row.next()?,
            row_key: row.next()?,
            old_key: row.next()?,
            made_ms: row.next()?,
        })
    }
}

pub(crate) fn after(
    physical: &mut Physical,
    table_name: &str,
    first_round: i64,
    round: i64,
    id: i64,
    most: i64,
) -> Result<Vec<AfterRow>> {
    rows(
        physical,
        AFTER.on(physical),
        &[&table_name, &first_round, &round, &id, &most],
        AfterRow::read,
    )
}

pub(crate) static LAST: Statement = Statement::numbered(
    "SELECT round, id, mark FROM _bindery_changes WHERE table_name = ? AND round IS NOT NULL ORDER BY round DESC, id DESC LIMIT 1",
    "SELECT round, id, mark FROM _bindery_changes WHERE table_name = $1 AND round IS NOT NULL ORDER BY round DESC, id DESC LIMIT 1",
);

#[derive(Debug)]
pub(crate) struct LastRow {
    pub(crate) round: i64,
    pub(crate) id: i64,
    pub(crate) mark: i64,
}

impl LastRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            round: row.next()?,
            id: row.next()?,
            mark: row.next()?,
        })
    }
}

pub(crate) fn last(physical: &mut Physical, table_name: &str) -> Result<Option<LastRow>> {
    optional(physical, LAST.on(physical), &[&table_name], LastRow::read)
}

pub(crate) static OF_NUMBER: Statement = Statement::numbered(
    "SELECT round, id, mark FROM _bindery_changes WHERE id = ? AND table_name = ? AND round IS NOT NULL",
    "SELECT round, id, mark FROM _bindery_changes WHERE id = $1 AND table_name = $2 AND round IS NOT NULL",
);

pub(crate) fn of_number(
    physical: &mut Physical,
    id: i64,
    table_name: &str,
) -> Result<Option<LastRow>> {
    optional(
        physical,
        OF_NUMBER.on(physical),
        &[&id, &table_name],
        LastRow::read,
    )
}

pub(crate) static SAVED: Statement = Statement::numbered(
    "SELECT round, id, mark FROM _bindery_change_readers WHERE reader = ? AND table_name = ?",
    "SELECT round, id, mark FROM _bindery_change_readers WHERE reader = $1 AND table_name = $2",
);

pub(crate) fn saved(
    physical: &mut Physical,
    reader: &str,
    table_name: &str,
) -> Result<Option<LastRow>> {
    optional(
        physical,
        SAVED.on(physical),
        &[&reader, &table_name],
        LastRow::read,
    )
}

pub(crate) static SAVE: Statement = Statement([
    "UPDATE _bindery_change_readers SET round = ?, id = ?, mark = ?, saved_ms = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE reader = ? AND table_name = ?",
    "UPDATE _bindery_change_readers SET round = $1, id = $2, mark = $3, saved_ms = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) WHERE reader = $4 AND table_name = $5",
    "UPDATE _bindery_change_readers SET round = ?, id = ?, mark = ?, saved_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE reader = ? AND table_name = ?",
]);

pub(crate) fn save(
    physical: &mut Physical,
    round: i64,
    id: i64,
    mark: i64,
    reader: &str,
    table_name: &str,
) -> Result<u64> {
    execute(
        physical,
        SAVE.on(physical),
        &[&round, &id, &mark, &reader, &table_name],
    )
}

pub(crate) static ADD_READER: Statement = Statement([
    "INSERT INTO _bindery_change_readers (round, id, mark, reader, table_name, saved_ms) VALUES (?, ?, ?, ?, ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))",
    "INSERT INTO _bindery_change_readers (round, id, mark, reader, table_name, saved_ms) VALUES ($1, $2, $3, $4, $5, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)))",
    "INSERT INTO _bindery_change_readers (round, id, mark, reader, table_name, saved_ms) VALUES (?, ?, ?, ?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
]);

pub(crate) fn add_reader(
    physical: &mut Physical,
    round: i64,
    id: i64,
    mark: i64,
    reader: &str,
    table_name: &str,
) -> Result<()> {
    execute(
        physical,
        ADD_READER.on(physical),
        &[&round, &id, &mark, &reader, &table_name],
    )
    .map(drop)
}

pub(crate) static FORGET_READER: Statement = Statement::numbered(
    "DELETE FROM _bindery_change_readers WHERE reader = ?",
    "DELETE FROM _bindery_change_readers WHERE reader = $1",
);

pub(crate) fn forget_reader(physical: &mut Physical, reader: &str) -> Result<u64> {
    execute(physical, FORGET_READER.on(physical), &[&reader])
}

pub(crate) static LEAST: Statement = Statement::numbered(
    "SELECT round, id, mark FROM _bindery_change_readers WHERE table_name = ? ORDER BY round, id LIMIT 1",
    "SELECT round, id, mark FROM _bindery_change_readers WHERE table_name = $1 ORDER BY round, id LIMIT 1",
);

pub(crate) fn least(physical: &mut Physical, table_name: &str) -> Result<Option<LastRow>> {
    optional(physical, LEAST.on(physical), &[&table_name], LastRow::read)
}

pub(crate) static TRIM: Statement = Statement([
    "DELETE FROM _bindery_changes WHERE table_name = ? AND round <= ? AND (round < ? OR id < ?)",
    "DELETE FROM _bindery_changes WHERE table_name = $1 AND round <= $2 AND (round < $3 OR id < $4)",
    "DELETE FROM _bindery_changes USING _bindery_changes FORCE INDEX (table_name) WHERE table_name = ? AND round <= ? AND (round < ? OR id < ?)",
]);

pub(crate) fn trim(
    physical: &mut Physical,
    table_name: &str,
    last_round: i64,
    round: i64,
    id: i64,
) -> Result<()> {
    execute(
        physical,
        TRIM.on(physical),
        &[&table_name, &last_round, &round, &id],
    )
    .map(drop)
}

pub(crate) static FORGET_UNREAD: Statement = Statement::numbered(
    "DELETE FROM _bindery_changes WHERE table_name = ? AND NOT EXISTS (SELECT 1 FROM _bindery_change_readers WHERE table_name = ?)",
    "DELETE FROM _bindery_changes WHERE table_name = $1 AND NOT EXISTS (SELECT 1 FROM _bindery_change_readers WHERE table_name = $2)",
);

pub(crate) fn forget_unread(
    physical: &mut Physical,
    table_name: &str,
    of_table: &str,
) -> Result<()> {
    execute(
        physical,
        FORGET_UNREAD.on(physical),
        &[&table_name, &of_table],
    )
    .map(drop)
}

pub(crate) static UNORDERED: Statement = Statement([
    "SELECT id FROM _bindery_changes WHERE round IS NULL ORDER BY round, id LIMIT ?",
    "SELECT id FROM _bindery_changes WHERE round IS NULL ORDER BY round, id LIMIT $1",
    "SELECT id FROM _bindery_changes WHERE round IS NULL ORDER BY id LIMIT ?",
]);

/// PostgreSQL reads them in the order of their index only where that is named whole: ordered by their numbers alone, each round would read
/// or sort all changes that there are. MariaDB does so where it is named whole: a second for two millions of them.
pub(crate) fn unordered(physical: &mut Physical, most: i64) -> Result<Vec<i64>> {
    rows(physical, UNORDERED.on(physical), &[&most], |row| row.next())
}

pub(crate) static PUT_IN_ORDER: Statement = Statement([
    "UPDATE _bindery_changes SET round = ?, mark = ? WHERE round IS NULL AND id IN ({list})",
    "UPDATE _bindery_changes SET round = $1, mark = $2 WHERE round IS NULL AND id = ANY ($3)",
    "UPDATE _bindery_changes FORCE INDEX (PRIMARY) SET round = ?, mark = ? WHERE round IS NULL AND id IN ({list})",
]);

pub(crate) fn put_in_order(
    physical: &mut Physical,
    round: Option<i64>,
    mark: Option<i64>,
    ids: &[i64],
) -> Result<()> {
    execute_of(physical, PUT_IN_ORDER.on(physical), &[&round, &mark], ids).map(drop)
}

pub(crate) static BEGIN_ROUNDS: Statement = Statement([
    "INSERT INTO _bindery_change_rounds (id, round, mark) VALUES (?, 0, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_change_rounds (id, round, mark) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_change_rounds (id, round, mark) VALUES (?, 0, ?) ON DUPLICATE KEY UPDATE round = round",
]);

pub(crate) fn begin_rounds(physical: &mut Physical, id: i64, mark: i64) -> Result<()> {
    execute(physical, BEGIN_ROUNDS.on(physical), &[&id, &mark]).map(drop)
}

pub(crate) static IDENTITY: Statement = Statement::numbered(
    "SELECT mark FROM _bindery_change_rounds WHERE id = ?",
    "SELECT mark FROM _bindery_change_rounds WHERE id = $1",
);

pub(crate) fn identity(physical: &mut Physical, id: i64) -> Result<Option<i64>> {
    optional(physical, IDENTITY.on(physical), &[&id], |row| row.next())
}

pub(crate) static LOCK_ROUND: Statement = Statement([
    "SELECT round FROM _bindery_change_rounds WHERE id = ?",
    "SELECT round FROM _bindery_change_rounds WHERE id = $1 FOR UPDATE",
    "SELECT round FROM _bindery_change_rounds WHERE id = ? FOR UPDATE",
]);

pub(crate) fn lock_round(physical: &mut Physical, id: i64) -> Result<Option<i64>> {
    optional(physical, LOCK_ROUND.on(physical), &[&id], |row| row.next())
}

pub(crate) static END_ROUND: Statement = Statement::numbered(
    "UPDATE _bindery_change_rounds SET round = ? WHERE id = ?",
    "UPDATE _bindery_change_rounds SET round = $1 WHERE id = $2",
);

pub(crate) fn end_round(physical: &mut Physical, round: i64, id: i64) -> Result<()> {
    execute(physical, END_ROUND.on(physical), &[&round, &id]).map(drop)
}

pub(crate) static READERS: Statement = Statement([
    "SELECT r.reader, r.table_name, (SELECT count(*) FROM _bindery_changes c WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS behind, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - (SELECT min(c.made_ms) FROM _bindery_changes c WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS oldest, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - r.saved_ms AS saved FROM _bindery_change_readers r ORDER BY r.reader, r.table_name",
    "SELECT r.reader, r.table_name, (SELECT count(*) FROM _bindery_changes c WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS behind, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - (SELECT min(c.made_ms) FROM _bindery_changes c WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS oldest, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - r.saved_ms AS saved FROM _bindery_change_readers r ORDER BY r.reader, r.table_name",
    "SELECT r.reader, r.table_name, (SELECT count(*) FROM _bindery_changes c WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS behind, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - (SELECT min(c.made_ms) FROM _bindery_changes c WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS oldest, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - r.saved_ms AS saved FROM _bindery_change_readers r ORDER BY r.reader, r.table_name",
]);

#[derive(Debug)]
pub(crate) struct ReadersRow {
    pub(crate) reader: String,
    pub(crate) table_name: String,
    pub(crate) behind: i64,
    pub(crate) oldest: Option<i64>,
    pub(crate) saved: i64,
}

impl ReadersRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            reader: row.next()?,
            table_name: row.next()?,
            behind: row.next()?,
            oldest: row.next()?,
            saved: row.next()?,
        })
    }
}

pub(crate) fn readers(physical: &mut Physical) -> Result<Vec<ReadersRow>> {
    rows(physical, READERS.on(physical), &[], ReadersRow::read)
}
