-- @dialect sqlite

-- Something to be done.
-- @validate
CREATE TABLE tasks (
    id      INTEGER PRIMARY KEY,
    title   TEXT NOT NULL UNIQUE,
    due     TEXT
);
