-- @dialect postgres

-- A schema has a table; tasks are in one of bindery's own.
CREATE TABLE users (
    id    BIGINT PRIMARY KEY,
    email VARCHAR(80) NOT NULL
);

-- Its changes are the events that relays hand on.
-- @engines default, maria, lite
-- @publish
CREATE TABLE stock (
    id      BIGINT PRIMARY KEY,
    counted BIGINT NOT NULL
);
