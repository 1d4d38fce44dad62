-- @dialect postgres

-- A schema has a table; tasks are in one of bindery's own.
CREATE TABLE users (
    id    BIGINT PRIMARY KEY,
    email VARCHAR(80) NOT NULL
);
