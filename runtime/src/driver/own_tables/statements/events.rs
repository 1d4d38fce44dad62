//! Generated from `queries/events.sql`, as the head of `statements.rs` says. Not to be edited.

use super::Statement;

pub(crate) static ADD: Statement = Statement([
    "INSERT INTO _bindery_events (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'pending', ?, NULL, 0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0, ?, 0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0)",
    "INSERT INTO _bindery_events (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES ($1, $2, $3, 'pending', $4, NULL, 0, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), 0, $5, 0, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), 0)",
    "INSERT INTO _bindery_events (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES (?, ?, ?, 'pending', ?, NULL, 0, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), 0, ?, 0, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), 0)",
]);
