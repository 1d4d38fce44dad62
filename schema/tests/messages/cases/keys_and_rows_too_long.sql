-- @engines default, m
CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  site VARCHAR(500) NOT NULL,
  path VARCHAR(500) NOT NULL,
  title VARCHAR(16000) NOT NULL,
  UNIQUE (site, path)
);
