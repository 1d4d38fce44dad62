-- @engines default, m
CREATE TABLE users (id INTEGER PRIMARY KEY);

-- @engines default, m
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED,
  editor INTEGER DEFAULT 1 REFERENCES users (id) ON DELETE SET DEFAULT
);
CREATE INDEX posts_author ON posts (author);
CREATE INDEX posts_editor ON posts (editor);
