CREATE TABLE users (
    id          INTEGER PRIMARY KEY,
    email       VARCHAR(80) NOT NULL UNIQUE
);

-- Who came, by the user's key or address on another engine.
-- @engines b
CREATE TABLE visits (
    id          INTEGER PRIMARY KEY,
    path        VARCHAR(80) NOT NULL,
    length      INTEGER GENERATED ALWAYS AS (length(path)) STORED,
    user_id     BIGINT, -- @link users(id)
    invited_by  VARCHAR(80) -- @link users(email)
);

-- @engines default, b
CREATE TABLE blogs (
    id          INTEGER PRIMARY KEY,
    title       VARCHAR(80) NOT NULL UNIQUE
);

-- @engines default, b
CREATE TABLE reviews (
    id          INTEGER PRIMARY KEY,
    blog_id     BIGINT NOT NULL, -- @link blogs(id) on default
    next_id     BIGINT, -- @link blogs(id) on same
    title       VARCHAR(80) -- @link blogs(title) on same
);
