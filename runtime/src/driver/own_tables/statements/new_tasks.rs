//! Generated from `queries/new_tasks.sql`, as the head of `statements.rs` says. Not to be edited.

use super::Statement;

pub(crate) static ADD: Statement = Statement([
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'pending', ?, ?, ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?, 0, ?, 0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0) ON CONFLICT DO NOTHING",
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES ($1, $2, $3, 'pending', $4, $5, $6, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $7, 0, $8, 0, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), 0) ON CONFLICT DO NOTHING",
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'pending', ?, ?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?, 0, ?, 0, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), 0)",
]);

pub(crate) static ADD_AFTER: Statement = Statement([
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'scheduled', ?, ?, ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?, 0, ?, 0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0) ON CONFLICT DO NOTHING",
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES ($1, $2, $3, 'scheduled', $4, $5, $6, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $7, 0, $8, 0, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), 0) ON CONFLICT DO NOTHING",
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'scheduled', ?, ?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?, 0, ?, 0, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), 0)",
]);

pub(crate) static ADD_AT: Statement = Statement([
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'scheduled', ?, ?, ?, ?, 0, ?, 0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0) ON CONFLICT DO NOTHING",
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES ($1, $2, $3, 'scheduled', $4, $5, $6, $7, 0, $8, 0, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), 0) ON CONFLICT DO NOTHING",
    "INSERT INTO {table} (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'scheduled', ?, ?, ?, ?, 0, ?, 0, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), 0)",
]);
