-- Two engines, one table on both and one on `default`. Most examples of the documentation run on it.

-- @engines default, b
CREATE TABLE blogs (
    id          INTEGER PRIMARY KEY,
    title       VARCHAR(255) NOT NULL,
    content     TEXT,
    stars       INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE users (
    id          INTEGER PRIMARY KEY,
    email       VARCHAR(200) NOT NULL UNIQUE,
    best        BIGINT REFERENCES blogs(id)
);
