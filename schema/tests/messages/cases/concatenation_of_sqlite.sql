-- Case: SQLite concatenates before it multiplies, and PostgreSQL after.
-- @dialect sqlite

-- @engines default, b
CREATE TABLE parts (
    id INTEGER PRIMARY KEY,
    a INTEGER NOT NULL,
    b TEXT NOT NULL,
    apart TEXT GENERATED ALWAYS AS ((a * 2) || b) STORED,
    mixed TEXT GENERATED ALWAYS AS (a * 2 || b) STORED
);
