-- Case: MySQL takes another case for the same value, and a number for none.
-- @engines m
-- @dialect mysql

CREATE TABLE doors (
    id integer PRIMARY KEY,
    state ENUM('open', 'shut') NOT NULL DEFAULT 'OPEN',
    digits ENUM('1', '2') NOT NULL DEFAULT 1,
    wrong ENUM('open', 'shut') NOT NULL DEFAULT 'nope',
    nothing ENUM('open', 'shut') NOT NULL DEFAULT '',
    number ENUM('open', 'shut') NOT NULL DEFAULT 1,
    later ENUM('open', 'shut')
);
ALTER TABLE doors ALTER COLUMN later SET DEFAULT 'later';
ALTER TABLE doors MODIFY state ENUM('open', 'shut') NOT NULL DEFAULT 'shut';
