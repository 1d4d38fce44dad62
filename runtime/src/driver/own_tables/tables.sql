-- Bindery's own tables that are alike on SQLite and PostgreSQL. Each of the two reads this file as its own, so that a table is made as it is
-- written here. What the tables hold is the matter of the modules that use them.

-- The last tick of each periodic task.
CREATE TABLE _bindery_schedules (
    name VARCHAR(191) NOT NULL PRIMARY KEY,
    tick BIGINT NOT NULL
);

-- `effect` is the task, and what of it was done here.
CREATE TABLE _bindery_inbox (
    effect VARCHAR(191) NOT NULL PRIMARY KEY,
    done_at BIGINT NOT NULL
);
CREATE INDEX _bindery_inbox_done ON _bindery_inbox (done_at);

-- The newest event of each row that a consumer has seen; of a deleted row it stays.
CREATE TABLE _bindery_versions (
    consumer VARCHAR(64) NOT NULL,
    subject VARCHAR(191) NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (consumer, subject)
);

-- Times of atomic groups are of the program's clock: they only delay, they never decide.
CREATE TABLE _bindery_coordinators (
    coordinator VARCHAR(64) NOT NULL PRIMARY KEY,
    started_ms BIGINT NOT NULL
);

-- `decision` is `C`, `A`, or `M`: it was `C`, and a branch was rolled back by hand.
CREATE TABLE _bindery_decisions (
    transaction_id VARCHAR(64) NOT NULL PRIMARY KEY,
    decision CHAR(1) NOT NULL,
    coordinator VARCHAR(64) NOT NULL,
    branches TEXT NOT NULL,
    created_ms BIGINT NOT NULL
);

-- `batch` is the number of the last batch of `run` that is stored. A run begins at `mark`; rows up to `seen` were copied. `position` is
-- the last recorded change of the source that was copied. `skew_ms` is how far the source's clock is ahead of the target's.
CREATE TABLE _bindery_sync (
    sync_name VARCHAR(191) NOT NULL PRIMARY KEY,
    run BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    mark_kind CHAR(1),
    mark BIGINT,
    seen BIGINT,
    skew_ms BIGINT,
    position VARCHAR(64),
    changed_ms BIGINT NOT NULL
);

CREATE TABLE _bindery_sync_runs (
    sync_name VARCHAR(191) NOT NULL,
    run BIGINT NOT NULL,
    source VARCHAR(191) NOT NULL,
    target VARCHAR(191) NOT NULL,
    mode VARCHAR(9) NOT NULL,
    status VARCHAR(9) NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT,
    rows_read BIGINT NOT NULL,
    inserted BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    watermark VARCHAR(64),
    error VARCHAR(1000),
    PRIMARY KEY (sync_name, run)
);

-- `key_bytes` are the key's values as hexadecimal digits, `row_key` is the same for people.
CREATE TABLE _bindery_sync_rejects (
    sync_name VARCHAR(191) NOT NULL,
    key_bytes VARCHAR(512) NOT NULL,
    row_key VARCHAR(1000) NOT NULL,
    reason VARCHAR(1000) NOT NULL,
    attempts BIGINT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (sync_name, key_bytes)
);

-- The positions of a copy that `bindery mirror` keeps up. It goes with the rows of the copy, which is begun anew without it.
CREATE TABLE _bindery_mirrors (
    mirror VARCHAR(191) NOT NULL,
    table_name VARCHAR(191) NOT NULL,
    position VARCHAR(64) NOT NULL,
    PRIMARY KEY (mirror, table_name)
);

CREATE TABLE _bindery_sagas (
    saga VARCHAR(64) NOT NULL,
    id VARCHAR(191) NOT NULL,
    uid VARCHAR(32) NOT NULL,
    steps TEXT NOT NULL,
    input TEXT NOT NULL,
    state VARCHAR(12) NOT NULL,
    step_no BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    doubt BIGINT NOT NULL,
    stalled_ms BIGINT NOT NULL,
    failed_step VARCHAR(64),
    error TEXT,
    undo_step VARCHAR(64),
    undo_error TEXT,
    epoch BIGINT NOT NULL,
    owner VARCHAR(64),
    due_ms BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (saga, id)
);
CREATE INDEX _bindery_sagas_due ON _bindery_sagas (state, due_ms);

-- The steps of sagas whose log is here.
CREATE TABLE _bindery_saga_steps (
    uid VARCHAR(32) NOT NULL,
    step_no BIGINT NOT NULL,
    way CHAR(1) NOT NULL,
    step VARCHAR(64) NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    output TEXT NOT NULL,
    written TEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (uid, step_no, way)
);

-- The same of sagas whose log is on another engine.
CREATE TABLE _bindery_saga_marks (
    uid VARCHAR(32) NOT NULL,
    step_no BIGINT NOT NULL,
    way CHAR(1) NOT NULL,
    step VARCHAR(64) NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    output TEXT NOT NULL,
    written TEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (uid, step_no, way)
);

-- The maps of sets of shards, and which of their slots are on which engine; a slot that is in no row is on none.
CREATE TABLE _bindery_shard_maps (
    shards VARCHAR(32) NOT NULL PRIMARY KEY,
    slots BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE TABLE _bindery_shard_slots (
    shards VARCHAR(32) NOT NULL,
    first_slot BIGINT NOT NULL,
    past_slot BIGINT NOT NULL,
    engine VARCHAR(32) NOT NULL,
    PRIMARY KEY (shards, first_slot)
);
-- Of an engine that is one of the shards: slots that are not, or not only, its own, a letter for each; triggers refuse writes of rows of such
-- slots, but for `moves`, which whoever moves rows sets in a transaction of its own where a session has no name for it. `version` grows when
-- a slot leaves.
CREATE TABLE _bindery_shard_fences (
    shards VARCHAR(32) NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    moves BIGINT NOT NULL,
    slots TEXT NOT NULL
);
-- The slots of each set that are on their way from one engine to another, beside the map.
CREATE TABLE _bindery_shard_moves (
    shards VARCHAR(32) NOT NULL PRIMARY KEY,
    first_slot BIGINT NOT NULL,
    past_slot BIGINT NOT NULL,
    source VARCHAR(32) NOT NULL,
    target VARCHAR(32) NOT NULL,
    stage VARCHAR(9) NOT NULL
);

-- `at_work` is the statement that was begun last, `done` how many are done, of the way forth or of the way back. The time is the
-- database's own, in UTC as every session is.
CREATE TABLE _bindery_migrations (
    version VARCHAR(191) NOT NULL PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    stage VARCHAR(9) NOT NULL,
    at_work BIGINT NOT NULL,
    done BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    bindery VARCHAR(32) NOT NULL,
    applied_at TIMESTAMP(0) NOT NULL
);
