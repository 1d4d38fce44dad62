-- @publish created, updated, deleted with before
CREATE TABLE users (
    id    INTEGER PRIMARY KEY,
    email VARCHAR(80) NOT NULL UNIQUE
);

-- @engines analytics
CREATE TABLE user_copies (
    id     INTEGER PRIMARY KEY,
    domain VARCHAR(80) NOT NULL
);

-- Visits of users, by the user's key.
-- @engines analytics
CREATE TABLE visits (
    id      INTEGER PRIMARY KEY,
    user_id BIGINT NOT NULL -- @link users(id)
);
