-- @dialect sqlite

-- The digits of a second that are declared are those that are kept.
CREATE TABLE moments (
    id      INTEGER PRIMARY KEY,
    code    TEXT NOT NULL UNIQUE,
    total   DECIMAL(12, 2),
    day     DATETIME(0),
    zoned   TIMESTAMPTZ(3),
    hour    TIME(0),
    whole   DATETIME
);
