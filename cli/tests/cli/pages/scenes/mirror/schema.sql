-- @dialect sqlite

-- @engines default, backup
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL
);

-- @engines default, backup
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id)
);
CREATE INDEX posts_by_user ON posts (user_id);
