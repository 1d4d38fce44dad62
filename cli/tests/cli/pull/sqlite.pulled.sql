-- The schema of engine `default`, written by `bindery pull`.
-- @dialect sqlite
-- @engine default

CREATE VIRTUAL TABLE found USING fts5(title, body);

CREATE TABLE "odd users" ([id] INTEGER PRIMARY KEY, `select` TEXT UNIQUE);

CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_email ON users (lower(email)) WHERE email <> '';

CREATE TABLE posts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who wrote it
  title TEXT COLLATE NOCASE DEFAULT 'it''s',
  length INT GENERATED ALWAYS AS (length(title)) VIRTUAL,
  CHECK (title <> '')
) STRICT;
CREATE INDEX posts_by_title ON posts (title COLLATE BINARY DESC);

CREATE VIEW written AS SELECT p.id, u.email FROM posts p JOIN users u ON u.id = p.user_id;

CREATE VIEW newest AS SELECT * FROM written WHERE id > 10;

-- Left out, as bindery neither makes nor compares it:
--   trigger touch on users
