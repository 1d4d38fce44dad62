CREATE TABLE users (id INTEGER PRIMARY KEY);

-- @engines default, b, m
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author_id INTEGER NOT NULL REFERENCES users(id)
);
CREATE INDEX posts_author ON posts (author_id);
