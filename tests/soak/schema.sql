-- @dialect sqlite
-- @engines lite, pg, maria

-- What a worker wrote. `home` is the engine it was meant for.
CREATE TABLE entry (
    id     BIGINT      NOT NULL PRIMARY KEY,
    home   VARCHAR(16) NOT NULL,
    worker INT         NOT NULL,
    amount BIGINT      NOT NULL
);

-- The entries of another engine, kept up by a sync.
CREATE TABLE duplicate (
    id     BIGINT      NOT NULL PRIMARY KEY,
    home   VARCHAR(16) NOT NULL,
    worker INT         NOT NULL,
    amount BIGINT      NOT NULL
);

-- Rows whose changes are events.
-- @publish created, updated with before, deleted with before
CREATE TABLE signal (
    id     BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);

-- The signals of another engine, kept up by events.
CREATE TABLE echo (
    id     BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);

-- What a task did: one row each time.
CREATE TABLE effect (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    number BIGINT  NOT NULL
);

-- Transfers between accounts leave the sum of their balances as it is.
CREATE TABLE account (
    id      INT    NOT NULL PRIMARY KEY,
    balance BIGINT NOT NULL,
    -- @version
    version INT    NOT NULL DEFAULT 0
);
