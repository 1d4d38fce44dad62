-- Bindery's tables of tasks on SQLite: of the outbox, of events on their way, and of messages that came in.
--
-- Times are milliseconds since 1970, by the clock of the database. `due_at` is when something is next to be done with the task: when it may
-- run, when the lease of its claim ends, or when it was completed. Of one key a single task runs at a time: workers that claim two of them
-- together cannot both commit. Each change of a status costs an entry in as few indexes as can be: a completed task is in none but that of
-- its number.

CREATE TABLE _bindery_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(32) NOT NULL,
    task VARCHAR(191) NOT NULL,
    payload TEXT NOT NULL,
    status VARCHAR(9) NOT NULL,
    task_key VARCHAR(191),
    unique_key VARCHAR(191),
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    retry_count BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_error TEXT,
    claim VARCHAR(64),
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    requeued_at BIGINT,
    requeued_by VARCHAR(191),
    requeues BIGINT NOT NULL
);
CREATE UNIQUE INDEX _bindery_outbox_unique ON _bindery_outbox (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX _bindery_outbox_ready ON _bindery_outbox (priority, due_at, id) WHERE status = 'pending' AND task_key IS NULL;
CREATE INDEX _bindery_outbox_keyed ON _bindery_outbox (priority, due_at, id) WHERE status = 'pending' AND task_key IS NOT NULL;
CREATE INDEX _bindery_outbox_due ON _bindery_outbox (status, due_at) WHERE status NOT IN ('pending', 'completed');
CREATE INDEX _bindery_outbox_keys ON _bindery_outbox (task_key, id) WHERE task_key IS NOT NULL AND status <> 'completed';
CREATE UNIQUE INDEX _bindery_outbox_one ON _bindery_outbox (task_key) WHERE status = 'running' AND task_key IS NOT NULL;

CREATE TABLE _bindery_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(32) NOT NULL,
    task VARCHAR(191) NOT NULL,
    payload TEXT NOT NULL,
    status VARCHAR(9) NOT NULL,
    task_key VARCHAR(191),
    unique_key VARCHAR(191),
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    retry_count BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_error TEXT,
    claim VARCHAR(64),
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    requeued_at BIGINT,
    requeued_by VARCHAR(191),
    requeues BIGINT NOT NULL
);
CREATE UNIQUE INDEX _bindery_events_unique ON _bindery_events (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX _bindery_events_ready ON _bindery_events (priority, due_at, id) WHERE status = 'pending' AND task_key IS NULL;
CREATE INDEX _bindery_events_keyed ON _bindery_events (priority, due_at, id) WHERE status = 'pending' AND task_key IS NOT NULL;
CREATE INDEX _bindery_events_due ON _bindery_events (status, due_at) WHERE status NOT IN ('pending', 'completed');
CREATE INDEX _bindery_events_keys ON _bindery_events (task_key, id) WHERE task_key IS NOT NULL AND status <> 'completed';
CREATE UNIQUE INDEX _bindery_events_one ON _bindery_events (task_key) WHERE status = 'running' AND task_key IS NOT NULL;

CREATE TABLE _bindery_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid VARCHAR(32) NOT NULL,
    task VARCHAR(191) NOT NULL,
    payload TEXT NOT NULL,
    status VARCHAR(9) NOT NULL,
    task_key VARCHAR(191),
    unique_key VARCHAR(191),
    priority BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    retry_count BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_error TEXT,
    claim VARCHAR(64),
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    requeued_at BIGINT,
    requeued_by VARCHAR(191),
    requeues BIGINT NOT NULL
);
CREATE UNIQUE INDEX _bindery_messages_unique ON _bindery_messages (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX _bindery_messages_ready ON _bindery_messages (priority, due_at, id) WHERE status = 'pending' AND task_key IS NULL;
CREATE INDEX _bindery_messages_keyed ON _bindery_messages (priority, due_at, id) WHERE status = 'pending' AND task_key IS NOT NULL;
CREATE INDEX _bindery_messages_due ON _bindery_messages (status, due_at) WHERE status NOT IN ('pending', 'completed');
CREATE INDEX _bindery_messages_keys ON _bindery_messages (task_key, id) WHERE task_key IS NOT NULL AND status <> 'completed';
CREATE UNIQUE INDEX _bindery_messages_one ON _bindery_messages (task_key) WHERE status = 'running' AND task_key IS NOT NULL;
