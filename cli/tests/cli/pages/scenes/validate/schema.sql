-- @dialect sqlite

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE,
  nick VARCHAR(40) NOT NULL DEFAULT 'none',
  age INTEGER CHECK (age > 0)
);

CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  title VARCHAR(80) NOT NULL,
  stars INTEGER
);

CREATE TABLE gone (
  id INTEGER PRIMARY KEY
);

CREATE VIEW titles AS SELECT title FROM posts;

-- @unmanaged
CREATE TABLE audit (
  id INTEGER PRIMARY KEY
);
