-- Case: defaults that are no value of their enum, however they are given.
-- @dialect postgres

CREATE TYPE state AS ENUM ('open', 'shut', 'old');
CREATE TABLE doors (
    id integer PRIMARY KEY,
    state state NOT NULL DEFAULT 'open',
    wrong state NOT NULL DEFAULT 'nope',
    wrong_case state NOT NULL DEFAULT 'Open'::state,
    later state,
    renamed state NOT NULL DEFAULT 'old'
);
ALTER TABLE doors ALTER COLUMN later SET DEFAULT 'later';
ALTER TYPE state ADD VALUE 'locked';
ALTER TABLE doors ALTER COLUMN state SET DEFAULT 'locked';
ALTER TYPE state RENAME VALUE 'old' TO 'former';
