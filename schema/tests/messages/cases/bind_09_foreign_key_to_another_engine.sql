-- @engines b
CREATE TABLE users (id INTEGER PRIMARY KEY);

-- @engines m
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author_id INTEGER NOT NULL REFERENCES users(id)
);
