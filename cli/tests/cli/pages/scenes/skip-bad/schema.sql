-- @dialect sqlite

-- @engines default, b
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL
);

-- @engine b
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  title VARCHAR(80) NOT NULL
);
CREATE INDEX posts_by_user ON posts (user_id);
