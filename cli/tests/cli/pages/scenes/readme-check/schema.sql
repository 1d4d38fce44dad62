-- People who can log in.                     (untagged: lives on `default`)
CREATE TABLE users (
    id    INTEGER PRIMARY KEY,
    email VARCHAR(200) NOT NULL UNIQUE,
    nick  VARCHAR(40)
);

-- @engines default, b
CREATE TABLE blogs (
    id    INTEGER PRIMARY KEY,
    title VARCHAR(255) NOT NULL
);
-- @engine b
CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id)
);
CREATE INDEX comments_user_id ON comments (user_id);
