CREATE TABLE posts (
  -- @version
  id INTEGER PRIMARY KEY,
  -- @version
  revision TEXT NOT NULL,
  -- @updated
  changed_at INTEGER NOT NULL,
  -- @skip
  legacy TEXT NOT NULL
);

CREATE TABLE visits (
  -- @version
  revision INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE drafts (
  id INTEGER PRIMARY KEY,
  -- @version
  -- @skip
  revision INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  -- @version
  -- @type crate::Revision
  revision INTEGER NOT NULL
);
