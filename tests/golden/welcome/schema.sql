CREATE TABLE users (
    id      INTEGER PRIMARY KEY,
    email   VARCHAR(80) NOT NULL
);

-- @engines analytics
CREATE TABLE signups (
    user_id INTEGER PRIMARY KEY
);
