-- Bindery's own tables on MySQL and MariaDB. Another storage engine would keep what is rolled back, and names that differ in case or in spaces at
-- their ends would be one: by this collation, or that of MySQL which is the same, they are not.

-- The tables of tasks. Of one key a single task runs at a time: `running_key` is unique, as there are no indexes over some of the rows. For the
-- same reason one index is for those that wait and those that are due, by `place`: the priority of a task that waits, larger by 2⁴⁰ where it
-- has a key. And `open_key` is there until a task has ended, so that a task without a key changes no entry of its index. That one has the
-- number of each task anyway, and does not name it: MariaDB would read every entry for the first one of each key. A status, a claim and the
-- time of an end take as many bytes before they are written as afterwards: rows that grow have InnoDB move those beside them, which takes a
-- third of the time of a task. Statuses are in the order of their names, so that the entries of those that are claimed are beside those that
-- wait, and not beside those that failed, which others put back.

CREATE TABLE _bindery_outbox (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    uid VARCHAR(32) NOT NULL,
    task VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
    payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
    status ENUM('completed', 'failed', 'pending', 'running', 'scheduled') NOT NULL,
    task_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    unique_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin UNIQUE,
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    retry_count BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_error LONGTEXT CHARACTER SET utf8mb4,
    claim CHAR(53) NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    completed_at BIGINT NOT NULL DEFAULT 0,
    requeued_at BIGINT,
    requeued_by VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    requeues BIGINT NOT NULL,
    running_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
        GENERATED ALWAYS AS (CASE WHEN status = 'running' THEN task_key END) STORED UNIQUE,
    open_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
        GENERATED ALWAYS AS (CASE WHEN status IN ('pending', 'scheduled', 'running') THEN task_key END) STORED,
    place BIGINT GENERATED ALWAYS AS (
        CASE WHEN status <> 'pending' THEN 0 WHEN task_key IS NULL THEN priority ELSE priority + 1099511627776 END
    ) STORED,
    KEY _bindery_outbox_ready (status, place, due_at, id),
    KEY _bindery_outbox_keys (open_key)
) ENGINE = InnoDB;

CREATE TABLE _bindery_events (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    uid VARCHAR(32) NOT NULL,
    task VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
    payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
    status ENUM('completed', 'failed', 'pending', 'running', 'scheduled') NOT NULL,
    task_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    unique_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin UNIQUE,
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    retry_count BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_error LONGTEXT CHARACTER SET utf8mb4,
    claim CHAR(53) NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    completed_at BIGINT NOT NULL DEFAULT 0,
    requeued_at BIGINT,
    requeued_by VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    requeues BIGINT NOT NULL,
    running_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
        GENERATED ALWAYS AS (CASE WHEN status = 'running' THEN task_key END) STORED UNIQUE,
    open_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
        GENERATED ALWAYS AS (CASE WHEN status IN ('pending', 'scheduled', 'running') THEN task_key END) STORED,
    place BIGINT GENERATED ALWAYS AS (
        CASE WHEN status <> 'pending' THEN 0 WHEN task_key IS NULL THEN priority ELSE priority + 1099511627776 END
    ) STORED,
    KEY _bindery_events_ready (status, place, due_at, id),
    KEY _bindery_events_keys (open_key)
) ENGINE = InnoDB;

CREATE TABLE _bindery_messages (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    uid VARCHAR(32) NOT NULL,
    task VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
    payload LONGTEXT CHARACTER SET utf8mb4 NOT NULL,
    status ENUM('completed', 'failed', 'pending', 'running', 'scheduled') NOT NULL,
    task_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    unique_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin UNIQUE,
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    retry_count BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_error LONGTEXT CHARACTER SET utf8mb4,
    claim CHAR(53) NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    completed_at BIGINT NOT NULL DEFAULT 0,
    requeued_at BIGINT,
    requeued_by VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
    requeues BIGINT NOT NULL,
    running_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
        GENERATED ALWAYS AS (CASE WHEN status = 'running' THEN task_key END) STORED UNIQUE,
    open_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
        GENERATED ALWAYS AS (CASE WHEN status IN ('pending', 'scheduled', 'running') THEN task_key END) STORED,
    place BIGINT GENERATED ALWAYS AS (
        CASE WHEN status <> 'pending' THEN 0 WHEN task_key IS NULL THEN priority ELSE priority + 1099511627776 END
    ) STORED,
    KEY _bindery_messages_ready (status, place, due_at, id),
    KEY _bindery_messages_keys (open_key)
) ENGINE = InnoDB;

-- The last tick of each periodic task.
CREATE TABLE _bindery_schedules (
    name VARCHAR(191) NOT NULL PRIMARY KEY,
    tick BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- `effect` is the task, and what of it was done here.
CREATE TABLE _bindery_inbox (
    effect VARCHAR(191) NOT NULL PRIMARY KEY,
    done_at BIGINT NOT NULL,
    KEY _bindery_inbox_done (done_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The newest event of each row that a consumer has seen; of a deleted row it stays.
CREATE TABLE _bindery_versions (
    consumer VARCHAR(64) NOT NULL,
    subject VARCHAR(191) NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (consumer, subject)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Times of atomic groups are of the program's clock: they only delay, they never decide.
CREATE TABLE _bindery_coordinators (
    coordinator VARCHAR(64) NOT NULL PRIMARY KEY,
    started_ms BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- `decision` is `C`, `A`, or `M`: it was `C`, and a branch was rolled back by hand.
CREATE TABLE _bindery_decisions (
    transaction_id VARCHAR(64) NOT NULL PRIMARY KEY,
    decision CHAR(1) NOT NULL,
    coordinator VARCHAR(64) NOT NULL,
    branches TEXT NOT NULL,
    created_ms BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The positions of a copy that `bindery mirror` keeps up. It goes with the rows of the copy, which is begun anew without it.
CREATE TABLE _bindery_mirrors (
    mirror VARCHAR(191) NOT NULL,
    table_name VARCHAR(191) NOT NULL,
    position VARCHAR(64) NOT NULL,
    PRIMARY KEY (mirror, table_name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE _bindery_sagas (
    saga VARCHAR(64) NOT NULL,
    id VARCHAR(191) NOT NULL,
    uid VARCHAR(32) NOT NULL,
    steps LONGTEXT NOT NULL,
    input LONGTEXT NOT NULL,
    state VARCHAR(12) NOT NULL,
    step_no BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    doubt BIGINT NOT NULL,
    stalled_ms BIGINT NOT NULL,
    failed_step VARCHAR(64),
    error LONGTEXT,
    undo_step VARCHAR(64),
    undo_error LONGTEXT,
    epoch BIGINT NOT NULL,
    owner VARCHAR(64),
    due_ms BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (saga, id),
    KEY _bindery_sagas_due (state, due_ms)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The steps of sagas whose log is here.
CREATE TABLE _bindery_saga_steps (
    uid VARCHAR(32) NOT NULL,
    step_no BIGINT NOT NULL,
    way CHAR(1) NOT NULL,
    step VARCHAR(64) NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    output LONGTEXT NOT NULL,
    written LONGTEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (uid, step_no, way)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The same of sagas whose log is on another engine.
CREATE TABLE _bindery_saga_marks (
    uid VARCHAR(32) NOT NULL,
    step_no BIGINT NOT NULL,
    way CHAR(1) NOT NULL,
    step VARCHAR(64) NOT NULL,
    outcome VARCHAR(12) NOT NULL,
    output LONGTEXT NOT NULL,
    written LONGTEXT,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (uid, step_no, way)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The maps of sets of shards, and which of their slots are on which engine; a slot that is in no row is on none.
CREATE TABLE _bindery_shard_maps (
    shards VARCHAR(32) NOT NULL PRIMARY KEY,
    slots BIGINT NOT NULL,
    version BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE _bindery_shard_slots (
    shards VARCHAR(32) NOT NULL,
    first_slot BIGINT NOT NULL,
    past_slot BIGINT NOT NULL,
    engine VARCHAR(32) NOT NULL,
    PRIMARY KEY (shards, first_slot)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- Of an engine that is one of the shards: slots that are not, or not only, its own, a letter for each; triggers refuse writes of rows of such
-- slots, but for `moves`, which whoever moves rows sets in a transaction of its own where a session has no name for it. `version` grows when
-- a slot leaves.
CREATE TABLE _bindery_shard_fences (
    shards VARCHAR(32) NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    moves BIGINT NOT NULL,
    slots MEDIUMTEXT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
-- The slots of each set that are on their way from one engine to another, beside the map.
CREATE TABLE _bindery_shard_moves (
    shards VARCHAR(32) NOT NULL PRIMARY KEY,
    first_slot BIGINT NOT NULL,
    past_slot BIGINT NOT NULL,
    source VARCHAR(32) NOT NULL,
    target VARCHAR(32) NOT NULL,
    stage VARCHAR(9) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

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

-- The outcomes of transactions, by session.
CREATE TABLE _bindery_commits (
    session CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    number BIGINT UNSIGNED NOT NULL,
    used TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    KEY (used)
) ENGINE = InnoDB;
